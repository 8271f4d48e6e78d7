//! The net under the bot: what closes a window when doorman is gone.
//!
//! Before anything of a window, NAT or shell, exists, AWS is told to close it: a one-time **schedule** in EventBridge
//! Scheduler starts a **runbook** in Systems Manager a few minutes after the end of the lease. The runbook
//! finds what it has to remove by the tags of the lease, so it can be armed before there is anything to name.
//! Extending the lease makes a new schedule and removes the old one; closing removes it, last. Both run under
//! a role that `doorman check --fix` makes, as it does the runbooks and the group of the schedules: who may write any of
//! them could have AWS do what he wants, so the bot may not.
//!
//! A schedule carries no tags. Its name says whose it is and for which end it was made, so one listing tells
//! everything, and making the same one twice is a conflict instead of a second one.

mod role;

use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::{ShellMode, Stack};
use sha2::{Digest, Sha256};
use strum::VariantArray;

pub use self::role::{GROUP, Network, POLICY_NAME, Place, role_policy, trust_policy};

use crate::ids::{LeaseId, ScheduleName};
use crate::instant;
use crate::lease::LeaseKind;

/// How long after the end of a lease its schedule fires: what closing normally takes, so that the runbook
/// finds nothing to do unless doorman is gone.
pub const AFTER_END: TimeDelta = TimeDelta::minutes(5);
/// A runbook that closes leases of one kind: declarative steps only, so that anybody can read, run and test it. Source
/// of the format: AWS Systems Manager User Guide, "Systems Manager Automation actions reference", schema 0.3.
#[derive(Debug)]
pub struct Runbook {
    /// Its content, JSON.
    pub content: &'static str,
    /// What it is told beside lease, stack and role.
    pub parameters: &'static [&'static str],
    /// With what its name begins.
    prefix: &'static str,
    name: OnceLock<String>,
}

static CLOSE_NAT_WINDOW: Runbook = Runbook {
    content: include_str!("../../runbooks/close-nat-window.json"),
    parameters: &["RouteTableId", "GroupId"],
    prefix: "doorman-close-nat-window-",
    name: OnceLock::new(),
};
static CLOSE_SHELL_WINDOW: Runbook = Runbook {
    content: include_str!("../../runbooks/close-shell-window.json"),
    parameters: &["GroupId"],
    prefix: "doorman-close-shell-window-",
    name: OnceLock::new(),
};

impl Runbook {
    /// Name of its document. The content is part of it: a new version is a new document, and a schedule armed by an
    /// older doorman still finds what it was armed with.
    pub fn name(&self) -> &str {
        self.name.get_or_init(|| format!("{}{}", self.prefix, hash(self.content, 12)))
    }
}

/// The runbook that closes leases of a kind; `None` for one that has no net.
pub fn runbook(kind: LeaseKind) -> Option<&'static Runbook> {
    match kind {
        LeaseKind::NatWindow => Some(&CLOSE_NAT_WINDOW),
        LeaseKind::ShellWindow => Some(&CLOSE_SHELL_WINDOW),
        LeaseKind::Pair => None,
    }
}

/// The runbooks that a stack may need.
pub fn runbooks(stack: &Stack) -> impl Iterator<Item = &'static Runbook> {
    let shell = stack.shell.mode == ShellMode::Window;
    let needed = move |kind: &LeaseKind| stack.backstop.enabled && (*kind != LeaseKind::ShellWindow || shell);
    LeaseKind::VARIANTS.iter().copied().filter(needed).filter_map(runbook)
}

/// With what all names of schedules begin.
const PREFIX: &str = "doorman-";
/// Longest name of a stack that fits into the 64 characters of a schedule's name as it is.
const STACK_MAX: usize = 20;

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

/// The lease that a schedule of that name closes, and the end it was made for; `None`: it is none of the stack's.
pub fn read_schedule_name(stack: &str, name: &str) -> Option<(LeaseId, DateTime<Utc>)> {
    let (lease, end) = name.strip_prefix(&schedule_prefix(stack))?.rsplit_once('-')?;
    // A name can be any: one with an end that cannot be is of a lease that is due at once.
    let ends_at = instant::from_seconds(i64::from_str_radix(end, 16).ok()?).unwrap_or_default();
    // The hyphen of a longer stack's name: not ours.
    let plain = !lease.is_empty() && lease.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| (lease.into(), ends_at))
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
            assert_eq!(read_schedule_name(stack, name.as_str()), Some((lease.clone(), end)));
        }
    }

    #[test]
    fn the_schedules_of_another_stack_are_not_ours() {
        let end = "2026-11-22T04:00:00Z".parse().expect("a date");
        let lease = LeaseId::from("01jnas2v8m3k4q5r6s7t8v9w0x");
        for (ours, theirs) in
            [("main", "main-2"), ("a-stack-with-the-longest-name-is", "a-stack-with-the-longest-name-no")]
        {
            assert_eq!(read_schedule_name(ours, schedule_name(theirs, &lease, end).as_str()), None);
        }
        assert_eq!(read_schedule_name("main", "doorman-main-by-hand"), None);
    }

    #[test]
    fn an_end_that_cannot_be_calculated_with_is_in_the_past() {
        let name = |end: i64| format!("doorman-main-01jnas2v8m3k4q5r6s7t8v9w0x-{end:08x}");
        for end in [DateTime::<Utc>::MAX_UTC.timestamp(), DateTime::<Utc>::MAX_UTC.timestamp() - 60, i64::MAX]
        {
            let (_, read) = read_schedule_name("main", &name(end)).expect("the stack's");
            assert_eq!(read, DateTime::UNIX_EPOCH, "{end}");
        }
    }

    #[test]
    fn every_lease_that_is_covered_has_a_runbook_within_the_limit_of_a_document() {
        for kind in LeaseKind::VARIANTS {
            let runbook = runbook(*kind);
            assert_eq!(runbook.is_some(), kind.terms().covered, "{kind:?}");
            let Some(runbook) = runbook else { continue };
            let document: serde_json::Value = serde_json::from_str(runbook.content).expect("JSON");
            assert_eq!(document["schemaVersion"], "0.3");
            assert!(runbook.content.len() < 64 * 1024, "{}", runbook.content.len());
            for parameter in runbook.parameters {
                assert!(document["parameters"][parameter].is_object(), "{parameter}");
            }
        }
    }
}
