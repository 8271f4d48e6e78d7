//! AWS or Discord was away: once it is back, people read once for how long, and what doorman did then.

use std::net::SocketAddr;
use std::time::Duration;

use doorman_stage::{Stage, text};
use serde_json::Value;

use crate::signs::{ask, free_address};

const AWS: &str = "AWS could not be reached for";
const DISCORD: &str = "doorman could not reach Discord for";

fn told(stage: &Stage, words: &str) -> usize {
    let messages = stage.world.discord.channel().messages;
    messages.iter().filter(|view| view.is_bot && text(view).contains(words)).count()
}

/// An open window of half an hour, and where the bot says how it is.
async fn with_window() -> (Stage, SocketAddr) {
    let listen = free_address();
    let stage = Stage::set_with(|settings| {
        settings.health.listen = Some(listen);
        // With it AWS would close the window by itself.
        settings.stack.backstop.enabled = false;
    })
    .await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    (stage, listen)
}

/// Waits until the bot sees AWS, or misses it.
async fn sees_aws(listen: SocketAddr, wanted: bool) {
    for _ in 0..1_200 {
        let (_, said) = ask(listen, "/healthz").await;
        if serde_json::from_str::<Value>(&said).is_ok_and(|signs| signs["aws"] == wanted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never sees AWS as {wanted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_due_while_aws_was_away_is_told_with_how_late_it_was() {
    let (mut stage, listen) = with_window().await;
    stage.world.clock.set_rate(60.0);
    stage.world.aws.faults().away(true);
    sees_aws(listen, false).await;
    stage.later(40);
    stage.posted("🔴 Late: the NAT window is not closed yet").await;
    // Whoever comes after goes on where this one was.
    stage.restart_bot().await;
    stage.world.aws.faults().away(false);
    let report = text(&stage.posted(AWS).await);
    assert!(report.contains("• The NAT window was closed at <t:"), "{report}");
    assert!(report.contains("later than it should have been"), "{report}");
    assert!(report.contains("All is well again"), "{report}");
    stage.nothing_left().await;

    // Neither waiting nor a restart tells it again.
    stage.says("operator", "/status").await;
    stage.later(60);
    stage.restart_bot().await;
    stage.later(60);
    stage.says("operator", "/status").await;
    assert_eq!(told(&stage, AWS), 1, "{}", stage.channel());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blink_of_aws_is_not_worth_a_word() {
    let (stage, listen) = with_window().await;
    // The SDK's own pauses are real time, and must not add up to minutes.
    stage.world.clock.set_rate(4.0);
    stage.world.aws.faults().away(true);
    sees_aws(listen, false).await;
    stage.world.aws.faults().away(false);
    sees_aws(listen, true).await;
    stage.world.clock.set_rate(300.0);
    stage.says("operator", "/nat close").await;
    stage.nothing_left().await;
    assert_eq!(told(&stage, AWS), 0, "{}", stage.channel());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_discord_was_away_is_told_once() {
    let (stage, _) = with_window().await;
    stage.world.clock.set_rate(5.0);
    stage.world.discord.faults().away(true);
    // The bot looks at its connection every five seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    stage.later(40);
    stage.nothing_left().await;
    stage.world.discord.faults().away(false);
    let report = text(&stage.posted(DISCORD).await);
    assert!(report.contains("• The NAT window was closed at <t:"), "{report}");
    stage.later(30);
    stage.says("operator", "/status").await;
    assert_eq!(told(&stage, DISCORD), 1, "{}", stage.channel());
    stage.finish().await;
}
