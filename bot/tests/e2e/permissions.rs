//! What the policies in `docs/iam/` allow: all that the bot needs, nothing that it does not, and nothing that a thief
//! of its key would want.
//!
//! Every stage lets the bot do what these policies allow and no more, and at its end nothing may have been denied
//! ([`Promise::NothingDenied`](doorman_stage::Promise)). Here the stories are told in which every action is needed once;
//! what they asked AWS for is judged a second time, by an [evaluator that nobody here wrote](simulator), and turned
//! into [attacks] by changing one thing of it.

mod attacks;
mod simulator;

use std::collections::BTreeSet;

use doorman::demo::BOT_KEY;
use doorman_cloud::aws::Aws;
use doorman_cloud::backstop::runbook;
use doorman_cloud::check::{Check, Verdict};
use doorman_cloud::lease::LeaseKind;
use doorman_cloud::policy::Purpose;
use doorman_sandbox::aws::{Call, Demand, Timing};
use doorman_stage::{Stage, text};
use serde_json::{Value, json};

use self::attacks::{ATTACKS, TABLE, table};
use self::simulator::Simulator;

const WINDOW: &str = "The NAT window is open";
const PAIR: &str = "The service pair is ready";
const GONE: &str = "nothing of it is left";

/// What `doorman check` says with the bot's own credentials: nothing that is bad.
async fn checks(stage: &Stage) {
    let options = stage.world.aws_options();
    let aws = Aws::connect(&stage.settings, &stage.world.clock, options).await;
    let check = Check::new(&aws, &stage.settings.stack, stage.world.clock.now());
    let findings = Box::pin(check.all()).await;
    let bad = findings
        .iter()
        .filter(|finding| matches!(finding.verdict, Verdict::Bad(_) | Verdict::Warn(_) | Verdict::Skipped));
    assert_eq!(bad.collect::<Vec<_>>(), Vec::<&_>::new());
}

async fn launched(stage: &Stage, line: &str) -> String {
    let card = stage.says("operator", line).await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, PAIR).await;
    card.id
}

async fn terminated(stage: &Stage) {
    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    stage.reads(&ask.id, GONE).await;
}

/// The calls of the bot, once the stage has ended well.
async fn over(stage: Stage) -> Vec<Call> {
    let calls = stage.world.aws.calls();
    stage.finish().await;
    calls
}

/// A window that is extended, loses its gateway and is repaired.
async fn a_window() -> Vec<Call> {
    let stage = Stage::set().await;
    checks(&stage).await;
    let message = stage.says("operator", "/nat open 1h").await.id;
    stage.reads(&message, WINDOW).await;
    checks(&stage).await;
    stage.says("operator", "/nat extend 30m").await;
    let retagged = |stage: &Stage| {
        // A dry run is none.
        let mut calls = stage.world.aws.calls().into_iter();
        calls.any(|call| call.operation == "CreateTags" && call.mutating).then_some(())
    };
    stage.see("the later end in the tags", retagged).await;
    let gateway = stage.default_route().expect("a route to it");
    stage.world.aws.by_hand().delete_nat_gateway(&gateway).expect("it is there");
    stage.reads(&message, "[Repair]").await;
    stage.presses("operator", &message, "Repair").await;
    stage.see("another gateway", |stage| stage.default_route().filter(|route| *route != gateway)).await;
    stage.reads(&message, WINDOW).await;
    stage.says("operator", "/nat close").await;
    stage.reads(&message, GONE).await;
    over(stage).await
}

