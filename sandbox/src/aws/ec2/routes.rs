//! Routes. They have no id and no tags: the table and the destination are all there is.

use chrono::{DateTime, Utc};

use super::nat_gateways::State;
use crate::aws::cidr::Cidr;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, done};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] =
    &[change("CreateRoute", create), change("ReplaceRoute", replace), change("DeleteRoute", delete)];

const MAX_ROUTES: usize = 50;

#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) destination: Cidr,
    pub(crate) target: Target,
    pub(crate) created: DateTime<Utc>,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Inside the VPC.
    Local,
    /// An internet gateway, by id.
    InternetGateway(String),
    /// A NAT gateway, by id.
    NatGateway(String),
}

impl Target {
    pub(crate) fn gateway_id(&self) -> Option<String> {
        match self {
            Target::Local => Some("local".to_owned()),
            Target::InternetGateway(id) => Some(id.clone()),
            Target::NatGateway(_) => None,
        }
    }

    pub(crate) fn nat_gateway_id(&self) -> Option<String> {
        match self {
            Target::NatGateway(id) => Some(id.clone()),
            Target::Local | Target::InternetGateway(_) => None,
        }
    }
}

impl Route {
    /// `active`, or `blackhole` when what it leads to is gone.
    pub(crate) fn state(&self, world: &World) -> &'static str {
        let alive = match &self.target {
            Target::Local => true,
            Target::InternetGateway(id) => {
                world.internet_gateways.get(id).is_some_and(|gateway| gateway.vpc.is_some())
            }
            Target::NatGateway(id) => world.nat_gateways.get(id).is_some_and(|gateway| gateway.alive()),
        };
        if alive { "active" } else { "blackhole" }
    }

    pub(crate) fn origin(&self) -> &'static str {
        if self.target == Target::Local { "CreateRouteTable" } else { "CreateRoute" }
    }

    pub(crate) fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("destinationCidrBlock", self.destination)
            .maybe("gatewayId", self.target.gateway_id())
            .maybe("natGatewayId", self.target.nat_gateway_id())
            .text("state", self.state(world))
            .text("origin", self.origin());
    }
}

struct Asked {
    table: String,
    destination: Cidr,
}

fn asked(world: &World, input: &Input<'_>) -> Answer<Asked> {
    let table = world.find(&world.route_tables, &input.need("RouteTableId")?)?.id.clone();
    let text = input.need("DestinationCidrBlock")?;
    let destination = text.parse().map_err(|_| {
        Refusal::invalid_value(format!(
            "Value ({text}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block."
        ))
    })?;
    Ok(Asked { table, destination })
}

fn asked_target(world: &World, input: &Input<'_>, table: &str) -> Answer<Target> {
    let (target, vpc) = match (input.text("GatewayId"), input.text("NatGatewayId")) {
        (Some(id), None) => {
            let gateway = world.find(&world.internet_gateways, &id).map_err(|_| {
                Refusal::new("InvalidGatewayID.NotFound", format!("The gateway ID '{id}' does not exist"))
            })?;
            (Target::InternetGateway(id), gateway.vpc.clone())
        }
        (None, Some(id)) => {
            let gateway = world.find(&world.nat_gateways, &id).ok();
            // A gateway on its way out is no target any more.
            let gateway = gateway.filter(|one| matches!(one.state, State::Pending | State::Available));
            let gateway = gateway.ok_or_else(|| {
                Refusal::new(
                    "InvalidNatGatewayID.NotFound",
                    format!("The natGateway ID '{id}' does not exist"),
                )
            })?;
            (Target::NatGateway(id), Some(gateway.vpc.clone()))
        }
        (None, None) => return Err(Refusal::missing("gatewayId, natGatewayId, … (one target)")),
        (Some(_), Some(_)) => return Err(Refusal::combination("Exactly one target must be specified.")),
    };
    if vpc.as_ref() != world.route_tables.get(table).map(|table| &table.vpc) {
        return Err(Refusal::invalid_value(format!(
            "route table {table} and network gateway {} belong to different networks",
            target.gateway_id().or(target.nat_gateway_id()).unwrap_or_default()
        )));
    }
    Ok(target)
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let Asked { table, destination } = asked(world, input)?;
    let target = asked_target(world, input, &table)?;
    insert(world, &table, destination, target)?;
    Ok(done())
}

/// Adds a route to a table that exists.
pub(crate) fn insert(world: &mut World, table: &str, destination: Cidr, target: Target) -> Answer<()> {
    let route = Route { destination, target, created: world.clock };
    let Some(table) = world.route_tables.get_mut(table) else {
        return Ok(());
    };
    if table.routes.iter().any(|route| route.destination == destination) {
        return Err(Refusal::new(
            "RouteAlreadyExists",
            format!("The route identified by {destination} already exists."),
        ));
    }
    if table.routes.len() >= MAX_ROUTES {
        return Err(Refusal::new("RouteLimitExceeded", "The maximum number of routes has been reached."));
    }
    table.routes.push(route);
    Ok(())
}

fn replace(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let Asked { table, destination } = asked(world, input)?;
    let target = asked_target(world, input, &table)?;
    let now = world.clock;
    let routes = world.route_tables.get_mut(&table).map(|table| &mut table.routes);
    let route = routes.into_iter().flatten().find(|route| route.destination == destination);
    let Some(route) = route else {
        return Err(Refusal::invalid_value(format!(
            "There is no route defined for '{destination}' in the route table. Use CreateRoute instead."
        )));
    };
    if route.target == Target::Local {
        return Err(Refusal::invalid_value(format!(
            "cannot replace local route {destination} in route table {table}"
        )));
    }
    *route = Route { destination, target, created: now };
    Ok(done())
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let Asked { table, destination } = asked(world, input)?;
    remove(world, &table, destination)?;
    Ok(done())
}

/// Takes a route out of a table that exists.
pub(crate) fn remove(world: &mut World, id: &str, destination: Cidr) -> Answer<()> {
    let Some(table) = world.route_tables.get_mut(id) else {
        return Ok(());
    };
    let Some(at) = table.routes.iter().position(|route| route.destination == destination) else {
        return Err(Refusal::new(
            "InvalidRoute.NotFound",
            format!("no route with destination-cidr-block {destination} in route table {id}"),
        ));
    };
    if table.routes[at].target == Target::Local {
        return Err(Refusal::invalid_value(format!(
            "cannot remove local route {destination} in route table {id}"
        )));
    }
    table.routes.remove(at);
    Ok(())
}
