//! The rules of security groups: authorising, revoking, describing.

use chrono::{DateTime, Utc};

use crate::aws::cidr::Cidr;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

mod permissions;

use permissions::Permission;
pub(crate) use permissions::Traffic;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeSecurityGroupRules", |world, input| {
        describe(world, input, &world.rules, "securityGroupRuleSet")
    }),
    change("AuthorizeSecurityGroupEgress", |world, input| authorize(world, input, Direction::Egress)),
    change("AuthorizeSecurityGroupIngress", |world, input| authorize(world, input, Direction::Ingress)),
    change("RevokeSecurityGroupEgress", |world, input| revoke(world, input, Direction::Egress)),
    change("RevokeSecurityGroupIngress", |world, input| revoke(world, input, Direction::Ingress)),
];

/// How many rules of one direction a group may have.
const MAX_RULES: usize = 60;

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) direction: Direction,
    pub(crate) traffic: Traffic,
    pub(crate) peer: Peer,
    pub(crate) description: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Peer {
    Cidr(Cidr),
    Group(String),
}

impl Rule {
    /// What `ip-permission.<field>` filters compare with.
    pub(crate) fn permission_field(&self, field: &str) -> Option<String> {
        let (cidr, group) = match &self.peer {
            Peer::Cidr(cidr) => (Some(cidr.to_string()), None),
            Peer::Group(id) => (None, Some(id.clone())),
        };
        match field {
            "cidr" => cidr,
            "group-id" => group,
            "protocol" => Some(self.traffic.protocol.clone()),
            "from-port" => self.traffic.ports.map(|(from, _)| from.to_string()),
            "to-port" => self.traffic.ports.map(|(_, to)| to.to_string()),
            _ => None,
        }
    }

    /// One line for people: `out tcp 443 0.0.0.0/0`.
    pub(crate) fn summary(&self) -> String {
        let way = if self.direction == Direction::Egress { "→" } else { "←" };
        format!("{way} {} {}", self.traffic, self.peer)
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Peer::Cidr(cidr) => cidr.fmt(out),
            Peer::Group(id) => id.fmt(out),
        }
    }
}

impl Described for Rule {
    const IDS: &'static str = "SecurityGroupRuleId";
    const FILTERS: &'static [&'static str] = &["group-id", "security-group-rule-id"];
    const TAG_KEY: bool = false;

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, _world: &World, filter: &str) -> Vec<String> {
        vec![if filter == "group-id" { self.group.clone() } else { self.id.clone() }]
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new(
            "InvalidSecurityGroupRuleId.NotFound",
            format!("The security group rule ID '{id}' does not exist"),
        )
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("securityGroupRuleId", &self.id)
            .text("groupId", &self.group)
            .text("groupOwnerId", &world.account_id)
            .text("isEgress", self.direction == Direction::Egress)
            .text("ipProtocol", &self.traffic.protocol);
        // This API writes -1 for "all ports" where the older one leaves them out.
        let (from, to) = self.traffic.ports.unwrap_or((-1, -1));
        xml.text("fromPort", from).text("toPort", to);
        match &self.peer {
            Peer::Cidr(cidr) => xml.text("cidrIpv4", cidr),
            Peer::Group(id) => xml.node("referencedGroupInfo", |xml| {
                xml.text("groupId", id)
                    .text("userId", &world.account_id)
                    .maybe("vpcId", world.groups.get(id).map(|group| &group.vpc));
            }),
        };
        xml.maybe("description", self.description.as_ref()).text(
            "securityGroupRuleArn",
            format!("arn:aws:ec2:{}:{}:security-group-rule/{}", world.region, world.account_id, self.id),
        );
        tags::write(xml, &self.tags);
    }
}

