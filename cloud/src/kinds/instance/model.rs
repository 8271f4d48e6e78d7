//! Instances in the model, with the interfaces that hold their addresses and the agents in them.

use chrono::TimeDelta;
use doorman_config::Instance as Slot;
use proptest::prelude::*;

use super::{Act, Instance, InstanceState};
use crate::kind::Kind;
use crate::kinds::Change;
use crate::kinds::agent::{Agent, Ping};
use crate::kinds::interface::Interface;
use crate::kinds::model::{ComesToPass, Happens, Serial, a_lease, now, owner};
use crate::plan::Until;
use crate::switchboard::Observed;
use crate::tags::Owner;

fn any_state() -> impl Strategy<Value = InstanceState> {
    prop_oneof![
        Just(InstanceState::Pending),
        Just(InstanceState::Running),
        Just(InstanceState::ShuttingDown),
        Just(InstanceState::Stopping),
        Just(InstanceState::Stopped),
    ]
}

/// For each slot an instance in any state or none, and whether its agent answers.
pub(crate) fn anything(slots: Vec<Slot>) -> impl Strategy<Value = Vec<(Instance, bool)>> {
    let seed = prop::option::of((any_state(), a_lease(), any::<bool>(), any::<bool>()));
    prop::collection::vec(seed, slots.len()).prop_map(move |seeds| {
        let seeded = slots.iter().zip(seeds).filter_map(|(slot, seed)| Some((slot, seed?)));
        let instance =
            |(slot, (state, lease, profile, online)): (&Slot, (InstanceState, &str, bool, bool))| {
                let instance = Instance {
                    id: format!("i-{}", slot.name).into(),
                    name: slot.name.clone(),
                    state,
                    instance_type: "t3.micro".to_owned(),
                    image: "ami-1".into(),
                    root_device: None,
                    spot: false,
                    private_ip: Some(slot.private_ip),
                    subnet: slot.subnet.as_str().into(),
                    vpc: Some("vpc-1".into()),
                    groups: Vec::new(),
                    launched_at: now() - TimeDelta::minutes(3),
                    profile: profile.then(|| "MySSMRoleForServiceInstance".to_owned()),
                    owner: owner(lease, Kind::Instance),
                };
                (instance, online && state == InstanceState::Running)
            };
        seeded.map(instance).collect()
    })
}

/// Puts an instance there with what comes with it.
pub(crate) fn put(world: &mut Observed, instance: Instance, online: bool) {
    world.interfaces.put(interface(&instance));
    if online {
        world.agents.put(Agent { instance: instance.id.clone(), ping: Ping::Online });
    }
    world.instances.put(instance);
}

fn interface(instance: &Instance) -> Interface {
    Interface {
        id: format!("eni-{}", instance.id).into(),
        vpc: Some("vpc-1".into()),
        instance: Some(instance.id.to_string()),
        addresses: instance.private_ip.into_iter().collect(),
    }
}

impl Happens for Act {
    fn happens(self, owner: &Owner, world: &mut Observed, serial: &mut Serial) -> Change<Instance> {
        let with = |world: &Observed, id, change: fn(&mut Instance)| {
            let mut instance = world.instances.get(id).expect("there").clone();
            change(&mut instance);
            Change::Is(instance)
        };
        match self {
            Act::Run { new, .. } => {
                let address = new.private_ip.expect("a fixed address");
                assert!(world.holder(address).is_none(), "InvalidIPAddress.InUse");
                let instance = Instance {
                    id: serial.next("i").into(),
                    name: new.name,
                    state: InstanceState::Pending,
                    instance_type: new.spec.instance_type,
                    image: new.spec.image,
                    root_device: Some(new.volume.device),
                    spot: false,
                    private_ip: new.private_ip,
                    subnet: new.subnet,
                    vpc: Some("vpc-1".into()),
                    groups: vec![new.group],
                    launched_at: now(),
                    profile: new.profile,
                    owner: owner.clone(),
                };
                world.interfaces.put(interface(&instance));
                Change::Is(instance)
            }
            Act::Start { id } => with(world, &id, |instance| instance.state = InstanceState::Pending),
            Act::Reboot { .. } => Change::LookAgain,
            Act::AssociateProfile { id, .. } => {
                with(world, &id, |instance| instance.profile = Some("profile".to_owned()))
            }
            Act::Terminate { id } => Change::Leaving(id),
        }
    }
}

impl ComesToPass for Instance {
    fn comes_to_pass(world: &mut Observed, name: &str, until: Until) {
        let becomes = match until {
            Until::Works => (InstanceState::Pending, InstanceState::Running),
            Until::Stopped => (InstanceState::Stopping, InstanceState::Stopped),
            Until::Gone => {
                let gone = |i: &Instance| i.name == name && i.state == InstanceState::ShuttingDown;
                let ids: Vec<_> =
                    world.instances.iter().filter(|i| gone(i)).map(|i| i.id.to_string()).collect();
                world.instances.retain(|i| !gone(i));
                world.interfaces.retain(|held| !ids.iter().any(|id| held.instance.as_ref() == Some(id)));
                return;
            }
            Until::Free | Until::Seen => return,
        };
        let named = |i: &&mut Instance| i.name == name && i.state == becomes.0;
        world.instances.iter_mut().filter(named).for_each(|i| i.state = becomes.1);
    }
}
