//! Security group rules by hand.

use serde_json::{Value, json};

use super::{Act, Peer, Permission, Rule};
use crate::by_hand::act::ByHand;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::kinds::Change;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, _: &mut Observed, hand: &mut Hand) -> Change<Rule> {
        match self {
            Act::Authorize { group, lets, name, description } => {
                let command = match lets.egress {
                    true => "authorize-security-group-egress",
                    false => "authorize-security-group-ingress",
                };
                let cli = Cli::ec2(command)
                    .with("--group-id", &group)
                    .json("--ip-permissions", &json!([permission(&lets, &description)]))
                    .tagged(&["security-group-rule"], owner, &name);
                let query = "SecurityGroupRules[0].SecurityGroupRuleId";
                let id = hand.makes("rule", cli, query, Tries::Once).into();
                Change::Is(Rule { id, name, group, lets, owner: owner.clone() })
            }
            Act::Revoke { group, egress, id } => {
                let command = match egress {
                    true => "revoke-security-group-egress",
                    false => "revoke-security-group-ingress",
                };
                let cli = Cli::ec2(command).with("--group-id", &group);
                hand.runs(cli.with("--security-group-rule-ids", &id), Tries::Once);
                Change::Gone(id)
            }
        }
    }
}

/// A permission for TCP traffic in EC2's words.
fn permission(lets: &Permission, description: &str) -> Value {
    let (from, to) = lets.ports.unwrap_or((0, u16::MAX));
    let (member, peer) = match &lets.peer {
        Peer::Cidr(cidr) if cidr.contains(':') => ("Ipv6Ranges", json!({ "CidrIpv6": cidr })),
        Peer::Cidr(cidr) => ("IpRanges", json!({ "CidrIp": cidr })),
        Peer::Group(id) => ("UserIdGroupPairs", json!({ "GroupId": id })),
        Peer::Other(id) => ("PrefixListIds", json!({ "PrefixListId": id })),
    };
    let mut peer = peer;
    peer["Description"] = json!(description);
    json!({ "IpProtocol": lets.protocol, "FromPort": from, "ToPort": to, member: [peer] })
}
