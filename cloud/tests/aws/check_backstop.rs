//! What `doorman check` says of the net under the bot, and what `--fix` does about it.

use std::collections::BTreeSet;

use doorman_cloud::aws::Aws;
use doorman_cloud::backstop::{self, GROUP, Network, POLICY_NAME, Place, runbook, trust_policy};
use doorman_cloud::check::{
    Check, Difference, Finding, Fix, FixError, Flaw, Part, Problem, Proposal, Verdict,
};
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::FailureKind;
use doorman_cloud::lease::{LeaseKind, Trouble};
use doorman_cloud::policy::{Ids, Purpose};
use doorman_sandbox::aws::{FaultKind, Timing};
use serde_json::{Value, json};

use crate::world::{ACCESS_KEY, World, local, refuse, settings};

const ROLE: &str = "doorman-backstop";
const PLACE: Place<'_> = Place { account_id: "123456789012", region: "ap-northeast-2" };
const WHOLE: &str = "safety net: role doorman-backstop";
const TRUST: &str = "safety net: who may take it";
const POLICY: &str = "safety net: what it may do";

fn good(words: &str) -> Verdict {
    Verdict::Good(words.to_owned())
}

fn warned(flaw: Flaw, ours: bool) -> Verdict {
    Verdict::Warn(Problem::Backstop { flaw, ours })
}

async fn of(world: &World, what: &str) -> Verdict {
    let findings = world.check().await;
    let found = findings.iter().find(|finding| finding.what == what);
    found.unwrap_or_else(|| panic!("{what} is not among {findings:#?}")).verdict.clone()
}

/// A role as it should be.
pub(crate) fn make_role(world: &World) {
    make(world, &trust_policy(PLACE), Some(&role_policy(world)), true);
}

/// What it may do, with the ids of the one table and the one group.
fn role_policy(world: &World) -> Value {
    let items = world.sandbox.inventory();
    let id = |name: &str| {
        let found = items.iter().find(|item| item.name.as_deref() == Some(name));
        found.expect("in the reference network").id.clone()
    };
    let (table, group) = (id("my-route-private"), id("my-SG-private-service"));
    backstop::role_policy(PLACE, ROLE, Network { route_table: &table, group: &group })
}

/// The role made by hand with these policies; `tagged`: as doorman's.
fn make(world: &World, trust: &Value, policy: Option<&Value>, tagged: bool) {
    let by_hand = world.sandbox.by_hand();
    let policy = policy.map(Value::to_string);
    let policies: Vec<(&str, &str)> = policy.iter().map(|policy| (POLICY_NAME, policy.as_str())).collect();
    by_hand.create_role(ROLE, &trust.to_string(), &policies).expect("a role");
    if tagged {
        let tag =
            [("RoleName", ROLE), ("Tags.member.1.Key", "ManagedBy"), ("Tags.member.1.Value", "doorman")];
        by_hand.iam("TagRole", &tag).expect("a tag");
    }
}

async fn proposal(world: &World) -> Proposal {
    match world.checker().propose_fix().await.expect("a look") {
        Fix::Needed(proposal) => *proposal,
        other => panic!("{other:?}"),
    }
}

/// What was changed over the wire, in order.
fn changes(world: &World) -> Vec<String> {
    let calls = world.sandbox.calls();
    calls.iter().filter(|call| call.mutating).map(|call| call.operation.clone()).collect()
}

#[tokio::test]
async fn without_a_role_the_net_is_a_warning_and_nothing_worse() {
    let world = World::start().await;
    assert_eq!(of(&world, WHOLE).await, warned(Flaw::NoRole, true));
    assert_eq!(of(&world, TRUST).await, Verdict::Skipped);
    assert_eq!(of(&world, POLICY).await, Verdict::Skipped);
    assert_eq!(of(&world, "permission scheduler:ListSchedules").await, good("allowed"));
}

/// The name of the runbook for NAT windows.
fn nat_runbook() -> &'static str {
    runbook(LeaseKind::NatWindow).expect("covered").name()
}

fn written_by(part: Part) -> Verdict {
    Verdict::Warn(Problem::Part(part))
}

