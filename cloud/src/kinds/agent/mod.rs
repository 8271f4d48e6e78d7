//! What Systems Manager says of the instances' agents.

mod aws;
mod by_hand;
pub(crate) mod rules;

use crate::ids::InstanceId;
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// Systems Manager's `PingStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    /// Answers.
    Online,
    /// Answered once.
    Lost,
}

/// The agent of an instance of ours that has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Whose.
    pub instance: InstanceId,
    /// Whether it answers.
    pub ping: Ping,
}

impl Resource for Agent {
    const KIND: Kind = Kind::Agent;
    type Id = InstanceId;

    fn id(&self) -> &InstanceId {
        &self.instance
    }

    fn facts(&self) -> Facts<'_> {
        Facts::of_others(self.instance.as_str())
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        None
    }

    /// It goes with its instance.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &Agent) -> bool {
        true
    }
}
