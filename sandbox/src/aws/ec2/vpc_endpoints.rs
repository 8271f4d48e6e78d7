//! VPC endpoints, interface ones above all: how private instances reach AWS's services.

use chrono::{DateTime, Utc};

use super::network_interfaces::write_groups;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

mod create;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeVpcEndpoints", |world, input| describe(world, input, &world.endpoints, "vpcEndpointSet")),
    change(create::CREATE, create::create),
    change("DeleteVpcEndpoints", delete),
];

#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// The full name, such as `com.amazonaws.ap-northeast-2.ssm`.
    pub(crate) service: String,
    pub(crate) kind: Kind,
    pub(crate) subnets: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) route_tables: Vec<String>,
    pub(crate) interfaces: Vec<String>,
    pub(crate) private_dns: bool,
    pub(crate) policy: String,
    pub(crate) state: State,
    /// When it entered its state.
    pub(crate) since: DateTime<Utc>,
    pub(crate) token: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
    next: Option<(DateTime<Utc>, State)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Interface,
    Gateway,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Interface => "Interface",
            Kind::Gateway => "Gateway",
        }
    }
}

/// The states of an endpoint. AWS documents them capitalised and sends them in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Available,
    Deleting,
    Deleted,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Available => "available",
            State::Deleting => "deleting",
            State::Deleted => "deleted",
        }
    }
}

impl Endpoint {
    /// When it next changes by itself.
    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        self.next.map(|(at, _)| at)
    }

    /// The service's last name: `ssm`.
    pub(crate) fn short_service(&self) -> &str {
        self.service.rsplit('.').next().unwrap_or(&self.service)
    }

    fn enter(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.since = now;
        self.next = None;
    }
}

/// The DNS name that private DNS takes over for a service.
fn domain(world: &World, short_service: &str) -> String {
    format!("{short_service}.{}.amazonaws.com", world.region)
}

impl Described for Endpoint {
    const IDS: &'static str = "VpcEndpointId";
    const PAGE: (usize, usize) = (1, 1000);
    const FILTERS: &'static [&'static str] =
        &["service-name", "vpc-endpoint-id", "vpc-endpoint-state", "vpc-endpoint-type", "vpc-id"];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn gone(&self, _now: DateTime<Utc>) -> bool {
        self.state == State::Deleted
    }

    fn values(&self, _world: &World, filter: &str) -> Vec<String> {
        match filter {
            "service-name" => vec![self.service.clone()],
            // The documentation spells the values with and without a capital.
            "vpc-endpoint-state" => vec![self.state.name().to_owned(), format!("{:?}", self.state)],
            "vpc-endpoint-type" => vec![self.kind.name().to_owned()],
            "vpc-id" => vec![self.vpc.clone()],
            _ => vec![self.id.clone()],
        }
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("InvalidVpcEndpointId.NotFound", format!("The Vpc Endpoint Id '{id}' does not exist"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("vpcEndpointId", &self.id)
            .text("vpcEndpointType", self.kind.name())
            .text("vpcId", &self.vpc)
            .text("serviceName", &self.service)
            .text("serviceRegion", &world.region)
            .text("state", self.state.name())
            .text("policyDocument", &self.policy)
            .strings("routeTableIdSet", &self.route_tables)
            .strings("subnetIdSet", &self.subnets);
        write_groups(world, xml, &self.groups);
        xml.text("ipAddressType", "ipv4")
            .text("privateDnsEnabled", self.private_dns)
            .text("requesterManaged", false)
            .strings("networkInterfaceIdSet", &self.interfaces);
        if self.kind == Kind::Interface {
            let own =
                format!("{}-x7k2p9ab.{}.{}.vpce.amazonaws.com", self.id, self.short_service(), world.region);
            let names = [Some(own), self.private_dns.then(|| domain(world, self.short_service()))];
            xml.items("dnsEntrySet", names.into_iter().flatten(), |xml, name| {
                xml.text("dnsName", name).text("hostedZoneId", "Z27UANNT0PRK1T");
            });
        }
        xml.time("creationTimestamp", self.created).text("ownerId", &world.account_id);
        tags::write(xml, &self.tags);
    }
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let ids = input.list("VpcEndpointId");
    if ids.is_empty() {
        return Err(Refusal::missing("VpcEndpointId"));
    }
    // Each is deleted or reported by itself; the call as a whole succeeds.
    let mut unsuccessful = Vec::new();
    for id in ids {
        match world.find(&world.endpoints, &id) {
            Ok(_) => begin_delete(world, &id),
            Err(refusal) => unsuccessful.push((id, refusal)),
        }
    }
    Ok(Xml::build(|xml| {
        xml.items("unsuccessful", unsuccessful, |xml, (id, refusal)| {
            xml.text("resourceId", id).node("error", |xml| {
                xml.text("code", refusal.code).text("message", refusal.message);
            });
        });
    }))
}

/// Starts the deletion of an endpoint.
pub(crate) fn begin_delete(world: &mut World, id: &str) {
    let (now, time) = (world.clock, world.timing.endpoint_deleting);
    let alive = |endpoint: &&mut Endpoint| matches!(endpoint.state, State::Pending | State::Available);
    if let Some(endpoint) = world.endpoints.get_mut(id).filter(alive) {
        endpoint.enter(State::Deleting, now);
        endpoint.next = Some((now + time, State::Deleted));
    }
}

/// Lets every endpoint that is due take its next state.
pub(crate) fn settle(world: &mut World) {
    let now = world.clock;
    for endpoint in world.endpoints.values_mut() {
        let Some((_, state)) = endpoint.next.filter(|(at, _)| *at <= now) else {
            continue;
        };
        endpoint.enter(state, now);
        if state == State::Deleted {
            for interface in &endpoint.interfaces {
                world.interfaces.remove(interface);
            }
        }
    }
}
