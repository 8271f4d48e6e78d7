//! Records: what was made for a lease, and the closing statement.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::trouble::Trouble;
use crate::kind::Kind;
use crate::prices::Price;

/// The least that anything exists: AWS tells of its times by the second.
const A_MOMENT: TimeDelta = TimeDelta::seconds(1);

/// One AWS resource that was made for a lease: the proof that it is ours, and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// What it is.
    pub kind: Kind,
    /// AWS's id of it.
    pub id: String,
    /// Its name: the `Name` tag, or the short service name of an endpoint.
    pub name: String,
    /// When it was made (or first seen, if AWS does not say or it was adopted).
    pub made_at: DateTime<Utc>,
    /// When it was first seen gone.
    pub gone_at: Option<DateTime<Utc>>,
    /// List price while it exists.
    pub price: Price,
}

impl Made {
    /// Hours billed from when it was made until it was gone, or until `until`: gateways and endpoints by the started
    /// hour, the rest by the second.
    pub fn billed_hours(&self, until: DateTime<Utc>) -> f64 {
        let end = self.gone_at.map_or(until, |gone| gone.min(until));
        // What was there was billed, however little of time a clock has seen of it.
        let was_there = until > self.made_at;
        self.price.billed_hours(if was_there {
            (end - self.made_at).max(A_MOMENT)
        } else {
            TimeDelta::zero()
        })
    }

    /// What it cost between two instants by the list, USD, as far as the list has it.
    pub fn spent_usd(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
        let hours = self.billed_hours(to) - self.billed_hours(from);
        self.price.usd_per_hour().unwrap_or_default() * hours
    }
}

/// What things made for leases cost between two instants. An estimate from list prices, USD.
pub fn spent_usd(made: &[Made], from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    made.iter().map(|made| made.spent_usd(from, to)).sum()
}

/// The closing statement of a lease: what existed, how long, what it cost, what is left: nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// When the last of it was seen gone.
    pub closed_at: DateTime<Utc>,
    /// Seconds by which the last thing that bills outlived the time it was due, less what closing
    /// [usually takes](super::Terms::usually_closes_in): 0 when it closed in time. What people and the budget feel,
    /// not when doorman began.
    pub late_s: i64,
    /// What existed.
    pub items: Vec<ReceiptItem>,
    /// What it cost in all, by the list, USD.
    pub usd: f64,
    /// The date of the price list; `None` where the region has none.
    pub prices_as_of: Option<NaiveDate>,
    /// When AWS was looked at to write this.
    pub looked_at: DateTime<Utc>,
    /// What was looked for and found gone.
    pub gone: Vec<Kind>,
    /// What is still there, because somebody has to act before it can go. It costs nothing, unless others use it.
    #[serde(default)]
    pub left: Vec<LeftToPeople>,
}

/// Something that a closed lease left to people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftToPeople {
    /// What it is.
    pub kind: Kind,
    /// AWS's id of it; [`NOT_SEEN`](crate::switchboard::inventory::NOT_SEEN) if it could not be looked for.
    pub id: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// Why it could not be removed.
    pub why: Trouble,
    /// What it goes on costing an hour by the list, USD; 0: nothing, or what is not known.
    #[serde(default)]
    pub usd_per_hour: f64,
}

impl Receipt {
    /// When the last thing that bills was seen gone; `None` if nothing was made that does, or some of it stays.
    pub fn billed_until(&self) -> Option<DateTime<Utc>> {
        let billed = self.items.iter().filter(|item| item.bills()).map(|item| item.to).max();
        billed.filter(|_| !self.bills_on())
    }

    /// Whether something of it stays and bills, because others use it.
    pub fn bills_on(&self) -> bool {
        self.left.iter().any(|left| left.kind.bills())
    }

    /// Whether something in it bills and has no price in the list, so that the sum is the least it cost.
    pub fn has_unknown(&self) -> bool {
        self.items.iter().any(ReceiptItem::is_unpriced)
    }
}

/// One thing that existed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptItem {
    /// What it was.
    pub kind: Kind,
    /// AWS's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Hours as they are billed.
    pub billed_hours: f64,
    /// What it cost by the list, USD.
    pub usd: f64,
    /// Its list price; `None` in receipts of version 0.1, which had none for what is free or not listed.
    #[serde(default)]
    pub price: Option<Price>,
}

impl ReceiptItem {
    /// Whether AWS charged for it.
    pub fn bills(&self) -> bool {
        self.price.map_or(self.kind.bills(), Price::bills)
    }

    /// Whether it bills, and the list has no price for it.
    pub fn is_unpriced(&self) -> bool {
        match self.price {
            Some(price) => price.usd_per_hour().is_none(),
            None => self.kind.bills() && self.usd == 0.0 && self.billed_hours > 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prices::Billing;

    fn gateway(minutes: i64) -> Made {
        let made_at = DateTime::UNIX_EPOCH;
        Made {
            kind: Kind::NatGateway,
            id: "nat-1".into(),
            name: "My-NAT".into(),
            made_at,
            gone_at: Some(made_at + TimeDelta::minutes(minutes)),
            price: Price::Hourly { usd: 0.059, by: Billing::StartedHour },
        }
    }

    #[test]
    fn a_gateway_bills_by_the_started_hour() {
        let end = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        for (minutes, hours) in [(1, 1.0), (60, 1.0), (61, 2.0)] {
            assert_eq!(gateway(minutes).billed_hours(end), hours, "{minutes} minutes");
        }
    }

    #[test]
    fn what_was_there_is_billed_whatever_a_clock_says() {
        for seconds in [-3_600, -51, 0, 1] {
            let gone_at = Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds));
            let made = Made { gone_at, ..gateway(0) };
            assert_eq!(made.billed_hours(DateTime::UNIX_EPOCH + TimeDelta::days(1)), 1.0, "{seconds} s");
            assert_eq!(made.billed_hours(DateTime::UNIX_EPOCH), 0.0, "before it was made");
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

    #[test]
    fn what_is_free_is_billed_for_no_time_and_is_not_unpriced() {
        let free = Made { price: Price::Free, ..gateway(90) };
        assert_eq!(free.billed_hours(DateTime::UNIX_EPOCH + TimeDelta::days(1)), 0.0);
        let item = |price| ReceiptItem {
            kind: Kind::NatGateway,
            id: String::new(),
            name: String::new(),
            from: free.made_at,
            to: free.made_at,
            billed_hours: 1.0,
            usd: 0.0,
            price,
        };
        assert!(!item(Some(Price::Free)).is_unpriced());
        assert!(item(Some(Price::NotListed { by: Billing::StartedHour })).is_unpriced());
        assert!(item(None).is_unpriced(), "as version 0.1 wrote it");
    }
}
