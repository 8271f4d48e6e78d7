//! Acknowledging, deferring, following up, and tokens that die.

use std::time::Duration;

use chrono::TimeDelta;
use doorman_sandbox::discord::AckKind;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::bot::{World, callback_path, refused, refused_form, text, typed};

#[tokio::test]
async fn an_answer_is_shown_under_what_was_typed() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/nat open 30m reason:apt upgrade").await;
    assert_eq!(
        interaction["data"]["options"],
        json!([{ "name": "open", "type": 1, "options": [
            { "name": "duration", "type": 3, "value": "30m" },
            { "name": "reason", "type": 3, "value": "apt upgrade" },
        ] }])
    );
    assert_eq!(interaction["member"]["roles"].as_array().expect("roles").len(), 2);
    assert_eq!((&interaction["locale"], &interaction["context"]), (&json!("ko"), &json!(0)));
    assert_eq!(interaction["attachment_size_limit"], 10 * 1024 * 1024);
    let body = json!({ "type": 4, "data": { "content": "opened" } });
    let path = format!("{}?with_response=true", callback_path(&interaction));
    let (status, answer) = bot.post(&path, body).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["resource"]["message"]["content"], "opened");
    assert_eq!(answer["resource"]["message"]["type"], 20);
    assert_eq!(answer["resource"]["message"]["interaction_metadata"]["name"], "nat open");

    let acknowledged = world.discord.acknowledged(&sent.interaction_id).await.expect("in time");
    assert_eq!(acknowledged.kind, AckKind::Message);
    let message = world.discord.reply(&sent.interaction_id).expect("a message");
    let invoked = message.invoked_by.expect("it says by what");
    assert_eq!(
        (invoked.person.as_str(), invoked.line.as_str()),
        ("operator", "/nat open 30m reason:apt upgrade")
    );
    assert!(message.is_bot && !message.thinking && !message.failed && message.private_to.is_none());
    world.finish(&[]);
}

#[tokio::test]
async fn a_second_acknowledgement_is_refused() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (_, interaction) = typed(&world, &mut bot, "/hello").await;
    assert_eq!(bot.respond(&interaction, json!({ "type": 5 })).await.0, StatusCode::NO_CONTENT);
    refused(&bot.respond(&interaction, json!({ "type": 4, "data": { "content": "x" } })).await, 400, 40060);
    let mut forged = interaction.clone();
    forged["token"] = json!("forged");
    refused(&bot.respond(&forged, json!({ "type": 5 })).await, 404, 10062);
    world.finish(&["40060", "10062"]);
}

#[tokio::test]
async fn what_is_not_acknowledged_in_time_has_failed() {
    let world = World::with_deadline(Duration::from_millis(80)).await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    let refusal = world.discord.acknowledged(&sent.interaction_id).await.expect_err("too late");
    assert_eq!(refusal.to_string(), "The application did not respond");
    let shown = world.discord.channel().messages;
    assert!(shown[0].failed && shown[0].private_to.as_deref() == Some("operator"), "{shown:?}");
    refused(&bot.respond(&interaction, json!({ "type": 5 })).await, 404, 10062);
    refused(&bot.patch(&bot.original(&interaction), json!({ "content": "x" })).await, 404, 10015);
    world.finish(&["not acknowledged within 80 ms", "10062", "10015"]);
}

#[tokio::test]
async fn nobody_is_blamed_when_the_bot_was_not_there() {
    let world = World::with_deadline(Duration::from_millis(50)).await;
    let bot = world.bot().await;
    drop(bot);
    let mut changes = world.discord.changes();
    while world.discord.channel().bot_online {
        changes.changed().await.expect("it runs");
    }
    let sent = world.discord.slash("viewer", "/hello").await.expect("the client sends it all the same");
    assert!(world.discord.acknowledged(&sent.interaction_id).await.is_err());
    world.finish(&[]);
}

#[tokio::test]
async fn a_deferred_reply_thinks_until_it_is_edited() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    let original = bot.original(&interaction);
    refused(&bot.patch(&original, json!({ "content": "too early" })).await, 404, 10015);
    bot.respond(&interaction, json!({ "type": 5 })).await;
    let message = world.discord.reply(&sent.interaction_id).expect("shown");
    assert!(message.thinking && message.private_to.is_none());
    assert_eq!(bot.get(&original).await.1["flags"], 128);
    refused(&bot.patch(&original, json!({ "content": "" })).await, 400, 50006);

    let (status, edited) = bot.patch(&original, json!({ "content": "1 of 2" })).await;
    assert_eq!((status, &edited["flags"]), (StatusCode::OK, &json!(0)));
    // A visible answer is a message of the bot's like any other.
    let path = format!("{}/{}", world.channel_path(), text(&edited["id"]));
    assert_eq!(bot.patch(&path, json!({ "content": "2 of 2" })).await.0, StatusCode::OK);
    let message = world.discord.reply(&sent.interaction_id).expect("shown");
    assert_eq!((message.content.as_str(), message.thinking), ("2 of 2", false));
    assert!(message.edited_at.is_some());
    world.finish(&["10015", "50006"]);
}

