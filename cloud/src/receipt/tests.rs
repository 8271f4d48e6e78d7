use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::Locale;
use proptest::prelude::*;

use super::*;
use crate::kind::Kind;
use crate::kinds::gateway::{GatewayState, NatGateway};
use crate::lease::{CloseReason, LeaseKind, Made, Person, Phase};
use crate::prices::{Billing, Price};
use crate::switchboard::Observed;
use crate::switchboard::inventory::{made, update};
use crate::tags::Owner;

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

/// A look at a gateway of a lease, by a clock that is so much ahead.
fn look(lease: &Lease, made_at: DateTime<Utc>, at: DateTime<Utc>, ahead: TimeDelta) -> Observed {
    let mut seen = Observed::empty(at + ahead);
    seen.gateways.put(NatGateway {
        id: "nat-1".into(),
        name: "My-NAT".to_owned(),
        state: GatewayState::Available,
        failure_code: None,
        // As the adapter reads what AWS says.
        created_at: made_at + ahead,
        allocation: None,
        public_ip: None,
        subnet: "subnet-1".into(),
        owner: Owner::of("main", lease),
    });
    seen
}

proptest! {
    /// A clock that is wrong, and put right (or wrong) while the gateway is there.
    #[test]
    fn a_span_is_that_of_aws_by_any_clock(
        ahead_s in -3_600..3_600_i64,
        later_ahead_s in -3_600..3_600_i64,
        lasted_s in 1..20_000_i64,
    ) {
        let mut lease = window(30, CloseReason::Expired, 31);
        lease.made.clear();
        let [ahead, later, lasted] = [ahead_s, later_ahead_s, lasted_s].map(TimeDelta::seconds);
        let (made_at, gone_at) = (at(1_000), at(1_000) + lasted);
        let first = look(&lease, made_at, made_at + TimeDelta::seconds(1), ahead);
        lease.made = made(&lease.id, &first, Some(list()));
        let last = look(&lease, made_at, gone_at, later);
        let shown = made(&lease.id, &last, Some(list()));
        lease.made.iter_mut().for_each(|made| update(made, &last, &shown));
        let gone = Observed::empty(gone_at + later);
        lease.made.iter_mut().for_each(|made| update(made, &gone, &[]));
        let receipt = of(&lease, gone_at + later, Some(list()));
        let item = &receipt.items[0];
        prop_assert_eq!(item.to - item.from, lasted);
        prop_assert_eq!(item.billed_hours, (lasted_s as f64 / 3_600.0).ceil());
    }
}

fn list() -> &'static Prices {
    Prices::shipped("ap-northeast-2").expect("a list")
}
