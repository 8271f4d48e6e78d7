//! What a message is made from, and the facts that several messages tell.

pub(crate) mod drawing;
pub(crate) mod preview;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::failure::Failure;
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, LeaseKind, Phase};
use doorman_cloud::prices::Prices;
use doorman_cloud::recipes::Access;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::meter::{Meter, MeterLine};
use doorman_config::{Locale, Settings, ShellMode, Stack};

use crate::context::Context;
use crate::outcome::Outcome;
use crate::request::Request;
use crate::words::texts::say;
use crate::words::{money, places, sentence};

/// Everything a message is made from. Rendering one is pure: the same scene says the same.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The settings.
    pub(crate) settings: &'a Settings,
    /// What the keeper knows.
    pub(crate) view: &'a View,
    /// The reader's language.
    pub(crate) locale: Locale,
    /// The time now.
    pub(crate) now: DateTime<Utc>,
}

impl<'a> Scene<'a> {
    /// What the keeper knows now, for a reader of that language.
    pub(crate) fn of(cx: &'a Context, view: &'a View, locale: Locale) -> Scene<'a> {
        Scene { settings: cx.settings(), view, locale, now: cx.now() }
    }

    /// The stack.
    pub(crate) fn stack(&self) -> &'a Stack {
        &self.settings.stack
    }

    /// The last observation, if there was one.
    pub(crate) fn observed(&self) -> Option<&'a Observed> {
        self.view.observed.as_deref()
    }

    /// The price list of the region, if one ships.
    pub(crate) fn prices(&self) -> Option<&'static Prices> {
        Prices::shipped(&self.settings.aws.region)
    }

    /// What runs and bills; `None` without a price list or an observation.
    pub(crate) fn meter(&self) -> Option<Meter> {
        Some(Meter::of(self.observed()?, self.prices()?))
    }

    /// Whether there is a way to the shells of the instances: always, or while a shell window is leased, or because
    /// somebody made all the endpoints.
    pub(crate) fn has_access(&self) -> bool {
        let there = || self.observed().is_some_and(|seen| Access::of(seen, self.stack()).endpoints);
        match self.stack().shell.mode {
            ShellMode::Always => true,
            ShellMode::Window => kept(self.view, LeaseKind::ShellWindow).is_some() || there(),
        }
    }

    /// Whether shell windows are a thing here: by the settings, or because one is leased.
    pub(crate) fn has_shell_windows(&self) -> bool {
        self.stack().shell.mode == ShellMode::Window || self.view.lease(LeaseKind::ShellWindow).is_some()
    }

    /// What is not as a ready lease of that kind wants it, in plain words.
    pub(crate) fn drift(&self, kind: LeaseKind) -> Vec<String> {
        let of_kind = self.view.plan.drift.iter().filter(|(of, _)| *of == kind);
        of_kind.map(|(_, drift)| sentence::drift(self.locale, drift)).collect()
    }

    /// What keeps AWS from being seen or changed.
    pub(crate) fn hindrances(&self) -> Vec<String> {
        sentence::hindrances(self.locale, self.view, &self.view.failing)
    }

    /// The link to the message that tells of a lease, as Markdown; `None` if it has none.
    pub(crate) fn link_to(&self, lease: &Lease) -> Option<String> {
        let url = places::message(self.settings.discord.guild_id.0, lease.message?);
        Some(say(self.locale, "status-link", &[("url", url.into())]))
    }
}

/// The open lease of a kind that is not on its way out.
pub(crate) fn kept(view: &View, kind: LeaseKind) -> Option<&Lease> {
    view.lease(kind).filter(|lease| lease.phase != Phase::Closing)
}

/// A sum over some lines of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(crate) struct Sum {
    /// List price an hour, of what the list has.
    pub(crate) usd_per_hour: f64,
    /// Whether something in it has no price in the list.
    pub(crate) unknown: bool,
    /// How many lines.
    pub(crate) lines: usize,
}

/// What lines of a meter come to in so much time, USD; what is billed by the started hour, by started hours.
pub(crate) fn usd_for(lines: &[MeterLine], length: TimeDelta) -> f64 {
    lines.iter().filter_map(|line| Some(line.price.usd_per_hour()? * line.price.billed_hours(length))).sum()
}

impl Sum {
    /// Adds lines up.
    pub(crate) fn of<'m>(lines: impl IntoIterator<Item = &'m MeterLine>) -> Sum {
        lines.into_iter().fold(Sum::default(), |sum, line| Sum {
            usd_per_hour: sum.usd_per_hour + line.price.usd_per_hour().unwrap_or_default(),
            unknown: sum.unknown || line.price.usd_per_hour().is_none(),
            lines: sum.lines + 1,
        })
    }

    /// `$0.11/h`, or that it is at least that.
    pub(crate) fn hourly(self, locale: Locale) -> String {
        self.bounded(locale, money::per_hour(locale, self.usd_per_hour))
    }

    /// The same for a month of 730 hours.
    pub(crate) fn monthly(self, locale: Locale) -> String {
        let usd = self.usd_per_hour * doorman_cloud::prices::HOURS_A_MONTH;
        self.bounded(locale, money::per_month(locale, usd))
    }

    fn bounded(self, locale: Locale, amount: String) -> String {
        if self.unknown { say(locale, "cost-at-least", &[("amount", amount.into())]) } else { amount }
    }
}

/// What was last known, for when AWS cannot be looked at. What is leased is known all the same.
pub(crate) async fn last_known(cx: &Context) -> View {
    let mut view = View::clone(&cx.keeper().watch().borrow());
    match cx.keeper().store().leases_since(cx.now()).await {
        Ok(leases) => view.leases = leases,
        Err(error) => tracing::error!("cannot read the leases: {error}"),
    }
    view
}

/// Says that AWS could not be looked at, and logs why.
pub(crate) fn cannot_look(request: &Request, failure: &Failure) -> Outcome {
    log_blind(request, failure);
    Outcome::show(sentence::cannot_look(request.locale, failure.kind, request.id))
}

/// Logs why AWS could not be looked at for somebody.
pub(crate) fn log_blind(request: &Request, failure: &Failure) {
    tracing::warn!(
        request.id = request.id,
        operation = failure.operation,
        code = %failure.code,
        "request {}: cannot look at AWS: {failure}",
        request.id
    );
}
