//! Internet gateways.

use chrono::{DateTime, Utc};

use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, done, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeInternetGateways", |world, input| {
        describe(world, input, &world.internet_gateways, "internetGatewaySet")
    }),
    change("CreateInternetGateway", create),
    change("AttachInternetGateway", attach),
];

#[derive(Debug, Clone)]
pub(crate) struct InternetGateway {
    pub(crate) id: String,
    /// The VPC it is attached to.
    pub(crate) vpc: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

impl Described for InternetGateway {
    const IDS: &'static str = "InternetGatewayId";
    const FILTERS: &'static [&'static str] =
        &["attachment.state", "attachment.vpc-id", "internet-gateway-id", "owner-id"];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        match filter {
            "attachment.state" => self.vpc.iter().map(|_| "available".to_owned()).collect(),
            "attachment.vpc-id" => self.vpc.iter().cloned().collect(),
            "owner-id" => vec![world.account_id.clone()],
            _ => vec![self.id.clone()],
        }
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new(
            "InvalidInternetGatewayID.NotFound",
            format!("The internetGateway ID '{id}' does not exist"),
        )
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("internetGatewayId", &self.id).text("ownerId", &world.account_id).items(
            "attachmentSet",
            &self.vpc,
            |xml, vpc| {
                xml.text("vpcId", vpc).text("state", "available");
            },
        );
        tags::write(xml, &self.tags);
    }
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let tags = tags::on_create(input, &["internet-gateway"], "internet-gateway")?;
    let id = make(world, None, tags);
    Ok(Xml::build(|xml| {
        xml.node("internetGateway", |xml| world.internet_gateways[&id].write(world, xml));
    }))
}

/// Makes a gateway, attached or not.
pub(crate) fn make(world: &mut World, vpc: Option<String>, tags: Tags) -> String {
    let id = world.new_id("igw");
    let gateway = InternetGateway { id: id.clone(), vpc, tags, created: world.clock };
    world.internet_gateways.insert(id.clone(), gateway);
    id
}

fn attach(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let gateway = world.find(&world.internet_gateways, &input.need("InternetGatewayId")?)?.clone();
    let vpc = world.find(&world.vpcs, &input.need("VpcId")?)?.id.clone();
    let taken = world.internet_gateways.values().any(|other| other.vpc.as_deref() == Some(&vpc));
    if gateway.vpc.is_some() || taken {
        return Err(Refusal::new(
            "Resource.AlreadyAssociated",
            format!("resource {} is already attached to network {vpc}", gateway.id),
        ));
    }
    world.internet_gateways.insert(gateway.id.clone(), InternetGateway { vpc: Some(vpc), ..gateway });
    Ok(done())
}

/// Whether that VPC has a way out to the internet.
pub(crate) fn attached(world: &World, vpc: &str) -> bool {
    world.internet_gateways.values().any(|gateway| gateway.vpc.as_deref() == Some(vpc))
}
