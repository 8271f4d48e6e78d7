//! The net under a window: told only while it is as it was made, mended when somebody changes it.

use doorman_stage::{Stage, text};
use serde_json::json;

const OPEN: &str = "The NAT window is open";
const NET: &str = "Safety net: AWS closes it by itself";

/// The only schedule: its name, and whether it is enabled.
fn schedule(stage: &Stage) -> Option<(String, bool)> {
    let all = stage.world.aws.by_hand().scheduler("ListSchedules", &json!({})).expect("a list");
    let one = &all["Schedules"][0];
    Some((one["Name"].as_str()?.to_owned(), one["State"] == "ENABLED"))
}

/// The group that doorman's schedules are in.
const GROUP: &str = "doorman";

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_is_switched_off_is_mended() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 2h").await;
    stage.reads(&reply.id, OPEN).await;
    stage.reads(&reply.id, NET).await;
    let (name, _) = schedule(&stage).expect("one");
    stage.world.aws.by_hand().disable_schedule(&name).expect("it is there");
    stage.see("it is enabled again", |stage| schedule(stage).filter(|(_, enabled)| *enabled)).await;
    stage.reads(&reply.id, NET).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_mended_is_not_told_of() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 2h").await;
    stage.reads(&reply.id, NET).await;
    let (name, _) = schedule(&stage).expect("one");
    stage.refuse("DeleteSchedule", 100_000, 403, "AccessDeniedException");
    stage.world.aws.by_hand().disable_schedule(&name).expect("it is there");
    let told = text(&stage.reads(&reply.id, "No safety net").await);
    assert!(!told.contains(NET), "{told}");
    stage.world.aws.faults().clear();
    stage.reads(&reply.id, NET).await;
    stage.finish().await;
}

/// One of that name that was there before: at another time, or starting something else.
async fn another_of_that_name(change: impl Fn(&mut serde_json::Value)) {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 2h").await;
    stage.reads(&reply.id, NET).await;
    let (name, _) = schedule(&stage).expect("one");
    let by_hand = stage.world.aws.by_hand();
    let shown =
        by_hand.scheduler("GetSchedule", &json!({ "Name": name, "GroupName": GROUP })).expect("it is there");
    let kept = ["ScheduleExpression", "ScheduleExpressionTimezone", "Target", "FlexibleTimeWindow"];
    let mut other = json!({ "Name": name, "GroupName": GROUP });
    for key in kept {
        other[key] = shown[key].clone();
    }
    change(&mut other);
    by_hand.scheduler("DeleteSchedule", &json!({ "Name": name, "GroupName": GROUP })).expect("it is there");
    by_hand.scheduler("CreateSchedule", &other).expect("it is made");
    let expression = shown["ScheduleExpression"].clone();
    let input = shown["Target"]["Input"].clone();
    stage
        .see("it is as it was", |stage| {
            let now = stage
                .world
                .aws
                .by_hand()
                .scheduler("GetSchedule", &json!({ "Name": name, "GroupName": GROUP }))
                .ok()?;
            let same = now["ScheduleExpression"] == expression && now["Target"]["Input"] == input;
            same.then_some(())
        })
        .await;
    stage.reads(&reply.id, NET).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_another_time_is_mended() {
    another_of_that_name(|schedule| schedule["ScheduleExpression"] = "at(2027-11-22T05:00:00)".into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_closes_another_lease_is_mended() {
    another_of_that_name(|schedule| {
        let input = schedule["Target"]["Input"].as_str().expect("a text").to_owned();
        let mut input: serde_json::Value = serde_json::from_str(&input).expect("JSON");
        input["Parameters"]["Lease"] = json!(["somebodyelses"]);
        schedule["Target"]["Input"] = input.to_string().into();
    })
    .await;
}
