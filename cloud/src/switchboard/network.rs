//! The parts of the network that the settings name, resolved from what was seen: people's, read and never changed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use doorman_config::Stack;

use super::Observed;
use crate::ids::VpcId;
use crate::kinds::Lookup;
use crate::kinds::group::Group;
use crate::kinds::interface::Interface;
use crate::kinds::route::RouteTable;
use crate::kinds::rule::{Peer, Permission};
use crate::kinds::subnet::Subnet;
use crate::kinds::vpc::Vpc;

/// The parts of the network that the settings name.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Network {
    /// The VPC.
    pub vpc: Lookup<Vpc>,
    /// Every subnet that carries one of the names, by it.
    pub subnets: BTreeMap<String, Lookup<Subnet>>,
    /// The private route table.
    pub route_table: Lookup<RouteTable>,
    /// The service security group.
    pub group: Lookup<Group>,
}

impl Network {
    /// A subnet by its name.
    pub fn subnet(&self, name: &str) -> Option<&Subnet> {
        self.subnets.get(name).and_then(Lookup::found)
    }
}

impl Observed {
    /// All of it.
    pub fn network(&self) -> Network {
        let names = self.subnets.iter().map(|subnet| subnet.name.clone());
        let subnets = names.map(|name| {
            let found = self.subnet(&name).cloned();
            (name, found)
        });
        Network {
            vpc: self.vpc().cloned(),
            subnets: subnets.collect(),
            route_table: self.route_table().cloned(),
            group: self.group().cloned(),
        }
    }

    /// The VPC the settings name.
    pub fn vpc(&self) -> Lookup<&Vpc> {
        Lookup::only(&self.vpcs, |vpc| vpc.id.to_string())
    }

    /// Whether something in the VPC with this id counts. A VPC that was not found narrows nothing: what must
    /// be closed is then still found by its own name.
    fn within(&self, vpc: Option<&VpcId>) -> bool {
        self.vpc().found().is_none_or(|named| Some(&named.id) == vpc)
    }

    /// A subnet by its name.
    pub fn subnet(&self, name: &str) -> Lookup<&Subnet> {
        let named = self.subnets.iter().filter(|subnet| subnet.name == name);
        Lookup::only(named.filter(|subnet| self.within(subnet.vpc.as_ref())), |subnet| subnet.id.to_string())
    }

    /// The zones of the pair's subnets, each once; `None` unless all are found.
    pub fn zones(&self, stack: &Stack) -> Option<Vec<String>> {
        let slots = stack.service.instances.iter();
        let zones: Option<BTreeSet<String>> =
            slots.map(|slot| Some(self.subnet(&slot.subnet).found()?.zone.clone())).collect();
        Some(zones?.into_iter().collect())
    }

    /// The private route table.
    pub fn route_table(&self) -> Lookup<&RouteTable> {
        let named = self.tables.iter().filter(|table| table.named);
        let tables = named.filter(|table| self.within(table.vpc.as_ref()));
        Lookup::only(tables, |table| table.id.to_string())
    }

    /// The service security group.
    pub fn group(&self) -> Lookup<&Group> {
        let groups = self.groups.iter().filter(|group| self.within(group.vpc.as_ref()));
        Lookup::only(groups, |group| group.id.to_string())
    }

    /// Leaves out what is others' and not in the VPC. Done once all answers are in, so that no call waits for another.
    pub(super) fn narrow(&mut self) {
        let named = self.vpc().found().map(|vpc| vpc.id.clone());
        let here = |vpc: &Option<VpcId>| named.is_some() && *vpc == named;
        self.endpoints.retain(|endpoint| endpoint.owner.is_some() || here(&endpoint.vpc));
        self.interfaces.retain(|interface| here(&interface.vpc));
    }

    /// What holds a private address in the VPC.
    pub fn holder(&self, address: Ipv4Addr) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.addresses.contains(&address))
    }

    /// Whether something in the group lets TCP traffic of `port` to or from `peer` pass, whoever made it.
    pub fn lets_tcp(&self, egress: bool, port: u16, peer: &Peer) -> bool {
        self.group().found().is_some_and(|group| {
            let ours = self.rules.iter().filter(|rule| rule.group == group.id).map(|rule| &rule.lets);
            self.by_hand(group).chain(ours).any(|lets| lets.lets_tcp(egress, port, peer))
        })
    }

    /// What a group lets pass by rules that are not ours. EC2 refuses duplicates, so a permission that looks like one
    /// of ours is ours.
    pub fn by_hand<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Permission> {
        let ours =
            |lets: &&Permission| !self.rules.iter().any(|rule| rule.group == group.id && rule.lets == **lets);
        group.lets.iter().filter(ours)
    }
}
