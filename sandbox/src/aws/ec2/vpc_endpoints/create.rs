//! Creating an endpoint, and what AWS refuses there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Endpoint, Kind, State, domain};
use crate::aws::ec2::network_interfaces::{Interface, Owner};
use crate::aws::ec2::vpcs::Vpc;
use crate::aws::input::Input;
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::Described;
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(super) const CREATE: &str = "CreateVpcEndpoint";

/// The services that have interface endpoints here.
const INTERFACE_SERVICES: [&str; 9] =
    ["ssm", "ssmmessages", "ec2messages", "ec2", "sts", "kms", "logs", "monitoring", "secretsmanager"];

/// The services that have gateway endpoints.
const GATEWAY_SERVICES: [&str; 2] = ["s3", "dynamodb"];

/// What an endpoint allows when no policy is given.
const FULL_ACCESS: &str = r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}"#;

struct Asked {
    vpc: Vpc,
    service: String,
    short_service: String,
    kind: Kind,
    subnets: Vec<String>,
    groups: Vec<String>,
    /// The addresses that were asked for, by subnet.
    addresses: BTreeMap<String, String>,
    route_tables: Vec<String>,
    private_dns: bool,
    policy: String,
    tags: Tags,
}

pub(super) fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let token = input.text("ClientToken");
    let asked = read(world, input);
    let id = match world.replay(CREATE, input)? {
        Some(made) => made.concat(),
        None => {
            let asked = asked?;
            check(world, &asked)?;
            let id = make(world, asked, token)?;
            world.remember(CREATE, input, vec![id.clone()]);
            id
        }
    };
    let endpoint = &world.endpoints[&id];
    Ok(Xml::build(|xml| {
        xml.node("vpcEndpoint", |xml| endpoint.write(world, xml))
            .maybe("clientToken", endpoint.token.as_ref());
    }))
}

fn read(world: &World, input: &Input<'_>) -> Answer<Asked> {
    let kind = match input.text("VpcEndpointType").as_deref() {
        None | Some("Gateway") => Kind::Gateway,
        Some("Interface") => Kind::Interface,
        Some(other) => {
            return Err(Refusal::invalid_value(format!("The sandbox has no endpoints of type {other}.")));
        }
    };
    for (parameter, only) in [("IpAddressType", "ipv4"), ("DnsOptions.DnsRecordIpType", "ipv4")] {
        if input.text(parameter).is_some_and(|value| value != only) {
            return Err(Refusal::new(
                "UnsupportedOperation",
                format!("The sandbox has {parameter} {only} only."),
            ));
        }
    }
    let mut subnets = input.list("SubnetId");
    let mut addresses = BTreeMap::new();
    for place in input.items("SubnetConfiguration") {
        let subnet = place.need("SubnetId")?;
        addresses.extend(place.text("Ipv4").map(|address| (subnet.clone(), address)));
        if !subnets.contains(&subnet) {
            subnets.push(subnet);
        }
    }
    let groups = input.list("SecurityGroupId");
    let route_tables = input.list("RouteTableId");
    let private_dns = input.flag("PrivateDnsEnabled")?;
    let policy = input.text("PolicyDocument").unwrap_or_else(|| FULL_ACCESS.to_owned());
    let tags = tags::on_create(input, &["vpc-endpoint"], "vpc-endpoint")?;
    let service = input.need("ServiceName")?;
    let vpc = world.find(&world.vpcs, &input.need("VpcId")?)?.clone();

    let short = service.strip_prefix("com.amazonaws.").and_then(|rest| rest.strip_prefix(&world.region));
    let short = short.and_then(|rest| rest.strip_prefix('.')).unwrap_or_default().to_owned();
    let offered = match kind {
        Kind::Interface => INTERFACE_SERVICES.contains(&short.as_str()),
        Kind::Gateway => GATEWAY_SERVICES.contains(&short.as_str()),
    };
    if !offered {
        let known = INTERFACE_SERVICES.iter().chain(&GATEWAY_SERVICES).any(|known| *known == short);
        if known {
            return Err(Refusal::new(
                "InvalidParameter",
                format!(
                    "Endpoint type ({kind:?}) does not match available service types ([Interface, Gateway])."
                ),
            ));
        }
        return Err(Refusal::new(
            "InvalidServiceName",
            format!("The Vpc Endpoint Service '{service}' does not exist"),
        ));
    }
    if serde_json::from_str::<serde_json::Value>(&policy).is_err() {
        return Err(Refusal::new("MalformedPolicyDocument", "This policy contains invalid Json"));
    }
    Ok(Asked {
        vpc,
        service,
        short_service: short,
        kind,
        subnets,
        groups,
        addresses,
        route_tables,
        // For interface endpoints AWS switches it on unless told otherwise.
        private_dns: private_dns.unwrap_or(kind == Kind::Interface),
        policy,
        tags,
    })
}

