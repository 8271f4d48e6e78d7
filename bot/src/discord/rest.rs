//! Calls to Discord's REST API, tried again while that makes sense.
//!
//! serenity's own client loses `retry_after` when its rate limiter is off, and its rate limiter holds one
//! person's edits up for another's. So the calls are made here: one attempt is one HTTP request, `429` has every call of
//! that route wait as long as Discord says (all calls, if it says so), as does an answer that says it was the last for now;
//! `5xx` and a broken connection are tried again with
//! growing, jittered pauses for as long as the caller has [`Patience`], and every other answer is final.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use doorman_config::secrets::{ExposeSecret, SecretString};
use parking_lot::Mutex;
use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::{debug, warn};

use super::reply::{File, Payload};

/// Discord's own server; `[discord] api_url` stands in for it.
pub const DISCORD: &str = "https://discord.com";

/// Discord wants bots to begin with this word (<https://discord.com/developers/docs/reference#user-agent>).
const AGENT: &str = concat!("DiscordBot (doorman, ", env!("CARGO_PKG_VERSION"), ")");

/// A single attempt, an upload included.
const ATTEMPT: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(5);

/// How many calls of the route may follow now, and in how many seconds that changes.
const REMAINING: &str = "x-ratelimit-remaining";
const RESET_AFTER: &str = "x-ratelimit-reset-after";

/// Pauses between attempts: the first, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Why a call failed for good, or for as long as the caller had patience.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// Discord answered and refused.
    #[error("Discord refused {call}: {message} (HTTP {status}, code {code})")]
    Refused {
        /// What was called, without secrets.
        call: String,
        /// HTTP status.
        status: u16,
        /// Discord's own code, 0 if it gave none
        /// (<https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>).
        code: u32,
        /// Discord's words.
        message: String,
    },
    /// Discord could not be reached, or is out of order.
    #[error("Discord cannot be reached for {call}: {reason}")]
    Away {
        /// What was called, without secrets.
        call: String,
        /// What happened last.
        reason: String,
    },
}

/// What it means for a message that Discord does not take an edit of it, or does not take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// What it says is refused: sending the same again cannot help.
    Content,
    /// It is gone, or nobody can edit it any more: another one has to take its place.
    Gone,
    /// It is old and was edited too often: Discord takes no edit for a while, and another one has to take its place.
    Worn,
    /// Anything else, Discord's own trouble and refusals nobody here knows included: it is tried again.
    Passing,
}

/// "Invalid Form Body", with HTTP status 400: the one refusal that is about what a message says.
const INVALID_FORM: (u16, u32) = (400, 50_035);
/// Unknown channel, unknown message, message by somebody else (such as a reply that was never completed), archived
/// thread.
const GONE: [u32; 4] = [10_003, 10_008, 50_005, 50_083];
/// Missing access, missing permissions.
const CLOSED_TO_US: [u32; 2] = [50_001, 50_013];
/// "Maximum number of edits to messages older than 1 hour reached", with HTTP status 429 and without a limit that could
/// be waited for.
const EDITED_TOO_OFTEN: u32 = 30_046;

impl Fault {
    /// What it means for a message. Being kept out of the bot's own channel passes when somebody mends it, and until
    /// then there is no other place (`is_own_channel`); elsewhere it is final.
    pub fn cause(&self, is_own_channel: bool) -> Cause {
        match self {
            Fault::Away { .. } => Cause::Passing,
            Fault::Refused { code, .. } if GONE.contains(code) => Cause::Gone,
            Fault::Refused { code, .. } if CLOSED_TO_US.contains(code) && !is_own_channel => Cause::Gone,
            Fault::Refused { code: EDITED_TOO_OFTEN, .. } => Cause::Worn,
            Fault::Refused { status, code, .. } if (*status, *code) == INVALID_FORM => Cause::Content,
            Fault::Refused { .. } => Cause::Passing,
        }
    }

    /// What a message says is refused.
    pub fn is_about_content(&self) -> bool {
        self.cause(true) == Cause::Content
    }

    /// The bot's token is not accepted.
    pub fn is_token_refused(&self) -> bool {
        matches!(self, Fault::Refused { status: 401, .. })
    }

    /// Discord was not reached.
    pub fn is_away(&self) -> bool {
        matches!(self, Fault::Away { .. })
    }

    /// Discord's code of the refusal.
    pub fn code(&self) -> Option<u32> {
        match self {
            Fault::Refused { code, .. } => Some(*code),
            Fault::Away { .. } => None,
        }
    }
}

/// How long a call is tried.
#[derive(Clone, Copy, Debug)]
pub struct Patience(Instant);

