//! The life of the process and of what it says, with Discord and AWS on loopback: starting, refusing to start,
//! stopping, restarts, Discord being away, messages that are deleted.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use doorman::StartError;
use doorman::discord::gateway::GatewayRefusal;
use doorman_config::Settings;
use doorman_config::secrets::SecretString;
use doorman_sandbox::discord::MessageView;
use doorman_stage::{Builder, Promise, Stage, Time};

/// With it AWS would close by itself what is closed late here.
fn without_backstop(settings: &mut Settings) {
    settings.stack.backstop.enabled = false;
}

/// A stage whose clock stands.
fn standing() -> Builder<'static> {
    Stage::builder().time(Time::Standing).settings(without_backstop)
}

/// Everything in the channel, down to the ids of buttons.
fn transcript(stage: &Stage) -> String {
    let parts = |view: &MessageView| -> Vec<String> {
        view.embeds.iter().chain(&view.components).map(|part| format!("    {part}\n")).collect()
    };
    let messages = stage.messages().into_iter().map(|view| {
        let reply = view.reply_to.as_deref().unwrap_or("-");
        format!("{} (reply to {reply}) {}\n{}", view.id, view.content, parts(&view).concat())
    });
    messages.collect()
}

/// Lets the clock run until a message says so.
async fn fast_until(stage: &Stage, text: &str) {
    stage.runs_until(text, |stage| transcript(stage).contains(text).then_some(())).await;
}

/// Waits for it.
async fn until(stage: &Stage, what: &str, so: impl Fn(&Stage) -> bool) {
    stage.see(what, |stage| so(stage).then_some(())).await;
}

/// Opens a window of half an hour; returns its message.
async fn with_window(stage: &Stage) -> String {
    stage.says_briefly("operator", "/nat open 30m").await;
    fast_until(stage, "nat:extend").await;
    living_message(stage)
}

/// Sends a command until it is acknowledged, for when the connection is being made again.
async fn until_answered(stage: &Stage, line: &str) {
    let discord = &stage.world.discord;
    for _ in 0..20 {
        if let Ok(sent) = discord.slash("operator", line).await
            && discord.acknowledged(&sent.interaction_id).await.is_ok()
        {
            return;
        }
    }
    panic!("{line} is never answered");
}

/// The id of the message that tells of the window.
fn living_message(stage: &Stage) -> String {
    let mut titled = stage.titled().into_iter();
    titled.rfind(|message| message.reply_to.is_none()).expect("a living message").id
}

fn replies_to(stage: &Stage, id: &str) -> usize {
    stage.messages().iter().filter(|message| message.reply_to.as_deref() == Some(id)).count()
}

/// Messages that answer nobody.
fn posts(stage: &Stage) -> usize {
    stage.messages().iter().filter(|message| message.invoked_by.is_none()).count()
}

/// Deletes a message of the bot's, as the bot could: Discord holds against it what it then tries with the message.
async fn delete(stage: &Stage, id: &str) {
    let facts = stage.world.discord.facts();
    let url = format!("{}/api/v10/channels/{}/messages/{id}", stage.world.discord.url(), facts.channel_id);
    let request = reqwest::Client::new().delete(url).header("authorization", format!("Bot {}", facts.token));
    let answer = request.send().await.expect("the sandbox answers");
    assert!(answer.status().is_success(), "{answer:?}");
}

/// Lets the bot run to an end it comes to by itself.
async fn ends(stage: &mut Stage) -> StartError {
    stage.launch_bot();
    stage.bot_ends().await.unwrap_err()
}

