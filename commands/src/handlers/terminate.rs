//! `/terminate service`: a card with what will go and what stays, and on Confirm the closing of the lease.

use doorman_cloud::kinds::instance::InstanceState;
use doorman_cloud::lease::{Lease, LeaseKind, Phase, spent_usd};
use doorman_cloud::switchboard::Observed;
use doorman_cloud::tags::Owner;

use crate::card::{self, Confirmed};
use crate::context::Context;
use crate::message::{Message, Panel, Tone};
use crate::outcome::Outcome;
use crate::request::Request;
use crate::scene::{self, Scene, kept};
use crate::table::Name;
use crate::told::living;
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::{buttons, money, people, sentence, when};

/// Answers `/terminate service`. Works with what was last known while AWS is away: closing is asked for in the
/// lease, and happens as soon as AWS answers.
pub(crate) async fn handle(cx: &Context, request: &Request) -> Outcome {
    let (view, blind) = match cx.keeper().look().await {
        Ok(view) => (view, None),
        Err(failure) => {
            scene::log_blind(request, &failure);
            (scene::last_known(cx).await, Some(failure.kind))
        }
    };
    let scene = Scene::of(cx, &view, request.locale);
    let lease = match view.lease(LeaseKind::Pair) {
        Some(lease) if lease.phase != Phase::Closing => lease,
        Some(lease) => return Outcome::show(closing_already(&scene, lease)),
        None => return Outcome::show(nothing(&scene)),
    };
    let mut message = question(&scene, lease);
    if let (Some(kind), Some(panel)) = (blind, &mut message.panel) {
        let why = sentence::failure(request.locale, kind).what;
        let warning = say(request.locale, "terminate-blind", &[("why", why.into())]);
        panel.body = format!("{warning}\n\n{}", panel.body);
    }
    match card::put(cx, request, Name::TerminateService, &(), buttons::confirm_removal, message).await {
        Ok(message) => Outcome::show(message),
        Err(error) => cx.failed(request, &error),
    }
}

/// Somebody pressed Confirm.
pub(crate) async fn confirm(cx: &Context, request: &Request, confirmed: Confirmed) -> Outcome {
    let card = &confirmed.card;
    let view = scene::last_known(cx).await;
    let scene = Scene::of(cx, &view, request.locale);
    match view.lease(LeaseKind::Pair) {
        // The pair the card asked about is gone; what runs now was launched after it.
        Some(lease) if lease.opened_at > card.made_at => {
            return Outcome::show(Message::text(say(request.locale, "terminate-another", &[])));
        }
        Some(lease) if lease.phase == Phase::Closing => return Outcome::show(closing_already(&scene, lease)),
        Some(_) | None => {}
    }
    match cx.keeper().close(LeaseKind::Pair, &request.person).await {
        Ok(Some(lease)) => {
            let message = living::message(cx.settings(), &view, &lease, lease.locale, cx.now());
            Outcome::show_following(message, &lease.id)
        }
        Ok(None) => Outcome::show(nothing(&scene)),
        Err(error) => cx.failed(request, &error),
    }
}

fn nothing(scene: &Scene<'_>) -> Message {
    let locale = scene.locale;
    let mut lines = vec![say(locale, "terminate-nothing", &[])];
    lines.extend(windows_stay(scene));
    Message::text(lines.join("\n"))
}

fn closing_already(scene: &Scene<'_>, lease: &Lease) -> Message {
    let since = lease.closing.as_ref().map_or(lease.opened_at, |(at, _)| *at);
    let mut text = say(scene.locale, "terminate-already", &[("since", when::moment(since).into())]);
    if let Some(link) = scene.link_to(lease) {
        let there = say(scene.locale, "launch-followed-there", &[("link", link.into())]);
        text = format!("{text} {there}");
    }
    Message::text(text)
}

