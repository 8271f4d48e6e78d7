//! What `/launch service` shows: the card, or why there is none.

use doorman_cloud::failure::Failure;
use doorman_cloud::lease::{Lease, LeaseKind, PairSpec, Phase, Spec};
use doorman_cloud::recipes::estimate;
use doorman_cloud::switchboard::Observed;
use doorman_config::{Instance, Locale, Market, ShellMode};

use crate::input::quoted;
use crate::message::{Message, Panel, Tone};
use crate::scene::preview::Preview;
use crate::scene::{Scene, Sum};
use crate::words::sentence::{self, Told};
use crate::words::texts::say;
use crate::words::{money, people, when};

/// Its standard support ended on 31 May 2025: <https://ubuntu.com/about/release-cycle>.
const OUT_OF_SUPPORT: &str = "ubuntu-20.04";

fn panel(title: String, tone: Tone, lines: &[String]) -> Message {
    let body = lines.join("\n");
    Message { panel: Some(Panel { title, body, tone, ..Panel::default() }), ..Message::default() }
}

/// The image's name is misspelt.
pub(super) fn misspelt_image(locale: Locale, typed: &str, near: &str) -> Message {
    let args = [("typed", quoted(typed).into()), ("nearest", near.into())];
    Message::text(say(locale, "launch-misspelt-image", &args))
}

/// The keeper has not seen AWS yet.
pub(super) fn not_looked(locale: Locale) -> Message {
    Message::text(say(locale, "common-not-looked", &[]))
}

/// Something stands in the way; nothing was made.
pub(super) fn blocked(locale: Locale, told: &[Told]) -> Message {
    let mut lines: Vec<String> = told.iter().map(Told::text).collect();
    lines.push(String::new());
    lines.push(say(locale, "launch-nothing-made", &[]));
    panel(say(locale, "launch-blocked-title", &[]), Tone::Bad, &lines)
}

/// What the card would be made from could not be looked at; nothing was made. One line for each call that failed,
/// and each remedy once.
pub(super) fn unseen(locale: Locale, failures: &[&Failure], reference: u64) -> Message {
    let (mut lines, mut remedies) = (Vec::new(), Vec::new());
    for failure in failures {
        let told = sentence::failure(locale, failure.kind);
        let args = [("operation", failure.operation.into()), ("why", told.what.into())];
        let (line, remedy) = (say(locale, "launch-unseen", &args), format!("→ {}", told.remedy));
        if !lines.contains(&line) {
            lines.push(line);
        }
        if !remedies.contains(&remedy) {
            remedies.push(remedy);
        }
    }
    lines.append(&mut remedies);
    lines.push(String::new());
    lines.push(say(locale, "launch-nothing-made", &[]));
    let reference = say(locale, "common-reference", &[("reference", reference.to_string().into())]);
    lines.push(format!("-# {reference}"));
    panel(say(locale, "launch-unseen-title", &[]), Tone::Bad, &lines)
}

/// It is being built, or taken down, by somebody.
pub(super) fn busy(scene: &Scene<'_>, lease: &Lease) -> Message {
    let locale = scene.locale;
    let mut text = match (&lease.closing, lease.phase) {
        (Some((at, _)), Phase::Closing | Phase::Closed) => {
            say(locale, "launch-closing", &[("since", when::moment(*at).into())])
        }
        _ => {
            let args = [
                ("by", people::mention(&lease.opened_by).into()),
                ("since", when::relative(lease.building_since).into()),
            ];
            say(locale, "launch-opening", &args)
        }
    };
    if let Some(link) = scene.link_to(lease) {
        text = format!("{text} {}", say(locale, "launch-followed-there", &[("link", link.into())]));
    }
    Message::text(text)
}

/// Everything is there and right.
pub(super) fn nothing_to_do(scene: &Scene<'_>, lease: &Lease, stays: Option<&PairSpec>) -> Message {
    let locale = scene.locale;
    let args =
        [("by", people::mention(&lease.opened_by).into()), ("at", when::relative(lease.opened_at).into())];
    let mut lines = vec![say(locale, "launch-complete", &args)];
    lines.extend(stays.map(|spec| stays_as_it_is(locale, spec)));
    Message::text(lines.join("\n"))
}

/// A lease that was found by its tags when no instance was left.
pub(super) fn beyond_repair(scene: &Scene<'_>) -> Message {
    Message::text(say(scene.locale, "launch-beyond-repair", &[]))
}

