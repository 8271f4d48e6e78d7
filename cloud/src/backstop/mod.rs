//! The net under the bot: what closes a window when doorman is gone.
//!
//! Before anything of a window, NAT or shell, exists, AWS is told to close it: a one-time **schedule** in EventBridge
//! Scheduler starts a **runbook** in Systems Manager a few minutes after the end of the lease. The runbook
//! finds what it has to remove by the tags of the lease, so it can be armed before there is anything to name. Once all
//! of the lease is there, it is armed again and told the ids as well: tags can be changed. Extending the lease makes a
//! new schedule, too, and the old one goes when the new one is armed, so there is no moment without; closing removes
//! it, last. Both run under a role that `doorman check --fix` makes, as it does the runbooks and the group of the
//! schedules: who may write any of them could have AWS do what he wants, so the bot may not.
//!
//! A schedule carries no tags. Its name says whose it is, for which end it was made and what its runbook is told, so
//! one listing tells everything, and making the same one twice is a conflict instead of a second one.

mod role;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::{ShellMode, Stack};
use sha2::{Digest, Sha256};
use strum::VariantArray;

pub use self::role::{GROUP, Network, POLICY_NAME, Place, role_policy, trust_policy};

use crate::ids::{LeaseId, ScheduleName};
use crate::instant;
use crate::kind::Kind;
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
    /// What it is told of the network, beside lease, stack and role.
    pub network: &'static [&'static str],
    /// Which of its parameters name the things that bill, by id. Without them it goes by the tags alone.
    pub ids: &'static [(&'static str, Kind)],
    /// With what its name begins.
    prefix: &'static str,
    name: OnceLock<String>,
}

static CLOSE_NAT_WINDOW: Runbook = Runbook {
    content: include_str!("../../runbooks/close-nat-window.json"),
    network: &["RouteTableId", "GroupId"],
    ids: &[("GatewayId", Kind::NatGateway), ("AddressId", Kind::Address)],
    prefix: "doorman-close-nat-window-",
    name: OnceLock::new(),
};
static CLOSE_SHELL_WINDOW: Runbook = Runbook {
    content: include_str!("../../runbooks/close-shell-window.json"),
    network: &["GroupId"],
    ids: &[("EndpointIds", Kind::Endpoint)],
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

/// What a runbook is told beside lease, stack and role: values by parameter.
pub type Parameters = BTreeMap<String, Vec<String>>;

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
/// Longest name of a stack that fits into the 64 characters of a schedule's name as it is, and did when a name did not
/// say what its runbook is told.
const STACK_MAX: usize = 13;
const STACK_MAX_BEFORE: usize = 20;
/// Letters of a longer stack's name that begin its schedules' names, whichever version of doorman gave them.
const STACK_STEM: usize = STACK_MAX - 9;

/// What the name of a schedule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleSays {
    /// The lease it closes.
    pub lease: LeaseId,
    /// The end it was made for.
    pub ends_at: DateTime<Utc>,
    /// A digest of what its runbook is told; none in a name that an earlier version gave.
    pub told: Option<String>,
}

/// With what the names of all of a stack's schedules begin. Those of other stacks may begin so, too.
pub fn schedule_prefix(stack: &str) -> String {
    if stack.len() <= STACK_MAX {
        prefix(stack, STACK_MAX)
    } else {
        format!("{PREFIX}{}", &stack[..STACK_STEM])
    }
}

fn prefix(stack: &str, max: usize) -> String {
    if stack.len() <= max {
        format!("{PREFIX}{stack}-")
    } else {
        format!("{PREFIX}{}-{}-", &stack[..max - 9], hash(stack, 8))
    }
}

/// The name of the schedule that closes a lease ending then, with a runbook that is told so.
pub fn schedule_name(
    stack: &str,
    lease: &LeaseId,
    ends_at: DateTime<Utc>,
    parameters: &Parameters,
) -> ScheduleName {
    let (prefix, end) = (prefix(stack, STACK_MAX), ends_at.timestamp());
    ScheduleName(format!("{prefix}{lease}-{end:08x}.{}", told(parameters)))
}

/// Letters of the digest of what a runbook is told.
pub const TOLD_LETTERS: usize = 6;

/// A digest of what a runbook is told, as the name of its schedule says it: the first letters of the SHA-256, in
/// hexadecimal, of [`told_text`].
pub fn told(parameters: &Parameters) -> String {
    hash(&told_text(parameters), TOLD_LETTERS)
}

/// What a runbook is told, as one text.
pub fn told_text(parameters: &Parameters) -> String {
    serde_json::json!(parameters).to_string()
}

