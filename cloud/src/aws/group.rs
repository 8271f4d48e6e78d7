//! The service security group and its rules.
//!
//! A group's permissions carry neither ids nor tags, and rules can be asked for by tag but not by a group
//! whose id is not known yet. So ours come from `DescribeSecurityGroupRules` by tag and everybody's from the
//! group itself, in the same round; a permission that is not one of ours was made by hand.

use aws_sdk_ec2::types::{self as sdk, ResourceType};

use crate::ids::{GroupId, RuleId};
use crate::lease::LeaseKind;
use crate::observed::{Group, Lookup, Peer, Rule};
use crate::step::{Change, Failure};
use crate::tags::Owner;

use super::Aws;
use super::failure::Call;
use super::tagging::filter;

/// How AWS says that a rule is not there (any more).
const GONE: [&str; 3] =
    ["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"];

/// A rule to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewRule<'a> {
    pub(super) group: &'a GroupId,
    pub(super) egress: bool,
    pub(super) port: u16,
    pub(super) peer: &'a Peer,
    pub(super) purpose: LeaseKind,
}

impl NewRule<'_> {
    /// In EC2's words.
    pub(super) fn permission(&self, description: &str) -> sdk::IpPermission {
        let port = i32::from(self.port);
        let permission = sdk::IpPermission::builder().ip_protocol("tcp").from_port(port).to_port(port);
        match self.peer {
            Peer::Cidr(cidr) if cidr.contains(':') => {
                let range = sdk::Ipv6Range::builder().cidr_ipv6(cidr).description(description);
                permission.ipv6_ranges(range.build())
            }
            Peer::Cidr(cidr) => {
                let range = sdk::IpRange::builder().cidr_ip(cidr).description(description);
                permission.ip_ranges(range.build())
            }
            Peer::Group(id) => {
                let pair = sdk::UserIdGroupPair::builder().group_id(id.as_str()).description(description);
                permission.user_id_group_pairs(pair.build())
            }
            Peer::Other(id) => {
                let list = sdk::PrefixListId::builder().prefix_list_id(id).description(description);
                permission.prefix_list_ids(list.build())
            }
        }
        .build()
    }
}

impl Aws {
    /// Groups of the name in the settings, in any VPC.
    pub(super) async fn groups(&self) -> Result<Vec<sdk::SecurityGroup>, Failure> {
        let wanted = self.stack().service.security_group.as_str();
        let named = filter("group-name", [wanted]);
        let all = self.ec2().describe_security_groups().filters(named).into_paginator().items().send();
        let mut groups: Vec<_> =
            all.try_collect().await.map_err(|error| Call::read("DescribeSecurityGroups").failed(error))?;
        groups.retain(|group: &sdk::SecurityGroup| group.group_name() == Some(wanted));
        Ok(groups)
    }

    /// Rules that are ours, in any group.
    pub(super) async fn own_rules(&self) -> Result<Vec<sdk::SecurityGroupRule>, Failure> {
        let request = self.ec2().describe_security_group_rules().set_filters(Some(self.ours().into()));
        let all = request.into_paginator().items().send();
        all.try_collect().await.map_err(|error| Call::read("DescribeSecurityGroupRules").failed(error))
    }

    /// Rules of the group, ours and others'.
    pub(super) fn rules(
        &self,
        group: &Lookup<&sdk::SecurityGroup>,
        own: &[sdk::SecurityGroupRule],
    ) -> Vec<Rule> {
        let Some((group, id)) = group.found().and_then(|group| Some((group, group.group_id()?))) else {
            return Vec::new();
        };
        let mut rules: Vec<Rule> = own
            .iter()
            .filter(|rule| rule.group_id() == Some(id))
            .filter_map(|rule| self.own_rule(rule))
            .collect();
        let all = permissions(id, false, group.ip_permissions()).chain(permissions(
            id,
            true,
            group.ip_permissions_egress(),
        ));
        // EC2 refuses duplicates, so a permission that looks like one of ours is ours.
        let others: Vec<Rule> = all.filter(|rule| !rules.iter().any(|own| is_same(own, rule))).collect();
        rules.extend(others);
        rules
    }

    fn own_rule(&self, rule: &sdk::SecurityGroupRule) -> Option<Rule> {
        let group = rule.referenced_group_info().and_then(|info| info.group_id());
        let peer = match (rule.cidr_ipv4().or(rule.cidr_ipv6()), group) {
            (Some(cidr), _) => Peer::Cidr(cidr.to_owned()),
            (None, Some(group)) => Peer::Group(group.into()),
            (None, None) => Peer::Other(rule.prefix_list_id().unwrap_or("unknown").to_owned()),
        };
        Some(Rule {
            id: rule.security_group_rule_id()?.into(),
            egress: rule.is_egress()?,
            protocol: rule.ip_protocol().unwrap_or("-1").to_owned(),
            ports: ports(rule.from_port(), rule.to_port()),
            peer,
            owner: Some(self.owner(rule.tags())?),
        })
    }

