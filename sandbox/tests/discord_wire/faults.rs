//! What can be made to go wrong, and that it is not held against the bot.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::json;

use crate::bot::{World, refused, typed};

#[tokio::test]
async fn requests_fail_as_often_as_asked() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    let faults = world.discord.faults();
    faults.fail_next("POST", "/messages", 500, 2);
    assert_eq!(bot.get(&path).await.0, StatusCode::OK, "another method");
    for status in [500, 500, 200] {
        assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0.as_u16(), status);
    }
    assert_eq!(world.discord.channel().messages.len(), 1, "a refused request has no effect");
    faults.rate_limit_next("*", "/users/@me", Duration::from_millis(1500), 1);
    let limited = bot.get("/users/@me").await;
    assert_eq!((limited.0.as_u16(), &limited.1["retry_after"]), (429, &json!(1.5)));
    faults.fail_next("GET", "/users/@me", 429, 1);
    assert_eq!(faults.pending(), 1);
    assert_eq!(bot.get("/users/@me").await.1["retry_after"], 1.0);
    assert_eq!(faults.pending(), 0);
    world.finish(&[]);
}

#[tokio::test]
async fn an_answer_can_be_lost_after_its_effect() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    world.discord.faults().lose_answer("POST", "/messages", 1);
    let body = json!({ "content": "once", "nonce": "n", "enforce_nonce": true });
    assert_eq!(bot.post(&path, body.clone()).await.0, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(world.discord.channel().messages.len(), 1);
    assert_eq!(bot.post(&path, body).await.0, StatusCode::OK, "tried again");
    assert_eq!(world.discord.channel().messages.len(), 1, "and posted once");
    world.finish(&[]);
}

#[tokio::test]
async fn while_discord_is_away_nobody_is_to_blame() {
    let world = World::with_deadline(Duration::from_millis(800)).await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    world.discord.faults().away(true);
    assert_eq!(bot.respond(&interaction, json!({ "type": 5 })).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(world.discord.slash("operator", "/hello").await.is_err());
    let mut changes = world.discord.changes();
    while world.discord.channel().bot_online {
        changes.changed().await.expect("it runs");
    }
    assert!(world.discord.acknowledged(&sent.interaction_id).await.is_err());
    world.discord.faults().away(false);
    refused(&bot.respond(&interaction, json!({ "type": 5 })).await, 404, 10062);
    world.finish(&[]);
}

#[tokio::test]
async fn a_refused_acknowledgement_can_be_repeated() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    world.discord.faults().fail_next("POST", "/callback", 502, 1);
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    assert_eq!(bot.respond(&interaction, json!({ "type": 5 })).await.0.as_u16(), 502);
    assert_eq!(bot.respond(&interaction, json!({ "type": 5 })).await.0, StatusCode::NO_CONTENT);
    assert!(world.discord.acknowledged(&sent.interaction_id).await.is_ok());
    bot.patch(&bot.original(&interaction), json!({ "content": "done" })).await;
    world.finish(&[]);
}

#[tokio::test]
async fn permissions_can_be_withdrawn() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let path = world.channel_path();
    let (view, send, history) = (1 << 10, 1 << 11, 1 << 16);
    world.discord.faults().permissions(view | history);
    refused(&bot.post(&path, json!({ "content": "x" })).await, 403, 50013);
    world.discord.faults().permissions(view | send);
    assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0, StatusCode::OK);
    refused(&bot.post(&path, json!({ "embeds": [{ "title": "t" }] })).await, 403, 50013);
    assert_eq!(bot.get(&path).await.1, json!([]), "no history to read");
    world.discord.faults().permissions(0);
    refused(&bot.post(&path, json!({ "content": "x" })).await, 403, 50001);
    let (_, interaction) = typed(&world, &mut bot, "/hello").await;
    assert_eq!(interaction["app_permissions"], "0");
    let answer = bot.respond(&interaction, json!({ "type": 4, "data": { "content": "still" } })).await;
    assert_eq!(answer.0, StatusCode::NO_CONTENT, "answers need no permission");
    world.finish(&[]);
}

#[tokio::test]
async fn requests_can_be_slow() {
    let world = World::start().await;
    let bot = world.bot().await;
    world.discord.faults().latency(Duration::from_millis(120));
    let before = Instant::now();
    bot.get("/users/@me").await;
    assert!(before.elapsed() >= Duration::from_millis(120));
    world.finish(&[]);
}

#[tokio::test]
async fn an_image_without_its_file_is_noticed() {
    let world = World::start().await;
    let bot = world.bot().await;
    let embed = json!({ "title": "t", "image": { "url": "attachment://gone.png" } });
    assert_eq!(bot.post(&world.channel_path(), json!({ "embeds": [embed] })).await.0, StatusCode::OK);
    world.finish(&["attachment://gone.png"]);
}

#[tokio::test]
async fn rate_limits_hold_when_asked_for() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let path = world.channel_path();
    world.discord.faults().enforce_rate_limits(true);
    for _ in 0..5 {
        assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0, StatusCode::OK);
    }
    let (status, body) = bot.post(&path, json!({ "content": "x" })).await;
    let retry_after = body["retry_after"].as_f64().expect("seconds");
    assert!(status == StatusCode::TOO_MANY_REQUESTS && (0.0..=5.0).contains(&retry_after), "{body}");
    assert_eq!(bot.get(&path).await.0, StatusCode::OK, "another method is another bucket");
    // Each interaction has a bucket of its own, and acknowledging is not limited.
    let (_, interaction) = typed(&world, &mut bot, "/hello").await;
    assert_eq!(bot.respond(&interaction, json!({ "type": 5 })).await.0, StatusCode::NO_CONTENT);
    for n in 0..5 {
        let edited = bot.patch(&bot.original(&interaction), json!({ "content": n.to_string() })).await;
        assert_eq!(edited.0, StatusCode::OK);
    }
    let edited = bot.patch(&bot.original(&interaction), json!({ "content": "6" })).await;
    assert_eq!(edited.0, StatusCode::TOO_MANY_REQUESTS);
    world.discord.faults().enforce_rate_limits(false);
    assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0, StatusCode::OK);
    world.finish(&[]);
}

#[tokio::test]
async fn going_on_before_the_time_that_was_said_is_noticed() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    world.discord.faults().enforce_rate_limits(true);
    for _ in 0..5 {
        assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0, StatusCode::OK);
    }
    assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0, StatusCode::TOO_MANY_REQUESTS);
    *world.clock.lock() += TimeDelta::milliseconds(1_500);
    assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0, StatusCode::TOO_MANY_REQUESTS);
    world.finish(&["rate limited"]);
}

#[tokio::test]
async fn a_dropped_discord_answers_nobody() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    bot.event("GUILD_CREATE").await;
    let url = format!("{}/users/@me", bot.api);
    drop(world);
    assert!(crate::bot::next(&mut bot.socket).await.is_err());
    let answer = reqwest::get(url).await;
    assert!(answer.is_err_and(|error| error.is_connect()));
}
