//! `doorman check`: everything that has to be right, looked at once, with what to do about what is not.
//!
//! It reads and never changes anything in Discord or AWS; permissions are tried with AWS's own dry runs. Only
//! [`fix`] changes something: the one role that the bot cannot make itself.

mod discord;
pub mod fix;
pub(crate) mod words;

use std::fmt;
use std::path::Path;

use doorman_cloud::aws::{self, Aws};
use doorman_cloud::check::{Check, Finding, Verdict};
use doorman_cloud::clock::Clock;
use doorman_cloud::store::{Store, StoreError, apart};
use doorman_config::{self as config, Settings, secrets};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// What was found, in the order it was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    lines: Vec<Line>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    state: State,
    /// What was looked at.
    what: String,
    /// How it stands.
    words: String,
    /// What to do about it.
    remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Note,
    Warning,
    Problem,
    Skipped,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Note => "note",
            State::Warning => "warning",
            State::Problem => "problem",
            State::Skipped => "skipped",
        }
    }
}

impl Line {
    fn new(state: State, what: impl Into<String>, words: impl Into<String>) -> Line {
        Line { state, what: what.into(), words: words.into(), remedy: None }
    }

    fn ok(what: impl Into<String>, words: impl Into<String>) -> Line {
        Line::new(State::Ok, what, words)
    }

    fn note(what: impl Into<String>, words: impl Into<String>) -> Line {
        Line::new(State::Note, what, words)
    }

    fn warning(what: impl Into<String>, words: impl Into<String>) -> Line {
        Line::new(State::Warning, what, words)
    }

    fn problem(what: impl Into<String>, words: impl Into<String>) -> Line {
        Line::new(State::Problem, what, words)
    }

    fn skipped(what: impl Into<String>, words: impl Into<String>) -> Line {
        Line::new(State::Skipped, what, words)
    }

    fn remedy(mut self, remedy: impl Into<String>) -> Line {
        self.remedy = Some(remedy.into());
        self
    }
}

impl Report {
    /// Whether no problem was found.
    pub fn is_good(&self) -> bool {
        self.problems() == 0
    }

    fn problems(&self) -> usize {
        self.count(State::Problem)
    }

    fn count(&self, state: State) -> usize {
        self.lines.iter().filter(|line| line.state == state).count()
    }
}

impl Serialize for Report {
    /// For programs: the sums first, then the lines, each with `state`, `what`, `words` and `remedy` (or null).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 4)?;
        report.serialize_field("good", &self.is_good())?;
        report.serialize_field("problems", &self.problems())?;
        report.serialize_field("warnings", &self.count(State::Warning))?;
        report.serialize_field("lines", &self.lines)?;
        report.end()
    }
}

impl fmt::Display for Report {
    /// One line for each thing, what to do about it on the next, and the sum of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{:<8} {} — {}", line.state.word(), line.what, line.words)?;
            if let Some(remedy) = &line.remedy {
                writeln!(f, "{:<8} → {remedy}", "")?;
            }
        }
        let warnings = match self.count(State::Warning) {
            0 => String::new(),
            1 => ", 1 warning".to_owned(),
            many => format!(", {many} warnings"),
        };
        match self.problems() {
            0 => writeln!(f, "\nNo problems found{warnings}."),
            1 => writeln!(f, "\n1 problem found{warnings}."),
            many => writeln!(f, "\n{many} problems found{warnings}."),
        }
    }
}

/// Looks at everything that can be looked at. `env` is the environment.
pub async fn run(config: &Path, env: &(dyn Fn(&str) -> Option<String> + Sync)) -> Report {
    let what = format!("settings {}", config.display());
    let settings = match Settings::load(config).and_then(|settings| settings.with_env(&|name| env(name))) {
        Ok(settings) => settings,
        Err(problems) => {
            let lines = problems.0.iter().map(|problem| Line::problem("settings", problem.to_string()));
            let rest = ["Discord", "store", "AWS"]
                .map(|what| Line::skipped(what, "looked at once the settings can be read"));
            return Report { lines: lines.chain(rest).collect() };
        }
    };
    let mut lines = vec![Line::ok(
        what,
        format!("server {}, stack `{}`", settings.discord.guild_id, settings.stack.name),
    )];
    let token = secrets::discord_token(&|name| env(name));
    let (discord, store, aws) = tokio::join!(
        async {
            match token {
                Ok(token) => discord::look(&settings, token).await,
                Err(problem) => vec![
                    Line::problem("token", problem.to_string()),
                    Line::skipped("Discord", "looked at once there is a token"),
                ],
            }
        },
        store(&settings.store),
        aws(&settings),
    );
    lines.extend(discord);
    lines.push(store);
    lines.extend(aws);
    Report { lines }
}

/// Whether leases can be kept.
async fn store(settings: &config::Store) -> Line {
    let path = &settings.path;
    let what = format!("store {}", path.display());
    // Before it is made for a try: what is said is about what is there.
    let apart = settings.backup.as_ref().map_or(Ok(()), |backup| apart(path, backup));
    if let Err(error) = apart {
        return Line::problem(what, error.to_string());
    }
    let existed = path.exists();
    match Store::open(path).await {
        Ok(store) => {
            store.close().await;
            if existed {
                return Line::ok(what, "can be read and written");
            }
            // Nothing was there, so nothing stays there: the first run makes it.
            match std::fs::remove_file(path) {
                Ok(()) => Line::ok(what, "not there yet; the first run can make it"),
                Err(error) => Line::note(what, format!("was made for a try and cannot be removed: {error}")),
            }
        }
        Err(error @ StoreError::Locked(_)) => Line::note(what, error.to_string()),
        Err(error) => Line::problem(what, error.to_string()),
    }
}

