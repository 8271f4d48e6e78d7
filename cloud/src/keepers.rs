//! The keepers of all stacks. There is one stack in the settings for now; whoever runs them, or looks for one, already
//! asks by its name.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::keeper::Keeper;

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

    /// The keeper of a stack.
    pub fn of(&self, stack: &str) -> Option<&Keeper> {
        self.by_stack.get(stack)
    }

    /// Runs all of them until `stop`; calls under way are awaited, nothing new is started.
    pub async fn run(&self, stop: CancellationToken) {
        join_all(self.by_stack.values().map(|keeper| keeper.run(stop.clone()))).await;
    }
}