/// What the name of a schedule says; `None`: it is none of the stack's.
pub fn read_schedule_name(stack: &str, name: &str) -> Option<ScheduleSays> {
    let (of, max, told) = match name.split_once('.') {
        Some((of, told)) => (of, STACK_MAX, Some(told.to_owned())),
        None => (name, STACK_MAX_BEFORE, None),
    };
    let (lease, end) = of.strip_prefix(&prefix(stack, max))?.rsplit_once('-')?;
    // A name can be any: one with an end that cannot be is of a lease that is due at once.
    let ends_at = instant::from_seconds(i64::from_str_radix(end, 16).ok()?).unwrap_or_default();
    // The hyphen of a longer stack's name: not ours.
    let plain = !lease.is_empty() && lease.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| ScheduleSays { lease: lease.into(), ends_at, told })
}

fn hash(text: &str, digits: usize) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..digits].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACKS: [&str; 5] =
        ["main", "a", "thirteen-char", "twenty-small-letters", "a-stack-with-the-longest-name-is"];

    fn lease() -> LeaseId {
        "01jnas2v8m3k4q5r6s7t8v9w0x".into()
    }

    fn end() -> DateTime<Utc> {
        "2026-11-22T04:00:00Z".parse().expect("a date")
    }

    fn by_id(gateway: &str) -> Parameters {
        [("GatewayId".to_owned(), vec![gateway.to_owned()])].into()
    }

    #[test]
    fn a_name_says_whose_it_is_and_what_is_told_and_fits() {
        for stack in STACKS {
            let name = schedule_name(stack, &lease(), end(), &by_id("nat-1"));
            assert!(name.as_str().len() <= 64, "{name} has {}", name.as_str().len());
            assert!(name.as_str().starts_with(&schedule_prefix(stack)), "{name} is not listed");
            let says = ScheduleSays { lease: lease(), ends_at: end(), told: Some(told(&by_id("nat-1"))) };
            assert_eq!(read_schedule_name(stack, name.as_str()), Some(says));
            assert_ne!(name, schedule_name(stack, &lease(), end(), &by_id("nat-2")));
        }
    }

    #[test]
    fn what_an_earlier_version_armed_is_known() {
        let armed = [
            "doorman-main-01jnas2v8m3k4q5r6s7t8v9w0x-69212b40",
            "doorman-a-01jnas2v8m3k4q5r6s7t8v9w0x-69212b40",
            "doorman-thirteen-char-01jnas2v8m3k4q5r6s7t8v9w0x-69212b40",
            "doorman-twenty-small-letters-01jnas2v8m3k4q5r6s7t8v9w0x-69212b40",
            "doorman-a-stack-wit-7a186621-01jnas2v8m3k4q5r6s7t8v9w0x-69212b40",
        ];
        for (stack, name) in STACKS.into_iter().zip(armed) {
            assert!(name.starts_with(&schedule_prefix(stack)), "{name} is not listed");
            let says = read_schedule_name(stack, name).expect("the stack's");
            assert_eq!((says.lease, says.told), (lease(), None), "{name}");
        }
    }

    #[test]
    fn the_schedules_of_another_stack_are_not_ours() {
        let longest = ("a-stack-with-the-longest-name-is", "a-stack-with-the-longest-name-no");
        for (ours, theirs) in [("main", "main-2"), longest] {
            let name = schedule_name(theirs, &lease(), end(), &Parameters::new());
            assert_eq!(read_schedule_name(ours, name.as_str()), None);
            let before = name.as_str().split('.').next().expect("a name");
            assert_eq!(read_schedule_name(ours, before), None);
        }
        assert_eq!(read_schedule_name("main", "doorman-main-by-hand"), None);
    }

    #[test]
    fn an_end_that_cannot_be_calculated_with_is_in_the_past() {
        let name = |end: i64| format!("doorman-main-01jnas2v8m3k4q5r6s7t8v9w0x-{end:08x}");
        for end in [DateTime::<Utc>::MAX_UTC.timestamp(), DateTime::<Utc>::MAX_UTC.timestamp() - 60, i64::MAX]
        {
            let says = read_schedule_name("main", &name(end)).expect("the stack's");
            assert_eq!(says.ends_at, DateTime::UNIX_EPOCH, "{end}");
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
            for parameter in runbook.network {
                assert!(document["parameters"][parameter]["default"].is_null(), "{parameter}");
                assert!(document["parameters"][parameter].is_object(), "{parameter}");
            }
            for (parameter, kind) in runbook.ids {
                assert!(kind.bills(), "{parameter}");
                // What is told no id finds nothing by it.
                let default = &document["parameters"][parameter]["default"];
                assert!(*default == "none" || *default == serde_json::json!(["none"]), "{parameter}");
            }
        }
    }
}
