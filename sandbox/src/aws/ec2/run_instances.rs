//! Launching instances.

use super::instances::{Instance, Spot, State};
use super::network_interfaces::{Interface, Owner};
use super::profile_associations;
use super::volumes::{Attachment, Volume};
use crate::aws::catalog::{ON_DEMAND_VCPUS, SPOT_VCPUS};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::Described;
use crate::aws::ssm::agent::Agent;
use crate::aws::world::World;
use crate::aws::xml::Xml;

mod launch;

use launch::Launch;

pub(crate) const OPERATIONS: &[Operation] = &[change(RUN, run)];

const RUN: &str = "RunInstances";

fn run(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let made = match world.replay(RUN, input)? {
        Some(made) => {
            let gone = |id: &String| world.instances.get(id).is_none_or(|instance| !instance.state.alive());
            if made.iter().any(gone) {
                return Err(Refusal::new(
                    "IdempotentInstanceTerminated",
                    "The client token provided is associated with an instance that is already terminated.",
                ));
            }
            made
        }
        None => {
            let count = launch::read_count(input)?;
            let launch = launch::read(world, input, count == 1)?;
            check_quota(world, &launch, count)?;
            let made = start(world, &launch, count)?;
            world.has_spot_role |= launch.spot.is_some();
            world.remember(RUN, input, made.clone());
            made
        }
    };
    let instances: Vec<&Instance> = made.iter().filter_map(|id| world.instances.get(id)).collect();
    Ok(Xml::build(|xml| {
        xml.maybe("reservationId", instances.first().map(|instance| &instance.reservation))
            .text("ownerId", &world.account_id)
            .items("groupSet", [(); 0], |_, ()| ())
            .items("instancesSet", &instances, |xml, instance| instance.write(world, xml));
    }))
}

fn check_quota(world: &World, launch: &Launch, count: usize) -> Answer<()> {
    let spot = launch.spot.is_some();
    let running = world.instances.values().filter(|one| one.state.runs() && one.spot.is_some() == spot);
    let used: u32 = running.map(|one| one.kind.vcpus).sum();
    let wanted = used as usize + launch.kind.vcpus as usize * count;
    match spot {
        true if !world.quotas.allows(SPOT_VCPUS, wanted) => {
            Err(Refusal::new("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded"))
        }
        false if !world.quotas.allows(ON_DEMAND_VCPUS, wanted) => Err(vcpu_limit(world)),
        _ => Ok(()),
    }
}

/// The refusal of more vCPUs than the account may run.
pub(crate) fn vcpu_limit(world: &World) -> Refusal {
    Refusal::new(
        "VcpuLimitExceeded",
        format!(
            "You have requested more vCPU capacity than your current vCPU limit of {} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
            world.quotas.get(ON_DEMAND_VCPUS)
        ),
    )
}

/// Launches; everything but the address has been checked.
fn start(world: &mut World, launch: &Launch, count: usize) -> Answer<Vec<String>> {
    let reservation = world.new_id("r");
    (0..count).map(|index| start_one(world, launch, &reservation, index)).collect()
}

fn start_one(world: &mut World, launch: &Launch, reservation: &str, index: usize) -> Answer<String> {
    let private = world.choose_address(&launch.subnet, launch.private.as_deref())?;
    let id = world.new_id("i");
    let now = world.clock;
    let interface = Interface {
        id: world.new_id("eni"),
        vpc: launch.subnet.vpc.clone(),
        subnet: launch.subnet.id.clone(),
        address: private,
        groups: launch.groups.clone(),
        owner: Owner::Instance { id: id.clone(), attachment: world.new_id("eni-attach") },
        description: String::new(),
        tags: launch.interface_tags.clone(),
        created: now,
    };
    for wanted in &launch.volumes {
        let volume = Volume {
            id: world.new_id("vol"),
            size_gib: wanted.size_gib,
            kind: wanted.kind.clone(),
            iops: wanted.iops,
            throughput: wanted.throughput,
            zone: launch.subnet.zone.clone(),
            snapshot: wanted.snapshot.clone(),
            encrypted: wanted.encrypted,
            attachment: Some(Attachment {
                instance: id.clone(),
                device: wanted.device.clone(),
                delete_on_termination: wanted.delete_on_termination,
                at: now,
            }),
            tags: launch.volume_tags.clone(),
            created: now,
        };
        world.volumes.insert(volume.id.clone(), volume);
    }
    let spot = launch.spot.map(|persistent| Spot { request: world.new_id("sir"), persistent });
    let instance = Instance {
        id: id.clone(),
        reservation: reservation.to_owned(),
        launch_index: index,
        image: launch.image.id.clone(),
        root_device: launch.image.root_device.clone(),
        kind: launch.kind,
        vpc: launch.subnet.vpc.clone(),
        subnet: launch.subnet.id.clone(),
        zone: launch.subnet.zone.clone(),
        private,
        interface: interface.id.clone(),
        groups: launch.groups.clone(),
        state: State::Pending,
        since: now,
        next: Some((now + world.timing.instance_pending, State::Running)),
        reason: None,
        token: launch.token.clone(),
        spot,
        metadata: launch.metadata.clone(),
        protected: launch.protected,
        ebs_optimized: launch.ebs_optimized,
        monitoring: launch.monitoring,
        agent: Agent::default(),
        tags: launch.instance_tags.clone(),
        launched: now,
        created: now,
    };
    world.interfaces.insert(interface.id.clone(), interface);
    world.instances.insert(id.clone(), instance);
    if let Some(profile) = &launch.profile {
        profile_associations::make(world, &id, profile);
    }
    Ok(id)
}
