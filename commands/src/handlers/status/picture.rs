//! From what was observed to the picture of the stack.

use std::collections::BTreeMap;

use chrono::DateTime;
use doorman_cloud::ids::SubnetId;
use doorman_cloud::kinds::endpoint::EndpointState;
use doorman_cloud::kinds::gateway::{GatewayState, NatGateway};
use doorman_cloud::kinds::route::RouteTarget;
use doorman_cloud::lease::{LeaseKind, Phase};
use doorman_cloud::switchboard::Observed;
use doorman_config::Locale;

use super::day;
use super::rows::{Machine, Row, Shell};
use crate::picture::{
    EndpointMark, Gateway, Instance, Internet, Labels, RouteState, StackPicture, Subnet, Tone, Window, Zone,
};
use crate::scene::{Scene, Sum, kept};
use crate::words::texts::say;
use crate::words::when;

/// A window with less than this left is about to close: the second warning is due.
const NEARLY_OVER_MINUTES: i64 = 2;
/// As above, for the first warning.
const SOON_OVER_MINUTES: i64 = 10;

/// The picture of a scene. Without an observation there is nothing in it but words.
pub(super) fn of(scene: &Scene<'_>) -> StackPicture {
    let locale = scene.locale;
    let observed = scene.observed();
    StackPicture {
        title: title(scene),
        subtitle: moment(scene, observed.map_or(scene.now, |observed| observed.at)),
        zones: observed.map(|observed| zones(scene, observed)).unwrap_or_default(),
        internet: internet(scene),
        window: window(scene),
        endpoints: observed.map(|observed| endpoints(scene, observed)).unwrap_or_default(),
        cost: cost(scene),
        labels: Labels {
            endpoints: say(locale, "status-label-endpoints", &[]),
            missing: say(locale, "status-label-missing", &[]),
            no_instances: say(locale, "status-label-no-instances", &[]),
            no_network: say(locale, "status-label-no-network", &[]),
        },
    }
}

fn title(scene: &Scene<'_>) -> String {
    let stack = scene.stack();
    let vpc = scene.observed().and_then(|observed| observed.vpc().found().copied());
    match vpc {
        Some(vpc) => format!("{} · {} {}", stack.name, stack.vpc, vpc.cidr),
        None => format!("{} · {}", stack.name, stack.vpc),
    }
}

/// `22 Nov 14:30 KST`, in the time zone of the reports.
fn moment(scene: &Scene<'_>, at: DateTime<chrono::Utc>) -> String {
    let local = at.with_timezone(&scene.settings.reports.timezone);
    format!("{} {}", day(scene.locale, local.date_naive()), local.format("%H:%M %Z"))
}

/// The subnets the settings name, by zone; one that was not found stands beside those of its kind.
fn zones(scene: &Scene<'_>, observed: &Observed) -> Vec<Zone> {
    let stack = scene.stack();
    let private = stack.service.instances.iter().map(|slot| (slot.subnet.as_str(), false));
    let mut named: Vec<(&str, bool)> = vec![(stack.nat.subnet.as_str(), true)];
    for (name, public) in private {
        if !named.iter().any(|(known, _)| *known == name) {
            named.push((name, public));
        }
    }
    let rows = Row::all(scene);
    let mut zones: BTreeMap<String, Vec<Subnet>> = BTreeMap::new();
    let mut missing: Vec<Subnet> = Vec::new();
    for (name, public) in named {
        let found = observed.subnet(name).found().copied();
        let subnet = Subnet {
            name: name.to_owned(),
            cidr: found.map(|found| found.cidr.clone()).unwrap_or_default(),
            public,
            instances: found.map(|found| instances(scene, &rows, &found.id)).unwrap_or_default(),
            gateway: found.and_then(|found| gateway(scene, observed, &found.id)),
            missing: found.is_none(),
        };
        match found {
            Some(found) => zones.entry(found.zone.clone()).or_default().push(subnet),
            None => missing.push(subnet),
        }
    }
    let mut zones: Vec<Zone> = zones.into_iter().map(|(name, subnets)| Zone { name, subnets }).collect();
    // Where a missing subnet ought to be nobody knows; with no other zone, there is no network to draw.
    if let (Some(last), false) = (zones.last_mut(), missing.is_empty()) {
        last.subnets.extend(missing);
    }
    zones
}

fn instances(scene: &Scene<'_>, rows: &[Row], subnet: &SubnetId) -> Vec<Instance> {
    let locale = scene.locale;
    let here = rows.iter().filter(|row| row.subnet.as_ref() == Some(subnet));
    here.map(|row| Instance {
        name: row.name.clone(),
        address: row.address.map(|address| address.to_string()).unwrap_or_default(),
        state: row.machine.words(locale),
        tone: match row.machine {
            Machine::Running => Tone::Good,
            Machine::Expected | Machine::Starting | Machine::Leaving => Tone::Busy,
            Machine::Stopped => Tone::Warn,
            Machine::Missing => Tone::Bad,
        },
        shell: row.shell.words(locale).unwrap_or_default(),
        shell_tone: match row.shell {
            Shell::Ready => Tone::Good,
            Shell::Waiting => Tone::Busy,
            Shell::Lost | Shell::Unknown => Tone::Warn,
            Shell::Closed | Shell::Off => Tone::Idle,
        },
        note: (!row.detail.is_empty()).then(|| row.detail.clone()),
        ghost: matches!(row.machine, Machine::Expected | Machine::Missing),
    })
    .collect()
}

