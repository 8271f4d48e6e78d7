//! Everything that exists, in one list for the page and for tests.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::catalog::price;
use super::ec2::routes::Target;
use super::ec2::vpc_endpoints::{self, Kind};
use super::ec2::{instances, nat_gateways};
use super::select::Described;
use super::tags::{self, Tags};
use super::world::{AFTERLIFE, Table, World};

/// What the names of the bot's schedules begin with: a schedule itself carries no tags.
const OWN_SCHEDULES: &str = "doorman-";

/// One thing in the account.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// `nat-gateway`, `elastic-ip`, `route`, `security-group-rule`, `instance`, `volume`, `vpc-endpoint`,
    /// `role`, `instance-profile`, `schedule`, `document`, `automation`, `vpc`, `subnet`, `route-table`, `security-group` or `internet-gateway`.
    pub kind: &'static str,
    /// AWS's id; of a route, the table's id and the destination; of IAM's things, the name.
    pub id: String,
    /// The `Name` tag.
    pub name: Option<String>,
    /// The state in AWS's words.
    pub state: String,
    /// One line for people of any language: names, numbers and signs.
    pub detail: String,
    /// Whether it is tagged `ManagedBy=doorman`; of a schedule, which has no tags, whether its name begins with
    /// `doorman-`; of an automation, whether its document is tagged so.
    pub managed: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// What it costs at this moment by list price, in USD; none when it bills nothing.
    pub usd_per_hour: Option<f64>,
    /// Whether it is charged by the hour, begun ones in full, and not by the second.
    pub by_started_hour: bool,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// Since when it exists, or is in its state.
    pub since: DateTime<Utc>,
    /// Of a schedule, when it acts.
    pub acts_at: Option<DateTime<Utc>>,
    /// Of an instance, what Systems Manager calls its agent: `Online` or `ConnectionLost`.
    pub agent: Option<&'static str>,
}

/// The inventory of a world.
pub(crate) fn of(world: &World) -> Vec<Item> {
    let mut all = Vec::new();
    network(world, &mut all);
    nat(world, &mut all);
    instances(world, &mut all);
    endpoints(world, &mut all);
    identities(world, &mut all);
    backstop(world, &mut all);
    all
}

fn item(kind: &'static str, id: &str, tags: &Tags, since: DateTime<Utc>) -> Item {
    Item {
        kind,
        id: id.to_owned(),
        name: tags.get("Name").cloned(),
        state: "available".to_owned(),
        detail: String::new(),
        managed: tags::managed(tags),
        tags: tags.clone(),
        usd_per_hour: None,
        by_started_hour: false,
        made: since,
        since,
        acts_at: None,
        agent: None,
    }
}

fn add<T: Described>(
    world: &World,
    all: &mut Vec<Item>,
    kind: &'static str,
    table: &Table<T>,
    describe: impl Fn(&T, &mut Item),
) {
    for thing in table.values().filter(|thing| !thing.gone(world.clock)) {
        let mut item = item(kind, thing.id(), thing.tags(), thing.created());
        describe(thing, &mut item);
        all.push(item);
    }
}

fn network(world: &World, all: &mut Vec<Item>) {
    add(world, all, "vpc", &world.vpcs, |vpc, item| item.detail = vpc.cidr.to_string());
    add(world, all, "subnet", &world.subnets, |subnet, item| {
        item.detail = format!("{} · {}", subnet.cidr, subnet.zone);
    });
    add(world, all, "internet-gateway", &world.internet_gateways, |gateway, item| {
        item.state = if gateway.vpc.is_some() { "attached" } else { "detached" }.to_owned();
    });
    add(world, all, "route-table", &world.route_tables, |table, item| {
        let subnets = table.associations.iter().filter_map(|one| one.subnet.as_deref());
        item.detail = subnets.map(|id| name_of(world.subnets.get(id), id)).collect::<Vec<_>>().join(", ");
    });
    for table in world.route_tables.values() {
        for route in table.routes.iter().filter(|route| route.target != Target::Local) {
            let id = format!("{} {}", table.id, route.destination);
            let mut item = item("route", &id, &Tags::new(), route.created);
            item.state = route.state(world).to_owned();
            let target = route.target.gateway_id().or(route.target.nat_gateway_id()).unwrap_or_default();
            item.detail = format!("{}: {} → {target}", name_of(Some(table), &table.id), route.destination);
            all.push(item);
        }
    }
    add(world, all, "security-group", &world.groups, |group, item| {
        item.name = Some(group.name.clone());
        item.detail = group.description.clone();
    });
    add(world, all, "security-group-rule", &world.rules, |rule, item| {
        let group = world.groups.get(&rule.group).map_or(rule.group.as_str(), |group| group.name.as_str());
        item.detail = format!("{group}: {}", rule.summary());
    });
}

