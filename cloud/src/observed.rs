//! What AWS says is there: one round of Describe calls, turned into plain data.
//!
//! An observation holds only what the plan needs to know. What carries doorman's tags has an
//! [`Owner`]; what people made by hand has none and is used and reported, never touched. States are
//! AWS's own words in lower case, reduced to enums where the plan branches on them.

mod sight;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{
    AllocationId, EndpointId, GroupId, ImageId, InstanceId, LeaseId, NatGatewayId, RouteTableId, RuleId,
    ScheduleName, SubnetId, VolumeId, VpcId,
};
use crate::lease::LeaseKind;
use crate::step::Failure;
use crate::tags::Owner;

pub use sight::Sight;

/// One look at the stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// When the look began.
    pub at: DateTime<Utc>,
    /// The network the settings name.
    pub network: Network,
    /// Elastic IPs that are ours.
    pub addresses: Vec<Address>,
    /// NAT gateways that are ours, in any state AWS still shows.
    pub gateways: Vec<NatGateway>,
    /// Rules of the service security group, ours and others'.
    pub rules: Vec<Rule>,
    /// Instances that are ours and not yet terminated.
    pub instances: Vec<Instance>,
    /// Who holds the fixed private addresses of the settings, ours or not.
    pub occupants: BTreeMap<Ipv4Addr, Occupant>,
    /// Root volumes that are ours.
    pub volumes: Vec<Volume>,
    /// Interface endpoints in the VPC for the services the settings name, ours and others'.
    pub endpoints: Vec<Endpoint>,
    /// The IAM role for shell access.
    pub role: Option<Role>,
    /// The instance profile of the same name.
    pub profile: Option<Profile>,
    /// What Systems Manager says of instances that have registered.
    pub agents: BTreeMap<InstanceId, Ping>,
    /// Schedules of the backstop that are ours, in any state.
    pub schedules: Vec<Schedule>,
    /// What the backstop needs to be armed.
    pub backstop: Backstop,
    /// What could not be looked at, and why. Its part of the observation is empty and says nothing.
    pub unknown: BTreeMap<Sight, Failure>,
}

/// Something looked up by name.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Lookup<T> {
    /// Exactly one carries the name.
    Found(T),
    /// None does.
    #[default]
    Missing,
    /// Several do; their ids.
    Ambiguous(Vec<String>),
}

impl<T> Lookup<T> {
    /// The thing, if there is exactly one.
    pub fn found(&self) -> Option<&T> {
        match self {
            Lookup::Found(thing) => Some(thing),
            Lookup::Missing | Lookup::Ambiguous(_) => None,
        }
    }

    /// Of several candidates, the only one.
    pub fn only(candidates: Vec<T>, id: impl Fn(&T) -> String) -> Self {
        let mut candidates = candidates;
        match candidates.len() {
            0 => Lookup::Missing,
            1 => Lookup::Found(candidates.remove(0)),
            _ => Lookup::Ambiguous(candidates.iter().map(id).collect()),
        }
    }
}

/// The parts of the network that the settings name.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Network {
    /// The VPC.
    pub vpc: Lookup<Vpc>,
    /// Every subnet the settings name, by its name.
    pub subnets: BTreeMap<String, Lookup<Subnet>>,
    /// The private route table.
    pub route_table: Lookup<RouteTable>,
    /// Name of the service security group → the group.
    pub group: Lookup<Group>,
}

impl Network {
    /// A subnet by its name.
    pub fn subnet(&self, name: &str) -> Option<&Subnet> {
        self.subnets.get(name).and_then(Lookup::found)
    }
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// Its IPv4 block.
    pub cidr: String,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its availability zone, such as `ap-northeast-2a`.
    pub zone: String,
    /// Its IPv4 block.
    pub cidr: String,
}

/// A route table, as far as its default route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteTable {
    /// Its id.
    pub id: RouteTableId,
    /// Its route for 0.0.0.0/0, if it has one.
    pub default_route: Option<Route>,
}

/// A default route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Where it leads.
    pub target: RouteTarget,
    /// Whether it leads nowhere any more.
    pub blackhole: bool,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteTarget {
    /// A NAT gateway, anybody's.
    NatGateway(NatGatewayId),
    /// Anything else, by its id.
    Other(String),
}

