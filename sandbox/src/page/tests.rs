//! The page's server against the real sandbox, over HTTP as a browser uses it.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use parking_lot::Mutex;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Bot, Controls, MAX_SPEED, serve};
use crate::{
    aws::{Aws, AwsOptions},
    discord::{Discord, DiscordOptions, GuildFacts},
};

/// Long enough for a slow machine, short enough to fail.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bot that only remembers what was done to it.
#[derive(Default)]
struct Dummy {
    killed: Mutex<bool>,
    language: Mutex<String>,
}

impl Bot for Dummy {
    fn is_running(&self) -> bool {
        !*self.killed.lock()
    }

    fn start(&self) {
        *self.killed.lock() = false;
    }

    fn kill(&self) {
        *self.killed.lock() = true;
    }

    fn speaks(&self, locale: &str) {
        locale.clone_into(&mut self.language.lock());
    }
}

/// Everything running, with a clock that stands still until it is moved.
struct Demo {
    url: String,
    discord: Discord,
    aws: Aws,
    bot: Arc<Dummy>,
    client: Client,
    time: Arc<Mutex<DateTime<Utc>>>,
}

impl Demo {
    async fn start() -> Self {
        let time = Arc::new(Mutex::new(DateTime::UNIX_EPOCH + TimeDelta::days(20_000)));
        let reading = time.clone();
        let now: crate::Now = Arc::new(move || *reading.lock());
        let discord = Discord::start(DiscordOptions {
            listen: ([127, 0, 0, 1], 0).into(),
            now: now.clone(),
            ack_deadline: Duration::from_millis(50),
            guild: GuildFacts::default(),
        });
        let discord = discord.await.expect("a free port");
        let aws = Aws::start(AwsOptions::new(now.clone())).await.expect("a free port");
        let speed = Arc::new(Mutex::new(1.0));
        let (get, set) = (speed.clone(), speed);
        let bot = Arc::new(Dummy::default());
        let controls = Controls {
            now,
            speed: Arc::new(move || *get.lock()),
            set_speed: Arc::new(move |new| *set.lock() = new),
            time_zone: "Asia/Seoul",
            bot: bot.clone(),
        };
        let listen = ([127, 0, 0, 1], 0).into();
        let (address, server) =
            serve(listen, discord.clone(), aws.clone(), controls).await.expect("a free port");
        tokio::spawn(server);
        Self { url: format!("http://{address}"), discord, aws, bot, client: Client::new(), time }
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer =
            self.client.post(format!("{}{path}", self.url)).json(&body).send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") })
    }

    async fn state(&self) -> Value {
        self.client
            .get(format!("{}/api/state", self.url))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON")
    }

    /// The first state of `/api/events` that fits, pushed without being asked for.
    async fn pushed(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let answer = self.client.get(format!("{}/api/events", self.url)).send().await.expect("an answer");
        let mut body = answer.bytes_stream();
        let mut text = String::new();
        let found = timeout(PATIENCE, async {
            while let Some(chunk) = body.next().await {
                text.push_str(std::str::from_utf8(&chunk.expect("an open stream")).expect("ASCII here"));
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
                    let state: Value = serde_json::from_str(data).expect("JSON");
                    text = rest.to_owned();
                    if fits(&state) {
                        return state;
                    }
                }
            }
            panic!("the stream ended before {what}")
        });
        found.await.unwrap_or_else(|_| panic!("no state with {what}"))
    }

    /// The bot's half: an authorised request to Discord's REST API.
    async fn as_bot(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}/api/v10{path}", self.discord.url()));
        let token = format!("Bot {}", self.discord.facts().token);
        let answer = request.header("authorization", token).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.expect("a body"));
        answer.json().await.expect("JSON")
    }

    async fn post_message(&self, body: Value) -> String {
        let message =
            self.as_bot(&format!("/channels/{}/messages", self.discord.facts().channel_id), body).await;
        message["id"].as_str().expect("an id").to_owned()
    }

    /// One EC2 call, as the SDK would sign it.
    async fn ask_ec2(&self, parameters: &str) -> reqwest::Result<reqwest::Response> {
        let request =
            self.client.post(self.aws.url()).header("content-type", "application/x-www-form-urlencoded");
        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/ap-northeast-2/ec2/aws4_request, \
                     SignedHeaders=host, Signature=00";
        let request = request.header("authorization", scope).header("x-amz-date", "20260101T000000Z");
        request.body(format!("{parameters}&Version=2016-11-15")).send().await
    }

    /// The same, which goes well.
    async fn ec2(&self, parameters: &str) {
        let answer = self.ask_ec2(parameters).await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.expect("a body"));
    }
}

