//! What the channel is told once something that doorman needs was away: for how long, and what doorman did.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::lease::{CloseReason, Lease, Phase};
use doorman_cloud::store::WriteTrouble;
use doorman_config::Locale;

use crate::message::{Message, Panel, Tone};
use crate::words::leases::called;
use crate::words::texts::say;
use crate::words::when;

/// Beyond this, the time of day alone does not say which day is meant.
const SAME_DAY: TimeDelta = TimeDelta::hours(20);

/// What was away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Silent {
    /// AWS could not be reached.
    Aws,
    /// AWS answered, and refused to be looked at.
    AwsRefused,
    /// Discord could not be reached.
    Discord,
    /// The lease store could not be written.
    Store,
}

/// Something was away, and is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// What.
    pub of: Silent,
    /// From when.
    pub since: DateTime<Utc>,
    /// Until when, as far as anybody knows.
    pub until: DateTime<Utc>,
    /// doorman was restarted in it, and did not see when it ended.
    pub restarted: bool,
}

/// That the store cannot be written, and what that means for people.
pub(crate) fn store_trouble(trouble: WriteTrouble, locale: Locale) -> Message {
    Message::text(match trouble {
        WriteTrouble::Full => say(locale, "outage-store-full", &[]),
        WriteTrouble::Refused => say(locale, "outage-store-refused", &[]),
        WriteTrouble::Hung => say(locale, "outage-store-hung", &[]),
    })
}

/// That something was away, for how long, and what became of `leases` from its beginning on: what was built, what was
/// closed and how late, what is still to be closed at `now`.
pub(crate) fn message(outages: &[Outage], leases: &[Lease], locale: Locale, now: DateTime<Utc>) -> Message {
    let since = outages.iter().map(|outage| outage.since).min().unwrap_or(now);
    let title: Vec<String> = outages.iter().map(|outage| length(locale, outage)).collect();
    let events: Vec<(String, Tone)> =
        leases.iter().filter_map(|lease| event(locale, lease, since, now)).collect();
    let tone = events.iter().map(|(_, tone)| *tone).find(|tone| *tone == Tone::Warn).unwrap_or(Tone::Good);
    let mut lines = title;
    if outages.iter().any(|outage| outage.restarted) {
        lines.push(say(locale, "outage-restarted", &[]));
    }
    lines.push(say(locale, "outage-back", &[]));
    lines.push(String::new());
    if events.is_empty() {
        lines.push(say(locale, "outage-nothing", &[]));
    }
    lines.extend(events.into_iter().map(|(line, _)| line));
    Message { panel: Some(Panel { body: lines.join("\n"), tone, ..Panel::default() }), ..Message::default() }
}

fn length(locale: Locale, outage: &Outage) -> String {
    let Outage { of, since, until, restarted: _ } = outage;
    let length = *until - *since;
    let shown = if length < SAME_DAY { when::clock } else { when::full };
    let args = [
        ("length", round(locale, length).into()),
        ("from", shown(*since).into()),
        ("until", shown(*until).into()),
    ];
    let key = match of {
        Silent::Aws => "outage-aws",
        Silent::AwsRefused => "outage-aws-refused",
        Silent::Discord => "outage-discord",
        Silent::Store => "outage-store",
    };
    say(locale, key, &args)
}

/// Seconds matter only where there are no minutes.
fn round(locale: Locale, length: TimeDelta) -> String {
    let minutes = TimeDelta::minutes(length.num_minutes());
    when::length(locale, if minutes.is_zero() { length } else { minutes })
}

