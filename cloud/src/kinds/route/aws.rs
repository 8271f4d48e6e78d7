//! The default route of the private table at EC2.

use aws_sdk_ec2::types as sdk;
use doorman_config::Stack;

use super::{Act, DEFAULT, Route, RouteTable, RouteTarget};
use crate::aws::tagging::name;
use crate::aws::{Aws, Call, all};
use crate::failure::Failure;
use crate::ids::{SubnetId, VpcId};
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

/// A gateway that was just made is not known to the route tables for a moment.
const GATEWAY_UNKNOWN: [&str; 4] =
    ["NatGatewayNotFound", "InvalidNatGatewayID.NotFound", "InvalidGatewayID.NotFound", "IncorrectState"];

impl Look for RouteTable {
    /// Tables of the name in the settings, in any VPC, and whatever they are called those that lead to a NAT gateway:
    /// it may be ours. No filter says that, and there are few.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<RouteTable>, Failure> {
        let request = aws.ec2().describe_route_tables();
        let all = all("DescribeRouteTables", request.into_paginator().items().send()).await?;
        let leads = |table: &RouteTable| {
            table.default_route.as_ref().is_some_and(|r| matches!(r.target, RouteTarget::NatGateway(_)))
        };
        let tables = all.iter().filter_map(|table| read(table, &stack.nat.route_table));
        Ok(Sorted::by_hand(tables.filter(|table| table.named || leads(table)).collect()))
    }
}

fn read(table: &sdk::RouteTable, wanted: &str) -> Option<RouteTable> {
    let default = table.routes().iter().find(|route| route.destination_cidr_block() == Some(DEFAULT));
    Some(RouteTable {
        id: table.route_table_id()?.into(),
        named: name(table.tags()) == Some(wanted),
        vpc: table.vpc_id().map(VpcId::from),
        subnets: table.associations().iter().filter_map(|one| one.subnet_id()).map(SubnetId::from).collect(),
        is_main: table.associations().iter().any(|one| one.main() == Some(true)),
        default_route: default.map(route),
    })
}

fn route(route: &sdk::Route) -> Route {
    let target = match route.nat_gateway_id() {
        Some(id) => RouteTarget::NatGateway(id.into()),
        None => RouteTarget::Other(
            route
                .gateway_id()
                .or(route.instance_id())
                .or(route.network_interface_id())
                .or(route.transit_gateway_id())
                .or(route.vpc_peering_connection_id())
                .or(route.local_gateway_id())
                .or(route.carrier_gateway_id())
                .or(route.core_network_arn())
                .or(route.odb_network_arn())
                .unwrap_or("unknown")
                .to_owned(),
        ),
    };
    Route { target, blackhole: route.state() == Some(&sdk::RouteState::Blackhole) }
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, _: &Owner) -> Result<Change<RouteTable>, Failure> {
        let leading_to = |table: &RouteTable, target: Option<RouteTarget>| {
            let default_route = target.map(|target| Route { target, blackhole: false });
            Change::Is(RouteTable { default_route, ..table.clone() })
        };
        match self {
            Act::Create { table, gateway } => {
                let request = aws
                    .ec2_once()
                    .create_route()
                    .route_table_id(table.id.as_str())
                    .destination_cidr_block(DEFAULT)
                    .nat_gateway_id(gateway.as_str());
                match request.send().await.map_err(|error| Call::blind("CreateRoute").failed(error)) {
                    Ok(_) => Ok(leading_to(table, Some(RouteTarget::NatGateway(gateway.clone())))),
                    // Ours, made by a call whose answer was lost, or somebody else's: only a look can tell.
                    Err(failure) if failure.is(&["RouteAlreadyExists"]) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure.not_yet_if(&GATEWAY_UNKNOWN)),
                }
            }
            Act::Replace { table, gateway } => {
                let request = aws
                    .ec2()
                    .replace_route()
                    .route_table_id(table.id.as_str())
                    .destination_cidr_block(DEFAULT)
                    .nat_gateway_id(gateway.as_str());
                match request.send().await.map_err(|error| Call::repeatable("ReplaceRoute").failed(error)) {
                    Ok(_) => Ok(leading_to(table, Some(RouteTarget::NatGateway(gateway.clone())))),
                    // AWS has no code of its own for a route that went away meanwhile.
                    Err(failure)
                        if failure.is(&["InvalidRoute.NotFound"])
                            || failure.is(&["InvalidParameterValue"])
                                && failure.message.contains("no route defined") =>
                    {
                        Ok(Change::LookAgain)
                    }
                    Err(failure) => Err(failure.not_yet_if(&GATEWAY_UNKNOWN)),
                }
            }
            Act::Delete { table } => {
                let request = aws
                    .ec2()
                    .delete_route()
                    .route_table_id(table.id.as_str())
                    .destination_cidr_block(DEFAULT);
                match request.send().await.map_err(|error| Call::repeatable("DeleteRoute").failed(error)) {
                    Ok(_) => Ok(leading_to(table, None)),
                    Err(failure)
                        if failure.is(&["InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"]) =>
                    {
                        Ok(Change::LookAgain)
                    }
                    Err(failure) => Err(failure),
                }
            }
        }
    }
}
