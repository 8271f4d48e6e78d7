//! Tags of anything in EC2, by id.

use std::collections::BTreeMap;

use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, done, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, paginate, read_filters};
use crate::aws::tags::{self, Tags};
use crate::aws::world::{Table, World};
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] =
    &[read("DescribeTags", describe), change("CreateTags", create), change("DeleteTags", delete)];

/// Runs `$apply` with the table and the name of every kind of taggable resource.
macro_rules! each_kind {
    ($world:expr, $apply:ident) => {
        $apply!($world.vpcs, "vpc");
        $apply!($world.subnets, "subnet");
        $apply!($world.internet_gateways, "internet-gateway");
        $apply!($world.route_tables, "route-table");
        $apply!($world.groups, "security-group");
        $apply!($world.rules, "security-group-rule");
        $apply!($world.interfaces, "network-interface");
        $apply!($world.addresses, "elastic-ip");
        $apply!($world.nat_gateways, "natgateway");
        $apply!($world.instances, "instance");
        $apply!($world.volumes, "volume");
        $apply!($world.endpoints, "vpc-endpoint");
    };
}

fn describe(world: &World, input: &Input<'_>) -> Answer<Xml> {
    fn collect<'w, T: Described>(
        world: &World,
        table: &'w Table<T>,
        kind: &'static str,
        all: &mut Vec<Tag<'w>>,
    ) {
        for thing in table.values().filter(|thing| world.shows(*thing)) {
            all.extend(thing.tags().iter().map(|(key, value)| Tag { id: thing.id(), kind, key, value }));
        }
    }
    let mut all = Vec::new();
    macro_rules! collect_kind {
        ($table:expr, $kind:literal) => {
            collect(world, &$table, $kind, &mut all)
        };
    }
    each_kind!(world, collect_kind);
    for filter in read_filters(input)? {
        match filter.name.as_str() {
            "key" => all.retain(|tag| filter.accepts(&[tag.key])),
            "value" => all.retain(|tag| filter.accepts(&[tag.value])),
            "resource-id" => all.retain(|tag| filter.accepts(&[tag.id])),
            "resource-type" => all.retain(|tag| filter.accepts(&[tag.kind])),
            name => match name.strip_prefix("tag:") {
                Some(key) => all.retain(|tag| tag.key == key && filter.accepts(&[tag.value])),
                None => return Err(filter.invalid()),
            },
        }
    }
    let page = paginate(input, all, (5, 1000))?;
    Ok(Xml::build(|xml| {
        xml.items("tagSet", page.items, |xml, tag| {
            xml.text("resourceId", tag.id)
                .text("resourceType", tag.kind)
                .text("key", tag.key)
                .text("value", tag.value);
        })
        .maybe("nextToken", page.next);
    }))
}

struct Tag<'w> {
    id: &'w str,
    kind: &'static str,
    key: &'w str,
    value: &'w str,
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let tags = tags::read(&input.items("Tag"))?;
    if tags.is_empty() {
        return Err(Refusal::missing("Tag"));
    }
    change_each(world, input, "ResourceId", |current| {
        current.extend(tags.clone());
        tags::check_count(current)
    })
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    // A tag is taken away by key, or only when it has that value; without any, all of them go.
    let mut wanted: BTreeMap<String, Option<String>> = BTreeMap::new();
    for tag in input.items("Tag") {
        wanted.insert(tag.need("Key")?, tag.text("Value"));
    }
    change_each(world, input, "ResourceId", |current| {
        current.retain(|key, value| match wanted.get(key) {
            _ if wanted.is_empty() => false,
            None => true,
            Some(None) => false,
            Some(Some(only)) => only != value,
        });
        Ok(())
    })
}

fn change_each(
    world: &mut World,
    input: &Input<'_>,
    parameter: &str,
    apply: impl Fn(&mut Tags) -> Answer<()>,
) -> Answer<Xml> {
    let ids = input.list(parameter);
    if ids.is_empty() {
        return Err(Refusal::missing(parameter));
    }
    for id in ids {
        apply(tags_of(world, &id)?)?;
    }
    Ok(done())
}

fn not_found<T: Described>(_kind: &T, id: &str) -> Refusal {
    T::unknown(id)
}

fn tags_of<'w>(world: &'w mut World, id: &str) -> Answer<&'w mut Tags> {
    let clock = world.clock;
    let consistency = world.timing.consistency;
    macro_rules! look_in {
        ($table:expr, $kind:literal) => {
            if let Some(thing) = $table.get_mut(id) {
                if thing.gone(clock) || clock < thing.created() + consistency {
                    return Err(not_found(thing, id));
                }
                return Ok(&mut thing.tags);
            }
        };
    }
    each_kind!(world, look_in);
    Err(Refusal::new("InvalidID", format!("The ID '{id}' is not valid")))
}
