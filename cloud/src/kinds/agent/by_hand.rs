//! Waiting by hand until an instance answers to Systems Manager.

use super::{Agent, Ping};
use crate::by_hand::act::Awaited;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::Hand;
use crate::ids::InstanceId;
use crate::plan::Until;
use crate::switchboard::Observed;

impl Awaited for Agent {
    fn by_hand(name: &str, _: Until, seen: &mut Observed, hand: &mut Hand) {
        let ids = seen.instances.iter().filter(|instance| instance.name == name).map(|i| i.id.clone());
        for instance in ids.collect::<Vec<InstanceId>>() {
            let filter = format!("Key=InstanceIds,Values={instance}");
            let cli = Cli::ssm("describe-instance-information").with("--filters", filter);
            hand.asks_until("Online", cli.with("--query", "InstanceInformationList[0].PingStatus"));
            seen.agents.put(Agent { instance, ping: Ping::Online });
        }
    }
}
