//! The net under the bot: what closes a window when doorman is gone.
//!
//! Before anything of a window exists, AWS is told to close it: a one-time **schedule** in EventBridge
//! Scheduler starts a **runbook** in Systems Manager a few minutes after the end of the lease. The runbook
//! finds what it has to remove by the tags of the lease, so it can be armed before there is anything to name.
//! Extending the lease makes a new schedule and removes the old one; closing removes it, last. Both run under
//! a role that `doorman check --fix` makes.
//!
//! A schedule carries no tags. Its name says whose it is and for which end it was made, so one listing tells
//! everything, and making the same one twice is a conflict instead of a second one.

mod role;

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::Stack;
use sha2::{Digest, Sha256};

pub use self::role::{POLICY_NAME, Place, role_policy, trust_policy};

use crate::ids::{LeaseId, ScheduleName};
use crate::lease::Lease;
use crate::observed::{Observed, Schedule, Sight};

/// How long after the end of a lease its schedule fires: what closing normally takes, so that the runbook
/// finds nothing to do unless doorman is gone.
pub const AFTER_END: TimeDelta = TimeDelta::minutes(5);
/// How long building waits for the backstop, and how long it may be missing before people are told. Longer trouble
/// with it must not keep them from working; arming goes on.
pub const PATIENCE: TimeDelta = TimeDelta::seconds(30);
/// The runbook: declarative steps only, so that anybody can read, run and test it. Source of the format: AWS
/// Systems Manager User Guide, "Systems Manager Automation actions reference", schema 0.3.
pub const RUNBOOK: &str = include_str!("../../runbooks/close-nat-window.json");
/// With what all names of schedules begin.
const PREFIX: &str = "doorman-";
/// Longest name of a stack that fits into the 64 characters of a schedule's name as it is.
const STACK_MAX: usize = 20;

/// Name of the runbook's document. The content is part of it: a new version is a new document, and a schedule
/// armed by an older doorman still finds what it was armed with.
pub fn document_name() -> &'static str {
    static NAME: LazyLock<String> =
        LazyLock::new(|| format!("doorman-close-nat-window-{}", hash(RUNBOOK, 12)));
    &NAME
}

/// With what the names of a stack's schedules begin.
pub fn schedule_prefix(stack: &str) -> String {
    if stack.len() <= STACK_MAX {
        format!("{PREFIX}{stack}-")
    } else {
        format!("{PREFIX}{}-{}-", &stack[..STACK_MAX - 9], hash(stack, 8))
    }
}

/// The name of the schedule that closes a lease ending then.
pub fn schedule_name(stack: &str, lease: &LeaseId, ends_at: DateTime<Utc>) -> ScheduleName {
    ScheduleName(format!("{}{lease}-{:08x}", schedule_prefix(stack), ends_at.timestamp()))
}

/// The schedule of that name, if it is one of the stack's.
pub fn schedule(stack: &str, name: &str) -> Option<Schedule> {
    let (lease, end) = name.strip_prefix(&schedule_prefix(stack))?.rsplit_once('-')?;
    let lease_ends_at = DateTime::from_timestamp(i64::from_str_radix(end, 16).ok()?, 0)?;
    // The hyphen of a longer stack's name: not ours.
    let plain = !lease.is_empty() && lease.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| Schedule { name: name.into(), lease: lease.into(), lease_ends_at })
}

/// How a window stands to its backstop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The settings say that there is none.
    Off,
    /// AWS will close the window by itself then, should doorman be gone.
    Armed {
        /// When the schedule fires.
        fires_at: DateTime<Utc>,
    },
    /// There is no role for it: `doorman check --fix` makes one.
    NoRole,
    /// It should be there and is not, or cannot be seen.
    Missing,
}

/// How an open window stands to its backstop, by an observation.
pub fn cover(lease: &Lease, observed: &Observed, stack: &Stack) -> Cover {
    let latest = observed.schedules.iter().filter(|schedule| schedule.lease == lease.id);
    match latest.map(|schedule| schedule.lease_ends_at).max() {
        Some(end) => Cover::Armed { fires_at: end + AFTER_END },
        None if !stack.backstop.enabled => Cover::Off,
        None if observed.knows(Sight::Backstop) && observed.backstop.role_arn.is_none() => Cover::NoRole,
        None => Cover::Missing,
    }
}

fn hash(text: &str, digits: usize) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..digits].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whose_it_is_and_fits() {
        let end = "2026-11-22T04:00:00Z".parse().expect("a date");
        let lease = LeaseId::from("01jnas2v8m3k4q5r6s7t8v9w0x");
        for stack in ["main", "a", "twenty-small-letters", "a-stack-with-the-longest-name-is"] {
            let name = schedule_name(stack, &lease, end);
            assert!(name.as_str().len() <= 64, "{name} has {}", name.as_str().len());
            let read = schedule(stack, name.as_str()).expect("ours");
            assert_eq!((read.lease, read.lease_ends_at), (lease.clone(), end));
        }
    }

    #[test]
    fn the_schedules_of_another_stack_are_not_ours() {
        let end = "2026-11-22T04:00:00Z".parse().expect("a date");
        let lease = LeaseId::from("01jnas2v8m3k4q5r6s7t8v9w0x");
        for (ours, theirs) in
            [("main", "main-2"), ("a-stack-with-the-longest-name-is", "a-stack-with-the-longest-name-no")]
        {
            assert_eq!(schedule(ours, schedule_name(theirs, &lease, end).as_str()), None);
        }
        assert_eq!(schedule("main", "doorman-main-by-hand"), None);
    }

    #[test]
    fn the_runbook_is_json_within_the_limit_of_a_document() {
        let runbook: serde_json::Value = serde_json::from_str(RUNBOOK).expect("JSON");
        assert_eq!(runbook["schemaVersion"], "0.3");
        assert!(RUNBOOK.len() < 64 * 1024, "{}", RUNBOOK.len());
    }
}
