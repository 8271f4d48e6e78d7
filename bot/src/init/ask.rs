//! How something is asked: by its flag, else on the terminal, and else it is put on the list of what is missing.
//!
//! Every question goes the same way. A flag answers it if what it says can be; if not, that is said and the question
//! asked. Without a terminal nobody is asked and nothing fails at once: what is missing or wrong is noted with what there
//! is to choose from, and said in the end, all of it.

use std::fmt::Write as _;

use super::questions::Question;
use super::terminal::Terminal;
use super::words::Words;

/// Why it ends without settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Somebody wanted that.
    Cancelled,
    /// Something stands in the way: sentences that say what.
    Failed(String),
}

/// Something that can be chosen, or cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// What people read.
    pub(super) label: String,
    /// What a flag may say for it: its id, its name.
    pub(super) keys: Vec<String>,
    /// Why it cannot be chosen.
    pub(super) unfit: Option<String>,
}

/// Whoever asks.
pub(super) struct Ask {
    /// In this language.
    pub(super) words: Words,
    /// `None`: there is nobody to ask.
    terminal: Option<Terminal>,
    /// What is missing or wrong without a terminal.
    open: Vec<String>,
}

impl Ask {
    pub(super) fn new(words: Words, terminal: Option<Terminal>) -> Ask {
        Ask { words, terminal, open: Vec::new() }
    }

    /// The terminal; `None`: there is nobody to ask.
    pub(super) fn terminal(&self) -> Option<&Terminal> {
        self.terminal.as_ref()
    }

    /// What is missing or wrong, which nobody could be asked for.
    pub(super) fn open(&self) -> &[String] {
        &self.open
    }

    /// Says something to whoever sits at the terminal.
    pub(super) fn say(&self, sentence: &str) {
        if self.terminal.is_some() {
            eprintln!("{sentence}");
        }
    }

    /// Notes what stands in the way for the end; with somebody there, it ends now.
    pub(super) fn note(&mut self, sentence: String) -> Result<(), End> {
        if self.terminal.is_some() {
            return Err(End::Failed(sentence));
        }
        self.open.push(sentence);
        Ok(())
    }

    /// Notes of each question whose flag is not given that it is missing, and with what there would be a list of what there
    /// is.
    pub(super) fn note_missing(&mut self, questions: &[(Question, bool)], with: &str) -> Result<(), End> {
        let words = self.words;
        for (question, _) in questions.iter().filter(|(_, given)| !given) {
            self.note(format!("{}; {}", words.missing(*question), words.later(with)))?;
        }
        Ok(())
    }

    /// Has one of `items` chosen, at first the one that `at` points to; `None`: there was nobody to ask.
    pub(super) async fn choose(
        &mut self,
        question: Question,
        given: Option<&str>,
        items: &[Item],
        at: usize,
    ) -> Result<Option<usize>, End> {
        let words = self.words;
        let objection = match given.map(|given| find(items, given, words)) {
            Some(Ok(chosen)) => return Ok(Some(chosen)),
            Some(Err(objection)) => Some(words.objected(question, &objection)),
            None => None,
        };
        let list = listed(items, words);
        let Some(terminal) = &self.terminal else {
            let why = objection.unwrap_or_else(|| words.missing(question));
            self.open.push(format!("{why}\n{list}").trim_end().to_owned());
            return Ok(None);
        };
        if let Some(objection) = objection {
            eprintln!("{objection}");
        }
        if items.iter().all(|item| item.unfit.is_some()) {
            return Err(End::Failed(
                format!("{}\n{list}", words.nothing_fits(question)).trim_end().to_owned(),
            ));
        }
        let labels: Vec<String> = items.iter().map(|item| label(item, words)).collect();
        let mut at = at;
        loop {
            let help = words.how_to_choose();
            let chosen = terminal.select(words.question(question), help, labels.clone(), at).await?;
            match &items[chosen].unfit {
                None => return Ok(Some(chosen)),
                Some(why) => eprintln!("{}", words.not_choosable(why)),
            }
            at = chosen;
        }
    }

