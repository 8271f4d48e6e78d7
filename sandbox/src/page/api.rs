//! The page's own API: JSON, same origin, a thin skin over [`Discord`](crate::discord::Discord).
//!
//! | route | body | answer |
//! |---|---|---|
//! | `GET /api/state` | | the newest state |
//! | `GET /api/events` | | the same as server-sent events named `state`, one for every change, and a heartbeat |
//! | `POST /api/slash` | `{person, line}` | `{interaction_id}` as soon as it is dispatched |
//! | `POST /api/outcome` | `{interaction_id}` | `{interaction_id, form}` once the bot has acknowledged or failed to; `form` when it asks for one |
//! | `POST /api/press` | `{person, message_id, custom_id}` | the same |
//! | `POST /api/select` | `{person, message_id, custom_id, values}` | the same |
//! | `POST /api/submit` | `{interaction_id, inputs: {id: text}}` | the same |
//! | `POST /api/complete` | `{person, line}` | `{choices: [{name, value}]}` |
//! | `POST /api/person-locale` | `{person, locale}` | nothing |
//! | `POST /api/speed` | `{speed}` | nothing |
//! | `POST /api/trouble` | `{what}`, see [`Trouble`] | nothing |
//! | `GET /api/attachments/{id}` | | the file |
//!
//! A refusal is `{error, refused}`: one English sentence, and the reason with what it names, for other languages. What was asked
//! properly and only refused is no failure of HTTP's: browsers would report it to their console as one.

use std::{collections::BTreeMap, convert::Infallible};

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::{HeaderName, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_stream::wrappers::WatchStream;

use super::{MAX_SPEED, Shared, trouble::Trouble};
use crate::discord::{Choice, Refused, Sent};

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("The request was not understood: {0}")]
    Malformed(#[from] JsonRejection),
    #[error("There is nobody called {0} here.")]
    UnknownPerson(String),
    #[error("{0} is not a language tag.")]
    BadLocale(String),
    #[error("The speed must be from 1 to {MAX_SPEED}.")]
    BadSpeed,
    #[error("There is no such file.")]
    UnknownAttachment,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) => StatusCode::OK,
            Self::UnknownPerson(_) | Self::BadLocale(_) | Self::BadSpeed => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Malformed(rejection) => rejection.status(),
            Self::UnknownAttachment => StatusCode::NOT_FOUND,
        }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: String,
    refused: Option<&'a Refused>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let refused = if let Self::Refused(refused) = &self { Some(refused) } else { None };
        (self.status(), Json(ErrorBody { error: self.to_string(), refused })).into_response()
    }
}

