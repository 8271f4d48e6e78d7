//! Worlds to plan in: the reference network with anything in it.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::backstop::schedule_name;
use doorman_cloud::ids::{ImageId, LeaseId, NatGatewayId, RouteTableId, SubnetId, VpcId};
use doorman_cloud::lease::ServiceSpec;
use doorman_cloud::observed::{
    Address, Backstop, Endpoint, EndpointState, GatewayState, Group, Instance, InstanceState, Lookup,
    NatGateway, Network, Observed, Occupant, Peer, Ping, Profile, Role, Route, RouteTable, RouteTarget, Rule,
    Schedule, Sight, Subnet, Vpc,
};
use doorman_cloud::plan::Goal;
use doorman_cloud::step::{Change, Failure, FailureKind};
use doorman_cloud::tags::Owner;
use doorman_config::{Market, Stack};
use proptest::prelude::*;

/// When it is planned.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().expect("a date")
}

fn owner(lease: &str) -> Owner {
    Owner {
        lease: LeaseId::from(lease),
        expires_at: Some(now() + TimeDelta::minutes(30)),
        opened_by: "7".to_owned(),
    }
}

/// A lease that is to be built.
pub(crate) fn goal(lease: &str) -> Goal {
    let spec = ServiceSpec {
        image: ImageId::from("ami-1"),
        image_name: "ubuntu-24.04".to_owned(),
        instance_type: "t3.micro".to_owned(),
        market: Market::OnDemand,
    };
    Goal { owner: owner(lease), build: true, building_since: now(), made: Vec::new(), service: Some(spec) }
}

/// The reference network, empty.
fn network(stack: &Stack) -> Network {
    let zone = |name: &str| {
        if name.ends_with('1') { "ap-northeast-2a" } else { "ap-northeast-2b" }
    };
    let slots = stack.service.instances.iter().map(|slot| slot.subnet.clone());
    let subnets = slots.chain([stack.nat.subnet.clone()]).map(|name| {
        let subnet =
            Subnet { id: SubnetId::from(name.as_str()), zone: zone(&name).to_owned(), cidr: String::new() };
        (name, Lookup::Found(subnet))
    });
    Network {
        vpc: Lookup::Found(Vpc { id: VpcId::from("vpc-1"), cidr: "10.20.0.0/16".to_owned() }),
        subnets: subnets.collect(),
        route_table: Lookup::Found(RouteTable { id: RouteTableId::from("rtb-1"), default_route: None }),
        group: Lookup::Found(Group { id: "sg-1".into() }),
    }
}

fn empty(stack: &Stack) -> Observed {
    Observed { network: network(stack), ..Observed::empty(now()) }
}

/// Which lease a generated thing belongs to: the one wanted, or one nobody wants any more.
fn a_lease() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("wanted"), Just("forgotten")]
}

fn gateways() -> impl Strategy<Value = Vec<(GatewayState, &'static str, bool)>> {
    let state = prop_oneof![
        Just(GatewayState::Pending),
        Just(GatewayState::Available),
        Just(GatewayState::Failed),
        Just(GatewayState::Deleting),
        Just(GatewayState::Deleted),
    ];
    prop::collection::vec((state, a_lease(), any::<bool>()), 0..4)
}

fn instance_state() -> impl Strategy<Value = InstanceState> {
    prop_oneof![
        Just(InstanceState::Pending),
        Just(InstanceState::Running),
        Just(InstanceState::ShuttingDown),
        Just(InstanceState::Stopping),
        Just(InstanceState::Stopped),
    ]
}

