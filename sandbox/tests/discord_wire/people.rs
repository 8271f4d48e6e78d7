//! What a person's client sends, and what it would rather not.

use std::time::Duration;

use doorman_sandbox::discord::{Choice, Place};
use serde_json::{Value, json};

use crate::bot::{Bot, World, text, typed};

#[tokio::test]
async fn lines_are_read_as_the_client_reads_them() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    for (line, options) in [
        ("/nat open", json!([])),
        ("/nat open 30m", json!([["duration", "30m"]])),
        ("/nat open duration: 1h 30m", json!([["duration", "1h 30m"]])),
        ("/nat open 30m to fix it", json!([["duration", "30m"], ["reason", "to fix it"]])),
        (
            "/nat open reason:see https://example.com at 10:30 duration:2h",
            json!([["reason", "see https://example.com at 10:30"], ["duration", "2h"],]),
        ),
        ("/인터넷 열기 시간:2시간", json!([["duration", "2시간"]])),
        ("  /nat extend by:30분", json!([["by", "30m"]])),
        ("/nat extend 1h 2 true 0.5", json!([["by", "1h"], ["times", 2], ["quiet", true], ["budget", 0.5]])),
        ("/nat extend quiet:False by:one hour", json!([["quiet", false], ["by", "1h"]])),
    ] {
        let (_, interaction) = typed(&world, &mut bot, line).await;
        let sub = &interaction["data"]["options"][0];
        let sent: Vec<Value> = sub["options"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|o| json!([o["name"], o["value"]]))
            .collect();
        assert_eq!(json!(sent), options, "{line}");
        assert_eq!(interaction["data"]["name"], "nat", "payloads carry default names");
        bot.respond(&interaction, json!({ "type": 5 })).await;
    }
    world.finish(&[]);
}

#[tokio::test]
async fn what_the_client_refuses_is_never_sent() {
    let world = World::start().await;
    let _bot = world.bot().await;
    for (line, why) in [
        ("hello", "starts with a slash"),
        ("/nothing", "no command /nothing"),
        ("/nat", "needs one of: open, extend"),
        ("/nat shut", "no shut there"),
        ("/nat open size:5", "no option size"),
        ("/nat open duration:1h duration:2h", "given twice"),
        ("/nat open duration:", "specify a value"),
        ("/nat extend", "by is required"),
        ("/nat extend 2h", "not one of: half an hour, one hour"),
        ("/nat extend 1h times:x", "whole number"),
        ("/nat extend 1h times:4", "at most 3"),
        ("/nat extend 1h quiet:maybe", "True or False"),
        ("/nat extend 1h budget:much", "valid number"),
        ("/hello world", "no option for \"world\""),
    ] {
        world.discord.set_locale("operator", "en-US");
        let refusal = world.discord.slash("operator", line).await.expect_err(line);
        assert!(refusal.to_string().contains(why), "{line}: {refusal}");
    }
    let refusal = world.discord.slash("stranger", "/hello").await.expect_err("nobody");
    assert!(refusal.to_string().contains("nobody called stranger"));
    world.finish(&[]);
}

#[tokio::test]
async fn members_without_the_default_permissions_do_not_see_a_command() {
    let world = World::start().await;
    let bot = world.bot().await;
    let hidden = json!([{ "name": "hidden", "description": "H", "default_member_permissions": "32" }]);
    bot.put_commands(hidden).await;
    assert!(world.discord.slash("operator", "/hidden").await.is_err());
    bot.put_commands(json!([{ "name": "hidden", "description": "H", "default_member_permissions": "2048" }]))
        .await;
    assert!(world.discord.slash("operator", "/hidden").await.is_ok());
}

async fn suggest(world: &World, bot: &mut Bot, line: &str, choices: Value) -> (Vec<Choice>, Value) {
    let answer = async {
        let interaction = bot.interaction().await;
        bot.respond(&interaction, json!({ "type": 8, "data": { "choices": choices } })).await;
        interaction
    };
    let (choices, interaction) = tokio::join!(world.discord.complete("operator", line), answer);
    (choices.unwrap_or_else(|refused| panic!("{line}: {refused}")), interaction)
}

#[tokio::test]
async fn suggestions_come_from_the_bot_while_typing() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let given = json!([{ "name": "30 minutes", "name_localizations": { "ko": "30분" }, "value": "30m" }]);
    let (choices, interaction) = suggest(&world, &mut bot, "/nat open reason:x duration:3", given).await;
    assert_eq!(choices, [Choice { name: "30분".to_owned(), value: json!("30m") }]);
    assert_eq!(interaction["type"], 4);
    assert_eq!(
        interaction["data"]["options"][0]["options"],
        json!([
            { "name": "reason", "type": 3, "value": "x" },
            { "name": "duration", "type": 3, "value": "3", "focused": true },
        ])
    );
    let (choices, interaction) = suggest(&world, &mut bot, "/nat open ", json!([])).await;
    assert!(choices.is_empty());
    assert_eq!(interaction["data"]["options"][0]["options"][0]["value"], "");

    // Fixed choices are the client's own business.
    let fixed = world.discord.complete("operator", "/nat extend 30").await.expect("known");
    assert_eq!(fixed, [Choice { name: "30분".to_owned(), value: json!("30m") }]);
    assert_eq!(world.discord.complete("operator", "/nat extend 1h 2").await, Ok(vec![]));
    world.finish(&[]);
}

