use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::Locale;

use super::*;
use crate::kind::Kind;
use crate::lease::{CloseReason, LeaseKind, Made, Person, Phase};
use crate::prices::{Billing, Price};
use crate::switchboard::Observed;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

/// A window of half an hour with an address that was seen gone at a minute.
fn window(closing: i64, reason: CloseReason, gone: i64) -> Lease {
    let address = Made {
        kind: Kind::Address,
        id: "eipalloc-1".into(),
        name: "203.0.113.20".into(),
        made_at: at(0),
        gone_at: Some(at(gone)),
        price: Price::Hourly { usd: 0.005, by: Billing::Second },
    };
    // Free, and gone last: nobody is charged for it.
    let rule = Made { kind: Kind::Rule, gone_at: Some(at(gone + 60)), price: Price::Free, ..address.clone() };
    Lease {
        phase: Phase::Closing,
        expires_at: Some(at(30)),
        ready_at: Some(at(2)),
        closing: Some((at(closing), reason)),
        made: vec![address, rule],
        ..Lease::new("01j".into(), LeaseKind::NatWindow, kim(), at(0), Locale::EnUs)
    }
}

fn kim() -> Person {
    Person { id: 1, name: "kim".to_owned() }
}

fn written(lease: &Lease) -> Receipt {
    write(lease, &Round::of(Observed::empty(at(500))), None, Vec::new())
}

#[test]
fn a_lease_is_late_by_what_bills_beyond_the_usual() {
    let usual = LeaseKind::NatWindow.terms().usually_closes_in.num_minutes();
    for (gone, late_min) in [(31, 0), (30 + usual, 0), (31 + usual, 1), (240, 210 - usual)] {
        let receipt = written(&window(30, CloseReason::Expired, gone));
        assert_eq!(receipt.late_s, late_min * 60, "gone at minute {gone}");
        assert_eq!(receipt.billed_until(), Some(at(gone)), "the free rule does not count");
    }
}

#[test]
fn lateness_counts_from_the_end_however_late_closing_began() {
    let lease = window(120, CloseReason::Expired, 122);
    assert_eq!(lease.due(), Some(at(30)));
    assert_eq!(written(&lease).late_s, (92 - 3) * 60);
}

#[test]
fn closed_early_it_counts_from_when_that_was_asked_for() {
    let lease = window(10, CloseReason::Asked { by: kim() }, 20);
    assert_eq!(lease.due(), Some(at(10)));
    assert_eq!(written(&lease).late_s, (10 - 3) * 60);
    let endless = Lease { expires_at: None, ..lease };
    assert_eq!(endless.due(), Some(at(10)));
    assert_eq!(Lease { closing: None, ..endless }.due(), None);
}

#[test]
fn what_never_billed_is_never_late() {
    let mut lease = window(30, CloseReason::Expired, 300);
    lease.made.remove(0);
    assert_eq!((written(&lease).late_s, written(&lease).billed_until()), (0, None));
}
