//! A bot without a library, and the world it lives in.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use doorman_sandbox::discord::{Discord, DiscordOptions, GuildFacts, Sent};
use futures::{SinkExt, StreamExt};
use parking_lot::Mutex;
use reqwest::{Method, StatusCode, multipart};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, protocol::CloseFrame},
};

/// GUILDS.
pub(crate) const INTENTS: u64 = 1;

/// Long enough for any answer on loopback; reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct World {
    pub(crate) discord: Discord,
    pub(crate) clock: Arc<Mutex<DateTime<Utc>>>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with_deadline(Duration::from_secs(3)).await
    }

    pub(crate) async fn with_deadline(ack_deadline: Duration) -> Self {
        let start = "2026-03-02T09:00:00Z".parse().expect("a time");
        let clock = Arc::new(Mutex::new(start));
        let now = {
            let clock = Arc::clone(&clock);
            Arc::new(move || *clock.lock())
        };
        let listen = "127.0.0.1:0".parse().expect("an address");
        let options = DiscordOptions { listen, now, ack_deadline, guild: GuildFacts::default() };
        Self { discord: Discord::start(options).await.expect("a free port"), clock }
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.clock.lock() += by;
    }

    /// A connected bot with a few commands.
    pub(crate) async fn bot(&self) -> Bot {
        let bot = Bot::connect(&self.discord, INTENTS).await;
        let (status, body) =
            bot.put_commands(json!([nat(), { "name": "hello", "description": "Hello" }])).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        self.discord.bot_online().await;
        bot
    }

    pub(crate) fn channel_path(&self) -> String {
        format!("/channels/{}/messages", self.discord.facts().channel_id)
    }

    /// Everything that went wrong was meant to.
    pub(crate) fn finish(&self, expected: &[&str]) {
        let violations = self.discord.violations();
        let fits = violations.len() == expected.len()
            && violations.iter().zip(expected).all(|(violation, part)| violation.contains(part));
        assert!(fits, "expected {expected:#?}, found {violations:#?}");
    }
}

/// `/nat open [duration] [reason]`, `/nat extend <duration> [times]`.
pub(crate) fn nat() -> Value {
    json!({
        "name": "nat",
        "name_localizations": { "ko": "인터넷" },
        "description": "Internet access",
        "options": [
            {
                "type": 1, "name": "open", "name_localizations": { "ko": "열기" }, "description": "Open",
                "options": [
                    { "type": 3, "name": "duration", "name_localizations": { "ko": "시간" },
                      "description": "How long", "autocomplete": true },
                    { "type": 3, "name": "reason", "description": "Why" },
                ],
            },
            {
                "type": 1, "name": "extend", "description": "Extend",
                "options": [
                    { "type": 3, "name": "by", "description": "By how much", "required": true,
                      "choices": [
                          { "name": "half an hour", "name_localizations": { "ko": "30분" }, "value": "30m" },
                          { "name": "one hour", "value": "1h" },
                      ] },
                    { "type": 4, "name": "times", "description": "Times", "min_value": 1, "max_value": 3 },
                    { "type": 5, "name": "quiet", "description": "Quietly" },
                    { "type": 10, "name": "budget", "description": "Dollars" },
                ],
            },
        ],
    })
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Bot {
    pub(crate) api: String,
    token: String,
    application: u64,
    guild: u64,
    http: reqwest::Client,
    pub(crate) socket: Socket,
    pub(crate) session: String,
    pub(crate) seq: u64,
}

pub(crate) async fn open(discord: &Discord) -> Socket {
    let address = format!("{}/gateway?v=10&encoding=json", discord.url().replace("http", "ws"));
    connect_async(address).await.expect("the gateway answers").0
}

/// The next payload, or the close frame that came instead.
pub(crate) async fn next(socket: &mut Socket) -> Result<Value, Option<CloseFrame<'static>>> {
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await.expect("something comes in time") {
            Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
            Some(Ok(Message::Close(frame))) => return Err(frame),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Err(None),
        }
    }
}

pub(crate) async fn send(socket: &mut Socket, payload: Value) {
    socket.send(Message::Text(payload.to_string())).await.expect("the socket is open");
}

pub(crate) fn identify(token: &str, intents: u64) -> Value {
    let properties = json!({ "os": "linux", "browser": "test", "device": "test" });
    json!({ "op": 2, "d": { "token": token, "intents": intents, "properties": properties, "compress": true } })
}

