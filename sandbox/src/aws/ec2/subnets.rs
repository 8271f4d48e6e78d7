//! Subnets.

use chrono::{DateTime, Utc};

use crate::aws::catalog::{ZONES, zone_id};
use crate::aws::cidr::Cidr;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeSubnets", |world, input| describe(world, input, &world.subnets, "subnetSet")),
    change("CreateSubnet", create),
];

#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) cidr: Cidr,
    /// The zone's name, such as `ap-northeast-2a`.
    pub(crate) zone: String,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

impl Subnet {
    fn arn(&self, world: &World) -> String {
        format!("arn:aws:ec2:{}:{}:subnet/{}", world.region, world.account_id, self.id)
    }
}

impl Described for Subnet {
    const IDS: &'static str = "SubnetId";
    const FILTERS: &'static [&'static str] = &[
        "availability-zone",
        "availability-zone-id",
        "cidr-block",
        "default-for-az",
        "map-public-ip-on-launch",
        "owner-id",
        "state",
        "subnet-arn",
        "subnet-id",
        "vpc-id",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        vec![match filter {
            "availability-zone" => self.zone.clone(),
            "availability-zone-id" => zone_id(&self.zone).unwrap_or_default().to_owned(),
            "cidr-block" => self.cidr.to_string(),
            "default-for-az" | "map-public-ip-on-launch" => "false".to_owned(),
            "owner-id" => world.account_id.clone(),
            "state" => "available".to_owned(),
            "subnet-arn" => self.arn(world),
            "vpc-id" => self.vpc.clone(),
            _ => self.id.clone(),
        }]
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("InvalidSubnetID.NotFound", format!("The subnet ID '{id}' does not exist"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        let used = world.interfaces.values().filter(|interface| interface.subnet == self.id).count() as u64;
        xml.text("subnetId", &self.id)
            .text("subnetArn", self.arn(world))
            .text("state", "available")
            .text("ownerId", &world.account_id)
            .text("vpcId", &self.vpc)
            .text("cidrBlock", self.cidr)
            .text("availableIpAddressCount", self.cidr.size().saturating_sub(5 + used))
            .text("availabilityZone", &self.zone)
            .maybe("availabilityZoneId", zone_id(&self.zone))
            .text("defaultForAz", false)
            .text("mapPublicIpOnLaunch", false)
            .text("assignIpv6AddressOnCreation", false);
        tags::write(xml, &self.tags);
    }
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let vpc = world.find(&world.vpcs, &input.need("VpcId")?)?.clone();
    let text = input.need("CidrBlock")?;
    let cidr: Cidr = text.parse().map_err(|_| {
        Refusal::invalid_value(format!(
            "Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block."
        ))
    })?;
    if !vpc.cidr.covers(cidr) || cidr.prefix() > 28 {
        return Err(Refusal::new("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    if world.subnets.values().any(|other| other.vpc == vpc.id && other.cidr.overlaps(cidr)) {
        return Err(Refusal::new(
            "InvalidSubnet.Conflict",
            format!("The CIDR '{text}' conflicts with another subnet"),
        ));
    }
    let zones: Vec<String> = ZONES.iter().map(|zone| format!("{}{}", world.region, zone.letter)).collect();
    let zone = input.text("AvailabilityZone").unwrap_or_else(|| zones[0].clone());
    if !zones.contains(&zone) {
        return Err(Refusal::invalid_value(format!(
            "Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: {}.",
            zones.join(", ")
        )));
    }
    let tags = tags::on_create(input, &["subnet"], "subnet")?;
    let id = make(world, &vpc.id, cidr, zone, tags);
    Ok(Xml::build(|xml| {
        xml.node("subnet", |xml| world.subnets[&id].write(world, xml));
    }))
}

/// Makes a subnet; the caller has checked that it fits.
pub(crate) fn make(world: &mut World, vpc: &str, cidr: Cidr, zone: String, tags: Tags) -> String {
    let id = world.new_id("subnet");
    let subnet = Subnet { id: id.clone(), vpc: vpc.to_owned(), cidr, zone, tags, created: world.clock };
    world.subnets.insert(id.clone(), subnet);
    id
}
