//! Who holds the fixed private addresses.

use std::net::Ipv4Addr;

use crate::kind::Kind;
use crate::lease::Trouble;
use crate::plan::{Build, How};

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
