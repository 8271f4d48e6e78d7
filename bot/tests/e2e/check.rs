//! `doorman check` and `doorman check --fix`, as somebody types them who sets doorman up.

use std::process::Stdio;

use doorman_cloud::backstop::POLICY_NAME;
use doorman_sandbox::aws::Item;
use doorman_stage::{Promise, Stage, Time};

use crate::DOORMAN;

const ROLE: &str = "doorman-backstop";
/// Every test here begins so, and most end so.
const DELETED: (Promise, &str) = (Promise::NobodyElsesChanged, "the test deletes the role that was there");
const FIXED: (Promise, &str) = (Promise::NothingLeft, "the role that was made stays");

/// An account without the role, and the settings of a bot in it.
async fn without_role() -> Stage {
    let stage = Stage::builder().time(Time::Machine(1.0)).program(DOORMAN).set_without_bot().await;
    let by_hand = stage.world.aws.by_hand();
    let policy = [("RoleName", ROLE), ("PolicyName", POLICY_NAME)];
    by_hand.iam("DeleteRolePolicy", &policy).expect("the demo has it");
    by_hand.iam("DeleteRole", &[("RoleName", ROLE)]).expect("the demo has it");
    stage
}

/// Runs `doorman check` with these arguments and no terminal: whether it went well, and what it said.
async fn check(stage: &Stage, arguments: &[&str]) -> (bool, String) {
    let mut command = stage.command(&[&["check"], arguments].concat());
    command.stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
    let output = output.expect("the program starts");
    let all = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(all).expect("text"))
}

fn role(stage: &Stage) -> Option<Item> {
    stage.world.aws.inventory().into_iter().find(|item| item.kind == "role" && item.id == ROLE)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_net_is_a_warning_and_is_made_only_after_a_yes() {
    let stage = without_role().await;
    let (good, text) = check(&stage, &[]).await;
    assert!(good, "{text}");
    assert!(text.contains("warning  safety net: role doorman-backstop — there is none"), "{text}");
    assert!(text.ends_with("\nNo problems found, 1 warning.\n"), "{text}");
    let (good, json) = check(&stage, &["--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON and nothing else");
    assert!(good && json["good"] == true && json["warnings"] == 1, "{json:#}");
    let lines = json["lines"].as_array().expect("a list").iter();
    let warned: Vec<_> = lines.filter(|line| line["state"] == "warning").collect();
    assert_eq!(warned.len(), 1, "{json:#}");
    assert!(warned[0]["remedy"].as_str().is_some_and(|remedy| remedy.contains("--fix")), "{json:#}");

    let (good, text) = check(&stage, &["--fix"]).await;
    assert!(!good, "{text}");
    assert!(text.contains("taken by scheduler.amazonaws.com"), "what would be done is shown:\n{text}");
    assert!(text.contains("Nothing was changed: there is no terminal to ask on."), "{text}");
    assert!(role(&stage).is_none());

    let (good, text) = check(&stage, &["--fix", "--yes"]).await;
    assert!(good, "{text}");
    let (before, after) = text.split_once("The role doorman-backstop was made.").expect("done");
    assert!(before.contains("1 warning") && after.ends_with("\nNo problems found.\n"), "{text}");
    assert!(after.contains("ok       safety net: role doorman-backstop — made by doorman"), "{text}");
    assert!(role(&stage).is_some_and(|role| role.managed));
    assert!(!text.contains("123456789012"), "the account's number is shown:\n{text}");

    let (good, text) = check(&stage, &["--fix", "--yes"]).await;
    assert!(
        good && text.ends_with("the role doorman-backstop and what belongs to it are as they should be.\n"),
        "{text}"
    );
    stage.finish_except(&[DELETED, FIXED]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_role_and_missing_rights_are_said_and_change_nothing() {
    let stage = without_role().await;
    let denied = doorman_sandbox::aws::FaultKind::Refuse {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "User: arn:aws:iam::123456789012:user/bot is not authorized to perform: iam:CreateRole"
            .to_owned(),
    };
    stage.world.aws.faults().add(doorman_sandbox::aws::FaultRule {
        operation: "CreateRole".to_owned(),
        skip: 0,
        times: usize::MAX,
        kind: denied,
    });
    let (good, text) = check(&stage, &["--fix", "--yes"]).await;
    assert!(!good && role(&stage).is_none(), "{text}");
    assert!(text.contains("these credentials may not iam:CreateRole. Somebody who may change IAM"), "{text}");
    assert!(!text.contains("user/bot"), "AWS's own text is shown:\n{text}");

    stage.world.aws.faults().clear();
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    stage.world.aws.by_hand().create_role(ROLE, trust, &[]).expect("a role");
    let before = role(&stage).map(|role| format!("{role:?}"));
    let (good, text) = check(&stage, &["--fix", "--yes"]).await;
    assert!(!good, "{text}");
    assert!(text.contains("carries no tag ManagedBy=doorman, so somebody else made it"), "{text}");
    assert_eq!(role(&stage).map(|role| format!("{role:?}")), before);
    // By its name and its tags it is the one that was there.
    stage.finish().await;
}

/// Whoever may change IAM need not be able to speak to Discord.

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_elsewhere_does_not_keep_the_role_from_being_made() {
    let stage = without_role().await;
    std::fs::create_dir(stage.store()).expect("in the way of the store");
    let (good, text) = check(&stage, &[]).await;
    assert!(!good && text.contains("problem  store"), "{text}");
    let (good, text) = check(&stage, &["--fix", "--yes"]).await;
    assert!(good && role(&stage).is_some(), "{text}");
    stage
        .finish_except(&[DELETED, FIXED, (Promise::StoreAgrees, "a folder is in the way of the store")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn yes_without_fix_is_a_mistake() {
    let stage = without_role().await;
    let (good, text) = check(&stage, &["--yes"]).await;
    assert!(!good && text.contains("--fix"), "{text}");
    stage.finish_except(&[DELETED]).await;
}
