//! NAT gateways in the model.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Act, GatewayState, NatGateway};
use crate::kind::Kind;
use crate::kinds::address::Address;
use crate::kinds::address::model::address;
use crate::kinds::model::{Refused, a_lease, now, owner};
use crate::switchboard::Observed;

/// Gateways in any state, each with its address if it has one.
pub(crate) fn anything() -> impl Strategy<Value = Vec<(NatGateway, Option<Address>)>> {
    let state = prop_oneof![
        Just(GatewayState::Pending),
        Just(GatewayState::Available),
        Just(GatewayState::Failed),
        Just(GatewayState::Deleting),
        Just(GatewayState::Deleted),
    ];
    let seeds = prop::collection::vec((state, a_lease(), any::<bool>()), 0..4);
    seeds.prop_map(|seeds| seeds.into_iter().enumerate().map(one).collect())
}

fn one(
    (n, (state, lease, has_address)): (usize, (GatewayState, &str, bool)),
) -> (NatGateway, Option<Address>) {
    let id = format!("eipalloc-g{n}");
    let address = (state.is_alive() || has_address).then(|| address(&id, state.is_alive(), lease));
    let gateway = NatGateway {
        id: format!("nat-{n}").into(),
        name: "My-NAT".to_owned(),
        state,
        failure_code: (state == GatewayState::Failed).then(|| "InternalError".to_owned()),
        created_at: now() - TimeDelta::minutes(5),
        allocation: address.as_ref().map(|address| address.id.clone()),
        public_ip: None,
        subnet: "my-subnet-public01".into(),
        owner: owner(lease, Kind::NatGateway),
    };
    (gateway, address)
}

impl Refused for Act {
    fn must_be_accepted(&self, _: &Observed) {}
}
