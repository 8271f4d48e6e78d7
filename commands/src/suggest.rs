//! Values suggested while somebody types, from what is known already: AWS is not asked for it.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::catalog;
use doorman_cloud::kinds::instance::{Instance, InstanceState};
use doorman_cloud::lease::{LeaseKind, Spec};
use doorman_cloud::recipes::estimate;
use doorman_config::{Locale, WindowLengths, duration};

use crate::policy;
use crate::request::Request;
use crate::scene::{Scene, usd_for};
use crate::words::texts::say;
use crate::words::{money, when};

/// Discord takes no longer names and values.
pub(crate) const LONGEST: usize = 100;

/// What an option might become, by what the keeper knows.
pub(crate) type Suggest = fn(&Asking<'_>) -> Vec<Suggestion>;

/// Who types what, and how things stand.
pub(crate) struct Asking<'a> {
    pub(crate) scene: Scene<'a>,
    pub(crate) request: &'a Request,
    /// What is typed so far.
    pub(crate) typed: &'a str,
}

/// A value an option might become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// As shown. At most 100 characters.
    pub name: String,
    /// As sent. At most 100 characters.
    pub value: String,
}

impl Suggestion {
    fn plain(value: &str) -> Suggestion {
        Suggestion { name: value.to_owned(), value: value.to_owned() }
    }
}

/// The default first, so that the first suggestion is what an empty option means.
fn with_default<'v>(default: &'v str, known: &'v [&'v str]) -> impl Iterator<Item = &'v str> {
    std::iter::once(default).chain(known.iter().copied().filter(move |value| *value != default))
}

/// The types that have a price, the one of the settings first, each with its size and price.
pub(crate) fn types(asking: &Asking<'_>) -> Vec<Suggestion> {
    let scene = &asking.scene;
    let suggestion = |value: &str| {
        let hourly = scene.prices().and_then(|prices| prices.instance(value));
        let (Some(size), Some(usd)) = (catalog::size(value), hourly) else { return Suggestion::plain(value) };
        let args = [
            ("type", value.into()),
            ("vcpus", size.vcpus.into()),
            ("memory", size.memory_gib.into()),
            ("hourly", money::per_hour(scene.locale, usd).into()),
        ];
        Suggestion { name: say(scene.locale, "launch-suggestion", &args), value: value.to_owned() }
    };
    with_default(&scene.stack().service.instance_type, &catalog::TYPES).map(suggestion).collect()
}

/// The images that doorman knows by name, the one of the settings first.
pub(crate) fn images(asking: &Asking<'_>) -> Vec<Suggestion> {
    let images = with_default(&asking.scene.stack().service.image, &catalog::IMAGES);
    images.map(Suggestion::plain).collect()
}

/// How long a NAT window may be open.
pub(crate) fn nat_lengths(asking: &Asking<'_>) -> Vec<Suggestion> {
    lengths(asking, LeaseKind::NatWindow, &asking.scene.stack().nat.lengths)
}

/// How long a shell window may be open.
pub(crate) fn shell_lengths(asking: &Asking<'_>) -> Vec<Suggestion> {
    lengths(asking, LeaseKind::ShellWindow, &asking.scene.stack().shell.lengths)
}

/// By how much the NAT window may be extended.
pub(crate) fn nat_extensions(asking: &Asking<'_>) -> Vec<Suggestion> {
    extensions(asking, LeaseKind::NatWindow)
}

/// By how much the shell window may be extended.
pub(crate) fn shell_extensions(asking: &Asking<'_>) -> Vec<Suggestion> {
    extensions(asking, LeaseKind::ShellWindow)
}

/// Lengths that people ask for, in minutes.
const USUAL_MIN: [i64; 6] = [15, 30, 60, 120, 240, 480];

/// How long a window may be: what is typed, the default, and what is usual; each until when and for how much.
fn lengths(asking: &Asking<'_>, kind: LeaseKind, of: &WindowLengths) -> Vec<Suggestion> {
    let scene = &asking.scene;
    let longest = policy::longest_window(scene.settings, asking.request, kind);
    let added = scene
        .observed()
        .zip(scene.prices())
        .map(|(observed, prices)| estimate(kind, &Spec::Plain, scene.stack(), observed, prices).lines);
    let usual = std::iter::once(of.default.delta()).chain(USUAL_MIN.map(TimeDelta::minutes));
    suggested(asking, usual, of.minimum.delta()..=longest, |length| {
        let usd = added.as_ref().map(|lines| money::usd(usd_for(lines, length)));
        (scene.now + length, usd)
    })
}

/// By how much a window may be extended: what is typed, and what is usual; each until when.
fn extensions(asking: &Asking<'_>, kind: LeaseKind) -> Vec<Suggestion> {
    let scene = &asking.scene;
    let Some((lease, end)) = scene.view.lease(kind).and_then(|lease| Some((lease, lease.expires_at?))) else {
        return Vec::new();
    };
    let latest = lease.opened_at + policy::longest_window(scene.settings, asking.request, kind);
    let usual = USUAL_MIN.into_iter().map(TimeDelta::minutes);
    suggested(asking, usual, TimeDelta::minutes(1)..=latest - end, |length| (end + length, None))
}

/// The lengths within `range`, each once, with what is said of it: the end, and the price if there is one to say.
fn suggested(
    asking: &Asking<'_>,
    usual: impl Iterator<Item = TimeDelta>,
    range: RangeInclusive<TimeDelta>,
    about: impl Fn(TimeDelta) -> (DateTime<Utc>, Option<String>),
) -> Vec<Suggestion> {
    let (locale, zone) = (asking.scene.locale, asking.scene.settings.reports.timezone);
    let typed = duration::parse(asking.typed).ok().map(|length| (length, asking.typed.to_owned()));
    let usual = usual.map(|length| (length, when::length(locale, length)));
    let mut said = BTreeSet::new();
    let fits = |(length, _): &(TimeDelta, String)| range.contains(length) && said.insert(*length);
    let suggestion = |(length, value): (TimeDelta, String)| {
        let (end, usd) = about(length);
        let args = [("length", when::length(locale, length).into()), ("at", when::in_zone(end, zone).into())];
        let until = say(locale, "timed-suggestion", &args);
        Suggestion { name: [Some(until), usd].into_iter().flatten().collect::<Vec<_>>().join(" · "), value }
    };
    typed.into_iter().chain(usual).filter(fits).map(suggestion).collect()
}

/// The pair's instances: name, state and zone.
pub(crate) fn instances(asking: &Asking<'_>) -> Vec<Suggestion> {
    let (observed, locale) = (asking.scene.observed(), asking.scene.locale);
    let slots = asking.scene.stack().service.instances.iter();
    slots
        .map(|slot| {
            let state = observed.map(|observed| state(locale, observed.instance(&slot.name)));
            let zone = observed.and_then(|observed| observed.subnet(&slot.subnet).found().copied());
            let parts = [Some(slot.name.clone()), state, zone.map(|subnet| subnet.zone.clone())];
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            Suggestion { name: name.chars().take(LONGEST).collect(), value: slot.name.clone() }
        })
        .collect()
}

fn state(locale: Locale, instance: Option<&Instance>) -> String {
    let key = match instance.map(|instance| instance.state) {
        Some(InstanceState::Pending) => "session-state-pending",
        Some(InstanceState::Running) => "session-state-running",
        Some(InstanceState::Stopping | InstanceState::Stopped) => "session-state-stopped",
        Some(InstanceState::ShuttingDown) | None => "session-state-missing",
    };
    say(locale, key, &[])
}
