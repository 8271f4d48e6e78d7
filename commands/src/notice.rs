//! What the channel is told unasked while a lease is open: that its end is near, and that closing is late.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, LeaseKind, Made, MadeKind, Phase};
use doorman_config::Locale;

use crate::message::{Message, Panel, Tone};
use crate::texts::say;
use crate::{buttons, money, receipt, sentence, when};

/// Closing a window takes AWS two minutes, a pair up to five. Past this, somebody should know.
const LATE_AFTER: TimeDelta = TimeDelta::minutes(10);
/// While AWS cannot be reached nothing is being closed at all: that is said sooner.
const LATE_WHEN_BLIND: TimeDelta = TimeDelta::minutes(2);

/// A warning before the end of a window, with the buttons to extend or close it.
pub(crate) fn warning(lease: &Lease, minutes_left: i64, locale: Locale) -> Message {
    let at = lease.expires_at.map(when::clock).unwrap_or_default();
    let args = [("minutes", minutes_left.into()), ("at", at.into())];
    Message {
        text: say(locale, "notice-warning", &args),
        buttons: vec![buttons::extend(locale, &lease.id), buttons::close(locale, &lease.id)],
        ..Message::default()
    }
}

/// Whether closing the lease is late at `now`.
pub(crate) fn is_late(view: &View, lease: &Lease, now: DateTime<Utc>) -> bool {
    let patience = if view.blind.is_some() { LATE_WHEN_BLIND } else { LATE_AFTER };
    due(lease).is_some_and(|due| now - due >= patience)
}

/// When closing was due; `None` if it is not, or over.
fn due(lease: &Lease) -> Option<DateTime<Utc>> {
    match (lease.phase, &lease.closing) {
        (Phase::Closed, _) => None,
        (_, Some((at, _))) => Some(lease.expires_at.map_or(*at, |end| end.min(*at))),
        (_, None) => lease.expires_at,
    }
}

/// That closing is late: since when, why, what is still billed, and what can be done by hand.
pub(crate) fn trouble(view: &View, lease: &Lease, locale: Locale, now: DateTime<Utc>) -> Option<Message> {
    let due = due(lease).filter(|_| is_late(view, lease, now))?;
    let title = match lease.kind {
        LeaseKind::NatWindow => say(locale, "notice-late-window-title", &[]),
        LeaseKind::Service => say(locale, "notice-late-service-title", &[]),
    };
    let since = [("due", when::relative(due).into())];
    let mut lines = vec![say(locale, "notice-late-since", &since)];
    lines.extend(view.blind.iter().map(|blind| sentence::blind(locale, blind)));
    lines.extend(view.failing.iter().map(|failing| sentence::failing(locale, failing)));
    let left: Vec<&Made> = lease.made.iter().filter(|made| made.gone_at.is_none()).collect();
    if !left.is_empty() {
        let hourly: f64 = left.iter().map(|made| made.usd_per_hour).sum();
        lines.push(String::new());
        lines.push(say(locale, "notice-late-left", &[("hourly", money::per_hour(locale, hourly).into())]));
        lines.extend(
            left.iter()
                .filter(|made| made.kind != MadeKind::Rule)
                .map(|made| format!("• {} `{}`", receipt::kind(locale, made.kind), made.id)),
        );
    }
    lines.push(String::new());
    lines.push(say(locale, "notice-late-goes-on", &[]));
    lines.push(match lease.kind {
        LeaseKind::NatWindow => say(locale, "notice-late-window-by-hand", &[]),
        LeaseKind::Service => say(locale, "notice-late-service-by-hand", &[]),
    });
    let panel = Panel { title, body: lines.join("\n"), tone: Tone::Bad, ..Panel::default() };
    Some(Message { panel: Some(panel), ..Message::default() })
}

#[cfg(test)]
mod tests {
    use doorman_cloud::keeper::Blind;
    use doorman_cloud::lease::CloseReason;
    use doorman_cloud::plan::Plan;
    use doorman_cloud::step::{Failure, FailureKind};

    use super::*;
    use crate::admit::fixtures::{lease, noon};
    use crate::message::Does;