#[tokio::test]
async fn the_first_follow_up_completes_a_deferred_reply_and_inherits_who_sees_it() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    bot.respond(&interaction, json!({ "type": 5, "data": { "flags": 64 } })).await;
    let deferred = world.discord.reply(&sent.interaction_id).expect("shown");
    assert_eq!((deferred.thinking, deferred.private_to.as_deref()), (true, Some("operator")));

    let webhook = bot.webhook(&interaction);
    let (_, first) = bot.post(&webhook, json!({ "content": "secret" })).await;
    assert_eq!((text(&first["id"]), &first["flags"]), (deferred.id.as_str(), &json!(64)));
    let (_, second) = bot.post(&webhook, json!({ "content": "for all" })).await;
    assert_ne!(second["id"], first["id"]);
    assert_eq!(second["message_reference"]["message_id"], first["id"]);
    let views = world.discord.channel().messages;
    let seen: Vec<_> =
        views.iter().map(|m| (m.content.as_str(), m.private_to.as_deref(), m.thinking)).collect();
    assert_eq!(seen, [("secret", Some("operator"), false), ("for all", None, false)]);

    // A private message is reached through its token only.
    let by_channel = format!("{}/{}", world.channel_path(), text(&first["id"]));
    refused(&bot.get(&by_channel).await, 404, 10008);
    refused(&bot.patch(&by_channel, json!({ "content": "x" })).await, 404, 10008);
    refused(&bot.delete(&by_channel).await, 404, 10008);
    let by_token = format!("{webhook}/messages/{}", text(&second["id"]));
    assert_eq!(bot.patch(&by_token, json!({ "content": "edited" })).await.1["content"], "edited");
    assert_eq!(bot.delete(&by_token).await.0, StatusCode::NO_CONTENT);
    assert_eq!(bot.delete(&bot.original(&interaction)).await.0, StatusCode::NO_CONTENT);
    assert!(world.discord.channel().messages.is_empty());
    world.finish(&["10008", "10008", "10008"]);
}

#[tokio::test]
async fn a_token_lives_for_fifteen_minutes() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (_, left) = typed(&world, &mut bot, "/hello").await;
    bot.respond(&left, json!({ "type": 5 })).await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    bot.respond(&interaction, json!({ "type": 4, "data": { "content": "working" } })).await;
    world.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    let original = bot.original(&interaction);
    assert_eq!(bot.patch(&original, json!({ "content": "still" })).await.0, StatusCode::OK);
    world.finish(&[]);
    world.advance(TimeDelta::seconds(1));
    refused(&bot.patch(&original, json!({ "content": "x" })).await, 401, 50027);
    refused(&bot.post(&bot.webhook(&interaction), json!({ "content": "x" })).await, 401, 50027);
    // The channel still takes the edit.
    let id = world.discord.reply(&sent.interaction_id).expect("shown").id;
    let edited = bot.patch(&format!("{}/{id}", world.channel_path()), json!({ "content": "done" })).await;
    assert_eq!(edited.0, StatusCode::OK);
    // What was left thinking has failed.
    let abandoned = world.discord.reply(left["id"].as_str().expect("an id")).expect("shown");
    assert_eq!((abandoned.thinking, abandoned.failed), (false, true));
    world.finish(&["50027", "50027", "still thinking when its token expired"]);
}