fn name_of<T: Described>(thing: Option<&T>, id: &str) -> String {
    thing.and_then(|thing| thing.tags().get("Name").cloned()).unwrap_or_else(|| id.to_owned())
}

fn nat(world: &World, all: &mut Vec<Item>) {
    add(world, all, "nat-gateway", &world.nat_gateways, |gateway, item| {
        item.state = gateway.state.name().to_owned();
        item.detail = gateway.summary();
        item.since = gateway.since;
        let bills = matches!(gateway.state, nat_gateways::State::Available | nat_gateways::State::Deleting);
        item.usd_per_hour = bills.then_some(price::NAT_GATEWAY);
        item.by_started_hour = true;
    });
    add(world, all, "elastic-ip", &world.addresses, |address, item| {
        item.state = if address.association.is_some() { "associated" } else { "allocated" }.to_owned();
        item.detail = address.public_ip.to_string();
        item.usd_per_hour = Some(price::PUBLIC_ADDRESS);
    });
}

fn instances(world: &World, all: &mut Vec<Item>) {
    add(world, all, "instance", &world.instances, |instance, item| {
        item.state = instance.state.name().to_owned();
        item.since = instance.since;
        let market = if instance.spot.is_some() { ", spot" } else { "" };
        let registered = instance.state == instances::State::Running && instance.agent.registered().is_some();
        item.agent = registered.then(|| instance.agent.ping_status(world.clock));
        item.detail = format!("{}{market} · {} · {}", instance.kind.name, instance.private, instance.zone);
        // On-demand's list price also for spot, whose price moves.
        item.usd_per_hour =
            (instance.state == instances::State::Running).then_some(instance.kind.usd_per_hour);
    });
    add(world, all, "volume", &world.volumes, |volume, item| {
        item.state = volume.state().to_owned();
        let holder = volume.attachment.as_ref().map(|one| format!(" · {} · {}", one.instance, one.device));
        item.detail = format!("{} GiB {}{}", volume.size_gib, volume.kind, holder.unwrap_or_default());
        item.usd_per_hour = Some(volume.usd_per_hour());
    });
}

fn endpoints(world: &World, all: &mut Vec<Item>) {
    add(world, all, "vpc-endpoint", &world.endpoints, |endpoint, item| {
        item.state = endpoint.state.name().to_owned();
        item.since = endpoint.since;
        let zones = endpoint.subnets.len();
        item.detail = format!("{} · {zones} AZ", endpoint.short_service());
        let bills = endpoint.kind == Kind::Interface
            && matches!(endpoint.state, vpc_endpoints::State::Available | vpc_endpoints::State::Deleting);
        let zones = u32::try_from(zones).unwrap_or(u32::MAX);
        item.usd_per_hour = bills.then_some(f64::from(zones) * price::ENDPOINT_ZONE);
        item.by_started_hour = true;
    });
}

fn identities(world: &World, all: &mut Vec<Item>) {
    for role in world.roles.values() {
        let policies: Vec<&str> = role.policies.iter().filter_map(|arn| arn.rsplit('/').next()).collect();
        let detail = policies.join(", ");
        all.push(Item { detail, ..item("role", &role.name, &role.tags, role.created) });
    }
    for profile in world.profiles.values() {
        let detail = profile.role.as_ref().map(|held| held.role.clone()).unwrap_or_default();
        all.push(Item { detail, ..item("instance-profile", &profile.name, &profile.tags, profile.created) });
    }
}

/// What acts by itself: schedules, the documents they run, and the runs.
fn backstop(world: &World, all: &mut Vec<Item>) {
    for schedule in world.schedules.values() {
        all.push(Item {
            name: Some(schedule.name.clone()),
            state: schedule.state.name().to_owned(),
            detail: schedule.summary(),
            acts_at: Some(schedule.when.at),
            managed: schedule.name.starts_with(OWN_SCHEDULES),
            ..item("schedule", &schedule.name, &Tags::new(), schedule.created)
        });
    }
    for document in world.documents.values() {
        all.push(Item {
            name: Some(document.name.clone()),
            state: "Active".to_owned(),
            ..item("document", &document.name, &document.tags, document.created)
        });
    }
    for execution in world.automations.values() {
        // What has ended is shown as long as a deleted gateway.
        if execution.ended.is_some_and(|ended| world.clock >= ended + AFTERLIFE) {
            continue;
        }
        all.push(Item {
            name: Some(execution.document.clone()),
            state: execution.status.name().to_owned(),
            detail: execution.step_in_words().unwrap_or_default(),
            managed: execution.managed,
            ..item("automation", &execution.id, &Tags::new(), execution.ended.unwrap_or(execution.started))
        });
    }
}
