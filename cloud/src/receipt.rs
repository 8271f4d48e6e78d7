//! The closing statement of a lease: what existed, how long, what it cost, what is left — nothing.
//!
//! It is written from a fresh observation in which every kind of thing was looked for, never from what
//! the bot believes it did.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::lease::{Lease, LeaseKind, Made, MadeKind};
use crate::observed::{EndpointState, Observed, RouteTarget, Sight};
use crate::prices::{Prices, billed_hours};
use crate::tags::Owner;

/// A gateway takes AWS 42 to 61 seconds to delete, and its address may stay locked for up to two minutes more.
const USUAL_FOR_WINDOW: TimeDelta = TimeDelta::minutes(3);
/// Endpoints take AWS several minutes to delete; instances have to be shut down first.
const USUAL_FOR_SERVICE: TimeDelta = TimeDelta::minutes(10);

/// The closing statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// When the last of it was seen gone.
    pub closed_at: DateTime<Utc>,
    /// Seconds by which the last thing that bills outlived the time it was [`due`], less what closing
    /// [`usually`] takes: 0 when it closed in time. What people and the budget feel, not when doorman began.
    pub late_s: i64,
    /// What existed.
    pub items: Vec<ReceiptItem>,
    /// What it cost in all, by the list, USD.
    pub usd: f64,
    /// The date of the price list; `None` where the region has none.
    pub prices_as_of: Option<NaiveDate>,
    /// When AWS was looked at to write this.
    pub looked_at: DateTime<Utc>,
    /// What was looked for and found gone.
    pub gone: Vec<Part>,
}

impl Receipt {
    /// When the last thing that bills was seen gone; `None` if nothing was made that does.
    pub fn billed_until(&self) -> Option<DateTime<Utc>> {
        self.items.iter().filter(|item| item.kind.bills()).map(|item| item.to).max()
    }

    /// Whether something in it bills and has no price in the list, so that the sum is the least it cost.
    pub fn has_unknown(&self) -> bool {
        self.items.iter().any(ReceiptItem::is_unpriced)
    }
}

/// When a lease had to be gone: at its end, or when its closing began if that was before. `None`: it has no
/// end, and nobody closes it.
pub fn due(lease: &Lease) -> Option<DateTime<Utc>> {
    let closing = lease.closing.as_ref().map(|(at, _)| *at);
    lease.expires_at.into_iter().chain(closing).min()
}

/// How long closing may take when all goes well. A lease is late by what goes beyond it.
pub fn usually(kind: LeaseKind) -> TimeDelta {
    match kind {
        LeaseKind::NatWindow => USUAL_FOR_WINDOW,
        LeaseKind::Service => USUAL_FOR_SERVICE,
    }
}

/// One thing that existed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptItem {
    /// What it was.
    pub kind: MadeKind,
    /// AWS's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Hours as they are billed.
    pub billed_hours: f64,
    /// What it cost by the list, USD.
    pub usd: f64,
}

impl ReceiptItem {
    /// Whether it bills, and the list has no price for it.
    pub fn is_unpriced(&self) -> bool {
        self.kind.bills() && self.usd == 0.0 && self.billed_hours > 0.0
    }
}

/// A part of what a lease builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The NAT gateway.
    Gateway,
    /// The Elastic IP.
    Address,
    /// The default route.
    Route,
    /// Security group rules.
    Rules,
    /// The instances.
    Instances,
    /// Their volumes.
    Volumes,
    /// The interface endpoints.
    Endpoints,
    /// The role and its profile.
    Role,
    /// The schedule of the backstop.
    Schedule,
}

impl Part {
    /// The parts a lease may leave behind, each looked for before it is called closed.
    pub fn of(lease: &Lease) -> Vec<Part> {
        let mut parts = match lease.kind {
            LeaseKind::NatWindow => vec![Part::Gateway, Part::Address, Part::Route, Part::Rules],
            LeaseKind::Service => {
                vec![Part::Instances, Part::Volumes, Part::Endpoints, Part::Rules, Part::Role]
            }
        };
        if lease.made.iter().any(|made| made.kind == MadeKind::Schedule) {
            parts.push(Part::Schedule);
        }
        parts
    }

