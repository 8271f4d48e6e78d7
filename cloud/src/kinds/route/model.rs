//! The default route in the model.

use proptest::prelude::*;

use super::{Act, Route, RouteTable, RouteTarget};
use crate::ids::NatGatewayId;
use crate::kinds::Change;
use crate::kinds::gateway::NatGateway;
use crate::kinds::model::{Happens, Serial};
use crate::switchboard::Observed;
use crate::tags::Owner;

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

impl Happens for Act {
    fn happens(self, _: &Owner, world: &mut Observed, _: &mut Serial) -> Change<RouteTable> {
        let to = |table: RouteTable, gateway: Option<NatGatewayId>| {
            let target = gateway.map(RouteTarget::NatGateway);
            let default_route = target.map(|target| Route { target, blackhole: false });
            Change::Is(RouteTable { default_route, ..table })
        };
        match self {
            Act::Create { table, gateway } => {
                let there = world.route_table().found().and_then(|table| table.default_route.clone());
                assert!(there.is_none(), "CreateRoute over an existing route");
                to(table, Some(gateway))
            }
            Act::Replace { table, gateway } => to(table, Some(gateway)),
            Act::Delete { table } => to(table, None),
        }
    }
}
