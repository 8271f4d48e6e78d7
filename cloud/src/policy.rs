//! What each part of doorman may do in AWS, as IAM policies: the documents in `docs/iam/`, with the ids and names of
//! one stack filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use doorman_config::Settings;
use serde_json::Value;

use crate::kinds::Lookup;
use crate::lease::Trouble;

/// Families of small instances that a pair may always be of; another type has to be in the settings.
const SMALL: [&str; 4] = ["t2.*", "t3.*", "t3a.*", "t4g.*"];

/// What a policy is for. Each fits a managed policy by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Looking, and what every kind of lease needs.
    Base,
    /// Opening and closing a NAT window.
    NatWindow,
    /// Launching and terminating the pair, its role and profile.
    Pair,
    /// The endpoints and rules of shell access.
    Shell,
    /// Arming the backstop.
    Backstop,
    /// Making the role of the backstop, what it runs, and the boundary of the instances' role. For a person, and never
    /// for the bot: whoever may write these may do all that they may.
    SetUp,
}

impl Purpose {
    /// All of them, as they are listed.
    pub const ALL: [Purpose; 6] =
        [Purpose::Base, Purpose::NatWindow, Purpose::Pair, Purpose::Shell, Purpose::Backstop, Purpose::SetUp];

    /// Its word on the command line, and the name of its file.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Base => "base",
            Purpose::NatWindow => "nat-window",
            Purpose::Pair => "pair",
            Purpose::Shell => "shell",
            Purpose::Backstop => "backstop",
            Purpose::SetUp => "set-up",
        }
    }

    /// What it allows, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Purpose::Base => "the bot, always: looking, and rewriting the end of what is its own",
            Purpose::NatWindow => "the bot, for /nat: addresses, gateways, the route, rules outwards",
            Purpose::Pair => "the bot, for /launch service and /terminate service: instances and their role",
            Purpose::Shell => "the bot, for the pair's shell access: endpoints and the rules to reach them",
            Purpose::Backstop => "the bot, for the safety net: schedules",
            Purpose::SetUp => {
                "a person who runs `doorman check --fix`, never the bot: the safety net's role and runbooks, and what \
                 limits the instances' role"
            }
        }
    }

    /// Whether the bot itself needs it with these settings.
    pub fn is_for_the_bot(self, settings: &Settings) -> bool {
        match self {
            Purpose::Base | Purpose::NatWindow | Purpose::Pair | Purpose::Shell => true,
            Purpose::Backstop => settings.stack.backstop.enabled,
            Purpose::SetUp => false,
        }
    }

    /// The document as it stands in `docs/iam/`, with [`Blank`]s.
    pub fn template(self) -> &'static str {
        match self {
            Purpose::Base => include_str!("../../docs/iam/base.json"),
            Purpose::NatWindow => include_str!("../../docs/iam/nat-window.json"),
            Purpose::Pair => include_str!("../../docs/iam/pair.json"),
            Purpose::Shell => include_str!("../../docs/iam/shell.json"),
            Purpose::Backstop => include_str!("../../docs/iam/backstop.json"),
            Purpose::SetUp => include_str!("../../docs/iam/set-up.json"),
        }
    }

    /// Whether its document names a part of the network, which is then looked up by its name.
    pub fn names_the_network(self) -> bool {
        let mut network = Blank::ALL.into_iter().filter(|blank| blank.is_of_the_network());
        network.any(|blank| self.template().contains(blank.as_str()))
    }

    /// The document with everything filled in.
    ///
    /// # Errors
    ///
    /// Every name that the document needs and that is not exactly one thing.
    pub fn document(self, settings: &Settings, ids: &Ids) -> Result<Value, Vec<Trouble>> {
        let mut document: Value =
            serde_json::from_str(self.template()).expect("the shipped policies are JSON");
        let mut troubles = Vec::new();
        fill(&mut document, settings, ids, &mut troubles);
        if troubles.is_empty() { Ok(document) } else { Err(troubles) }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|purpose| purpose.as_str() == text);
        found.ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// The ids that the documents name, as AWS knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The account, twelve digits.
    pub account: String,
    /// What carries the names of the settings; `None` if it was not asked for.
    pub network: Option<NetworkIds>,
}