/// A JSON body whose rejection is an [`ApiError`].
type Body<T> = Result<Json<T>, JsonRejection>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    person: String,
    line: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Press {
    person: String,
    message_id: String,
    custom_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Select {
    person: String,
    message_id: String,
    custom_id: String,
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Submit {
    interaction_id: String,
    inputs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interaction {
    interaction_id: String,
}

/// How an interaction was acknowledged, as far as it does not show in the channel.
#[derive(Serialize)]
pub(super) struct Outcome {
    interaction_id: String,
    /// The form the bot answered with, as it sent it.
    form: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonLocale {
    person: String,
    locale: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Speed {
    speed: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Making {
    what: Trouble,
}

#[derive(Serialize)]
pub(super) struct Choices {
    choices: Vec<Choice>,
}

const JSON: (HeaderName, &str) = (header::CONTENT_TYPE, "application/json");

pub(super) async fn state(State(shared): State<Shared>) -> Response {
    let frame = shared.frames.borrow().clone();
    ([JSON, (header::CACHE_CONTROL, "no-store")], frame.json.clone()).into_response()
}

pub(super) async fn events(
    State(shared): State<Shared>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(
        WatchStream::new(shared.frames).map(|frame| {
            Ok(Event::default().event("state").id(frame.revision.to_string()).data(&frame.json))
        }),
    )
}

pub(super) async fn slash(State(shared): State<Shared>, body: Body<Line>) -> Result<Json<Sent>, ApiError> {
    let Json(Line { person, line }) = body?;
    Ok(Json(shared.discord.slash(&person, &line).await?))
}

pub(super) async fn outcome(
    State(shared): State<Shared>,
    body: Body<Interaction>,
) -> Result<Json<Outcome>, ApiError> {
    let Json(Interaction { interaction_id }) = body?;
    Ok(outcome_of(&shared, interaction_id).await)
}

pub(super) async fn press(
    State(shared): State<Shared>,
    body: Body<Press>,
) -> Result<Json<Outcome>, ApiError> {
    let Json(Press { person, message_id, custom_id }) = body?;
    let sent = shared.discord.press(&person, &message_id, &custom_id).await?;
    Ok(outcome_of(&shared, sent.interaction_id).await)
}

pub(super) async fn select(
    State(shared): State<Shared>,
    body: Body<Select>,
) -> Result<Json<Outcome>, ApiError> {
    let Json(Select { person, message_id, custom_id, values }) = body?;
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let sent = shared.discord.select(&person, &message_id, &custom_id, &values).await?;
    Ok(outcome_of(&shared, sent.interaction_id).await)
}

pub(super) async fn submit(
    State(shared): State<Shared>,
    body: Body<Submit>,
) -> Result<Json<Outcome>, ApiError> {
    let Json(Submit { interaction_id, inputs }) = body?;
    let inputs: Vec<(&str, &str)> = inputs.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    let sent = shared.discord.submit(&interaction_id, &inputs).await?;
    Ok(outcome_of(&shared, sent.interaction_id).await)
}

/// Waits for the acknowledgement. That there was none shows in the channel, so it is not an error here.
async fn outcome_of(shared: &Shared, interaction_id: String) -> Json<Outcome> {
    let answered = shared.discord.acknowledged(&interaction_id).await.is_ok();
    let form = if answered { shared.discord.modal(&interaction_id) } else { None };
    Json(Outcome { interaction_id, form })
}

pub(super) async fn complete(
    State(shared): State<Shared>,
    body: Body<Line>,
) -> Result<Json<Choices>, ApiError> {
    let Json(Line { person, line }) = body?;
    Ok(Json(Choices { choices: shared.discord.complete(&person, &line).await? }))
}

pub(super) async fn person_locale(
    State(shared): State<Shared>,
    body: Body<PersonLocale>,
) -> Result<StatusCode, ApiError> {
    let Json(PersonLocale { person, locale }) = body?;
    if !shared.discord.channel().people.iter().any(|known| known.key == person) {
        return Err(ApiError::UnknownPerson(person));
    }
    let tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !(2..=8).contains(&locale.len()) || !locale.bytes().all(tag) {
        return Err(ApiError::BadLocale(locale));
    }
    shared.discord.set_locale(&person, &locale);
    shared.controls.bot.speaks(&locale);
    shared.nudge.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn trouble(
    State(shared): State<Shared>,
    body: Body<Making>,
) -> Result<StatusCode, ApiError> {
    let Json(Making { what }) = body?;
    shared.trouble.make(what);
    shared.nudge.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn speed(State(shared): State<Shared>, body: Body<Speed>) -> Result<StatusCode, ApiError> {
    let Json(Speed { speed }) = body?;
    if !(1.0..=MAX_SPEED).contains(&speed) {
        return Err(ApiError::BadSpeed);
    }
    (shared.controls.set_speed)(speed);
    shared.nudge.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

/// Pictures are shown, anything else is downloaded: a file of the bot's must not run as a page of this origin.
const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

pub(super) async fn attachment(
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let file = shared.discord.attachment(&id).ok_or(ApiError::UnknownAttachment)?;
    let shown = SHOWN.iter().find(|kind| **kind == file.content_type);
    let headers = [
        (header::CONTENT_TYPE, *shown.unwrap_or(&"application/octet-stream")),
        (header::CONTENT_DISPOSITION, if shown.is_some() { "inline" } else { "attachment" }),
        // An attachment never changes: an edited message refers to another one.
        (header::CACHE_CONTROL, "private, max-age=86400, immutable"),
    ];
    Ok((headers, file.bytes).into_response())
}