    fn view(blind: bool) -> View {
        let failure = Failure {
            operation: "DescribeVpcs",
            kind: FailureKind::Away,
            code: "timeout".to_owned(),
            message: String::new(),
        };
        View {
            at: noon(),
            observed: None,
            plan: Plan::default(),
            leases: Vec::new(),
            blind: blind.then(|| Blind { since: noon(), failure }),
            failing: Vec::new(),
            working: Vec::new(),
        }
    }

    #[test]
    fn a_warning_can_be_answered_with_its_buttons() {
        let message = warning(&lease(LeaseKind::NatWindow), 10, Locale::EnUs);
        assert!(
            message.text.starts_with("⏰ The NAT window closes in 10 minutes, at <t:"),
            "{}",
            message.text
        );
        let ids: Vec<&Does> = message.buttons.iter().map(|button| &button.does).collect();
        let press = |id: &str| Does::Press(id.to_owned());
        assert_eq!(ids, [&press("nat:extend:01k0lease"), &press("nat:close:01k0lease")]);
    }

    #[test]
    fn a_warning_counts_in_words_that_fit() {
        let lease = lease(LeaseKind::NatWindow);
        let text = |minutes, locale| warning(&lease, minutes, locale).text;
        assert!(text(1, Locale::EnUs).contains("closes in 1 minute, at"), "{}", text(1, Locale::EnUs));
        assert!(text(0, Locale::EnUs).contains("closes in less than a minute, at"));
        assert!(text(2, Locale::Ko).contains("NAT 연결이 2분 뒤에 닫힙니다(<t:"), "{}", text(2, Locale::Ko));
        assert!(text(0, Locale::Ko).contains("NAT 연결이 1분 안에 닫힙니다"));
    }

    #[test]
    fn closing_is_late_after_ten_minutes_or_two_while_aws_is_away() {
        let open = lease(LeaseKind::NatWindow);
        let end = open.expires_at.expect("an end");
        let closing =
            Lease { phase: Phase::Closing, closing: Some((end, CloseReason::Expired)), ..open.clone() };
        for (lease, blind, seconds, late) in [
            (&open, false, -1, false),
            (&open, true, 119, false),
            (&open, true, 120, true),
            (&closing, false, 599, false),
            (&closing, false, 600, true),
        ] {
            let told = trouble(&view(blind), lease, Locale::EnUs, end + TimeDelta::seconds(seconds));
            assert_eq!(told.is_some(), late, "{seconds} s, blind: {blind}");
        }
        let closed = Lease { phase: Phase::Closed, ..closing };
        assert!(!is_late(&view(true), &closed, end + TimeDelta::days(1)));
    }

    #[test]
    fn a_late_notice_says_what_is_left_what_it_costs_and_what_can_be_done() {
        let mut lease = lease(LeaseKind::NatWindow);
        let made = |kind, id: &str, gone_at, usd_per_hour| Made {
            kind,
            id: id.to_owned(),
            name: String::new(),
            made_at: noon(),
            gone_at,
            usd_per_hour,
        };
        lease.made = vec![
            made(MadeKind::NatGateway, "nat-1", None, 0.059),
            made(MadeKind::NatGateway, "nat-0", Some(noon()), 0.059),
            made(MadeKind::Address, "eipalloc-1", None, 0.005),
            made(MadeKind::Rule, "sgr-1", None, 0.0),
        ];
        let now = noon() + TimeDelta::hours(1);
        let body =
            trouble(&view(true), &lease, Locale::EnUs, now).expect("late").panel.expect("a panel").body;
        assert!(
            body.contains("costs $0.064/h:\n• NAT gateway `nat-1`\n• Elastic IP `eipalloc-1`\n"),
            "{body}"
        );
        assert!(body.contains("AWS cannot be reached") && body.contains("in the VPC console"), "{body}");
    }

    #[test]
    fn a_pair_without_an_end_is_late_only_once_it_closes() {
        let mut pair = Lease { expires_at: None, ..lease(LeaseKind::Service) };
        let now = noon() + TimeDelta::days(30);
        assert!(!is_late(&view(true), &pair, now));
        pair.closing = Some((now, CloseReason::Expired));
        pair.phase = Phase::Closing;
        assert!(is_late(&view(true), &pair, now + TimeDelta::minutes(2)));
    }
}
