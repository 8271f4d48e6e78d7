//! Security groups. Their rules are things of their own, in [`super::security_group_rules`].

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::security_group_rules::{self, Direction, Peer, Rule, Traffic};
use crate::aws::cidr::Cidr;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeSecurityGroups", |world, input| describe(world, input, &world.groups, "securityGroupInfo")),
    change("CreateSecurityGroup", create),
];

#[derive(Debug, Clone)]
pub(crate) struct SecurityGroup {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

impl SecurityGroup {
    pub(crate) fn arn(&self, world: &World) -> String {
        format!("arn:aws:ec2:{}:{}:security-group/{}", world.region, world.account_id, self.id)
    }

    /// The rules of one direction that a Describe call shows by now.
    fn shown<'w>(&'w self, world: &'w World, direction: Direction) -> impl Iterator<Item = &'w Rule> {
        let rules = world.rules.values().filter(|rule| world.shows(*rule));
        rules.filter(move |rule| rule.group == self.id && rule.direction == direction)
    }
}

impl Described for SecurityGroup {
    const IDS: &'static str = "GroupId";
    const FILTERS: &'static [&'static str] = &[
        "description",
        "egress.ip-permission.cidr",
        "egress.ip-permission.from-port",
        "egress.ip-permission.group-id",
        "egress.ip-permission.protocol",
        "egress.ip-permission.to-port",
        "group-id",
        "group-name",
        "ip-permission.cidr",
        "ip-permission.from-port",
        "ip-permission.group-id",
        "ip-permission.protocol",
        "ip-permission.to-port",
        "owner-id",
        "vpc-id",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        let of_rules = match filter.strip_prefix("egress.") {
            Some(rest) => rest.strip_prefix("ip-permission.").map(|field| (Direction::Egress, field)),
            None => filter.strip_prefix("ip-permission.").map(|field| (Direction::Ingress, field)),
        };
        if let Some((direction, field)) = of_rules {
            return self.shown(world, direction).filter_map(|rule| rule.permission_field(field)).collect();
        }
        vec![match filter {
            "description" => self.description.clone(),
            "group-name" => self.name.clone(),
            "owner-id" => world.account_id.clone(),
            "vpc-id" => self.vpc.clone(),
            _ => self.id.clone(),
        }]
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("InvalidGroup.NotFound", format!("The security group '{id}' does not exist"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("ownerId", &world.account_id)
            .text("groupId", &self.id)
            .text("groupName", &self.name)
            .text("groupDescription", &self.description)
            .text("vpcId", &self.vpc)
            .text("securityGroupArn", self.arn(world));
        write_permissions(world, xml, "ipPermissions", self.shown(world, Direction::Ingress));
        write_permissions(world, xml, "ipPermissionsEgress", self.shown(world, Direction::Egress));
        tags::write(xml, &self.tags);
    }
}

/// Rules as the older API shows them: grouped by traffic, with lists of peers.
fn write_permissions<'w>(world: &World, xml: &mut Xml, set: &str, rules: impl Iterator<Item = &'w Rule>) {
    let mut permissions: BTreeMap<&Traffic, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        permissions.entry(&rule.traffic).or_default().push(rule);
    }
    xml.items(set, permissions, |xml, (traffic, rules)| {
        traffic.write(xml);
        let groups = rules.iter().filter_map(|rule| match &rule.peer {
            Peer::Group(id) => Some((*rule, id)),
            Peer::Cidr(_) => None,
        });
        let ranges = rules.iter().filter_map(|rule| match rule.peer {
            Peer::Cidr(cidr) => Some((*rule, cidr)),
            Peer::Group(_) => None,
        });
        xml.items("groups", groups, |xml, (rule, id)| {
            xml.text("userId", &world.account_id)
                .text("groupId", id)
                .maybe("description", rule.description.as_ref());
        });
        xml.items("ipRanges", ranges, |xml, (rule, cidr)| {
            xml.text("cidrIp", cidr).maybe("description", rule.description.as_ref());
        });
    });
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let name = input.need("GroupName")?;
    let description = input.need("GroupDescription")?;
    let Some(vpc) = input.text("VpcId") else {
        return Err(Refusal::new("VPCIdNotSpecified", "No default VPC for this user"));
    };
    let vpc = world.find(&world.vpcs, &vpc)?.id.clone();
    if name.starts_with("sg-") || name.chars().count() > 255 {
        return Err(Refusal::invalid_value(format!("Value ({name}) for parameter GroupName is invalid.")));
    }
    if world.groups.values().any(|other| other.vpc == vpc && other.name == name) {
        return Err(Refusal::new(
            "InvalidGroup.Duplicate",
            format!("The security group '{name}' already exists for VPC '{vpc}'"),
        ));
    }
    let tags = tags::on_create(input, &["security-group"], "security-group")?;
    let id = make(world, &vpc, &name, &description, tags);
    let group = &world.groups[&id];
    Ok(Xml::build(|xml| {
        xml.text("return", true).text("groupId", &group.id).text("securityGroupArn", group.arn(world));
        tags::write(xml, &group.tags);
    }))
}

/// Makes a group, with the rule that lets everything out that AWS gives to every new one.
pub(crate) fn make(world: &mut World, vpc: &str, name: &str, description: &str, tags: Tags) -> String {
    let id = world.new_id("sg");
    let group = SecurityGroup {
        id: id.clone(),
        vpc: vpc.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        tags,
        created: world.clock,
    };
    world.groups.insert(id.clone(), group);
    security_group_rules::make(
        world,
        &id,
        Direction::Egress,
        Traffic::all(),
        Peer::Cidr(Cidr::ANYWHERE),
        None,
        Tags::new(),
    );
    id
}
