//! EventBridge Scheduler: REST-JSON. Schedules, in groups, that fire once (`at(…)`), at universal
//! targets (`arn:aws:scheduler:::aws-sdk:service:action`).

mod create;
mod expression;
pub(crate) mod firing;
pub(crate) mod groups;
mod target;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use self::expression::When;
use self::target::Target;
use super::json::{JsonOperation, change, is_name, members, read, seconds};
use super::refusal::{Answer, Refusal};
use super::rest::{Kind, Route, Segment};
use super::select::{read_token, write_token};
use super::world::World;

const OPERATIONS: &[JsonOperation] = &[
    change("CreateSchedule", create::create),
    read("GetSchedule", get),
    read("ListSchedules", list),
    change("DeleteSchedule", delete),
    change("CreateScheduleGroup", groups::create),
    read("GetScheduleGroup", groups::get),
];

/// Where its operations are found.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        operation: "CreateSchedule",
        method: "POST",
        path: &[Segment::Fixed("schedules"), Segment::Label("Name")],
        query: &[],
    },
    Route {
        operation: "GetSchedule",
        method: "GET",
        path: &[Segment::Fixed("schedules"), Segment::Label("Name")],
        query: &[("groupName", "GroupName", Kind::Text)],
    },
    Route {
        operation: "ListSchedules",
        method: "GET",
        path: &[Segment::Fixed("schedules")],
        query: &[
            ("ScheduleGroup", "GroupName", Kind::Text),
            ("NamePrefix", "NamePrefix", Kind::Text),
            ("State", "State", Kind::Text),
            ("NextToken", "NextToken", Kind::Text),
            ("MaxResults", "MaxResults", Kind::Number),
        ],
    },
    Route {
        operation: "DeleteSchedule",
        method: "DELETE",
        path: &[Segment::Fixed("schedules"), Segment::Label("Name")],
        query: &[("groupName", "GroupName", Kind::Text), ("clientToken", "ClientToken", Kind::Text)],
    },
    Route {
        operation: "CreateScheduleGroup",
        method: "POST",
        path: &[Segment::Fixed("schedule-groups"), Segment::Label("Name")],
        query: &[],
    },
    Route {
        operation: "GetScheduleGroup",
        method: "GET",
        path: &[Segment::Fixed("schedule-groups"), Segment::Label("Name")],
        query: &[],
    },
];

/// How it calls itself where a role is handed to it.
pub(crate) const PRINCIPAL: &str = "scheduler.amazonaws.com";

/// The group that is always there.
pub(crate) const DEFAULT_GROUP: &str = "default";

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<&'static JsonOperation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// A schedule.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) when: When,
    pub(crate) state: State,
    pub(crate) target: Target,
    description: Option<String>,
    window: Value,
    /// Whether it goes when it has done its work, or has given up.
    deletes_itself: bool,
    pub(crate) created: DateTime<Utc>,
    /// The token it was created with, and everything else it was created with.
    token: Option<String>,
    fingerprint: String,
    firing: firing::Firing,
}

/// Whether a schedule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    Enabled,
    Disabled,
}

impl State {
    /// In AWS's words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Enabled => "ENABLED",
            State::Disabled => "DISABLED",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Named {
    name: String,
    group_name: Option<String>,
    #[serde(rename = "ClientToken")]
    _client_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct List {
    group_name: Option<String>,
    name_prefix: Option<String>,
    state: Option<State>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", message)
}

fn not_found(message: String) -> Refusal {
    Refusal::new("ResourceNotFoundException", message).status(404)
}

/// The group that is meant, if there is such a one.
fn check_group<'a>(world: &World, group: Option<&'a str>) -> Answer<&'a str> {
    match group {
        None => Ok(DEFAULT_GROUP),
        Some(name) if name == DEFAULT_GROUP || groups::is_there(world, name) => Ok(name),
        Some(other) => Err(not_found(format!("Schedule group {other} does not exist."))),
    }
}

/// Under what a schedule is kept.
fn key(group: &str, name: &str) -> String {
    format!("{group}/{name}")
}

fn check_name(name: &str) -> Answer<()> {
    if is_name(name, 64, "-_.") {
        return Ok(());
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: [0-9a-zA-Z-_.]+ and have length less than or equal to 64"
    )))
}

