//! Network interfaces that hold the fixed private addresses of the settings, or addresses around them, anybody's.

mod aws;
mod by_hand;
pub(crate) mod rules;

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use doorman_config::Stack;

use crate::ids::{InterfaceId, VpcId};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// A network interface with a private address of the settings, or around one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its id.
    pub id: InterfaceId,
    /// The VPC it is in.
    pub vpc: Option<VpcId>,
    /// Id of the instance it belongs to, if it does.
    pub instance: Option<String>,
    /// Its private addresses.
    pub addresses: Vec<Ipv4Addr>,
}

impl Interface {
    /// Id of what holds the addresses: the instance, or the interface itself if it belongs to none.
    pub fn holder(&self) -> &str {
        self.instance.as_deref().unwrap_or(self.id.as_str())
    }
}

impl Resource for Interface {
    const KIND: Kind = Kind::NetworkInterface;
    type Id = InterfaceId;

    fn id(&self) -> &InterfaceId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        Facts::of_others(self.id.as_str())
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        None
    }

    /// Not deleted by us.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &Interface) -> bool {
        true
    }
}

/// Where interfaces are looked at, and doorman chooses addresses: the first three numbers of the fixed ones.
pub(crate) fn neighbourhoods(stack: &Stack) -> BTreeSet<[u8; 3]> {
    stack.service.instances.iter().map(|slot| neighbourhood(slot.private_ip)).collect()
}

/// The first three numbers of an address.
pub(crate) fn neighbourhood(address: Ipv4Addr) -> [u8; 3] {
    let [a, b, c, _] = address.octets();
    [a, b, c]
}
