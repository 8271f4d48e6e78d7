//! The service security group at EC2.

use aws_sdk_ec2::types as sdk;
use doorman_config::Stack;

use super::Group;
use crate::aws::tagging::filter;
use crate::aws::{Aws, all};
use crate::failure::Failure;
use crate::ids::VpcId;
use crate::kinds::Look;
use crate::kinds::rule::aws::ports;
use crate::kinds::rule::{Peer, Permission};
use crate::record::{Record, Sorted};

impl Look for Group {
    /// Groups of the name in the settings, in any VPC.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<Group>, Failure> {
        let wanted = stack.service.security_group.as_str();
        let request = aws.ec2().describe_security_groups().filters(filter("group-name", [wanted]));
        let all = all("DescribeSecurityGroups", request.into_paginator().items().send()).await?;
        Ok(Sorted::by_hand(
            all.iter().filter(|group| group.group_name() == Some(wanted)).filter_map(read).collect(),
        ))
    }
}

fn read(group: &sdk::SecurityGroup) -> Option<Group> {
    Some(Group {
        id: group.group_id()?.into(),
        vpc: group.vpc_id().map(VpcId::from),
        lets: permissions_of(group),
    })
}

/// Everything that a group lets pass.
pub(crate) fn permissions_of(group: &sdk::SecurityGroup) -> Vec<Permission> {
    let inward = permissions(false, group.ip_permissions());
    inward.chain(permissions(true, group.ip_permissions_egress())).collect()
}

/// A group's permissions, one for each peer.
fn permissions(egress: bool, all: &[sdk::IpPermission]) -> impl Iterator<Item = Permission> + '_ {
    all.iter().flat_map(move |permission| {
        let v4 = permission.ip_ranges().iter().filter_map(|range| range.cidr_ip());
        let v6 = permission.ipv6_ranges().iter().filter_map(|range| range.cidr_ipv6());
        let groups = permission.user_id_group_pairs().iter().filter_map(|pair| pair.group_id());
        let lists = permission.prefix_list_ids().iter().filter_map(|list| list.prefix_list_id());
        let peers = v4
            .chain(v6)
            .map(|cidr| Peer::Cidr(cidr.to_owned()))
            .chain(groups.map(|id| Peer::Group(id.into())))
            .chain(lists.map(|id| Peer::Other(id.to_owned())));
        let protocol = permission.ip_protocol().unwrap_or("-1");
        let ports = ports(permission.from_port(), permission.to_port());
        peers.map(move |peer| Permission { egress, protocol: protocol.to_owned(), ports, peer })
    })
}
