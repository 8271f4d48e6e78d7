//! NAT gateways in the model.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Act, GatewayState, NatGateway};
use crate::kind::Kind;
use crate::kinds::Change;
use crate::kinds::address::Address;
use crate::kinds::address::model::address;
use crate::kinds::model::{ComesToPass, Happens, Serial, a_lease, now, owner};
use crate::kinds::route::RouteTarget;
use crate::plan::Until;
use crate::switchboard::Observed;
use crate::tags::Owner;

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

impl Happens for Act {
    fn happens(self, owner: &Owner, _: &mut Observed, serial: &mut Serial) -> Change<NatGateway> {
        match self {
            Act::Create { name, subnet, allocation, .. } => Change::Is(NatGateway {
                id: serial.next("nat").into(),
                name,
                state: GatewayState::Pending,
                failure_code: None,
                created_at: now(),
                allocation: Some(allocation),
                public_ip: None,
                subnet,
                owner: owner.clone(),
            }),
            Act::Delete { id } => Change::Leaving(id),
        }
    }
}

impl ComesToPass for NatGateway {
    fn comes_to_pass(world: &mut Observed, name: &str, until: Until) {
        let becomes = match until {
            Until::Works => (GatewayState::Pending, GatewayState::Available),
            Until::Gone => (GatewayState::Deleting, GatewayState::Deleted),
            Until::Stopped | Until::Free | Until::Seen => return,
        };
        let named = |g: &&mut NatGateway| (g.name == name || g.id.as_str() == name) && g.state == becomes.0;
        for gateway in world.gateways.iter_mut().filter(named) {
            gateway.state = becomes.1;
            let target = RouteTarget::NatGateway(gateway.id.clone());
            for route in world.tables.iter_mut().filter_map(|table| table.default_route.as_mut()) {
                route.blackhole |= becomes.1 == GatewayState::Deleted && route.target == target;
            }
        }
    }
}
