//! Messages of the bot's own in the channel, and Discord's limits for them.

use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bot::{World, refused, refused_form, text, typed};

fn button(custom_id: &str) -> Value {
    json!({ "type": 2, "style": 2, "label": "B", "custom_id": custom_id })
}

fn rows(parts: Value) -> Value {
    json!({ "components": [{ "type": 1, "components": parts }] })
}

#[tokio::test]
async fn forms_are_checked_as_discord_does() {
    let world = World::start().await;
    let bot = world.bot().await;
    let embed = |embed: Value| json!({ "embeds": [embed] });
    let fields =
        |count: usize| -> Vec<Value> { (0..count).map(|_| json!({ "name": "n", "value": "v" })).collect() };
    let link = |url: String| json!({ "type": 2, "style": 5, "label": "L", "url": url });
    let option = |value: &str| json!({ "label": "L", "value": value });
    let select = |options: Value| json!({ "type": 3, "custom_id": "s", "options": options });
    let cases = [
        (json!({ "content": "x".repeat(2001) }), "content", "BASE_TYPE_MAX_LENGTH"),
        (json!({ "content": 5 }), "content", "STRING_TYPE_CONVERT"),
        (json!({ "embeds": vec![json!({ "title": "t" }); 11] }), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (embed(json!({ "title": "t".repeat(257) })), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
        (embed(json!({ "description": "d".repeat(4097) })), "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
        (embed(json!({})), "embeds.0.description", "BASE_TYPE_REQUIRED"),
        (embed(json!({ "fields": fields(26) })), "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"),
        (
            embed(json!({ "fields": [{ "name": "", "value": "v" }] })),
            "embeds.0.fields.0.name",
            "BASE_TYPE_REQUIRED",
        ),
        (
            embed(json!({ "fields": [{ "name": "n", "value": "v".repeat(1025) }] })),
            "embeds.0.fields.0.value",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (embed(json!({ "title": "t", "color": 0x100_0000 })), "embeds.0.color", "NUMBER_TYPE_MAX"),
        (embed(json!({ "title": "t", "url": "ftp://x" })), "embeds.0.url", "URL_TYPE_INVALID_SCHEME"),
        (embed(json!({ "title": "t", "timestamp": "noon" })), "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
        (
            json!({ "embeds": [{ "description": "d".repeat(4000) }, { "description": "d".repeat(2001) }] }),
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
        ),
        (
            json!({ "components": vec![json!({ "type": 1, "components": [] }); 6] }),
            "components",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (rows(json!([])), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        (
            rows(json!([button(&"c".repeat(101))])),
            "components.0.components.0.custom_id",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            rows(json!([button("a"), button("a")])),
            "components.0.components.1.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            rows(json!([link(format!("https://example.com/{}", "u".repeat(512)))])),
            "components.0.components.0.url",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            rows(json!([{ "type": 2, "style": 1, "custom_id": "x" }])),
            "components.0.components.0.label",
            "BASE_TYPE_REQUIRED",
        ),
        (
            rows(json!([select(json!([option("a"), option("a")]))])),
            "components.0.components.0.options.1.value",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (
            rows(json!([select(json!([option("a")])), button("b")])),
            "components.0.components",
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
        (
            json!({ "content": "x", "allowed_mentions": { "parse": ["users"], "users": ["1"] } }),
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (json!({ "content": "x", "attachments": [{ "id": 0 }] }), "attachments.0", "ATTACHMENT_NOT_FOUND"),
        (json!({ "content": "x", "nonce": "n".repeat(26) }), "nonce", "BASE_TYPE_MAX_LENGTH"),
        (
            json!({ "content": "x", "message_reference": { "message_id": "5" } }),
            "message_reference",
            "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
        ),
    ];
    let path = world.channel_path();
    let count = cases.len();
    for (body, form_path, code) in cases {
        refused_form(&bot.post(&path, body).await, form_path, code);
    }
    refused(&bot.post(&path, json!({ "content": "  " })).await, 400, 50006);
    assert!(world.discord.channel().messages.is_empty());
    assert_eq!(world.discord.violations().len(), count + 1);
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_accepted() {
    let world = World::start().await;
    let bot = world.bot().await;
    let buttons: Vec<Value> = (0..5)
        .map(|row| {
            let row: Vec<Value> = (0..5).map(|n| button(&format!("{row}{n}{}", "c".repeat(98)))).collect();
            json!({ "type": 1, "components": row })
        })
        .collect();
    let fields: Vec<Value> = (0..25).map(|_| json!({ "name": "n", "value": "v" })).collect();
    let body = json!({
        "content": "가".repeat(2000),
        "embeds": [{ "title": "t".repeat(256), "description": "d".repeat(4096), "fields": fields }],
        "components": buttons,
    });
    let (status, message) = bot.post(&world.channel_path(), body).await;
    assert_eq!(status, StatusCode::OK, "{message}");
    assert_eq!(message["embeds"][0]["fields"][0]["inline"], false);
    world.finish(&[]);
}

#[tokio::test]
async fn an_enforced_nonce_posts_once() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    let body = json!({ "content": "ready", "nonce": "op-1", "enforce_nonce": true });
    let first = bot.post(&path, body.clone()).await.1;
    let second = bot.post(&path, body.clone()).await.1;
    assert_eq!(first["id"], second["id"]);
    let loose = json!({ "content": "ready", "nonce": "op-1" });
    assert_ne!(bot.post(&path, loose).await.1["id"], first["id"], "not without enforce_nonce");
    world.advance(TimeDelta::minutes(6));
    assert_ne!(bot.post(&path, body).await.1["id"], first["id"], "not for ever");
    assert_eq!(world.discord.channel().messages.len(), 3);
    world.finish(&[]);
}

#[tokio::test]
async fn an_edit_replaces_what_it_mentions() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    let body = json!({ "content": "one", "embeds": [{ "title": "t" }], "components": rows(json!([button("b")]))["components"] });
    let files = [("a.txt", "text/plain", b"a".to_vec()), ("b c.txt", "text/plain", b"b".to_vec())];
    let (status, posted) = bot.upload(Method::POST, &path, body, &files).await;
    assert_eq!(status, StatusCode::OK, "{posted}");
    let names = |message: &Value| -> Vec<String> {
        let files = message["attachments"].as_array().expect("a list").iter();
        files.map(|file| text(&file["filename"]).to_owned()).collect()
    };
    assert_eq!(names(&posted), ["a.txt", "b_c.txt"]);
    let one = format!("{path}/{}", text(&posted["id"]));

    let edited = bot.patch(&one, json!({ "content": "two" })).await.1;
    assert_eq!((edited["embeds"].as_array().map(Vec::len), names(&edited).len()), (Some(1), 2));
    assert!(edited["edited_timestamp"].is_string());
    let more = [("c.txt", "text/plain", b"c".to_vec())];
    let edited = bot.upload(Method::PATCH, &one, json!({}), &more).await.1;
    assert_eq!(names(&edited), ["a.txt", "b_c.txt", "c.txt"], "without a list, files are added");
    let kept = json!({ "attachments": [{ "id": posted["attachments"][0]["id"] }, { "id": "0", "filename": "d.txt" }] });
    let edited = bot.upload(Method::PATCH, &one, kept, &more).await.1;
    assert_eq!(names(&edited), ["a.txt", "d.txt"], "with a list, the list is what stays");
    let edited = bot.patch(&one, json!({ "attachments": [], "embeds": [], "components": [] })).await.1;
    assert_eq!((names(&edited).len(), &edited["embeds"], &edited["components"]), (0, &json!([]), &json!([])));
    refused(&bot.patch(&one, json!({ "content": null })).await, 400, 50006);
    assert_eq!(bot.delete(&one).await.0, StatusCode::NO_CONTENT);
    refused(&bot.patch(&one, json!({ "content": "x" })).await, 404, 10008);
    world.finish(&["50006", "10008"]);
}

#[tokio::test]
async fn a_file_has_ten_mebibytes_at_most() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    let file = |size: usize| [("big.bin", "application/octet-stream", vec![0; size])];
    let limit = 10 * 1024 * 1024;
    assert_eq!(bot.upload(Method::POST, &path, json!({}), &file(limit)).await.0, StatusCode::OK);
    refused(&bot.upload(Method::POST, &path, json!({}), &file(limit + 1)).await, 413, 40005);
    world.finish(&["40005"]);
}

#[tokio::test]
async fn messages_are_listed_newest_first() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    let mut ids = Vec::new();
    for n in 0..5 {
        let posted = bot.post(&path, json!({ "content": n.to_string() })).await.1;
        ids.push(text(&posted["id"]).to_owned());
    }
    let contents = async |query: &str| -> Vec<String> {
        let listed = bot.get(&format!("{path}{query}")).await.1;
        listed
            .as_array()
            .expect("a list")
            .iter()
            .map(|message| text(&message["content"]).to_owned())
            .collect()
    };
    assert_eq!(contents("").await, ["4", "3", "2", "1", "0"]);
    assert_eq!(contents("?limit=2").await, ["4", "3"]);
    assert_eq!(contents(&format!("?before={}&limit=2", ids[3])).await, ["2", "1"]);
    assert_eq!(contents(&format!("?after={}&limit=2", ids[1])).await, ["3", "2"]);
    assert_eq!(contents("?limit=100").await.len(), 5);
    refused_form(&bot.get(&format!("{path}?limit=101")).await, "limit", "NUMBER_TYPE_MAX");
    refused_form(&bot.get(&format!("{path}?limit=0")).await, "limit", "NUMBER_TYPE_MIN");
    refused_form(&bot.get(&format!("{path}?limit=x")).await, "limit", "NUMBER_TYPE_COERCE");
    let one = bot.get(&format!("{path}/{}", ids[2])).await.1;
    assert_eq!(one["content"], "2");
    refused(&bot.get("/channels/5/messages").await, 404, 10003);
    refused_form(&bot.get("/channels/x/messages").await, "channel_id", "NUMBER_TYPE_COERCE");
    world.finish(&["50035", "50035", "50035", "10003", "50035"]);
}

#[tokio::test]
async fn what_is_listed_is_what_everybody_sees_as_it_is_now() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let path = world.channel_path();
    let (_, deferred) = typed(&world, &mut bot, "/hello").await;
    bot.respond(&deferred, json!({ "type": 5 })).await;
    let (_, private) = typed(&world, &mut bot, "/hello").await;
    bot.respond(&private, json!({ "type": 4, "data": { "content": "only you", "flags": 64 } })).await;
    let gone = bot.post(&path, json!({ "content": "gone" })).await.1;
    bot.delete(&format!("{path}/{}", text(&gone["id"]))).await;
    let edited = json!({ "content": "", "embeds": [{ "title": "t", "footer": { "text": "small print" } }] });
    bot.patch(&bot.original(&deferred), edited).await;

    let listed = bot.get(&format!("{path}?limit=100")).await.1;
    let [message] = &listed.as_array().expect("a list")[..] else { panic!("{listed}") };
    assert_eq!(message["embeds"][0]["footer"]["text"], "small print");
    let me = bot.get("/users/@me").await.1;
    assert_eq!(message["author"]["id"], me["id"], "also what answers somebody is the bot's own");
    world.finish(&[]);
}

#[tokio::test]
async fn mentions_notify_only_whom_they_may() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    let facts = world.discord.facts();
    let listed = bot.get(&format!("/guilds/{}/members/1180000000000000100", facts.guild_id)).await.1;
    let operator = text(&listed["user"]["id"]);
    let content = format!("<@{operator}> <@&{}> @everyone", facts.viewer_role_id);
    for (allowed, pings) in [
        (
            Value::Null,
            vec!["operator".to_owned(), format!("role:{}", facts.viewer_role_id), "everyone".to_owned()],
        ),
        (json!({ "parse": [] }), vec![]),
        (json!({ "parse": ["roles"] }), vec![format!("role:{}", facts.viewer_role_id)]),
        (json!({ "users": [operator] }), vec!["operator".to_owned()]),
    ] {
        let posted = bot.post(&path, json!({ "content": content, "allowed_mentions": allowed })).await.1;
        assert_eq!(world.discord.message(text(&posted["id"])).expect("shown").pings, pings, "{allowed}");
    }
    world.finish(&[]);
}

#[tokio::test]
async fn a_reply_names_what_it_replies_to() {
    let world = World::start().await;
    let bot = world.bot().await;
    let path = world.channel_path();
    let first = bot.post(&path, json!({ "content": "one" })).await.1;
    let reference = json!({ "message_id": first["id"] });
    let reply = bot.post(&path, json!({ "content": "two", "message_reference": reference })).await.1;
    assert_eq!((&reply["type"], &reply["referenced_message"]["content"]), (&json!(19), &json!("one")));
    let view = world.discord.message(text(&reply["id"])).expect("shown");
    assert_eq!(view.reply_to.as_deref(), Some(text(&first["id"])));
    world.discord.delete_message(text(&first["id"]));
    let lax = json!({ "message_id": first["id"], "fail_if_not_exists": false });
    let reply = bot.post(&path, json!({ "content": "three", "message_reference": lax })).await;
    assert_eq!(reply.0, StatusCode::OK);
    refused(
        &bot.patch(&format!("{path}/{}", text(&first["id"])), json!({ "content": "x" })).await,
        404,
        10008,
    );
    world.finish(&[]);
}
