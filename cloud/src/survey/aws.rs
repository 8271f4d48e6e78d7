//! How a survey is made: one round of listing calls, side by side.

use std::net::Ipv4Addr;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_sdk_ec2::types as sdk;

use super::{Group, Holder, Subnet, Survey, Table, Vpc};
use crate::aws::tagging::{filter, name, pairs};
use crate::aws::{Aws, all};
use crate::failure::Failure;
use crate::ids::SubnetId;
use crate::tags;

/// Everywhere.
const DEFAULT: &str = "0.0.0.0/0";
/// The states of an instance whose name is taken: all but `terminated`.
const ALIVE: [&str; 5] = ["pending", "running", "shutting-down", "stopping", "stopped"];

/// The region that the AWS configuration of the person names: `AWS_REGION` or `AWS_DEFAULT_REGION`, or that of the
/// profile. An EC2 instance's own is not asked for: elsewhere, that question is never answered.
pub async fn configured_region() -> Option<String> {
    let environment = EnvironmentVariableRegionProvider::new();
    let chain = RegionProviderChain::first_try(environment).or_else(ProfileFileRegionProvider::new());
    chain.region().await.map(|region| region.to_string()).filter(|region| !region.trim().is_empty())
}

impl Survey {
    /// Lists what is in the region of that connection. The instances that doorman made for the stack of that name are left
    /// out, with their addresses: new settings for it may name the same.
    ///
    /// # Errors
    ///
    /// When a list cannot be had: something that is not seen could not be told from something that is not there.
    pub async fn make(aws: &Aws, stack: &str) -> Result<Survey, Failure> {
        let (vpcs, subnets, tables, groups, holders, instances) = futures::try_join!(
            async {
                let request = aws.ec2().describe_vpcs();
                all("DescribeVpcs", request.into_paginator().items().send()).await
            },
            async {
                let request = aws.ec2().describe_subnets();
                all("DescribeSubnets", request.into_paginator().items().send()).await
            },
            async {
                let request = aws.ec2().describe_route_tables();
                all("DescribeRouteTables", request.into_paginator().items().send()).await
            },
            async {
                let request = aws.ec2().describe_security_groups();
                all("DescribeSecurityGroups", request.into_paginator().items().send()).await
            },
            async {
                let request = aws.ec2().describe_network_interfaces();
                all("DescribeNetworkInterfaces", request.into_paginator().items().send()).await
            },
            async {
                let alive = filter("instance-state-name", ALIVE);
                let request = aws.ec2().describe_instances().filters(alive);
                all("DescribeInstances", request.into_paginator().items().send()).await
            },
        )?;
        let (own, instances): (Vec<&sdk::Instance>, Vec<&sdk::Instance>) = instances
            .iter()
            .flat_map(sdk::Reservation::instances)
            .partition(|instance| is_own(instance.tags(), stack));
        let own: Vec<&str> = own.iter().filter_map(|instance| instance.instance_id()).collect();
        let is_others = |interface: &&sdk::NetworkInterface| {
            let attached = interface.attachment().and_then(|attachment| attachment.instance_id());
            attached.is_none_or(|instance| !own.contains(&instance))
        };
        let instances = instances.iter().filter_map(|instance| name(instance.tags()).map(str::to_owned));
        Ok(Survey {
            vpcs: vpcs.iter().filter_map(vpc).collect(),
            subnets: subnets.iter().filter_map(subnet).collect(),
            tables: tables.iter().filter_map(table).collect(),
            groups: groups.iter().filter_map(group).collect(),
            holders: holders.iter().filter(is_others).filter_map(holder).collect(),
            instances: instances.collect(),
        })
    }
}

/// Whether doorman made it for that stack.
fn is_own(of: &[sdk::Tag], stack: &str) -> bool {
    let has = |key, value| pairs(of).any(|pair| pair == (key, value));
    has(tags::MANAGED_BY, tags::MANAGED_BY_DOORMAN) && has(tags::STACK, stack)
}

fn vpc(vpc: &sdk::Vpc) -> Option<Vpc> {
    Some(Vpc {
        id: vpc.vpc_id()?.into(),
        name: name(vpc.tags()).map(str::to_owned),
        cidr: vpc.cidr_block().unwrap_or_default().to_owned(),
    })
}

fn subnet(subnet: &sdk::Subnet) -> Option<Subnet> {
    Some(Subnet {
        id: subnet.subnet_id()?.into(),
        name: name(subnet.tags()).map(str::to_owned),
        vpc: subnet.vpc_id()?.into(),
        zone: subnet.availability_zone().unwrap_or_default().to_owned(),
        cidr: subnet.cidr_block().unwrap_or_default().to_owned(),
    })
}

fn table(table: &sdk::RouteTable) -> Option<Table> {
    let default = table.routes().iter().find(|route| route.destination_cidr_block() == Some(DEFAULT));
    let target = |route: &sdk::Route| {
        let target = route
            .gateway_id()
            .or(route.nat_gateway_id())
            .or(route.transit_gateway_id())
            .or(route.instance_id())
            .or(route.network_interface_id())
            .or(route.vpc_peering_connection_id());
        target.unwrap_or("something else").to_owned()
    };
    let associations = table.associations();
    Some(Table {
        id: table.route_table_id()?.into(),
        name: name(table.tags()).map(str::to_owned),
        vpc: table.vpc_id()?.into(),
        subnets: associations.iter().filter_map(|one| one.subnet_id()).map(SubnetId::from).collect(),
        is_main: associations.iter().any(|one| one.main() == Some(true)),
        default_route: default.map(target),
    })
}

fn group(group: &sdk::SecurityGroup) -> Option<Group> {
    Some(Group {
        id: group.group_id()?.into(),
        name: group.group_name()?.to_owned(),
        vpc: group.vpc_id()?.into(),
        description: group.description().unwrap_or_default().to_owned(),
    })
}

fn holder(interface: &sdk::NetworkInterface) -> Option<Holder> {
    let all = interface.private_ip_addresses().iter().filter_map(|address| address.private_ip_address());
    let all = all.chain(interface.private_ip_address());
    let addresses: Vec<Ipv4Addr> = all.filter_map(|address| address.parse().ok()).collect();
    Some(Holder { vpc: interface.vpc_id()?.into(), addresses })
}