prop_compose! {
    /// Any world: half-made, doubled, left over, or made by hand.
    pub(crate) fn worlds()(
        gateways in gateways(),
        spare_addresses in prop::collection::vec(a_lease(), 0..3),
        route in 0..4_u8,
        blackhole in any::<bool>(),
        rules in prop::collection::vec((any::<bool>(), prop_oneof![Just(80_u16), Just(443)], prop::option::of(a_lease()), any::<bool>()), 0..4),
        instances in prop::collection::vec(prop::option::of((instance_state(), a_lease(), any::<bool>(), any::<bool>())), 2),
        endpoints in prop::collection::vec((0..3_usize, prop::option::of(a_lease()), 0..4_u8), 0..5),
        role in prop::option::of((any::<bool>(), prop::option::of(a_lease()))),
        profile in prop::option::of((any::<bool>(), prop::option::of(a_lease()))),
        backstop in prop::option::of(any::<bool>()),
        schedules in prop::collection::vec((a_lease(), 0..3_i64), 0..3),
    ) -> Observed {
        let stack = Stack::default();
        let mut world = empty(&stack);
        for (n, (state, lease, has_address)) in gateways.into_iter().enumerate() {
            let id = format!("eipalloc-g{n}");
            let allocation = (state.is_alive() || has_address).then(|| id.as_str().into());
            if allocation.is_some() {
                world.addresses.push(Address {
                    id: id.as_str().into(), public_ip: String::new(), associated: state.is_alive(), owner: owner(lease),
                });
            }
            world.gateways.push(NatGateway {
                id: format!("nat-{n}").into(), state, failure_code: (state == GatewayState::Failed).then(|| "InternalError".to_owned()),
                created_at: now() - TimeDelta::minutes(5), allocation, public_ip: None,
                subnet: "my-subnet-public01".into(), owner: owner(lease),
            });
        }
        for (n, lease) in spare_addresses.into_iter().enumerate() {
            world.addresses.push(Address {
                id: format!("eipalloc-s{n}").into(), public_ip: String::new(), associated: false, owner: owner(lease),
            });
        }
        let target = match route {
            0 => None,
            1 => world.gateways.first().map(|gateway| RouteTarget::NatGateway(gateway.id.clone())),
            2 => Some(RouteTarget::NatGateway(NatGatewayId::from("nat-foreign"))),
            _ => Some(RouteTarget::Other("igw-foreign".to_owned())),
        };
        if let Lookup::Found(table) = &mut world.network.route_table {
            table.default_route = target.map(|target| Route { target, blackhole });
        }
        for (n, (egress, port, lease, anywhere)) in rules.into_iter().enumerate() {
            let peer = if anywhere { Peer::Cidr("0.0.0.0/0".to_owned()) } else { Peer::Group("sg-1".into()) };
            world.rules.push(Rule {
                id: format!("sgr-{n}").into(), egress, protocol: "tcp".to_owned(), ports: Some((port, port)), peer, owner: lease.map(owner),
            });
        }
        for (slot, generated) in stack.service.instances.iter().zip(instances) {
            let Some((state, lease, profile, online)) = generated else { continue };
            let id = format!("i-{}", slot.name);
            world.occupants.insert(slot.private_ip, Occupant { id: id.clone() });
            if online && state == InstanceState::Running {
                world.agents.insert(id.as_str().into(), Ping::Online);
            }
            world.instances.push(Instance {
                id: id.as_str().into(), name: slot.name.clone(), state, instance_type: "t3.micro".to_owned(), image: "ami-1".into(),
                spot: false, private_ip: Some(slot.private_ip), subnet: slot.subnet.as_str().into(),
                launched_at: now() - TimeDelta::minutes(3), profile: profile.then(|| "MySSMRoleForServiceInstance".to_owned()), owner: owner(lease),
            });
        }
        for (n, (service, lease, state)) in endpoints.into_iter().enumerate() {
            let service = stack.shell.endpoints[service].service.clone();
            // Two with private DNS for one service cannot exist.
            let private_dns = !world.endpoints.iter().any(|e: &Endpoint| e.service == service);
            let state = [EndpointState::Pending, EndpointState::Available, EndpointState::Deleting, EndpointState::Failed][usize::from(state)];
            world.endpoints.push(Endpoint {
                id: format!("vpce-{n}").into(), service, state, private_dns, subnets: Vec::new(), created_at: now(), owner: lease.map(owner),
            });
        }
        world.role = role.map(|(has_policy, lease)| Role { has_policy, owner: lease.map(owner) });
        world.profile = profile.map(|(has_role, lease)| {
            // A role of ours in a profile of somebody else's stays: it is reported, and not ours to untangle.
            let ours = world.role.as_ref().is_some_and(|role| role.owner.is_some());
            Profile { has_role: has_role && world.role.is_some() && !(ours && lease.is_none()), owner: lease.map(owner) }
        });
        world.backstop = Backstop { role_arn: backstop.map(|_| "arn".to_owned()), runbook: backstop == Some(true) };
        for (lease, earlier) in schedules {
            let lease_ends_at = now() + TimeDelta::minutes(30 - 10 * earlier);
            let name = schedule_name(&stack.name, &lease.into(), lease_ends_at);
            world.fold(Change::Schedule(Schedule { name, lease: lease.into(), lease_ends_at }));
        }
        world
    }
}

/// Parts of a look that may fail.
pub(crate) const SIGHTS: [Sight; 11] = [
    Sight::Network,
    Sight::Routes,
    Sight::Rules,
    Sight::Addresses,
    Sight::Gateways,
    Sight::Instances,
    Sight::Occupants,
    Sight::Volumes,
    Sight::Endpoints,
    Sight::Roles,
    Sight::Schedules,
];

/// The world as it looks when a part of the look fails.
pub(crate) fn hide(world: &mut Observed, sight: Sight) {
    let nothing = empty(&Stack::default());
    match sight {
        Sight::Network => {
            world.network.vpc = Lookup::Missing;
            world.network.subnets.values_mut().for_each(|subnet| *subnet = Lookup::Missing);
        }
        Sight::Routes => world.network.route_table = Lookup::Missing,
        Sight::Rules => {
            world.network.group = Lookup::Missing;
            world.rules = nothing.rules;
        }
        Sight::Addresses => world.addresses = nothing.addresses,
        Sight::Gateways => world.gateways = nothing.gateways,
        Sight::Instances => world.instances = nothing.instances,
        Sight::Occupants => world.occupants = nothing.occupants,
        Sight::Volumes => world.volumes = nothing.volumes,
        Sight::Endpoints => world.endpoints = nothing.endpoints,
        Sight::Roles => (world.role, world.profile) = (None, None),
        Sight::Agents => world.agents = nothing.agents,
        Sight::Schedules => world.schedules = nothing.schedules,
        Sight::Backstop => world.backstop = nothing.backstop,
    }
    let (code, message) = ("AccessDenied".to_owned(), String::new());
    let failure = Failure { operation: "Describe", kind: FailureKind::AccessDenied, code, message };
    world.unknown.insert(sight, failure);
}
