//! The living message of a NAT window: progress, the end and its buttons, what is broken, the receipt.
//!
//! It is rendered anew from the keeper's view each time; nothing about it is remembered. What it says of
//! AWS is what was observed, never what was asked for.

use chrono::{DateTime, Utc};
use doorman_cloud::cover::{Cover, cover};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::gateway::{GatewayState, NatGateway};
use doorman_cloud::kinds::route::RouteTarget;
use doorman_cloud::kinds::rule::Peer;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Phase};
use doorman_cloud::prices::Prices;
use doorman_cloud::recipes::{PATIENCE, usd_per_hour};
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::inventory::left;
use doorman_config::{Locale, Settings};

use crate::leftover::Leftover;
use crate::message::{Button, Field, Message, Panel, Tone};
use crate::notice;
use crate::texts::say;
use crate::{buttons, money, people, receipt, sentence, when};

/// Extensions shown; the receipt has more.
const MOST_EXTENSIONS: usize = 4;

/// How a step of opening or closing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Seen done.
    Done,
    /// Under way.
    Busy,
    /// Has to wait for another.
    Later,
}

impl Mark {
    /// The mark before a line.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Mark::Done => "✅",
            Mark::Busy => "⏳",
            Mark::Later => "➖",
        }
    }

    fn of(done: bool) -> Mark {
        if done { Mark::Done } else { Mark::Busy }
    }
}

/// The message of a window as it stands at `now`.
pub(crate) fn message(
    settings: &Settings,
    view: &View,
    lease: &Lease,
    locale: Locale,
    now: DateTime<Utc>,
) -> Message {
    let about = About { settings, view, lease, locale, now };
    let message = match lease.phase {
        Phase::Opening => about.opening(),
        Phase::Ready => about.ready(),
        Phase::Closing => about.closing(),
        Phase::Closed => return about.closed(),
    };
    Message { tells_of: Some(lease.id.clone()), ..message }
}

/// What a message is made from.
struct About<'a> {
    settings: &'a Settings,
    view: &'a View,
    lease: &'a Lease,
    locale: Locale,
    now: DateTime<Utc>,
}

