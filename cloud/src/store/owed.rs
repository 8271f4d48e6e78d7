//! What could not be written, and is kept in memory until it can be.
//!
//! Opening needs the store: a lease is on disk before anything is made for it. Closing does not: a lease that
//! ends loses nothing when the process dies before its end is written down, because the next start finds it past
//! its time and closes it again. So while the disk is full the keeper goes on with what is **owed** to the store,
//! every reader sees leases as they are owed, and they are written as soon as there is space.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tracing::warn;

use super::cards::Held;
use super::{Store, StoreError, WriteTrouble};
use crate::ids::LeaseId;
use crate::lease::{Lease, Phase};

/// More than one change of a lease takes, so that space for it is space for those that follow.
const PROBE_BYTES: i64 = 64 * 1024;

/// A lease that is newer than its row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Owed {
    lease: Lease,
    /// The stack it has yet to be stored in; `None`: it has a row.
    stack: Option<String>,
}

/// A key in a stack.
pub(super) type OfStack = (String, String);

/// Everything that is newer than what is on disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Debts {
    pub(super) leases: BTreeMap<LeaseId, Owed>,
    pub(super) told: BTreeMap<OfStack, DateTime<Utc>>,
    pub(super) notes: BTreeMap<OfStack, String>,
    /// Leases that nobody got, and that a disk that hung may have written all the same.
    pub(super) revoked: BTreeSet<LeaseId>,
    /// Never paid: whoever asked asks again after a restart.
    pub(super) cards: BTreeMap<String, Held>,
}

/// Whether a change may be owed: it neither begins to build anything nor lets anything live longer.
pub(super) fn may_be_owed(before: &Lease, after: &Lease) -> bool {
    let longer = match (before.expires_at, after.expires_at) {
        (Some(before), Some(after)) => after > before,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let builds_again = after.phase == Phase::Opening && before.phase != Phase::Opening;
    !longer && !builds_again
}

impl Store {
    /// Writes the state of a lease that was `before`. If the disk does not let it, and the change brings nothing
    /// new about, it is owed: it counts from now on, and is written when there is space.
    ///
    /// # Errors
    /// [`StoreError::Query`]; [`StoreError::Unwritable`] for what must be on disk before it may count.
    pub async fn change_lease(&self, before: &Lease, after: &Lease) -> Result<(), StoreError> {
        match self.save_lease(after).await {
            Err(StoreError::Unwritable { .. }) if may_be_owed(before, after) => {
                self.owe(after, None);
                Ok(())
            }
            // Nobody knows whether it is written. It does not count, so what was before is written again.
            Err(error @ StoreError::Unwritable { trouble: WriteTrouble::Hung, .. }) => {
                self.owe(before, None);
                Err(error)
            }
            result => result,
        }
    }

    /// Writes what is owed, and finds out whether the disk has space again. Does nothing while all is well.
    pub async fn settle(&self) {
        let _writing = self.writing.lock().await;
        // What went wrong is said when it begins and when it is over.
        _ = self.pay().await;
    }

    /// The same while `writing` is held.
    pub(super) async fn pay(&self) -> Result<(), StoreError> {
        if self.trouble.borrow().is_some() {
            self.probe().await?;
        }
        let owed = self.debts().clone();
        for (key, at) in owed.told {
            self.wrote(self.write_told(&key, at).await)?;
            self.debts().told.remove(&key);
        }
        for (key, value) in owed.notes {
            self.wrote(self.write_note(&key, &value).await)?;
            let mut debts = self.debts();
            if debts.notes.get(&key) == Some(&value) {
                debts.notes.remove(&key);
            }
        }
        for id in owed.revoked {
            self.wrote(self.remove_lease(&id).await)?;
            self.debts().revoked.remove(&id);
        }
        for (id, paid) in owed.leases {
            if !self.wrote(self.write_lease(paid.stack.as_deref(), &paid.lease).await)? {
                warn!(lease.id = %id, "lease {id} cannot be stored: another one of its kind is open");
                self.known().forget(&id);
            }
            let mut debts = self.debts();
            match debts.leases.get_mut(&id) {
                Some(owed) if *owed == paid => _ = debts.leases.remove(&id),
                // It was changed again meanwhile, and has a row now.
                Some(owed) => owed.stack = None,
                None => {}
            }
        }
        Ok(())
    }

    /// Writes more than a lease takes, and takes it away again. In two transactions, because in one nothing of it
    /// would reach the disk.
    async fn probe(&self) -> Result<(), StoreError> {
        let write = async {
            sqlx::query(
                "INSERT OR REPLACE INTO note (stack, key, value) VALUES ('', 'probe', hex(zeroblob(?)))",
            )
            .bind(PROBE_BYTES / 2)
            .execute(&mut *self.db().await?)
            .await?;
            sqlx::query("DELETE FROM note WHERE stack = '' AND key = 'probe'")
                .execute(&mut *self.db().await?)
                .await
        };
        self.wrote(self.answer(write).await)?;
        self.set_trouble(None);
        Ok(())
    }

    pub(super) fn debts(&self) -> MutexGuard<'_, Debts> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn owe(&self, lease: &Lease, stack: Option<&str>) {
        let mut debts = self.debts();
        // What has no row yet goes on having none.
        let before = debts.leases.remove(&lease.id).and_then(|owed| owed.stack);
        let stack = stack.map(str::to_owned).or(before);
        self.known().put(stack.as_deref(), lease);
        debts.leases.insert(lease.id.clone(), Owed { lease: lease.clone(), stack });
    }

    /// A new lease could not be written and does not count. When that is because the disk hangs, it may be written yet.
    pub(super) fn revoke(&self, lease: &Lease, why: &StoreError) {
        if matches!(why, StoreError::Unwritable { trouble: WriteTrouble::Hung, .. }) {
            self.debts().revoked.insert(lease.id.clone());
        }
    }

    async fn remove_lease(&self, id: &LeaseId) -> Result<(), sqlx::Error> {
        let query = sqlx::query("DELETE FROM lease WHERE id = ?").bind(id.as_str());
        self.answer(async { query.execute(&mut *self.db().await?).await.map(drop) }).await
    }

    /// A lease as it is owed, if it is.
    pub(super) fn as_owed(&self, stored: Lease) -> Lease {
        match self.debts().leases.get(&stored.id) {
            // Which message tells of it is written by itself, and at once.
            Some(owed) => Lease { message: stored.message, ..owed.lease.clone() },
            None => stored,
        }
    }

    /// Leases of a stack that have no row yet.
    pub(super) fn without_row(&self, stack: &str) -> Vec<Lease> {
        let debts = self.debts();
        let of_stack = |owed: &&Owed| owed.stack.as_deref() == Some(stack);
        debts.leases.values().filter(of_stack).map(|owed| owed.lease.clone()).collect()
    }
}
