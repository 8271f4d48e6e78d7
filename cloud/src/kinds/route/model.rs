//! The default route in the model.

use proptest::prelude::*;

use super::{Act, Route, RouteTarget};
use crate::ids::NatGatewayId;
use crate::kinds::gateway::NatGateway;
use crate::kinds::model::Refused;
use crate::switchboard::Observed;

/// No route, one to the first of these gateways, to another gateway, or to something else.
pub(crate) fn to_any_of(gateways: &[NatGateway]) -> impl Strategy<Value = Option<Route>> + use<> {
    let ours = gateways.first().map(|gateway| RouteTarget::NatGateway(gateway.id.clone()));
    let target = prop_oneof![
        Just(None),
        Just(ours),
        Just(Some(RouteTarget::NatGateway(NatGatewayId::from("nat-foreign")))),
        Just(Some(RouteTarget::Other("igw-foreign".to_owned()))),
    ];
    (target, any::<bool>()).prop_map(|(target, blackhole)| target.map(|target| Route { target, blackhole }))
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        if let Act::Create { .. } = self {
            let there = world.route_table().found().and_then(|table| table.default_route.clone());
            assert!(there.is_none(), "CreateRoute over an existing route");
        }
    }
}
