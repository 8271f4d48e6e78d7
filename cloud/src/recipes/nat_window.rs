//! The NAT window: Elastic IP, gateway, default route, outbound rules.

use crate::kind::Kind;
use crate::kinds::rule::Peer;
use crate::kinds::rule::rules::Wanted;
use crate::kinds::{address, gateway, route, rule, schedule, vpc};
use crate::plan::Build;

pub(super) fn follow(b: &mut Build<'_>) {
    let nat = &b.stack.nat;
    // There is never a second gateway.
    b.after_leftovers(&[Kind::Address, Kind::NatGateway]);
    let network = vpc::rules::named(b, &[&nat.subnet], true);
    // Before anything of it bills.
    schedule::rules::want(b);
    let address = address::rules::want(b, &nat.name);
    let subnet = b.seen.subnet(&nat.subnet).found().map(|subnet| &subnet.id);
    let gateway = gateway::rules::want(b, &nat.name, subnet, address);
    route::rules::want(b, network.table, gateway);
    for port in &nat.ports {
        let (of, description) = (nat.name.as_str(), nat.rule_description.as_str());
        let wanted = Wanted { egress: true, port: *port, peer: Peer::anywhere(), of, description };
        rule::rules::want(b, network.group, wanted, |_| true);
    }
}