/// The parts of the network that the documents name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkIds {
    /// The VPC.
    pub vpc: Lookup<String>,
    /// The private route table.
    pub route_table: Lookup<String>,
    /// The service security group.
    pub security_group: Lookup<String>,
    /// The subnets, by name; one that is not there is missing.
    pub subnets: BTreeMap<String, Lookup<String>>,
}

/// What is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// The account.
    Account,
    /// The region.
    Region,
    /// The VPC.
    Vpc,
    /// The private route table.
    RouteTable,
    /// The service security group.
    SecurityGroup,
    /// The subnet of the gateway.
    NatSubnet,
    /// The subnets of the instances: one entry of a list becomes several.
    PairSubnets,
    /// What interface endpoints are to, as in the end of `com.amazonaws.<region>.ssm`: several.
    EndpointServices,
    /// The type of the root volumes.
    VolumeType,
    /// The size of the root volumes in GiB.
    VolumeGib,
    /// The role of the instances, and their profile.
    InstanceRole,
    /// The managed policy of that role.
    InstancePolicy,
    /// The types that instances may be of: one entry of a list becomes several.
    InstanceTypes,
    /// The role of the backstop.
    BackstopRole,
}

impl Blank {
    /// All of them.
    pub const ALL: [Blank; 14] = [
        Blank::Account,
        Blank::Region,
        Blank::Vpc,
        Blank::RouteTable,
        Blank::SecurityGroup,
        Blank::NatSubnet,
        Blank::PairSubnets,
        Blank::EndpointServices,
        Blank::VolumeType,
        Blank::VolumeGib,
        Blank::InstanceRole,
        Blank::InstancePolicy,
        Blank::InstanceTypes,
        Blank::BackstopRole,
    ];

    /// How the documents write it. None of these is a part of another.
    pub fn as_str(self) -> &'static str {
        match self {
            Blank::Account => "ACCOUNT_ID",
            Blank::Region => "REGION",
            Blank::Vpc => "VPC_ID",
            Blank::RouteTable => "ROUTE_TABLE_ID",
            Blank::SecurityGroup => "SECURITY_GROUP_ID",
            Blank::NatSubnet => "NAT_SUBNET",
            Blank::PairSubnets => "PAIR_SUBNETS",
            Blank::EndpointServices => "ENDPOINT_SERVICES",
            Blank::VolumeType => "VOLUME_TYPE",
            Blank::VolumeGib => "VOLUME_GIB",
            Blank::InstanceRole => "INSTANCE_ROLE",
            Blank::InstancePolicy => "INSTANCE_POLICY",
            Blank::InstanceTypes => "INSTANCE_TYPES",
            Blank::BackstopRole => "BACKSTOP_ROLE",
        }
    }

    /// Whether it is a part of the network, which is looked up by its name.
    fn is_of_the_network(self) -> bool {
        match self {
            Blank::Vpc | Blank::RouteTable | Blank::SecurityGroup | Blank::NatSubnet | Blank::PairSubnets => {
                true
            }
            Blank::Account
            | Blank::Region
            | Blank::EndpointServices
            | Blank::VolumeType
            | Blank::VolumeGib
            | Blank::InstanceRole
            | Blank::InstancePolicy
            | Blank::InstanceTypes
            | Blank::BackstopRole => false,
        }
    }

    /// What to write for it: several texts only for what there are several of.
    fn values(self, settings: &Settings, ids: &Ids) -> Result<Vec<String>, Trouble> {
        let stack = &settings.stack;
        let network = |what: &str, name: &str, of: fn(&NetworkIds) -> &Lookup<String>| {
            let lookup = ids.network.as_ref().map_or(&Lookup::Missing, of);
            only(lookup, what, name).map(|id| vec![id])
        };
        match self {
            Blank::Account => Ok(vec![ids.account.clone()]),
            Blank::Region => Ok(vec![settings.aws.region.clone()]),
            Blank::Vpc => network("vpc", &stack.vpc, |ids| &ids.vpc),
            Blank::RouteTable => network("route-table", &stack.nat.route_table, |ids| &ids.route_table),
            Blank::SecurityGroup => {
                network("security-group", &stack.service.security_group, |ids| &ids.security_group)
            }
            Blank::NatSubnet => subnet(ids, &stack.nat.subnet).map(|id| vec![id]),
            Blank::PairSubnets => {
                let names: BTreeSet<&str> =
                    stack.service.instances.iter().map(|instance| instance.subnet.as_str()).collect();
                names.into_iter().map(|name| subnet(ids, name)).collect()
            }
            Blank::EndpointServices => {
                Ok(stack.shell.endpoints.iter().map(|endpoint| endpoint.service.clone()).collect())
            }
            Blank::VolumeType => Ok(vec![stack.service.volume.kind.clone()]),
            Blank::VolumeGib => Ok(vec![stack.service.volume.size_gib.to_string()]),
            Blank::InstanceRole => Ok(vec![stack.shell.role.clone()]),
            Blank::InstancePolicy => Ok(vec![stack.shell.policy.clone()]),
            Blank::InstanceTypes => Ok(types(&stack.service.instance_type)),
            Blank::BackstopRole => Ok(vec![stack.backstop.role.clone()]),
        }
    }
}