    /// Where it is seen.
    fn sight(self) -> Sight {
        match self {
            Part::Gateway => Sight::Gateways,
            Part::Address => Sight::Addresses,
            Part::Route => Sight::Routes,
            Part::Rules => Sight::Rules,
            Part::Instances => Sight::Instances,
            Part::Volumes => Sight::Volumes,
            Part::Endpoints => Sight::Endpoints,
            Part::Role => Sight::Roles,
            Part::Schedule => Sight::Schedules,
        }
    }
}

impl From<MadeKind> for Part {
    fn from(kind: MadeKind) -> Part {
        match kind {
            MadeKind::NatGateway => Part::Gateway,
            MadeKind::Address => Part::Address,
            MadeKind::Rule => Part::Rules,
            MadeKind::Instance => Part::Instances,
            MadeKind::Volume => Part::Volumes,
            MadeKind::Endpoint => Part::Endpoints,
            MadeKind::Schedule => Part::Schedule,
        }
    }
}

/// In the place of an id: it could not be looked for.
pub const NOT_SEEN: &str = "?";

/// Something of a lease that is still there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// What part.
    pub part: Part,
    /// AWS's id or name of it; [`NOT_SEEN`] if it could not be looked for.
    pub id: String,
}

/// What of a lease an observation still shows.
pub fn left(lease: &Lease, observed: &Observed) -> Vec<Left> {
    let of_lease = |owner: &Owner| owner.lease == lease.id;
    let maybe = |owner: &Option<Owner>| owner.as_ref().is_some_and(of_lease);
    let gateways = observed.gateways.iter().filter(|g| of_lease(&g.owner));
    let alive = gateways.clone().filter(|g| g.state.is_alive()).map(|g| (Part::Gateway, g.id.to_string()));
    let addresses =
        observed.addresses.iter().filter(|a| of_lease(&a.owner)).map(|a| (Part::Address, a.id.to_string()));
    let rules = observed.rules.iter().filter(|r| maybe(&r.owner)).map(|r| (Part::Rules, r.id.to_string()));
    let instances =
        observed.instances.iter().filter(|i| of_lease(&i.owner)).map(|i| (Part::Instances, i.id.to_string()));
    let volumes =
        observed.volumes.iter().filter(|v| of_lease(&v.owner)).map(|v| (Part::Volumes, v.id.to_string()));
    let endpoints = observed
        .endpoints
        .iter()
        .filter(|e| maybe(&e.owner) && e.state != EndpointState::Failed)
        .map(|e| (Part::Endpoints, e.id.to_string()));
    let role = observed.role.iter().filter(|r| maybe(&r.owner)).map(|_| (Part::Role, "role".to_owned()));
    let profile = observed
        .profile
        .iter()
        .filter(|p| maybe(&p.owner))
        .map(|_| (Part::Role, "instance profile".to_owned()));
    let schedules = observed.schedules.iter().filter(|s| s.lease == lease.id);
    let schedules = schedules.map(|s| (Part::Schedule, s.name.to_string()));
    // What could not be looked for is not called gone.
    let unknown = Part::of(lease).into_iter().filter(|part| !observed.knows(part.sight()));
    let unknown = unknown.map(|part| (part, NOT_SEEN.to_owned()));
    let our_gateway = |id: &str| {
        gateways.clone().any(|g| g.id.as_str() == id)
            || lease.made.iter().any(|made| made.kind == MadeKind::NatGateway && made.id == id)
    };
    let table = observed.network.route_table.found();
    let route = table.and_then(|table| table.default_route.as_ref()).and_then(|route| match &route.target {
        RouteTarget::NatGateway(id) if our_gateway(id.as_str()) => Some((Part::Route, id.to_string())),
        RouteTarget::NatGateway(_) | RouteTarget::Other(_) => None,
    });
    alive
        .chain(addresses)
        .chain(route)
        .chain(rules)
        .chain(instances)
        .chain(volumes)
        .chain(endpoints)
        .chain(role)
        .chain(profile)
        .chain(schedules)
        .chain(unknown)
        .map(|(part, id)| Left { part, id })
        .collect()
}

