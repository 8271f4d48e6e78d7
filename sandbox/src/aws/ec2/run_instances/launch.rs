//! Reading a launch: every parameter checked, by itself and against the network it is to go to.

use crate::aws::catalog::{Image, InstanceType, instance_type};
use crate::aws::ec2::block_devices::{self, Wanted};
use crate::aws::ec2::instances::Metadata;
use crate::aws::ec2::profile_associations::read_profile;
use crate::aws::ec2::subnets::Subnet;
use crate::aws::iam::instance_profiles::Profile;
use crate::aws::input::Input;
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;

/// What a launch can tag.
const TAGGABLE: &[&str] = &["instance", "volume", "network-interface", "spot-instances-request"];

/// A launch whose parameters have been checked one by one.
pub(super) struct Launch {
    pub(super) image: Image,
    pub(super) kind: &'static InstanceType,
    pub(super) subnet: Subnet,
    pub(super) private: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) profile: Option<Profile>,
    pub(super) volumes: Vec<Wanted>,
    /// None for on-demand, else whether the spot request is persistent.
    pub(super) spot: Option<bool>,
    pub(super) metadata: Metadata,
    pub(super) protected: bool,
    pub(super) ebs_optimized: bool,
    pub(super) monitoring: bool,
    pub(super) instance_tags: Tags,
    pub(super) volume_tags: Tags,
    pub(super) interface_tags: Tags,
    pub(super) token: Option<String>,
}

/// How many instances are asked for: as many as may be.
pub(super) fn read_count(input: &Input<'_>) -> Answer<usize> {
    let least: usize = input.number("MinCount")?.ok_or_else(|| Refusal::missing("MinCount"))?;
    let most: usize = input.number("MaxCount")?.ok_or_else(|| Refusal::missing("MaxCount"))?;
    if least == 0 || least > most {
        return Err(Refusal::invalid_value(format!("Value ({least}) for parameter minCount is invalid.")));
    }
    Ok(most)
}

/// Everything else that is asked for, checked against the world.
pub(super) fn read(world: &World, input: &Input<'_>, single: bool) -> Answer<Launch> {
    // Accepted and without consequence here.
    for ignored in ["UserData", "InstanceInitiatedShutdownBehavior", "CreditSpecification.CpuCredits"] {
        input.text(ignored);
    }
    if input.text("Placement.Tenancy").is_some_and(|tenancy| tenancy != "default") {
        return Err(Refusal::new("UnsupportedOperation", "The sandbox has default tenancy only."));
    }
    if let Some(name) = input.text("KeyName") {
        return Err(Refusal::new("InvalidKeyPair.NotFound", format!("The key pair '{name}' does not exist")));
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
    let name = input.text("InstanceType").unwrap_or_else(|| "m1.small".to_owned());
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
        return Err(Refusal::combination("A private IP address can be given to one instance only."));
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
        Err(Refusal::invalid_value(format!("Value ({value}) for parameter {name} is invalid.")))
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
    let persistent = options.text("SpotInstanceType").is_some_and(|kind| kind == "persistent");
    let behaviour = options.text("InstanceInterruptionBehavior").unwrap_or_else(|| "terminate".to_owned());
    if let Some(price) = options.number::<f64>("MaxPrice")?
        && price <= 0.001
    {
        return Err(Refusal::invalid_value("The maximum spot price must be greater than 0.001."));
    }
    if behaviour != "terminate" && !persistent {
        return Err(Refusal::combination(format!(
            "The interruption behavior '{behaviour}' is supported for persistent requests only."
        )));
    }
    match market.text("MarketType").as_deref() {
        None => Ok(None),
        Some("spot") => Ok(Some(persistent)),
        Some(other) => {
            Err(Refusal::invalid_value(format!("Value ({other}) for parameter marketType is invalid.")))
        }
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
    let others: Vec<String> = kind.zones.chars().map(|letter| format!("{}{letter}", world.region)).collect();
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
        let default = world.groups.values().find(|group| group.vpc == subnet.vpc && group.name == "default");
        return Ok(default.iter().map(|group| group.id.clone()).collect());
    }
    for id in &asked {
        if world.find(&world.groups, id)?.vpc != subnet.vpc {
            return Err(Refusal::new(
                "InvalidParameter",
                format!("Security group {id} and subnet {} belong to different networks.", subnet.id),
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
