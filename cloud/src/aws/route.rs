//! The default route of the private table.

use aws_sdk_ec2::types as sdk;

use crate::ids::{NatGatewayId, RouteTableId};
use crate::observed::{Route, RouteTable, RouteTarget};
use crate::step::{Change, Failure};

use super::Aws;
use super::failure::Call;
use super::tagging::{filter, name};

/// Everywhere.
const DEFAULT: &str = "0.0.0.0/0";
/// A gateway that was just made is not known to the route tables for a moment.
const GATEWAY_UNKNOWN: [&str; 4] =
    ["NatGatewayNotFound", "InvalidNatGatewayID.NotFound", "InvalidGatewayID.NotFound", "IncorrectState"];

impl Aws {
    pub(super) async fn route_tables(&self) -> Result<Vec<sdk::RouteTable>, Failure> {
        let wanted = self.stack().nat.route_table.as_str();
        let named = filter("tag:Name", [wanted]);
        let all = self.ec2().describe_route_tables().filters(named).into_paginator().items().send();
        let mut tables: Vec<_> =
            all.try_collect().await.map_err(|error| Call::read("DescribeRouteTables").failed(error))?;
        tables.retain(|table: &sdk::RouteTable| name(table.tags()) == Some(wanted));
        Ok(tables)
    }

    pub(super) async fn create_route(
        &self,
        table: &RouteTableId,
        gateway: &NatGatewayId,
    ) -> Result<Vec<Change>, Failure> {
        let request = self
            .ec2_once()
            .create_route()
            .route_table_id(table.as_str())
            .destination_cidr_block(DEFAULT)
            .nat_gateway_id(gateway.as_str());
        match request.send().await.map_err(|error| Call::blind("CreateRoute").failed(error)) {
            Ok(_) => Ok(vec![Change::routed_to(gateway.clone())]),
            // Ours, made by a call whose answer was lost, or somebody else's: only a look can tell.
            Err(failure) if failure.is(&["RouteAlreadyExists"]) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure.not_yet_if(&GATEWAY_UNKNOWN)),
        }
    }

    pub(super) async fn replace_route(
        &self,
        table: &RouteTableId,
        gateway: &NatGatewayId,
    ) -> Result<Vec<Change>, Failure> {
        let request = self
            .ec2()
            .replace_route()
            .route_table_id(table.as_str())
            .destination_cidr_block(DEFAULT)
            .nat_gateway_id(gateway.as_str());
        match request.send().await.map_err(|error| Call::repeatable("ReplaceRoute").failed(error)) {
            Ok(_) => Ok(vec![Change::routed_to(gateway.clone())]),
            // AWS has no code of its own for a route that went away meanwhile.
            Err(failure)
                if failure.is(&["InvalidRoute.NotFound"])
                    || failure.is(&["InvalidParameterValue"])
                        && failure.message.contains("no route defined") =>
            {
                Ok(vec![Change::LookAgain])
            }
            Err(failure) => Err(failure.not_yet_if(&GATEWAY_UNKNOWN)),
        }
    }

    pub(super) async fn delete_route(&self, table: &RouteTableId) -> Result<Vec<Change>, Failure> {
        let request =
            self.ec2().delete_route().route_table_id(table.as_str()).destination_cidr_block(DEFAULT);
        match request.send().await.map_err(|error| Call::repeatable("DeleteRoute").failed(error)) {
            Ok(_) => Ok(vec![Change::DefaultRoute(None)]),
            Err(failure) if failure.is(&["InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"]) => {
                Ok(vec![Change::LookAgain])
            }
            Err(failure) => Err(failure),
        }
    }
}

/// A route table in our words.
pub(super) fn table(table: &sdk::RouteTable) -> Option<RouteTable> {
    let default = table.routes().iter().find(|route| route.destination_cidr_block() == Some(DEFAULT));
    Some(RouteTable { id: table.route_table_id()?.into(), default_route: default.map(route) })
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
