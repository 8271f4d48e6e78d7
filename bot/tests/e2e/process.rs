//! The life of the process and of what it says, with Discord and AWS on loopback: starting, refusing to start,
//! stopping, restarts, Discord being away, messages that are deleted.

use std::time::{Duration, Instant};

use crate::world::{Bot, World};
use chrono::{DateTime, TimeDelta, Utc};
use doorman::StartError;
use doorman::discord::gateway::GatewayRefusal;

fn noon() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_told_of_to_its_end_across_a_restart() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    world.slash("operator", "/nat open 30m").await;
    world.fast_until("nat:extend").await;
    let ready = world.living_message();
    bot.stop().await;

    let bot = Bot::start(&world).await;
    world.to(TimeDelta::minutes(21)).await;
    world.until("the warning at ten minutes", |world| world.replies_to(&ready) == 1).await;
    world.to(TimeDelta::minutes(28) + TimeDelta::seconds(10)).await;
    world.until("the warning at two minutes", |world| world.replies_to(&ready) == 2).await;
    bot.stop().await;

    // Nobody is there when it should close; the next start closes it and tells it in the same message.
    world.to(TimeDelta::minutes(40)).await;
    let bot = Bot::start(&world).await;
    world.fast_until("Nothing keeps billing").await;
    assert_eq!(world.living_message(), ready);
    // Two warnings, each once, the notice that closing is late, and that it is closed at last.
    world.until("what is said beside it", |world| world.replies_to(&ready) == 4).await;
    world.nothing_left();
    bot.stop().await;
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_discord_was_away_is_told_when_it_is_back() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    world.slash("operator", "/nat open 30m").await;
    world.fast_until("nat:extend").await;
    world.discord().faults().away(true);
    world.to(TimeDelta::minutes(31)).await;
    world.closed_in_aws().await;
    world.discord().faults().away(false);
    world.until_text("Nothing keeps billing").await;
    world.nothing_left();
    bot.stop().await;
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_message_that_is_deleted_comes_back_in_the_channel() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    world.slash("operator", "/nat open 30m").await;
    world.fast_until("nat:extend").await;
    let first = world.living_message();
    world.delete(&first).await;
    world.to(TimeDelta::minutes(31)).await;
    world.fast_until("Nothing keeps billing").await;
    assert_ne!(world.living_message(), first);
    bot.stop().await;
    // How else would it learn that the message is gone?
    let refused = world.discord().violations();
    assert!(matches!(&refused[..], [edit] if edit.contains(&first)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_and_lost_answers_of_discord_double_nothing() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    let faults = world.discord().faults();
    faults.fail_next("POST", "/callback", 503, 1);
    faults.fail_next("PATCH", "/messages/@original", 502, 2);
    faults.rate_limit_next("PATCH", "/messages/", Duration::from_millis(400), 1);
    world.slash("operator", "/nat open 30m").await;
    world.fast_until("nat:extend").await;
    let ready = world.living_message();
    // The warning takes effect, and the answer is lost: posting it again must not make a second one.
    faults.lose_answer("POST", "/messages", 1);
    world.to(TimeDelta::minutes(21)).await;
    world.until("the warning", |world| world.replies_to(&ready) == 1).await;
    world.to(TimeDelta::minutes(22)).await;
    assert_eq!(world.replies_to(&ready), 1, "{}", world.transcript());
    bot.stop().await;
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_summary_is_posted_once_a_day_also_when_it_was_missed() {
    // Half a minute before nine in Seoul.
    let world = World::start("2026-11-21T23:59:30Z".parse().unwrap()).await;
    let bot = Bot::start(&world).await;
    world.clock().advance(TimeDelta::seconds(31));
    world.until("the summary", |world| world.posts() == 1).await;
    bot.stop().await;
    let bot = Bot::start(&world).await;
    world.clock().advance(TimeDelta::hours(1));
    bot.stop().await;
    assert_eq!(world.posts(), 1, "{}", world.transcript());

    // Down at nine the next day, back at ten.
    world.clock().advance(TimeDelta::hours(24));
    let bot = Bot::start(&world).await;
    world.until("the summary that was missed", |world| world.posts() == 2).await;
    bot.stop().await;
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_survives_what_discord_does_to_it() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    let faults = world.discord().faults();
    for disturb in [
        &(|| faults.cut_sockets()) as &(dyn Fn() + Sync),
        &|| faults.close_sockets(4_000),
        &|| faults.ask_to_reconnect(),
        &|| faults.invalidate_sessions(true),
    ] {
        disturb();
        world.until_answered("/help").await;
    }
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_one_sentence_and_the_end() {
    let world = World::start(noon()).await;
    let error = world.run_with_token("wrong.token.entirely").await.unwrap_err();
    assert!(matches!(error, StartError::Gateway(GatewayRefusal::Token)), "{error:?}");
    assert!(error.to_string().contains("DISCORD_TOKEN") && !error.to_string().contains('\n'));
}

#[tokio::test(flavor = "multi_thread")]
async fn intents_that_are_not_granted_are_one_sentence_and_the_end() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    world.discord().faults().close_sockets(4_014);
    let error = bot.ended().await.unwrap_err();
    assert!(matches!(error, StartError::Gateway(GatewayRefusal::Intents)), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_out_of_reach_at_the_start_is_one_sentence_and_the_end() {
    let world = World::start(noon()).await;
    world.discord().faults().away(true);
    let error = world.run().await.unwrap_err();
    assert!(matches!(error, StartError::Unreachable { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_read_is_one_sentence_and_the_end() {
    let world = World::start(noon()).await;
    std::fs::write(world.store(), "not a database at all, only words in a file").unwrap();
    let error = world.run().await.unwrap_err();
    assert!(matches!(error, StartError::Store { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_does_not_keep_a_window_open() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    world.slash("operator", "/nat open 30m").await;
    world.fast_until("nat:extend").await;
    world.discord().faults().close_sockets(4_004);
    world.to(TimeDelta::minutes(31)).await;
    world.clock().set_rate(60.0);
    let error = bot.ended().await.unwrap_err();
    assert!(matches!(error, StartError::Gateway(GatewayRefusal::Token)), "{error:?}");
    world.nothing_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_waits_for_the_reply_under_way() {
    let world = World::start(noon()).await;
    let bot = Bot::start(&world).await;
    world.discord().faults().latency(Duration::from_millis(300));
    world.slash("operator", "/status").await;
    let began = Instant::now();
    bot.stop().await;
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(!world.is_thinking(), "{}", world.transcript());
    world.finish();
}
