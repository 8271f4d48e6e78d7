//! How a lease that ends stands to its backstop.

use chrono::{DateTime, Utc};
use doorman_config::Stack;

use crate::backstop::AFTER_END;
use crate::kind::Kind;
use crate::kinds::schedule::rules::is_without_runbook;
use crate::lease::Lease;
use crate::switchboard::Observed;

/// How a lease stands to its backstop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The settings say that there is none.
    Off,
    /// AWS will close it by itself then, should doorman be gone.
    Armed {
        /// When the schedule fires.
        fires_at: DateTime<Utc>,
    },
    /// There is no role for it: `doorman check --fix` makes one.
    NoRole,
    /// Its runbook is not there, or is none of doorman's: `doorman check --fix` makes it.
    NoRunbook,
    /// It should be there and is not, or cannot be seen.
    Missing,
}

/// How an open lease stands to its backstop, by an observation.
pub fn cover(lease: &Lease, seen: &Observed, stack: &Stack) -> Cover {
    let armed = seen.schedules.iter().filter(|schedule| schedule.sound && schedule.owner.lease == lease.id);
    match armed.map(|schedule| schedule.lease_ends_at).max() {
        Some(end) => Cover::Armed { fires_at: end + AFTER_END },
        None if !stack.backstop.enabled => Cover::Off,
        None if seen.knows(Kind::BackstopRole) && seen.backstop_roles.is_empty() => Cover::NoRole,
        None if is_without_runbook(lease.kind, seen) => Cover::NoRunbook,
        None => Cover::Missing,
    }
}
