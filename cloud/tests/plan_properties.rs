//! `plan` by itself, over generated worlds: whatever is there, carrying the plan out again and again
//! ends at what is desired, never touches what is foreign, never makes a second gateway or address, and
//! ends at nothing once the lease is over.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::backstop::schedule_name;
use doorman_cloud::ids::{ImageId, LeaseId, NatGatewayId, RouteTableId, SubnetId, VpcId};
use doorman_cloud::lease::{LeaseKind, ServiceSpec};
use doorman_cloud::observed::{
    Address, Backstop, Endpoint, EndpointState, GatewayState, Group, Instance, InstanceState, Lookup,
    NatGateway, Network, Observed, Occupant, Peer, Ping, Profile, Role, Route, RouteTable, RouteTarget, Rule,
    Schedule, Sight, Subnet, Vpc,
};
use doorman_cloud::plan::{Desired, Goal, Plan, Wait, is_complete, plan};
use doorman_cloud::step::{Change, Failure, FailureKind, Step};
use doorman_cloud::tags::Owner;
use doorman_config::{Market, Stack};
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().expect("a date")
}

fn owner(lease: &str) -> Owner {
    Owner {
        lease: LeaseId::from(lease),
        expires_at: Some(now() + TimeDelta::minutes(30)),
        opened_by: "7".to_owned(),
    }
}

