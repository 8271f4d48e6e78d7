//! Waiting by hand until a private address is free.

use super::Interface;
use crate::by_hand::act::Awaited;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::Hand;
use crate::plan::Until;
use crate::switchboard::Observed;

impl Awaited for Interface {
    fn by_hand(name: &str, until: Until, seen: &mut Observed, hand: &mut Hand) {
        let holds = |held: &Interface| held.addresses.iter().any(|address| address.to_string() == name);
        if until != Until::Free || !seen.interfaces.iter().any(holds) {
            return;
        }
        let filter = format!("Name=addresses.private-ip-address,Values={name}");
        let cli = Cli::ec2("describe-network-interfaces").with("--filters", filter);
        hand.asks_until("", cli.with("--query", "NetworkInterfaces[].NetworkInterfaceId"));
        seen.interfaces.retain(|held| !holds(held));
    }
}
