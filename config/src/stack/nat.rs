//! `[stack.nat]`: the window on the internet.

use serde::de::{self, Deserialize, Deserializer};

use super::{check_unique, name_tag, rule_description};
use crate::read::Section;
use crate::window::WindowLengths;

/// What `/nat open` makes, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nat {
    /// The `Name` of the NAT gateway, and of its address. Default: `My-NAT`.
    pub name: String,
    /// The public subnet it stands in, by `Name`. Default: `my-subnet-public01`.
    pub subnet: String,
    /// The private route table that gets the default route to it, by `Name`. Default: `my-route-private`.
    pub route_table: String,
    /// The TCP ports that the service security group lets out to everywhere while the window is open, at
    /// least one. Default: 80 and 443.
    pub ports: Vec<u16>,
    /// The description of those rules. Default: `for package management`.
    pub rule_description: String,
    /// `default`, `minimum`, `maximum`: how long the window is. Opening alone takes a minute or two. Default: 30m, 5m,
    /// 4h.
    pub lengths: WindowLengths,
}

impl Default for Nat {
    fn default() -> Self {
        Self {
            name: "My-NAT".to_owned(),
            subnet: "my-subnet-public01".to_owned(),
            route_table: "my-route-private".to_owned(),
            ports: vec![80, 443],
            rule_description: "for package management".to_owned(),
            lengths: WindowLengths::minutes(30, 5, 4 * 60),
        }
    }
}

impl Nat {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let default = Self::default();
        let nat = Self {
            name: name_tag(section, "name", default.name),
            subnet: name_tag(section, "subnet", default.subnet),
            route_table: name_tag(section, "route_table", default.route_table),
            ports: section
                .items("ports")
                .map_or(default.ports, |ports: Vec<Port>| ports.into_iter().map(|Port(port)| port).collect()),
            rule_description: rule_description(section, "rule_description", default.rule_description),
            lengths: WindowLengths::read(section, default.lengths),
        };
        section.check("ports", !nat.ports.is_empty(), || {
            "empty: without an open port the window leads nowhere".to_owned()
        });
        check_unique(section, "ports", "port", &nat.ports);
        nat
    }
}

/// A TCP port, for the sake of its message.
struct Port(u16);

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        match u16::try_from(number) {
            Ok(0) | Err(_) => Err(de::Error::custom(format_args!("{number} is not a port from 1 to 65535"))),
            Ok(port) => Ok(Self(port)),
        }
    }
}
