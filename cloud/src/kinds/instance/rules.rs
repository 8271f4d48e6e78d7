//! When an instance of the pair is right, and when one goes.

use doorman_config::{Instance as Slot, ShellMode};

use super::{Act, Instance, InstanceState, New, NewVolume};
use crate::kind::Kind;
use crate::kinds::agent;
use crate::kinds::group::Group;
use crate::plan::{Build, How, Removal, Until};
use crate::switchboard::step::AnyAct;

/// A running instance for an entry of the settings, started once an agent that boots can register: otherwise it goes to
/// sleep for many minutes.
pub(crate) fn want(b: &mut Build<'_>, slot: &Slot, group: Option<&Group>, boots: bool) {
    if b.goal.build && !boots {
        return;
    }
    let ours = b.seen.instance(&slot.name).filter(|i| !b.goal.build || b.goal.owns(&i.owner));
    if let Some(instance) = ours {
        return keep_up(b, instance);
    }
    let leaving = |i: &Instance| i.name == slot.name && i.state == InstanceState::ShuttingDown;
    if b.seen.instances.iter().any(leaving) {
        b.coming(Kind::Instance, &slot.name, Until::Gone, How::Missing);
    } else if b.goal.build && b.seen.holder(slot.private_ip).is_some() {
        b.coming(Kind::NetworkInterface, &slot.private_ip.to_string(), Until::Free, How::Missing);
    } else {
        let act = new(b, slot, group);
        b.missing(Kind::Instance, &slot.name, How::Missing, act);
    }
}

fn new(b: &Build<'_>, slot: &Slot, group: Option<&Group>) -> Option<AnyAct> {
    let (spec, volume) = (b.goal.spec.pair()?, &b.stack.service.volume);
    let (device, size_gib) = spec.root_volume(volume);
    let new = New {
        name: slot.name.clone(),
        subnet: b.seen.subnet(&slot.subnet).found()?.id.clone(),
        private_ip: Some(slot.private_ip),
        group: group?.id.clone(),
        spec: spec.clone(),
        volume: NewVolume { size_gib, kind: volume.kind.clone(), device: device.to_owned() },
        profile: Some(b.stack.shell.role.clone()),
    };
    let attempt = b.goal.attempts(Kind::Instance, Some(&slot.name));
    Some(AnyAct::Instance(Act::Run { new: Box::new(new), attempt }))
}

fn keep_up(b: &mut Build<'_>, instance: &Instance) {
    let (name, id) = (instance.name.as_str(), instance.id.clone());
    match instance.state {
        InstanceState::Pending => b.coming(Kind::Instance, name, Until::Works, How::Missing),
        InstanceState::ShuttingDown => b.coming(Kind::Instance, name, Until::Gone, How::Missing),
        InstanceState::Stopping => b.coming(Kind::Instance, name, Until::Stopped, How::Stopped),
        InstanceState::Stopped => {
            b.missing(Kind::Instance, name, How::Stopped, Some(AnyAct::Instance(Act::Start { id })));
        }
        InstanceState::Running if instance.profile.is_none() => {
            let profile = b.stack.shell.role.clone();
            let act = AnyAct::Instance(Act::AssociateProfile { id, profile });
            b.missing(Kind::Instance, name, How::Detached, Some(act));
        }
        InstanceState::Running => match b.stack.shell.mode {
            ShellMode::Always => agent::rules::want(b, instance),
            // An agent answers only while a shell window is open.
            ShellMode::Window => {}
        },
    }
}

/// An instance is terminated at once, and takes its volume with it.
pub(crate) fn removal(instance: &Instance) -> Removal {
    match instance.state {
        InstanceState::ShuttingDown => Removal::Going,
        InstanceState::Pending
        | InstanceState::Running
        | InstanceState::Stopping
        | InstanceState::Stopped => Removal::by(AnyAct::Instance(Act::Terminate { id: instance.id.clone() })),
    }
}
