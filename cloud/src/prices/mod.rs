//! What things cost by the public list, and what that makes of an observation.
//!
//! The table is dated and ships in the repository; it is an estimate and always named as such.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use crate::lease::Made;

mod meter;

pub use meter::{Meter, MeterLine};

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
}

/// What things made for leases cost between two instants, as they are billed: gateways and endpoints by
/// the started hour since they were made, the rest by the second. An estimate from list prices, USD.
pub fn spent_usd(made: &[Made], from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    made.iter().map(|made| made.usd_per_hour * (billed_hours(made, to) - billed_hours(made, from))).sum()
}

/// Hours billed for something from when it was made until it was gone, or until `until`.
pub fn billed_hours(made: &Made, until: DateTime<Utc>) -> f64 {
    let end = made.gone_at.map_or(until, |gone| gone.min(until));
    let hours = (end - made.made_at).as_seconds_f64().max(0.0) / 3600.0;
    if made.kind.bills_started_hours() { hours.ceil() } else { hours }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::lease::MadeKind;

    fn gateway(minutes: i64) -> Made {
        let made_at = DateTime::UNIX_EPOCH;
        Made {
            kind: MadeKind::NatGateway,
            id: "nat-1".into(),
            name: "My-NAT".into(),
            made_at,
            gone_at: Some(made_at + TimeDelta::minutes(minutes)),
            usd_per_hour: 0.059,
        }
    }

    #[test]
    fn the_shipped_table_is_for_seoul_only() {
        let prices = Prices::shipped("ap-northeast-2").expect("Seoul ships");
        assert_eq!(prices.instance("t3.micro"), Some(0.013));
        assert_eq!(prices.instance("u-24tb1.metal"), None);
        assert!((prices.volume("gp3", 30).expect("gp3") - 0.003_748).abs() < 1e-5);
        assert!(Prices::shipped("eu-west-1").is_none());
    }

    #[test]
    fn a_gateway_bills_by_the_started_hour() {
        let end = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        for (minutes, hours) in [(1, 1.0), (60, 1.0), (61, 2.0)] {
            assert_eq!(billed_hours(&gateway(minutes), end), hours, "{minutes} minutes");
        }
    }

    #[test]
    fn a_day_is_billed_what_started_in_it() {
        let (start, made) = (DateTime::UNIX_EPOCH, gateway(90));
        let after = |minutes| start + TimeDelta::minutes(minutes);
        let first = spent_usd(std::slice::from_ref(&made), start, after(30));
        let rest = spent_usd(&[made], after(30), after(600));
        assert!((first - 0.059).abs() < 1e-9 && (rest - 0.059).abs() < 1e-9, "{first} {rest}");
    }
}
