//! The service pair: one instance for each entry in the settings, at its fixed address, started when
//! shell access is ready and followed until it answers.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::Stack;

use super::{Desired, Drift, Goal, Plan, ShellState, Wait, network_trouble, shell};
use crate::lease::{LeaseKind, MadeKind, Trouble};
use crate::observed::{Instance, InstanceState, Observed, Sight};
use crate::step::Step;

/// An agent that has not registered this long after boot was refused once and sleeps, for up to an
/// hour; a reboot wakes it (amazon-ssm-agent, `agent/hibernation`).
pub const REBOOT_AFTER: TimeDelta = TimeDelta::minutes(6);

pub(super) fn plan(
    plan: &mut Plan,
    desired: &Desired,
    observed: &Observed,
    stack: &Stack,
    now: DateTime<Utc>,
) {
    let goal = desired.service.as_ref();
    take_down(plan, goal, observed);
    let Some(goal) = goal else { return };
    if !plan.sees_all(LeaseKind::Service, goal, observed) {
        return;
    }
    let window = desired.window.as_ref().map(|window| &window.owner);
    let troubles = troubles(goal, observed, stack);
    if !goal.build {
        drift(plan, observed, stack, troubles);
        shell::drift(plan, observed, stack, window);
    } else if troubles.is_empty() && !shell::has_leftovers(goal, observed) {
        shell::build(plan, goal, observed, stack, window);
        if ShellState::of(observed, stack, window).is_ready() {
            build(plan, goal, desired, observed, stack, now);
        }
    } else {
        // Troubles, or what an older lease left behind, which goes first.
        troubles.into_iter().for_each(|trouble| plan.trouble(LeaseKind::Service, trouble));
    }
}

/// What stands in the way: the network, and addresses that others hold.
fn troubles(goal: &Goal, observed: &Observed, stack: &Stack) -> Vec<Trouble> {
    let subnets = stack.service.instances.iter().map(|instance| instance.subnet.as_str());
    let mut troubles = network_trouble(&observed.network, stack, subnets);
    for slot in &stack.service.instances {
        let Some(occupant) = observed.occupants.get(&slot.private_ip) else {
            continue;
        };
        let ours = observed.instances.iter().any(|instance| instance.id.as_str() == occupant.id)
            || goal.made.iter().any(|made| made.kind == MadeKind::Instance && made.id == occupant.id);
        if !ours {
            troubles.push(Trouble::AddressTaken {
                address: slot.private_ip.to_string(),
                holder: occupant.id.clone(),
                wanted_for: slot.name.clone(),
            });
        }
    }
    troubles
}

fn build(
    plan: &mut Plan,
    goal: &Goal,
    desired: &Desired,
    observed: &Observed,
    stack: &Stack,
    now: DateTime<Utc>,
) {
    for slot in &stack.service.instances {
        match observed.instance(&slot.name).filter(|instance| goal.owns(&instance.owner)) {
            Some(instance) => keep_up(plan, instance, desired, observed, now),
            None if observed.instances.iter().any(|instance| {
                instance.name == slot.name && instance.state == InstanceState::ShuttingDown
            }) =>
            {
                plan.wait(Wait::InstanceTerminated(slot.name.clone()));
            }
            None if observed.occupants.contains_key(&slot.private_ip) => {
                plan.wait(Wait::AddressFree(slot.private_ip.to_string()));
            }
            None => {
                let (Some(subnet), Some(group), Some(spec)) =
                    (observed.network.subnet(&slot.subnet), observed.network.group.found(), &goal.service)
                else {
                    continue;
                };
                plan.step(Step::RunInstance {
                    owner: goal.owner.clone(),
                    name: slot.name.clone(),
                    subnet: subnet.id.clone(),
                    private_ip: slot.private_ip,
                    group: group.id.clone(),
                    spec: spec.clone(),
                    attempt: goal.attempts(MadeKind::Instance, &slot.name),
                });
            }
        }
    }
}

fn keep_up(plan: &mut Plan, instance: &Instance, desired: &Desired, observed: &Observed, now: DateTime<Utc>) {
    let name = || instance.name.clone();
    match instance.state {
        InstanceState::Pending => plan.wait(Wait::InstanceRunning(name())),
        InstanceState::Stopping => plan.wait(Wait::InstanceStopped(name())),
        InstanceState::Stopped => plan.step(Step::StartInstance { id: instance.id.clone() }),
        InstanceState::ShuttingDown => plan.wait(Wait::InstanceTerminated(name())),
        InstanceState::Running if instance.profile.is_none() => {
            plan.step(Step::AssociateProfile { id: instance.id.clone() });
        }
        InstanceState::Running if observed.is_online(&instance.id) => {}
        InstanceState::Running => {
            plan.wait(Wait::AgentOnline(name()));
            // While Systems Manager cannot be asked, silence says nothing.
            let silent = observed.knows(Sight::Agents) && now - instance.launched_at >= REBOOT_AFTER;
            if silent && !desired.rebooted.contains(&instance.id) {
                plan.step(Step::RebootInstance { id: instance.id.clone() });
            }
        }
    }
}

fn drift(plan: &mut Plan, observed: &Observed, stack: &Stack, troubles: Vec<Trouble>) {
    let kind = LeaseKind::Service;
    troubles.into_iter().for_each(|trouble| plan.drift(kind, Drift::Network(trouble)));
    for slot in &stack.service.instances {
        let name = slot.name.clone();
        match observed.instance(&slot.name) {
            None => plan.drift(kind, Drift::InstanceMissing(name)),
            Some(instance) => match instance.state {
                InstanceState::Stopped | InstanceState::Stopping => {
                    plan.drift(kind, Drift::InstanceStopped(name))
                }
                InstanceState::Running if instance.profile.is_none() => {
                    plan.drift(kind, Drift::ProfileDetached(name));
                }
                InstanceState::Running
                    if observed.knows(Sight::Agents) && !observed.is_online(&instance.id) =>
                {
                    plan.drift(kind, Drift::AgentOffline(name));
                }
                InstanceState::Running => {}
                InstanceState::Pending | InstanceState::ShuttingDown => {
                    plan.drift(kind, Drift::InstanceMissing(name));
                }
            },
        }
    }
}

fn take_down(plan: &mut Plan, goal: Option<&Goal>, observed: &Observed) {
    let unwanted = |owner| goal.is_none_or(|goal| !goal.owns(owner));
    for instance in observed.instances.iter().filter(|instance| unwanted(&instance.owner)) {
        if instance.state == InstanceState::ShuttingDown {
            plan.wait(Wait::InstanceTerminated(instance.name.clone()));
        } else {
            plan.step(Step::TerminateInstance { id: instance.id.clone() });
        }
    }
    for volume in observed.volumes.iter().filter(|volume| unwanted(&volume.owner) && !volume.attached) {
        plan.step(Step::DeleteVolume { id: volume.id.clone() });
    }
}
