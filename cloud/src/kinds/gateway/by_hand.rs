//! NAT gateways by hand.

use super::{Act, GatewayState, NatGateway};
use crate::aws::tagging::client_token;
use crate::by_hand::act::{Awaited, ByHand};
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::kinds::Change;
use crate::kinds::route::RouteTarget;
use crate::plan::Until;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, seen: &mut Observed, hand: &mut Hand) -> Change<NatGateway> {
        match self {
            Act::Create { name, subnet, allocation, private_ip, attempt } => {
                let mut cli = Cli::ec2("create-nat-gateway")
                    .with("--connectivity-type", "public")
                    .with("--subnet-id", &subnet)
                    .with("--allocation-id", &allocation);
                if let Some(address) = private_ip {
                    cli = cli.with("--private-ip-address", address);
                }
                let cli = cli.with("--client-token", client_token(owner, "nat", attempt));
                let cli = cli.tagged(&["natgateway"], owner, &name);
                // The address may be too new, or just be let go of.
                let id = hand.makes("gateway", cli, "NatGateway.NatGatewayId", Tries::Again).into();
                Change::Is(NatGateway {
                    id,
                    name,
                    state: GatewayState::Pending,
                    failure_code: None,
                    created_at: seen.at,
                    allocation: Some(allocation),
                    public_ip: None,
                    subnet,
                    owner: owner.clone(),
                })
            }
            Act::Delete { id } => {
                hand.runs(Cli::ec2("delete-nat-gateway").with("--nat-gateway-id", &id), Tries::Once);
                Change::Leaving(id)
            }
        }
    }
}

impl Awaited for NatGateway {
    fn by_hand(name: &str, until: Until, seen: &mut Observed, hand: &mut Hand) {
        let (from, to, waiter) = match until {
            Until::Works => (GatewayState::Pending, GatewayState::Available, "wait nat-gateway-available"),
            Until::Gone => (GatewayState::Deleting, GatewayState::Deleted, "wait nat-gateway-deleted"),
            Until::Stopped | Until::Free | Until::Seen => return,
        };
        let named = |g: &&mut NatGateway| (g.name == name || g.id.as_str() == name) && g.state == from;
        for gateway in seen.gateways.iter_mut().filter(named) {
            hand.waits(Cli::ec2(waiter).with("--nat-gateway-ids", &gateway.id));
            gateway.state = to;
            let target = RouteTarget::NatGateway(gateway.id.clone());
            for route in seen.tables.iter_mut().filter_map(|table| table.default_route.as_mut()) {
                route.blackhole |= to == GatewayState::Deleted && route.target == target;
            }
        }
    }
}
