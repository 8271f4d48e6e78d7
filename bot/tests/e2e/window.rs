//! `/nat open`, `extend`, `close`: the window from the first word to the receipt.

use chrono::TimeDelta;
use doorman_config::Settings;
use doorman_stage::{Stage, text};

const OPEN: &str = "The NAT window is open";
const CLOSED: &str = "NAT window closed, nothing of it is left";

#[tokio::test(flavor = "multi_thread")]
async fn a_window_opens_warns_and_closes_by_itself() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open duration:30m").await;
    assert!(text(&reply).contains("Opening the NAT window"), "{}", text(&reply));
    stage.reads(&reply.id, OPEN).await;
    assert_eq!(stage.billing(), ["elastic-ip associated", "nat-gateway available"]);
    stage.posted("closes in 10 minutes").await;
    stage.posted("closes in 2 minutes").await;
    let closed = stage.reads(&reply.id, CLOSED).await;
    assert!(text(&closed).contains("billed as 1 h"), "a started hour is an hour: {}", text(&closed));
    assert!(text(&closed).contains("Nothing keeps billing"), "{}", text(&closed));
    assert!(!text(&closed).contains("[Close now]"), "spent buttons are gone: {}", text(&closed));
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_closes_at_once_when_told() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 2h").await;
    stage.reads(&reply.id, OPEN).await;
    stage.presses("operator", &reply.id, "Close now").await;
    let closed = stage.reads(&reply.id, CLOSED).await;
    assert!(text(&closed).contains("Closed by <@1180000000000000100>"), "{}", text(&closed));
    stage.nothing_left().await;
    let again = stage.says("operator", "/nat close").await;
    assert!(text(&again).contains("You closed the last one: nothing of it was left"), "{}", text(&again));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_an_open_window_extends_it_and_says_so() {
    let stage = Stage::set().await;
    let first = stage.says("operator", "/nat open 30m").await;
    stage.reads(&first.id, OPEN).await;
    let second = stage.says("operator", "/nat open 1h").await;
    assert!(text(&second).contains("was already open"), "{}", text(&second));
    assert!(text(&second).contains("It was extended instead"), "{}", text(&second));
    let third = stage.says("operator", "/nat extend duration:10m").await;
    assert!(text(&third).contains("extended the NAT window"), "{}", text(&third));
    stage.reads(&first.id, "Extended by").await;
    // What it owns carries the new end, so that losing the store would not close it early.
    let until = stage.until(&first.id);
    stage
        .see("every tag with the new end", |stage| {
            // A schedule carries none; its end is in its name.
            let tagged = stage.ours().into_iter().filter(|item| item.kind != "schedule");
            let tags = tagged.filter_map(|item| item.tags.get("doorman:expires-at").cloned());
            tags.map(|tag| tag == until).reduce(|a, b| a && b).filter(|all| *all)
        })
        .await;
    stage.assert_only_one_ever();
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_extend_button_adds_half_an_hour() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    let before = stage.until(&reply.id);
    stage.presses("operator", &reply.id, "Extend 30m").await;
    stage.reads(&reply.id, "Extended by").await;
    let after = stage.until(&reply.id);
    let minutes = |text: &str| chrono::DateTime::parse_from_rfc3339(text).expect("a date").timestamp() / 60;
    assert_eq!(minutes(&after) - minutes(&before), 30);
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_opening_at_once_get_one_window() {
    let stage = Stage::set().await;
    let (one, two) =
        tokio::join!(stage.says("operator", "/nat open 30m"), stage.says("second", "/nat open 30m"));
    let told = [text(&one), text(&two)];
    assert_eq!(told.iter().filter(|told| told.contains("Opening the NAT window")).count(), 1, "{told:#?}");
    assert_eq!(told.iter().filter(|told| told.contains("already open")).count(), 1, "{told:#?}");
    stage.posted(OPEN).await;
    stage.assert_only_one_ever();
    stage.says("second", "/nat close").await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_while_opening_leaves_nothing() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage
        .see("a gateway coming up", |stage| {
            stage.billing().iter().any(|b| b.contains("elastic-ip")).then_some(())
        })
        .await;
    stage.says("operator", "/nat close").await;
    stage.reads(&reply.id, CLOSED).await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_deletes_by_hand_is_drift_with_a_repair_button() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 2h").await;
    stage.reads(&reply.id, OPEN).await;
    stage.world.aws.by_hand().delete_route("my-route-private", "0.0.0.0/0").expect("there is one");
    stage.reads(&reply.id, "has lost its route to the internet").await;
    let status = stage.says("viewer", "/status").await;
    assert!(text(&status).contains("has lost its route to the internet"), "{}", text(&status));
    assert!(stage.default_route().is_none(), "nothing is rebuilt unasked");
    stage.presses("operator", &reply.id, "Repair").await;
    stage.reads(&reply.id, OPEN).await;
    assert!(stage.default_route().is_some_and(|route| route.starts_with("nat-")));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn korean_is_answered_in_korean() {
    let stage = Stage::set().await;
    stage.world.discord.set_locale("operator", "ko");
    let reply = stage.says("operator", "/nat open duration:30분").await;
    assert!(text(&reply).contains("여는 중입니다"), "{}", text(&reply));
    stage.reads(&reply.id, "열려 있습니다").await;
    stage.says("operator", "/nat close").await;
    stage.reads(&reply.id, "남은 리소스가 없습니다").await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_is_read_as_a_mac_and_a_phone_type_it() {
    let stage = Stage::set().await;
    // Letters instead of syllables, a space that does not break, and a mark that nobody sees.
    let typed = "\u{1112}\u{1161}\u{11ab}\u{a0}\u{1109}\u{1175}\u{1100}\u{1161}\u{11ab}\u{200b}";
    let began = stage.world.clock.now();
    let reply = stage.says("operator", &format!("/nat open duration:{typed}")).await;
    let message = stage.reads(&reply.id, OPEN).await;
    let beyond = stage.until_of(&message) - began - TimeDelta::hours(1);
    assert!(beyond.abs() < TimeDelta::minutes(2), "an hour and {beyond}");
    let asked = stage.says("operator", "/nat extend duration:5m5").await;
    assert!(text(&asked).contains("5m and 5 what?"), "{}", text(&asked));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_open_for_as_long_as_its_role_allows_and_no_longer() {
    let half_an_hour = |settings: &mut Settings| {
        let length = "30m".parse().expect("a length");
        settings.policy.grants.iter_mut().for_each(|grant| grant.max_window = Some(length));
    };
    let stage = Stage::set_with(half_an_hour).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    let end = stage.until(&reply.id);
    stage.posted("closes in 10 minutes").await;
    stage.presses("operator", &reply.id, "Extend 30m").await;
    stage
        .whispered("operator", "It cannot be extended any more: you may have it open for at most 30m in all")
        .await;
    assert_eq!(stage.until(&reply.id), end);
    stage.reads(&reply.id, CLOSED).await;
    stage.finish().await;
}