#[tokio::test]
async fn a_runbook_that_says_something_else_is_no_net_and_is_put_right() {
    let world = World::start().await;
    make_role(&world);
    let what = format!("safety net: runbook {}", nat_runbook());
    assert_eq!(of(&world, &what).await, good("as doorman writes it"));
    let nothing = json!({
        "Name": nat_runbook(), "DocumentType": "Automation",
        "Content": json!({ "schemaVersion": "0.3", "mainSteps": [{
            "name": "Nothing", "action": "aws:sleep", "inputs": { "Duration": "PT1S" },
        }] }).to_string(),
    });
    let by_hand = world.sandbox.by_hand();
    by_hand.ssm("DeleteDocument", &json!({ "Name": nat_runbook() })).expect("it was there");
    let missing = Part::Runbook { closes: LeaseKind::NatWindow, changed: false };
    assert_eq!(of(&world, &what).await, written_by(missing));
    by_hand.ssm("CreateDocument", &nothing).expect("somebody else's");
    let changed = Part::Runbook { closes: LeaseKind::NatWindow, changed: true };
    assert_eq!(of(&world, &what).await, written_by(changed));

    let wanted = proposal(&world).await;
    assert_eq!((wanted.flaws.as_slice(), wanted.parts.as_slice()), (&[][..], &[changed][..]));
    world.checker().apply_fix(&wanted, &Clock::system()).await.expect("put right");
    assert_eq!(changes(&world), ["DeleteDocument", "CreateDocument"]);
    assert_eq!(of(&world, &what).await, good("as doorman writes it"));
}

/// The policy for setting up allows it, and nothing that is not needed for it.
#[tokio::test]
async fn whoever_may_set_up_needs_nothing_else() {
    let world = World::bare(Timing::default()).await;
    let ids = Ids { account: PLACE.account_id.to_owned(), network: None };
    let policy = Purpose::SetUp.document(&settings(), &ids).expect("it names nothing of the network");
    world.sandbox.by_hand().grant(ACCESS_KEY, &[policy.to_string()]).expect("a policy");
    let wanted = proposal(&world).await;
    let runbook = Part::Runbook { closes: LeaseKind::NatWindow, changed: false };
    assert_eq!(wanted.flaws, [Flaw::NoRole]);
    assert_eq!(wanted.parts, [Part::Group, runbook, Part::Boundary { changed: false }]);
    world.checker().apply_fix(&wanted, &Clock::system()).await.expect("made");
    assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing);

    // All that can be written anew, is.
    let by_hand = world.sandbox.by_hand();
    let trust = trust_policy(Place { region: "us-east-1", ..PLACE }).to_string();
    by_hand
        .iam("UpdateAssumeRolePolicy", &[("RoleName", ROLE), ("PolicyDocument", &trust)])
        .expect("the role is there");
    by_hand.ssm("DeleteDocument", &json!({ "Name": nat_runbook() })).expect("it is there");
    let nothing = json!({ "schemaVersion": "0.3", "mainSteps": [{
        "name": "Nothing", "action": "aws:sleep", "inputs": { "Duration": "PT1S" },
    }] });
    let theirs =
        json!({ "Name": nat_runbook(), "DocumentType": "Automation", "Content": nothing.to_string() });
    by_hand.ssm("CreateDocument", &theirs).expect("somebody else's");
    let wider = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
    let arn = "arn:aws:iam::123456789012:policy/doorman-instances";
    let wider = [("PolicyArn", arn), ("PolicyDocument", &wider.to_string()), ("SetAsDefault", "true")];
    by_hand.iam("CreatePolicyVersion", &wider).expect("widened");
    world.checker().apply_fix(&proposal(&world).await, &Clock::system()).await.expect("put right");

    let calls = world.sandbox.calls();
    let denied: Vec<_> = calls.iter().filter_map(|call| call.denied.as_ref()).collect();
    assert_eq!(denied, Vec::<&_>::new());
    let used: BTreeSet<&str> =
        calls.iter().flat_map(|call| &call.demands).map(|demand| demand.action.as_str()).collect();
    let statements = policy["Statement"].as_array().expect("statements");
    let actions = statements.iter().flat_map(|statement| match &statement["Action"] {
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect::<Vec<_>>(),
    });
    assert_eq!(used, actions.collect());
}

#[tokio::test]
async fn the_boundary_of_the_instances_is_looked_at_and_put_right() {
    let world = World::start().await;
    make_role(&world);
    let what = "policy doorman-instances";
    assert!(matches!(of(&world, what).await, Verdict::Good(_)));
    let arn = "arn:aws:iam::123456789012:policy/doorman-instances";
    let all = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
    let wider = [("PolicyArn", arn), ("PolicyDocument", &all.to_string()), ("SetAsDefault", "true")];
    let by_hand = world.sandbox.by_hand();
    by_hand.iam("CreatePolicyVersion", &wider).expect("widened");
    let changed = Part::Boundary { changed: true };
    assert_eq!(of(&world, what).await, Verdict::Bad(Problem::Part(changed)));
    let wanted = proposal(&world).await;
    assert_eq!(wanted.parts, [changed]);
    world.checker().apply_fix(&wanted, &Clock::system()).await.expect("put right");
    assert_eq!(changes(&world), ["CreatePolicyVersion"]);
    assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing);

    by_hand.iam("DeletePolicy", &[("PolicyArn", arn)]).expect("nothing has it");
    let missing = Part::Boundary { changed: false };
    assert_eq!(of(&world, what).await, Verdict::Bad(Problem::Part(missing)));
    world.checker().apply_fix(&proposal(&world).await, &Clock::system()).await.expect("made");
    assert!(matches!(of(&world, what).await, Verdict::Good(_)));
    assert_eq!(of(&world, &format!("safety net: schedule group {GROUP}")).await, good("is there"));
}