impl RouteTarget {
    /// The id of the target.
    pub fn as_str(&self) -> &str {
        match self {
            RouteTarget::NatGateway(id) => id.as_str(),
            RouteTarget::Other(id) => id,
        }
    }
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
}

/// An Elastic IP that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its allocation id.
    pub id: AllocationId,
    /// The public address.
    pub public_ip: String,
    /// Whether something holds it.
    pub associated: bool,
    /// Whose it is.
    pub owner: Owner,
}

/// A state a NAT gateway goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayState {
    /// Being made.
    Pending,
    /// Works.
    Available,
    /// Could not be made; disappears by itself within an hour.
    Failed,
    /// Being deleted; may still pass traffic.
    Deleting,
    /// Gone; shown for about an hour.
    Deleted,
}

impl GatewayState {
    /// Whether it bills or holds its address.
    pub fn is_alive(self) -> bool {
        matches!(self, GatewayState::Pending | GatewayState::Available | GatewayState::Deleting)
    }
}

/// A NAT gateway that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatGateway {
    /// Its id.
    pub id: NatGatewayId,
    /// Its state.
    pub state: GatewayState,
    /// AWS's FailureCode, when failed.
    pub failure_code: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The Elastic IP it holds.
    pub allocation: Option<AllocationId>,
    /// Its public address.
    pub public_ip: Option<String>,
    /// The subnet it is in.
    pub subnet: SubnetId,
    /// Whose it is.
    pub owner: Owner,
}

/// A rule of the service security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Whether it is about traffic going out.
    pub egress: bool,
    /// `tcp`, `udp`, … or `-1` for all.
    pub protocol: String,
    /// First and last port; `None` for all.
    pub ports: Option<(u16, u16)>,
    /// The other side.
    pub peer: Peer,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<Owner>,
}

impl Rule {
    /// Whether the rule lets TCP traffic of `port` to or from `peer` pass.
    pub fn lets_tcp(&self, egress: bool, port: u16, peer: &Peer) -> bool {
        let everywhere = Peer::Cidr("0.0.0.0/0".to_owned());
        self.egress == egress
            && (self.protocol == "-1" || self.protocol == "tcp")
            && self.ports.is_none_or(|(from, to)| (from..=to).contains(&port))
            && (self.peer == *peer || self.peer == everywhere)
    }
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// Addresses.
    Cidr(String),
    /// Members of a security group.
    Group(GroupId),
    /// A prefix list or anything else, by its id.
    Other(String),
}

/// A state an instance goes through; terminated ones are not observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    /// Starting.
    Pending,
    /// Running.
    Running,
    /// Being terminated.
    ShuttingDown,
    /// Being stopped.
    Stopping,
    /// Stopped; its volume bills on.
    Stopped,
}

/// An instance that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its `Name` tag.
    pub name: String,
    /// Its state.
    pub state: InstanceState,
    /// EC2 instance type.
    pub instance_type: String,
    /// The image it was booted from.
    pub image: ImageId,
    /// Whether it is a spot instance.
    pub spot: bool,
    /// Its private address.
    pub private_ip: Option<Ipv4Addr>,
    /// The subnet it is in.
    pub subnet: SubnetId,
    /// When it was launched.
    pub launched_at: DateTime<Utc>,
    /// Name of the instance profile attached to it.
    pub profile: Option<String>,
    /// Whose it is.
    pub owner: Owner,
}

/// What holds a private address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupant {
    /// Id of the instance, or of the network interface if it belongs to none.
    pub id: String,
}

/// A root volume that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its id.
    pub id: VolumeId,
    /// Its size.
    pub size_gib: u32,
    /// `gp3`, `gp2`, …
    pub kind: String,
    /// Whether an instance holds it.
    pub attached: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whose it is.
    pub owner: Owner,
}

/// A state an interface endpoint goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    /// Being made.
    Pending,
    /// Works.
    Available,
    /// Being deleted.
    Deleting,
    /// Could not be made, or was rejected; costs nothing.
    Failed,
}