impl Patience {
    /// From now on for `span`.
    pub fn of(span: Duration) -> Patience {
        Patience(Instant::now() + span)
    }

    fn allows(self, pause: Duration) -> bool {
        Instant::now() + pause < self.0
    }
}

/// What is called.
#[derive(Clone, Debug)]
pub struct Call {
    method: Method,
    /// After `/api/v10`.
    path: String,
    /// The same without interaction tokens, for logs.
    shown: String,
    /// Whether the bot's token goes with it; calls of an interaction carry their own in the path.
    authorized: bool,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Nothing,
    Json(Value),
    Message(Payload),
}

impl Call {
    /// What shares a rate limit: the method, with the channel, server or interaction it is about
    /// (<https://discord.com/developers/docs/topics/rate-limits>).
    fn route(&self) -> String {
        let parts = if self.path.starts_with("/webhooks/") { 4 } else { 3 };
        let about = self.path.split(['/', '?']).take(parts).collect::<Vec<_>>().join("/");
        format!("{} {about}", self.method)
    }

    /// A call with the bot's token.
    pub fn new(method: Method, path: impl Into<String>) -> Call {
        let path = path.into();
        let shown = format!("{method} {path}");
        Call { method, path, shown, authorized: true, body: Body::Nothing }
    }

    /// A call whose path holds `token`, which stands in for the bot's and is kept out of the logs.
    pub fn with_token_in_path(method: Method, path: impl Into<String>, token: &str) -> Call {
        let path = path.into();
        let shown = format!("{method} {}", path.replace(token, "…"));
        Call { method, path, shown, authorized: false, body: Body::Nothing }
    }

    /// With a JSON body.
    pub fn json(mut self, json: Value) -> Call {
        self.body = Body::Json(json);
        self
    }

    /// With a message.
    pub fn message(mut self, payload: Payload) -> Call {
        self.body = Body::Message(payload);
        self
    }
}

/// The REST API. Clones share connections and rate limits.
#[derive(Clone, Debug)]
pub struct Rest {
    client: Client,
    base: String,
    token: SecretString,
    held: Arc<Mutex<Held>>,
}

/// Until when calls have to wait.
#[derive(Debug, Default)]
struct Held {
    /// Of all calls.
    all: Option<Instant>,
    /// Of the calls of a route.
    routes: HashMap<String, Instant>,
}

impl Held {
    /// Until when a call of that route has to wait, if it has to.
    fn until(&self, route: &str, now: Instant) -> Option<Instant> {
        self.all.max(self.routes.get(route).copied()).filter(|until| *until > now)
    }

    fn hold(&mut self, route: String, until: Instant, now: Instant) {
        self.routes.retain(|_, until| *until > now);
        let held = self.routes.entry(route).or_insert(until);
        *held = until.max(*held);
    }
}

/// The body of an error.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: u32,
    message: String,
    retry_after: f64,
    global: bool,
}

/// What one attempt came to.
enum Attempt {
    Done(Response),
    Again { after: Option<Duration>, reason: String },
    Final(Fault),
}

