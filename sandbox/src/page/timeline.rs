//! What happened on the AWS side since the page was started, and what it has cost (see [`Bill`]).
//!
//! Both are derived by comparing one look at the inventory with the next: the inventory itself has no history.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::bill::Bill;
use crate::aws::Item;

/// How many events are kept; older ones are forgotten.
const KEPT_EVENTS: usize = 200;

/// One change of one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Event {
    /// Increases by one with each event.
    seq: u64,
    /// When, in simulated time; as precise as the inventory says, else as often as it is looked at.
    at: DateTime<Utc>,
    kind: &'static str,
    id: String,
    /// Its name, or what it does, or its id.
    label: String,
    managed: bool,
    /// Its state before; `None` for a thing that was not there.
    was: Option<String>,
    /// Its state since; `None` for a thing that is no longer listed.
    state: Option<String>,
}

/// What is remembered of a thing from one look to the next.
#[derive(Clone, Debug)]
struct Seen {
    label: String,
    managed: bool,
    state: String,
}

/// The events so far, and the money.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    looked_at: Option<DateTime<Utc>>,
    seen: BTreeMap<(&'static str, String), Seen>,
    from_start: BTreeSet<(&'static str, String)>,
    events: VecDeque<Event>,
    next_seq: u64,
    bill: Bill,
}

impl Timeline {
    /// The events kept, oldest first.
    pub(super) fn events(&self) -> &VecDeque<Event> {
        &self.events
    }

    /// Whether the first look found it.
    pub(super) fn was_there_from_start(&self, item: &Item) -> bool {
        self.from_start.contains(&(item.kind, item.id.clone()))
    }

    /// What was spent since the first look.
    pub(super) fn bill(&self) -> &Bill {
        &self.bill
    }

    /// Compares `items`, the inventory at `now`, with the last look. The first look is where the story begins: what is
    /// there already is not an event.
    pub(super) fn look(&mut self, items: &[Item], now: DateTime<Utc>) {
        let first = self.looked_at.is_none();
        if first {
            self.from_start = items.iter().map(|item| (item.kind, item.id.clone())).collect();
        }
        self.bill.looked(now);
        let since = self.looked_at.replace(now).unwrap_or(now).min(now);
        let mut gone = std::mem::take(&mut self.seen);
        let mut events = Vec::new();
        for item in items {
            let key = (item.kind, item.id.clone());
            let before = gone.remove(&key);
            let seen = Seen { label: label(item), managed: item.managed, state: item.state.clone() };
            // A change that happened between the two looks, if the inventory says when, happened then.
            let changed_at = if item.since > since && item.since <= now { item.since } else { now };
            let was = before.as_ref().map(|before| before.state.clone());
            if !first && was.as_ref() != Some(&seen.state) {
                events.push(event(changed_at, &key, &seen, was, Some(seen.state.clone())));
            }
            self.bill.sees(item, changed_at, now);
            self.seen.insert(key, seen);
        }
        for (key, seen) in gone {
            self.bill.misses(&key, now);
            events.push(event(now, &key, &seen, Some(seen.state.clone()), None));
        }
        events.sort_by_key(|event| event.at);
        for event in events {
            self.record(event);
        }
    }

    fn record(&mut self, event: Event) {
        if self.events.len() == KEPT_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(Event { seq: self.next_seq, ..event });
        self.next_seq += 1;
    }
}

/// Its name, or what it does (routes and rules often have none), or its id.
fn label(item: &Item) -> String {
    let described = (!item.detail.is_empty()).then_some(&item.detail);
    item.name.as_ref().or(described).unwrap_or(&item.id).clone()
}

/// An event that has no number yet.
fn event(
    at: DateTime<Utc>,
    (kind, id): &(&'static str, String),
    seen: &Seen,
    was: Option<String>,
    state: Option<String>,
) -> Event {
    let (id, label, managed) = (id.clone(), seen.label.clone(), seen.managed);
    Event { seq: 0, at, kind, id, label, managed, was, state }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn gateway(state: &str, since: i64) -> Item {
        Item {
            kind: "nat-gateway",
            id: "nat-1".to_owned(),
            name: Some("My-NAT".to_owned()),
            state: state.to_owned(),
            detail: String::new(),
            managed: true,
            tags: BTreeMap::new(),
            usd_per_hour: None,
            by_started_hour: true,
            made: at(0),
            since: at(since),
            acts_at: None,
            agent: None,
        }
    }

    fn told(timeline: &Timeline) -> Vec<(i64, Option<&str>, Option<&str>)> {
        let events = timeline.events().iter();
        events.map(|event| (event.at.timestamp(), event.was.as_deref(), event.state.as_deref())).collect()
    }

    #[test]
    fn what_is_there_from_the_start_is_no_event() {
        let mut timeline = Timeline::default();
        timeline.look(&[gateway("available", 0)], at(7200));
        assert_eq!(told(&timeline), []);
        assert!(timeline.was_there_from_start(&gateway("deleted", 0)));
        assert!(!Timeline::default().was_there_from_start(&gateway("available", 0)));
    }

    #[test]
    fn a_life_is_told_state_by_state() {
        let mut timeline = Timeline::default();
        timeline.look(&[], at(0));
        timeline.look(&[gateway("pending", 10)], at(60));
        timeline.look(&[gateway("available", 100)], at(200));
        timeline.look(&[gateway("available", 100)], at(300));
        timeline.look(&[gateway("deleted", 350)], at(400));
        timeline.look(&[], at(500));
        assert_eq!(
            told(&timeline),
            [
                (10, None, Some("pending")),
                (100, Some("pending"), Some("available")),
                (350, Some("available"), Some("deleted")),
                (500, Some("deleted"), None),
            ]
        );
    }

    #[test]
    fn a_thing_that_vanishes_is_told() {
        let mut timeline = Timeline::default();
        timeline.look(&[gateway("available", 0)], at(0));
        timeline.look(&[], at(2));
        assert_eq!(told(&timeline), [(2, Some("available"), None)]);
    }

    #[test]
    fn what_one_look_finds_is_told_in_the_order_it_happened() {
        let mut timeline = Timeline::default();
        timeline.look(&[], at(0));
        let other = Item { id: "nat-2".to_owned(), name: None, ..gateway("pending", 5) };
        timeline.look(&[gateway("pending", 10), other], at(60));
        let told: Vec<_> = timeline.events().iter().map(|event| (event.seq, event.label.as_str())).collect();
        assert_eq!(told, [(0, "nat-2"), (1, "My-NAT")]);
    }

    #[test]
    fn old_events_are_forgotten_and_numbers_go_on() {
        let mut timeline = Timeline::default();
        timeline.look(&[], at(0));
        for second in 0..KEPT_EVENTS as i64 + 5 {
            let state = if second % 2 == 0 { "pending" } else { "available" };
            timeline.look(&[gateway(state, second)], at(second));
        }
        assert_eq!(timeline.events().len(), KEPT_EVENTS);
        assert_eq!(timeline.events().front().map(|event| event.seq), Some(5));
    }
}