/// What of a lease exists and bills or must be removed, as records to keep: what an observation shows.
pub fn made(
    lease: &Lease,
    observed: &Observed,
    stack: &doorman_config::Stack,
    prices: Option<&Prices>,
) -> Vec<Made> {
    let mut all = Vec::new();
    let mut push = |kind, id: &str, name: &str, made_at, usd: Option<f64>| {
        let (id, name) = (id.to_owned(), name.to_owned());
        let usd_per_hour = usd.unwrap_or_default();
        all.push(Made { kind, id, name, made_at, gone_at: None, usd_per_hour });
    };
    let of_lease = |owner: &Owner| owner.lease == lease.id;
    for gateway in observed.gateways.iter().filter(|gateway| of_lease(&gateway.owner)) {
        let usd = prices.map(|prices| prices.nat_gateway_hour);
        push(MadeKind::NatGateway, gateway.id.as_str(), &stack.nat.name, gateway.created_at, usd);
    }
    for address in observed.addresses.iter().filter(|address| of_lease(&address.owner)) {
        let usd = prices.map(|prices| prices.public_ipv4_hour);
        push(MadeKind::Address, address.id.as_str(), &address.public_ip, observed.at, usd);
    }
    for rule in observed.rules.iter().filter(|rule| rule.owner.as_ref().is_some_and(of_lease)) {
        let name = rule.ports.map_or_else(|| rule.protocol.clone(), |(from, _)| format!("tcp {from}"));
        push(MadeKind::Rule, rule.id.as_str(), &name, observed.at, None);
    }
    for instance in observed.instances.iter().filter(|instance| of_lease(&instance.owner)) {
        let usd = prices.and_then(|prices| prices.instance(&instance.instance_type));
        push(MadeKind::Instance, instance.id.as_str(), &instance.name, instance.launched_at, usd);
    }
    for volume in observed.volumes.iter().filter(|volume| of_lease(&volume.owner)) {
        let usd = prices.and_then(|prices| prices.volume(&volume.kind, volume.size_gib));
        push(MadeKind::Volume, volume.id.as_str(), volume.id.as_str(), volume.created_at, usd);
    }
    for endpoint in observed.endpoints.iter().filter(|endpoint| endpoint.owner.as_ref().is_some_and(of_lease))
    {
        let usd = prices.map(|prices| prices.interface_endpoint_zone_hour * endpoint.subnets.len() as f64);
        push(MadeKind::Endpoint, endpoint.id.as_str(), &endpoint.service, endpoint.created_at, usd);
    }
    for schedule in observed.schedules.iter().filter(|schedule| schedule.lease == lease.id) {
        push(MadeKind::Schedule, schedule.name.as_str(), schedule.name.as_str(), observed.at, None);
    }
    all
}

/// Whether something made for a lease is gone by an observation.
pub fn is_gone(made: &Made, observed: &Observed) -> bool {
    if !observed.knows(Part::from(made.kind).sight()) {
        return false;
    }
    match made.kind {
        MadeKind::NatGateway => {
            !observed.gateways.iter().any(|g| g.id.as_str() == made.id && g.state.is_alive())
        }
        MadeKind::Address => !observed.addresses.iter().any(|a| a.id.as_str() == made.id),
        MadeKind::Rule => !observed.rules.iter().any(|r| r.id.as_str() == made.id),
        MadeKind::Instance => !observed.instances.iter().any(|i| i.id.as_str() == made.id),
        MadeKind::Volume => !observed.volumes.iter().any(|v| v.id.as_str() == made.id),
        MadeKind::Endpoint => !observed.endpoints.iter().any(|e| e.id.as_str() == made.id),
        MadeKind::Schedule => !observed.schedules.iter().any(|s| s.name.as_str() == made.id),
    }
}

/// Writes the receipt of a lease of which the observation shows nothing any more.
pub fn write(lease: &Lease, observed: &Observed, prices: Option<&Prices>) -> Receipt {
    let closed_at = observed.at;
    let items: Vec<ReceiptItem> = lease
        .made
        .iter()
        .map(|made| {
            let hours = billed_hours(made, closed_at);
            ReceiptItem {
                kind: made.kind,
                id: made.id.clone(),
                name: made.name.clone(),
                from: made.made_at,
                to: made.gone_at.unwrap_or(closed_at),
                billed_hours: hours,
                usd: hours * made.usd_per_hour,
            }
        })
        .collect();
    let gone_at = items.iter().filter(|item| item.kind.bills()).map(|item| item.to).max();
    let outlived = gone_at.zip(due(lease)).map_or(TimeDelta::zero(), |(gone, due)| gone - due);
    Receipt {
        closed_at,
        late_s: (outlived - usually(lease.kind)).num_seconds().max(0),
        usd: items.iter().map(|item| item.usd).sum(),
        items,
        prices_as_of: prices.map(|prices| prices.as_of),
        looked_at: observed.at,
        gone: Part::of(lease),
    }
}

#[cfg(test)]
mod tests;
