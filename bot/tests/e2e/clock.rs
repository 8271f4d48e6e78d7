//! A machine whose clock is wrong: what things cost is right all the same, windows are closed, and it is said.

use chrono::TimeDelta;
use doorman_stage::{Stage, text};

const OPEN: &str = "The NAT window is open";
const CLOSED: &str = "NAT window closed, nothing of it is left";
const PAIR_READY: &str = "The service pair is ready";
/// Slower than a stage usually lives: what is made is closed within seconds.
const SECONDS: f64 = 60.0;

async fn wrong_by(ahead: TimeDelta) -> Stage {
    Stage::builder().clock_ahead(ahead).set().await
}

/// Opens a window and closes it while its gateway is coming up; returns the receipt.
async fn closed_at_once(stage: &Stage) -> String {
    stage.world.clock.set_rate(SECONDS);
    let reply = stage.says("operator", "/nat open 30m").await;
    let pending = |stage: &Stage| stage.ours().into_iter().find(|item| item.kind == "nat-gateway");
    stage.see("a gateway coming up", pending).await;
    stage.presses("operator", &reply.id, "Close now").await;
    text(&stage.reads(&reply.id, CLOSED).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_a_moment_ago_costs_a_started_hour_by_any_clock() {
    for seconds in [-3_600, -60, -6, 6, 60, 3_600] {
        let stage = wrong_by(TimeDelta::seconds(seconds)).await;
        let receipt = closed_at_once(&stage).await;
        let line = receipt.lines().find(|line| line.contains("NAT gateway `")).expect("the gateway");
        assert!(line.contains("billed as 1 h · $0.059"), "{seconds} s: {line}");
        assert!(!receipt.contains("· -"), "{seconds} s: {receipt}");
        stage.nothing_left().await;
        stage.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_opened_covered_and_closed_by_any_clock() {
    for hours in [-1, 1] {
        let stage = wrong_by(TimeDelta::hours(hours)).await;
        let reply = stage.says("operator", "/nat open 30m").await;
        let open = text(&stage.reads(&reply.id, OPEN).await);
        assert!(open.contains("Safety net: AWS closes it by itself"), "{open}");
        // It fires five minutes after the end, by the clock that AWS fires it by.
        let schedules = stage.world.aws.by_hand().scheduler("ListSchedules", &serde_json::json!({}));
        let schedules = schedules.expect("a list");
        let name = schedules["Schedules"][0]["Name"].as_str().expect("a schedule").to_owned();
        let schedule = stage
            .world
            .aws
            .by_hand()
            .scheduler("GetSchedule", &serde_json::json!({ "Name": name, "GroupName": "doorman" }));
        let fires = schedule.expect("it is there")["ScheduleExpression"].as_str().expect("a time").to_owned();
        let fires = chrono::NaiveDateTime::parse_from_str(&fires, "at(%Y-%m-%dT%H:%M:%S)").expect("a time");
        let left = fires.and_utc() - stage.world.clock.now();
        assert!((5..=36).contains(&left.num_minutes()), "{hours} h: it fires in {left}");
        let receipt = text(&stage.reads(&reply.id, CLOSED).await);
        assert!(receipt.contains("billed as 1 h · $0.059") && !receipt.contains("Late"), "{receipt}");
        stage.nothing_left().await;
        stage.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_not_rebooted_because_of_a_clock() {
    let stage = wrong_by(TimeDelta::hours(1)).await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, PAIR_READY).await;
    let calls = stage.world.aws.calls();
    assert!(!calls.iter().any(|call| call.operation == "RebootInstances"), "it is an hour old at its birth");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_its_time_is_told_as_the_clock_and_not_as_the_credentials() {
    let stage = wrong_by(TimeDelta::hours(1)).await;
    stage.refuse("DescribeNatGateways", 100_000, 400, "RequestExpired");
    let told = text(&stage.says("viewer", "/status").await);
    stage.refuse("*", 100_000, 400, "RequestExpired");
    let blind = text(&stage.says("viewer", "/cost now").await);
    for told in [told, blind] {
        assert!(!told.contains("credentials are missing"), "{told}");
    }
    let reply = stage.says("operator", "/nat open 30m").await;
    let told = text(&stage.reads(&reply.id, "The clock of the machine that doorman runs on").await);
    assert!(!told.contains("credentials are missing"), "{told}");
    stage.world.aws.faults().clear();
    stage.finish().await;
}
