//! Instances.

pub(crate) mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{GroupId, ImageId, InstanceId, SubnetId, VpcId};
use crate::kind::Kind;
use crate::lease::PairSpec;
use crate::prices::{Billing, Price, Prices};
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// A state an instance goes through; terminated ones are not observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    /// Starting.
    Pending,
    /// Running.
    Running,
    /// Being terminated.
    ShuttingDown,
    /// Being stopped.
    Stopping,
    /// Stopped; its volume bills on.
    Stopped,
}

/// An instance that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its `Name` tag.
    pub name: String,
    /// Its state.
    pub state: InstanceState,
    /// EC2 instance type.
    pub instance_type: String,
    /// The image it was booted from.
    pub image: ImageId,
    /// The device that its root volume is; `None`: AWS does not say.
    pub root_device: Option<String>,
    /// Whether it is a spot instance.
    pub spot: bool,
    /// Its private address.
    pub private_ip: Option<Ipv4Addr>,
    /// The subnet it is in.
    pub subnet: SubnetId,
    /// The VPC it is in.
    pub vpc: Option<VpcId>,
    /// Its security groups; empty: AWS did not say.
    pub groups: Vec<GroupId>,
    /// When it was launched.
    pub launched_at: DateTime<Utc>,
    /// Name of the instance profile attached to it.
    pub profile: Option<String>,
    /// Whose it is.
    pub owner: Owner,
}

/// What the price of an instance goes by, in words.
pub(crate) fn detail(instance_type: &str, spot: bool) -> String {
    if spot { format!("{instance_type} spot") } else { instance_type.to_owned() }
}

impl Instance {
    /// Whether it is surely not in a group any more, so that what the group lets pass is nothing to it.
    pub fn left_group(&self, group: &GroupId) -> bool {
        !self.groups.is_empty() && !self.groups.contains(group)
    }
}

impl Resource for Instance {
    const KIND: Kind = Kind::Instance;
    type Id = InstanceId;

    fn id(&self) -> &InstanceId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        let standing = match self.state {
            InstanceState::Pending => Standing::Coming,
            InstanceState::Running | InstanceState::Stopping | InstanceState::Stopped => Standing::There,
            InstanceState::ShuttingDown => Standing::Leaving,
        };
        Facts { name: &self.name, owner: Some(&self.owner), standing, since: Some(self.launched_at) }
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        Some(&mut self.owner)
    }

    fn leave(&mut self) {
        self.state = InstanceState::ShuttingDown;
    }

    fn cost(&self, list: Option<&Prices>) -> Cost {
        let usd = list.and_then(|list| list.instance(&self.instance_type));
        Cost {
            price: Price::listed(usd, Billing::Second),
            now: matches!(self.state, InstanceState::Pending | InstanceState::Running),
            detail: detail(&self.instance_type, self.spot),
        }
    }

    fn is_same(&self, _: &Instance) -> bool {
        true
    }
}

/// What may be done to an instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Start a new one.
    Run {
        /// What.
        new: Box<New>,
        /// How many instances of this lease and name came before; part of the client token.
        attempt: u32,
    },
    /// Start a stopped one.
    Start {
        /// Which.
        id: InstanceId,
    },
    /// Reboot one whose agent sleeps.
    Reboot {
        /// Which.
        id: InstanceId,
    },
    /// Attach the profile to one that lost it.
    AssociateProfile {
        /// Which.
        id: InstanceId,
        /// The profile.
        profile: String,
    },
    /// Terminate one.
    Terminate {
        /// Which.
        id: InstanceId,
    },
}

/// An instance to be started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct New {
    /// Its `Name`.
    pub name: String,
    /// Its subnet.
    pub subnet: SubnetId,
    /// Its fixed private address; `None`: any of the subnet.
    pub private_ip: Option<Ipv4Addr>,
    /// Its security group.
    pub group: GroupId,
    /// What it is made of.
    pub spec: PairSpec,
    /// Its root volume.
    pub volume: NewVolume,
    /// Its instance profile; `None`: it has none.
    pub profile: Option<String>,
}

/// The root volume of an instance to be started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NewVolume {
    /// GiB.
    pub size_gib: u32,
    /// `gp3`, `gp2`, …
    pub kind: String,
    /// The root device of the image.
    pub device: String,
}

impl super::Act for Act {
    type Of = Instance;

    fn operation(&self) -> &'static str {
        match self {
            Act::Run { .. } => "RunInstances",
            Act::Start { .. } => "StartInstances",
            Act::Reboot { .. } => "RebootInstances",
            Act::AssociateProfile { .. } => "AssociateIamInstanceProfile",
            Act::Terminate { .. } => "TerminateInstances",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Run { new, .. } => &new.name,
            Act::Start { id }
            | Act::Reboot { id }
            | Act::AssociateProfile { id, .. }
            | Act::Terminate { id } => id.as_str(),
        }
    }
}
