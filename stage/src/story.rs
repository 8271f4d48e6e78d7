//! What happens on a stage, told beforehand.

use std::time::Duration;

use tokio::time::timeout;

use crate::message::{buttons, title};
use crate::stage::Stage;

/// How long the bot may take to begin what it was asked for.
const BEGUN: Duration = Duration::from_secs(3);
/// Between two looks.
const LOOK: Duration = Duration::from_secs(2);

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A person types a line; nobody waits for the answer.
    Say(&'static str, &'static str),
    /// Somebody presses the button with that label on what was answered to what was said last.
    Press(&'static str, &'static str),
    /// Until no message is about something under way any more, but not for ever.
    UntilDone,
    /// Time passes.
    Pass(Duration),
    /// AWS cannot be reached from now on, or can be again.
    Away(bool),
}

impl Stage {
    /// Lets it all happen, one thing after the other.
    pub async fn play(&mut self, acts: &[Act]) {
        for act in acts {
            self.act(*act).await;
        }
    }

    /// Lets one thing happen. What people cannot do, they do not do: a person whom Discord or the bot leaves without
    /// an answer shrugs.
    pub async fn act(&mut self, act: Act) {
        match act {
            Act::Say(person, line) => {
                self.said_after = self.messages().len();
                _ = self.world.discord.slash(person, line).await;
            }
            Act::Press(person, label) => {
                let button = self.waits(|stage| stage.answered_button(label)).await;
                if let Some((message, custom_id)) = button {
                    _ = self.world.discord.press(person, &message, &custom_id).await;
                }
            }
            Act::UntilDone => {
                self.passes(BEGUN).await;
                _ = self.waits(|stage| stage.is_done().then_some(())).await;
            }
            Act::Pass(time) => self.passes(time).await,
            Act::Away(away) => self.world.aws.faults().away(away),
        }
    }

    /// Waits for something, but not for ever.
    async fn waits<T>(&self, look: impl Fn(&Stage) -> Option<T>) -> Option<T> {
        timeout(self.patience, async {
            loop {
                if let Some(seen) = look(self) {
                    return seen;
                }
                self.passes(LOOK).await;
            }
        })
        .await
        .ok()
    }

    /// What was answered with a button of that label, and the button.
    fn answered_button(&self, label: &str) -> Option<(String, String)> {
        self.messages().iter().skip(self.said_after).find_map(|message| {
            let mut buttons = buttons(message).into_iter();
            let button = buttons.find(|button| button["label"] == label && button["disabled"] != true)?;
            Some((message.id.clone(), button["custom_id"].as_str()?.to_owned()))
        })
    }

    /// Whether no message says that something is under way.
    fn is_done(&self) -> bool {
        let titles: Vec<String> = self.messages().iter().filter_map(title).collect();
        !titles.is_empty() && !titles.iter().any(|title| title.starts_with('⏳'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices::Time;
    use Act::{Pass, Say, UntilDone};

    const MINUTE: Duration = Duration::from_secs(60);
    const TOLD: [Act; 4] =
        [Say("operator", "/nat open 5m"), UntilDone, Pass(MINUTE), Say("second", "/nat close")];

    /// A window that is closed early, however time passes.
    async fn is_told(mut stage: Stage) {
        stage.play(&TOLD).await;
        let window = stage.titled().remove(0);
        stage.runs_until("the end", |stage| stage.is_quiet().then_some(())).await;
        let told = crate::text(&stage.world.discord.message(&window.id).expect("the window"));
        assert!(told.contains("nothing of it is left"), "{told}");
        stage.finish().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_time_that_runs() {
        is_told(Stage::builder().time(Time::Running(300.0)).set().await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_time_that_stands() {
        is_told(Stage::builder().time(Time::Standing).set().await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_the_machines_time() {
        is_told(Stage::builder().time(Time::Machine(60.0)).set().await).await;
    }

    #[tokio::test(start_paused = true)]
    async fn on_time_that_jumps() {
        is_told(Stage::builder().time(Time::Jumping).set().await).await;
    }
}
