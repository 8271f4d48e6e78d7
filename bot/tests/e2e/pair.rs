//! `/launch service`, `/session start`, `/terminate service`, `/status`, `/cost now`, `/help`.

use chrono::TimeDelta;
use doorman_sandbox::aws::Timing;
use doorman_stage::Act::{Press, Say, UntilDone};
use doorman_stage::{Stage, Time, text};

const READY: &str = "The service pair is ready";

async fn launched() -> (Stage, String) {
    let stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, READY).await;
    (stage, card.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_launched_reached_and_terminated() {
    let stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    let shown = text(&card);
    for words in ["my-service-01", "10.20.20.32", "t3.micro", "ubuntu-24.04", "$0.", "[Confirm] [Cancel]"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    assert!(stage.ours().is_empty(), "a card makes nothing");

    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, READY).await;
    let mut kinds: Vec<_> = stage.ours().into_iter().map(|item| (item.kind, item.state)).collect();
    kinds.sort();
    kinds.dedup();
    let expected = [
        ("instance", "running"),
        ("instance-profile", "available"),
        ("role", "available"),
        ("volume", "in-use"),
        ("vpc-endpoint", "available"),
    ];
    for (kind, state) in expected {
        let found = kinds
            .iter()
            .any(|(k, s)| *k == kind && (s == state || matches!(kind, "role" | "instance-profile")));
        assert!(found, "{kind} {state} in {kinds:?}");
    }

    let session = stage.says("operator", "/session start instance:my-service-01").await;
    assert_eq!(session.private_to.as_deref(), Some("operator"));
    let told = text(&session);
    assert!(told.contains("my-service-01 is ready for a session"), "{told}");
    assert!(told.contains("aws ssm start-session --target i-"), "{told}");
    assert!(told.contains("--region ap-northeast-2"), "{told}");
    assert!(!stage.world.aws.calls().iter().any(|call| call.operation == "StartSession"));

    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    let receipt = text(&stage.reads(&ask.id, "Service pair terminated, nothing of it is left").await);
    assert!(receipt.contains("Nothing keeps billing"), "{receipt}");
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn launching_again_repairs_what_is_missing_and_changes_nothing_that_is_right() {
    let (stage, message) = launched().await;
    let before = stage.instances();
    let again = text(&stage.says("operator", "/launch service").await);
    assert!(again.contains("complete"), "{again}");
    assert_eq!(stage.instances(), before);

    stage.world.aws.by_hand().terminate_instance(&before["my-service-02"]).expect("it runs");
    stage.reads(&message, "my-service-02 is gone").await;
    let card = stage.says("operator", "/launch service").await;
    assert!(text(&card).contains("Repair the service pair?"), "{}", text(&card));
    stage.presses("operator", &card.id, "Confirm").await;
    stage
        .see("a new second instance", |stage| {
            let now = stage.instances();
            let new = now.get("my-service-02")?;
            (new != &before["my-service-02"] && now["my-service-01"] == before["my-service-01"]).then_some(())
        })
        .await;
    stage.posted(READY).await;
    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_press_wins_and_the_second_is_told() {
    let stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    let (cancel, confirm) = (stage.custom_id(&card, "Cancel"), stage.custom_id(&card, "Confirm"));
    stage.world.discord.press("second", &card.id, &cancel).await.expect("pressed");
    stage
        .see("the card cancelled", |stage| {
            let card = stage.world.discord.message(&card.id)?;
            (!text(&card).contains("[Confirm]")).then_some(())
        })
        .await;
    let late = stage.world.discord.press_raw("operator", &card.id, &confirm).await.expect("sent");
    let told = text(&stage.reply_to(&late.interaction_id).await);
    assert!(told.contains("<@"), "who was first: {told}");
    assert!(stage.ours().is_empty());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_survive_a_restart() {
    let mut stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    stage.kill_bot().await;
    stage.start_bot().await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, READY).await;
    let ask = stage.says("operator", "/terminate service").await;
    stage.kill_bot().await;
    stage.start_bot().await;
    stage.presses("operator", &ask.id, "Confirm").await;
    stage.reads(&ask.id, "nothing of it is left").await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn status_and_cost_say_what_is_there() {
    let (stage, _) = launched().await;
    let status = stage.says("viewer", "/status").await;
    let shown = text(&status);
    for words in ["my-service-01", "my-service-02", "shell ready", "NAT window closed"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let picture = status.attachments.first().expect("a picture");
    assert_eq!(picture.content_type, "image/png");
    let cost = text(&stage.says("viewer", "/cost now").await);
    for words in ["my-service-01", "ssmmessages", "list price", "started hour", "/month"] {
        assert!(cost.contains(words), "{words} in {cost}");
    }
    let help = stage.says("outsider", "/help").await;
    assert_eq!(help.private_to.as_deref(), Some("outsider"));
    for command in
        ["/launch service", "/terminate service", "/nat open", "/session start", "/status", "/cost now"]
    {
        assert!(text(&help).contains(command), "{command} in {}", text(&help));
    }
    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_summary_is_posted_at_its_hour() {
    let stage = Stage::set_with(|settings| {
        // A quarter of an hour after the stage begins, in the zone of the reports.
        settings.reports.daily = Some("0 15 12 * * *".parse().expect("six fields"));
    })
    .await;
    let opened = stage.says("operator", "/nat open 30m").await;
    stage.reads(&opened.id, "The NAT window is open").await;
    let summary = stage
        .see("the summary with its chart", |stage| {
            let messages = stage.world.discord.channel().messages;
            messages.into_iter().find(|view| view.invoked_by.is_none() && !view.attachments.is_empty())
        })
        .await;
    assert!(text(&summary).contains("$0."), "{}", text(&summary));
    stage.reads(&opened.id, "nothing of it is left").await;
    stage.finish().await;
}

/// What a summary is compared with is what was told, and not what nobody got to see.
#[tokio::test(flavor = "multi_thread")]
async fn a_summary_that_discord_refused_at_first_still_tells_what_changed() {
    let stage = Stage::set_with(|settings| {
        settings.reports.daily = Some("0 15 12 * * *".parse().expect("six fields"));
    })
    .await;
    stage.posted("nothing is running").await;
    let opened = stage.says("operator", "/nat open 30m").await;
    stage.reads(&opened.id, "The NAT window is open").await;
    stage.says("operator", "/nat close").await;
    stage.reads(&opened.id, "nothing of it is left").await;

    // The first attempt at the next one, a day later.
    stage.world.discord.faults().fail_next("POST", "/channels/", 403, 1);
    stage.later(24 * 60);
    let second = text(&stage.posted("Since ").await);
    assert_eq!(stage.world.discord.faults().pending(), 0, "the summary was refused once");
    assert!(second.contains("• 1 NAT window, "), "{second}");
    stage.finish().await;
}

/// Each thing that had come to pass once led to a pause before the next was looked at for the first time.
#[tokio::test(start_paused = true)]
async fn what_is_there_already_is_not_waited_for() {
    let mut stage = Stage::builder().time(Time::Jumping).set().await;
    stage.world.aws.set_timing(Timing::instant());
    stage.play(&[Say("operator", "/launch service"), Press("operator", "Confirm"), UntilDone]).await;
    let calls = stage.world.aws.calls();
    let made = calls.iter().rposition(|call| call.operation == "RunInstances").expect("an instance");
    // Only a look at everything looks at the VPC.
    let proof = calls[made..].iter().find(|call| call.operation == "DescribeVpcs").expect("a look");
    let pause = proof.at - calls[made].at;
    assert!(pause < TimeDelta::seconds(1), "{pause}");
    stage.finish().await;
}