fn authorize(world: &mut World, input: &Input<'_>, direction: Direction) -> Answer<Xml> {
    let group = world.find(&world.groups, &input.need("GroupId")?)?.id.clone();
    let tags = tags::on_create(input, &["security-group-rule"], "security-group-rule")?;
    let permissions = Permission::read_all(world, input)?;
    if permissions.is_empty() {
        return Err(Refusal::missing("ipPermissions"));
    }
    for (at, permission) in permissions.iter().enumerate() {
        if permissions[..at].iter().any(|other| other.same_as(permission)) {
            return Err(Refusal::invalid_value("The same permission must not appear multiple times"));
        }
        if matching(world, &group, direction, permission).is_some() {
            return Err(Refusal::new(
                "InvalidPermission.Duplicate",
                format!(
                    "the specified rule \"peer: {}, {}, ALLOW\" already exists",
                    permission.peer,
                    permission.traffic.in_words()
                ),
            ));
        }
    }
    let present =
        world.rules.values().filter(|rule| rule.group == group && rule.direction == direction).count();
    if present + permissions.len() > MAX_RULES {
        return Err(Refusal::new(
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        ));
    }
    let made: Vec<String> = permissions
        .into_iter()
        .map(|one| make(world, &group, direction, one.traffic, one.peer, one.description, tags.clone()))
        .collect();
    Ok(Xml::build(|xml| {
        xml.text("return", true)
            .items("securityGroupRuleSet", made, |xml, id| world.rules[&id].write(world, xml));
    }))
}

/// Adds a rule; the caller has checked that it is not there yet.
pub(crate) fn make(
    world: &mut World,
    group: &str,
    direction: Direction,
    traffic: Traffic,
    peer: Peer,
    description: Option<String>,
    tags: Tags,
) -> String {
    let id = world.new_id("sgr");
    let rule = Rule {
        id: id.clone(),
        group: group.to_owned(),
        direction,
        traffic,
        peer,
        description,
        tags,
        created: world.clock,
    };
    world.rules.insert(id.clone(), rule);
    id
}

/// The rule that allows the same; the description makes no difference.
fn matching(world: &World, group: &str, direction: Direction, permission: &Permission) -> Option<String> {
    let rules = world.rules.values().filter(|rule| rule.group == group && rule.direction == direction);
    rules
        .into_iter()
        .find(|rule| rule.traffic == permission.traffic && rule.peer == permission.peer)
        .map(|rule| rule.id.clone())
}

fn revoke(world: &mut World, input: &Input<'_>, direction: Direction) -> Answer<Xml> {
    let group = world.find(&world.groups, &input.need("GroupId")?)?.id.clone();
    let by_id = input.list("SecurityGroupRuleId");
    let permissions = Permission::read_all(world, input)?;
    let ids = match (by_id.is_empty(), permissions.is_empty()) {
        (true, true) => return Err(Refusal::missing("securityGroupRuleIds or ipPermissions")),
        (false, false) => {
            return Err(Refusal::combination(
                "The parameters securityGroupRuleIds and ipPermissions may not be used together",
            ));
        }
        (false, true) => by_id,
        (true, false) => permissions
            .iter()
            .map(|one| {
                matching(world, &group, direction, one).ok_or_else(|| {
                    Refusal::new(
                        "InvalidPermission.NotFound",
                        "The specified rule does not exist in this security group.",
                    )
                })
            })
            .collect::<Answer<Vec<String>>>()?,
    };
    let mut revoked = Vec::new();
    for id in ids {
        let rule = world.find(&world.rules, &id)?;
        if rule.group != group || rule.direction != direction {
            return Err(Rule::unknown(&id));
        }
        revoked.extend(world.rules.remove(&id));
    }
    Ok(Xml::build(|xml| {
        xml.text("return", true).items("revokedSecurityGroupRuleSet", revoked, |xml, rule| {
            let (from, to) = rule.traffic.ports.unwrap_or((-1, -1));
            xml.text("securityGroupRuleId", &rule.id)
                .text("groupId", &rule.group)
                .text("isEgress", rule.direction == Direction::Egress)
                .text("ipProtocol", &rule.traffic.protocol)
                .text("fromPort", from)
                .text("toPort", to)
                .maybe("description", rule.description.as_ref());
            match &rule.peer {
                Peer::Cidr(cidr) => xml.text("cidrIpv4", cidr),
                Peer::Group(id) => xml.text("referencedGroupId", id),
            };
        });
    }))
}
