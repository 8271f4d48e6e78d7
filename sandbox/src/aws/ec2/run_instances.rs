//! Launching instances: everything AWS checks before it says yes.

use super::block_devices::{self, Wanted};
use super::instances::{Instance, Metadata, Spot, State};
use super::network_interfaces::{Interface, Owner};
use super::profile_associations::{self, read_profile};
use super::subnets::Subnet;
use super::volumes::{Attachment, Volume};
use crate::aws::catalog::{Image, InstanceType, ON_DEMAND_VCPUS, SPOT_VCPUS, instance_type};
use crate::aws::iam::instance_profiles::Profile;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::Described;
use crate::aws::ssm::agent::Agent;
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[change(RUN, run)];

const RUN: &str = "RunInstances";

/// What a launch can tag.
const TAGGABLE: &[&str] = &[
    "instance",
    "volume",
    "network-interface",
    "spot-instances-request",
];

/// A launch whose parameters have been checked one by one.
struct Launch {
    image: Image,
    kind: &'static InstanceType,
    subnet: Subnet,
    private: Option<String>,
    groups: Vec<String>,
    profile: Option<Profile>,
    volumes: Vec<Wanted>,
    /// None for on-demand, else whether the spot request is persistent.
    spot: Option<bool>,
    metadata: Metadata,
    protected: bool,
    ebs_optimized: bool,
    monitoring: bool,
    instance_tags: Tags,
    volume_tags: Tags,
    interface_tags: Tags,
    token: Option<String>,
}

fn run(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let made = match world.replay(RUN, input)? {
        Some(made) => {
            let gone = |id: &String| {
                world
                    .instances
                    .get(id)
                    .is_none_or(|instance| !instance.state.alive())
            };
            if made.iter().any(gone) {
                return Err(Refusal::new(
                    "IdempotentInstanceTerminated",
                    "The client token provided is associated with an instance that is already terminated.",
                ));
            }
            made
        }
        None => {
            let count = read_count(input)?;
            let launch = read_launch(world, input, count == 1)?;
            check_quota(world, &launch, count)?;
            let made = start(world, &launch, count)?;
            world.remember(RUN, input, made.clone());
            made
        }
    };
    let instances: Vec<&Instance> = made.iter().filter_map(|id| world.instances.get(id)).collect();
    Ok(Xml::build(|xml| {
        xml.maybe(
            "reservationId",
            instances.first().map(|instance| &instance.reservation),
        )
        .text("ownerId", &world.account_id)
        .items("groupSet", [(); 0], |_, ()| ())
        .items("instancesSet", &instances, |xml, instance| {
            instance.write(world, xml)
        });
    }))
}

fn read_count(input: &Input<'_>) -> Answer<usize> {
    let least: usize = input
        .number("MinCount")?
        .ok_or_else(|| Refusal::missing("MinCount"))?;
    let most: usize = input
        .number("MaxCount")?
        .ok_or_else(|| Refusal::missing("MaxCount"))?;
    if least == 0 || least > most {
        return Err(Refusal::invalid_value(format!(
            "Value ({least}) for parameter minCount is invalid."
        )));
    }
    Ok(most)
}