#[tokio::test]
async fn the_state_has_the_people_the_network_and_the_clock() {
    let demo = Demo::start().await;
    let state = demo.state().await;
    let people: Vec<_> =
        state["channel"]["people"].as_array().expect("people").iter().map(|one| &one["key"]).collect();
    assert_eq!(people, ["operator", "viewer", "outsider"]);
    assert_eq!(state["now"], json!(*demo.time.lock()));
    assert_eq!(state["speed"], 1.0);
    assert_eq!(state["usd_per_hour"], 0.0);
    assert_eq!(state["events"], json!([]));
    let inventory = state["inventory"].as_array().expect("an inventory");
    assert!(inventory.iter().any(|item| item["kind"] == "vpc" && item["name"] == "My-VPC"));
    assert!(inventory.iter().all(|item| item["from_start"] == true));
}

#[tokio::test]
async fn a_message_of_the_bot_is_pushed_and_a_press_nobody_answers_fails_in_the_channel() {
    let demo = Demo::start().await;
    let button = json!({ "type": 2, "style": 1, "label": "Close now", "custom_id": "close" });
    let id = demo
        .post_message(json!({ "content": "hi", "components": [{ "type": 1, "components": [button] }] }))
        .await;
    let messages = |state: &Value| state["channel"]["messages"].as_array().cloned().unwrap_or_default();
    demo.pushed("the message", |state| messages(state).iter().any(|message| message["id"] == *id)).await;

    let press = |custom_id: &str| json!({ "person": "operator", "message_id": id, "custom_id": custom_id });
    let (status, answer) = demo.post("/api/press", press("close")).await;
    assert_eq!((status, &answer["form"]), (StatusCode::OK, &Value::Null));
    let failed = |state: &Value| messages(state).iter().any(|message| message["failed"] == true);
    demo.pushed("the failure", failed).await;

    let (status, answer) = demo.post("/api/press", press("open")).await;
    assert_eq!((status, &answer["refused"]["reason"]), (StatusCode::OK, &json!("no-component")));
    assert!(answer["error"].as_str().is_some_and(|sentence| sentence.contains("open")), "{answer}");
}