impl Rest {
    /// Calls to `base` (scheme and host, no slash at the end), or to Discord itself.
    pub fn new(base: Option<&str>, token: SecretString) -> reqwest::Result<Rest> {
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ATTEMPT)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base = base.unwrap_or(DISCORD).to_owned();
        Ok(Rest { client, base, token, held: Arc::default() })
    }

    /// The HTTP client, to share its connections.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Scheme and host of what is called.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The bot's token.
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Makes a call and reads the answer.
    pub async fn get<T: DeserializeOwned>(&self, call: Call, patience: Patience) -> Result<T, Fault> {
        let shown = call.shown.clone();
        let response = self.send(call, patience).await?;
        response.json().await.map_err(|error| Fault::Away {
            call: shown,
            reason: format!("its answer cannot be read: {}", words(&error)),
        })
    }

    /// Makes a call whose answer does not matter beyond its success.
    pub async fn send(&self, call: Call, patience: Patience) -> Result<Response, Fault> {
        let mut pause = FIRST_PAUSE;
        loop {
            let held = self.held.lock().until(&call.route(), Instant::now());
            if let Some(until) = held {
                sleep_until(until.min(patience.0)).await;
            }
            // A single attempt must not outlast the patience either: an acknowledgement has 3 seconds.
            let attempt = match timeout_at(patience.0, self.attempt(&call)).await {
                Ok(attempt) => attempt,
                Err(_) => Attempt::Again { after: None, reason: "no answer in time".to_owned() },
            };
            let (after, reason) = match attempt {
                Attempt::Done(response) => return Ok(response),
                Attempt::Final(fault) => return Err(fault),
                Attempt::Again { after, reason } => (after, reason),
            };
            let wait = after.unwrap_or_else(|| pause.mul_f64(rand::random_range(0.5..1.5)));
            if !patience.allows(wait) {
                return Err(Fault::Away { call: call.shown, reason });
            }
            debug!("{} will be tried again in {wait:?}: {reason}", call.shown);
            sleep(wait).await;
            if after.is_none() {
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    async fn attempt(&self, call: &Call) -> Attempt {
        let response = match self.request(call).send().await {
            Ok(response) => response,
            Err(error) => {
                return Attempt::Again { after: None, reason: words(&error) };
            }
        };
        let status = response.status();
        let number = |name: &str| response.headers().get(name)?.to_str().ok()?.parse::<f64>().ok();
        let now = Instant::now();
        if let (Some(0.0), Some(seconds)) = (number(REMAINING), number(RESET_AFTER)) {
            self.held.lock().hold(call.route(), now + wait(seconds), now);
        }
        if status.is_success() {
            return Attempt::Done(response);
        }
        if status.is_server_error() {
            return Attempt::Again { after: None, reason: format!("HTTP {}", status.as_u16()) };
        }
        let header = number(RETRY_AFTER.as_str());
        let refusal: Refusal = response.json().await.unwrap_or_default();
        if status == StatusCode::TOO_MANY_REQUESTS && refusal.code != EDITED_TOO_OFTEN {
            let seconds = if refusal.retry_after > 0.0 { refusal.retry_after } else { header.unwrap_or(1.0) };
            let after = wait(seconds);
            warn!("Discord's rate limit for {}: {after:?}", call.shown);
            if refusal.global {
                self.held.lock().all = Some(now + after);
            } else {
                self.held.lock().hold(call.route(), now + after, now);
            }
            return Attempt::Again { after: Some(after), reason: "rate limited".to_owned() };
        }
        Attempt::Final(Fault::Refused {
            call: call.shown.clone(),
            status: status.as_u16(),
            code: refusal.code,
            message: refusal.message,
        })
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let url = format!("{}/api/v10{}", self.base, call.path);
        let mut request = self.client.request(call.method.clone(), url).header(USER_AGENT, AGENT);
        if call.authorized {
            let header = format!("Bot {}", self.token.expose_secret());
            if let Ok(mut header) = HeaderValue::from_str(&header) {
                header.set_sensitive(true);
                request = request.header(AUTHORIZATION, header);
            }
        }
        match &call.body {
            Body::Nothing => request,
            Body::Json(json) => request.json(json),
            Body::Message(Payload { json, file: None }) => request.json(json),
            Body::Message(Payload { json, file: Some(file) }) => request.multipart(form(json, file)),
        }
    }
}

/// A message with a file (<https://discord.com/developers/docs/reference#uploading-files>).
fn form(json: &Value, file: &File) -> Form {
    let part = Part::bytes(file.bytes.clone()).file_name(file.name.clone());
    // The type is a constant that parses.
    let part = part.mime_str(file.media_type).unwrap_or_else(|_| Part::bytes(file.bytes.clone()));
    Form::new().text("payload_json", json.to_string()).part("files[0]", part)
}

/// An error with its causes, without the address, in which there may be an interaction's token.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    if std::ptr::eq(std::ptr::from_ref(cause).cast::<()>(), std::ptr::from_ref(error).cast::<()>()) {
        return "the connection failed".to_owned();
    }
    cause.to_string()
}

/// As long as Discord says, within reason.
fn wait(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.05, 3_600.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: u32) -> Fault {
        let (call, message) = ("PATCH /channels/1/messages/2".to_owned(), String::new());
        Fault::Refused { call, status, code, message }
    }

    #[test]
    fn only_what_is_known_to_be_final_is_final() {
        for (status, code, cause) in [
            (400, 50_035, Cause::Content),
            (404, 10_008, Cause::Gone),
            (404, 10_003, Cause::Gone),
            (403, 50_005, Cause::Gone),
            (429, 30_046, Cause::Worn),
            // By Cloudflare, by a proxy, by a Discord that learnt something new.
            (403, 40_333, Cause::Passing),
            (404, 0, Cause::Passing),
            (401, 0, Cause::Passing),
            (400, 0, Cause::Passing),
            (418, 99_999, Cause::Passing),
        ] {
            assert_eq!(refused(status, code).cause(true), cause, "{status}, code {code}");
        }
    }

    #[test]
    fn being_kept_out_passes_in_the_bots_own_channel_alone() {
        for code in CLOSED_TO_US {
            let kept_out = refused(403, code);
            assert_eq!(
                (kept_out.cause(true), kept_out.cause(false)),
                (Cause::Passing, Cause::Gone),
                "{code}"
            );
        }
    }
}