#[tokio::test]
async fn switched_off_it_is_one_line_and_no_call() {
    let world = World::start().await;
    let mut off = settings();
    off.stack.backstop.enabled = false;
    let aws = Aws::connect(&off, &world.clock, local(world.sandbox.url())).await;
    let check = Check::new(&aws, &off.stack, world.clock.now());
    let mut findings: Vec<Finding> = check.all().await;
    findings.retain(|finding| finding.what.starts_with("safety net"));
    assert!(matches!(findings.as_slice(), [Finding { verdict: Verdict::Note(_), .. }]), "{findings:#?}");
    assert_eq!(world.times("ListSchedules") + world.times("GetDocument"), 0);
    assert_eq!(check.propose_fix().await.expect("an answer"), Fix::Off);
}

#[tokio::test]
async fn the_role_as_written_is_good_whoever_made_it() {
    for tagged in [true, false] {
        let world = World::start().await;
        make(&world, &trust_policy(PLACE), Some(&role_policy(&world)), tagged);
        assert!(matches!(of(&world, WHOLE).await, Verdict::Good(_)));
        assert!(matches!(of(&world, TRUST).await, Verdict::Good(_)));
        assert!(matches!(of(&world, POLICY).await, Verdict::Good(_)));
        assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing);
        assert!(changes(&world).is_empty());
    }
}

#[tokio::test]
async fn what_a_policy_lacks_or_has_too_much_is_named() {
    let world = World::start().await;
    let mut trust = trust_policy(PLACE);
    trust["Statement"].as_array_mut().expect("statements").remove(0);
    let mut policy = role_policy(&world);
    policy["Statement"][3]["Condition"] = json!({});
    make(&world, &trust, Some(&policy), true);
    let lacks = |what: &str, more| Difference { lacks: vec![what.to_owned()], more };
    let of_trust = Flaw::Trust(lacks("scheduler.amazonaws.com", false));
    let of_policy = Flaw::Policy(lacks("RemoveWhatIsTagged", true));
    assert_eq!(of(&world, TRUST).await, warned(of_trust, true));
    assert_eq!(of(&world, POLICY).await, warned(of_policy, true));

    let by_hand = world.sandbox.by_hand();
    by_hand.iam("DeleteRolePolicy", &[("RoleName", ROLE), ("PolicyName", POLICY_NAME)]).expect("gone");
    assert_eq!(of(&world, POLICY).await, warned(Flaw::NoPolicy, true));
}

#[tokio::test]
async fn what_may_not_be_looked_at_is_said() {
    let world = World::start().await;
    make_role(&world);
    let denied = || refuse(403, "AccessDenied", "not authorized");
    let trouble = |operation: &str| {
        Verdict::Warn(Problem::Trouble(Trouble::AccessDenied { operation: operation.to_owned(), on: None }))
    };
    world.fault("GetRolePolicy", denied());
    assert!(matches!(of(&world, POLICY).await, Verdict::Note(_)));
    world.fault("ListSchedules", denied());
    assert_eq!(of(&world, "permission scheduler:ListSchedules").await, trouble("ListSchedules"));
    world.fault("GetDocument", denied());
    let runbook = format!("safety net: runbook {}", nat_runbook());
    assert_eq!(of(&world, &runbook).await, trouble("GetDocument"));

    world.fault("GetRolePolicy", denied());
    let failure = world.checker().propose_fix().await.expect_err("no look");
    assert_eq!((failure.operation, failure.kind), ("GetRolePolicy", FailureKind::AccessDenied));
}

