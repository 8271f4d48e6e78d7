//! What the living message of a lease is made from, and what the messages of several kinds tell alike.

use chrono::{DateTime, Utc};
use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{CloseReason, Lease};
use doorman_cloud::recipes::usd_per_hour;
use doorman_cloud::switchboard::inventory::{Left, left, parts};
use doorman_config::{Locale, Settings};

use crate::message::Field;
use crate::scene::Scene;
use crate::words::leases::say_of;
use crate::words::texts::{Value, say};
use crate::words::{kinds, money, people, sentence, when};

/// A lease, and what is known around it.
pub(super) struct About<'a> {
    pub(super) scene: Scene<'a>,
    pub(super) lease: &'a Lease,
}

/// What a kind of lease adds to what the messages of all have in common.
#[derive(Default)]
pub(super) struct Extras {
    /// How far building or taking down has come, or how things stand.
    pub(super) lines: Vec<String>,
    /// Facts beside who asked for it.
    pub(super) fields: Vec<Field>,
    /// Small print.
    pub(super) footer: String,
}

/// The texts that say the same of every kind of lease in the words for that kind.
pub(super) struct Keys {
    pub(super) opening: &'static str,
    pub(super) repairing: &'static str,
    pub(super) ready: &'static str,
    pub(super) drift: &'static str,
    pub(super) closing: &'static str,
    pub(super) failing: &'static str,
    pub(super) closed: &'static str,
    pub(super) failed: &'static str,
    /// Closed, or failed, and something that costs nothing was left to people.
    pub(super) asked: &'static str,
    pub(super) field_by: &'static str,
    pub(super) by: &'static str,
}

/// How a step of opening or closing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Seen done.
    Done,
    /// Under way.
    Busy,
    /// Has to wait for another.
    Later,
}

impl Mark {
    pub(super) fn of(done: bool) -> Mark {
        if done { Mark::Done } else { Mark::Busy }
    }

    /// The mark before what it is about.
    pub(super) fn line(self, what: &str) -> String {
        let sign = match self {
            Mark::Done => "✅",
            Mark::Busy => "⏳",
            Mark::Later => "➖",
        };
        format!("{sign} {what}")
    }
}

impl<'a> About<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        view: &'a View,
        lease: &'a Lease,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> About<'a> {
        About { scene: Scene { settings, view, locale, now }, lease }
    }

    /// A text of every kind of lease.
    pub(super) fn say(&self, key: &str, args: &[(&str, Value)]) -> String {
        say_of(self.scene.locale, self.lease.kind, key, args)
    }

    /// What is not as a ready lease of that kind wants it.
    pub(super) fn drift(&self) -> Vec<String> {
        self.scene.drift(self.lease.kind)
    }

    /// What keeps AWS from being seen or changed, after an empty line.
    pub(super) fn hindrances(&self) -> Vec<String> {
        let failing = self.scene.view.failing_for(self.lease.kind);
        let lines = sentence::hindrances(self.scene.locale, self.scene.view, failing);
        if lines.is_empty() { lines } else { [vec![String::new()], lines].concat() }
    }

    /// Why it was closed; nothing for what was not.
    pub(super) fn why_closed(&self, keys: &Keys) -> Option<String> {
        let (at, reason) = self.lease.closing.as_ref()?;
        let said = |key, at, more: Option<(&'static str, Value)>| {
            let times = [("at", when::clock(at).into()), ("ago", when::relative(at).into())];
            self.say(key, &times.into_iter().chain(more).collect::<Vec<_>>())
        };
        Some(match reason {
            CloseReason::Expired => {
                said("window-closing-expired", self.lease.expires_at.unwrap_or(*at), None)
            }
            CloseReason::Asked { by } => said(keys.asked, *at, Some(("by", people::mention(by).into()))),
            CloseReason::Failed { trouble } => sentence::trouble(self.scene.locale, trouble).text(),
        })
    }

    /// Who asked for it, and when.
    pub(super) fn asked_by(&self, keys: &Keys) -> Field {
        let at = self.lease.opened_at;
        let args = [
            ("by", people::mention(&self.lease.opened_by).into()),
            ("at", when::clock(at).into()),
            ("full", when::full(at).into()),
        ];
        Field { name: self.say(keys.field_by, &[]), value: self.say(keys.by, &args), inline: true }
    }

    /// When it closes, by that text; nothing for what has no end.
    pub(super) fn end(&self, key: &str) -> Option<String> {
        let end = self.lease.expires_at?;
        Some(self.say(key, &[("at", when::clock(end).into()), ("left", when::relative(end).into())]))
    }

    /// What a window costs an hour when all of it is there; `with` says so.
    pub(super) fn price(&self, with: &str) -> Field {
        let (locale, settings) = (self.scene.locale, self.scene.settings);
        let hourly = self
            .scene
            .prices()
            .and_then(|prices| usd_per_hour(self.lease.kind, &settings.stack, self.scene.observed(), prices));
        let value = match hourly {
            Some(hourly) => {
                let hourly = money::per_hour(locale, hourly);
                say(locale, with, &[("hourly", hourly.into())])
            }
            None => {
                let region = &settings.aws.region;
                say(locale, "window-price-unknown", &[("region", region.into())])
            }
        };
        Field { name: say(locale, "window-field-price", &[]), value, inline: true }
    }

    /// The small print of an open window: how it is billed, and what kind of figures these are.
    pub(super) fn price_notes(&self, billed: &str) -> String {
        let billed = say(self.scene.locale, billed, &[]);
        match self.scene.prices() {
            Some(prices) => format!("{billed} · {}", money::list_price(self.scene.locale, prices)),
            None => billed,
        }
    }

    /// The small print of a receipt: which list its figures are from.
    pub(super) fn listed(&self) -> String {
        let listed = self.lease.receipt.as_ref().and_then(|receipt| receipt.prices_as_of);
        let region = &self.scene.settings.aws.region;
        let note = listed.map(|as_of| money::list_price_of(self.scene.locale, region, as_of));
        note.unwrap_or_default()
    }

    /// What of the lease the last look still shows, part by part.
    pub(super) fn parts_left(&self) -> Vec<String> {
        let locale = self.scene.locale;
        let Some(observed) = self.scene.observed() else {
            return vec![say(locale, "common-not-looked", &[])];
        };
        let still: Vec<Left> = left(self.lease, observed);
        let parts = parts(self.lease).into_iter().map(|kind| {
            let count = still.iter().filter(|left| left.kind == kind).count();
            let what = kinds::all(locale, kind);
            let line = match count {
                0 => say(locale, "service-gone", &[("what", what.into())]),
                _ => say(locale, "service-going", &[("what", what.into()), ("count", count.into())]),
            };
            Mark::of(count == 0).line(&line)
        });
        let mut lines: Vec<String> = parts.collect();
        if still.iter().any(|left| left.kind == Kind::Endpoint) {
            lines.push(say(locale, "service-slow-removal", &[]));
        }
        lines
    }
}