/// The ARN that a role sees when a schedule wants to assume it: that of the group.
fn group_arn(world: &World, group: &str) -> String {
    format!("arn:aws:scheduler:{}:{}:schedule-group/{group}", world.region, world.account_id)
}

impl Schedule {
    /// It does not fire any more.
    pub(crate) fn disable(&mut self) {
        self.state = State::Disabled;
        self.firing.never();
    }

    fn arn(&self, world: &World) -> String {
        let Self { group, name, .. } = self;
        format!("arn:aws:scheduler:{}:{}:schedule/{group}/{name}", world.region, world.account_id)
    }

    /// One line for people: when it fires, at what.
    pub(crate) fn summary(&self) -> String {
        let tried = match self.firing.failures() {
            0 => String::new(),
            times => format!(" × {times}"),
        };
        format!("{}{tried}", self.target.in_words())
    }
}

fn find<'w>(world: &'w World, named: &Named) -> Answer<&'w Schedule> {
    check_name(&named.name)?;
    let group = check_group(world, named.group_name.as_deref())?;
    let schedule =
        world.schedules.get(&key(group, &named.name)).filter(|schedule| world.settled(schedule.created));
    schedule.ok_or_else(|| not_found(format!("Schedule {} does not exist.", named.name)))
}

fn get(world: &World, input: &Value) -> Answer<Value> {
    let schedule = find(world, &members(input)?)?;
    let mut shown = json!({
        "Arn": schedule.arn(world),
        "GroupName": schedule.group,
        "Name": schedule.name,
        "ScheduleExpression": schedule.when.expression,
        "ScheduleExpressionTimezone": schedule.when.zone.name(),
        "State": schedule.state.name(),
        "CreationDate": seconds(schedule.created),
        "LastModificationDate": seconds(schedule.created),
        "Target": schedule.target.show(),
        "FlexibleTimeWindow": schedule.window,
        "ActionAfterCompletion": if schedule.deletes_itself { "DELETE" } else { "NONE" },
    });
    if let Some(description) = &schedule.description {
        shown["Description"] = description.as_str().into();
    }
    Ok(shown)
}

fn list(world: &World, input: &Value) -> Answer<Value> {
    let asked: List = members(input)?;
    check_group(world, asked.group_name.as_deref())?;
    if asked.max_results.is_some_and(|size| !(1..=100).contains(&size)) {
        return Err(invalid("maxResults must be between 1 and 100"));
    }
    if let Some(prefix) = &asked.name_prefix {
        check_name(prefix)?;
    }
    let found: Vec<&Schedule> = world
        .schedules
        .values()
        .filter(|schedule| world.settled(schedule.created))
        .filter(|schedule| asked.group_name.as_ref().is_none_or(|group| schedule.group == *group))
        .filter(|schedule| asked.name_prefix.as_ref().is_none_or(|prefix| schedule.name.starts_with(prefix)))
        .filter(|schedule| asked.state.is_none_or(|state| schedule.state == state))
        .collect();
    let start = match asked.next_token {
        None => 0,
        Some(token) => read_token(&token)
            .filter(|start| *start <= found.len())
            .ok_or_else(|| invalid("Invalid next token."))?,
    };
    let end = found.len().min(start + asked.max_results.unwrap_or(100));
    let page = found[start..end].iter().map(|schedule| {
        json!({
            "Arn": schedule.arn(world),
            "Name": schedule.name,
            "GroupName": schedule.group,
            "State": schedule.state.name(),
            "CreationDate": seconds(schedule.created),
            "LastModificationDate": seconds(schedule.created),
            "Target": { "Arn": schedule.target.arn },
        })
    });
    let mut answer = json!({ "Schedules": page.collect::<Vec<_>>() });
    if end < found.len() {
        answer["NextToken"] = write_token(end).into();
    }
    Ok(answer)
}

fn delete(world: &mut World, input: &Value) -> Answer<Value> {
    let schedule = find(world, &members(input)?)?;
    let key = key(&schedule.group, &schedule.name);
    world.schedules.remove(&key);
    Ok(json!({}))
}
