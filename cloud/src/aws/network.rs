//! The parts of the network that the settings name: people's, read and never changed.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use aws_sdk_ec2::types as sdk;

use crate::observed::{Lookup, Network, Occupant, Subnet, Vpc};
use crate::step::Failure;

use super::Aws;
use super::failure::Call;
use super::tagging::{filter, name};

/// What answers to a name, anywhere in the region. It is narrowed to the VPC once all answers are in, so that
/// no call waits for another.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) vpcs: Vec<sdk::Vpc>,
    pub(super) subnets: Vec<sdk::Subnet>,
    pub(super) tables: Vec<sdk::RouteTable>,
    pub(super) groups: Vec<sdk::SecurityGroup>,
}

impl Named {
    /// The VPC the settings name.
    pub(super) fn vpc(&self) -> Lookup<Vpc> {
        let vpcs = self.vpcs.iter().filter_map(|vpc| {
            Some(Vpc { id: vpc.vpc_id()?.into(), cidr: vpc.cidr_block().unwrap_or_default().to_owned() })
        });
        Lookup::only(vpcs.collect(), |vpc| vpc.id.to_string())
    }

    /// Whether something in the VPC with this id counts. A VPC that was not found narrows nothing: what must
    /// be closed is then still found by its own name.
    fn within(vpc: &Lookup<Vpc>, id: Option<&str>) -> bool {
        vpc.found().is_none_or(|vpc| Some(vpc.id.as_str()) == id)
    }

    /// The service security group with its permissions, if there is exactly one.
    pub(super) fn group(&self) -> Lookup<&sdk::SecurityGroup> {
        let vpc = self.vpc();
        let groups = self.groups.iter().filter(|group| Self::within(&vpc, group.vpc_id()));
        Lookup::only(groups.collect(), |group| group.group_id().unwrap_or_default().to_owned())
    }

    fn subnet(&self, wanted: &str) -> Lookup<Subnet> {
        let vpc = self.vpc();
        let subnets = self
            .subnets
            .iter()
            .filter(|subnet| name(subnet.tags()) == Some(wanted) && Self::within(&vpc, subnet.vpc_id()))
            .filter_map(|subnet| {
                Some(Subnet {
                    id: subnet.subnet_id()?.into(),
                    zone: subnet.availability_zone().unwrap_or_default().to_owned(),
                    cidr: subnet.cidr_block().unwrap_or_default().to_owned(),
                })
            });
        Lookup::only(subnets.collect(), |subnet| subnet.id.to_string())
    }

    /// All of it in our words.
    pub(super) fn network(&self, subnets: &[&str]) -> Network {
        let vpc = self.vpc();
        let tables = self
            .tables
            .iter()
            .filter(|table| Self::within(&vpc, table.vpc_id()))
            .filter_map(super::route::table);
        Network {
            route_table: Lookup::only(tables.collect(), |table| table.id.to_string()),
            group: super::group::group(&self.group()),
            subnets: subnets.iter().map(|name| ((*name).to_owned(), self.subnet(name))).collect(),
            vpc,
        }
    }
}

impl Aws {
    /// Names of all subnets in the settings.
    pub(super) fn subnet_names(&self) -> Vec<&str> {
        let stack = self.stack();
        let mut names: Vec<&str> = stack.service.instances.iter().map(|i| i.subnet.as_str()).collect();
        names.push(&stack.nat.subnet);
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(super) async fn vpcs(&self) -> Result<Vec<sdk::Vpc>, Failure> {
        let wanted = self.stack().vpc.as_str();
        let all =
            self.ec2().describe_vpcs().filters(filter("tag:Name", [wanted])).into_paginator().items().send();
        let mut vpcs: Vec<_> =
            all.try_collect().await.map_err(|error| Call::read("DescribeVpcs").failed(error))?;
        // Filters take `*` and `?` for wildcards; a name is a name.
        vpcs.retain(|vpc: &sdk::Vpc| name(vpc.tags()) == Some(wanted));
        Ok(vpcs)
    }

    pub(super) async fn subnets(&self) -> Result<Vec<sdk::Subnet>, Failure> {
        let named = filter("tag:Name", self.subnet_names());
        let all = self.ec2().describe_subnets().filters(named).into_paginator().items().send();
        all.try_collect().await.map_err(|error| Call::read("DescribeSubnets").failed(error))
    }

    /// Who holds the fixed addresses of the settings, in any VPC.
    pub(super) async fn holders(&self) -> Result<Vec<sdk::NetworkInterface>, Failure> {
        let addresses = self.stack().service.instances.iter().map(|i| i.private_ip.to_string());
        let fixed = filter("addresses.private-ip-address", addresses);
        let all = self.ec2().describe_network_interfaces().filters(fixed).into_paginator().items().send();
        all.try_collect().await.map_err(|error| Call::read("DescribeNetworkInterfaces").failed(error))
    }

    /// The holders inside the VPC, by address.
    pub(super) fn occupants(
        &self,
        vpc: &Lookup<Vpc>,
        holders: &[sdk::NetworkInterface],
    ) -> BTreeMap<Ipv4Addr, Occupant> {
        let Some(vpc) = vpc.found() else {
            return BTreeMap::new();
        };
        let mut occupants = BTreeMap::new();
        for holder in holders.iter().filter(|holder| holder.vpc_id() == Some(vpc.id.as_str())) {
            let instance = holder.attachment().and_then(|attachment| attachment.instance_id());
            let Some(id) = instance.or(holder.network_interface_id()) else {
                continue;
            };
            let primary = holder.private_ip_address();
            let all = holder.private_ip_addresses().iter().filter_map(|address| address.private_ip_address());
            for address in all.chain(primary).filter_map(|address| address.parse().ok()) {
                if self.stack().service.instances.iter().any(|i| i.private_ip == address) {
                    occupants.insert(address, Occupant { id: id.to_owned() });
                }
            }
        }
        occupants
    }
}
