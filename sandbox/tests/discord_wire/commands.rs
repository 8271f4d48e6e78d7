//! Registering commands.

use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bot::{World, nat, refused, refused_form};

fn with_options(options: Value) -> Value {
    json!({ "name": "a", "description": "A", "options": options })
}

#[tokio::test]
async fn definitions_are_checked_as_discord_does() {
    let world = World::start().await;
    let bot = world.bot().await;
    let option = |name: &str| json!({ "type": 3, "name": name, "description": "D" });
    let mut required = option("late");
    required["required"] = json!(true);
    let mut both = option("x");
    both["autocomplete"] = json!(true);
    both["choices"] = json!([{ "name": "n", "value": "v" }]);
    let cases = [
        (json!({ "name": "Nat", "description": "D" }), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
        (json!({ "name": "na t", "description": "D" }), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
        (json!({ "name": "x".repeat(33), "description": "D" }), "0.name", "BASE_TYPE_BAD_LENGTH"),
        (json!({ "name": "nat" }), "0.description", "BASE_TYPE_REQUIRED"),
        (json!({ "name": "nat", "description": "d".repeat(101) }), "0.description", "BASE_TYPE_BAD_LENGTH"),
        (
            json!({ "name": "nat", "description": "D", "name_localizations": { "ko": "인터넷 접속" } }),
            "0.name_localizations.ko",
            "APPLICATION_COMMAND_INVALID_NAME",
        ),
        (
            json!({ "name": "nat", "description": "D", "name_localizations": { "ko-KR": "인터넷" } }),
            "0.name_localizations.ko-KR",
            "BASE_TYPE_CHOICES",
        ),
        (
            with_options(json!([option("early"), required])),
            "0.options.1.required",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            with_options(json!([option("x"), option("x")])),
            "0.options.1.name",
            "APPLICATION_COMMAND_OPTION_NAME_ALREADY_EXISTS",
        ),
        (
            with_options(json!([option("x"), { "type": 1, "name": "sub", "description": "D" }])),
            "0.options",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (
            with_options(json!([both])),
            "0.options.0.choices",
            "APPLICATION_COMMAND_OPTION_CHOICES_WITH_AUTOCOMPLETE",
        ),
        (
            with_options(
                json!([{ "type": 4, "name": "n", "description": "D", "choices": [{ "name": "n", "value": "v" }] }]),
            ),
            "0.options.0.choices.0.value",
            "BASE_TYPE_CONVERT",
        ),
        (
            with_options(json!((0..26).map(|n| option(&format!("o{n}"))).collect::<Vec<_>>())),
            "0.options",
            "BASE_TYPE_MAX_LENGTH",
        ),
    ];
    for (command, path, code) in cases {
        refused_form(&bot.put_commands(json!([command])).await, path, code);
    }
    let twice = json!([{ "name": "a", "description": "A" }, { "name": "a", "description": "B" }]);
    refused_form(&bot.put_commands(twice).await, "1", "APPLICATION_COMMANDS_DUPLICATE_NAME");
    assert_eq!(world.discord.channel().commands.len(), 2, "a refused overwrite changes nothing");
    world.finish(&["50035"; 14]);
}

#[tokio::test]
async fn a_command_has_8000_characters_with_its_longest_localisation() {
    let world = World::start().await;
    let bot = world.bot().await;
    let command = |options: usize, korean: usize| {
        let choices = |name: &str| -> Vec<Value> {
            (0..10)
                .map(|n| json!({ "name": format!("{name}{n}{}", "c".repeat(37)), "value": "v".repeat(10) }))
                .collect()
        };
        let options: Vec<Value> = (0..options)
            .map(|n| {
                let name = format!("o{n:09}");
                json!({
                    "type": 3, "name": name, "description": "d".repeat(100 - korean),
                    "description_localizations": { "ko": "가".repeat(100) }, "choices": choices("n"),
                })
            })
            .collect();
        json!([{ "name": "a", "description": "A", "options": options }])
    };
    // Each option has 10 + 100 + 10 × (39 + 10) = 600 characters; the command itself has 2.
    let accepted = bot.put_commands(command(13, 0)).await;
    assert_eq!(accepted.0, StatusCode::OK, "{}", accepted.1);
    refused_form(&bot.put_commands(command(14, 0)).await, "0", "APPLICATION_COMMAND_TOO_LARGE");
    refused_form(&bot.put_commands(command(14, 99)).await, "0", "APPLICATION_COMMAND_TOO_LARGE");
    world.finish(&["TOO_LARGE", "TOO_LARGE"]);
}

#[tokio::test]
async fn overwriting_keeps_the_ids_of_what_stays() {
    let world = World::start().await;
    let bot = world.bot().await;
    let first = bot.get(&bot.commands_path()).await.1;
    let mut changed = nat();
    changed["description"] = json!("Another description");
    let second =
        bot.put_commands(json!([changed, { "name": "상태", "description": "Korean by default" }])).await.1;
    assert_eq!(second[0]["id"], first[0]["id"]);
    assert_ne!(second[0]["version"], first[0]["version"]);
    assert_eq!(second[0]["name_localizations"]["ko"], "인터넷");
    let names: Vec<_> =
        world.discord.channel().commands.iter().map(|command| command["name"].clone()).collect();
    assert_eq!(names, ["nat", "상태"], "what is not in the list is gone");
    let third =
        bot.put_commands(json!([changed, { "name": "상태", "description": "Korean by default" }])).await.1;
    assert_eq!(third, second, "registering the same again changes nothing");

    let one = format!("{}/{}", bot.commands_path(), second[1]["id"].as_str().expect("an id"));
    assert_eq!(bot.get(&one).await.1, second[1]);
    assert_eq!(bot.delete(&one).await.0, StatusCode::NO_CONTENT);
    refused(&bot.get(&one).await, 404, 10063);
    let created = bot.post(&bot.commands_path(), json!({ "name": "new", "description": "N" })).await;
    assert_eq!(created.0, StatusCode::CREATED);
    let updated = bot.post(&bot.commands_path(), json!({ "name": "new", "description": "M" })).await;
    assert_eq!((updated.0, &updated.1["id"]), (StatusCode::OK, &created.1["id"]));
    let global = format!("/applications/{}/commands", world.discord.facts().application_id);
    let put =
        bot.call(Method::PUT, &global, Some(json!([{ "name": "everywhere", "description": "E" }]))).await;
    assert_eq!(put.0, StatusCode::OK, "{}", put.1);
    assert_eq!(bot.get(&global).await.1[0]["name"], "everywhere");
    world.finish(&["10063"]);
}

#[tokio::test]
async fn a_guild_takes_200_new_commands_a_day() {
    let world = World::start().await;
    let bot = world.bot().await;
    let batch = |day: usize| -> Value {
        (0..99).map(|n| json!({ "name": format!("c{day}-{n}"), "description": "D" })).collect()
    };
    assert_eq!(bot.put_commands(batch(1)).await.0, StatusCode::OK);
    assert_eq!(bot.put_commands(batch(2)).await.0, StatusCode::OK);
    assert_eq!(bot.put_commands(batch(2)).await.0, StatusCode::OK, "what exists does not count");
    refused(&bot.put_commands(batch(3)).await, 400, 30034);
    world.advance(TimeDelta::days(1));
    assert_eq!(bot.put_commands(batch(3)).await.0, StatusCode::OK);
    world.finish(&["30034"]);
}

#[tokio::test]
async fn only_the_bots_own_application_and_guild_are_reached() {
    let world = World::start().await;
    let bot = world.bot().await;
    let facts = world.discord.facts();
    let elsewhere = format!("/applications/{}/guilds/1/commands", facts.application_id);
    refused(&bot.get(&elsewhere).await, 403, 50001);
    refused(&bot.get(&format!("/applications/1/guilds/{}/commands", facts.guild_id)).await, 403, 20012);
    refused(&bot.get("/guilds/1").await, 404, 10004);
    refused(&bot.get("/nothing/here").await, 404, 0);
    let url = format!("{}/users/@me", bot.api);
    for authorization in ["Bot wrong".to_owned(), facts.token.clone()] {
        let request = reqwest::Client::new().get(&url).header("Authorization", authorization);
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(bot.get("/users/@me").await.1["id"], facts.bot_user_id.to_string());
    let roles = bot.get(&format!("/guilds/{}/roles", facts.guild_id)).await.1;
    assert_eq!(roles.as_array().expect("roles").len(), 3);
    let member = bot.get(&format!("/guilds/{}/members/@me", facts.guild_id)).await.1;
    assert_eq!(member["user"]["id"], facts.bot_user_id.to_string());
    world.finish(&["50001", "20012", "10004", "404: Not Found", "401", "401"]);
}

#[tokio::test]
async fn the_guilds_of_the_bot_are_listed_by_page_and_their_channels_by_guild() {
    let world = World::start().await;
    let bot = world.bot().await;
    let own = world.discord.facts().guild_id;
    let more = world.discord.add_guild("More");
    let channel = world.discord.add_channel(more, "quiet", 0, 1 << 11);
    let hidden = world.discord.add_channel(own, "hidden", 0, 1 << 10);
    let ids = async |query: &str| -> Vec<String> {
        let (status, guilds) = bot.get(&format!("/users/@me/guilds{query}")).await;
        assert_eq!(status, StatusCode::OK, "{guilds}");
        let guilds = guilds.as_array().expect("guilds").iter();
        guilds.map(|guild| guild["id"].as_str().expect("an id").to_owned()).collect()
    };
    let (first, second) = (own.min(more).to_string(), own.max(more).to_string());
    assert_eq!(ids("").await, [first.clone(), second.clone()]);
    assert_eq!(ids("?limit=1").await, std::slice::from_ref(&first));
    assert_eq!(ids(&format!("?limit=1&after={first}")).await, std::slice::from_ref(&second));
    assert_eq!(ids(&format!("?before={second}")).await, [first]);
    for (query, code) in
        [("limit=0", "NUMBER_TYPE_MIN"), ("limit=201", "NUMBER_TYPE_MAX"), ("limit=x", "NUMBER_TYPE_COERCE")]
    {
        refused_form(&bot.get(&format!("/users/@me/guilds?{query}")).await, "limit", code);
    }

    let guild = bot.get(&format!("/guilds/{more}")).await.1;
    assert_eq!(
        (guild["name"].as_str(), guild["roles"][0]["id"].as_str()),
        (Some("More"), Some(&*more.to_string()))
    );
    let channels = bot.get(&format!("/guilds/{more}/channels")).await.1;
    assert_eq!(channels.as_array().map(Vec::len), Some(1), "{channels}");
    assert_eq!(channels[0]["permission_overwrites"][0]["deny"], "2048");
    assert_eq!(bot.get(&format!("/channels/{channel}")).await.1["guild_id"], more.to_string());
    refused(&bot.get(&format!("/channels/{hidden}")).await, 403, 50001);

    // Who is removed sees nothing of it any more, and broke no rule.
    world.discord.set_invited(false);
    assert_eq!(ids("").await, [more.to_string()]);
    refused(&bot.get(&format!("/guilds/{own}/channels")).await, 404, 10004);
    world.finish(&["NUMBER_TYPE_MIN", "NUMBER_TYPE_MAX", "NUMBER_TYPE_COERCE", "50001"]);
}