/// A pair that is bought on the spot market, and another one that is stopped, loses a profile and a volume.
async fn pairs() -> Vec<Call> {
    let stage = Stage::set().await;
    launched(&stage, "/launch service market:spot").await;
    checks(&stage).await;
    terminated(&stage).await;

    let message = launched(&stage, "/launch service").await;
    let by_hand = stage.world.aws.by_hand();
    let instances = stage.instances();
    by_hand.take_profile(&instances["my-service-01"]).expect("it has one");
    by_hand.stop_instance(&instances["my-service-02"]).expect("it runs");
    stage.reads(&message, "[Repair]").await;
    let card = stage.says("operator", "/launch service").await;
    assert!(text(&card).contains("Repair the service pair?"), "{}", text(&card));
    stage.presses("operator", &card.id, "Confirm").await;
    stage.posted(PAIR).await;
    by_hand.keep_volumes(&instances["my-service-01"]).expect("it has one");
    terminated(&stage).await;
    over(stage).await
}

/// A pair of an image of its own, whose agents say nothing until they are rebooted.
async fn silent_agents() -> Vec<Call> {
    let mut stage = Stage::builder().set_without_bot().await;
    let slow = Timing { agent_registration: std::time::Duration::from_secs(450), ..Timing::default() };
    stage.world.aws.set_timing(slow);
    stage.start_bot().await;
    let fits = [("Filter.1.Name", "architecture"), ("Filter.1.Value.1", "x86_64")];
    let images = stage.world.aws.by_hand().ec2("DescribeImages", &fits).expect("there are some");
    let image = images.split("<imageId>").nth(1).and_then(|rest| rest.split('<').next()).expect("one");
    let card = stage.says("operator", &format!("/launch service image:{image}")).await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage
        .see("a reboot", |stage| {
            let calls = stage.world.aws.calls();
            calls.iter().any(|call| call.operation == "RebootInstances").then_some(())
        })
        .await;
    stage.world.aws.set_timing(Timing::default());
    stage.reads(&card.id, PAIR).await;
    terminated(&stage).await;
    over(stage).await
}

/// Everything that was asked for in these stories, each once.
async fn demands() -> BTreeSet<Demand> {
    // Each story by itself is as much as fits on a stack.
    let stories = [tokio::spawn(a_window()), tokio::spawn(pairs()), tokio::spawn(silent_agents())];
    let mut demands = BTreeSet::new();
    for story in stories {
        let calls = story.await.expect("it ends well");
        demands.extend(calls.into_iter().flat_map(|call| call.demands));
    }
    demands
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    }
}

