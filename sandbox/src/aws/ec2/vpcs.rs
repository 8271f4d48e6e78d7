//! Virtual private clouds.

use chrono::{DateTime, Utc};

use crate::aws::cidr::Cidr;
use crate::aws::ec2::{route_tables, security_groups};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, done, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeVpcs", |world, input| describe(world, input, &world.vpcs, "vpcSet")),
    read("DescribeVpcAttribute", describe_attribute),
    change("CreateVpc", create),
    change("ModifyVpcAttribute", modify_attribute),
];

const MAX_VPCS: usize = 5;

#[derive(Debug, Clone)]
pub(crate) struct Vpc {
    pub(crate) id: String,
    pub(crate) cidr: Cidr,
    pub(crate) dns_support: bool,
    pub(crate) dns_hostnames: bool,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

impl Described for Vpc {
    const IDS: &'static str = "VpcId";
    const FILTERS: &'static [&'static str] =
        &["cidr", "cidr-block-association.cidr-block", "is-default", "owner-id", "state", "vpc-id"];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        vec![match filter {
            "cidr" | "cidr-block-association.cidr-block" => self.cidr.to_string(),
            "is-default" => "false".to_owned(),
            "owner-id" => world.account_id.clone(),
            "state" => "available".to_owned(),
            _ => self.id.clone(),
        }]
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("InvalidVpcID.NotFound", format!("The vpc ID '{id}' does not exist"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("vpcId", &self.id)
            .text("ownerId", &world.account_id)
            .text("state", "available")
            .text("cidrBlock", self.cidr)
            .items("cidrBlockAssociationSet", [self], |xml, vpc| {
                xml.text("associationId", vpc.id.replacen("vpc-", "vpc-cidr-assoc-", 1))
                    .text("cidrBlock", vpc.cidr)
                    .node("cidrBlockState", |xml| {
                        xml.text("state", "associated");
                    });
            })
            .text("dhcpOptionsId", "dopt-0d0c5a4e1f2b3a697")
            .text("instanceTenancy", "default")
            .text("isDefault", false);
        tags::write(xml, &self.tags);
    }
}

fn describe_attribute(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let vpc = world.find(&world.vpcs, &input.need("VpcId")?)?;
    let attribute = input.need("Attribute")?;
    let value = match attribute.as_str() {
        "enableDnsSupport" => vpc.dns_support,
        "enableDnsHostnames" => vpc.dns_hostnames,
        "enableNetworkAddressUsageMetrics" => false,
        other => {
            return Err(Refusal::invalid_value(format!(
                "Value ({other}) for parameter attribute is invalid."
            )));
        }
    };
    Ok(Xml::build(|xml| {
        xml.text("vpcId", &vpc.id).node(&attribute, |xml| {
            xml.text("value", value);
        });
    }))
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let text = input.need("CidrBlock")?;
    let tenancy = input.text("InstanceTenancy");
    if tenancy.as_deref().is_some_and(|tenancy| tenancy != "default") {
        return Err(Refusal::new("UnsupportedOperation", "The sandbox has default tenancy only."));
    }
    let cidr: Cidr = text.parse().map_err(|_| {
        Refusal::invalid_value(format!(
            "Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block."
        ))
    })?;
    if !(16..=28).contains(&cidr.prefix()) {
        return Err(Refusal::new("InvalidVpc.Range", format!("The CIDR '{text}' is invalid.")));
    }
    if world.vpcs.len() >= MAX_VPCS {
        return Err(Refusal::new("VpcLimitExceeded", "The maximum number of VPCs has been reached."));
    }
    let tags = tags::on_create(input, &["vpc"], "vpc")?;
    let vpc = make(world, cidr, tags);
    Ok(Xml::build(|xml| {
        xml.node("vpc", |xml| world.vpcs[&vpc].write(world, xml));
    }))
}

/// Makes a VPC with what AWS puts into every new one: a main route table and a default group.
pub(crate) fn make(world: &mut World, cidr: Cidr, tags: Tags) -> String {
    let id = world.new_id("vpc");
    let vpc =
        Vpc { id: id.clone(), cidr, dns_support: true, dns_hostnames: false, tags, created: world.clock };
    world.vpcs.insert(id.clone(), vpc);
    route_tables::make(world, &id, true, Tags::new());
    security_groups::make(world, &id, "default", "default VPC security group", Tags::new());
    id
}

fn modify_attribute(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let id = world.find(&world.vpcs, &input.need("VpcId")?)?.id.clone();
    let support = input.flag("EnableDnsSupport.Value")?;
    let hostnames = input.flag("EnableDnsHostnames.Value")?;
    if support.is_some() == hostnames.is_some() {
        return Err(Refusal::combination("Exactly one attribute can be modified in a call."));
    }
    if let Some(vpc) = world.vpcs.get_mut(&id) {
        vpc.dns_support = support.unwrap_or(vpc.dns_support);
        vpc.dns_hostnames = hostnames.unwrap_or(vpc.dns_hostnames);
    }
    Ok(done())
}
