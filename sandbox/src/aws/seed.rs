//! What an account starts with.

use super::cidr::Cidr;
use super::ec2::security_group_rules::{Direction, Peer, Traffic};
use super::ec2::{
    internet_gateways, route_tables, routes, security_group_rules, security_groups, subnets, vpcs,
};
use super::tags::Tags;
use super::world::World;

/// The port that the services of the reference stack listen on.
const SERVICE_PORT: i32 = 8888;

/// The port of MySQL.
const DATABASE_PORT: i32 = 3306;

fn named(name: &str) -> Tags {
    Tags::from([("Name".to_owned(), name.to_owned())])
}

fn block(text: &str) -> Cidr {
    text.parse().unwrap_or(Cidr::ANYWHERE)
}

/// Builds the network of the reference stack, as its author leaves it before launching anything.
pub(crate) fn reference_network(world: &mut World) {
    let vpc = vpcs::make(world, block("10.20.0.0/16"), named("My-VPC"));
    if let Some(vpc) = world.vpcs.get_mut(&vpc) {
        vpc.dns_hostnames = true;
    }
    let gateway = internet_gateways::make(world, Some(vpc.clone()), named("my-igw"));
    let public = route_tables::make(world, &vpc, false, named("my-route-public"));
    let private = route_tables::make(world, &vpc, false, named("my-route-private"));
    for (name, letter, cidr, table) in [
        ("my-subnet-public01", 'a', "10.20.110.0/24", &public),
        ("my-subnet-public02", 'b', "10.20.120.0/24", &public),
        ("my-subnet-private01", 'a', "10.20.10.0/24", &private),
        ("my-subnet-private02", 'b', "10.20.20.0/24", &private),
        ("my-subnet-private03", 'a', "10.20.30.0/24", &private),
        ("my-subnet-private04", 'b', "10.20.40.0/24", &private),
    ] {
        let zone = format!("{}{letter}", world.region);
        let subnet = subnets::make(world, &vpc, block(cidr), zone, named(name));
        route_tables::attach(world, table, &subnet);
    }
    if let Some(table) = world.route_tables.get_mut(&public) {
        let (target, created) = (routes::Target::InternetGateway(gateway), world.clock);
        table.routes.push(routes::Route { destination: Cidr::ANYWHERE, target, created });
    }

    let mut group = |name: &str| {
        let id = security_groups::make(world, &vpc, name, name, named(name));
        // The author takes the rule that lets everything out away from each of them.
        world.rules.retain(|_, rule| rule.group != id);
        id
    };
    let (public, service, database) =
        (group("my-SG-public"), group("my-SG-private-service"), group("my-SG-private-db"));
    let anywhere = || Peer::Cidr(Cidr::ANYWHERE);
    for (group, direction, port, peer) in [
        (&public, Direction::Ingress, 443, anywhere()),
        (&public, Direction::Ingress, 80, anywhere()),
        (&public, Direction::Egress, SERVICE_PORT, Peer::Group(service.clone())),
        (&service, Direction::Ingress, SERVICE_PORT, Peer::Group(public.clone())),
        (&service, Direction::Egress, DATABASE_PORT, Peer::Group(database.clone())),
        (&database, Direction::Ingress, DATABASE_PORT, Peer::Group(service.clone())),
    ] {
        security_group_rules::make(world, group, direction, Traffic::tcp(port), peer, None, Tags::new());
    }
}