impl Bot {
    pub(crate) async fn connect(discord: &Discord, intents: u64) -> Self {
        let facts = discord.facts();
        let mut socket = open(discord).await;
        assert_eq!(next(&mut socket).await.expect("hello")["op"], 10);
        send(&mut socket, identify(&facts.token, intents)).await;
        let ready = next(&mut socket).await.expect("READY");
        assert_eq!(ready["t"], "READY");
        Self {
            api: format!("{}/api/v10", discord.url()),
            token: facts.token.clone(),
            application: facts.application_id,
            guild: facts.guild_id,
            http: reqwest::Client::new(),
            socket,
            session: ready["d"]["session_id"].as_str().expect("a session").to_owned(),
            seq: ready["s"].as_u64().expect("a number"),
        }
    }

    /// The data of the next event of this name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let payload = next(&mut self.socket).await.expect("an event");
            if let Some(seq) = payload["s"].as_u64() {
                self.seq = seq;
            }
            if payload["t"] == name {
                return payload["d"].clone();
            }
        }
    }

    pub(crate) async fn interaction(&mut self) -> Value {
        self.event("INTERACTION_CREATE").await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = self.http.request(method, format!("{}{path}", self.api));
        let request = request.header("Authorization", format!("Bot {}", self.token));
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::DELETE, path, None).await
    }

    /// Sends JSON and files as `multipart/form-data`.
    pub(crate) async fn upload(
        &self,
        method: Method,
        path: &str,
        json: Value,
        files: &[(&str, &str, Vec<u8>)],
    ) -> (StatusCode, Value) {
        let mut form = multipart::Form::new().text("payload_json", json.to_string());
        for (index, (name, kind, bytes)) in files.iter().enumerate() {
            let part = multipart::Part::bytes(bytes.clone()).file_name((*name).to_owned());
            form = form.part(format!("files[{index}]"), part.mime_str(kind).expect("a MIME type"));
        }
        let request = self.http.request(method, format!("{}{path}", self.api));
        answer(request.header("Authorization", format!("Bot {}", self.token)).multipart(form)).await
    }

    pub(crate) fn commands_path(&self) -> String {
        format!("/applications/{}/guilds/{}/commands", self.application, self.guild)
    }

    pub(crate) async fn put_commands(&self, commands: Value) -> (StatusCode, Value) {
        self.call(Method::PUT, &self.commands_path(), Some(commands)).await
    }

    pub(crate) async fn respond(&self, interaction: &Value, body: Value) -> (StatusCode, Value) {
        self.post(&callback_path(interaction), body).await
    }

    /// Where follow-ups go; with `/messages/@original` behind it, the first answer.
    pub(crate) fn webhook(&self, interaction: &Value) -> String {
        format!("/webhooks/{}/{}", self.application, text(&interaction["token"]))
    }

    pub(crate) fn original(&self, interaction: &Value) -> String {
        format!("{}/messages/@original", self.webhook(interaction))
    }
}

pub(crate) fn callback_path(interaction: &Value) -> String {
    format!("/interactions/{}/{}/callback", text(&interaction["id"]), text(&interaction["token"]))
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a string"))
}

async fn answer(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let body = response.text().await.expect("a body");
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// Types a line as the operator and returns what was sent with what the bot received.
pub(crate) async fn typed(world: &World, bot: &mut Bot, line: &str) -> (Sent, Value) {
    let sent =
        world.discord.slash("operator", line).await.unwrap_or_else(|refused| panic!("{line}: {refused}"));
    let interaction = bot.interaction().await;
    assert_eq!(interaction["id"], *sent.interaction_id);
    (sent, interaction)
}

#[track_caller]
pub(crate) fn refused(answer: &(StatusCode, Value), status: u16, code: u64) {
    assert_eq!((answer.0.as_u16(), answer.1["code"].as_u64()), (status, Some(code)), "{}", answer.1);
}

/// An answer 50035 with this code at this path of the form.
#[track_caller]
pub(crate) fn refused_form(answer: &(StatusCode, Value), path: &str, code: &str) {
    refused(answer, 400, 50035);
    let node =
        path.split('.').filter(|part| !part.is_empty()).fold(&answer.1["errors"], |node, part| &node[part]);
    let codes: Vec<_> =
        node["_errors"].as_array().into_iter().flatten().map(|error| &error["code"]).collect();
    assert!(codes.iter().any(|found| *found == code), "no {code} at {path}: {}", answer.1);
}
