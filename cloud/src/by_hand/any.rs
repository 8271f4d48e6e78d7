//! Any act and any wait by hand: one line for each kind, and whoever adds a kind is led here by the compiler.

use serde_json::json;

use super::act::{Awaited, ByHand};
use super::cli::Cli;
use super::hand::{Hand, Tries};
use crate::kind::Kind;
use crate::kinds::agent::Agent;
use crate::kinds::endpoint::Endpoint;
use crate::kinds::gateway::NatGateway;
use crate::kinds::instance::Instance;
use crate::kinds::interface::Interface;
use crate::plan::{Until, Wait};
use crate::switchboard::Observed;
use crate::switchboard::step::{AnyAct, AnyChange, Step};
use crate::tags::{EXPIRES_AT, expiry_tag};

/// A step is done.
pub(crate) fn step(step: &Step, seen: &mut Observed, hand: &mut Hand) {
    let owner = &step.owner;
    hand.says(None);
    let change = match step.act.clone() {
        AnyAct::Instance(act) => AnyChange::Instance(act.by_hand(owner, seen, hand)),
        AnyAct::Volume(act) => AnyChange::Volume(act.by_hand(owner, seen, hand)),
        AnyAct::Gateway(act) => AnyChange::Gateway(act.by_hand(owner, seen, hand)),
        AnyAct::Address(act) => AnyChange::Address(act.by_hand(owner, seen, hand)),
        AnyAct::Endpoint(act) => AnyChange::Endpoint(act.by_hand(owner, seen, hand)),
        AnyAct::Route(act) => AnyChange::Route(act.by_hand(owner, seen, hand)),
        AnyAct::Rule(act) => AnyChange::Rule(act.by_hand(owner, seen, hand)),
        AnyAct::Role(act) => AnyChange::Role(act.by_hand(owner, seen, hand)),
        AnyAct::Profile(act) => AnyChange::Profile(act.by_hand(owner, seen, hand)),
        AnyAct::Schedule(act) => AnyChange::Schedule(act.by_hand(owner, seen, hand)),
        AnyAct::Retag { ids, expires_at } => {
            let tag = json!([{ "Key": EXPIRES_AT, "Value": expiry_tag(expires_at) }]);
            hand.runs(
                Cli::ec2("create-tags").with_all("--resources", &ids).json("--tags", &tag),
                Tries::Once,
            );
            AnyChange::Retagged { ids, expires_at }
        }
    };
    seen.fold(change);
}

/// Something is waited for.
pub(crate) fn wait(wait: &Wait, seen: &mut Observed, hand: &mut Hand) {
    let Wait { of, name, until } = wait;
    hand.says(Some(format!("Until the {} {name} {}.", of.as_str(), so(*until))));
    match of {
        Kind::NatGateway => NatGateway::by_hand(name, *until, seen, hand),
        Kind::Endpoint => Endpoint::by_hand(name, *until, seen, hand),
        Kind::Instance => Instance::by_hand(name, *until, seen, hand),
        Kind::NetworkInterface => Interface::by_hand(name, *until, seen, hand),
        Kind::Agent => Agent::by_hand(name, *until, seen, hand),
        // Nothing of them comes by itself.
        Kind::Volume
        | Kind::Address
        | Kind::Route
        | Kind::Rule
        | Kind::Role
        | Kind::Profile
        | Kind::Schedule
        | Kind::Runbook
        | Kind::BackstopRole
        | Kind::Vpc
        | Kind::Subnet
        | Kind::SecurityGroup => {}
    }
}

fn so(until: Until) -> &'static str {
    match until {
        Until::Works => "works",
        Until::Gone => "is gone",
        Until::Stopped => "is stopped",
        Until::Free => "is free",
        Until::Seen => "can be seen",
    }
}
