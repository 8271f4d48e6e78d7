//! Groups of schedules.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{DEFAULT_GROUP, check_name, group_arn, not_found};
use crate::aws::json::{members, seconds};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::ssm::documents::{Tag, read_tags};
use crate::aws::world::World;

/// A group of schedules.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    created: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(rename = "ClientToken")]
    _client_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Named {
    name: String,
}

/// Whether there is a group of that name, beside the one that is always there.
pub(super) fn is_there(world: &World, name: &str) -> bool {
    world.schedule_groups.get(name).is_some_and(|group| world.settled(group.created))
}

pub(super) fn create(world: &mut World, input: &Value) -> Answer<Value> {
    let asked: Create = members(input)?;
    check_name(&asked.name)?;
    read_tags(asked.tags)?;
    if asked.name == DEFAULT_GROUP || world.schedule_groups.contains_key(&asked.name) {
        let message = format!("Schedule group {} already exists.", asked.name);
        return Err(Refusal::new("ConflictException", message).status(409));
    }
    let answer = json!({ "ScheduleGroupArn": group_arn(world, &asked.name) });
    world.schedule_groups.insert(asked.name, Group { created: world.clock });
    Ok(answer)
}

pub(super) fn get(world: &World, input: &Value) -> Answer<Value> {
    let Named { name } = members(input)?;
    if name != DEFAULT_GROUP && !is_there(world, &name) {
        return Err(not_found(format!("Schedule group {name} does not exist.")));
    }
    let created = world.schedule_groups.get(&name).map(|group| seconds(group.created));
    Ok(json!({ "Arn": group_arn(world, &name), "Name": name, "State": "ACTIVE", "CreationDate": created }))
}
