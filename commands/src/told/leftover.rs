//! What of a lease is still there when it should not be: said by id, with the pages of the AWS console where a
//! person can remove it.

use std::collections::BTreeSet;

use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{Lease, Receipt};
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::inventory::{Left, NOT_SEEN, left, parts};
use doorman_config::{Locale, Settings};

use crate::message::Button;
use crate::words::texts::say;
use crate::words::{buttons, kinds, money};

/// More ids would not be read on a phone; the buttons lead to all of them.
const MOST_SHOWN: usize = 12;

/// What of a lease is left, as far as is known.
pub(crate) struct Leftover<'a> {
    lease: &'a Lease,
    observed: Option<&'a Observed>,
    left: Vec<Left>,
    /// Whether AWS was looked at just now, rather than at some time before.
    pub(crate) seen: bool,
}

impl<'a> Leftover<'a> {
    /// By the last look; before the first one, by the record of what was made.
    pub(crate) fn of(view: &'a View, lease: &'a Lease) -> Leftover<'a> {
        let observed = view.observed.as_deref();
        let mut left = observed.map_or_else(|| recorded(lease), |observed| left(lease, observed));
        // In the order in which the parts of such a lease are named everywhere, which is also what costs most first.
        let order = |kind| parts(lease).iter().position(|of| *of == kind);
        left.sort_by_key(|left| order(left.kind));
        Leftover { lease, observed, left, seen: observed.is_some() && view.blind.is_none() }
    }

    /// Only what is not doorman's to remove, because somebody has taken its tag away.
    pub(crate) fn disowned(mut self) -> Leftover<'a> {
        self.left.retain(|left| left.disowned);
        self
    }

    /// By the receipt: what was left to people.
    pub(crate) fn by_receipt(view: &'a View, lease: &'a Lease, receipt: &Receipt) -> Leftover<'a> {
        let left = receipt.left.iter().map(|left| Left::of(left.kind, &left.id));
        Leftover { lease, observed: view.observed.as_deref(), left: left.collect(), seen: true }
    }

    /// Whether nothing is left, or known to be.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Whether something of that part is left.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.left.iter().any(|left| left.kind == kind)
    }

    /// What it costs an hour by the list; `None` if nothing of it has a price.
    pub(crate) fn hourly(&self, locale: Locale) -> Option<String> {
        let made = self.lease.made.iter().filter(|made| self.left.iter().any(|left| left.id == made.id));
        let usd: f64 = made.filter_map(|made| made.price.usd_per_hour()).sum();
        (usd > 0.0).then(|| money::per_hour(locale, usd))
    }

    /// One line for each thing: kind, id and name.
    pub(crate) fn lines(&self, locale: Locale) -> Vec<String> {
        let shown = self.left.iter().take(MOST_SHOWN);
        let mut lines: Vec<String> = shown.map(|left| self.line(locale, left)).collect();
        if self.left.len() > MOST_SHOWN {
            let more = self.left.len() - MOST_SHOWN;
            lines.push(say(locale, "receipt-more", &[("count", more.into())]));
        }
        lines
    }

    /// That somebody has taken all this, what it costs, and what can be done.
    pub(crate) fn taken_away(&self, locale: Locale) -> Vec<String> {
        let mut lines = vec![match self.hourly(locale) {
            Some(hourly) => say(locale, "receipt-taken-costs", &[("hourly", hourly.into())]),
            None => say(locale, "receipt-taken", &[]),
        }];
        lines.extend(self.lines(locale));
        lines.push(say(locale, "receipt-taken-remedy", &[]));
        lines
    }

    fn line(&self, locale: Locale, left: &Left) -> String {
        let id = &left.id;
        let name = self.lease.made.iter().find(|made| made.id == left.id).map(|made| made.name.as_str());
        let kind = kinds::one(locale, left.kind);
        if left.id == NOT_SEEN {
            return say(locale, "receipt-not-seen", &[("kind", kind.into())]);
        }
        let line = match name.filter(|name| !name.is_empty() && *name != left.id) {
            Some(name) => format!("• {kind} `{id}` ({name})"),
            None => format!("• {kind} `{id}`"),
        };
        match left.disowned {
            true => format!("{line} {}", say(locale, "receipt-disowned", &[])),
            false => line,
        }
    }

    /// A button for each page where some of it can be removed by hand.
    pub(crate) fn consoles(&self, locale: Locale, settings: &Settings) -> Vec<Button> {
        let network = self.observed.map(Observed::network);
        let (mut pages, mut links) = (BTreeSet::new(), Vec::new());
        for kind in parts(self.lease) {
            let mut ids = self.left.iter().filter(|left| left.kind == kind).map(|left| left.id.as_str());
            let Some(first) = ids.next() else { continue };
            let only = (ids.next().is_none() && first != NOT_SEEN).then_some(first);
            let page = kinds::console(settings, network.as_ref(), kind, only);
            if pages.insert(page.clone()) {
                let what = kinds::one(locale, kind);
                let label = say(locale, "notice-button-console", &[("what", what.into())]);
                links.extend(buttons::link(label, page));
            }
        }
        links
    }
}

/// What was made and is not known to be gone.
fn recorded(lease: &Lease) -> Vec<Left> {
    let there = lease.made.iter().filter(|made| made.gone_at.is_none());
    there.map(|made| Left::of(made.kind, &made.id)).collect()
}
