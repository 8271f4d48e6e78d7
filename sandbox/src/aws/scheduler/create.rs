//! Creating a schedule.

use serde::Deserialize;
use serde_json::{Value, json};

use super::firing::Firing;
use super::target::RawTarget;
use super::{Schedule, State, check_group, check_name, expression, invalid, key};
use crate::aws::json::{is_name, members};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Create {
    name: String,
    group_name: Option<String>,
    schedule_expression: String,
    schedule_expression_timezone: Option<String>,
    state: Option<State>,
    description: Option<String>,
    target: RawTarget,
    flexible_time_window: Window,
    action_after_completion: Option<AfterCompletion>,
    client_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Window {
    mode: Mode,
    maximum_window_in_minutes: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Mode {
    Off,
    Flexible,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum AfterCompletion {
    None,
    Delete,
}

pub(super) fn create(world: &mut World, input: &Value) -> Answer<Value> {
    let asked: Create = members(input)?;
    check_name(&asked.name)?;
    let group = check_group(world, asked.group_name.as_deref())?.to_owned();
    let key = key(&group, &asked.name);
    if asked.client_token.as_ref().is_some_and(|token| !is_name(token, 64, "-_")) {
        return Err(invalid("ClientToken must be 1 to 64 letters, digits, - and _."));
    }
    if asked.description.as_ref().is_some_and(|text| text.chars().count() > 512) {
        return Err(invalid("Description must be at most 512 characters."));
    }
    let window_minutes = asked.flexible_time_window.check()?;
    let fingerprint = without_token(input);
    if let Some(present) = world.schedules.get(&key) {
        // The same request again is the same schedule; whatever else has this name is in the way.
        let again = asked.client_token.is_some() && present.token == asked.client_token;
        if again && present.fingerprint == fingerprint {
            return Ok(json!({ "ScheduleArn": present.arn(world) }));
        }
        let message = format!("Schedule {} already exists.", asked.name);
        return Err(Refusal::new("ConflictException", message).status(409));
    }
    let zone = asked.schedule_expression_timezone.as_deref();
    let when = expression::read(&asked.schedule_expression, zone, world.clock)?;
    let target = asked.target.check(world, &group)?;
    let state = asked.state.unwrap_or(State::Enabled);
    let firing = Firing::planned(world, &asked.name, state, when.at, window_minutes);
    let schedule = Schedule {
        name: asked.name,
        group,
        when,
        state,
        target,
        description: asked.description,
        window: input["FlexibleTimeWindow"].clone(),
        deletes_itself: asked.action_after_completion == Some(AfterCompletion::Delete),
        created: world.clock,
        token: asked.client_token,
        fingerprint,
        firing,
    };
    let answer = json!({ "ScheduleArn": schedule.arn(world) });
    world.schedules.insert(key, schedule);
    Ok(answer)
}

impl Window {
    /// How many minutes it leaves open.
    fn check(&self) -> Answer<u32> {
        match (self.mode, self.maximum_window_in_minutes) {
            (Mode::Off, None) => Ok(0),
            (Mode::Flexible, Some(minutes)) if (1..=1440).contains(&minutes) => Ok(minutes),
            (Mode::Off, Some(_)) => Err(invalid("A FlexibleTimeWindow that is OFF has no maximum.")),
            (Mode::Flexible, _) => Err(invalid("MaximumWindowInMinutes must be between 1 and 1440.")),
        }
    }
}

fn without_token(input: &Value) -> String {
    let members = input.as_object().into_iter().flatten();
    let mut rest: Vec<_> = members.filter(|(name, _)| *name != "ClientToken").collect();
    rest.sort_by_key(|(name, _)| *name);
    json!(rest).to_string()
}
