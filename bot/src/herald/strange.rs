//! Tells, once each, what doorman cannot answer for: leases that are in another account or region, leases that only their
//! tags tell of while another of the kind is open, and leases of a stack that the settings no longer name.

use std::collections::BTreeSet;
use std::time::Duration;

use doorman_cloud::keeper::Keeper;
use doorman_commands::{App, Message};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::book::BETWEEN_TURNS;
use super::retry::Retry;
use super::{Untold, nonce};
use crate::discord::deliver::Deliver;
use crate::language::Language;
use crate::supervise::Pulse;

/// How often it looks although nothing is new, in real time.
const LOOK: Duration = Duration::from_secs(60);

/// Watches, and tells.
pub struct Strange {
    app: App,
    keeper: Keeper,
    deliver: Deliver,
    channel_id: u64,
    language: Language,
    /// Other stacks in which the store has open leases, and how many.
    stacks: Vec<(String, u64)>,
    told: BTreeSet<String>,
    retry: Retry,
}

impl Strange {
    /// Notices that go to `channel_id`, in `language`; `stacks` are the other ones with open leases.
    pub fn new(
        app: App,
        keeper: Keeper,
        deliver: Deliver,
        channel_id: u64,
        language: Language,
        stacks: Vec<(String, u64)>,
    ) -> Strange {
        let (told, retry) = (BTreeSet::new(), Retry::default());
        Strange { app, keeper, deliver, channel_id, language, stacks, told, retry }
    }

    /// Tells what there is to tell, until `stop`.
    pub async fn run(mut self, pulse: Pulse, stop: CancellationToken) {
        stop.run_until_cancelled(self.tell(&pulse)).await;
    }

    async fn tell(&mut self, pulse: &Pulse) {
        let mut views = self.keeper.watch();
        loop {
            pulse.beat().await;
            self.round().await;
            tokio::select! {
                seen = views.changed() => if seen.is_err() { return },
                () = sleep(LOOK) => {}
            }
            sleep(BETWEEN_TURNS).await;
        }
    }

    async fn round(&mut self) {
        if self.retry.waits().is_some() {
            return;
        }
        let view = self.keeper.watch().borrow().clone();
        let now = self.keeper.clock().now();
        let stacks = self.stacks.iter();
        let stacks = stacks.map(|(stack, count)| {
            (format!("stack:{stack}"), self.app.other_stack(stack, *count, self.language.get()))
        });
        let notices: Vec<(String, Message)> =
            stacks.chain(self.app.strange(&view, self.language.get(), now)).collect();
        for (key, message) in notices {
            match self.post_once(&key, &message).await {
                Ok(()) => _ = self.retry.went_well(),
                Err(untold) => {
                    if self.retry.failed() {
                        warn!("a notice could not be posted: {untold}");
                    }
                    return;
                }
            }
        }
    }

    async fn post_once(&mut self, key: &str, message: &Message) -> Result<(), Untold> {
        if self.told.contains(key) || self.keeper.store().was_told(key).await? {
            return Ok(());
        }
        self.deliver.post(self.channel_id, message, None, &nonce(key)).await?;
        self.keeper.store().mark_told(key, self.keeper.clock().now()).await?;
        self.told.insert(key.to_owned());
        Ok(())
    }
}
