//! What the message of a NAT window adds: its four parts, what it reaches, the address it is seen by.

use doorman_cloud::ids::LeaseId;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::gateway::{GatewayState, NatGateway};
use doorman_cloud::kinds::route::RouteTarget;
use doorman_cloud::kinds::rule::Peer;
use doorman_cloud::lease::Phase;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::inventory::left;
use doorman_config::Settings;

use super::about::{About, Extras, Mark};
use crate::message::Field;
use crate::words::when;

pub(super) fn extras(about: &About<'_>) -> Extras {
    match about.lease.phase {
        Phase::Opening => Extras { lines: opening(about), ..Extras::default() },
        Phase::Ready => {
            let fields = [Some(about.price("window-price")), seen_from_outside(about)];
            let fields = fields.into_iter().flatten().collect();
            Extras { lines: ready(about), fields, footer: about.price_notes("window-started-hours") }
        }
        Phase::Closing => Extras { lines: closing(about), ..Extras::default() },
        Phase::Closed => Extras { footer: about.listed(), ..Extras::default() },
    }
}

/// The steps of opening as the last observation shows them.
fn opening(about: &About<'_>) -> Vec<String> {
    let (lease, settings, seen) = (about.lease, about.scene.settings, about.scene.observed());
    let address = seen.is_some_and(|seen| seen.addresses.iter().any(|a| a.owner.lease == lease.id));
    let gateway = seen.and_then(|seen| gateway(seen, &lease.id));
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
    let rules = seen.is_some_and(|seen| rules_are_there(seen, settings));
    vec![
        Mark::of(address || gateway.is_some()).line(&about.say("window-part-address", &[])),
        gateway_mark.line(&about.say("window-part-gateway", &[])),
        route.line(&about.say("window-part-route", &[])),
        Mark::of(rules).line(&about.say("window-part-rules", &[("ports", ports(settings).into())])),
        String::new(),
        about.say("window-usually", &[("since", when::relative(lease.building_since).into())]),
    ]
}

fn ready(about: &About<'_>) -> Vec<String> {
    let mut lines: Vec<String> = about.end("window-until").into_iter().collect();
    let drift = about.drift();
    if drift.is_empty() {
        lines.extend(reaches(about));
    } else {
        lines.push(String::new());
        lines.extend(drift.iter().map(|line| format!("• {line}")));
        lines.push(about.say("window-broken", &[]));
    }
    lines
}

/// What reaches the internet through the window, as far as that was seen: the subnets of the instances in which its route
/// table holds. And those in which it does not.
fn reaches(about: &About<'_>) -> Vec<String> {
    let (settings, seen) = (about.scene.settings, about.scene.observed());
    let table = seen.and_then(|seen| seen.route_table().found().copied());
    let mut names: Vec<&str> =
        settings.stack.service.instances.iter().map(|slot| slot.subnet.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let holds = |name: &str| table?.holds_in(&seen?.subnet(name).found()?.id);
    let those = |wanted: Option<bool>| -> Vec<&str> {
        names.iter().copied().filter(|name| holds(name) == wanted).collect()
    };
    let listed = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (inside, outside) = (those(Some(true)), those(Some(false)));
    let ports = ("ports", ports(settings).into());
    let mut lines = Vec::new();
    if inside.len() == names.len() {
        lines.push(about.say("window-reaches", &[ports]));
    } else if !inside.is_empty() {
        lines.push(about.say("window-reaches-some", &[ports, ("subnets", listed(&inside).into())]));
    }
    if !outside.is_empty() {
        let table = settings.stack.nat.route_table.as_str();
        let args = [("subnets", listed(&outside).into()), ("table", table.into())];
        lines.push(about.say("window-cut-off", &args));
    }
    lines
}

/// The steps of closing: what the last observation still shows of the lease.
fn closing(about: &About<'_>) -> Vec<String> {
    let left = about.scene.observed().map(|seen| left(about.lease, seen));
    let gone = |kind| left.as_ref().is_some_and(|left| left.iter().all(|left| left.kind != kind));
    let gateway = gone(Kind::NatGateway);
    let address = match (gone(Kind::Address), gateway) {
        (true, _) => Mark::Done,
        (false, true) => Mark::Busy,
        (false, false) => Mark::Later,
    };
    let with = |what: String, note: String| format!("{what} – {note}");
    let mut gateway_line = about.say("window-gone-gateway", &[]);
    if !gateway {
        gateway_line = with(gateway_line, about.say("window-deleting", &[]));
    }
    let mut address_line = about.say("window-gone-address", &[]);
    if address == Mark::Later {
        address_line = with(address_line, about.say("window-waits-for-gateway", &[]));
    }
    vec![
        Mark::of(gone(Kind::Route)).line(&about.say("window-gone-route", &[])),
        Mark::of(gone(Kind::Rule)).line(&about.say("window-gone-rules", &[])),
        Mark::of(gateway).line(&gateway_line),
        address.line(&address_line),
    ]
}

/// The address that servers on the internet see: what people put into allow lists.
fn seen_from_outside(about: &About<'_>) -> Option<Field> {
    let gateway = gateway(about.scene.observed()?, &about.lease.id)?;
    let value = format!("`{}`", gateway.public_ip.as_ref()?);
    Some(Field { name: about.say("window-field-address", &[]), value, inline: true })
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
