//! What AWS answers for ever: it is told what it is about and why, and what costs nothing holds nothing open.

use chrono::TimeDelta;
use doorman_stage::{Stage, text};

const PAIR_READY: &str = "The service pair is ready";
const PAIR_GONE: &str = "Service pair terminated, nothing of it is left";
const PAIR_LEFT: &str = "Service pair terminated, nothing of it bills any more";
const WINDOW_OPEN: &str = "The NAT window is open";
const WINDOW_LEFT: &str = "NAT window closed, nothing of it bills any more";
const ROLE: &str = "MySSMRoleForServiceInstance";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
/// Slower than a stage usually lives: a retry here or there is no hour.
const SECONDS: f64 = 60.0;

/// Lets that much time go by, in which nothing may happen that anybody sees.
async fn pass(stage: &Stage, span: TimeDelta) {
    let later = stage.world.clock.now() + span;
    stage.world.clock.sleep_until(later).await;
}

async fn launched(stage: &Stage) {
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, PAIR_READY).await;
}

/// Terminates the pair; returns the message that tells of it.
async fn terminated(stage: &Stage) -> String {
    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    ask.id
}

/// Lets people tie something to the role while the pair runs: the pair goes, the role is left to people, with what to
/// do; another pair can be had; and what is untied goes.
async fn is_left_to_people(tie: &[(&str, &[(&str, &str)])], untie: &[(&str, &[(&str, &str)])]) {
    let stage = Stage::set().await;
    launched(&stage).await;
    for (operation, parameters) in tie {
        stage.world.aws.by_hand().iam(operation, parameters).expect("it is there");
    }
    let message = terminated(&stage).await;
    let view = stage.reads(&message, PAIR_LEFT).await;
    let told = text(&view);
    for words in [
        &format!("IAM role `{ROLE}`"),
        "Left to you, it costs nothing",
        "something that people attached to it",
        "(`DeleteConflict`)",
        "Detach it in the IAM console",
        "Nothing keeps billing",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert!(!told.contains("gone: role") && !told.contains(", role"), "the role is not gone: {told}");
    let components = serde_json::to_string(&view.components).expect("JSON");
    assert!(components.contains(&format!("roles/details/{ROLE}")), "{components}");
    assert!(stage.billing().is_empty(), "{:?}", stage.billing());

    // It goes on trying, but not every few seconds.
    let tries =
        |stage: &Stage| stage.world.aws.calls().iter().filter(|call| call.operation == "DeleteRole").count();
    let before = tries(&stage);
    pass(&stage, TimeDelta::hours(1)).await;
    let within = tries(&stage) - before;
    assert!((1..60).contains(&within), "{within} tries in an hour");

    launched(&stage).await;
    let message = terminated(&stage).await;
    stage.reads(&message, PAIR_LEFT).await;
    for (operation, parameters) in untie {
        stage.world.aws.by_hand().iam(operation, parameters).expect("it is there");
    }
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_with_a_further_policy() {
    let policy: &[_] = &[("RoleName", ROLE), ("PolicyArn", READ_ONLY)];
    is_left_to_people(&[("AttachRolePolicy", policy)], &[("DetachRolePolicy", policy)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_with_a_policy_written_into_it() {
    let document =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let put: &[_] = &[("RoleName", ROLE), ("PolicyName", "ours"), ("PolicyDocument", document)];
    let delete: &[_] = &[("RoleName", ROLE), ("PolicyName", "ours")];
    is_left_to_people(&[("PutRolePolicy", put)], &[("DeleteRolePolicy", delete)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_in_another_instance_profile() {
    let other: &[_] = &[("InstanceProfileName", "theirs")];
    let with_role: &[_] = &[("InstanceProfileName", "theirs"), ("RoleName", ROLE)];
    is_left_to_people(
        &[("CreateInstanceProfile", other), ("AddRoleToInstanceProfile", with_role)],
        &[("RemoveRoleFromInstanceProfile", with_role), ("DeleteInstanceProfile", other)],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_may_not_be_revoked_holds_no_window_open() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, WINDOW_OPEN).await;
    stage.refuse("RevokeSecurityGroupEgress", 100_000, 403, "UnauthorizedOperation");
    stage.presses("operator", &reply.id, "Close now").await;
    let told = text(&stage.reads(&reply.id, WINDOW_LEFT).await);
    for words in
        ["Security group rule `", "do not allow `RevokeSecurityGroupEgress`", "Nothing keeps billing"]
    {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert!(stage.billing().is_empty(), "{:?}", stage.billing());
    stage.world.aws.faults().clear();
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_instance_is_named_with_what_to_do() {
    let stage = Stage::set().await;
    launched(&stage).await;
    let id = stage.instances()["my-service-01"].clone();
    stage.world.aws.by_hand().protect_instance(&id, true).expect("it is there");
    stage.world.clock.set_rate(SECONDS);
    let message = terminated(&stage).await;
    let told = text(&stage.reads(&message, "TerminateInstances").await);
    for words in [
        "Instance `my-service-01` is protected against termination",
        "(`OperationNotPermitted`)",
        "Switch the protection off in the EC2 console",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert!(!told.contains("disableApiTermination"), "AWS's own words: {told}");
    // What bills is never left to people.
    pass(&stage, TimeDelta::minutes(5)).await;
    assert!(stage.instances().contains_key("my-service-01"));
    let told = text(&stage.world.discord.message(&message).expect("it is there"));
    assert!(
        told.contains("is protected against termination") && told.contains("instances: 1 left"),
        "{told}"
    );
    stage.world.aws.by_hand().protect_instance(&id, false).expect("it is there");
    stage.reads(&message, PAIR_GONE).await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_failed_is_billed_for_nothing() {
    let stage = Stage::set().await;
    stage.gateway_fails(1, "Gateway.NotAttached");
    let reply = stage.says("operator", "/nat open 30m").await;
    let told = text(&stage.reads(&reply.id, "could not be opened, nothing of it is left").await);
    assert!(!told.contains("billed as") && !told.contains("My-NAT"), "{told}");
    stage.nothing_left().await;
    stage.finish().await;
}