#[tokio::test]
async fn what_discord_refuses_is_one_sentence() {
    let demo = Demo::start().await;
    let line = |line: &str| json!({ "person": "operator", "line": line });
    for path in ["/api/slash", "/api/complete"] {
        let (status, answer) = demo.post(path, line("/nothing")).await;
        // Browsers report any other status to their console, as if the page were broken.
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(answer["refused"], json!({ "reason": "no-command", "name": "nothing" }));
        assert!(answer["error"].as_str().is_some_and(|sentence| sentence.contains("nothing")), "{answer}");
    }
    let (status, answer) = demo.post("/api/slash", json!({ "person": "operator" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer["error"].as_str().is_some_and(|sentence| sentence.contains("line")), "{answer}");
    let (status, _) =
        demo.post("/api/slash", json!({ "person": "operator", "line": "x".repeat(20_000) })).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_persons_language_and_the_speed_can_be_changed_within_bounds() {
    let demo = Demo::start().await;
    let (status, _) = demo.post("/api/person-locale", json!({ "person": "viewer", "locale": "ja" })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = demo.post("/api/speed", json!({ "speed": MAX_SPEED })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let changed = |state: &Value| {
        state["speed"] == MAX_SPEED
            && state["channel"]["people"][1]["locale"] == "ja"
            && state["revision"] != 1
    };
    demo.pushed("the language and the speed", changed).await;
    assert_eq!(*demo.bot.language.lock(), "ja", "what nobody asked for follows");
    for speed in [0.0, 0.5, -1.0, MAX_SPEED + 1.0] {
        let (status, _) = demo.post("/api/speed", json!({ "speed": speed })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{speed}");
    }
    for (person, locale) in
        [("nobody", "ko"), ("viewer", ""), ("viewer", "k"), ("viewer", "한국어"), ("viewer", "en US")]
    {
        let (status, answer) =
            demo.post("/api/person-locale", json!({ "person": person, "locale": locale })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{person} {locale}: {answer}");
    }
    assert_eq!(demo.state().await["speed"], MAX_SPEED);
}

#[tokio::test]
async fn an_address_appears_bills_and_is_told() {
    let demo = Demo::start().await;
    demo.ec2("Action=AllocateAddress&Domain=vpc").await;
    let rate = |state: &Value| state["usd_per_hour"].as_f64().unwrap_or_default();
    let state = demo.pushed("a rate", |state| rate(state) > 0.0).await;
    assert_eq!(state["steady_usd"], 0.0);
    assert_eq!(state["events"][0]["kind"], "elastic-ip");
    assert_eq!(state["events"][0]["was"], Value::Null);
    let is_new = |item: &Value| item["kind"] == "elastic-ip" && item["from_start"] == false;
    assert!(state["inventory"].as_array().expect("an inventory").iter().any(is_new));

    // Nothing but time passes: it is the heartbeat that brings the money.
    *demo.time.lock() += TimeDelta::hours(2);
    let later = demo.pushed("two hours of it", |state| state["steady_usd"] != 0.0).await;
    assert_eq!(later["steady_usd"].as_f64(), Some(2.0 * rate(&state)));
    assert_eq!(later["revision"], state["revision"]);
}

#[tokio::test]
async fn a_gateway_can_be_deleted_by_hand_and_aws_be_away_and_the_bot_killed() {
    let demo = Demo::start().await;
    let make = async |what: &str| {
        let (status, answer) = demo.post("/api/trouble", json!({ "what": what })).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{what}: {answer}");
    };
    make("delete-gateway").await;

    make("aws-away").await;
    let until = *demo.time.lock() + TimeDelta::minutes(5);
    let away = |state: &Value| state["trouble"]["aws_away_until"] == json!(until);
    demo.pushed("AWS away", away).await;
    let calls = async || demo.ask_ec2("Action=DescribeVpcs").await;
    assert!(calls().await.is_err(), "nobody is answered");
    *demo.time.lock() += TimeDelta::minutes(5);
    demo.pushed("AWS back by itself", |state| state["trouble"]["aws_away_until"].is_null()).await;
    assert!(calls().await.is_ok(), "it answers again");
    make("aws-away").await;
    make("aws-back").await;
    assert!(calls().await.is_ok(), "it answers again");

    make("kill-bot").await;
    demo.pushed("the bot killed", |state| state["trouble"]["bot_killed"] == true).await;
    make("start-bot").await;
    demo.pushed("the bot alive", |state| state["trouble"]["bot_killed"] == false).await;

    let (status, _) = demo.post("/api/trouble", json!({ "what": "fire" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn pictures_are_shown_and_other_files_downloaded() {
    let demo = Demo::start().await;
    for (kind, served, shown) in
        [("image/png", "image/png", "inline"), ("text/html", "application/octet-stream", "attachment")]
    {
        let file = reqwest::multipart::Part::bytes(b"bytes".as_slice())
            .file_name("a.bin")
            .mime_str(kind)
            .expect("a type");
        let form =
            reqwest::multipart::Form::new().text("payload_json", r#"{"content":"x"}"#).part("files[0]", file);
        let channel = demo.discord.facts().channel_id;
        let request = demo.client.post(format!("{}/api/v10/channels/{channel}/messages", demo.discord.url()));
        let request =
            request.header("authorization", format!("Bot {}", demo.discord.facts().token)).multipart(form);
        let message: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        let id =
            message["attachments"][0]["id"].as_str().unwrap_or_else(|| panic!("an attachment in {message}"));
        let answer =
            demo.client.get(format!("{}/api/attachments/{id}", demo.url)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], served);
        assert_eq!(answer.headers()["content-disposition"], shown);
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(answer.bytes().await.expect("a body"), "bytes");
    }
    let missing = demo.client.get(format!("{}/api/attachments/1", demo.url)).send().await.expect("an answer");
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}
