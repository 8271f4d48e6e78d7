//! What one thing costs.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// By what AWS charges for the time something exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Billing {
    /// The second.
    Second,
    /// The hour, begun ones in full.
    StartedHour,
}

/// What one thing costs by the list while it exists.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Price {
    /// Nothing.
    Free,
    /// So much.
    Hourly {
        /// USD an hour.
        usd: f64,
        /// By what.
        by: Billing,
    },
    /// Something, but the list does not have it.
    NotListed {
        /// By what.
        by: Billing,
    },
}

impl Price {
    /// A price of the list, or that it is not in it.
    pub fn listed(usd: Option<f64>, by: Billing) -> Price {
        usd.map_or(Price::NotListed { by }, |usd| Price::Hourly { usd, by })
    }

    /// USD an hour; `None` if it is not in the list.
    pub fn usd_per_hour(self) -> Option<f64> {
        match self {
            Price::Free => Some(0.0),
            Price::Hourly { usd, .. } => Some(usd),
            Price::NotListed { .. } => None,
        }
    }

    /// Whether it costs something, whether or not it is known how much.
    pub fn bills(self) -> bool {
        self != Price::Free
    }

    /// By what it is charged for; `None`: it is free.
    pub fn billing(self) -> Option<Billing> {
        match self {
            Price::Free => None,
            Price::Hourly { by, .. } | Price::NotListed { by } => Some(by),
        }
    }

    /// Hours that are charged for something that exists for so long: begun ones in full, where it is by the started hour.
    pub fn billed_hours(self, length: TimeDelta) -> f64 {
        let hours = length.as_seconds_f64().max(0.0) / 3600.0;
        match self.billing() {
            None => 0.0,
            Some(Billing::Second) => hours,
            Some(Billing::StartedHour) => hours.ceil(),
        }
    }
}