fn read_launch(world: &World, input: &Input<'_>, single: bool) -> Answer<Launch> {
    // Accepted and without consequence here.
    for ignored in [
        "UserData",
        "InstanceInitiatedShutdownBehavior",
        "CreditSpecification.CpuCredits",
    ] {
        input.text(ignored);
    }
    if input
        .text("Placement.Tenancy")
        .is_some_and(|tenancy| tenancy != "default")
    {
        return Err(Refusal::new(
            "UnsupportedOperation",
            "The sandbox has default tenancy only.",
        ));
    }
    if let Some(name) = input.text("KeyName") {
        return Err(Refusal::new(
            "InvalidKeyPair.NotFound",
            format!("The key pair '{name}' does not exist"),
        ));
    }
    let metadata = read_metadata(input)?;
    let spot = read_market(input)?;
    let protected = input.flag("DisableApiTermination")?.unwrap_or(false);
    let ebs_optimized = input.flag("EbsOptimized")?.unwrap_or(false);
    let monitoring = input.flag("Monitoring.Enabled")?.unwrap_or(false);
    let instance_tags = tags::on_create(input, TAGGABLE, "instance")?;
    let volume_tags = tags::on_create(input, TAGGABLE, "volume")?;
    let interface_tags = tags::on_create(input, TAGGABLE, "network-interface")?;
    let place = Place::read(input)?;
    let profile = read_profile(world, input);
    let zone = input.text("Placement.AvailabilityZone");

    let image = world.find(&world.images, &input.need("ImageId")?)?.clone();
    let volumes = block_devices::read(input, &image)?;
    let name = input
        .text("InstanceType")
        .unwrap_or_else(|| "m1.small".to_owned());
    let kind = instance_type(&name)
        .ok_or_else(|| Refusal::invalid_value(format!("Invalid value '{name}' for InstanceType.")))?;
    if kind.architecture != image.architecture {
        return Err(Refusal::invalid_value(format!(
            "The architecture '{}' of the specified instance type does not match the architecture '{}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.",
            kind.architecture, image.architecture
        )));
    }
    let Some(subnet) = &place.subnet else {
        return Err(Refusal::new(
            "MissingInput",
            "No subnets found for the default VPC. Please specify a subnet.",
        ));
    };
    let subnet = world.find(&world.subnets, subnet)?.clone();
    check_zone(world, kind, &subnet, zone)?;
    if place.private.is_some() && !single {
        return Err(Refusal::combination(
            "A private IP address can be given to one instance only.",
        ));
    }
    let groups = check_groups(world, &subnet, place.groups)?;
    Ok(Launch {
        image,
        kind,
        subnet,
        private: place.private,
        groups,
        profile: profile?,
        volumes,
        spot,
        metadata,
        protected,
        ebs_optimized,
        monitoring,
        instance_tags,
        volume_tags,
        interface_tags,
        token: input.text("ClientToken"),
    })
}

/// Where in the network: named at the top of the call, or in its one network interface.
struct Place {
    subnet: Option<String>,
    private: Option<String>,
    groups: Vec<String>,
}

impl Place {
    fn read(input: &Input<'_>) -> Answer<Self> {
        let top = Self {
            subnet: input.text("SubnetId"),
            private: input.text("PrivateIpAddress"),
            groups: input.list("SecurityGroupId"),
        };
        let interfaces = input.items("NetworkInterface");
        let Some(interface) = interfaces.first() else {
            return Ok(top);
        };
        if top.subnet.is_some() || top.private.is_some() || !top.groups.is_empty() {
            return Err(Refusal::combination(
                "Network interfaces and an instance-level subnet ID, private IP address or security groups may not be specified on the same request",
            ));
        }
        if interfaces.len() > 1 || interface.number::<u32>("DeviceIndex")? != Some(0) {
            return Err(Refusal::new(
                "UnsupportedOperation",
                "The sandbox has one interface (device index 0) per instance.",
            ));
        }
        if interface.flag("AssociatePublicIpAddress")?.unwrap_or(false) {
            return Err(Refusal::new(
                "UnsupportedOperation",
                "The sandbox gives instances no public addresses.",
            ));
        }
        interface.flag("DeleteOnTermination")?;
        interface.text("Description");
        Ok(Self {
            subnet: interface.text("SubnetId"),
            private: interface.text("PrivateIpAddress"),
            groups: interface.list("SecurityGroupId"),
        })
    }
}

fn read_metadata(input: &Input<'_>) -> Answer<Metadata> {
    let options = input.child("MetadataOptions");
    let choice = |name: &str, allowed: [&str; 2], default: &str| {
        let value = options.text(name).unwrap_or_else(|| default.to_owned());
        if allowed.contains(&value.as_str()) {
            return Ok(value);
        }
        Err(Refusal::invalid_value(format!(
            "Value ({value}) for parameter {name} is invalid."
        )))
    };
    Ok(Metadata {
        tokens: choice("HttpTokens", ["optional", "required"], "optional")?,
        endpoint: choice("HttpEndpoint", ["enabled", "disabled"], "enabled")?,
        tags: choice("InstanceMetadataTags", ["enabled", "disabled"], "disabled")?,
        hop_limit: options.number("HttpPutResponseHopLimit")?.unwrap_or(1),
    })
}

