//! The keepers of all stacks: of the one in the settings, and of those that the settings do not name any more and in
//! which something is still open.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::keeper::{Beat, Keeper};

/// Keepers by the names of their stacks. Clones are the same keepers.
#[derive(Clone)]
pub struct Keepers {
    by_stack: Arc<BTreeMap<String, Keeper>>,
}

impl Keepers {
    /// Of two for one stack the later counts: there is one keeper of a stack.
    pub fn new(keepers: impl IntoIterator<Item = Keeper>) -> Keepers {
        let named = keepers.into_iter().map(|keeper| (keeper.stack().name.clone(), keeper));
        Keepers { by_stack: Arc::new(named.collect()) }
    }

    /// All of them, by the name of their stack.
    pub fn all(&self) -> impl Iterator<Item = &Keeper> {
        self.by_stack.values()
    }

    /// The keeper of a stack.
    pub fn of(&self, stack: &str) -> Option<&Keeper> {
        self.by_stack.get(stack)
    }

    /// Runs all of them until `stop`; calls under way are awaited, nothing new is started.
    pub async fn run(&self, stop: CancellationToken, beat: &Beat) {
        join_all(self.by_stack.values().map(|keeper| keeper.run(stop.clone(), beat))).await;
    }
}