#[tokio::test]
async fn each_kind_of_interaction_has_its_answers() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (_, command) = typed(&world, &mut bot, "/hello").await;
    for kind in [0, 1, 6, 7, 8, 12] {
        let answer = bot.respond(&command, json!({ "type": kind, "data": { "content": "x" } })).await;
        refused(&answer, 400, 50035);
    }
    let long = json!({ "type": 4, "data": { "content": "x".repeat(2001) } });
    refused_form(&bot.respond(&command, long).await, "data.content", "BASE_TYPE_MAX_LENGTH");
    refused(&bot.respond(&command, json!({ "type": 4, "data": {} })).await, 400, 50006);
    // A refused answer is no acknowledgement.
    let row =
        json!({ "type": 1, "components": [{ "type": 2, "style": 1, "custom_id": "go", "label": "Go" }] });
    let answer = json!({ "type": 4, "data": { "content": "ready", "components": [row] } });
    assert_eq!(bot.respond(&command, answer).await.0, StatusCode::NO_CONTENT);
    let id = world.discord.channel().messages[0].id.clone();

    world.discord.press("viewer", &id, "go").await.expect("pressed");
    let press = bot.interaction().await;
    assert_eq!((&press["type"], &press["data"]["component_type"]), (&json!(3), &json!(2)));
    assert_eq!(press["message"]["id"], *id);
    assert_eq!(press["member"]["user"]["username"], "viewer");
    let update = json!({ "type": 7, "data": { "content": "gone", "components": [] } });
    assert_eq!(bot.respond(&press, update).await.0, StatusCode::NO_CONTENT);
    assert_eq!(bot.get(&bot.original(&press)).await.1["id"], *id, "@original is the message pressed on");
    let message = world.discord.message(&id).expect("shown");
    assert_eq!((message.content.as_str(), message.components.len()), ("gone", 0));

    world.discord.press_raw("viewer", &id, "go").await.expect("a stale press");
    let press = bot.interaction().await;
    assert_eq!(bot.respond(&press, json!({ "type": 6 })).await.0, StatusCode::NO_CONTENT);
    assert_eq!(bot.patch(&bot.original(&press), json!({ "content": "later" })).await.0, StatusCode::OK);
    let (_, follow_up) = bot.post(&bot.webhook(&press), json!({ "content": "only you", "flags": 64 })).await;
    assert_eq!(world.discord.message(&id).expect("shown").content, "later");
    let private = world.discord.message(text(&follow_up["id"])).expect("shown");
    assert_eq!(private.private_to.as_deref(), Some("viewer"));
    world.finish(&["50035", "50035", "50035", "50035", "50035", "50035", "50035", "50006"]);
}

#[tokio::test]
async fn a_form_can_be_asked_for_and_filled_in() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    let input = json!({ "type": 4, "custom_id": "why", "label": "Why", "style": 1, "min_length": 3 });
    let rows = json!([{ "type": 1, "components": [input] }]);
    let untitled = json!({ "type": 9, "data": { "custom_id": "form", "components": rows } });
    refused_form(&bot.respond(&interaction, untitled).await, "data.title", "BASE_TYPE_REQUIRED");
    let form = json!({ "type": 9, "data": { "custom_id": "form", "title": "Form", "components": rows } });
    assert_eq!(bot.respond(&interaction, form).await.0, StatusCode::NO_CONTENT);
    assert!(world.discord.submit(&sent.interaction_id, &[]).await.is_err(), "a required field is empty");
    assert!(world.discord.submit(&sent.interaction_id, &[("why", "no")]).await.is_err(), "too short");
    world.discord.submit(&sent.interaction_id, &[("why", "because")]).await.expect("sent");
    let filled = bot.interaction().await;
    assert_eq!((&filled["type"], &filled["data"]["custom_id"]), (&json!(5), &json!("form")));
    assert_eq!(filled["data"]["components"][0]["components"][0]["value"], "because");
    let answer = json!({ "type": 4, "data": { "content": "thanks", "flags": 64 } });
    assert_eq!(bot.respond(&filled, answer).await.0, StatusCode::NO_CONTENT);
    world.finish(&["50035"]);
}

#[tokio::test]
async fn an_answer_can_carry_files() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    let embeds = json!([{ "title": "Cost", "image": { "url": "attachment://chart.png" } }]);
    let attachments = json!([{ "id": 0, "filename": "chart.png", "description": "a chart" }]);
    let body = json!({ "type": 4, "data": { "embeds": embeds, "attachments": attachments } });
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x80\x08\x06\0\0\0".to_vec();
    let path = callback_path(&interaction);
    let files = [("upload.png", "image/png", png.clone())];
    assert_eq!(bot.upload(Method::POST, &path, body, &files).await.0, StatusCode::NO_CONTENT);
    let view = world.discord.reply(&sent.interaction_id).expect("shown");
    assert_eq!(view.attachments[0].filename, "chart.png");
    assert_eq!(view.embeds[0]["image"]["url"], "attachment://chart.png");
    let file = world.discord.attachment(&view.attachments[0].id).expect("kept");
    assert_eq!((file.content_type.as_str(), &file.bytes[..]), ("image/png", &png[..]));
    let original = bot.get(&bot.original(&interaction)).await.1;
    assert_eq!(
        (&original["attachments"][0]["width"], &original["attachments"][0]["height"]),
        (&json!(256), &json!(128))
    );
    let url = text(&original["embeds"][0]["image"]["url"]);
    let served = reqwest::get(url).await.expect("an answer").bytes().await.expect("bytes");
    assert_eq!(&served[..], &png[..]);
    world.finish(&[]);
}