fn goal(lease: &str) -> Goal {
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
    Observed {
        at: now(),
        network: network(stack),
        addresses: Vec::new(),
        gateways: Vec::new(),
        rules: Vec::new(),
        instances: Vec::new(),
        occupants: BTreeMap::new(),
        volumes: Vec::new(),
        endpoints: Vec::new(),
        role: None,
        profile: None,
        schedules: Vec::new(),
        backstop: Backstop::default(),
        unknown: BTreeMap::new(),
        agents: BTreeMap::new(),
    }
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
    fn worlds()(
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

/// AWS for one round: steps take effect, what is waited for comes to pass.
fn carry_out(world: &mut Observed, plan: &Plan, stack: &Stack, serial: &mut u32) {
    let mut next = |prefix: &str| {
        *serial += 1;
        format!("{prefix}-new{serial}")
    };
    for step in &plan.steps {
        let change = match step.clone() {
            Step::AllocateAddress { owner } => Change::Address(Address {
                id: next("eipalloc").into(),
                public_ip: String::new(),
                associated: false,
                owner,
            }),
            Step::ReleaseAddress { id } => {
                assert!(
                    !world.gateways.iter().any(|g| g.state.is_alive() && g.allocation.as_ref() == Some(&id)),
                    "an address is not released while its gateway lives"
                );
                Change::AddressGone(id)
            }
            Step::CreateNatGateway { owner, subnet, allocation, .. } => Change::Gateway(NatGateway {
                id: next("nat").into(),
                state: GatewayState::Pending,
                failure_code: None,
                created_at: now(),
                allocation: Some(allocation),
                public_ip: None,
                subnet,
                owner,
            }),
            Step::DeleteNatGateway { id } => Change::GatewayDeleting(id),
            Step::CreateRoute { gateway, .. } => {
                let table = world.network.route_table.found().expect("a table");
                assert!(table.default_route.is_none(), "CreateRoute over an existing route");
                Change::routed_to(gateway)
            }
            Step::ReplaceRoute { gateway, .. } => Change::routed_to(gateway),
            Step::DeleteRoute { .. } => Change::DefaultRoute(None),
            Step::AuthorizeRule { owner, egress, port, peer, .. } => Change::Rule(Rule {
                id: next("sgr").into(),
                egress,
                protocol: "tcp".to_owned(),
                ports: Some((port, port)),
                peer,
                owner: Some(owner),
            }),
            Step::RevokeRule { id, .. } => Change::RuleGone(id),
            Step::CreateRole { owner } => Change::Role(Some(Role { has_policy: false, owner: Some(owner) })),
            Step::AttachRolePolicy => {
                Change::Role(world.role.clone().map(|role| Role { has_policy: true, ..role }))
            }
            Step::DetachRolePolicy => {
                Change::Role(world.role.clone().map(|role| Role { has_policy: false, ..role }))
            }
            Step::CreateInstanceProfile { owner } => {
                Change::Profile(Some(Profile { has_role: false, owner: Some(owner) }))
            }
            Step::AddRoleToInstanceProfile => {
                Change::Profile(world.profile.clone().map(|p| Profile { has_role: true, ..p }))
            }
            Step::RemoveRoleFromInstanceProfile => {
                Change::Profile(world.profile.clone().map(|p| Profile { has_role: false, ..p }))
            }
            Step::DeleteInstanceProfile => Change::Profile(None),
            Step::DeleteRole => {
                assert!(world.profile.as_ref().is_none_or(|p| !p.has_role), "DeleteConflict");
                Change::Role(None)
            }
            Step::CreateEndpoint { owner, service, subnets, .. } => {
                assert!(
                    !world
                        .endpoints
                        .iter()
                        .any(|e| e.service == service && e.private_dns && e.state != EndpointState::Failed),
                    "private-dns conflict"
                );
                Change::Endpoint(Endpoint {
                    id: next("vpce").into(),
                    service,
                    state: EndpointState::Pending,
                    private_dns: true,
                    subnets,
                    created_at: now(),
                    owner: Some(owner),
                })
            }
            Step::DeleteEndpoint { id } => Change::EndpointDeleting(id),
            Step::RunInstance { owner, name, subnet, private_ip, spec, .. } => {
                assert!(!world.occupants.contains_key(&private_ip), "InvalidIPAddress.InUse");
                let id = next("i");
                world.occupants.insert(private_ip, Occupant { id: id.clone() });
                Change::Instance(Instance {
                    id: id.into(),
                    name,
                    state: InstanceState::Pending,
                    instance_type: spec.instance_type,
                    image: spec.image,
                    spot: false,
                    private_ip: Some(private_ip),
                    subnet,
                    launched_at: now(),
                    profile: Some(stack.shell.role.clone()),
                    owner,
                })
            }
            Step::StartInstance { id } => {
                with_instance(world, id.as_str(), |i| i.state = InstanceState::Pending)
            }
            Step::RebootInstance { id } => Change::Rebooted(id),
            Step::AssociateProfile { id } => {
                with_instance(world, id.as_str(), |i| i.profile = Some("profile".to_owned()))
            }
            Step::TerminateInstance { id } => Change::InstanceTerminating(id),
            Step::DeleteVolume { id } => Change::VolumeGone(id),
            Step::CreateRunbook => Change::Runbook,
            Step::CreateSchedule { schedule, .. } => Change::Schedule(schedule),
            Step::DeleteSchedule { name } => Change::ScheduleGone(name),
            Step::Retag { ids, owner } => Change::Retagged { ids, expires_at: owner.expires_at },
        };
        world.fold(change);
    }
    for wait in &plan.waits {
        come_to_pass(world, wait);
    }
}

fn with_instance(world: &Observed, id: &str, change: impl FnOnce(&mut Instance)) -> Change {
    let mut instance = world.instances.iter().find(|i| i.id.as_str() == id).expect("there").clone();
    change(&mut instance);
    Change::Instance(instance)
}

fn come_to_pass(world: &mut Observed, wait: &Wait) {
    match wait {
        Wait::GatewayAvailable(id) => {
            world.gateways.iter_mut().filter(|g| g.id == *id).for_each(|g| g.state = GatewayState::Available);
        }
        Wait::GatewayDeleted(id) => {
            world.gateways.iter_mut().filter(|g| g.id == *id).for_each(|g| g.state = GatewayState::Deleted);
            if let Lookup::Found(RouteTable { default_route: Some(route), .. }) =
                &mut world.network.route_table
            {
                route.blackhole |= route.target == RouteTarget::NatGateway(id.clone());
            }
        }
        Wait::EndpointAvailable(service) => {
            let pending = world
                .endpoints
                .iter_mut()
                .filter(|e| e.service == *service && e.state == EndpointState::Pending);
            pending.for_each(|e| e.state = EndpointState::Available);
        }
        Wait::EndpointDeleted(service) => {
            world.endpoints.retain(|e| e.service != *service || e.state != EndpointState::Deleting);
        }
        Wait::InstanceRunning(name) => set_state(world, name, InstanceState::Pending, InstanceState::Running),
        Wait::InstanceStopped(name) => {
            set_state(world, name, InstanceState::Stopping, InstanceState::Stopped)
        }
        Wait::InstanceTerminated(name) => {
            let gone = |i: &Instance| i.name == *name && i.state == InstanceState::ShuttingDown;
            let addresses: Vec<_> =
                world.instances.iter().filter(|i| gone(i)).filter_map(|i| i.private_ip).collect();
            world.instances.retain(|i| !gone(i));
            addresses.iter().for_each(|address| {
                world.occupants.remove(address);
            });
        }
        Wait::AgentOnline(name) => {
            let ids: Vec<_> =
                world.instances.iter().filter(|i| i.name == *name).map(|i| i.id.clone()).collect();
            world.agents.extend(ids.into_iter().map(|id| (id, Ping::Online)));
        }
        Wait::AddressFree(_) | Wait::BackstopArmed | Wait::Seen(_) => {}
    }
}

fn set_state(world: &mut Observed, name: &str, from: InstanceState, to: InstanceState) {
    world.instances.iter_mut().filter(|i| i.name == name && i.state == from).for_each(|i| i.state = to);
}

/// What is not ours, to be compared before and after.
fn foreign(world: &Observed) -> impl PartialEq + std::fmt::Debug + use<> {
    let rules: Vec<_> = world.rules.iter().filter(|r| r.owner.is_none()).cloned().collect();
    let endpoints: Vec<_> = world
        .endpoints
        .iter()
        .filter(|e| e.owner.is_none() && e.state != EndpointState::Deleting)
        .map(|e| e.id.clone())
        .collect();
    let ours: Vec<_> = world.gateways.iter().map(|g| g.id.clone()).collect();
    let route =
        world.network.route_table.found().and_then(|t| t.default_route.clone()).map(|route| route.target);
    let route = route.filter(|target| !matches!(target, RouteTarget::NatGateway(id) if ours.contains(id)));
    let role = world.role.clone().filter(|role| role.owner.is_none());
    let profile = world.profile.clone().filter(|profile| profile.owner.is_none());
    (rules, endpoints, route, role, profile)
}

fn ours(world: &Observed) -> Vec<String> {
    let gateways = world.gateways.iter().filter(|g| g.state.is_alive()).map(|g| g.id.to_string());
    let addresses = world.addresses.iter().map(|a| a.id.to_string());
    let rules = world.rules.iter().filter(|r| r.owner.is_some()).map(|r| r.id.to_string());
    let instances = world.instances.iter().map(|i| i.id.to_string());
    let endpoints = world.endpoints.iter().filter(|e| e.owner.is_some()).map(|e| e.id.to_string());
    let role = world.role.iter().filter(|r| r.owner.is_some()).map(|_| "role".to_owned());
    let profile = world.profile.iter().filter(|p| p.owner.is_some()).map(|_| "profile".to_owned());
    gateways
        .chain(addresses)
        .chain(rules)
        .chain(instances)
        .chain(endpoints)
        .chain(role)
        .chain(profile)
        .collect()
}

const SIGHTS: [Sight; 11] = [
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
fn hide(world: &mut Observed, sight: Sight) {
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

/// Plans and carries out until nothing is left to do; returns the last plan.
fn converge(desired: &Desired, world: &mut Observed) -> Plan {
    let (stack, mut serial) = (Stack::default(), 0);
    let before = foreign(world);
    let mut created = (0, 0);
    for _ in 0..40 {
        let plan = plan(desired, world, &stack, now());
        for step in &plan.steps {
            created.0 += usize::from(matches!(step, Step::CreateNatGateway { .. }));
            created.1 += usize::from(matches!(step, Step::AllocateAddress { .. }));
        }
        assert!(created.0 <= 1 && created.1 <= 1, "a second gateway or address was planned: {plan:#?}");
        carry_out(world, &plan, &stack, &mut serial);
        assert_eq!(foreign(world), before, "something foreign was touched by {plan:#?}");
        if plan.is_settled() {
            return plan;
        }
    }
    panic!("does not converge: {:#?}\n{world:#?}", plan(desired, world, &stack, now()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_nobody_wants_ends_at_nothing(mut world in worlds()) {
        let plan = converge(&Desired::default(), &mut world);
        prop_assert_eq!(ours(&world), Vec::<String>::new());
        prop_assert_eq!(&world.schedules, &Vec::new());
        prop_assert!(plan.drift.is_empty() && plan.troubles.is_empty());
    }

    #[test]
    fn a_window_is_built_or_the_obstacle_named(mut world in worlds()) {
        let desired = Desired { window: Some(goal("wanted")), ..Desired::default() };
        let plan = converge(&desired, &mut world);
        let complete = is_complete(LeaseKind::NatWindow, &desired, &world, &Stack::default(), now());
        prop_assert_eq!(complete, plan.troubles.is_empty(), "{:#?}", plan);
        let alive = world.gateways.iter().filter(|g| g.state.is_alive()).count();
        prop_assert!(alive <= 1 && world.addresses.len() <= 1, "{:#?}", world);
        if plan.troubles.is_empty() {
            let armed: Vec<_> = world.schedules.iter().map(|schedule| schedule.lease_ends_at).collect();
            let end = now() + TimeDelta::minutes(30);
            let expected = if world.backstop.role_arn.is_some() { vec![end] } else { Vec::new() };
            prop_assert!(armed == expected || world.backstop.role_arn.is_none(), "{:?}", armed);
        }
    }

    /// If doorman died at any instant of opening, AWS would close what is there.
    #[test]
    fn nothing_of_a_window_is_made_before_its_backstop(mut world in worlds()) {
        let desired = Desired { window: Some(goal("wanted")), ..Desired::default() };
        world.backstop.role_arn = Some("arn".to_owned());
        let (stack, mut serial) = (Stack::default(), 0);
        for _ in 0..40 {
            let plan = plan(&desired, &world, &stack, now());
            let builds = plan.steps.iter().any(|step| step.kind().is_some());
            let armed = world.schedules.iter().any(|schedule| schedule.lease.as_str() == "wanted");
            prop_assert!(armed || !builds, "{:#?}", plan);
            carry_out(&mut world, &plan, &stack, &mut serial);
        }
    }

    /// Whatever cannot be seen, what can be is taken down, and nothing is built or called missing.
    #[test]
    fn what_cannot_be_seen_hides_nothing_else(mut world in worlds(), hidden in prop::sample::select(SIGHTS.to_vec()), wanted in any::<bool>()) {
        hide(&mut world, hidden);
        let window = wanted.then(|| goal("wanted"));
        let service = wanted.then(|| goal("wanted"));
        let desired = Desired { window, service, ..Desired::default() };
        let plan = plan(&desired, &world, &Stack::default(), now());
        for kind in [LeaseKind::NatWindow, LeaseKind::Service] {
            if Sight::needed_by(kind).contains(&hidden) {
                prop_assert!(plan.steps.iter().all(|step| step.kind() != Some(kind)), "{:#?}", plan);
                prop_assert!(plan.drift.iter().all(|(of, _)| *of != kind), "{:#?}", plan);
                prop_assert!(plan.troubles.iter().all(|(of, _)| *of != kind), "{:#?}", plan);
                prop_assert!(!is_complete(kind, &desired, &world, &Stack::default(), now()));
            }
        }
        if !wanted {
            for gateway in world.gateways.iter().filter(|g| matches!(g.state, GatewayState::Pending | GatewayState::Available)) {
                let delete = Step::DeleteNatGateway { id: gateway.id.clone() };
                prop_assert!(plan.steps.contains(&delete), "{:#?}", plan);
            }
        }
    }

    #[test]
    fn a_pair_is_built_or_the_obstacle_named(mut world in worlds()) {
        let desired = Desired { service: Some(goal("wanted")), ..Desired::default() };
        let plan = converge(&desired, &mut world);
        let complete = is_complete(LeaseKind::Service, &desired, &world, &Stack::default(), now());
        prop_assert_eq!(complete, plan.troubles.is_empty(), "{:#?}", plan);
    }

    #[test]
    fn a_ready_lease_is_never_rebuilt_unasked(mut world in worlds()) {
        let ready = |lease| Some(Goal { build: false, ..goal(lease) });
        let desired = Desired { window: ready("wanted"), service: ready("wanted"), ..Desired::default() };
        let before: Vec<String> = ours(&world);
        converge(&desired, &mut world);
        let new: Vec<String> = ours(&world).into_iter().filter(|id| !before.contains(id)).collect();
        prop_assert_eq!(new, Vec::<String>::new());
    }
}
