//! What things cost by the public list.
//!
//! The table is dated and ships in the repository; it is an estimate and always named as such.

mod price;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::Deserialize;

pub use price::{Billing, Price};

/// Hours in a month, as AWS counts them in its own estimates.
pub const HOURS_A_MONTH: f64 = 730.0;

/// A dated table of list prices for one region, in USD.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The region it is for.
    pub region: String,
    /// When the prices were gathered.
    pub as_of: NaiveDate,
    /// A NAT gateway, an hour.
    pub nat_gateway_hour: f64,
    /// A GB through a NAT gateway.
    pub nat_gateway_gb: f64,
    /// An interface endpoint, an hour and zone.
    pub interface_endpoint_zone_hour: f64,
    /// A GB through an interface endpoint.
    pub interface_endpoint_gb: f64,
    /// A public IPv4 address, an hour.
    pub public_ipv4_hour: f64,
    volume_gb_month: BTreeMap<String, f64>,
    instance_hour: BTreeMap<String, f64>,
}

impl Prices {
    /// The table that ships for a region, if there is one.
    pub fn shipped(region: &str) -> Option<&'static Prices> {
        static SEOUL: OnceLock<Prices> = OnceLock::new();
        let seoul = SEOUL.get_or_init(|| {
            toml::from_str(include_str!("ap-northeast-2.toml"))
                .expect("the shipped table parses: a test reads it")
        });
        (seoul.region == region).then_some(seoul)
    }

    /// An instance type, an hour on-demand; `None` if the table has it not.
    pub fn instance(&self, instance_type: &str) -> Option<f64> {
        self.instance_hour.get(instance_type).copied()
    }

    /// A volume, an hour.
    pub fn volume(&self, kind: &str, size_gib: u32) -> Option<f64> {
        self.volume_gb_month.get(kind).map(|month| month * f64::from(size_gib) / HOURS_A_MONTH)
    }

    /// An interface endpoint with an interface in so many zones, an hour.
    pub fn interface_endpoint(&self, zones: usize) -> f64 {
        self.interface_endpoint_zone_hour * zones as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_for_seoul_only() {
        let prices = Prices::shipped("ap-northeast-2").expect("Seoul ships");
        assert_eq!(prices.instance("t3.micro"), Some(0.013));
        assert_eq!(prices.instance("u-24tb1.metal"), None);
        assert!((prices.volume("gp3", 30).expect("gp3") - 0.003_748).abs() < 1e-5);
        assert!(Prices::shipped("eu-west-1").is_none());
    }
}