/// What became of a lease since then; `None`: nothing.
fn event(locale: Locale, lease: &Lease, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<(String, Tone)> {
    let what = called(locale, lease.kind);
    let asked = lease.closing.as_ref().map(|(at, _)| *at);
    let due = lease.expires_at.into_iter().chain(asked).min().filter(|due| *due <= now);
    let said = |key: &str, at: DateTime<Utc>, more: &[(&str, String)]| {
        let mut args = vec![("what", what.clone().into()), ("at", when::clock(at).into())];
        args.extend(more.iter().map(|(name, value)| (*name, value.clone().into())));
        say(locale, key, &args)
    };
    if let Some(receipt) = &lease.receipt {
        let at = receipt.closed_at;
        if at < since {
            return None;
        }
        if matches!(lease.closing, Some((_, CloseReason::Failed { .. }))) {
            return Some((said("outage-failed", at, &[]), Tone::Warn));
        }
        let late = due.map_or(TimeDelta::zero(), |due| at - due);
        return Some(if late > lease.kind.terms().usually_closes_in {
            (said("outage-closed-late", at, &[("late", round(locale, late))]), Tone::Warn)
        } else {
            (said("outage-closed", at, &[]), Tone::Good)
        });
    }
    match (due, lease.ready_at) {
        (Some(due), _) if lease.phase != Phase::Closed => {
            Some((said("outage-closing", due, &[]), Tone::Warn))
        }
        (None, Some(ready)) if ready >= since => Some((said("outage-ready", ready, &[]), Tone::Good)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use doorman_cloud::lease::{LeaseKind, Receipt};

    use super::*;
    use crate::testbed::people::{lease, noon};

    fn closed(lease: &Lease, at: DateTime<Utc>, reason: CloseReason) -> Lease {
        let receipt = Receipt {
            closed_at: at,
            late_s: 0,
            items: Vec::new(),
            usd: 0.0,
            prices_as_of: None,
            looked_at: at,
            gone: Vec::new(),
            left: Vec::new(),
        };
        Lease {
            phase: Phase::Closed,
            closing: Some((lease.expires_at.unwrap_or(at), reason)),
            receipt: Some(receipt),
            ..lease.clone()
        }
    }

    fn body(outages: &[Outage], leases: &[Lease], locale: Locale, now: DateTime<Utc>) -> String {
        message(outages, leases, locale, now).panel.expect("a panel").body
    }

    fn away(of: Silent, since: DateTime<Utc>, minutes: i64) -> Outage {
        let until = since + TimeDelta::minutes(minutes) + TimeDelta::seconds(20);
        Outage { of, since, until, restarted: false }
    }

    #[test]
    fn it_says_for_how_long_and_how_late_things_were_closed() {
        let window = lease(LeaseKind::NatWindow);
        let end = window.expires_at.expect("an end");
        let gone = closed(&window, end + TimeDelta::minutes(7), CloseReason::Expired);
        let outage = away(Silent::Aws, end - TimeDelta::minutes(8), 12);
        let now = end + TimeDelta::minutes(8);
        let told = body(std::slice::from_ref(&outage), std::slice::from_ref(&gone), Locale::EnUs, now);
        let (from, until) = (outage.since.timestamp(), outage.until.timestamp());
        let at = (end + TimeDelta::minutes(7)).timestamp();
        assert_eq!(
            told,
            format!(
                "AWS could not be reached for 12m (<t:{from}:t> – <t:{until}:t>).\nAll is well again.\n\n\
                 • The NAT window was closed at <t:{at}:t>, 7m later than it should have been."
            )
        );
        let korean = body(&[outage], &[gone], Locale::Ko, now);
        assert!(korean.starts_with("12분 동안 AWS에 연결할 수 없었습니다("), "{korean}");
        assert!(korean.ends_with("에 닫았습니다. 예정보다 7분 늦었습니다."), "{korean}");
    }

    #[test]
    fn each_lease_is_told_of_as_it_came_out() {
        let window = lease(LeaseKind::NatWindow);
        let end = window.expires_at.expect("an end");
        let since = end - TimeDelta::hours(1);
        let failed = CloseReason::Failed { trouble: doorman_cloud::lease::Trouble::TimedOut };
        let cases = [
            (closed(&window, end + TimeDelta::minutes(2), CloseReason::Expired), "as it should be"),
            (closed(&window, end, failed), "could not be built"),
            (window.clone(), "should have been closed"),
            (
                Lease { expires_at: None, ready_at: Some(end), ..lease(LeaseKind::Pair) },
                "service pair was ready",
            ),
            // Over before it began, or ready before, or never due.
            (closed(&window, since - TimeDelta::minutes(1), CloseReason::Expired), "Nothing had to be"),
            (
                Lease { expires_at: None, ready_at: Some(since - TimeDelta::minutes(1)), ..window },
                "Nothing had to be",
            ),
        ];
        for (lease, words) in cases {
            let outages = [away(Silent::Discord, since, 50), away(Silent::Store, since, 30)];
            let told =
                body(&outages, std::slice::from_ref(&lease), Locale::EnUs, end + TimeDelta::minutes(1));
            assert!(told.contains(words), "{words}: {told}");
            assert!(told.starts_with("doorman could not reach Discord for 50m"), "{told}");
            assert!(told.contains("lease store could not be written for 30m"), "{told}");
        }
    }

    #[test]
    fn what_nobody_saw_end_is_not_claimed_to_have_lasted_so_long() {
        let outage = Outage { restarted: true, ..away(Silent::Aws, noon(), 30) };
        for (locale, words) in [(Locale::EnUs, "may have been over sooner"), (Locale::Ko, "더 일찍 복구")]
        {
            let told = body(std::slice::from_ref(&outage), &[], locale, noon());
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn what_lasted_days_is_told_with_its_days() {
        let told = body(&[away(Silent::AwsRefused, noon(), 3_000)], &[], Locale::EnUs, noon());
        assert!(told.contains("for 2d2h (<t:") && told.contains(":f>"), "{told}");
    }
}