/// The card: what goes, what stays, what it cost so far.
fn question(scene: &Scene<'_>, lease: &Lease) -> Message {
    let locale = scene.locale;
    let mut lines = vec![say(locale, "terminate-data", &[]), String::new()];
    lines.push(say(locale, "terminate-goes", &[]));
    let goes = scene.observed().map(|observed| goes(scene, lease, observed)).unwrap_or_default();
    if goes.is_empty() {
        lines.push(format!("• {}", say(locale, "terminate-goes-all", &[])));
    }
    lines.extend(goes.iter().map(|line| format!("• {line}")));
    lines.push(String::new());
    lines.push(say(locale, "terminate-stays", &[]));
    lines.extend(stays(scene).iter().map(|line| format!("• {line}")));
    lines.push(String::new());
    let args =
        [("by", people::mention(&lease.opened_by).into()), ("at", when::relative(lease.opened_at).into())];
    lines.push(say(locale, "terminate-since", &args));
    if scene.prices().is_some() {
        let usd = money::usd(spent_usd(&lease.made, lease.opened_at, scene.now));
        lines.push(say(locale, "terminate-spent", &[("usd", usd.into())]));
    }
    let footer = scene.prices().map(|prices| money::list_price(locale, prices));
    Message {
        panel: Some(Panel {
            title: say(locale, "terminate-title", &[]),
            body: lines.join("\n"),
            tone: Tone::Warn,
            fields: Vec::new(),
            footer: footer.unwrap_or_default(),
        }),
        ..Message::default()
    }
}

/// What carries the tags of the lease.
fn goes(scene: &Scene<'_>, lease: &Lease, observed: &Observed) -> Vec<String> {
    let locale = scene.locale;
    let ours = |owner: &Owner| owner.lease == lease.id;
    let maybe = |owner: &Option<Owner>| owner.as_ref().is_some_and(ours);
    let mut lines = Vec::new();
    let instances = observed.instances.iter().filter(|instance| ours(&instance.owner));
    for instance in instances.filter(|instance| instance.state != InstanceState::ShuttingDown) {
        let args = [("name", (&instance.name).into()), ("type", (&instance.instance_type).into())];
        lines.push(say(locale, "terminate-instance", &args));
    }
    let volumes = observed.volumes.iter().filter(|volume| ours(&volume.owner)).count();
    if volumes > 0 {
        lines.push(say(locale, "terminate-volumes", &[("count", volumes.into())]));
    }
    let endpoints: Vec<&str> = observed
        .endpoints
        .iter()
        .filter(|endpoint| maybe(&endpoint.owner))
        .map(|endpoint| endpoint.service.as_str())
        .collect();
    if !endpoints.is_empty() {
        let args = [("count", endpoints.len().into()), ("services", endpoints.join(", ").into())];
        lines.push(say(locale, "terminate-endpoints", &args));
    }
    let rules = observed.rules.iter().filter(|rule| ours(&rule.owner)).count();
    if rules > 0 {
        let group = &scene.stack().service.security_group;
        let args = [("count", rules.into()), ("group", group.into())];
        lines.push(say(locale, "terminate-rules", &args));
    }
    let role = observed.roles.iter().any(|role| maybe(&role.owner));
    let profile = observed.profiles.iter().any(|profile| maybe(&profile.owner));
    if role || profile {
        let name = &scene.stack().shell.role;
        lines.push(say(locale, "terminate-role", &[("role", name.into())]));
    }
    lines
}

/// What is not touched: the network, what people made by hand, and the window, which has a lease of its own.
fn stays(scene: &Scene<'_>) -> Vec<String> {
    let locale = scene.locale;
    let vpc = &scene.stack().vpc;
    let mut lines = vec![say(locale, "terminate-network", &[("vpc", vpc.into())])];
    if let Some(observed) = scene.observed() {
        let by_hand: Vec<&str> = observed
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.owner.is_none())
            .map(|endpoint| endpoint.service.as_str())
            .collect();
        if !by_hand.is_empty() {
            let services = by_hand.join(", ");
            lines.push(say(locale, "terminate-hand-endpoints", &[("services", services.into())]));
        }
        if observed.roles.iter().any(|role| role.owner.is_none()) {
            let role = &scene.stack().shell.role;
            lines.push(say(locale, "terminate-hand-role", &[("role", role.into())]));
        }
    }
    lines.extend(windows_stay(scene));
    lines
}

/// The windows that are open, which have leases of their own.
fn windows_stay(scene: &Scene<'_>) -> Vec<String> {
    let open = LeaseKind::ALL.iter().filter_map(|kind| Some((*kind, kept(scene.view, *kind)?.expires_at?)));
    open.map(|(kind, end)| {
        let args = [("at", when::clock(end).into()), ("left", when::relative(end).into())];
        say_of(scene.locale, kind, "terminate-window-stays", &args)
    })
    .collect()
}

#[cfg(test)]
mod tests;