fn stays_as_it_is(locale: Locale, spec: &PairSpec) -> String {
    let args = [
        ("type", (&spec.instance_type).into()),
        ("image", (&spec.image_name).into()),
        ("market", market(locale, spec.market).into()),
    ];
    say(locale, "launch-stays", &args)
}

fn market(locale: Locale, market: Market) -> String {
    match market {
        Market::OnDemand => say(locale, "launch-on-demand", &[]),
        Market::Spot => say(locale, "launch-spot", &[]),
    }
}

/// The card for a pair that is not there yet.
pub(super) fn new_pair(
    scene: &Scene<'_>,
    observed: &Observed,
    spec: &PairSpec,
    preview: &Preview,
) -> Message {
    let locale = scene.locale;
    let sum = added(scene, observed, spec);
    let mut lines = price_lines(scene, sum);
    lines.push(String::new());
    let market = market(locale, spec.market);
    let args = [
        ("count", preview.instances.len().into()),
        ("type", (&spec.instance_type).into()),
        ("image", (&spec.image_name).into()),
        ("market", market.into()),
    ];
    lines.push(say(locale, "launch-makes", &args));
    lines.extend(preview.instances.iter().map(|slot| instance(scene, observed, slot)));
    lines.extend(volumes(scene, spec, preview));
    lines.extend(shell_to_make(scene, preview));
    lines.push(String::new());
    lines.push(say(locale, "launch-uses", &[]));
    lines.extend(used(scene, preview));
    lines.extend(without_shell(scene));
    lines.extend(out_of_support(locale, spec));
    let title = match sum {
        Some(sum) => say(locale, "launch-title", &[("hourly", sum.hourly(locale).into())]),
        None => say(locale, "launch-title-no-price", &[]),
    };
    let mut message = panel(title, Tone::Plain, &lines);
    add_footer(&mut message, scene, spec);
    message
}

/// The card for a pair of which something is missing.
pub(super) fn repair(
    scene: &Scene<'_>,
    spec: &PairSpec,
    preview: &Preview,
    stays: Option<&PairSpec>,
) -> Message {
    let locale = scene.locale;
    let mut lines: Vec<String> =
        scene.drift(doorman_cloud::lease::LeaseKind::Pair).iter().map(|line| format!("⚠️ {line}")).collect();
    lines.push(String::new());
    lines.push(say(locale, "launch-repairs", &[]));
    let before = lines.len();
    if let Some(observed) = scene.observed() {
        lines.extend(preview.instances.iter().map(|slot| instance(scene, observed, slot)));
    }
    lines.extend(volumes(scene, spec, preview));
    let mended = preview.mended.iter();
    lines.extend(mended.map(|name| format!("• {}", say(locale, "launch-mends", &[("name", name.into())]))));
    lines.extend(shell_to_make(scene, preview));
    if lines.len() == before {
        // Nothing is missing but an answer from an agent.
        lines.push(format!("• {}", say(locale, "launch-wakes", &[])));
    }
    lines.push(String::new());
    lines.push(say(locale, "launch-leaves-the-rest", &[]));
    if let Some(sum) =
        scene.observed().and_then(|observed| added(scene, observed, spec)).filter(|sum| sum.lines > 0)
    {
        lines.push(say(locale, "launch-adds", &[("hourly", sum.hourly(locale).into())]));
    }
    lines.extend(stays.map(|spec| stays_as_it_is(locale, spec)));
    let mut message = panel(say(locale, "launch-repair-title", &[]), Tone::Warn, &lines);
    add_footer(&mut message, scene, spec);
    message
}

/// What the launch adds to the bill; `None` without a price list.
fn added(scene: &Scene<'_>, observed: &Observed, spec: &PairSpec) -> Option<Sum> {
    let prices = scene.prices()?;
    let spec = Spec::Pair(spec.clone());
    Some(Sum::of(&estimate(LeaseKind::Pair, &spec, scene.stack(), observed, prices).lines))
}

fn price_lines(scene: &Scene<'_>, sum: Option<Sum>) -> Vec<String> {
    let locale = scene.locale;
    match sum {
        Some(sum) => {
            let args = [("hourly", sum.hourly(locale).into()), ("monthly", sum.monthly(locale).into())];
            vec![say(locale, "launch-price", &args)]
        }
        None => {
            let region = &scene.settings.aws.region;
            vec![say(locale, "cost-no-list", &[("region", region.into())])]
        }
    }
}

