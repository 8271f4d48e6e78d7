//! Route tables and what they are associated with.

use chrono::{DateTime, Utc};

use super::routes::{Route, Target};
use crate::aws::cidr::Cidr;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeRouteTables", |world, input| describe(world, input, &world.route_tables, "routeTableSet")),
    change(CREATE, create),
    change("AssociateRouteTable", associate),
];

const CREATE: &str = "CreateRouteTable";

#[derive(Debug, Clone)]
pub(crate) struct RouteTable {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) associations: Vec<Association>,
    pub(crate) routes: Vec<Route>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(crate) struct Association {
    pub(crate) id: String,
    /// None for the association as the VPC's main table.
    pub(crate) subnet: Option<String>,
}

impl RouteTable {
    /// The routes that a Describe call shows by now.
    fn shown<'a>(&'a self, world: &'a World) -> impl Iterator<Item = &'a Route> {
        self.routes.iter().filter(|route| world.settled(route.created))
    }
}

impl Described for RouteTable {
    const IDS: &'static str = "RouteTableId";
    const PAGE: (usize, usize) = (5, 100);
    const FILTERS: &'static [&'static str] = &[
        "association.main",
        "association.route-table-association-id",
        "association.route-table-id",
        "association.subnet-id",
        "owner-id",
        "route-table-id",
        "route.destination-cidr-block",
        "route.gateway-id",
        "route.nat-gateway-id",
        "route.origin",
        "route.state",
        "vpc-id",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        match filter {
            "association.main" => {
                self.associations.iter().map(|one| one.subnet.is_none().to_string()).collect()
            }
            "association.route-table-association-id" => {
                self.associations.iter().map(|one| one.id.clone()).collect()
            }
            "association.route-table-id" => self.associations.iter().map(|_| self.id.clone()).collect(),
            "association.subnet-id" => {
                self.associations.iter().filter_map(|one| one.subnet.clone()).collect()
            }
            "owner-id" => vec![world.account_id.clone()],
            "route.destination-cidr-block" => {
                self.shown(world).map(|route| route.destination.to_string()).collect()
            }
            "route.gateway-id" => self.shown(world).filter_map(|route| route.target.gateway_id()).collect(),
            "route.nat-gateway-id" => {
                self.shown(world).filter_map(|route| route.target.nat_gateway_id()).collect()
            }
            "route.origin" => self.shown(world).map(|route| route.origin().to_owned()).collect(),
            "route.state" => self.shown(world).map(|route| route.state(world).to_owned()).collect(),
            "vpc-id" => vec![self.vpc.clone()],
            _ => vec![self.id.clone()],
        }
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("InvalidRouteTableID.NotFound", format!("The routeTable ID '{id}' does not exist"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("routeTableId", &self.id)
            .text("vpcId", &self.vpc)
            .text("ownerId", &world.account_id)
            .items("routeSet", self.shown(world), |xml, route| route.write(world, xml))
            .items("associationSet", &self.associations, |xml, one| {
                xml.text("routeTableAssociationId", &one.id)
                    .text("routeTableId", &self.id)
                    .maybe("subnetId", one.subnet.as_ref())
                    .text("main", one.subnet.is_none())
                    .node("associationState", |xml| {
                        xml.text("state", "associated");
                    });
            });
        tags::write(xml, &self.tags);
    }
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let vpc = world.find(&world.vpcs, &input.need("VpcId")?)?.id.clone();
    let tags = tags::on_create(input, &["route-table"], "route-table")?;
    let id = match world.replay(CREATE, input)? {
        Some(made) => made.concat(),
        None => {
            let id = make(world, &vpc, false, tags);
            world.remember(CREATE, input, vec![id.clone()]);
            id
        }
    };
    Ok(Xml::build(|xml| {
        xml.node("routeTable", |xml| world.route_tables[&id].write(world, xml));
    }))
}

/// Makes a table with the local route that every table has.
pub(crate) fn make(world: &mut World, vpc: &str, main: bool, tags: Tags) -> String {
    let id = world.new_id("rtb");
    let cidr = world.vpcs.get(vpc).map_or(Cidr::ANYWHERE, |vpc| vpc.cidr);
    let associations =
        if main { vec![Association { id: world.new_id("rtbassoc"), subnet: None }] } else { Vec::new() };
    let table = RouteTable {
        id: id.clone(),
        vpc: vpc.to_owned(),
        associations,
        routes: vec![Route { destination: cidr, target: Target::Local, created: world.clock }],
        tags,
        created: world.clock,
    };
    world.route_tables.insert(id.clone(), table);
    id
}

fn associate(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let table = world.find(&world.route_tables, &input.need("RouteTableId")?)?.clone();
    let subnet = world.find(&world.subnets, &input.need("SubnetId")?)?.clone();
    if subnet.vpc != table.vpc {
        return Err(Refusal::invalid_value(format!(
            "Route table {} and subnet {} belong to different networks",
            table.id, subnet.id
        )));
    }
    let already = world.route_tables.values().flat_map(|table| &table.associations);
    if already.into_iter().any(|one| one.subnet.as_deref() == Some(&subnet.id)) {
        return Err(Refusal::new(
            "Resource.AlreadyAssociated",
            format!(
                "the specified association for route table {} conflicts with an existing association",
                table.id
            ),
        ));
    }
    let id = attach(world, &table.id, &subnet.id);
    Ok(Xml::build(|xml| {
        xml.text("associationId", id).node("associationState", |xml| {
            xml.text("state", "associated");
        });
    }))
}

/// Associates a subnet with a table; the caller has checked that it may.
pub(crate) fn attach(world: &mut World, table: &str, subnet: &str) -> String {
    let id = world.new_id("rtbassoc");
    if let Some(table) = world.route_tables.get_mut(table) {
        table.associations.push(Association { id: id.clone(), subnet: Some(subnet.to_owned()) });
    }
    id
}

/// The table that decides for a subnet: its own, else the main one of its VPC.
pub(crate) fn of_subnet<'w>(world: &'w World, subnet: &str) -> Option<&'w RouteTable> {
    let with = |wanted: Option<&str>, vpc: Option<&str>| {
        world.route_tables.values().find(|table| {
            vpc.is_none_or(|vpc| table.vpc == vpc)
                && table.associations.iter().any(|one| one.subnet.as_deref() == wanted)
        })
    };
    with(Some(subnet), None).or_else(|| with(None, Some(&world.subnets.get(subnet)?.vpc)))
}
