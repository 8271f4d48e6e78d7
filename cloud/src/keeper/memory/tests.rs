//! What the fault tests of the whole bot cannot show one by one: the pauses.

use doorman_config::Locale;

use super::*;
use crate::backstop::GROUP;
use crate::kinds::address::Address;
use crate::kinds::{Change, address, schedule};
use crate::lease::{LeaseKind, Person};
use crate::switchboard::step::Aim;
use crate::tags::Owner;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(second)
}

fn lease(id: &str, opened_at: DateTime<Utc>) -> Lease {
    let by = Person { id: 7, name: String::new() };
    Lease::new(id.into(), LeaseKind::NatWindow, by, opened_at, Locale::EnUs)
}

fn step(lease: &str, aim: Aim, act: AnyAct) -> Step {
    let owner = Owner {
        stack: "main".to_owned(),
        lease: lease.into(),
        of: LeaseKind::NatWindow,
        expires_at: None,
        opened_by: "7".to_owned(),
        installation: None,
    };
    Step { owner, aim, act }
}

fn disarm(lease: &str) -> Step {
    let name = format!("doorman-main-{lease}").as_str().into();
    let group = GROUP.to_owned();
    step(lease, Aim::Uncover, AnyAct::Schedule(schedule::Act::Delete { name, group }))
}

fn release() -> Step {
    step("since", Aim::Remove, AnyAct::Address(address::Act::Release { id: "eipalloc-1".into() }))
}

fn failure(kind: FailureKind) -> Failure {
    Failure { operation: "ReleaseAddress", kind, code: String::new(), message: String::new() }
}

#[test]
fn the_backstop_stays_until_aws_can_have_shown_what_was_made_before_this_process() {
    let memory = Memory::starting_at(at(0));
    let leases = [lease("before", at(-1)), lease("since", at(1))];
    // What nobody knows of is from before, too.
    for carried_over in ["before", "unheard-of"] {
        assert_eq!(memory.not_before(&disarm(carried_over), &leases, at(2)), Some(at(15)), "{carried_over}");
        assert_eq!(memory.not_before(&disarm(carried_over), &leases, at(15)), None, "{carried_over}");
    }
    assert_eq!(memory.not_before(&disarm("since"), &leases, at(2)), None);
}

#[test]
fn the_backstop_stays_until_aws_can_have_shown_what_a_failed_call_did() {
    let leases = [lease("since", at(1))];
    for (kind, settled) in [
        (FailureKind::Unknown, Some(at(18))),
        (FailureKind::Away, Some(at(18))),
        (FailureKind::Throttled, None),
        (FailureKind::AccessDenied, None),
    ] {
        let mut memory = Memory::starting_at(at(0));
        memory.failed(&release(), failure(kind), at(3));
        assert_eq!(memory.not_before(&disarm("since"), &leases, at(4)), settled, "{kind:?}");
    }
}

#[test]
fn a_clock_that_is_set_back_makes_no_pause_longer() {
    let mut memory = Memory::starting_at(at(0));
    let release = release();
    memory.failed(&release, failure(FailureKind::NotYet), at(3600));
    assert_eq!(memory.not_before(&release, &[], at(3601)), Some(at(3603)));
    assert_eq!(memory.not_before(&release, &[], at(0)), None);
}

#[test]
fn what_can_be_for_ever_is_tried_less_and_less_often() {
    for (kind, soonest) in [
        (FailureKind::NotYet, 3),
        (FailureKind::Unknown, 15),
        (FailureKind::Away, 1),
        (FailureKind::Throttled, 1),
        (FailureKind::Clock { ahead_s: 3_600 }, 1),
        (FailureKind::AccessDenied, 1),
        (FailureKind::Refused, 1),
    ] {
        let (mut memory, release, mut now) = (Memory::starting_at(at(0)), release(), at(0));
        let mut pauses = Vec::new();
        while now < at(6 * 3600) {
            memory.failed(&release, failure(kind), now);
            let next = memory.not_before(&release, &[], now).expect("not at once");
            pauses.push((next - now).num_seconds());
            now = next;
        }
        let last = pauses.last().copied().unwrap_or_default();
        assert!(pauses[0] >= soonest && pauses[0] <= 15, "{kind:?}: {pauses:?}");
        assert!((45..=360).contains(&last), "{kind:?}: {pauses:?}");
    }
}

/// An address of the lease `since`, made at a moment.
fn made_at(memory: &mut Memory, now: DateTime<Utc>) -> Address {
    let allocate =
        step("since", Aim::Build, AnyAct::Address(address::Act::Allocate { name: "My-NAT".to_owned() }));
    let made = Address {
        id: "eipalloc-1".into(),
        public_ip: "203.0.113.20".to_owned(),
        associated: false,
        owner: allocate.owner.clone(),
    };
    memory.succeeded(&allocate, &AnyChange::Address(Change::Is(made.clone())), now);
    made
}

/// A look that shows it may have begun in the instant in which it was made, or be the answer of another part of AWS than
/// the next look's.
#[test]
fn what_was_just_made_and_shown_once_is_there_although_the_next_look_does_not_show_it() {
    for shown_at in [0, 1] {
        let mut memory = Memory::starting_at(at(0));
        let made = made_at(&mut memory, at(0));
        let mut shown = Observed::empty(at(shown_at));
        shown.addresses.put(made.clone());
        memory.complete(&mut shown);
        let mut next = Observed::empty(at(2));
        memory.complete(&mut next);
        assert_eq!(next.addresses.get(&made.id), Some(&made), "shown at {shown_at} s");
        // By then AWS shows what is there.
        let mut later = Observed::empty(at(15));
        memory.complete(&mut later);
        assert!(later.addresses.is_empty());
    }
}

/// It is gone when AWS can have shown it, whatever became of the machine's clock: what somebody has deleted would be
/// there for an hour otherwise.
#[test]
fn a_clock_that_is_set_back_keeps_nothing_there_for_longer() {
    let mut memory = Memory::starting_at(at(0));
    let made = made_at(&mut memory, at(3600));
    for (second, there) in [(1, true), (15, true), (17, false)] {
        let mut next = Observed::empty(at(second));
        memory.complete(&mut next);
        assert_eq!(
            next.addresses.get(&made.id).is_some(),
            there,
            "{second} s after the hour that was taken back"
        );
    }
}