fn read_market(input: &Input<'_>) -> Answer<Option<bool>> {
    let market = input.child("InstanceMarketOptions");
    let options = market.child("SpotOptions");
    let persistent = options
        .text("SpotInstanceType")
        .is_some_and(|kind| kind == "persistent");
    let behaviour = options
        .text("InstanceInterruptionBehavior")
        .unwrap_or_else(|| "terminate".to_owned());
    if let Some(price) = options.number::<f64>("MaxPrice")?
        && price <= 0.001
    {
        return Err(Refusal::invalid_value(
            "The maximum spot price must be greater than 0.001.",
        ));
    }
    if behaviour != "terminate" && !persistent {
        return Err(Refusal::combination(format!(
            "The interruption behavior '{behaviour}' is supported for persistent requests only."
        )));
    }
    match market.text("MarketType").as_deref() {
        None => Ok(None),
        Some("spot") => Ok(Some(persistent)),
        Some(other) => Err(Refusal::invalid_value(format!(
            "Value ({other}) for parameter marketType is invalid."
        ))),
    }
}

fn check_zone(world: &World, kind: &InstanceType, subnet: &Subnet, asked: Option<String>) -> Answer<()> {
    if asked.is_some_and(|zone| zone != subnet.zone) {
        return Err(Refusal::invalid_value(format!(
            "The availability zone of the subnet {} is {}.",
            subnet.id, subnet.zone
        )));
    }
    if kind.offered_in(&subnet.zone) {
        return Ok(());
    }
    let others: Vec<String> = kind
        .zones
        .chars()
        .map(|letter| format!("{}{letter}", world.region))
        .collect();
    Err(Refusal::new(
        "Unsupported",
        format!(
            "Your requested instance type ({}) is not supported in your requested Availability Zone ({}). Please retry your request by not specifying an Availability Zone or choosing {}.",
            kind.name,
            subnet.zone,
            others.join(", ")
        ),
    ))
}

fn check_groups(world: &World, subnet: &Subnet, asked: Vec<String>) -> Answer<Vec<String>> {
    if asked.is_empty() {
        let default = world
            .groups
            .values()
            .find(|group| group.vpc == subnet.vpc && group.name == "default");
        return Ok(default.iter().map(|group| group.id.clone()).collect());
    }
    for id in &asked {
        if world.find(&world.groups, id)?.vpc != subnet.vpc {
            return Err(Refusal::new(
                "InvalidParameter",
                format!(
                    "Security group {id} and subnet {} belong to different networks.",
                    subnet.id
                ),
            ));
        }
    }
    if asked.len() > 5 {
        return Err(Refusal::new(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "The maximum number of security groups per interface has been reached.",
        ));
    }
    Ok(asked)
}

fn check_quota(world: &World, launch: &Launch, count: usize) -> Answer<()> {
    let spot = launch.spot.is_some();
    let running = world
        .instances
        .values()
        .filter(|one| one.state.runs() && one.spot.is_some() == spot);
    let used: u32 = running.map(|one| one.kind.vcpus).sum();
    let wanted = used as usize + launch.kind.vcpus as usize * count;
    match spot {
        true if !world.quotas.allows(SPOT_VCPUS, wanted) => Err(Refusal::new(
            "MaxSpotInstanceCountExceeded",
            "Max spot instance count exceeded",
        )),
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
    (0..count)
        .map(|index| start_one(world, launch, &reservation, index))
        .collect()
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
        owner: Owner::Instance {
            id: id.clone(),
            attachment: world.new_id("eni-attach"),
        },
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
    let spot = launch.spot.map(|persistent| Spot {
        request: world.new_id("sir"),
        persistent,
    });
    let instance = Instance {
        id: id.clone(),
        reservation: reservation.to_owned(),
        launch_index: index,
        image: launch.image.id.clone(),
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