/// The gateway to show: one that lives, before one that failed.
fn gateway(scene: &Scene<'_>, observed: &Observed, subnet: &SubnetId) -> Option<Gateway> {
    let locale = scene.locale;
    let rank = |gateway: &&NatGateway| match gateway.state {
        GatewayState::Available => 0,
        GatewayState::Pending => 1,
        GatewayState::Deleting => 2,
        GatewayState::Failed => 3,
        GatewayState::Deleted => 4,
    };
    let here = observed.gateways.iter().filter(|gateway| gateway.subnet == *subnet);
    let gateway = here.filter(|gateway| gateway.state != GatewayState::Deleted).min_by_key(rank)?;
    let (key, tone) = match gateway.state {
        GatewayState::Pending => ("status-gateway-pending", Tone::Busy),
        GatewayState::Available => ("status-gateway-available", Tone::Good),
        GatewayState::Failed => ("status-gateway-failed", Tone::Bad),
        GatewayState::Deleting | GatewayState::Deleted => ("status-gateway-deleting", Tone::Busy),
    };
    Some(Gateway {
        name: scene.stack().nat.name.clone(),
        address: gateway.public_ip.clone(),
        state: say(locale, key, &[]),
        tone,
    })
}

fn internet(scene: &Scene<'_>) -> Internet {
    let locale = scene.locale;
    let observed = scene.observed();
    let route = observed
        .and_then(|observed| observed.route_table().found().copied())
        .and_then(|table| table.default_route.as_ref());
    let is_ours = |target: &RouteTarget| match target {
        RouteTarget::NatGateway(id) => {
            let known =
                observed.is_some_and(|observed| observed.gateways.iter().any(|gateway| gateway.id == *id));
            let made = scene.view.leases.iter().flat_map(|lease| &lease.made);
            known || made.into_iter().any(|made| made.id == id.as_str())
        }
        RouteTarget::Other(_) => false,
    };
    let name = &scene.stack().nat.name;
    let (route, route_label) = match route {
        None => (RouteState::None, say(locale, "status-route-none", &[])),
        Some(route) if !is_ours(&route.target) => {
            (RouteState::Foreign, say(locale, "status-route-foreign", &[]))
        }
        Some(route) if route.blackhole => (RouteState::Blackhole, say(locale, "status-route-broken", &[])),
        Some(_) => (RouteState::Active, say(locale, "status-route-active", &[("name", name.into())])),
    };
    Internet { label: say(locale, "status-label-internet", &[]), route, route_label }
}

fn window(scene: &Scene<'_>) -> Option<Window> {
    let lease = kept(scene.view, LeaseKind::NatWindow)?;
    let (end, left) = (lease.expires_at?, lease.left(scene.now)?);
    let whole = (end - lease.opened_at).num_seconds().max(1);
    let minutes = (left.num_seconds() + 59) / 60;
    let tone = match lease.phase {
        _ if minutes <= NEARLY_OVER_MINUTES => Tone::Bad,
        _ if minutes <= SOON_OVER_MINUTES => Tone::Warn,
        Phase::Opening => Tone::Busy,
        Phase::Ready | Phase::Closing | Phase::Closed => Tone::Good,
    };
    let length = when::length(scene.locale, chrono::TimeDelta::minutes(minutes));
    Some(Window {
        label: say(scene.locale, "status-label-left", &[("left", length.into())]),
        fraction_left: left.num_seconds() as f32 / whole as f32,
        tone,
    })
}

/// Marks for the endpoints the settings name: those that are there, and while the pair is leased those that
/// should be.
fn endpoints(scene: &Scene<'_>, observed: &Observed) -> Vec<EndpointMark> {
    let name_of = |id: &SubnetId| observed.subnets.get(id).map(|subnet| subnet.name.clone());
    let wanted_in: Vec<String> =
        scene.stack().service.instances.iter().map(|slot| slot.subnet.clone()).collect();
    let phase = kept(scene.view, LeaseKind::Pair).map(|lease| lease.phase);
    let marks = scene.stack().shell.endpoints.iter().filter_map(|wanted| {
        let of_service = observed.endpoints.iter().filter(|endpoint| endpoint.service == wanted.service);
        let best = of_service.min_by_key(|endpoint| match endpoint.state {
            EndpointState::Available => 0,
            EndpointState::Pending => 1,
            EndpointState::Deleting => 2,
            EndpointState::Failed => 3,
        });
        let (tone, subnets) = match (best, phase) {
            (Some(endpoint), _) => {
                let tone = match endpoint.state {
                    EndpointState::Available => Tone::Good,
                    EndpointState::Pending | EndpointState::Deleting => Tone::Busy,
                    EndpointState::Failed => Tone::Bad,
                };
                (tone, endpoint.subnets.iter().filter_map(name_of).collect())
            }
            (None, Some(Phase::Opening)) => (Tone::Busy, wanted_in.clone()),
            (None, Some(_)) => (Tone::Bad, wanted_in.clone()),
            (None, None) => return None,
        };
        Some(EndpointMark { name: wanted.service.clone(), tone, subnets })
    });
    marks.collect()
}

fn cost(scene: &Scene<'_>) -> String {
    let locale: Locale = scene.locale;
    scene
        .meter()
        .map(|meter| Sum::of(meter.lines.iter().filter(|line| line.ours)).hourly(locale))
        .unwrap_or_default()
}