fn nothing_left(stage: &Stage) {
    assert_eq!(stage.billing(), Vec::<String>::new(), "left in AWS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_told_of_to_its_end_across_a_restart() {
    let mut stage = standing().set().await;
    let ready = with_window(&stage).await;
    stage.stop_bot().await;

    stage.start_bot().await;
    stage.to(TimeDelta::minutes(21));
    until(&stage, "the warning at ten minutes", |stage| replies_to(stage, &ready) == 1).await;
    stage.to(TimeDelta::minutes(28) + TimeDelta::seconds(10));
    until(&stage, "the warning at two minutes", |stage| replies_to(stage, &ready) == 2).await;
    stage.stop_bot().await;

    // Nobody is there when it should close; the next start closes it and tells it in the same message.
    stage.to(TimeDelta::minutes(40));
    stage.start_bot().await;
    fast_until(&stage, "Nothing keeps billing").await;
    assert_eq!(living_message(&stage), ready);
    // Two warnings, each once, the notice that closing is late, and that it is closed at last.
    until(&stage, "what is said beside it", |stage| replies_to(stage, &ready) == 4).await;
    nothing_left(&stage);
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_discord_was_away_is_told_when_it_is_back() {
    let stage = standing().set().await;
    with_window(&stage).await;
    stage.world.discord.faults().away(true);
    stage.to(TimeDelta::minutes(31));
    stage.runs_until("the window is gone", |stage| stage.billing().is_empty().then_some(())).await;
    stage.world.discord.faults().away(false);
    stage.posted("Nothing keeps billing").await;
    nothing_left(&stage);
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_message_that_is_deleted_comes_back_in_the_channel() {
    let mut stage = standing().set().await;
    let first = with_window(&stage).await;
    delete(&stage, &first).await;
    stage.to(TimeDelta::minutes(31));
    fast_until(&stage, "Nothing keeps billing").await;
    assert_ne!(living_message(&stage), first);
    stage.stop_bot().await;
    // How else would it learn that the message is gone?
    let refused = stage.world.discord.violations();
    assert!(matches!(&refused[..], [edit] if edit.contains(&first)), "{refused:?}");
    stage.finish_except(&[(Promise::DiscordsRules, "the bot edits a message that is gone")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_and_lost_answers_of_discord_double_nothing() {
    let stage = standing().set().await;
    let faults = stage.world.discord.faults();
    faults.fail_next("POST", "/callback", 503, 1);
    faults.fail_next("PATCH", "/messages/@original", 502, 2);
    faults.rate_limit_next("PATCH", "/messages/", Duration::from_millis(400), 1);
    let ready = with_window(&stage).await;
    // The warning takes effect, and the answer is lost: posting it again must not make a second one.
    faults.lose_answer("POST", "/messages", 1);
    stage.to(TimeDelta::minutes(21));
    until(&stage, "the warning", |stage| replies_to(stage, &ready) == 1).await;
    stage.to(TimeDelta::minutes(22));
    assert_eq!(replies_to(&stage, &ready), 1, "{}", transcript(&stage));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_summary_is_posted_once_a_day_also_when_it_was_missed() {
    // Half a minute before nine in Seoul.
    let mut stage = standing().begins("2026-11-21T23:59:30Z".parse().unwrap()).set().await;
    stage.world.clock.advance(TimeDelta::seconds(31));
    until(&stage, "the summary", |stage| posts(stage) == 1).await;
    stage.stop_bot().await;
    stage.start_bot().await;
    stage.world.clock.advance(TimeDelta::hours(1));
    stage.stop_bot().await;
    assert_eq!(posts(&stage), 1, "{}", transcript(&stage));

    // Down at nine the next day, back at ten.
    stage.world.clock.advance(TimeDelta::hours(24));
    stage.start_bot().await;
    until(&stage, "the summary that was missed", |stage| posts(stage) == 2).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_summary_is_not_left_out_on_the_day_that_has_no_such_time() {
    // Half a minute before two in New York, when it is three at once.
    let night = |settings: &mut Settings| {
        settings.reports.timezone = "America/New_York".parse().expect("a zone");
        settings.reports.daily = Some("0 30 2 * * *".parse().expect("six fields"));
    };
    let stage = standing().begins("2027-03-14T06:59:30Z".parse().unwrap()).settings(night).set().await;
    assert_eq!(posts(&stage), 0, "{}", transcript(&stage));
    stage.world.clock.advance(TimeDelta::seconds(31));
    until(&stage, "the summary", |stage| posts(stage) == 1).await;
    // The next day has one.
    stage.world.clock.advance(TimeDelta::hours(23) + TimeDelta::minutes(30));
    until(&stage, "the next summary", |stage| posts(stage) == 2).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_survives_what_discord_does_to_it() {
    let stage = standing().set().await;
    let faults = stage.world.discord.faults();
    for disturb in [
        &(|| faults.cut_sockets()) as &(dyn Fn() + Sync),
        &|| faults.close_sockets(4_000),
        &|| faults.ask_to_reconnect(),
        &|| faults.invalidate_sessions(true),
    ] {
        disturb();
        until_answered(&stage, "/help").await;
    }
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_one_sentence_and_the_end() {
    let mut stage = standing().set_without_bot().await;
    stage.token = SecretString::from("wrong.token.entirely".to_owned());
    let error = ends(&mut stage).await;
    assert!(matches!(error, StartError::Gateway(GatewayRefusal::Token)), "{error:?}");
    assert!(error.to_string().contains("DISCORD_TOKEN") && !error.to_string().contains('\n'));
    stage.finish_except(&[(Promise::DiscordsRules, "the token is wrong")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn intents_that_are_not_granted_are_one_sentence_and_the_end() {
    let mut stage = standing().set().await;
    stage.world.discord.faults().close_sockets(4_014);
    let error = stage.bot_ends().await.unwrap_err();
    assert!(matches!(error, StartError::Gateway(GatewayRefusal::Intents)), "{error:?}");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_out_of_reach_at_the_start_is_one_sentence_and_the_end() {
    let mut stage = standing().set_without_bot().await;
    stage.world.discord.faults().away(true);
    let error = ends(&mut stage).await;
    assert!(matches!(error, StartError::Unreachable { .. }), "{error:?}");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_read_is_one_sentence_and_the_end() {
    let mut stage = standing().set_without_bot().await;
    std::fs::write(stage.store(), "not a database at all, only words in a file").unwrap();
    let error = ends(&mut stage).await;
    assert!(matches!(error, StartError::Store { .. }), "{error:?}");
    stage.finish_except(&[(Promise::StoreAgrees, "the store holds only words")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_does_not_keep_a_window_open() {
    let mut stage = standing().set().await;
    with_window(&stage).await;
    stage.world.discord.faults().close_sockets(4_004);
    stage.to(TimeDelta::minutes(31));
    stage.world.clock.set_rate(60.0);
    let error = stage.bot_ends().await.unwrap_err();
    assert!(matches!(error, StartError::Gateway(GatewayRefusal::Token)), "{error:?}");
    nothing_left(&stage);
    // It can tell nobody without a token; with one it does.
    stage.start_bot().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_waits_for_the_reply_under_way() {
    let mut stage = standing().set().await;
    stage.world.discord.faults().latency(Duration::from_millis(300));
    stage.says_briefly("operator", "/status").await;
    let began = Instant::now();
    stage.stop_bot().await;
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(!stage.messages().iter().any(|message| message.thinking), "{}", transcript(&stage));
    stage.finish().await;
}
