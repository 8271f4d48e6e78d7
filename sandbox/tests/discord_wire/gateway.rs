//! Hello, identify, heartbeats, resuming, and what closes a socket.

use std::time::Duration;

use flate2::{Decompress, FlushDecompress};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::bot::{Bot, INTENTS, World, identify, next, open, send};

async fn close_code(world: &World, payloads: &[Value]) -> Option<u16> {
    let mut socket = open(&world.discord).await;
    next(&mut socket).await.expect("hello");
    for payload in payloads {
        send(&mut socket, payload.clone()).await;
    }
    loop {
        match next(&mut socket).await {
            Ok(_) => {}
            Err(frame) => return frame.map(|frame| frame.code.into()),
        }
    }
}

#[tokio::test]
async fn a_socket_is_closed_with_the_code_that_says_why() {
    let world = World::start().await;
    let token = world.discord.facts().token.clone();
    let good = identify(&token, INTENTS);
    for (payloads, code) in [
        (vec![identify("wrong", INTENTS)], 4004),
        (vec![identify(&token, 1 << 15)], 4014),
        (vec![identify(&token, 1 << 1 | 1)], 4014),
        (vec![identify(&token, 1 << 40)], 4013),
        (vec![json!({ "op": 2, "d": { "token": token, "properties": {} } })], 4013),
        (vec![json!({ "op": 3, "d": {} })], 4003),
        (vec![json!({ "op": 99, "d": {} })], 4001),
        (vec![json!("x".repeat(5000))], 4002),
        (vec![good.clone(), good.clone()], 4005),
        (vec![json!({ "op": 6, "d": { "token": "wrong", "session_id": "x", "seq": 0 } })], 4004),
    ] {
        assert_eq!(close_code(&world, &payloads).await, Some(code), "{payloads:?}");
    }
    world.finish(&["4004", "4014", "4014", "4013", "4013", "4003", "4001", "4002", "4005", "4004"]);
}

#[tokio::test]
async fn ready_names_the_bot_and_the_guild_follows_with_its_intent() {
    let world = World::start().await;
    let facts = world.discord.facts().clone();
    assert!(!world.discord.channel().bot_online);
    let mut bot = Bot::connect(&world.discord, INTENTS).await;
    assert!(world.discord.channel().bot_online);
    let guild = bot.event("GUILD_CREATE").await;
    assert_eq!(guild["id"], facts.guild_id.to_string());
    assert_eq!(guild["roles"][0]["id"], facts.guild_id.to_string(), "@everyone has the guild's id");
    assert_eq!(guild["channels"][0]["id"], facts.channel_id.to_string());
    send(&mut bot.socket, json!({ "op": 1, "d": bot.seq })).await;
    assert_eq!(next(&mut bot.socket).await.expect("an answer")["op"], 11);

    let mut without = Bot::connect(&world.discord, 0).await;
    send(&mut without.socket, json!({ "op": 1, "d": null })).await;
    assert_eq!(next(&mut without.socket).await.expect("an answer")["op"], 11, "no GUILD_CREATE before it");
    world.finish(&[]);
}

#[tokio::test]
async fn a_resumed_session_gets_what_it_missed() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    bot.event("GUILD_CREATE").await;
    world.discord.faults().cut_sockets();
    assert_eq!(next(&mut bot.socket).await, Err(None), "cut without a word");
    let sent = world.discord.slash("operator", "/hello").await.expect("sent");

    let mut socket = open(&world.discord).await;
    next(&mut socket).await.expect("hello");
    let token = &world.discord.facts().token;
    let resume = json!({ "op": 6, "d": { "token": token, "session_id": bot.session, "seq": bot.seq } });
    send(&mut socket, resume).await;
    let missed = next(&mut socket).await.expect("the missed event");
    assert_eq!(missed["d"]["id"], *sent.interaction_id);
    assert_eq!(missed["s"], bot.seq + 1);
    assert_eq!(next(&mut socket).await.expect("the end of the replay")["t"], "RESUMED");
    world.finish(&[]);
}

#[tokio::test]
async fn a_session_ends_with_a_goodbye_and_cannot_be_resumed() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let mut changes = world.discord.changes();
    bot.socket.close(None).await.expect("closed");
    // A close without a code keeps the session; 1000 ends it.
    let mut second = Bot::connect(&world.discord, INTENTS).await;
    let goodbye =
        tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1000.into(), reason: "".into() };
    second.socket.close(Some(goodbye)).await.expect("closed");
    while world.discord.channel().bot_online {
        changes.changed().await.expect("it runs");
    }
    let token = &world.discord.facts().token;
    for (session, seq, answer) in [(&second.session, second.seq, 9), (&bot.session, 999, 4007)] {
        let mut socket = open(&world.discord).await;
        next(&mut socket).await.expect("hello");
        send(&mut socket, json!({ "op": 6, "d": { "token": token, "session_id": session, "seq": seq } }))
            .await;
        match next(&mut socket).await {
            Ok(payload) => assert_eq!((&payload["op"], &payload["d"]), (&json!(answer), &json!(false))),
            Err(frame) => assert_eq!(u16::from(frame.expect("a code").code), answer),
        }
    }
    world.finish(&["4007"]);
}

#[tokio::test]
async fn faults_reach_the_sockets() {
    let world = World::start().await;
    let faults = world.discord.faults();
    faults.heartbeats(Duration::from_millis(1234), false);
    let mut socket = open(&world.discord).await;
    let hello = next(&mut socket).await.expect("hello");
    assert_eq!(hello["d"]["heartbeat_interval"], 1234);
    send(&mut socket, json!({ "op": 1, "d": null })).await;
    faults.ask_to_reconnect();
    assert_eq!(next(&mut socket).await.expect("asked")["op"], 7, "and no heartbeat was answered");
    faults.invalidate_sessions(true);
    let invalid = next(&mut socket).await.expect("told");
    assert_eq!((&invalid["op"], &invalid["d"]), (&json!(9), &json!(true)));
    faults.close_sockets(4000);
    assert_eq!(next(&mut socket).await.expect_err("closed").map(|frame| frame.code.into()), Some(4000_u16));

    faults.away(true);
    let address = format!("{}/gateway?v=10", world.discord.url().replace("http", "ws"));
    assert!(connect_async(&address).await.is_err(), "refused while away");
    faults.clear();
    assert!(connect_async(&address).await.is_ok());
    world.finish(&[]);
}

#[tokio::test]
async fn a_zlib_stream_is_one_stream() {
    let world = World::start().await;
    let address = format!("{}/gateway?v=10&compress=zlib-stream", world.discord.url().replace("http", "ws"));
    let mut socket = connect_async(address).await.expect("the gateway").0;
    let mut inflate = Decompress::new(true);
    let mut receive = async |socket: &mut tokio_tungstenite::WebSocketStream<_>| -> Value {
        let Some(Ok(Message::Binary(bytes))) = socket.next().await else { panic!("not a binary frame") };
        assert!(bytes.ends_with(&[0, 0, 0xFF, 0xFF]), "a payload ends with a sync flush");
        let mut text = Vec::with_capacity(1 << 20);
        inflate.decompress_vec(&bytes, &mut text, FlushDecompress::Sync).expect("deflated");
        serde_json::from_slice(&text).expect("JSON")
    };
    assert_eq!(receive(&mut socket).await["op"], 10);
    send(&mut socket, identify(&world.discord.facts().token, INTENTS)).await;
    assert_eq!(receive(&mut socket).await["t"], "READY");
    assert_eq!(receive(&mut socket).await["t"], "GUILD_CREATE");
    world.finish(&[]);
}
