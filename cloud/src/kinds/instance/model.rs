//! Instances in the model, with the interfaces that hold their addresses and the agents in them.

use chrono::TimeDelta;
use doorman_config::Instance as Slot;
use proptest::prelude::*;

use super::{Act, Instance, InstanceState};
use crate::kind::Kind;
use crate::kinds::agent::{Agent, Ping};
use crate::kinds::interface::Interface;
use crate::kinds::model::{Refused, a_lease, now, owner};
use crate::switchboard::Observed;

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

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        if let Act::Run { new, .. } = self {
            let address = new.private_ip.expect("a fixed address");
            assert!(world.holder(address).is_none(), "InvalidIPAddress.InUse");
        }
    }
}