#[tokio::test]
async fn at_most_25_suggestions_and_in_time() {
    let world = World::with_deadline(Duration::from_millis(1000)).await;
    let mut bot = world.bot().await;
    let many: Vec<Value> =
        (0..26).map(|n| json!({ "name": n.to_string(), "value": n.to_string() })).collect();
    let answer = async {
        let interaction = bot.interaction().await;
        bot.respond(&interaction, json!({ "type": 8, "data": { "choices": many } })).await
    };
    let (choices, answer) = tokio::join!(world.discord.complete("operator", "/nat open 3"), answer);
    crate::bot::refused_form(&answer, "data.choices", "BASE_TYPE_MAX_LENGTH");
    assert_eq!(choices.expect_err("no answer").to_string(), "Loading options failed");
    assert!(world.discord.channel().messages.is_empty(), "a failed completion leaves no message");
    world.finish(&["50035", "not acknowledged"]);
}

#[tokio::test]
async fn buttons_that_cannot_be_pressed_are_not() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let (sent, interaction) = typed(&world, &mut bot, "/hello").await;
    let buttons = json!([
        { "type": 2, "style": 1, "label": "Go", "custom_id": "go" },
        { "type": 2, "style": 1, "label": "Spent", "custom_id": "spent", "disabled": true },
        { "type": 2, "style": 5, "label": "Link", "url": "https://example.com" },
    ]);
    let options = json!([{ "label": "A", "value": "a" }, { "label": "B", "value": "b" }]);
    let menu = json!([{ "type": 3, "custom_id": "menu", "options": options }]);
    let rows = json!([{ "type": 1, "components": buttons }, { "type": 1, "components": menu }]);
    let answer = json!({ "type": 4, "data": { "content": "private", "flags": 64, "components": rows } });
    bot.respond(&interaction, answer).await;
    let id = world.discord.reply(&sent.interaction_id).expect("shown").id;
    let discord = &world.discord;
    assert!(discord.press("viewer", &id, "go").await.is_err(), "not theirs to see");
    assert!(discord.press("operator", &id, "spent").await.is_err(), "disabled");
    assert!(discord.press("operator", &id, "gone").await.is_err(), "not there");
    assert!(discord.press("operator", &id, "menu").await.is_err(), "needs a choice");
    assert!(discord.press("operator", "5", "go").await.is_err(), "no such message");
    assert!(discord.select("operator", &id, "menu", &["c"]).await.is_err(), "not offered");
    assert!(discord.select("operator", &id, "menu", &["a", "b"]).await.is_err(), "too many");

    discord.select("operator", &id, "menu", &["b"]).await.expect("chosen");
    let chosen = bot.interaction().await;
    assert_eq!((&chosen["data"]["values"], &chosen["message"]["flags"]), (&json!(["b"]), &json!(64)));
    bot.respond(&chosen, json!({ "type": 6 })).await;
    for (person, custom_id) in [("viewer", "go"), ("operator", "spent"), ("outsider", "forged:1")] {
        discord.press_raw(person, &id, custom_id).await.expect("sent unchecked");
        let pressed = bot.interaction().await;
        assert_eq!(pressed["data"]["custom_id"], custom_id);
        assert_eq!(pressed["member"]["user"]["username"], person);
        bot.respond(&pressed, json!({ "type": 6 })).await;
    }
    discord.delete_message(&id);
    assert!(discord.press("operator", &id, "go").await.is_err(), "deleted");
    discord.press_raw("operator", &id, "go").await.expect("a stale client");
    let pressed = bot.interaction().await;
    let update = bot.respond(&pressed, json!({ "type": 7, "data": { "content": "x" } })).await;
    crate::bot::refused(&update, 404, 10008);
    bot.respond(&pressed, json!({ "type": 4, "data": { "content": "too late", "flags": 64 } })).await;
    world.finish(&[]);
}

#[tokio::test]
async fn a_command_says_where_it_came_from() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let facts = world.discord.facts();
    let sent = world.discord.slash_from("operator", "/hello", Place::DirectMessage).await.expect("sent");
    let direct = bot.interaction().await;
    assert!(direct.get("guild_id").is_none() && direct.get("member").is_none());
    assert_eq!((text(&direct["user"]["username"]), &direct["context"]), ("operator", &json!(1)));
    assert_eq!(direct["channel"]["type"], 1);
    bot.respond(&direct, json!({ "type": 4, "data": { "content": "not here" } })).await;
    assert!(world.discord.channel().messages.is_empty(), "not in the guild's channel");
    assert_eq!(world.discord.reply(&sent.interaction_id).expect("shown there").content, "not here");

    world.discord.slash_from("operator", "/hello", Place::OtherGuild).await.expect("sent");
    let other = bot.interaction().await;
    assert_ne!(other["guild_id"], facts.guild_id.to_string());
    assert_eq!(other["member"]["roles"][0], facts.operator_role_id.to_string());
    bot.respond(&other, json!({ "type": 4, "data": { "content": "nor here" } })).await;
    world.finish(&[]);
}

#[tokio::test]
async fn people_can_join_and_change() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let facts = world.discord.facts();
    world.discord.add_person("guest", &[facts.viewer_role_id, 77], "ja");
    world.discord.slash("guest", "/hello").await.expect("sent");
    let interaction = bot.interaction().await;
    assert_eq!(interaction["locale"], "ja");
    assert_eq!(interaction["member"]["roles"], json!([facts.viewer_role_id.to_string(), "77"]));
    bot.respond(&interaction, json!({ "type": 5 })).await;
    world.discord.set_locale("guest", "en-US");
    let people = world.discord.channel().people;
    let keys: Vec<_> = people.iter().map(|person| (person.key.as_str(), person.locale.as_str())).collect();
    assert_eq!(keys, [("operator", "ko"), ("viewer", "ko"), ("outsider", "ko"), ("guest", "en-US")]);
    let roles = bot.get(&format!("/guilds/{}/roles", facts.guild_id)).await.1;
    assert!(roles.as_array().expect("roles").iter().any(|role| role["id"] == "77"));
    world.finish(&[]);
}