impl About<'_> {
    fn opening(&self) -> Message {
        let (lease, locale) = (self.lease, self.locale);
        let mut lines = self.steps_of_opening();
        lines.push(String::new());
        lines.push(say(locale, "window-usually", &[("since", when::relative(lease.building_since).into())]));
        lines.extend(self.end("window-opens-until"));
        lines.extend(self.hindrances());
        lines.extend(self.safety_net());
        let title = match lease.ready_at {
            None => say(locale, "window-opening-title", &[]),
            Some(_) => say(locale, "window-repairing-title", &[]),
        };
        let mut fields = vec![self.opened_by()];
        fields.extend(self.extended_by());
        let panel = Panel { title, body: lines.join("\n"), tone: Tone::Busy, fields, footer: String::new() };
        Message { panel: Some(panel), buttons: vec![buttons::close(locale, &lease.id)], ..Message::default() }
    }

    fn ready(&self) -> Message {
        let (lease, locale) = (self.lease, self.locale);
        let drift = self.drift();
        let mut lines: Vec<String> = self.end("window-until").into_iter().collect();
        if drift.is_empty() {
            let ports = ports(self.settings);
            lines.push(say(locale, "window-reaches", &[("ports", ports.into())]));
        } else {
            lines.push(String::new());
            lines.extend(drift.iter().map(|line| format!("• {line}")));
            lines.push(say(locale, "window-broken", &[]));
        }
        if let Some(trouble) = &lease.setback {
            lines.push(String::new());
            lines.push(say(locale, "window-setback", &[]));
            lines.push(sentence::trouble(locale, trouble).text());
        }
        lines.extend(self.hindrances());
        lines.extend(self.safety_net());
        let (title, tone) = match drift.is_empty() {
            true => (say(locale, "window-ready-title", &[]), Tone::Good),
            false => (say(locale, "window-drift-title", &[]), Tone::Warn),
        };
        let prices = Prices::shipped(&self.settings.aws.region);
        let mut fields = vec![self.opened_by(), self.price(prices)];
        fields.extend(self.seen_from_outside());
        fields.extend(self.extended_by());
        let mut buttons: Vec<Button> = Vec::new();
        if !drift.is_empty() {
            buttons.push(buttons::repair(locale, &lease.id));
        }
        buttons.push(buttons::extend(locale, &lease.id));
        buttons.push(buttons::close(locale, &lease.id));
        let started_hours = say(locale, "window-started-hours", &[]);
        let footer = match prices {
            Some(prices) => format!("{started_hours} · {}", money::list_price(locale, prices)),
            None => started_hours,
        };
        let panel = Panel { title, body: lines.join("\n"), tone, fields, footer };
        Message { panel: Some(panel), buttons, ..Message::default() }
    }

    fn closing(&self) -> Message {
        let locale = self.locale;
        let failed = matches!(self.lease.closing, Some((_, CloseReason::Failed { .. })));
        let mut lines = self.why_closed();
        lines.push(String::new());
        lines.extend(self.steps_of_closing());
        lines.push(String::new());
        let late = notice::is_late(self.view, self.lease, self.now);
        if late {
            lines.extend(notice::late_lines(self.view, self.lease, locale));
        } else {
            lines.push(say(locale, "window-receipt-follows", &[]));
            lines.extend(self.hindrances());
        }
        let (title, tone) = match (late, failed) {
            (true, _) => (notice::late_title(self.lease, locale), Tone::Bad),
            (false, true) => (say(locale, "window-failing-title", &[]), Tone::Warn),
            (false, false) => (say(locale, "window-closing-title", &[]), Tone::Busy),
        };
        let consoles = late.then(|| Leftover::of(self.view, self.lease).consoles(locale, self.settings));
        let panel = Panel { title, body: lines.join("\n"), tone, ..Panel::default() };
        Message { panel: Some(panel), buttons: consoles.unwrap_or_default(), ..Message::default() }
    }

    fn closed(&self) -> Message {
        let (lease, locale) = (self.lease, self.locale);
        let failed = matches!(lease.closing, Some((_, CloseReason::Failed { .. })));
        let mut lines = Vec::new();
        if failed {
            lines.extend(self.why_closed());
            lines.push(String::new());
        }
        if let Some(receipt) = &lease.receipt {
            lines.push(receipt::body(locale, lease, receipt));
        }
        let cost = [("cost", receipt::cost(locale, lease.receipt.as_ref()).into())];
        let (title, tone) = match failed {
            true => (say(locale, "window-failed-title", &cost), Tone::Bad),
            false => (say(locale, "window-closed-title", &cost), Tone::Plain),
        };
        let listed = lease.receipt.as_ref().and_then(|receipt| receipt.prices_as_of);
        let region = &self.settings.aws.region;
        let footer = listed.map(|as_of| money::list_price_of(locale, region, as_of)).unwrap_or_default();
        let panel = Panel { title, body: lines.join("\n"), tone, fields: Vec::new(), footer };
        Message { panel: Some(panel), ..Message::default() }
    }

    /// The steps of opening as the last observation shows them.
    fn steps_of_opening(&self) -> Vec<String> {
        let locale = self.locale;
        let seen = self.view.observed.as_deref();
        let address = seen.is_some_and(|seen| seen.addresses.iter().any(|a| a.owner.lease == self.lease.id));
        let gateway = seen.and_then(|seen| gateway(seen, &self.lease.id));
        let gateway_mark = match gateway.map(|gateway| gateway.state) {
            Some(GatewayState::Available) => Mark::Done,
            Some(GatewayState::Pending) => Mark::Busy,
            Some(GatewayState::Failed | GatewayState::Deleting | GatewayState::Deleted) | None => {
                if address {
                    Mark::Busy
                } else {
                    Mark::Later
                }
            }
        };
        let route = match gateway_mark {
            Mark::Done => Mark::of(seen.is_some_and(|seen| routed(seen, gateway))),
            Mark::Busy | Mark::Later => Mark::Later,
        };
        let rules = seen.is_some_and(|seen| rules_are_there(seen, self.settings));
        let ports = ports(self.settings);
        [
            (Mark::of(address || gateway.is_some()), say(locale, "window-part-address", &[])),
            (gateway_mark, say(locale, "window-part-gateway", &[])),
            (route, say(locale, "window-part-route", &[])),
            (Mark::of(rules), say(locale, "window-part-rules", &[("ports", ports.into())])),
        ]
        .into_iter()
        .map(|(mark, what)| format!("{} {what}", mark.sign()))
        .collect()
    }

    /// The steps of closing: what the last observation still shows of the lease.
    fn steps_of_closing(&self) -> Vec<String> {
        let locale = self.locale;
        let seen = self.view.observed.as_deref();
        let left = seen.map(|seen| left(self.lease, seen));
        let gone = |kind| left.as_ref().is_some_and(|left| left.iter().all(|left| left.kind != kind));
        let (route, rules, gateway) = (gone(Kind::Route), gone(Kind::Rule), gone(Kind::NatGateway));
        let address = match (gone(Kind::Address), gateway) {
            (true, _) => Mark::Done,
            (false, true) => Mark::Busy,
            (false, false) => Mark::Later,
        };
        let with = |what: String, note: String| format!("{what} – {note}");
        let mut gateway_line = say(locale, "window-gone-gateway", &[]);
        if !gateway {
            gateway_line = with(gateway_line, say(locale, "window-deleting", &[]));
        }
        let mut address_line = say(locale, "window-gone-address", &[]);
        if address == Mark::Later {
            address_line = with(address_line, say(locale, "window-waits-for-gateway", &[]));
        }
        [
            (Mark::of(route), say(locale, "window-gone-route", &[])),
            (Mark::of(rules), say(locale, "window-gone-rules", &[])),
            (Mark::of(gateway), gateway_line),
            (address, address_line),
        ]
        .into_iter()
        .map(|(mark, what)| format!("{} {what}", mark.sign()))
        .collect()
    }

    fn why_closed(&self) -> Vec<String> {
        let locale = self.locale;
        match &self.lease.closing {
            None => Vec::new(),
            Some((at, CloseReason::Expired)) => {
                let at = when::clock(self.lease.expires_at.unwrap_or(*at));
                vec![say(locale, "window-closing-expired", &[("at", at.into())])]
            }
            Some((at, CloseReason::Asked { by })) => {
                let (by, at) = (people::mention(by), when::clock(*at));
                vec![say(locale, "window-closing-asked", &[("by", by.into()), ("at", at.into())])]
            }
            Some((_, CloseReason::Failed { trouble })) => vec![sentence::trouble(locale, trouble).text()],
        }
    }

    /// What of a ready window is not as it should be.
    fn drift(&self) -> Vec<String> {
        let ours = self.view.plan.drift.iter().filter(|(kind, _)| *kind == LeaseKind::NatWindow);
        ours.map(|(_, drift)| sentence::drift(self.locale, drift)).collect()
    }

    /// What keeps AWS from being seen or changed.
    fn hindrances(&self) -> Vec<String> {
        let failing = self.view.failing_for(LeaseKind::NatWindow);
        let lines = sentence::hindrances(self.locale, self.view, failing);
        if lines.is_empty() { lines } else { [vec![String::new()], lines].concat() }
    }

    /// Whether AWS closes the window by itself should doorman be gone: small when it does, loud when it does not.
    fn safety_net(&self) -> Option<String> {
        let (lease, locale) = (self.lease, self.locale);
        let observed = self.view.observed.as_deref()?;
        match cover(lease, observed, &self.settings.stack) {
            Cover::Off => None,
            Cover::Armed { fires_at } => {
                let at = when::clock(fires_at);
                Some(format!("-# {}", say(locale, "window-net-armed", &[("at", at.into())])))
            }
            Cover::NoRole => Some(say(locale, "window-net-no-role", &[])),
            Cover::Missing => {
                let settled = lease.phase == Phase::Ready || self.now - lease.building_since > PATIENCE;
                settled.then(|| say(locale, "window-net-missing", &[]))
            }
        }
    }

    fn end(&self, key: &str) -> Option<String> {
        let end = self.lease.expires_at?;
        Some(say(self.locale, key, &[("at", when::clock(end).into()), ("left", when::relative(end).into())]))
    }

    fn opened_by(&self) -> Field {
        let args = [
            ("by", people::mention(&self.lease.opened_by).into()),
            ("at", when::clock(self.lease.opened_at).into()),
        ];
        let value = say(self.locale, "window-by", &args);
        Field { name: say(self.locale, "window-field-by", &[]), value, inline: true }
    }

    fn price(&self, prices: Option<&Prices>) -> Field {
        let hourly = prices.and_then(|prices| {
            usd_per_hour(self.lease.kind, &self.settings.stack, self.view.observed.as_deref(), prices)
        });
        let value = match hourly {
            Some(hourly) => {
                let hourly = money::per_hour(self.locale, hourly);
                say(self.locale, "window-price", &[("hourly", hourly.into())])
            }
            None => {
                let region = &self.settings.aws.region;
                say(self.locale, "window-price-unknown", &[("region", region.into())])
            }
        };
        Field { name: say(self.locale, "window-field-price", &[]), value, inline: true }
    }

    /// The address that servers on the internet see: what people put into allow lists.
    fn seen_from_outside(&self) -> Option<Field> {
        let gateway = gateway(self.view.observed.as_deref()?, &self.lease.id)?;
        let value = format!("`{}`", gateway.public_ip.as_ref()?);
        Some(Field { name: say(self.locale, "window-field-address", &[]), value, inline: true })
    }

    fn extended_by(&self) -> Option<Field> {
        let extensions = &self.lease.extensions;
        let skipped = extensions.len().saturating_sub(MOST_EXTENSIONS);
        let lines: Vec<String> = extensions
            .iter()
            .skip(skipped)
            .map(|extension| {
                let args = [
                    ("by", people::mention(&extension.by).into()),
                    ("at", when::clock(extension.at).into()),
                    ("until", when::clock(extension.until).into()),
                ];
                say(self.locale, "window-extension", &args)
            })
            .collect();
        let name = say(self.locale, "window-field-extended", &[]);
        (!lines.is_empty()).then(|| Field { name, value: lines.join("\n"), inline: false })
    }
}

/// The gateway a lease lives on, if it can still be of use.
fn gateway<'o>(observed: &'o Observed, lease: &LeaseId) -> Option<&'o NatGateway> {
    let of_lease = observed.gateways.iter().filter(|gateway| gateway.owner.lease == *lease);
    of_lease
        .filter(|gateway| matches!(gateway.state, GatewayState::Pending | GatewayState::Available))
        .min_by_key(|gateway| gateway.created_at)
}

fn routed(observed: &Observed, gateway: Option<&NatGateway>) -> bool {
    let route = observed.route_table().found().and_then(|table| table.default_route.as_ref());
    route.zip(gateway).is_some_and(|(route, gateway)| {
        route.target == RouteTarget::NatGateway(gateway.id.clone()) && !route.blackhole
    })
}

fn rules_are_there(observed: &Observed, settings: &Settings) -> bool {
    settings.stack.nat.ports.iter().all(|port| observed.lets_tcp(true, *port, &Peer::anywhere()))
}

/// The ports of the window as people read them: `80, 443`.
fn ports(settings: &Settings) -> String {
    settings.stack.nat.ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
