//! What was spent since the page was started, counted as AWS charges it and as the bot does: by list price, gateways and
//! endpoints by the hour, begun ones in full, everything else by the second. Traffic is not counted.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, TimeDelta, Utc};

use crate::aws::Item;

const SECONDS_PER_HOUR: f64 = 3600.0;

/// Which thing.
type Key = (&'static str, String);

/// What every thing has cost that was ever seen.
#[derive(Debug, Default)]
pub(super) struct Bill {
    /// The first look: nothing costs before it.
    from: Option<DateTime<Utc>>,
    lines: BTreeMap<Key, Line>,
}

/// What one thing costs.
#[derive(Debug)]
struct Line {
    usd_per_hour: f64,
    by_started_hour: bool,
    /// While it bills, from when to when so far.
    open: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// What it cost before that.
    before_usd: f64,
}

impl Line {
    fn usd(&self) -> f64 {
        let lasted = self.open.map_or(TimeDelta::zero(), |(from, until)| until - from);
        let hours = lasted.as_seconds_f64().max(0.0) / SECONDS_PER_HOUR;
        let billed = match (self.open, self.by_started_hour) {
            (None, _) => 0.0,
            // What was there was billed, however short a time it was.
            (Some(_), true) => hours.ceil().max(1.0),
            (Some(_), false) => hours,
        };
        self.before_usd + self.usd_per_hour * billed
    }

    fn close(&mut self, at: DateTime<Utc>) {
        if let Some((from, _)) = self.open {
            self.open = Some((from, at.max(from)));
            self.before_usd = self.usd();
            self.open = None;
        }
    }
}

impl Bill {
    /// A thing at `now`, which is as it is since `changed_at`.
    pub(super) fn sees(&mut self, item: &Item, changed_at: DateTime<Utc>, now: DateTime<Utc>) {
        let start = *self.from.get_or_insert(now);
        let key = (item.kind, item.id.clone());
        let Some(usd_per_hour) = item.usd_per_hour else {
            if let Some(line) = self.lines.get_mut(&key) {
                line.close(changed_at);
            }
            return;
        };
        let by_started_hour = item.by_started_hour;
        let line = self.lines.entry(key);
        let known = matches!(line, Entry::Occupied(_));
        let line = line.or_insert(Line { usd_per_hour, by_started_hour, open: None, before_usd: 0.0 });
        // The first time it bills from when it was made, later (an instance that was stopped) from when it did again.
        let begun = if known { changed_at } else { item.made };
        let from = line.open.map_or(begun.max(start), |(from, _)| from);
        line.open = Some((from, now.max(from)));
    }

    /// A thing that is no longer there.
    pub(super) fn misses(&mut self, key: &Key, now: DateTime<Utc>) {
        if let Some(line) = self.lines.get_mut(key) {
            line.close(now);
        }
    }

    /// Takes note that this was a look, whether or not there was anything.
    pub(super) fn looked(&mut self, now: DateTime<Utc>) {
        self.from.get_or_insert(now);
    }

    /// What was spent on what is charged by the started hour, in USD: it grows in steps.
    pub(super) fn stepwise_usd(&self) -> f64 {
        self.lines.values().filter(|line| line.by_started_hour).map(Line::usd).sum()
    }

    /// What was spent on everything else.
    pub(super) fn steady_usd(&self) -> f64 {
        self.lines.values().filter(|line| !line.by_started_hour).map(Line::usd).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn item(by_started_hour: bool, usd_per_hour: Option<f64>, made: i64) -> Item {
        Item {
            kind: "nat-gateway",
            id: "nat-1".to_owned(),
            name: None,
            state: "available".to_owned(),
            detail: String::new(),
            managed: true,
            tags: BTreeMap::new(),
            usd_per_hour,
            by_started_hour,
            made: at(made),
            since: at(made),
            acts_at: None,
            agent: None,
        }
    }

    #[test]
    fn a_gateway_is_charged_by_the_started_hour_from_when_it_was_made() {
        let mut bill = Bill::default();
        bill.looked(at(0));
        for (seconds, hours) in [(61, 1.0), (1800, 1.0), (3660, 1.0), (3661, 2.0), (7000, 2.0)] {
            bill.sees(&item(true, Some(0.059), 60), at(60), at(seconds));
            assert!((bill.stepwise_usd() - hours * 0.059).abs() < 1e-9, "{seconds} s");
        }
        bill.sees(&item(true, None, 60), at(7100), at(20_000));
        assert!((bill.stepwise_usd() - 2.0 * 0.059).abs() < 1e-9, "gone at 7100 s");
        assert_eq!(bill.steady_usd(), 0.0);
    }

    #[test]
    fn everything_else_is_charged_by_the_second_until_it_is_missed() {
        let mut bill = Bill::default();
        bill.looked(at(0));
        bill.sees(&item(false, Some(3600.0), 10), at(10), at(12));
        assert_eq!(bill.steady_usd(), 2.0);
        bill.misses(&("nat-gateway", "nat-1".to_owned()), at(15));
        bill.looked(at(100));
        assert_eq!((bill.steady_usd(), bill.stepwise_usd()), (5.0, 0.0));
    }

    #[test]
    fn what_stops_and_starts_again_is_not_charged_in_between() {
        let mut bill = Bill::default();
        bill.looked(at(0));
        bill.sees(&item(false, Some(3600.0), 0), at(0), at(10));
        bill.sees(&item(false, None, 0), at(10), at(20));
        bill.sees(&item(false, Some(3600.0), 0), at(25), at(30));
        assert_eq!(bill.steady_usd(), 15.0);
    }

    #[test]
    fn nothing_costs_before_the_first_look_and_a_clock_that_steps_back_gives_nothing_back() {
        let mut bill = Bill::default();
        bill.sees(&item(false, Some(3600.0), 0), at(0), at(100));
        assert_eq!(bill.steady_usd(), 0.0);
        bill.sees(&item(false, Some(3600.0), 0), at(0), at(110));
        bill.sees(&item(false, Some(3600.0), 0), at(0), at(50));
        assert!(bill.steady_usd() >= 0.0);
    }
}