    pub(super) async fn authorize_rule(
        &self,
        owner: &Owner,
        new: NewRule<'_>,
    ) -> Result<Vec<Change>, Failure> {
        let (description, of) = match new.purpose {
            LeaseKind::NatWindow => (&self.stack().nat.rule_description, &self.stack().nat.name),
            LeaseKind::Service => (&self.stack().shell.rule_description, &self.stack().name),
        };
        let direction = if new.egress { "out" } else { "in" };
        let name = format!("{of} {direction} tcp {}", new.port);
        let tags = self.tags_for(ResourceType::SecurityGroupRule, owner, &name);
        let permission = new.permission(description);
        let answer = if new.egress {
            let request = self.ec2_once().authorize_security_group_egress().group_id(new.group.as_str());
            let call = Call::blind("AuthorizeSecurityGroupEgress");
            let answer = request.ip_permissions(permission).tag_specifications(tags).send().await;
            answer.map(|a| a.security_group_rules.unwrap_or_default()).map_err(|error| call.failed(error))
        } else {
            let request = self.ec2_once().authorize_security_group_ingress().group_id(new.group.as_str());
            let call = Call::blind("AuthorizeSecurityGroupIngress");
            let answer = request.ip_permissions(permission).tag_specifications(tags).send().await;
            answer.map(|a| a.security_group_rules.unwrap_or_default()).map_err(|error| call.failed(error))
        };
        match answer {
            Ok(made) => match made.first().and_then(|rule| rule.security_group_rule_id()) {
                Some(id) => Ok(vec![Change::Rule(Rule {
                    id: id.into(),
                    egress: new.egress,
                    protocol: "tcp".to_owned(),
                    ports: Some((new.port, new.port)),
                    peer: new.peer.clone(),
                    owner: Some(owner.clone()),
                })]),
                None => Ok(vec![Change::LookAgain]),
            },
            // Ours, made by a call whose answer was lost, or somebody else's: only a look can tell.
            Err(failure) if failure.is(&["InvalidPermission.Duplicate"]) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn revoke_rule(
        &self,
        group: &GroupId,
        egress: bool,
        id: &RuleId,
    ) -> Result<Vec<Change>, Failure> {
        let revoked = if egress {
            let request = self.ec2().revoke_security_group_egress().group_id(group.as_str());
            let answer = request.security_group_rule_ids(id.as_str()).send().await;
            answer.map(|_| ()).map_err(|error| Call::repeatable("RevokeSecurityGroupEgress").failed(error))
        } else {
            let request = self.ec2().revoke_security_group_ingress().group_id(group.as_str());
            let answer = request.security_group_rule_ids(id.as_str()).send().await;
            answer.map(|_| ()).map_err(|error| Call::repeatable("RevokeSecurityGroupIngress").failed(error))
        };
        match revoked {
            Ok(()) => Ok(vec![Change::RuleGone(id.clone())]),
            Err(failure) if failure.is(&GONE) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }
}

/// The group in our words.
pub(super) fn group(group: &Lookup<&sdk::SecurityGroup>) -> Lookup<Group> {
    match group {
        Lookup::Found(group) => Lookup::Found(Group { id: group.group_id().unwrap_or_default().into() }),
        Lookup::Missing => Lookup::Missing,
        Lookup::Ambiguous(ids) => Lookup::Ambiguous(ids.clone()),
    }
}

/// A group's permissions as single rules, as if all were made by hand. Their ids are made up of what they
/// say.
fn permissions<'a>(
    group: &'a str,
    egress: bool,
    permissions: &'a [sdk::IpPermission],
) -> impl Iterator<Item = Rule> + 'a {
    permissions.iter().flat_map(move |permission| {
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
        peers.map(move |peer| {
            let direction = if egress { "out" } else { "in" };
            let (from, to) = ports.unwrap_or((0, u16::MAX));
            let other = match &peer {
                Peer::Cidr(text) | Peer::Other(text) => text,
                Peer::Group(id) => id.as_str(),
            };
            Rule {
                id: format!("{group}/{direction}/{protocol}/{from}-{to}/{other}").into(),
                egress,
                protocol: protocol.to_owned(),
                ports,
                peer,
                owner: None,
            }
        })
    })
}

fn is_same(a: &Rule, b: &Rule) -> bool {
    (a.egress, &a.protocol, a.ports, &a.peer) == (b.egress, &b.protocol, b.ports, &b.peer)
}

/// First and last port; `None` for all, which EC2 writes as -1 or not at all.
fn ports(from: Option<i32>, to: Option<i32>) -> Option<(u16, u16)> {
    Some((u16::try_from(from?).ok()?, u16::try_from(to?).ok()?))
}
