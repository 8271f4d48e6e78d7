//! What AWS itself offers in Seoul: zones, instance types, images, quotas and list prices.

use std::collections::BTreeMap;

use super::world::Table;

mod images;
mod types;

pub(crate) use images::{CANONICAL, Image};
pub(crate) use types::{INSTANCE_TYPES, InstanceType, instance_type};

/// An availability zone: the letter after the region's name, and the part of its id after `apne2-`.
pub(crate) struct Zone {
    pub(crate) letter: char,
    pub(crate) id: &'static str,
}

/// The zones of Seoul.
pub(crate) const ZONES: [Zone; 4] = [
    Zone { letter: 'a', id: "apne2-az1" },
    Zone { letter: 'b', id: "apne2-az2" },
    Zone { letter: 'c', id: "apne2-az3" },
    Zone { letter: 'd', id: "apne2-az4" },
];

/// The id of a zone by its name (`ap-northeast-2a`).
pub(crate) fn zone_id(name: &str) -> Option<&'static str> {
    ZONES.iter().find(|zone| name.ends_with(zone.letter)).map(|zone| zone.id)
}

/// List prices in USD per hour, where not of an instance type (Seoul, gathered 2026-11).
pub(crate) mod price {
    /// A NAT gateway.
    pub(crate) const NAT_GATEWAY: f64 = 0.059;
    /// A public IPv4 address, used or idle.
    pub(crate) const PUBLIC_ADDRESS: f64 = 0.005;
    /// An interface endpoint, for each zone it is in.
    pub(crate) const ENDPOINT_ZONE: f64 = 0.013;
    /// A GiB of gp3, for a month of [`HOURS_IN_MONTH`].
    pub(crate) const GP3_GIB_MONTH: f64 = 0.0912;
    /// A GiB of gp2, for a month of [`HOURS_IN_MONTH`].
    pub(crate) const GP2_GIB_MONTH: f64 = 0.114;
    /// How many hours AWS counts in a month when it prices storage.
    pub(crate) const HOURS_IN_MONTH: f64 = 730.0;
}

/// The account's limits by quota code.
#[derive(Debug, Clone)]
pub(crate) struct Quotas(BTreeMap<&'static str, f64>);

/// A quota that the sandbox keeps to.
pub(crate) struct Quota {
    pub(crate) service: &'static str,
    pub(crate) service_name: &'static str,
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) default: f64,
    /// Whether accounts have a value of their own from the start.
    pub(crate) granted: bool,
}

/// NAT gateways in one zone.
pub(crate) const NAT_GATEWAYS_PER_ZONE: &str = "L-FE5A380F";
/// Elastic IP addresses in the region.
pub(crate) const ELASTIC_IPS: &str = "L-0263D0A3";
/// vCPUs of running on-demand standard instances.
pub(crate) const ON_DEMAND_VCPUS: &str = "L-1216C47A";
/// vCPUs of standard spot instances.
pub(crate) const SPOT_VCPUS: &str = "L-34B43A08";

/// Every quota that the sandbox keeps to. The two of instances are what AWS grants an account with some history.
pub(crate) const QUOTAS: [Quota; 4] = [
    Quota {
        service: "vpc",
        service_name: "Amazon Virtual Private Cloud (Amazon VPC)",
        code: NAT_GATEWAYS_PER_ZONE,
        name: "NAT gateways per Availability Zone",
        default: 5.0,
        granted: false,
    },
    Quota {
        service: "ec2",
        service_name: "Amazon Elastic Compute Cloud (Amazon EC2)",
        code: ELASTIC_IPS,
        name: "EC2-VPC Elastic IPs",
        default: 5.0,
        granted: true,
    },
    Quota {
        service: "ec2",
        service_name: "Amazon Elastic Compute Cloud (Amazon EC2)",
        code: ON_DEMAND_VCPUS,
        name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        default: 32.0,
        granted: true,
    },
    Quota {
        service: "ec2",
        service_name: "Amazon Elastic Compute Cloud (Amazon EC2)",
        code: SPOT_VCPUS,
        name: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
        default: 32.0,
        granted: true,
    },
];

impl Default for Quotas {
    fn default() -> Self {
        Self(QUOTAS.iter().map(|quota| (quota.code, quota.default)).collect())
    }
}

impl Quotas {
    /// The value of one of [`QUOTAS`].
    pub(crate) fn get(&self, code: &str) -> f64 {
        self.0.get(code).copied().unwrap_or_default()
    }

    /// Whether `count` things are within the quota.
    #[expect(clippy::cast_precision_loss, reason = "counts of things in a test account are small")]
    pub(crate) fn allows(&self, code: &str, count: usize) -> bool {
        count as f64 <= self.get(code)
    }

    /// Changes a quota; says whether there is such a code.
    pub(crate) fn set(&mut self, code: &str, value: f64) -> bool {
        self.0.get_mut(code).map(|slot| *slot = value).is_some()
    }
}

impl Image {
    /// Every image, by id.
    pub(crate) fn all() -> Table<Image> {
        images::all().into_iter().map(|image| (image.id.clone(), image)).collect()
    }
}
