//! What the store holds of late, in memory.
//!
//! Only this process writes the file, so what it read once and wrote since is what there is. The keeper asks for its
//! leases several times in each pass; from here they come without a read. And they come when the disk hangs, so that
//! what is open then is closed all the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::LeaseId;
use crate::lease::{Lease, MessageRef, Phase};

/// How much longer closed leases are kept than somebody asked for, so that two who ask for spans of different length
/// do not make each other read the file.
const MARGIN: TimeDelta = TimeDelta::hours(2);

/// What is known of each stack that something was read of.
#[derive(Debug, Default)]
pub(super) struct Known {
    shelves: BTreeMap<String, Shelf>,
    /// How often something changed.
    changes: u64,
}

impl Known {
    /// What is known of a stack; `None`: nothing was read of it yet.
    pub(super) fn of(&mut self, stack: &str) -> Option<&mut Shelf> {
        self.shelves.get_mut(stack)
    }

    /// How often something changed: what was read before the last change is not to be kept.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// Takes in what was read of a stack.
    pub(super) fn learn(&mut self, stack: &str, read: Shelf) {
        self.shelves.insert(stack.to_owned(), read);
    }

    /// Takes in a lease as it was written, as a new one of `stack` if that is given.
    pub(super) fn put(&mut self, stack: Option<&str>, lease: &Lease) {
        self.changes += 1;
        let shelf = match stack {
            Some(stack) => self.shelves.get_mut(stack),
            None => self.shelves.values_mut().find(|shelf| shelf.has(&lease.id)),
        };
        match (shelf, stack) {
            (Some(shelf), _) => shelf.put(lease),
            // Of a stack that is read when somebody asks.
            (None, Some(_)) => {}
            // Closed so long ago that it is not here: whether it still is, the file says.
            (None, None) => self.shelves.clear(),
        }
    }

    /// There is no such lease after all.
    pub(super) fn forget(&mut self, id: &LeaseId) {
        self.changes += 1;
        for shelf in self.shelves.values_mut() {
            shelf.leases.retain(|lease| lease.id != *id);
            shelf.ids.remove(id);
        }
    }

    /// That message tells of the lease.
    pub(super) fn followed(&mut self, id: &LeaseId, message: MessageRef) {
        self.changes += 1;
        for lease in self.shelves.values_mut().filter_map(|shelf| shelf.lease(id)) {
            lease.message = Some(message);
        }
    }

    /// Something was posted.
    pub(super) fn told(&mut self, stack: &str, key: &str) {
        self.changes += 1;
        if let Some(shelf) = self.shelves.get_mut(stack) {
            shelf.told.insert(key.to_owned());
        }
    }
}

/// What is known of one stack.
#[derive(Debug)]
pub(super) struct Shelf {
    /// Every lease that is not closed, and those that were closed since.
    leases: Vec<Lease>,
    /// From when on all closed leases are here.
    since: DateTime<Utc>,
    /// Every lease there ever was.
    ids: BTreeSet<LeaseId>,
    /// What was posted once, of late.
    told: BTreeSet<String>,
}

impl Shelf {
    /// As it was read: the leases that are not closed or were not `since` then.
    pub(super) fn new(
        leases: Vec<Lease>,
        since: DateTime<Utc>,
        ids: BTreeSet<LeaseId>,
        told: BTreeSet<String>,
    ) -> Shelf {
        Shelf { leases, since, ids, told }
    }

    /// Takes in leases that were closed before those that are here; `since`: all of them.
    pub(super) fn reach_back(&mut self, leases: &[Lease], since: DateTime<Utc>) {
        for lease in leases {
            if !self.has(&lease.id) {
                self.leases.push(lease.clone());
            }
        }
        self.since = self.since.min(since);
    }

    /// Leases that are not closed, oldest first.
    pub(super) fn open(&self) -> Vec<Lease> {
        self.those(|lease| lease.phase != Phase::Closed)
    }

    /// Leases that were open at some time since then, oldest first; `None`: not all of them are here.
    pub(super) fn since(&mut self, since: DateTime<Utc>) -> Option<Vec<Lease>> {
        if since < self.since {
            return None;
        }
        if since - MARGIN > self.since {
            self.since = since - MARGIN;
            let oldest = self.since;
            self.leases.retain(|lease| was_open(lease, oldest));
        }
        Some(self.those(|lease| was_open(lease, since)))
    }

    fn those(&self, wanted: impl Fn(&Lease) -> bool) -> Vec<Lease> {
        let mut leases: Vec<Lease> = self.leases.iter().filter(|lease| wanted(lease)).cloned().collect();
        leases.sort_by_key(|lease| lease.opened_at);
        leases
    }

    /// Whether there is, or was, such a lease.
    pub(super) fn knows(&self, id: &LeaseId) -> bool {
        self.ids.contains(id)
    }

    /// Which message tells of a lease is [written by itself](Known::followed).
    fn put(&mut self, lease: &Lease) {
        let mut lease = lease.clone();
        // In the order in which they are read.
        lease.made.sort_by_key(|made| made.made_at);
        lease.extensions.sort_by_key(|extension| extension.at);
        self.ids.insert(lease.id.clone());
        match self.lease(&lease.id) {
            Some(known) => *known = Lease { message: known.message, ..lease },
            None => self.leases.push(Lease { message: None, ..lease }),
        }
    }

    fn has(&self, id: &LeaseId) -> bool {
        self.leases.iter().any(|lease| lease.id == *id)
    }

    fn lease(&mut self, id: &LeaseId) -> Option<&mut Lease> {
        self.leases.iter_mut().find(|lease| lease.id == *id)
    }

    /// Whether something was posted, as far as it was of late.
    pub(super) fn was_told(&self, key: &str) -> bool {
        self.told.contains(key)
    }
}

/// Whether it was open at some time since then. When one without a receipt was closed, nobody knows.
fn was_open(lease: &Lease, since: DateTime<Utc>) -> bool {
    lease.phase != Phase::Closed || lease.receipt.as_ref().is_none_or(|receipt| receipt.closed_at >= since)
}