#[tokio::test]
async fn a_fix_makes_the_role_once() {
    let world = World::start().await;
    let wanted = proposal(&world).await;
    assert_eq!((wanted.role.as_str(), wanted.flaws.as_slice()), (ROLE, [Flaw::NoRole].as_slice()));
    assert!(changes(&world).is_empty(), "a proposal changes nothing");
    world.checker().apply_fix(&wanted, &Clock::system()).await.expect("made");
    assert_eq!(changes(&world), ["CreateRole", "PutRolePolicy"]);
    let made = world.alive("role");
    let made: Vec<_> = made.iter().map(|role| (role.id.as_str(), role.managed, role.tags.len())).collect();
    assert_eq!(made, [(ROLE, true, 1)]);

    assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing);
    world.checker().apply_fix(&wanted, &Clock::system()).await.expect("nothing to do");
    assert_eq!(changes(&world).len(), 2);
    assert!(matches!(of(&world, POLICY).await, Verdict::Good(_)));
}

#[tokio::test]
async fn a_fix_puts_right_only_what_is_wrong() {
    let world = World::start().await;
    let other_region = Place { region: "us-east-1", ..PLACE };
    make(&world, &trust_policy(other_region), Some(&role_policy(&world)), true);
    world.checker().apply_fix(&proposal(&world).await, &Clock::system()).await.expect("put right");
    assert_eq!(changes(&world), ["UpdateAssumeRolePolicy"]);

    let world = World::start().await;
    make(&world, &trust_policy(PLACE), None, true);
    world.checker().apply_fix(&proposal(&world).await, &Clock::system()).await.expect("put right");
    assert_eq!(changes(&world), ["PutRolePolicy"]);
    assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing);
}

#[tokio::test]
async fn a_role_without_the_tag_is_not_touched() {
    let world = World::start().await;
    let wanted = proposal(&world).await;
    make(&world, &trust_policy(PLACE), None, false);
    assert_eq!(of(&world, POLICY).await, warned(Flaw::NoPolicy, false));
    assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::NotOurs);
    // Somebody made it after the question was asked.
    let refused = world.checker().apply_fix(&wanted, &Clock::system()).await;
    assert!(matches!(refused, Err(FixError::NotOurs)), "{refused:?}");
    assert!(changes(&world).is_empty());
}

#[tokio::test]
async fn somebody_elses_role_that_appears_while_it_is_made_is_not_written_into() {
    let world =
        World::with(Timing { consistency: std::time::Duration::from_secs(5), ..Timing::default() }).await;
    // Just made, so that the look does not show it yet and making it is refused.
    let trust = trust_policy(PLACE).to_string();
    let theirs = [("RoleName", ROLE), ("AssumeRolePolicyDocument", trust.as_str())];
    let wanted = proposal(&world).await;
    world.sandbox.by_hand().iam("CreateRole", &theirs).expect("a role");
    let clock = world.clock.clone();
    let checker = world.checker();
    let (refused, ()) = tokio::join!(checker.apply_fix(&wanted, &clock), async {
        while world.times("CreateRole") == 0 {
            tokio::task::yield_now().await;
        }
        world.pass(10);
    });
    assert!(matches!(refused, Err(FixError::NotOurs)), "{refused:?}");
    assert_eq!(world.times("PutRolePolicy"), 0);
}

#[tokio::test]
async fn a_lost_answer_or_a_slow_iam_is_looked_after() {
    for operation in ["CreateRole", "PutRolePolicy"] {
        for fault in [FaultKind::LoseAnswer, FaultKind::GarbleAnswer, FaultKind::HangAfterEffect] {
            let world = World::start().await;
            world.fault(operation, fault.clone());
            let wanted = proposal(&world).await;
            let fixed = world.checker().apply_fix(&wanted, &Clock::system()).await;
            assert!(fixed.is_ok(), "{operation} {fault:?}: {fixed:?}");
            assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing, "{operation}");
        }
    }
    // For five seconds what was made is not shown, and nothing can be put into it.
    let world =
        World::with(Timing { consistency: std::time::Duration::from_secs(5), ..Timing::default() }).await;
    world.clock.set_rate(20.0);
    let wanted = proposal(&world).await;
    world.checker().apply_fix(&wanted, &world.clock).await.expect("made");
    assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing);
}

#[tokio::test]
async fn who_may_not_is_told_which_right_is_missing() {
    for operation in ["CreateRole", "PutRolePolicy"] {
        let world = World::start().await;
        world.fault(operation, refuse(403, "AccessDenied", "User is not authorized"));
        let wanted = proposal(&world).await;
        match world.checker().apply_fix(&wanted, &Clock::system()).await {
            Err(FixError::Aws(failure)) => {
                assert_eq!((failure.operation, failure.kind), (operation, FailureKind::AccessDenied));
            }
            other => panic!("{operation}: {other:?}"),
        }
        // Somebody who may goes on from there.
        world.checker().apply_fix(&wanted, &Clock::system()).await.expect("made");
        assert_eq!(world.checker().propose_fix().await.expect("a look"), Fix::Nothing);
    }
}
