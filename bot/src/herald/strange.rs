//! Tells, once each, what doorman cannot answer for: leases that are in another account or region, leases that only their
//! tags tell of while another of the kind is open, and leases of a stack that the settings no longer name.

use std::collections::BTreeSet;

use doorman_cloud::keeper::Keeper;
use doorman_commands::{App, Message};
use doorman_config::Locale;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{BETWEEN_ROUNDS, Untold, nonce, pause};
use crate::discord::deliver::Deliver;

/// Watches, and tells.
pub struct Strange {
    app: App,
    keeper: Keeper,
    deliver: Deliver,
    channel_id: u64,
    locale: Locale,
    /// Other stacks in which the store has open leases, and how many.
    stacks: Vec<(String, u64)>,
    told: BTreeSet<String>,
    failures: u32,
    not_before: Option<Instant>,
}

impl Strange {
    /// Notices that go to `channel_id`, in `locale`; `stacks` are the other ones with open leases.
    pub fn new(
        app: App,
        keeper: Keeper,
        deliver: Deliver,
        channel_id: u64,
        locale: Locale,
        stacks: Vec<(String, u64)>,
    ) -> Strange {
        let (told, failures, not_before) = (BTreeSet::new(), 0, None);
        Strange { app, keeper, deliver, channel_id, locale, stacks, told, failures, not_before }
    }

    /// Tells what there is to tell, until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        stop.run_until_cancelled(self.tell()).await;
    }

    async fn tell(&mut self) {
        let mut views = self.keeper.watch();
        loop {
            self.round().await;
            let again = async {
                match self.not_before {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                seen = views.changed() => if seen.is_err() { return },
                () = again => {}
            }
            sleep(BETWEEN_ROUNDS).await;
        }
    }

    async fn round(&mut self) {
        if self.not_before.is_some_and(|at| at > Instant::now()) {
            return;
        }
        self.not_before = None;
        let view = self.keeper.watch().borrow().clone();
        let now = self.keeper.clock().now();
        let stacks = self.stacks.iter();
        let stacks = stacks.map(|(stack, count)| {
            (format!("stack:{stack}"), self.app.other_stack(stack, *count, self.locale))
        });
        let notices: Vec<(String, Message)> =
            stacks.chain(self.app.strange(&view, self.locale, now)).collect();
        for (key, message) in notices {
            match self.post_once(&key, &message).await {
                Ok(()) => self.failures = 0,
                Err(untold) => {
                    warn!("a notice could not be posted: {untold}");
                    self.failures += 1;
                    self.not_before = Some(Instant::now() + pause(self.failures));
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
