//! The default route by hand.

use super::{Act, DEFAULT, Route, RouteTable, RouteTarget};
use crate::by_hand::act::ByHand;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::ids::NatGatewayId;
use crate::kinds::Change;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, _: &Owner, _: &mut Observed, hand: &mut Hand) -> Change<RouteTable> {
        // A gateway may be too new for it.
        let (command, table, gateway, tries) = match self {
            Act::Create { table, gateway } => ("create-route", table, Some(gateway), Tries::Again),
            Act::Replace { table, gateway } => ("replace-route", table, Some(gateway), Tries::Again),
            Act::Delete { table } => ("delete-route", table, None, Tries::Once),
        };
        let mut cli = Cli::ec2(command).with("--route-table-id", &table.id);
        cli = cli.with("--destination-cidr-block", DEFAULT);
        if let Some(gateway) = &gateway {
            cli = cli.with("--nat-gateway-id", gateway);
        }
        hand.runs(cli, tries);
        Change::Is(leading_to(table, gateway))
    }
}

fn leading_to(table: RouteTable, gateway: Option<NatGatewayId>) -> RouteTable {
    let target = gateway.map(RouteTarget::NatGateway);
    RouteTable { default_route: target.map(|target| Route { target, blackhole: false }), ..table }
}
