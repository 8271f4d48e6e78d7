//! Starting, stopping, rebooting and terminating instances.

use super::instances::{self, Instance, State};
use super::run_instances::vcpu_limit;
use crate::aws::catalog::ON_DEMAND_VCPUS;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, done};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    change("TerminateInstances", terminate),
    change("StopInstances", stop),
    change("StartInstances", start),
    change("RebootInstances", reboot),
];

const BY_USER: &str = "User initiated";

/// The instances that a call names, every one of which must exist.
fn named(world: &World, input: &Input<'_>) -> Answer<Vec<Instance>> {
    let ids = input.list("InstanceId");
    if ids.is_empty() {
        return Err(Refusal::missing("InstanceId"));
    }
    ids.iter().map(|id| instances::find(world, id).cloned()).collect()
}

fn answer(world: &World, before: &[Instance]) -> Xml {
    Xml::build(|xml| {
        xml.items("instancesSet", before, |xml, old| {
            xml.text("instanceId", &old.id);
            world.instances[&old.id].state.write(xml, "currentState");
            old.state.write(xml, "previousState");
        });
    })
}

fn terminate(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    input.flag("SkipOsShutdown")?;
    let before = named(world, input)?;
    if let Some(protected) = before.iter().find(|instance| instance.protected) {
        return Err(Refusal::new(
            "OperationNotPermitted",
            format!(
                "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
                protected.id
            ),
        ));
    }
    for instance in &before {
        begin_terminate(world, &instance.id);
    }
    Ok(answer(world, &before))
}

/// Starts the termination of an instance; one that is on its way already stays so.
pub(crate) fn begin_terminate(world: &mut World, id: &str) {
    let (now, time) = (world.clock, world.timing.instance_terminating);
    let Some(instance) = world.instances.get_mut(id).filter(|instance| instance.state.alive()) else {
        return;
    };
    instance.enter(State::ShuttingDown, now);
    instance.next = Some((now + time, State::Terminated));
    instance.reason =
        Some(("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown"));
}

fn stop(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    input.flag("Force")?;
    input.flag("SkipOsShutdown")?;
    let before = named(world, input)?;
    for instance in &before {
        match instance.state {
            State::Running | State::Stopping | State::Stopped => {}
            State::Pending | State::ShuttingDown | State::Terminated => {
                return Err(wrong_state(instance, "stopped"));
            }
        }
        if instance.spot.as_ref().is_some_and(|spot| !spot.persistent) {
            return Err(Refusal::new(
                "UnsupportedOperation",
                format!(
                    "You can't stop the Spot Instance '{}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.",
                    instance.id
                ),
            ));
        }
    }
    for instance in &before {
        begin_stop(world, &instance.id);
    }
    Ok(answer(world, &before))
}

/// Starts to stop a running instance.
pub(crate) fn begin_stop(world: &mut World, id: &str) {
    let (now, time) = (world.clock, world.timing.instance_terminating);
    let running = world.instances.get_mut(id).filter(|instance| instance.state == State::Running);
    if let Some(instance) = running {
        instance.enter(State::Stopping, now);
        instance.next = Some((now + time, State::Stopped));
        instance.reason = Some(("Client.UserInitiatedShutdown", BY_USER));
    }
}

fn start(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let before = named(world, input)?;
    for instance in &before {
        if !matches!(instance.state, State::Stopped | State::Running | State::Pending) {
            return Err(wrong_state(instance, "started"));
        }
    }
    let (now, time) = (world.clock, world.timing.instance_pending);
    let running = world.instances.values().filter(|one| one.state.runs() && one.spot.is_none());
    let used: u32 = running.map(|one| one.kind.vcpus).sum();
    let starting = before.iter().filter(|one| one.state == State::Stopped && one.spot.is_none());
    let more: u32 = starting.map(|one| one.kind.vcpus).sum();
    if more > 0 && !world.quotas.allows(ON_DEMAND_VCPUS, (used + more) as usize) {
        return Err(vcpu_limit(world));
    }
    for old in before.iter().filter(|one| one.state == State::Stopped) {
        if let Some(instance) = world.instances.get_mut(&old.id) {
            instance.enter(State::Pending, now);
            instance.next = Some((now + time, State::Running));
            instance.reason = None;
            instance.launched = now;
        }
    }
    Ok(answer(world, &before))
}

fn reboot(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let before = named(world, input)?;
    if let Some(instance) = before.iter().find(|instance| instance.state != State::Running) {
        return Err(wrong_state(instance, "rebooted"));
    }
    let first_ping = world.clock + world.timing.agent_registration;
    for old in &before {
        if let Some(instance) = world.instances.get_mut(&old.id) {
            instance.agent.boot(first_ping);
        }
    }
    Ok(done())
}

fn wrong_state(instance: &Instance, what: &str) -> Refusal {
    Refusal::new(
        "IncorrectInstanceState",
        format!("The instance '{}' is not in a state from which it can be {what}.", instance.id),
    )
}