/// The actions that the bot's policies allow.
fn allowed(stage: &Stage) -> BTreeSet<String> {
    let purposes = Purpose::ALL.into_iter().filter(|purpose| purpose.is_for_the_bot(&stage.settings));
    let statements = purposes.flat_map(|purpose| {
        let policy: Value = serde_json::from_str(purpose.template()).expect("JSON");
        policy["Statement"].as_array().expect("statements").clone()
    });
    statements.flat_map(|statement| list(&statement["Action"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_is_needed_and_no_attack_is_allowed() {
    let demands = Box::pin(demands()).await;
    let stage = Stage::set().await;
    let used: BTreeSet<String> = demands.iter().map(|demand| demand.action.clone()).collect();
    assert_eq!(used, allowed(&stage), "on the left what was needed, on the right what is allowed");

    // Ids differ from stage to stage, where this one's policies name them.
    let attacks: Vec<Demand> = ATTACKS.iter().map(|attack| attack.on(&demands)).collect();
    let through: Vec<_> = ATTACKS
        .iter()
        .zip(&attacks)
        .filter(|(_, demand)| stage.world.aws.permits(BOT_KEY, demand))
        .map(|(attack, _)| attack.does)
        .collect();
    assert_eq!(through, Vec::<&str>::new(), "the sandbox lets these through");
    assert!(ATTACKS.len() >= 40, "{}", ATTACKS.len());

    if let Some(simulator) = Simulator::found() {
        let policies = stage.world.policies(&stage.settings).expect("the network is there");
        let asked: Vec<&Demand> = demands.iter().chain(&attacks).collect();
        let judged = simulator.judge(&policies, &asked).await;
        let differs: Vec<_> = asked
            .iter()
            .zip(&judged)
            .filter(|(demand, judged)| {
                let ours = stage.world.aws.permits(BOT_KEY, demand);
                !judged.errors.is_empty() || judged.allowed != ours
            })
            .collect();
        assert!(differs.is_empty(), "judged otherwise by iam-simulate:\n{differs:#?}");
    }
    stage.finish().await;
}

/// A runbook that does nothing, under the name of the one that closes a window.
#[tokio::test(flavor = "multi_thread")]
async fn a_runbook_that_says_something_else_is_not_armed() {
    let stage = Stage::set().await;
    let by_hand = stage.world.aws.by_hand();
    let name = runbook(LeaseKind::NatWindow).expect("covered").name();
    let nothing = json!({ "schemaVersion": "0.3", "mainSteps": [{
        "name": "Nothing", "action": "aws:sleep", "inputs": { "Duration": "PT1S" },
    }] });
    by_hand.ssm("DeleteDocument", &json!({ "Name": name })).expect("it was there");
    let document = json!({ "Name": name, "DocumentType": "Automation", "Content": nothing.to_string() });
    by_hand.ssm("CreateDocument", &document).expect("somebody else's");

    let message = stage.says("operator", "/nat open 30m").await.id;
    let open = text(&stage.reads(&message, WINDOW).await);
    assert!(open.contains("**No safety net:** its runbook is missing in AWS, or is not the one"), "{open}");
    let called = |operation: &str| stage.world.aws.calls().iter().any(|call| call.operation == operation);
    assert!(!called("CreateSchedule") && !called("CreateDocument"));
    stage.says("operator", "/nat close").await;
    stage.reads(&message, GONE).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_boundary_nothing_is_launched_and_what_to_run_is_said() {
    let stage = Stage::set().await;
    let by_hand = stage.world.aws.by_hand();
    let policy = [("PolicyArn", "arn:aws:iam::123456789012:policy/doorman-instances")];
    by_hand.iam("DeletePolicy", &policy).expect("nothing has it");
    let told = text(&stage.says("operator", "/launch service").await);
    assert!(told.contains("`doorman-instances`") && told.contains("`doorman check --fix`"), "{told}");
    assert!(!told.contains("[Confirm]") && stage.ours().is_empty(), "{told}");
    stage.finish().await;
}

/// As version 0.1 made it, without a boundary: it is used, and `doorman check` says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_doormans_is_used_unless_others_may_take_it() {
    let stage = Stage::set().await;
    let message = launched(&stage, "/launch service").await;
    let by_hand = stage.world.aws.by_hand();
    let role = ("RoleName", "MySSMRoleForServiceInstance");
    by_hand.iam("DeleteRolePermissionsBoundary", &[role]).expect("it has one");
    checks(&stage).await;
    let first = stage.instances()["my-service-01"].clone();
    by_hand.terminate_instance(&first).expect("it runs");
    stage.reads(&message, "my-service-01 is gone").await;

    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::210987654321:root" }, "Action": "sts:AssumeRole",
    }});
    let ours = doorman_cloud::kinds::role::TRUST;
    let update = |trust: &str| {
        let document = [role, ("PolicyDocument", trust)];
        by_hand.iam("UpdateAssumeRolePolicy", &document).expect("changed");
    };
    update(&trust.to_string());
    let told = text(&stage.says("operator", "/launch service").await);
    assert!(told.contains("not only EC2 instances may take it any more"), "{told}");
    update(ours);
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.posted(PAIR).await;
    terminated(&stage).await;
    stage.finish().await;
}

#[test]
fn the_table_of_attacks_is_the_one_that_is_tried() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let path = root.join(TABLE);
    if std::env::var_os("DOORMAN_WRITE_TABLES").is_some() {
        std::fs::write(&path, table()).expect("written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, table(), "DOORMAN_WRITE_TABLES=1 writes {TABLE} anew");
}
