//! REST v10: the routes, and what every request goes through.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Request, State as Extract},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    error::{Answer, ApiError, Blame, Form},
    gateway,
    limits::Left,
    session::AWAY,
    state::Shared,
};

mod commands;
mod guild;
mod interactions;
mod messages;
mod webhooks;

/// The most a request may carry, in bytes: ten files of 10 MiB and their form.
const BODY_LIMIT: usize = 101 * 1024 * 1024;

type World = Extract<Arc<Shared>>;

/// Everything Discord serves here.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let with_token = Router::new()
        .route("/gateway/bot", get(guild::gateway_bot))
        .route("/users/@me", get(guild::me))
        .route("/users/@me/guilds", get(guild::my_guilds))
        .route("/users/{user}", get(guild::user))
        .route("/applications/@me", get(guild::application))
        .route("/oauth2/applications/@me", get(guild::application))
        .route("/guilds/{guild}", get(guild::guild))
        .route("/guilds/{guild}/channels", get(guild::channels))
        .route("/guilds/{guild}/roles", get(guild::roles))
        .route("/guilds/{guild}/members/{member}", get(guild::member))
        .route("/channels/{channel}", get(guild::channel))
        .route("/channels/{channel}/typing", post(guild::typing))
        .route("/channels/{channel}/messages", get(messages::list).post(messages::create))
        .route(
            "/channels/{channel}/messages/{message}",
            get(messages::one).patch(messages::edit).delete(messages::delete),
        )
        .route(
            "/applications/{application}/commands",
            get(commands::list_global).put(commands::overwrite_global).post(commands::create_global),
        )
        .route(
            "/applications/{application}/commands/{command}",
            get(commands::one_global).delete(commands::delete_global),
        )
        .route(
            "/applications/{application}/guilds/{guild}/commands",
            get(commands::list).put(commands::overwrite).post(commands::create),
        )
        .route(
            "/applications/{application}/guilds/{guild}/commands/{command}",
            get(commands::one).delete(commands::delete),
        )
        .route_layer(from_fn_with_state(Arc::clone(&shared), require_token));
    let without_token = Router::new()
        .route("/gateway", get(guild::gateway))
        .route("/interactions/{interaction}/{token}/callback", post(interactions::callback))
        .route("/webhooks/{application}/{token}", post(webhooks::follow_up))
        .route(
            "/webhooks/{application}/{token}/messages/{message}",
            get(webhooks::one).patch(webhooks::edit).delete(webhooks::delete),
        );
    let api =
        with_token.merge(without_token).fallback(unknown_route).method_not_allowed_fallback(wrong_method);
    let api = api.layer(from_fn_with_state(Arc::clone(&shared), around));
    Router::new()
        .nest("/api/v10", api.clone())
        .route("/gateway", get(gateway::upgrade))
        .route("/attachments/{channel}/{attachment}/{filename}", get(download))
        .fallback_service(
            Router::new().fallback(unknown_route).layer(from_fn_with_state(Arc::clone(&shared), around)),
        )
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(shared)
}

/// Faults before and after a request, and the violation log.
async fn around(Extract(shared): World, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path = request
        .extensions()
        .get::<axum::extract::OriginalUri>()
        .map_or_else(|| request.uri().path().to_owned(), |original| original.0.path().to_owned());
    let latency = shared.faults.slowness();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if shared.faults.is_away() {
        excuse_all(&shared);
        return AWAY.into_response();
    }
    let fault = shared.faults.take(&method, &path);
    if fault.is_some() {
        excuse(&shared, &path);
    }
    if let Some(time) = fault.and_then(super::faults::Effect::lingers) {
        tokio::time::sleep(time).await;
    }
    if let Some(refusal) = fault.and_then(super::faults::Effect::before) {
        return refusal;
    }
    let mut response = match shared.faults.rate_limits.count(&method, &path, shared.clock.now()) {
        Ok(left) => {
            let mut response = next.run(request).await;
            left.into_iter().for_each(|left| say_what_is_left(response.headers_mut(), &left));
            response
        }
        Err(exceeded) => ApiError::rate_limited(exceeded.retry_after.as_seconds_f64(), exceeded.global)
            .blameless_if(!exceeded.told)
            .into_response(),
    };
    if let Some(Blame(why)) = response.extensions_mut().remove() {
        let path = shortened(&path);
        shared.state.lock().violation(format!("{method} {path} was refused: {why}"));
    }
    match fault.and_then(super::faults::Effect::after) {
        Some(lost) => lost,
        None => response,
    }
}

/// A scripted fault met this interaction's callback: being late with it is not the bot's doing.
fn excuse(shared: &Shared, path: &str) {
    let mut parts = path.split('/').skip_while(|part| *part != "interactions").skip(1);
    let Some(id) = parts.next().and_then(|id| id.parse().ok()) else {
        return;
    };
    if let Some(interaction) = shared.state.lock().interactions.get_mut(&id) {
        interaction.excused = true;
    }
}

/// While Discord is away nothing can be acknowledged.
pub(super) fn excuse_all(shared: &Shared) {
    for interaction in shared.state.lock().interactions.values_mut() {
        interaction.excused = true;
    }
}

fn say_what_is_left(headers: &mut HeaderMap, left: &Left) {
    let all = [
        ("x-ratelimit-remaining", left.remaining.to_string()),
        ("x-ratelimit-reset-after", format!("{:.3}", left.reset_after.as_seconds_f64())),
    ];
    for (name, value) in all {
        headers
            .extend(HeaderValue::from_str(&value).ok().map(|value| (HeaderName::from_static(name), value)));
    }
}

/// A path whose tokens are cut short, for the log.
fn shortened(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.char_indices().nth(24) {
        Some((cut, _)) => format!("{}…", &part[..cut]),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn require_token(Extract(shared): World, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bot ")) == Some(shared.facts.token.as_str()) {
        next.run(request).await
    } else {
        ApiError::unauthorized().into_response()
    }
}

async fn unknown_route() -> ApiError {
    ApiError::not_found()
}

async fn wrong_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, 0, "405: Method Not Allowed")
}

/// A file of a message, as Discord's content network serves it.
async fn download(
    Extract(shared): World,
    Path((_channel, attachment, _filename)): Path<(String, String, String)>,
) -> Response {
    let state = shared.state.lock();
    let id: Option<u64> = attachment.parse().ok();
    let mut files =
        state.messages.values().filter(|message| message.deleted.is_none()).flat_map(|m| &m.attachments);
    match files.find(|file| Some(file.id) == id) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(file) => {
            let kind = HeaderValue::from_str(&file.content_type);
            let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            ([(header::CONTENT_TYPE, kind)], file.bytes.clone()).into_response()
        }
    }
}

/// A snowflake of a path.
fn id_of(name: &str, text: &str) -> Result<u64, ApiError> {
    let message = || format!("Value \"{text}\" is not snowflake.");
    text.parse().map_err(|_| Form::refuse(&[name], "NUMBER_TYPE_COERCE", message()))
}

fn ok(value: Value) -> Answer {
    Ok(axum::Json(value).into_response())
}

fn no_content() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The address and limits of `GET /gateway/bot`.
fn gateway_json(shared: &Shared, for_bot: bool) -> Value {
    let mut json = json!({ "url": gateway::gateway_url(shared) });
    if for_bot {
        json["shards"] = json!(1);
        json["session_start_limit"] =
            json!({ "total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1 });
    }
    json
}
