//! `[stack.service]`: the instances.

use std::fmt;
use std::net::Ipv4Addr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::{check_unique, name_tag};
use crate::choice;
use crate::read::{Plausible, Section};

/// The instances that `/launch service` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Their security group, by its name. Default: `my-SG-private-service`.
    pub security_group: String,
    /// Their image when nobody says: an Ubuntu release such as `ubuntu-24.04` (the default), or an `ami-…`.
    pub image: String,
    /// Their type when nobody says. Default: `t3.micro`.
    pub instance_type: String,
    /// How they are bought when nobody says. Default: on-demand.
    pub market: Market,
    /// `[stack.service.volume]`: the root volume of each.
    pub volume: Volume,
    /// `[[stack.service.instances]]`, at least one; names and addresses differ. Default: the reference pair.
    pub instances: Vec<Instance>,
}

/// How instances are bought
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-purchasing-options.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Market {
    /// At the list price, until terminated: `on-demand`.
    OnDemand,
    /// Cheaper, and AWS may take it back at two minutes' notice: `spot`.
    Spot,
}

/// The root volume of an instance, deleted with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its size in GiB. Default: 30.
    pub size_gib: u32,
    /// Its type: `gp3` (the default) or `gp2`. `kind`, because `type` is a keyword of Rust.
    pub kind: String,
    /// The root device of the image. Default: `/dev/sda1`, as in Ubuntu's images.
    pub device: String,
}

/// One instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its `Name`. No default.
    pub name: String,
    /// The subnet it stands in, by `Name`. No default.
    pub subnet: String,
    /// Its fixed address in that subnet. No default.
    pub private_ip: Ipv4Addr,
}

impl Default for Service {
    fn default() -> Self {
        let instance = |number: u8, private_ip| Instance {
            name: format!("my-service-0{number}"),
            subnet: format!("my-subnet-private0{number}"),
            private_ip,
        };
        Self {
            security_group: "my-SG-private-service".to_owned(),
            image: "ubuntu-24.04".to_owned(),
            instance_type: "t3.micro".to_owned(),
            market: Market::OnDemand,
            volume: Volume::default(),
            instances: vec![
                instance(1, Ipv4Addr::new(10, 20, 10, 31)),
                instance(2, Ipv4Addr::new(10, 20, 20, 32)),
            ],
        }
    }
}

impl Default for Volume {
    fn default() -> Self {
        Self { size_gib: 30, kind: "gp3".to_owned(), device: "/dev/sda1".to_owned() }
    }
}

impl Service {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let default = Self::default();
        let instances = section.sections("instances", Instance::read);
        let service = Self {
            security_group: name_tag(section, "security_group", default.security_group),
            image: section.get_or("image", default.image),
            instance_type: section.get_or("instance_type", default.instance_type),
            market: section.get_or("market", default.market),
            volume: section.section("volume", Volume::read),
            instances: instances.unwrap_or(default.instances),
        };
        let kind = &service.instance_type;
        section.check("image", !service.image.is_empty(), || {
            "empty; an image such as `ubuntu-24.04` or an `ami-…` belongs here".to_owned()
        });
        section.check("instance_type", kind.split('.').filter(|part| !part.is_empty()).count() == 2, || {
            format!("`{kind}` is not an instance type such as `t3.micro`")
        });
        section.check("instances", !service.instances.is_empty(), || {
            "empty: at least one [[stack.service.instances]] is needed".to_owned()
        });
        check_unique(section, "instances", "name", service.instances.iter().map(|one| &one.name));
        check_unique(section, "instances", "address", service.instances.iter().map(|one| one.private_ip));
        service
    }
}

impl Volume {
    fn read(section: &Section<'_, '_>) -> Self {
        let default = Self::default();
        let volume = Self {
            size_gib: section.get_or("size_gib", default.size_gib),
            kind: section.get_or("kind", default.kind),
            device: section.get_or("device", default.device),
        };
        // 16 TiB is the most that both types have.
        section.check("size_gib", (1..=16_384).contains(&volume.size_gib), || {
            format!("{} is not a size from 1 to 16384 GiB", volume.size_gib)
        });
        // The others are magnetic, or want a number of operations per second that doorman does not ask for.
        if section.sound(&["kind"])
            && let Err(message) = choice::choose(&volume.kind, &[("gp3", ()), ("gp2", ())])
        {
            section.wrong("kind", message);
        }
        section.check("device", volume.device.starts_with("/dev/"), || {
            format!("`{}` is not a device such as `/dev/sda1`", volume.device)
        });
        volume
    }
}

impl Instance {
    fn read(section: &Section<'_, '_>) -> Option<Self> {
        let name = section.need("name", "the name of the instance");
        let subnet = section.need("subnet", "the name of the subnet that it stands in");
        let private_ip = section.need("private_ip", "its address in that subnet");
        Some(Self { name: name?, subnet: subnet?, private_ip: private_ip? })
    }
}

impl Plausible for String {
    fn objection(&self) -> Option<String> {
        self.trim().is_empty().then(|| "empty; a name belongs here".to_owned())
    }
}

impl Plausible for Ipv4Addr {
    fn objection(&self) -> Option<String> {
        let odd = self.is_loopback() || self.is_multicast() || self.is_unspecified() || self.is_broadcast();
        (odd || self.is_link_local()).then(|| format!("`{self}` is not the address of a machine in a subnet"))
    }
}

impl Market {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::OnDemand, Self::Spot];

    /// Its name in the settings and in the commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Spot => "spot",
        }
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Market {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Market {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        choice::choose(&word, &Self::ALL.map(|market| (market.as_str(), market))).map_err(de::Error::custom)
    }
}