/// An interface endpoint in the VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Its short service name, such as `ssm`.
    pub service: String,
    /// Its state.
    pub state: EndpointState,
    /// Whether names resolve to it inside the VPC.
    pub private_dns: bool,
    /// The subnets (one a zone) it has an interface in; each bills.
    pub subnets: Vec<SubnetId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<Owner>,
}

/// The IAM role for shell access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Whether the policy the settings name is attached.
    pub has_policy: bool,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<Owner>,
}

/// The instance profile for shell access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whether the role is in it.
    pub has_role: bool,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<Owner>,
}

/// Systems Manager's `PingStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    /// Answers.
    Online,
    /// Answered once.
    Lost,
}

/// A one-time schedule that starts the runbook of the backstop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Its name, which says the next two.
    pub name: ScheduleName,
    /// The lease it closes.
    pub lease: LeaseId,
    /// The end of the lease it was made for; it fires [`AFTER_END`](crate::backstop::AFTER_END) later.
    pub lease_ends_at: DateTime<Utc>,
}

/// What the backstop needs before it can be armed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Backstop {
    /// ARN of the role that schedule and runbook run under; `None`: there is none.
    pub role_arn: Option<String>,
    /// Whether the runbook, as this version of doorman writes it, is there.
    pub runbook: bool,
}

impl Observed {
    /// A look that found nothing, not even the network.
    pub fn empty(at: DateTime<Utc>) -> Observed {
        Observed {
            at,
            network: Network::default(),
            addresses: Vec::new(),
            gateways: Vec::new(),
            rules: Vec::new(),
            instances: Vec::new(),
            occupants: BTreeMap::new(),
            volumes: Vec::new(),
            endpoints: Vec::new(),
            role: None,
            profile: None,
            agents: BTreeMap::new(),
            schedules: Vec::new(),
            backstop: Backstop::default(),
            unknown: BTreeMap::new(),
        }
    }

    /// Whether a part of the look succeeded.
    pub fn knows(&self, sight: Sight) -> bool {
        !self.unknown.contains_key(&sight)
    }

    /// Whether all that a kind of lease is built of could be looked at.
    pub fn knows_all_of(&self, kind: LeaseKind) -> bool {
        Sight::needed_by(kind).iter().all(|sight| self.knows(*sight))
    }

    /// Whether everything that bills could be looked for.
    pub fn knows_all_that_bills(&self) -> bool {
        let bill = [Sight::Addresses, Sight::Gateways, Sight::Instances, Sight::Volumes, Sight::Endpoints];
        bill.into_iter().all(|sight| self.knows(sight))
    }

    /// Whether anything that carries the tags of that lease is there, whatever the store knows of it.
    pub fn shows(&self, lease: &LeaseId) -> bool {
        let owners = self.addresses.iter().map(|address| &address.owner);
        let owners = owners.chain(self.gateways.iter().filter(|g| g.state.is_alive()).map(|g| &g.owner));
        let owners = owners.chain(self.rules.iter().filter_map(|rule| rule.owner.as_ref()));
        let owners = owners.chain(self.instances.iter().map(|instance| &instance.owner));
        let owners = owners.chain(self.volumes.iter().map(|volume| &volume.owner));
        let owners = owners.chain(self.endpoints.iter().filter_map(|endpoint| endpoint.owner.as_ref()));
        let owners = owners.chain(self.role.iter().filter_map(|role| role.owner.as_ref()));
        let mut owners = owners.chain(self.profile.iter().filter_map(|profile| profile.owner.as_ref()));
        owners.any(|owner| owner.lease == *lease) || self.schedules.iter().any(|s| s.lease == *lease)
    }

    /// The instance of ours with that `Name`, the youngest if there are several.
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances
            .iter()
            .filter(|i| i.name == name && i.state != InstanceState::ShuttingDown)
            .max_by_key(|i| i.launched_at)
    }

    /// Whether the instance runs and answers to Systems Manager.
    pub fn is_online(&self, id: &InstanceId) -> bool {
        self.agents.get(id) == Some(&Ping::Online)
            && self.instances.iter().any(|i| i.id == *id && i.state == InstanceState::Running)
    }
}
