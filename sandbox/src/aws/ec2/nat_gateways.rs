//! NAT gateways, and the states they go through by themselves.

use chrono::{DateTime, Utc};

use super::addresses::{self, Address};
use super::internet_gateways;
use super::network_interfaces::{Interface, Owner};
use super::subnets::Subnet;
use crate::aws::catalog::NAT_GATEWAYS_PER_ZONE;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::{AFTERLIFE, World};
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeNatGateways", |world, input| describe(world, input, &world.nat_gateways, "natGatewaySet")),
    change("CreateNatGateway", create),
    change("DeleteNatGateway", delete),
];

const CREATE: &str = "CreateNatGateway";

#[derive(Debug, Clone)]
pub(crate) struct NatGateway {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) subnet: String,
    pub(crate) state: State,
    /// When it entered its state.
    pub(crate) since: DateTime<Utc>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
    deleted: Option<DateTime<Utc>>,
    failure: Option<(String, String)>,
    /// What the next settling does, and when.
    next: Option<(DateTime<Utc>, State)>,
    token: Option<String>,
    /// Its address, as it goes on showing it after it is gone.
    shown: Shown,
}

#[derive(Debug, Clone)]
struct Shown {
    allocation: String,
    public_ip: std::net::Ipv4Addr,
    association: Option<String>,
    interface: String,
    private: std::net::Ipv4Addr,
}

/// The states of a gateway. It moves between them over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Failed,
    Available,
    Deleting,
    Deleted,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Failed => "failed",
            State::Available => "available",
            State::Deleting => "deleting",
            State::Deleted => "deleted",
        }
    }
}

impl NatGateway {
    /// When it next changes by itself.
    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        self.next.map(|(at, _)| at)
    }

    /// Whether it is there: neither failed nor deleted.
    pub(crate) fn alive(&self) -> bool {
        matches!(self.state, State::Pending | State::Available | State::Deleting)
    }

    /// One line for people.
    pub(crate) fn summary(&self) -> String {
        match &self.failure {
            Some((code, message)) => format!("{code}: {message}"),
            None => format!("{} → {} · {}", self.shown.private, self.shown.public_ip, self.subnet),
        }
    }

    fn enter(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.since = now;
        self.next = None;
        if state == State::Deleted {
            self.deleted = Some(now);
        }
    }
}

impl Described for NatGateway {
    const IDS: &'static str = "NatGatewayId";
    const FILTERS: &'static [&'static str] = &["nat-gateway-id", "state", "subnet-id", "vpc-id"];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn gone(&self, now: DateTime<Utc>) -> bool {
        !self.alive() && now >= self.since + AFTERLIFE
    }

    fn values(&self, _world: &World, filter: &str) -> Vec<String> {
        vec![match filter {
            "state" => self.state.name().to_owned(),
            "subnet-id" => self.subnet.clone(),
            "vpc-id" => self.vpc.clone(),
            _ => self.id.clone(),
        }]
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("NatGatewayNotFound", format!("The Nat Gateway {id} was not found"))
    }

    fn write(&self, _world: &World, xml: &mut Xml) {
        xml.text("natGatewayId", &self.id)
            .text("vpcId", &self.vpc)
            .text("subnetId", &self.subnet)
            .text("state", self.state.name())
            .text("connectivityType", "public")
            .text("availabilityMode", "zonal")
            .time("createTime", self.created);
        if let Some(deleted) = self.deleted {
            xml.time("deleteTime", deleted);
        }
        if let Some((code, message)) = &self.failure {
            xml.text("failureCode", code).text("failureMessage", message);
        }
        xml.items("natGatewayAddressSet", [&self.shown], |xml, shown| {
            xml.text("allocationId", &shown.allocation).text("isPrimary", true);
            // Until it is available, AWS shows only which address it will use.
            if self.state != State::Pending && self.state != State::Failed {
                xml.text("publicIp", shown.public_ip)
                    .text("networkInterfaceId", &shown.interface)
                    .text("privateIp", shown.private)
                    .maybe("associationId", shown.association.as_ref())
                    .text("status", "succeeded");
            }
        });
        tags::write(xml, &self.tags);
    }
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    // A dry run of a private gateway is how one asks for the permission without an address.
    let private = input.text("ConnectivityType").is_some_and(|value| value == "private");
    if private && input.flag("DryRun")? == Some(true) {
        let _token = input.text("ClientToken");
        let subnet = input.need("SubnetId")?;
        world.find(&world.subnets, &subnet)?;
        tags::on_create(input, &["natgateway"], "natgateway")?;
        return Ok(Xml::build(|_| {}));
    }
    for (parameter, only) in [("ConnectivityType", "public"), ("AvailabilityMode", "zonal")] {
        if let Some(value) = input.text(parameter).filter(|value| value != only) {
            return Err(Refusal::new(
                "UnsupportedOperation",
                format!("The sandbox has no NAT gateways of {parameter} {value}."),
            ));
        }
    }
    let token = input.text("ClientToken");
    let subnet = input.need("SubnetId")?;
    let allocation = input.need("AllocationId")?;
    let private = input.text("PrivateIpAddress");
    let tags = tags::on_create(input, &["natgateway"], "natgateway")?;

    let id = match world.replay(CREATE, input)? {
        Some(made) => made.concat(),
        None => {
            let subnet = world.find(&world.subnets, &subnet)?.clone();
            let address = world.find(&world.addresses, &allocation)?.clone();
            check_quota(world, &subnet)?;
            let id = make(world, &subnet, &address, private.as_deref(), tags, token)?;
            world.remember(CREATE, input, vec![id.clone()]);
            id
        }
    };
    let gateway = &world.nat_gateways[&id];
    Ok(Xml::build(|xml| {
        xml.maybe("clientToken", gateway.token.as_ref()).node("natGateway", |xml| gateway.write(world, xml));
    }))
}

