//! Who holds the fixed private addresses, and which are left for what else doorman makes beside them.

use std::net::Ipv4Addr;

use doorman_config::Stack;

use super::{neighbourhood, neighbourhoods};
use crate::ids::SubnetId;
use crate::kind::Kind;
use crate::lease::Trouble;
use crate::plan::{Build, How};
use crate::switchboard::Observed;

/// That nobody but us holds a fixed address.
pub(crate) fn not_taken(b: &mut Build<'_>, address: Ipv4Addr, wanted_for: &str) {
    let Some(holder) = b.seen.holder(address).map(|interface| interface.holder().to_owned()) else {
        return;
    };
    let seen = b.seen.instances.iter().any(|instance| instance.id.as_str() == holder);
    let on_record = b.goal.made.iter().any(|made| made.kind == Kind::Instance && made.id == holder);
    if !(seen || on_record) {
        let (address, wanted_for) = (address.to_string(), wanted_for.to_owned());
        let trouble = Trouble::AddressTaken { address, holder, wanted_for: wanted_for.clone() };
        b.missing(Kind::NetworkInterface, &wanted_for, How::Blocked(trouble.clone()), None);
        b.trouble(trouble);
    }
}

/// An address in a subnet for something that may have any: the `nth` of those that nobody holds and no instance of the
/// settings should have. AWS chooses at random, and could choose one of those.
///
/// `None` where it may: no instance is wanted in the subnet. And where nothing is known, or nothing in sight is free.
pub(crate) fn spare(seen: &Observed, stack: &Stack, subnet: &SubnetId, nth: usize) -> Option<Ipv4Addr> {
    let (subnet, interfaces) = (seen.subnets.get(subnet)?, seen.interfaces.seen()?);
    let (fixed, sights) = (&stack.service.instances, neighbourhoods(stack));
    let taken = |address: &Ipv4Addr| {
        fixed.iter().any(|slot| slot.private_ip == *address)
            || interfaces.iter().any(|interface| interface.addresses.contains(address))
    };
    let in_sight = subnet.addresses().filter(|address| sights.contains(&neighbourhood(*address)));
    in_sight.filter(|address| !taken(address)).nth(nth)
}
