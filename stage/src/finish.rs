//! How a stage ends: what is open is closed, the bot is stopped, and every promise is looked at.

use std::collections::BTreeSet;
use std::time::Duration;

use doorman_cloud::lease::LeaseKind;
use doorman_cloud::tags;
use tokio::time::{sleep, timeout};

use crate::choices::Time;
use crate::message::buttons;
use crate::promises::{Broken, Promise};
use crate::stage::Stage;

/// How long time that jumps may jump until the world is in order.
const MENDED: Duration = Duration::from_secs(45 * 60);
/// Between two looks at it.
const LOOK: Duration = Duration::from_secs(10);
/// What the custom id of a card's **Confirm** begins with.
const CONFIRM: &str = "card:confirm";

/// What somebody types who wants it gone.
fn closing(kind: LeaseKind) -> &'static str {
    match kind {
        LeaseKind::NatWindow => "/nat close",
        LeaseKind::ShellWindow => "/shell close",
        LeaseKind::Pair => "/terminate service",
    }
}

impl Stage {
    /// Ends the test: nothing goes wrong from here on and time goes as it was chosen to; the operator closes what is
    /// still there; when nothing is left and nobody is told otherwise, the bot is stopped as SIGTERM does. Then every
    /// [`Promise`] must have been kept.
    ///
    /// Without a bot nobody closes and nothing is waited for: the promises are looked at as things are.
    ///
    /// # Panics
    ///
    /// With every promise that was broken, and what people read.
    pub async fn finish(self) {
        self.finish_except(&[]).await;
    }

    /// The same for a test that breaks promises on purpose: which, and why.
    ///
    /// # Panics
    ///
    /// With every other promise that was broken, and with each of these that was kept.
    pub async fn finish_except(mut self, except: &[(Promise, &str)]) {
        let excepted: BTreeSet<Promise> = except.iter().map(|(promise, _)| *promise).collect();
        let mut quiet = true;
        self.all_is_well_again();
        if self.life.is_some() {
            self.lets_run();
            self.close_what_is_open(&excepted).await;
            quiet = self.gets_quiet_but(&excepted).await;
            self.stop_bot().await;
        }
        let verdict = self.judge().await;
        let mut complaints = complaints(&verdict.broken, except);
        if !quiet {
            complaints.insert(0, "it never ends".to_owned());
        }
        assert!(complaints.is_empty(), "{}\n{}", complaints.join("\n"), self.channel());
    }

    /// Nothing goes wrong any more.
    pub fn all_is_well_again(&self) {
        self.world.aws.faults().clear();
        self.world.discord.faults().clear();
    }

    /// Waits until nothing is left and nobody is told otherwise; whether it came to that.
    pub async fn gets_quiet(&self) -> bool {
        self.gets_quiet_but(&BTreeSet::new()).await
    }

    async fn gets_quiet_but(&self, excepted: &BTreeSet<Promise>) -> bool {
        let quiet = || {
            let mut asked = [Promise::NothingLeft, Promise::ChannelTellsTheTruth].into_iter();
            asked.all(|promise| excepted.contains(&promise) || self.is_quiet_about(promise))
        };
        let (mut discord, mut aws) = (self.world.discord.changes(), self.world.aws.changes());
        let waiting = async {
            while !quiet() {
                match self.time {
                    Time::Running(_) | Time::Standing | Time::Machine(_) => {
                        tokio::select! {
                            _ = discord.changed() => {}
                            _ = aws.changed() => {}
                        }
                    }
                    Time::Jumping => sleep(LOOK).await,
                }
            }
        };
        let patience = if self.time == Time::Jumping { MENDED } else { self.patience };
        timeout(patience, waiting).await.is_ok()
    }

    /// The operator wants it gone: once for each kind of lease that something carries the tags of.
    async fn close_what_is_open(&self, excepted: &BTreeSet<Promise>) {
        if excepted.contains(&Promise::NothingLeft) {
            return;
        }
        for kind in LeaseKind::ALL {
            let of_kind = |item: &doorman_sandbox::aws::Item| {
                item.tags.get(tags::KIND).is_some_and(|word| word == kind.as_str())
            };
            if !self.ours().iter().any(of_kind) {
                continue;
            }
            let reply = self.says("operator", closing(*kind)).await;
            let confirm = buttons(&reply).into_iter().find_map(|button| {
                button["custom_id"].as_str().filter(|id| id.starts_with(CONFIRM)).map(str::to_owned)
            });
            if let Some(confirm) = confirm {
                let pressed = self.world.discord.press("operator", &reply.id, &confirm).await;
                pressed.expect("the card can be confirmed");
            }
        }
    }
}

/// What is wrong with what was broken, by what was to be.
fn complaints(broken: &[Broken], except: &[(Promise, &str)]) -> Vec<String> {
    let is_excepted = |promise| except.iter().any(|(excepted, _)| *excepted == promise);
    let is_broken = |promise| broken.iter().any(|broken| broken.promise == promise);
    let wrong = broken.iter().filter(|broken| !is_excepted(broken.promise));
    let wrong = wrong.map(|broken| format!("{:?}: {}", broken.promise, broken.what));
    let needless = except.iter().filter(|(promise, _)| !is_broken(*promise));
    let needless = needless.map(|(promise, why)| format!("{promise:?} was kept after all, although {why}"));
    wrong.chain(needless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left() -> Broken {
        Broken { promise: Promise::NothingLeft, what: "left: a gateway".to_owned() }
    }

    #[test]
    fn what_is_broken_and_not_excepted_is_said() {
        let except = [(Promise::DiscordsRules, "the test breaks one")];
        let said = complaints(&[left()], &except);
        let both = [
            "NothingLeft: left: a gateway",
            "DiscordsRules was kept after all, although the test breaks one",
        ];
        assert_eq!(said, both);
    }

    #[test]
    fn an_exception_that_was_needed_is_one() {
        assert_eq!(
            complaints(&[left()], &[(Promise::NothingLeft, "the test leaves it")]),
            Vec::<String>::new()
        );
    }

    #[tokio::test]
    #[should_panic(expected = "finish")]
    async fn a_stage_that_nobody_finishes_fails() {
        drop(Stage::builder().set_without_bot().await);
    }

    #[tokio::test]
    #[should_panic(expected = "NobodyElsesChanged")]
    async fn what_is_done_to_others_is_seen() {
        let stage = Stage::builder().set_without_bot().await;
        stage.world.aws.by_hand().rename("My-VPC", "something-else").expect("it is there");
        stage.world.aws.by_hand().delete_route("my-route-public", "0.0.0.0/0").expect("it is there");
        stage.finish().await;
    }

    #[tokio::test]
    async fn a_window_that_is_open_in_the_end_is_closed() {
        let stage = Stage::set().await;
        let window = stage.says("operator", "/nat open 30m").await;
        stage.reads(&window.id, "The NAT window is open").await;
        stage.finish().await;
    }
}
