//! Security group rules of ours at EC2.
//!
//! They are listed by tag, because a group whose id is not known yet cannot be asked for its rules in the same round;
//! everybody's are seen on the [group](crate::kinds::group).

use aws_sdk_ec2::types::{self as sdk, ResourceType};
use doorman_config::Stack;

use super::{Act, Peer, Permission, Rule};
use crate::aws::tagging::{listed, name, tags_for};
use crate::aws::{Aws, Call, all};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

/// How AWS says that a rule is not there (any more).
const GONE: [&str; 3] =
    ["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"];

impl Look for Rule {
    /// Ours, in any group.
    async fn look(aws: &Aws, _: &Stack, record: &Record) -> Result<Sorted<Rule>, Failure> {
        let list = |which| {
            let request = aws.ec2().describe_security_group_rules().filters(which);
            all("DescribeSecurityGroupRules", request.into_paginator().items().send())
        };
        let id = "security-group-rule-id";
        let everywhere = |rule: &sdk::SecurityGroupRule| matches!(peer(rule), Peer::Cidr(_));
        listed(record, Kind::Rule, id, list, |r| (r.security_group_rule_id(), r.tags()), everywhere, read)
            .await
    }
}

fn peer(rule: &sdk::SecurityGroupRule) -> Peer {
    let group = rule.referenced_group_info().and_then(|info| info.group_id());
    match (rule.cidr_ipv4().or(rule.cidr_ipv6()), group) {
        (Some(cidr), _) => Peer::Cidr(cidr.to_owned()),
        (None, Some(group)) => Peer::Group(group.into()),
        (None, None) => Peer::Other(rule.prefix_list_id().unwrap_or("unknown").to_owned()),
    }
}

fn read(rule: &sdk::SecurityGroupRule, owner: Owner) -> Option<Rule> {
    Some(Rule {
        id: rule.security_group_rule_id()?.into(),
        name: name(rule.tags()).unwrap_or_default().to_owned(),
        group: rule.group_id()?.into(),
        lets: Permission {
            egress: rule.is_egress()?,
            protocol: rule.ip_protocol().unwrap_or("-1").to_owned(),
            ports: ports(rule.from_port(), rule.to_port()),
            peer: peer(rule),
        },
        owner,
    })
}

/// First and last port; `None` for all, which EC2 writes as -1 or not at all.
pub(crate) fn ports(from: Option<i32>, to: Option<i32>) -> Option<(u16, u16)> {
    Some((u16::try_from(from?).ok()?, u16::try_from(to?).ok()?))
}

/// A permission for TCP traffic in EC2's words.
pub(crate) fn permission(lets: &Permission, description: &str) -> sdk::IpPermission {
    let (from, to) = lets.ports.unwrap_or((0, u16::MAX));
    let permission = sdk::IpPermission::builder()
        .ip_protocol(&lets.protocol)
        .from_port(i32::from(from))
        .to_port(i32::from(to));
    match &lets.peer {
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

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<Rule>, Failure> {
        match self {
            Act::Authorize { group, lets, name, description } => {
                let tags = tags_for(ResourceType::SecurityGroupRule, owner, name);
                let permission = permission(lets, description);
                let answer = if lets.egress {
                    let request = aws.ec2_once().authorize_security_group_egress().group_id(group.as_str());
                    let call = Call::blind("AuthorizeSecurityGroupEgress");
                    let answer = request.ip_permissions(permission).tag_specifications(tags).send().await;
                    answer.map(|a| a.security_group_rules).map_err(|error| call.failed(error))
                } else {
                    let request = aws.ec2_once().authorize_security_group_ingress().group_id(group.as_str());
                    let call = Call::blind("AuthorizeSecurityGroupIngress");
                    let answer = request.ip_permissions(permission).tag_specifications(tags).send().await;
                    answer.map(|a| a.security_group_rules).map_err(|error| call.failed(error))
                };
                let made = match answer {
                    Ok(made) => made.unwrap_or_default(),
                    // Ours, made by a call whose answer was lost, or somebody else's: only a look can tell.
                    Err(failure) if failure.is(&["InvalidPermission.Duplicate"]) => {
                        return Ok(Change::LookAgain);
                    }
                    // A look says that the group is gone, or finds it again.
                    Err(failure) => return Err(failure.not_yet_if(&["InvalidGroup.NotFound"])),
                };
                let id = made.first().and_then(|rule| rule.security_group_rule_id());
                Ok(id.map_or(Change::LookAgain, |id| {
                    Change::Is(Rule {
                        id: id.into(),
                        name: name.clone(),
                        group: group.clone(),
                        lets: lets.clone(),
                        owner: owner.clone(),
                    })
                }))
            }
            Act::Revoke { group, egress, id } => {
                let revoked = if *egress {
                    let request = aws.ec2().revoke_security_group_egress().group_id(group.as_str());
                    let call = Call::repeatable("RevokeSecurityGroupEgress");
                    let answer = request.security_group_rule_ids(id.as_str()).send().await;
                    answer.map(drop).map_err(|error| call.failed(error))
                } else {
                    let request = aws.ec2().revoke_security_group_ingress().group_id(group.as_str());
                    let call = Call::repeatable("RevokeSecurityGroupIngress");
                    let answer = request.security_group_rule_ids(id.as_str()).send().await;
                    answer.map(drop).map_err(|error| call.failed(error))
                };
                match revoked {
                    Ok(()) => Ok(Change::Gone(id.clone())),
                    Err(failure) if failure.is(&GONE) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
        }
    }
}
