//! What must be told is told: whatever Discord answers to a message, and whatever else there is to tell.

use std::time::Duration;

use chrono::TimeDelta;
use doorman_sandbox::discord::MessageView;
use doorman_stage::{Promise, Stage, Time, buttons, text, title};

const OPEN: &str = "The NAT window is open";
const CLOSED: &str = "NAT window closed, nothing of it is left";
const LATE: &str = "Late: the NAT window is not closed yet";
const EDITS: (&str, &str) = ("PATCH", "/channels/");

/// Longer than any window here.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// On time that jumps a minute of pauses is nothing.
async fn jumping() -> Stage {
    Stage::builder().time(Time::Jumping).patience(PATIENCE).set().await
}

/// An open window, and its message.
async fn window(stage: &Stage, line: &str) -> MessageView {
    let reply = stage.says("operator", line).await;
    stage.reads(&reply.id, OPEN).await
}

fn message(stage: &Stage, id: &str) -> MessageView {
    stage.world.discord.message(id).expect("the message is there")
}

#[tokio::test(start_paused = true)]
async fn a_receipt_comes_though_six_edits_are_refused_for_a_reason_nobody_knows() {
    for (status, code) in [(403, 40_333), (404, 0), (400, 0), (403, 50_013), (418, 99_999)] {
        let stage = jumping().await;
        let window = window(&stage, "/nat open 30m").await;
        stage.world.discord.faults().refuse_next(EDITS.0, EDITS.1, status, code, 6);
        stage.says("operator", "/nat close").await;
        let receipt = text(&stage.reads(&window.id, CLOSED).await);
        assert!(receipt.contains("Nothing keeps billing") && !receipt.contains("[Close now]"), "{receipt}");
        assert_eq!(stage.world.discord.faults().pending(), 0, "{status}, code {code}");
        stage.finish().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_takes_no_more_edits_is_followed_by_another_one() {
    let stage = jumping().await;
    let old = window(&stage, "/nat open 30m").await;
    // For all the edits of an old message there is a limit; the new one has its own.
    stage.world.discord.faults().refuse_next(EDITS.0, &old.id, 429, 30_046, 8);
    stage.says("operator", "/nat close").await;
    let new = stage.posted(CLOSED).await;
    assert_ne!(new.id, old.id);
    let moved = text(&stage.reads(&old.id, "This goes on in [a later message]").await);
    assert!(moved.contains(&new.id) && !moved.contains("[Close now]"), "{moved}");
    assert_eq!(stage.titled().len(), 1, "{}", stage.channel());
    stage.finish().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_unknown_is_followed_by_another_one() {
    let stage = jumping().await;
    let old = window(&stage, "/nat open 30m").await;
    stage.world.discord.faults().refuse_next(EDITS.0, &old.id, 404, 10_008, 1);
    stage.says("operator", "/nat close").await;
    let new = stage.posted(CLOSED).await;
    assert_ne!(new.id, old.id);
    let why = "the sandbox says that a message is unknown which is there, and nobody can edit it";
    stage.finish_except(&[(Promise::ChannelTellsTheTruth, why)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_receipt_whose_form_is_refused_comes_in_plain_words() {
    let stage = jumping().await;
    let window = window(&stage, "/nat open 30m").await;
    stage.says("operator", "/nat close").await;
    stage.nothing_left().await;
    // What was told up to here may be the last word before the receipt, or not.
    stage.world.discord.faults().refuse_next(EDITS.0, EDITS.1, 400, 50_035, 1);
    let receipt = stage.reads(&window.id, CLOSED).await;
    assert!(text(&receipt).contains("Nothing keeps billing"), "{}", text(&receipt));
    if title(&receipt).is_some() {
        assert_eq!(stage.world.discord.faults().pending(), 0, "it was refused before the receipt");
        return stage.finish().await;
    }
    let why = "a receipt in plain words has no title to tell it by";
    stage.finish_except(&[(Promise::ChannelTellsTheTruth, why)]).await;
}

#[tokio::test(start_paused = true)]
async fn while_aws_refuses_for_ten_minutes_the_message_is_edited_only_when_it_says_something_new() {
    let stage = Stage::builder().time(Time::Jumping).patience(PATIENCE);
    let stage = stage.settings(|settings| settings.stack.backstop.enabled = false).set().await;
    let window = window(&stage, "/nat open 30m").await;
    // "Not yet", which is tried again every three seconds, and then less and less often.
    stage.refuse("ReleaseAddress", 100_000, 400, "InvalidIPAddress.InUse");
    stage.says("operator", "/nat close").await;
    let failing = "`ReleaseAddress` has been failing since";
    let before = stage.reads(&window.id, failing).await;
    tokio::time::sleep(Duration::from_secs(8 * 60)).await;
    let after = message(&stage, &window.id);
    assert!(text(&after).contains(failing), "{}", text(&after));
    assert!(stage.world.aws.calls().iter().filter(|call| call.operation == "ReleaseAddress").count() > 8);
    assert!(after.edits - before.edits <= 2, "{} edits\n{}", after.edits - before.edits, text(&after));
    // Late is something new.
    stage.posted(LATE).await;
    stage.finish().await;
}

#[tokio::test(start_paused = true)]
async fn a_warning_comes_on_time_though_the_window_s_message_takes_no_edit() {
    let stage = jumping().await;
    let window = window(&stage, "/nat open 30m").await;
    let posts = |stage: &Stage, words: &str| {
        let messages = stage.messages().into_iter();
        messages.filter(|view| text(view).contains(words)).map(|view| view.created_at).collect::<Vec<_>>()
    };
    stage.world.discord.faults().refuse_next(EDITS.0, EDITS.1, 403, 40_333, 10_000);
    // Something to edit.
    let extended = stage.says("operator", "/nat extend duration:5m").await;
    let end = stage.until_of(&extended);
    for minutes in [10, 2] {
        let words = format!("closes in {minutes} minutes");
        stage.posted(&words).await;
        let late = posts(&stage, &words)[0] - (end - TimeDelta::minutes(minutes));
        assert!((TimeDelta::zero()..TimeDelta::seconds(5)).contains(&late), "{words}: {late} late");
    }
    assert!(!text(&message(&stage, &window.id)).contains("Extended by"), "no edit came through");
    stage.world.discord.faults().clear();
    stage.reads(&window.id, CLOSED).await;
    stage.finish().await;
}

/// What everybody reads who was warned, once it is over.
async fn say_that_it_is_over(stage: &Stage, window: &str, warnings: &[String]) {
    for warning in warnings {
        let over = stage.reads(warning, "✅ NAT window closed <t:").await;
        let said = text(&over);
        assert!(
            said.contains(" · $0.0") && said.contains(" · [receipt ↑](https://discord.com/channels/"),
            "{said}"
        );
        assert!(said.contains(window) && buttons(&over).is_empty(), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn warnings_call_those_concerned_and_say_in_the_end_that_it_is_over() {
    let stage = jumping().await;
    let window = window(&stage, "/nat open 20m").await;
    stage.says("second", "/nat extend duration:10m").await;
    stage.says("operator", "/nat extend duration:1m").await;
    let mut warnings = Vec::new();
    for words in ["closes in 10 minutes", "closes in 2 minutes"] {
        let warning = stage.posted(words).await;
        assert_eq!(warning.pings, ["operator", "second"], "{}", text(&warning));
        assert_eq!(buttons(&warning).len(), 2);
        warnings.push(warning.id);
    }
    say_that_it_is_over(&stage, &window.id, &warnings).await;
    let receipt = stage.reads(&window.id, CLOSED).await;
    assert!(receipt.content.starts_with("<@") && receipt.content.matches("<@").count() == 2, "{receipt:?}");
    assert!(stage.messages().iter().all(|view| !view.pings.iter().any(|ping| ping == "viewer")));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_of_before_a_restart_says_that_it_is_over_too() {
    let mut stage = Stage::builder().time(Time::Running(60.0)).set().await;
    let window = window(&stage, "/nat open 30m").await;
    stage.later(20);
    let warning = stage.posted("closes in").await;
    stage.restart_bot().await;
    stage.presses("operator", &window.id, "Close now").await;
    say_that_it_is_over(&stage, &window.id, &[warning.id]).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_of_before_the_store_was_lost_says_that_it_is_over_too() {
    let mut stage = Stage::builder().time(Time::Running(60.0)).set().await;
    window(&stage, "/nat open 30m").await;
    stage.later(20);
    let warning = stage.posted("closes in").await;
    stage.kill_bot().await;
    stage.lose_store();
    stage.start_bot().await;
    stage.reads(&warning.id, "✅ NAT window closed <t:").await;
    stage.finish().await;
}

/// An edit that is overtaken does not bring back what a message said before.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_followed_by_another_one_says_so_though_an_edit_of_it_arrives_late() {
    let stage = Stage::set().await;
    let launched = stage.says("operator", "/launch service").await;
    stage.presses("operator", &launched.id, "Confirm").await;
    stage.reads(&launched.id, "The service pair is ready").await;
    let faults = stage.world.discord.faults();
    faults.linger_next(EDITS.0, &launched.id, Duration::from_secs(2), 1);
    let instance = stage.ours().into_iter().find(|item| item.kind == "instance").expect("an instance");
    stage.world.aws.by_hand().ec2("StopInstances", &[("InstanceId.1", &instance.id)]).expect("it runs");
    let is_under_way = |stage: &Stage| (stage.world.discord.faults().pending() == 0).then_some(());
    stage.see("an edit on its way", is_under_way).await;
    let card = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&launched.id, "This goes on in").await;
    stage.reads(&card.id, "nothing of it is left").await;
    stage.finish().await;
}
