//! Registering commands, in the guild and globally.

use axum::{
    extract::{Path, State as Extract},
    http::StatusCode,
    response::IntoResponse,
};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::{World, id_of, no_content, ok};
use crate::discord::{
    body::Body,
    error::{Answer, ApiError, Form},
    rules::commands as rules,
    state::{Shared, State},
};

/// Where commands are registered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Global,
    Guild,
}

impl Scope {
    fn list(self, state: &mut State) -> &mut Vec<Value> {
        match self {
            Self::Global => &mut state.global_commands,
            Self::Guild => &mut state.commands,
        }
    }
}

fn check_application(shared: &Shared, application: &str) -> Result<(), ApiError> {
    if id_of("application_id", application)? == shared.facts.application_id {
        Ok(())
    } else {
        let message = "You are not authorized to perform this action on this application";
        Err(ApiError::new(StatusCode::FORBIDDEN, 20012, message))
    }
}

fn check_path(shared: &Shared, application: &str, guild: &str) -> Result<(), ApiError> {
    check_application(shared, application)?;
    // Guilds the application was not installed in are not told apart from guilds that do not exist.
    if id_of("guild_id", guild)? == shared.facts.guild_id { Ok(()) } else { Err(ApiError::missing_access()) }
}

pub(super) async fn list(Extract(shared): World, Path((app, guild)): Path<(String, String)>) -> Answer {
    check_path(&shared, &app, &guild)?;
    ok(json!(shared.state.lock().commands))
}

pub(super) async fn list_global(Extract(shared): World, Path(app): Path<String>) -> Answer {
    check_application(&shared, &app)?;
    ok(json!(shared.state.lock().global_commands))
}

pub(super) async fn overwrite(
    Extract(shared): World,
    Path((app, guild)): Path<(String, String)>,
    body: Body,
) -> Answer {
    check_path(&shared, &app, &guild)?;
    put(&shared, Scope::Guild, body.json)
}

pub(super) async fn overwrite_global(Extract(shared): World, Path(app): Path<String>, body: Body) -> Answer {
    check_application(&shared, &app)?;
    put(&shared, Scope::Global, body.json)
}

pub(super) async fn create(
    Extract(shared): World,
    Path((app, guild)): Path<(String, String)>,
    body: Body,
) -> Answer {
    check_path(&shared, &app, &guild)?;
    post(&shared, Scope::Guild, &body.json)
}

pub(super) async fn create_global(Extract(shared): World, Path(app): Path<String>, body: Body) -> Answer {
    check_application(&shared, &app)?;
    post(&shared, Scope::Global, &body.json)
}

pub(super) async fn one(
    Extract(shared): World,
    Path((app, guild, command)): Path<(String, String, String)>,
) -> Answer {
    check_path(&shared, &app, &guild)?;
    find(&shared, Scope::Guild, &command)
}

pub(super) async fn one_global(
    Extract(shared): World,
    Path((app, command)): Path<(String, String)>,
) -> Answer {
    check_application(&shared, &app)?;
    find(&shared, Scope::Global, &command)
}

pub(super) async fn delete(
    Extract(shared): World,
    Path((app, guild, command)): Path<(String, String, String)>,
) -> Answer {
    check_path(&shared, &app, &guild)?;
    remove(&shared, Scope::Guild, &command)
}

pub(super) async fn delete_global(
    Extract(shared): World,
    Path((app, command)): Path<(String, String)>,
) -> Answer {
    check_application(&shared, &app)?;
    remove(&shared, Scope::Global, &command)
}

fn unknown_command() -> ApiError {
    ApiError::unknown(10063, "application command")
}

fn find(shared: &Shared, scope: Scope, id: &str) -> Answer {
    let mut state = shared.state.lock();
    let found = scope.list(&mut state).iter().find(|command| command["id"] == id).cloned();
    ok(found.ok_or_else(unknown_command)?)
}

fn remove(shared: &Shared, scope: Scope, id: &str) -> Answer {
    let mut state = shared.state.lock();
    let list = scope.list(&mut state);
    let index = list.iter().position(|command| command["id"] == id).ok_or_else(unknown_command)?;
    list.remove(index);
    drop(state);
    shared.changed();
    no_content()
}