    /// Has something typed that `read` understands, and says why not if it does not. `proposal` is what is taken when
    /// nothing is typed, or there is nobody to ask; `None` is returned when neither was of use.
    pub(super) async fn text<T>(
        &mut self,
        question: Question,
        given: Option<&str>,
        proposal: Option<String>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, End> {
        let words = self.words;
        let from = if self.terminal.is_some() { given } else { given.or(proposal.as_deref()) };
        let objection = match from.map(&read) {
            Some(Ok(answer)) => return Ok(Some(answer)),
            Some(Err(objection)) => Some(words.objected(question, &objection)),
            None => None,
        };
        let Some(terminal) = &self.terminal else {
            self.open.push(objection.unwrap_or_else(|| words.missing(question)));
            return Ok(None);
        };
        if let Some(objection) = objection {
            eprintln!("{objection}");
        }
        loop {
            let typed = terminal.text(words.question(question), proposal.clone()).await?;
            match read(typed.trim()) {
                Ok(answer) => return Ok(Some(answer)),
                Err(objection) => eprintln!("{objection}"),
            }
        }
    }

    /// A yes or a no, for something that nobody does by mistake: by itself it is a no. Without anybody to ask it is noted
    /// that the flag is missing.
    pub(super) async fn confirm(&mut self, question: Question, given: bool) -> Result<bool, End> {
        let words = self.words;
        if given {
            return Ok(true);
        }
        match &self.terminal {
            Some(terminal) => terminal.confirm(words.question(question), words.yes_or_no(), false).await,
            None => {
                self.open.push(words.missing(question));
                Ok(false)
            }
        }
    }
}

/// What a flag means: an item by its id, or by a name that only one of them has.
fn find(items: &[Item], given: &str, words: Words) -> Result<usize, String> {
    let meant = |(_, item): &(usize, &Item)| item.keys.iter().any(|key| key == given);
    let found: Vec<(usize, &Item)> = items.iter().enumerate().filter(meant).collect();
    let fit: Vec<usize> = found.iter().filter(|(_, item)| item.unfit.is_none()).map(|(at, _)| *at).collect();
    match (&found[..], &fit[..]) {
        ([], _) => Err(words.no_such(given)),
        (_, [one]) => Ok(*one),
        ([(_, item), ..], []) => Err(words.not_choosable(item.unfit.as_deref().unwrap_or_default())),
        (_, [..]) => Err(words.several(given)),
    }
}

fn label(item: &Item, words: Words) -> String {
    match &item.unfit {
        None => item.label.clone(),
        Some(why) => format!("{} — {}", item.label, words.not_choosable(why)),
    }
}

/// A line for each.
pub(super) fn listed(items: &[Item], words: Words) -> String {
    let mut text = String::new();
    for item in items {
        _ = writeln!(text, "    {}", label(item, words));
    }
    text
}

#[cfg(test)]
mod tests {
    use doorman_config::Locale;

    use super::*;

    fn item(keys: &[&str], unfit: Option<&str>) -> Item {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        Item { label: keys.join(" "), keys, unfit: unfit.map(str::to_owned) }
    }

    #[test]
    fn a_flag_means_an_id_or_the_only_name_that_can_be_chosen() {
        let items = [
            item(&["1", "ops"], None),
            item(&["2", "ops"], Some("hidden")),
            item(&["3", "dev"], None),
            item(&["4", "dev"], None),
            item(&["5", "old"], Some("gone")),
        ];
        let words = Words(Locale::EnUs);
        let said = |given: &str| find(&items, given, words);
        assert_eq!((said("ops"), said("1"), said("4")), (Ok(0), Ok(0), Ok(3)));
        assert_eq!(said("2"), Err("cannot be chosen: hidden".to_owned()));
        assert_eq!(said("old"), Err("cannot be chosen: gone".to_owned()));
        assert_eq!(said("dev"), Err("several are called `dev`: give the id".to_owned()));
        assert_eq!(said("prod"), Err("there is none called `prod`".to_owned()));
    }

    #[tokio::test]
    async fn without_a_terminal_it_is_noted_what_is_missing_and_what_there_is() {
        let mut ask = Ask::new(Words(Locale::EnUs), None);
        let items = [item(&["1", "ops"], None), item(&["2", "dev"], Some("hidden"))];
        let question = super::super::questions::CHANNEL;
        assert_eq!(ask.choose(question, None, &items, 0).await, Ok(None));
        assert_eq!(ask.choose(question, Some("dev"), &items, 0).await, Ok(None));
        assert_eq!(ask.choose(question, Some("ops"), &items, 0).await, Ok(Some(0)));
        let number = |text: &str| text.parse::<u8>().map_err(|_| "no number".to_owned());
        assert_eq!(ask.text(question, None, Some("7".to_owned()), number).await, Ok(Some(7)));
        assert_eq!(ask.text(question, Some("x"), Some("7".to_owned()), number).await, Ok(None));
        assert_eq!(ask.confirm(question, false).await, Ok(false));
        assert_eq!(
            ask.open(),
            [
                "--channel is missing: Channel for notices and reports\n    1 ops\n    2 dev — cannot be chosen: hidden",
                "--channel: cannot be chosen: hidden\n    1 ops\n    2 dev — cannot be chosen: hidden",
                "--channel: no number",
                "--channel is missing: Channel for notices and reports",
            ]
        );
    }
}