fn check_quota(world: &World, subnet: &Subnet) -> Answer<()> {
    let zone = |id: &str| world.subnets.get(id).map(|subnet| subnet.zone.as_str());
    let in_zone = world.nat_gateways.values().filter(|gateway| gateway.alive());
    let count = in_zone.filter(|gateway| zone(&gateway.subnet) == Some(&subnet.zone)).count();
    if world.quotas.allows(NAT_GATEWAYS_PER_ZONE, count + 1) {
        return Ok(());
    }
    let limit = world.quotas.get(NAT_GATEWAYS_PER_ZONE);
    Err(Refusal::new(
        "NatGatewayLimitExceeded",
        format!("Performing this operation would exceed the limit of {limit} NAT gateways"),
    ))
}

fn make(
    world: &mut World,
    subnet: &Subnet,
    address: &Address,
    private: Option<&str>,
    tags: Tags,
    token: Option<String>,
) -> Answer<String> {
    let private = world.choose_address(subnet, private)?;
    let id = world.new_id("nat");
    let interface = world.new_id("eni");
    let failure = world.doomed_gateway.take().or_else(|| {
        // AWS accepts these and fails them a little later.
        if address.association.is_some() {
            let message = format!("Elastic IP address [{}] is already associated", address.id);
            return Some(("Resource.AlreadyAssociated".to_owned(), message));
        }
        if !internet_gateways::attached(world, &subnet.vpc) {
            let message = format!("Network {} has no Internet gateway attached", subnet.vpc);
            return Some(("Gateway.NotAttached".to_owned(), message));
        }
        None
    });
    let association = failure.is_none().then(|| world.new_id("eipassoc"));
    if let Some(association) = &association {
        world.interfaces.insert(
            interface.clone(),
            Interface {
                id: interface.clone(),
                vpc: subnet.vpc.clone(),
                subnet: subnet.id.clone(),
                address: private,
                groups: Vec::new(),
                owner: Owner::NatGateway(id.clone()),
                description: format!("Interface for NAT Gateway {id}"),
                tags: Tags::new(),
                created: world.clock,
            },
        );
        if let Some(address) = world.addresses.get_mut(&address.id) {
            address.association = Some(addresses::Association {
                id: association.clone(),
                interface: interface.clone(),
                private,
            });
        }
    }
    let outcome = if failure.is_some() { State::Failed } else { State::Available };
    let gateway = NatGateway {
        id: id.clone(),
        vpc: subnet.vpc.clone(),
        subnet: subnet.id.clone(),
        state: State::Pending,
        since: world.clock,
        tags,
        created: world.clock,
        deleted: None,
        failure,
        next: Some((world.clock + world.timing.nat_pending, outcome)),
        token,
        shown: Shown {
            allocation: address.id.clone(),
            public_ip: address.public_ip,
            association,
            interface,
            private,
        },
    };
    world.nat_gateways.insert(id.clone(), gateway);
    Ok(id)
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let id = world.find(&world.nat_gateways, &input.need("NatGatewayId")?)?.id.clone();
    begin_delete(world, &id);
    Ok(Xml::build(|xml| {
        xml.text("natGatewayId", id);
    }))
}

/// Starts the deletion of a gateway that exists. Its address stays, its routes stay.
pub(crate) fn begin_delete(world: &mut World, id: &str) {
    let (now, deleting) = (world.clock, world.timing.nat_deleting);
    let Some(gateway) = world.nat_gateways.get_mut(id) else {
        return;
    };
    match gateway.state {
        State::Pending | State::Available => {
            gateway.enter(State::Deleting, now);
            gateway.next = Some((now + deleting, State::Deleted));
        }
        // It holds nothing that would have to be taken down first.
        State::Failed => gateway.enter(State::Deleted, now),
        State::Deleting | State::Deleted => {}
    }
}

/// Lets every gateway that is due take its next state.
pub(crate) fn settle(world: &mut World) {
    let now = world.clock;
    let due = world.nat_gateways.values().filter(|gateway| gateway.due().is_some_and(|at| at <= now));
    for id in due.map(|gateway| gateway.id.clone()).collect::<Vec<_>>() {
        let Some(gateway) = world.nat_gateways.get_mut(&id) else {
            continue;
        };
        let Some((_, state)) = gateway.next else { continue };
        gateway.enter(state, now);
        if state == State::Deleted {
            let (allocation, interface) = (gateway.shown.allocation.clone(), gateway.shown.interface.clone());
            world.interfaces.remove(&interface);
            let locked_until = now + world.timing.address_lock_after_delete;
            if let Some(address) = world.addresses.get_mut(&allocation)
                && address.association.as_ref().is_some_and(|association| association.interface == interface)
            {
                address.association = None;
                address.locked_until = Some(locked_until);
            }
        }
    }
}