/// Bulk overwrite: commands not in the list go, those of the same name and type keep their id.
fn put(shared: &Shared, scope: Scope, body: Value) -> Answer {
    let Value::Array(wanted) = body else {
        return Err(Form::refuse(&[], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"));
    };
    let mut form = Form::default();
    for (index, command) in wanted.iter().enumerate() {
        form.at(index, |form| rules::check(form, command));
    }
    rules::check_unique(&mut form, &wanted);
    form.finish()?;
    if wanted.iter().filter(|command| rules::kind_of(command) == 1).count() > rules::COMMANDS_LIMIT {
        return Err(too_many());
    }
    let mut state = shared.state.lock();
    let mut registered = Vec::new();
    for command in &wanted {
        registered.push(register(shared, &mut state, scope, command)?.0);
    }
    *scope.list(&mut state) = registered.clone();
    state.registered |= scope == Scope::Guild;
    drop(state);
    shared.changed();
    ok(Value::Array(registered))
}

fn post(shared: &Shared, scope: Scope, command: &Value) -> Answer {
    let mut form = Form::default();
    rules::check(&mut form, command);
    form.finish()?;
    let mut state = shared.state.lock();
    let (registered, created) = register(shared, &mut state, scope, command)?;
    let list = scope.list(&mut state);
    match list.iter().position(|known| known["id"] == registered["id"]) {
        Some(index) => list[index] = registered.clone(),
        None if list.len() >= rules::COMMANDS_LIMIT => return Err(too_many()),
        None => list.push(registered.clone()),
    }
    state.registered |= scope == Scope::Guild;
    drop(state);
    shared.changed();
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(registered)).into_response())
}

fn too_many() -> ApiError {
    let message = format!("Maximum number of application commands reached ({})", rules::COMMANDS_LIMIT);
    ApiError::new(StatusCode::BAD_REQUEST, 30032, &message)
}

/// Gives a definition its id and version, and says whether it is new. The daily limit counts what is new.
fn register(
    shared: &Shared,
    state: &mut State,
    scope: Scope,
    command: &Value,
) -> Result<(Value, bool), ApiError> {
    let now = shared.now();
    let same =
        |known: &&Value| known["name"] == command["name"] && rules::kind_of(known) == rules::kind_of(command);
    let known = scope.list(state).iter().find(same).cloned();
    if known.is_none() {
        while state.creations.front().is_some_and(|at| now - *at >= TimeDelta::days(1)) {
            state.creations.pop_front();
        }
        if state.creations.len() >= rules::CREATIONS_A_DAY {
            let message = format!(
                "Max number of daily application command creates has been reached ({})",
                rules::CREATIONS_A_DAY
            );
            return Err(ApiError::new(StatusCode::BAD_REQUEST, 30034, &message));
        }
        state.creations.push_back(now);
    }
    let mut registered = definition(shared, scope, command);
    match &known {
        Some(known) => {
            registered["id"] = known["id"].clone();
            registered["version"] = known["version"].clone();
            if registered != *known {
                registered["version"] = json!(state.snowflake(now).to_string());
            }
        }
        None => {
            registered["id"] = json!(state.snowflake(now).to_string());
            registered["version"] = json!(state.snowflake(now).to_string());
        }
    }
    Ok((registered, known.is_none()))
}

/// A definition as Discord returns it, with its defaults said.
fn definition(shared: &Shared, scope: Scope, command: &Value) -> Value {
    let given = |key: &str| command.get(key).filter(|value| !value.is_null()).cloned();
    let mut json = Map::new();
    json.insert("id".into(), Value::Null);
    json.insert("application_id".into(), json!(shared.facts.application_id.to_string()));
    json.insert("version".into(), Value::Null);
    let permissions = given("default_member_permissions").map(|bits| match bits {
        Value::Number(bits) => json!(bits.to_string()),
        other => other,
    });
    json.insert("default_member_permissions".into(), permissions.unwrap_or_default());
    json.insert("type".into(), json!(rules::kind_of(command)));
    json.insert("name".into(), command["name"].clone());
    json.insert("name_localizations".into(), given("name_localizations").unwrap_or_default());
    json.insert("description".into(), given("description").unwrap_or(json!("")));
    json.insert("description_localizations".into(), given("description_localizations").unwrap_or_default());
    json.insert("integration_types".into(), given("integration_types").unwrap_or(json!([0])));
    json.insert("nsfw".into(), given("nsfw").unwrap_or(json!(false)));
    if scope == Scope::Guild {
        json.insert("guild_id".into(), json!(shared.facts.guild_id.to_string()));
        json.insert("contexts".into(), Value::Null);
    } else {
        json.insert("dm_permission".into(), given("dm_permission").unwrap_or(json!(true)));
        json.insert("contexts".into(), given("contexts").unwrap_or_default());
    }
    if let Some(options) = given("options") {
        json.insert("options".into(), options);
    }
    Value::Object(json)
}
