//! Interface endpoints in the model.

use proptest::prelude::*;

use super::{Act, Endpoint, EndpointState};
use crate::kinds::model::{Refused, a_lease, now, owner_of};
use crate::lease::LeaseKind;
use crate::switchboard::Observed;

/// Endpoints of these services in any state, ours and others'.
pub(crate) fn anything(services: Vec<String>) -> impl Strategy<Value = Vec<Endpoint>> {
    let state = prop_oneof![
        Just(EndpointState::Pending),
        Just(EndpointState::Available),
        Just(EndpointState::Deleting),
        Just(EndpointState::Failed),
    ];
    let of = prop_oneof![Just(LeaseKind::Pair), Just(LeaseKind::ShellWindow)];
    let seed = (prop::sample::select(services), prop::option::of((a_lease(), of)), state);
    prop::collection::vec(seed, 0..5).prop_map(|seeds| {
        let mut endpoints: Vec<Endpoint> = Vec::new();
        for (n, (service, lease, state)) in seeds.into_iter().enumerate() {
            // Two with private DNS for one service cannot exist.
            let private_dns = !endpoints.iter().any(|endpoint| endpoint.service == service);
            endpoints.push(Endpoint {
                id: format!("vpce-{n}").into(),
                service,
                vpc: Some("vpc-1".into()),
                state,
                private_dns,
                subnets: Vec::new(),
                groups: Vec::new(),
                others_let: Vec::new(),
                created_at: now(),
                owner: lease.map(|(lease, of)| owner_of(lease, of)),
            });
        }
        endpoints
    })
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        if let Act::Create { new, .. } = self {
            let taken =
                |e: &Endpoint| e.service == new.service && e.private_dns && e.state != EndpointState::Failed;
            assert!(!world.endpoints.iter().any(taken), "private-dns conflict");
        }
    }
}
