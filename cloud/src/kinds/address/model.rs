//! Elastic IPs in the model.

use proptest::prelude::*;

use super::{Act, Address};
use crate::kind::Kind;
use crate::kinds::model::{Refused, a_lease, owner};
use crate::switchboard::Observed;

/// Addresses that no gateway holds.
pub(crate) fn anything() -> impl Strategy<Value = Vec<Address>> {
    prop::collection::vec(a_lease(), 0..3).prop_map(|leases| {
        let numbered = leases.into_iter().enumerate();
        numbered.map(|(n, lease)| address(&format!("eipalloc-s{n}"), false, lease)).collect()
    })
}

pub(crate) fn address(id: &str, associated: bool, lease: &str) -> Address {
    Address { id: id.into(), public_ip: String::new(), associated, owner: owner(lease, Kind::Address) }
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        if let Act::Release { id } = self {
            let held = world.gateways.iter().any(|g| g.state.is_alive() && g.allocation.as_ref() == Some(id));
            assert!(!held, "an address is not released while its gateway lives");
        }
    }
}