fn subnet(ids: &Ids, name: &str) -> Result<String, Trouble> {
    let found = ids.network.as_ref().and_then(|network| network.subnets.get(name));
    only(found.unwrap_or(&Lookup::Missing), "subnet", name)
}

fn only(lookup: &Lookup<String>, what: &str, name: &str) -> Result<String, Trouble> {
    let (what, name) = (what.to_owned(), name.to_owned());
    match lookup {
        Lookup::Found(id) => Ok(id.clone()),
        Lookup::Missing => Err(Trouble::Missing { what, name }),
        Lookup::Ambiguous(ids) => Err(Trouble::Ambiguous { what, name, ids: ids.clone() }),
    }
}

/// The small families, and the type of the settings if it is of none of these.
fn types(of_the_settings: &str) -> Vec<String> {
    let small = SMALL.iter().any(|family| of_the_settings.starts_with(family.trim_end_matches('*')));
    let more = (!small).then_some(of_the_settings);
    SMALL.into_iter().chain(more).map(str::to_owned).collect()
}

fn fill(value: &mut Value, settings: &Settings, ids: &Ids, troubles: &mut Vec<Trouble>) {
    match value {
        Value::String(text) => *text = filled(text, settings, ids, troubles).concat(),
        Value::Array(entries) => {
            let before = std::mem::take(entries);
            for mut entry in before {
                if let Value::String(text) = &entry {
                    entries.extend(filled(text, settings, ids, troubles).into_iter().map(Value::String));
                } else {
                    fill(&mut entry, settings, ids, troubles);
                    entries.push(entry);
                }
            }
        }
        Value::Object(members) => {
            members.values_mut().for_each(|member| fill(member, settings, ids, troubles))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text with its blanks filled in; several texts only where the whole of it is a blank of several.
fn filled(text: &str, settings: &Settings, ids: &Ids, troubles: &mut Vec<Trouble>) -> Vec<String> {
    let mut texts = vec![text.to_owned()];
    for blank in Blank::ALL.into_iter().filter(|blank| text.contains(blank.as_str())) {
        match blank.values(settings, ids) {
            Ok(values) => {
                let each = |text: &String| {
                    values.iter().map(|value| text.replace(blank.as_str(), value)).collect::<Vec<_>>()
                };
                texts = texts.iter().flat_map(each).collect();
            }
            Err(trouble) if troubles.contains(&trouble) => {}
            Err(trouble) => troubles.push(trouble),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::from_toml(&doorman_config::EXAMPLE.replace('…', "1100000000000000001")).expect("complete")
    }

    fn found(id: &str) -> Lookup<String> {
        Lookup::Found(id.to_owned())
    }

    fn subnets(stack: &doorman_config::Stack) -> BTreeMap<String, Lookup<String>> {
        let names =
            stack.service.instances.iter().map(|instance| &instance.subnet).chain([&stack.nat.subnet]);
        names.map(|name| (name.clone(), found(&format!("subnet-{name}")))).collect()
    }

    fn ids() -> Ids {
        let network = NetworkIds {
            vpc: found("vpc-0123456789abcdef0"),
            route_table: found("rtb-0123456789abcdef0"),
            security_group: found("sg-0123456789abcdef0"),
            subnets: subnets(&settings().stack),
        };
        Ids { account: "123456789012".to_owned(), network: Some(network) }
    }

    fn text(purpose: Purpose, settings: &Settings) -> String {
        purpose.document(settings, &ids()).expect("every name is there").to_string()
    }

    #[test]
    fn every_blank_is_somewhere_and_none_is_left() {
        for blank in Blank::ALL {
            let used = Purpose::ALL.iter().any(|purpose| purpose.template().contains(blank.as_str()));
            assert!(used, "{blank:?} is nowhere");
        }
        for purpose in Purpose::ALL {
            let text = text(purpose, &settings());
            let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
            let left: Vec<_> = words.filter(|word| word.len() > 4).collect();
            assert_eq!(left, Vec::<&str>::new(), "{purpose}");
        }
    }

    #[test]
    fn another_region_other_roles_and_another_type_are_what_is_allowed() {
        let mut other = settings();
        other.aws.region = "eu-west-1".to_owned();
        other.stack.shell.role = "shell-role".to_owned();
        other.stack.shell.policy = "AmazonSSMDirectoryServiceAccess".to_owned();
        other.stack.backstop.role = "net-role".to_owned();
        other.stack.service.instance_type = "m7g.large".to_owned();
        let all: String = Purpose::ALL.iter().map(|purpose| text(*purpose, &other)).collect();
        for default in ["ap-northeast-2", "MySSMRole", "AmazonSSMManagedInstanceCore", "doorman-backstop"] {
            assert!(text(Purpose::Pair, &settings()).len() > 1000 && !all.contains(default), "{default}");
        }
        for wanted in [
            r#""arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-my-subnet-private01","arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-my-subnet-private02""#,
            r#""ec2:VpceServiceName":["com.amazonaws.eu-west-1.ssm","com.amazonaws.eu-west-1.ssmmessages","com.amazonaws.eu-west-1.ec2messages"]"#,
            r#""ec2:VolumeType":"gp3""#,
            r#""ec2:VolumeSize":"30""#,
            "arn:aws:iam::123456789012:instance-profile/shell-role",
            "arn:aws:iam::aws:policy/AmazonSSMDirectoryServiceAccess",
            "arn:aws:iam::123456789012:role/net-role",
            r#""ec2:InstanceType":["t2.*","t3.*","t3a.*","t4g.*","m7g.large"]"#,
        ] {
            assert!(all.contains(wanted), "{wanted}");
        }
        assert!(text(Purpose::Pair, &settings()).contains(r#"["t2.*","t3.*","t3a.*","t4g.*"]"#));
    }

    #[test]
    fn a_name_that_is_not_one_thing_is_a_trouble_of_the_policies_that_need_it() {
        let mut ids = ids();
        let network = ids.network.as_mut().expect("looked up");
        network.vpc = Lookup::Missing;
        network.route_table = Lookup::Ambiguous(vec!["rtb-1".to_owned(), "rtb-2".to_owned()]);
        let settings = settings();
        let troubles = |purpose: Purpose| purpose.document(&settings, &ids).err();
        let missing = Trouble::Missing { what: "vpc".to_owned(), name: "My-VPC".to_owned() };
        let ambiguous = Trouble::Ambiguous {
            what: "route-table".to_owned(),
            name: "my-route-private".to_owned(),
            ids: vec!["rtb-1".to_owned(), "rtb-2".to_owned()],
        };
        assert_eq!(troubles(Purpose::Base), Some(vec![missing.clone()]));
        assert_eq!(troubles(Purpose::NatWindow), Some(vec![ambiguous]));
        assert_eq!(troubles(Purpose::Shell), Some(vec![missing]));
        for purpose in [Purpose::Backstop, Purpose::SetUp] {
            assert_eq!((troubles(purpose), purpose.names_the_network()), (None, false), "{purpose}");
        }
    }

    #[test]
    fn a_word_is_read_back_and_another_one_is_told_which_there_are() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        let told = "nat".parse::<Purpose>().expect_err("no such purpose");
        assert_eq!(told, "one of base, nat-window, pair, shell, backstop, set-up");
    }
}