fn instance(scene: &Scene<'_>, observed: &Observed, slot: &Instance) -> String {
    let zone = observed.subnet(&slot.subnet).found().map(|subnet| subnet.zone.clone());
    let args = [
        ("name", (&slot.name).into()),
        ("zone", zone.unwrap_or_else(|| slot.subnet.clone()).into()),
        ("address", slot.private_ip.to_string().into()),
    ];
    format!("• {}", say(scene.locale, "launch-instance", &args))
}

fn volumes(scene: &Scene<'_>, spec: &PairSpec, preview: &Preview) -> Option<String> {
    let volume = &scene.stack().service.volume;
    let (_, size_gib) = spec.root_volume(volume);
    let args = [("size", size_gib.to_string().into()), ("kind", (&volume.kind).into())];
    (!preview.instances.is_empty()).then(|| format!("• {}", say(scene.locale, "launch-volume", &args)))
}

fn shell_to_make(scene: &Scene<'_>, preview: &Preview) -> Vec<String> {
    let (locale, stack) = (scene.locale, scene.stack());
    let mut lines = Vec::new();
    if preview.role {
        lines.push(say(locale, "launch-role", &[("role", (&stack.shell.role).into())]));
    }
    if !preview.endpoints.is_empty() {
        let args =
            [("count", preview.endpoints.len().into()), ("services", preview.endpoints.join(", ").into())];
        lines.push(say(locale, "launch-endpoints", &args));
    }
    if preview.rules > 0 {
        let args = [("count", preview.rules.into()), ("group", (&stack.service.security_group).into())];
        lines.push(say(locale, "launch-rules", &args));
    }
    lines.iter().map(|line| format!("• {line}")).collect()
}

/// What is there and is used as it is.
fn used(scene: &Scene<'_>, preview: &Preview) -> Vec<String> {
    let (locale, stack) = (scene.locale, scene.stack());
    let mut subnets: Vec<&str> = stack.service.instances.iter().map(|slot| slot.subnet.as_str()).collect();
    subnets.dedup();
    let args = [
        ("vpc", (&stack.vpc).into()),
        ("subnets", subnets.join("`, `").into()),
        ("group", (&stack.service.security_group).into()),
    ];
    let mut lines = vec![say(locale, "launch-network", &args)];
    if !preview.role {
        lines.push(say(locale, "launch-role", &[("role", (&stack.shell.role).into())]));
    }
    let wanted = match stack.shell.mode {
        ShellMode::Always => stack.shell.endpoints.as_slice(),
        ShellMode::Window => &[],
    };
    let wanted = wanted.iter().map(|endpoint| endpoint.service.clone());
    let there: Vec<String> = wanted.filter(|service| !preview.endpoints.contains(service)).collect();
    if !there.is_empty() {
        let args = [("count", there.len().into()), ("services", there.join(", ").into())];
        lines.push(say(locale, "launch-endpoints", &args));
    }
    lines.iter().map(|line| format!("• {line}")).collect()
}

/// That shell access is no part of it, where it has windows of its own.
fn without_shell(scene: &Scene<'_>) -> Option<String> {
    match scene.stack().shell.mode {
        ShellMode::Always => None,
        ShellMode::Window => Some(say(scene.locale, "launch-without-shell", &[])),
    }
}

fn out_of_support(locale: Locale, spec: &PairSpec) -> Option<String> {
    (spec.image_name == OUT_OF_SUPPORT).then(|| format!("-# {}", say(locale, "launch-out-of-support", &[])))
}

fn add_footer(message: &mut Message, scene: &Scene<'_>, spec: &PairSpec) {
    let locale = scene.locale;
    let (Some(panel), Some(prices)) = (&mut message.panel, scene.prices()) else {
        return;
    };
    let mut notes = vec![money::list_price(locale, prices)];
    notes.extend((spec.market == Market::Spot).then(|| say(locale, "cost-note-spot", &[])));
    if prices.instance(&spec.instance_type).is_none() {
        notes.push(say(locale, "cost-note-unknown", &[("names", (&spec.instance_type).into())]));
    }
    notes.push(say(locale, "cost-note-hours", &[]));
    panel.footer = notes.join(" · ");
}
