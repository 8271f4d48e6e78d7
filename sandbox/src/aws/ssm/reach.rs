//! Whether an instance can reach Systems Manager: role, name resolution, endpoints, rules, routes.

use crate::aws::cidr::Cidr;
use crate::aws::ec2::instances::Instance;
use crate::aws::ec2::network_interfaces::Interface;
use crate::aws::ec2::routes::Target;
use crate::aws::ec2::security_group_rules::{Direction, Peer};
use crate::aws::ec2::vpc_endpoints::{Endpoint, Kind, State};
use crate::aws::ec2::{nat_gateways, profile_associations, route_tables};
use crate::aws::iam::authority;
use crate::aws::iam::roles::{Role, SSM_CORE};
use crate::aws::world::World;

const HTTPS: i32 = 443;

/// The services an agent talks to.
const SERVICES: [&str; 2] = ["ssm", "ssmmessages"];

/// What an agent must be allowed to register and to hold a session.
const NEEDED: [&str; 3] =
    ["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:OpenDataChannel"];

/// The one that agents before 3.3.40.0 need as well.
const OLD_AGENT_SERVICE: &str = "ec2messages";

/// Whether the instance's agent would be let in now.
pub(super) fn systems_manager(world: &World, instance: &Instance) -> bool {
    let old = world.old_agents.then_some(OLD_AGENT_SERVICE);
    may(world, instance) && SERVICES.into_iter().chain(old).all(|service| reaches(world, instance, service))
}

/// Whether its role allows it.
fn may(world: &World, instance: &Instance) -> bool {
    let association = profile_associations::of(world, &instance.id);
    let profile = association.and_then(|association| world.profiles.get(&association.profile));
    let role = profile.and_then(|profile| world.roles.get(&profile.role.as_ref()?.role));
    let within = |role: &Role| NEEDED.iter().all(|action| authority::is_within_boundary(world, role, action));
    role.is_some_and(|role| role.policies.contains(SSM_CORE) && within(role))
}

/// Whether its packets get to a service and back.
fn reaches(world: &World, instance: &Instance, service: &str) -> bool {
    // With private DNS the service's name leads to the endpoint, even where the internet would be open.
    match private_endpoint(world, instance, service) {
        Some(endpoint) => endpoint.state == State::Available && connects(world, instance, endpoint),
        None => reaches_internet(world, instance),
    }
}

fn private_endpoint<'w>(world: &'w World, instance: &Instance, service: &str) -> Option<&'w Endpoint> {
    let vpc = world.vpcs.get(&instance.vpc)?;
    let resolves = vpc.dns_support && vpc.dns_hostnames;
    world.endpoints.values().find(|endpoint| {
        resolves
            && endpoint.vpc == instance.vpc
            && endpoint.kind == Kind::Interface
            && endpoint.private_dns
            && endpoint.short_service() == service
            // A name is served from when the endpoint is available until it is gone.
            && matches!(endpoint.state, State::Available | State::Deleting)
    })
}

fn connects(world: &World, instance: &Instance, endpoint: &Endpoint) -> bool {
    let interfaces = endpoint.interfaces.iter().filter_map(|id| world.interfaces.get(id));
    interfaces.into_iter().any(|interface| {
        allows(world, &instance.groups, Direction::Egress, |peer| is(peer, interface))
            && allows(world, &interface.groups, Direction::Ingress, |peer| match peer {
                Peer::Cidr(cidr) => cidr.contains(instance.private),
                Peer::Group(id) => instance.groups.contains(id),
            })
    })
}

fn is(peer: &Peer, interface: &Interface) -> bool {
    match peer {
        Peer::Cidr(cidr) => cidr.contains(interface.address),
        Peer::Group(id) => interface.groups.contains(id),
    }
}

fn allows(world: &World, groups: &[String], direction: Direction, peer: impl Fn(&Peer) -> bool) -> bool {
    world.rules.values().any(|rule| {
        groups.contains(&rule.group)
            && rule.direction == direction
            && rule.traffic.allows_tcp(HTTPS)
            && peer(&rule.peer)
    })
}

/// Whether there is a way out: a rule, a default route to a working NAT gateway, and from there to the internet.
fn reaches_internet(world: &World, instance: &Instance) -> bool {
    let anywhere = |peer: &Peer| *peer == Peer::Cidr(Cidr::ANYWHERE);
    if !allows(world, &instance.groups, Direction::Egress, anywhere) {
        return false;
    }
    match default_route(world, &instance.subnet) {
        // An internet gateway translates public addresses only, and instances have none here.
        Some(Target::NatGateway(id)) => world.nat_gateways.get(id).is_some_and(|gateway| {
            gateway.state == nat_gateways::State::Available
                && matches!(default_route(world, &gateway.subnet), Some(Target::InternetGateway(_)))
        }),
        Some(Target::InternetGateway(_) | Target::Local) | None => false,
    }
}

fn default_route<'w>(world: &'w World, subnet: &str) -> Option<&'w Target> {
    let table = route_tables::of_subnet(world, subnet)?;
    let route = table.routes.iter().find(|route| route.destination == Cidr::ANYWHERE)?;
    (route.state(world) == "active").then_some(&route.target)
}
