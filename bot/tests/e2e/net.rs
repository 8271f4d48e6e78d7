//! The net under a window: told only while it is as it was made, mended when somebody changes it.

use doorman_stage::{Stage, text};
use serde_json::json;

const OPEN: &str = "The NAT window is open";
const NET: &str = "Safety net: AWS closes it by itself";

/// The group that doorman's schedules are in.
const GROUP: &str = "doorman";

/// The only schedule: its name, and whether it is enabled.
fn schedule(stage: &Stage) -> Option<(String, bool)> {
    let all = stage.world.aws.by_hand().scheduler("ListSchedules", &json!({})).expect("a list");
    let [one] = all["Schedules"].as_array()?.as_slice() else { return None };
    Some((one["Name"].as_str()?.to_owned(), one["State"] == "ENABLED"))
}

/// The only schedule, when its runbook has been told ids that begin so.
pub(crate) fn knows_ids(stage: &Stage, begin: &str) -> Option<String> {
    let (name, _) = schedule(stage)?;
    let named = json!({ "Name": name, "GroupName": GROUP });
    let shown = stage.world.aws.by_hand().scheduler("GetSchedule", &named).ok()?;
    shown["Target"]["Input"].as_str()?.contains(begin).then_some(name)
}

/// A window that is open, and has the net that it keeps.
async fn with_a_net(line: &str) -> (Stage, String, String) {
    let stage = Stage::set().await;
    let reply = stage.says("operator", line).await;
    stage.reads(&reply.id, OPEN).await;
    stage.reads(&reply.id, NET).await;
    let name = stage.see("it knows the gateway", |stage| knows_ids(stage, "nat-")).await;
    (stage, reply.id, name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_is_switched_off_is_mended() {
    let (stage, window, name) = with_a_net("/nat open 2h").await;
    stage.world.aws.by_hand().disable_schedule(&name).expect("it is there");
    stage.see("it is enabled again", |stage| schedule(stage).filter(|(_, enabled)| *enabled)).await;
    stage.reads(&window, NET).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_mended_is_not_told_of() {
    let (stage, window, name) = with_a_net("/nat open 2h").await;
    stage.refuse("DeleteSchedule", 100_000, 403, "AccessDeniedException");
    stage.world.aws.by_hand().disable_schedule(&name).expect("it is there");
    let told = text(&stage.reads(&window, "No safety net").await);
    assert!(!told.contains(NET), "{told}");
    stage.world.aws.faults().clear();
    stage.reads(&window, NET).await;
    stage.finish().await;
}

/// One of that name that was there before: at another time, or starting something else.
async fn another_of_that_name(change: impl Fn(&mut serde_json::Value)) {
    let (stage, window, name) = with_a_net("/nat open 2h").await;
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
    stage.reads(&window, NET).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn one_that_takes_another_gateway_away_is_mended() {
    another_of_that_name(|schedule| {
        let input = schedule["Target"]["Input"].as_str().expect("a text").to_owned();
        let mut input: serde_json::Value = serde_json::from_str(&input).expect("JSON");
        input["Parameters"]["GatewayId"] = json!(["nat-0fffffffffffffff0"]);
        schedule["Target"]["Input"] = input.to_string().into();
    })
    .await;
}

/// The new one is armed before the old one goes: whenever AWS is asked, there is one for the window's end.
#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_moment_without_one() {
    let (stage, window, by_id) = with_a_net("/nat open 30m").await;
    stage.says("operator", "/nat extend 1h").await;
    let is_new = |stage: &Stage| knows_ids(stage, "nat-").filter(|name| *name != by_id);
    stage.see("it is for the new end", is_new).await;
    stage.reads(&window, NET).await;
    let mut armed = 0_i32;
    for call in stage.world.aws.calls().iter().filter(|call| call.mutating) {
        match call.operation.as_str() {
            "CreateSchedule" => armed += 1,
            "DeleteSchedule" => armed -= 1,
            "CreateNatGateway" => assert_eq!(armed, 1, "the first one comes before the meter"),
            _ => continue,
        }
        assert!((1..=2).contains(&armed), "{armed} after {}", call.operation);
    }
    stage.finish().await;
}