/// Credentials, network, quotas, permissions.
async fn aws(settings: &Settings) -> Vec<Line> {
    let clock = Clock::system();
    let aws = Aws::connect(settings, &clock, aws::Options::default()).await;
    Check::new(&aws, &settings.stack, clock.now())
        .all()
        .await
        .into_iter()
        .map(|finding| line(finding, settings))
        .collect()
}

fn line(finding: Finding, settings: &Settings) -> Line {
    match finding.verdict {
        Verdict::Good(words) => Line::ok(finding.what, words),
        Verdict::Note(words) => Line::note(finding.what, words),
        Verdict::Warn(problem) => {
            let (words, remedy) = words::of(&problem, settings);
            Line::warning(finding.what, words).remedy(remedy)
        }
        Verdict::Bad(problem) => {
            let (words, remedy) = words::of(&problem, settings);
            Line::problem(finding.what, words).remedy(remedy)
        }
        Verdict::Skipped => Line::skipped(finding.what, "looked at once what comes before it is right"),
    }
}

#[cfg(test)]
mod tests {
    use doorman_cloud::check::{Difference, Flaw, Problem};

    use super::*;

    #[test]
    fn a_report_reads_from_top_to_bottom() {
        let report = Report {
            lines: vec![
                Line::ok("token", "belongs to doorman (1)"),
                Line::problem("channel", "not visible").remedy("let the bot see it"),
                Line::skipped("AWS", "later"),
            ],
        };
        assert!(!report.is_good());
        let text = "ok       token — belongs to doorman (1)\n\
                    problem  channel — not visible\n         \
                    → let the bot see it\n\
                    skipped  AWS — later\n\n\
                    1 problem found.\n";
        assert_eq!(report.to_string(), text);
        let json = serde_json::json!({
            "good": false,
            "problems": 1,
            "warnings": 0,
            "lines": [
                { "state": "ok", "what": "token", "words": "belongs to doorman (1)", "remedy": null },
                { "state": "problem", "what": "channel", "words": "not visible", "remedy": "let the bot see it" },
                { "state": "skipped", "what": "AWS", "words": "later", "remedy": null },
            ],
        });
        assert_eq!(serde_json::json!(report), json);
    }

    #[test]
    fn a_warning_has_a_remedy_and_is_no_failure() {
        let settings = doorman_config::EXAMPLE.replace('…', "1100000000000000001");
        let settings = Settings::from_toml(&settings).expect("the shipped settings");
        let warned = |flaw, ours| Finding {
            what: "safety net".to_owned(),
            verdict: Verdict::Warn(Problem::Backstop { flaw, ours }),
        };
        let difference = Difference { lacks: vec!["Start".to_owned(), "Look".to_owned()], more: true };
        let found = [warned(Flaw::NoRole, true), warned(Flaw::Policy(difference), false)];
        let report = Report { lines: found.map(|finding| line(finding, &settings)).into() };
        assert!(report.is_good());
        insta::assert_snapshot!(report, @r"
        warning  safety net — there is none, so windows open without a net: one stays open if doorman is gone for good
                 → have somebody who may change IAM run `doorman check --fix`; the policy that `doorman policy --for set-up` prints is all that it needs
        warning  safety net — its inline policy lacks what doorman writes for Start, Look, and has something that doorman does not write
                 → it carries no tag ManagedBy=doorman, so doorman leaves it alone: change it by hand, or hand it over (aws iam tag-role --role-name doorman-backstop --tags Key=ManagedBy,Value=doorman) and run `doorman check --fix`, or put another name into stack.backstop.role

        No problems found, 2 warnings.
        ");
    }

    #[tokio::test]
    async fn settings_that_cannot_be_read_are_all_said_at_once() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[discord]\nguild_id = \"…\"\nchannel = 1\n").unwrap();
        let report = run(file.path(), &|_| None).await;
        let text = report.to_string();
        assert!(!report.is_good());
        for path in ["discord.guild_id", "discord.channel_id", "discord.channel", "policy.grant"] {
            assert!(text.contains(path), "{path} is missing in:\n{text}");
        }
    }

    #[tokio::test]
    async fn a_store_that_is_only_tried_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| config::Store { path: folder.path().join(path), backup: None };
        assert_eq!(store(&at("doorman.db")).await.state, State::Ok);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

        assert_eq!(store(&at("no/such/folder/doorman.db")).await.state, State::Problem);
        std::fs::write(at("doorman.db").path, "this is not a database, whatever its name says").unwrap();
        assert_eq!(store(&at("doorman.db")).await.state, State::Problem);
    }

    #[tokio::test]
    async fn a_backup_that_is_the_store_by_another_name_is_a_problem_before_there_is_either() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("doorman.db");
        let backup = Some(folder.path().join(".").join("doorman.db"));
        let line = store(&config::Store { path: path.clone(), backup }).await;
        assert_eq!(line.state, State::Problem);
        assert!(
            line.words.contains("a file of the lease store itself, and a copy would destroy it"),
            "{line:?}"
        );
        let backup = Some(folder.path().join("copy.db"));
        assert_eq!(store(&config::Store { path, backup }).await.state, State::Ok);
    }
}
