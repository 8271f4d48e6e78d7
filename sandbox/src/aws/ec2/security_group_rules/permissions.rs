//! The `IpPermissions` of a call: one permission names many peers, each of which is a rule.

use std::fmt;

use super::Peer;
use crate::aws::input::Input;
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::world::World;
use crate::aws::xml::Xml;

/// Which packets a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Traffic {
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    pub(crate) protocol: String,
    /// First and last port, or ICMP type and code; none for protocols without.
    pub(crate) ports: Option<(i32, i32)>,
}

impl Traffic {
    /// Every protocol.
    pub(crate) fn all() -> Self {
        Self { protocol: "-1".to_owned(), ports: None }
    }

    /// One TCP port.
    pub(crate) fn tcp(port: i32) -> Self {
        Self { protocol: "tcp".to_owned(), ports: Some((port, port)) }
    }

    /// Whether TCP to `port` is among it.
    pub(crate) fn allows_tcp(&self, port: i32) -> bool {
        match self.protocol.as_str() {
            "-1" => true,
            "tcp" => self.ports.is_some_and(|(from, to)| (from..=to).contains(&port)),
            _ => false,
        }
    }

    pub(super) fn read(input: &Input<'_>) -> Answer<Self> {
        let given = input.need("IpProtocol")?.to_ascii_lowercase();
        let protocol = match given.as_str() {
            "6" => "tcp".to_owned(),
            "17" => "udp".to_owned(),
            "1" => "icmp".to_owned(),
            "-1" | "tcp" | "udp" | "icmp" => given,
            other if other.parse::<u8>().is_ok() => given,
            _ => {
                return Err(Refusal::invalid_value(format!(
                    "Invalid value '{given}' for IP protocol. Unknown protocol."
                )));
            }
        };
        let from: Option<i32> = input.number("FromPort")?;
        let to: Option<i32> = input.number("ToPort")?;
        let ports = match (protocol.as_str(), from, to) {
            ("tcp" | "udp", Some(from), Some(to)) => {
                if !(0..=65535).contains(&from) || !(0..=65535).contains(&to) || from > to {
                    return Err(Refusal::invalid_value(format!("Invalid TCP/UDP port range ({from}:{to})")));
                }
                Some((from, to))
            }
            ("tcp" | "udp", _, _) => {
                return Err(Refusal::invalid_value(
                    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
                ));
            }
            ("icmp", from, to) => Some((from.unwrap_or(-1), to.unwrap_or(-1))),
            // AWS ignores ports where the protocol has none.
            _ => None,
        };
        Ok(Self { protocol, ports })
    }

    /// As AWS's refusals put it.
    pub(super) fn in_words(&self) -> String {
        let protocol =
            if self.protocol == "-1" { "ALL".to_owned() } else { self.protocol.to_ascii_uppercase() };
        match self.ports {
            Some((from, to)) => format!("{protocol}, from port: {from}, to port: {to}"),
            None => protocol,
        }
    }

    pub(crate) fn write(&self, xml: &mut Xml) {
        xml.text("ipProtocol", &self.protocol);
        if let Some((from, to)) = self.ports {
            xml.text("fromPort", from).text("toPort", to);
        }
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol.as_str(), self.ports) {
            ("-1", _) => write!(out, "ALL"),
            (protocol, Some((from, to))) if from == to => {
                write!(out, "{} {from}", protocol.to_ascii_uppercase())
            }
            (protocol, Some((from, to))) => write!(out, "{} {from}-{to}", protocol.to_ascii_uppercase()),
            (protocol, None) => write!(out, "{}", protocol.to_ascii_uppercase()),
        }
    }
}

/// One rule as asked for.
pub(super) struct Permission {
    pub(super) traffic: Traffic,
    pub(super) peer: Peer,
    pub(super) description: Option<String>,
}

impl Permission {
    /// Whether the two would make the same rule.
    pub(super) fn same_as(&self, other: &Permission) -> bool {
        self.traffic == other.traffic && self.peer == other.peer
    }

    /// Every rule that the call's `IpPermissions` name.
    pub(super) fn read_all(world: &World, input: &Input<'_>) -> Answer<Vec<Permission>> {
        let mut all = Vec::new();
        for permission in input.items("IpPermissions") {
            let traffic = Traffic::read(&permission)?;
            let before = all.len();
            for range in permission.items("IpRanges") {
                let text = range.need("CidrIp")?;
                let cidr = text
                    .parse()
                    .map_err(|_| Refusal::invalid_value(format!("CIDR block {text} is malformed")))?;
                let description = read_description(&range)?;
                all.push(Permission { traffic: traffic.clone(), peer: Peer::Cidr(cidr), description });
            }
            for pair in permission.items("Groups") {
                let group = world.find(&world.groups, &pair.need("GroupId")?)?.id.clone();
                if pair.text("UserId").is_some_and(|user| user != world.account_id) {
                    return Err(Refusal::new(
                        "InvalidGroup.NotFound",
                        "The group belongs to another account.",
                    ));
                }
                pair.text("VpcId");
                let description = read_description(&pair)?;
                all.push(Permission { traffic: traffic.clone(), peer: Peer::Group(group), description });
            }
            if all.len() == before {
                return Err(Refusal::missing("a peer in ipPermissions (ipRanges or groups)"));
            }
        }
        Ok(all)
    }
}

fn read_description(input: &Input<'_>) -> Answer<Option<String>> {
    let description = input.text("Description");
    let fine = |text: &String| {
        text.len() <= 255
            && text.chars().all(|c| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c))
    };
    if description.as_ref().is_some_and(|text| !fine(text)) {
        return Err(Refusal::invalid_value(
            "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        ));
    }
    Ok(description)
}