fn check(world: &World, asked: &Asked) -> Answer<()> {
    if asked.kind == Kind::Gateway {
        if !asked.subnets.is_empty() || !asked.groups.is_empty() || asked.private_dns {
            return Err(Refusal::new(
                "InvalidParameter",
                "Subnets, security groups and private DNS are not supported for Gateway endpoints.",
            ));
        }
        for id in &asked.route_tables {
            world.find(&world.route_tables, id)?;
        }
        return Ok(());
    }
    if !asked.route_tables.is_empty() {
        return Err(Refusal::new(
            "InvalidParameter",
            "Route table IDs are not supported for Interface endpoints.",
        ));
    }
    check_subnets(world, asked)?;
    for id in &asked.groups {
        if world.find(&world.groups, id)?.vpc != asked.vpc.id {
            return Err(Refusal::new(
                "InvalidParameter",
                format!("Security group {id} does not belong to VPC {}", asked.vpc.id),
            ));
        }
    }
    if asked.private_dns { check_private_dns(world, asked) } else { Ok(()) }
}

fn check_subnets(world: &World, asked: &Asked) -> Answer<()> {
    let mut zones = BTreeSet::new();
    for id in &asked.subnets {
        let subnet = world.find(&world.subnets, id)?;
        if subnet.vpc != asked.vpc.id {
            return Err(Refusal::new(
                "InvalidParameter",
                format!("Subnet {id} does not belong to VPC {}", asked.vpc.id),
            ));
        }
        if !zones.insert(&subnet.zone) {
            return Err(Refusal::new(
                "DuplicateSubnetsInSameZone",
                format!("Found another VPC endpoint subnet in the availability zone of {id}"),
            ));
        }
    }
    Ok(())
}

fn check_private_dns(world: &World, asked: &Asked) -> Answer<()> {
    if !asked.vpc.dns_support || !asked.vpc.dns_hostnames {
        return Err(Refusal::new(
            "InvalidParameter",
            format!(
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {}",
                asked.vpc.id
            ),
        ));
    }
    // An endpoint that is being deleted holds its name to the end.
    let conflict = world.endpoints.values().any(|other| {
        other.vpc == asked.vpc.id
            && other.private_dns
            && other.service == asked.service
            && other.state != State::Deleted
    });
    if conflict {
        return Err(Refusal::new(
            "InvalidParameter",
            format!(
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {} in the VPC {}",
                domain(world, &asked.short_service),
                asked.vpc.id
            ),
        ));
    }
    Ok(())
}

fn make(world: &mut World, asked: Asked, token: Option<String>) -> Answer<String> {
    let id = world.new_id("vpce");
    let mut groups = asked.groups;
    if asked.kind == Kind::Interface && groups.is_empty() {
        let default =
            world.groups.values().find(|group| group.vpc == asked.vpc.id && group.name == "default");
        groups.extend(default.map(|group| group.id.clone()));
    }
    let mut interfaces = Vec::new();
    for subnet in &asked.subnets {
        let subnet = world.find(&world.subnets, subnet)?.clone();
        let interface = Interface {
            id: world.new_id("eni"),
            address: world.choose_address(&subnet, asked.addresses.get(&subnet.id).map(String::as_str))?,
            vpc: subnet.vpc,
            subnet: subnet.id,
            groups: groups.clone(),
            owner: Owner::Endpoint(id.clone()),
            description: format!("VPC Endpoint Interface {id}"),
            tags: Tags::new(),
            created: world.clock,
        };
        interfaces.push(interface.id.clone());
        world.interfaces.insert(interface.id.clone(), interface);
    }
    // A gateway endpoint is only an entry in route tables, and there at once.
    let (state, next) = match asked.kind {
        Kind::Interface => {
            (State::Pending, Some((world.clock + world.timing.endpoint_pending, State::Available)))
        }
        Kind::Gateway => (State::Available, None),
    };
    let endpoint = Endpoint {
        id: id.clone(),
        vpc: asked.vpc.id,
        service: asked.service,
        kind: asked.kind,
        subnets: asked.subnets,
        groups,
        route_tables: asked.route_tables,
        interfaces,
        private_dns: asked.private_dns,
        policy: asked.policy,
        state,
        since: world.clock,
        token,
        tags: asked.tags,
        created: world.clock,
        next,
    };
    world.endpoints.insert(id.clone(), endpoint);
    Ok(id)
}
