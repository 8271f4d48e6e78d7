//! AWS for one round, as far as a plan can tell: steps take effect, what is waited for comes to pass.

use crate::kind::Kind;
use crate::kinds::agent::Agent;
use crate::kinds::endpoint::Endpoint;
use crate::kinds::gateway::NatGateway;
use crate::kinds::instance::Instance;
use crate::kinds::model::{ComesToPass, Happens, Serial};
use crate::plan::{Plan, Wait};
use crate::switchboard::Observed;
use crate::switchboard::step::{AnyAct, AnyChange};

pub(super) fn carry_out(world: &mut Observed, plan: &Plan, serial: &mut Serial) {
    for step in &plan.steps {
        let owner = &step.owner;
        let change = match step.act.clone() {
            AnyAct::Instance(act) => AnyChange::Instance(act.happens(owner, world, serial)),
            AnyAct::Volume(act) => AnyChange::Volume(act.happens(owner, world, serial)),
            AnyAct::Gateway(act) => AnyChange::Gateway(act.happens(owner, world, serial)),
            AnyAct::Address(act) => AnyChange::Address(act.happens(owner, world, serial)),
            AnyAct::Endpoint(act) => AnyChange::Endpoint(act.happens(owner, world, serial)),
            AnyAct::Route(act) => AnyChange::Route(act.happens(owner, world, serial)),
            AnyAct::Rule(act) => AnyChange::Rule(act.happens(owner, world, serial)),
            AnyAct::Role(act) => AnyChange::Role(act.happens(owner, world, serial)),
            AnyAct::Profile(act) => AnyChange::Profile(act.happens(owner, world, serial)),
            AnyAct::Schedule(act) => AnyChange::Schedule(act.happens(owner, world, serial)),
            AnyAct::Retag { ids, expires_at } => AnyChange::Retagged { ids, expires_at },
        };
        world.fold(change);
    }
    plan.waits.iter().for_each(|wait| comes_to_pass(world, wait));
}

fn comes_to_pass(world: &mut Observed, wait: &Wait) {
    match wait.of {
        Kind::NatGateway => NatGateway::comes_to_pass(world, &wait.name, wait.until),
        Kind::Endpoint => Endpoint::comes_to_pass(world, &wait.name, wait.until),
        Kind::Instance => Instance::comes_to_pass(world, &wait.name, wait.until),
        Kind::Agent => Agent::comes_to_pass(world, &wait.name, wait.until),
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
        | Kind::SecurityGroup
        | Kind::NetworkInterface => {}
    }
}
