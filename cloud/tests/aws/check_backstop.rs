//! What `doorman check` says of the net under the bot, and what `--fix` does about it.

use doorman_cloud::aws::Aws;
use doorman_cloud::backstop::{POLICY_NAME, Place, role_policy, runbook, trust_policy};
use doorman_cloud::check::{Check, Difference, Finding, Fix, FixError, Flaw, Problem, Proposal, Verdict};
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::FailureKind;
use doorman_cloud::lease::{LeaseKind, Trouble};
use doorman_sandbox::aws::{FaultKind, Timing};
use serde_json::{Value, json};

use crate::world::{World, create_runbook, local, refuse, settings};

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
    make(world, &trust_policy(PLACE), Some(&role_policy(PLACE, ROLE)), true);
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
    let runbook = format!("safety net: runbook {}", runbook(LeaseKind::NatWindow).expect("covered").name());
    assert_eq!(of(&world, &runbook).await, good("not there yet; the first window installs it"));
    let mut observed = world.look().await;
    world.apply(&create_runbook(), &mut observed).await;
    assert_eq!(of(&world, &runbook).await, good("installed"));
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
    assert_eq!(world.times("ListSchedules") + world.times("DescribeDocument"), 0);
    assert_eq!(check.propose_fix().await.expect("an answer"), Fix::Off);
}

#[tokio::test]
async fn the_role_as_written_is_good_whoever_made_it() {
    for tagged in [true, false] {
        let world = World::start().await;
        make(&world, &trust_policy(PLACE), Some(&role_policy(PLACE, ROLE)), tagged);
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
    let mut policy = role_policy(PLACE, ROLE);
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
    world.fault("DescribeDocument", denied());
    let runbook = format!("safety net: runbook {}", runbook(LeaseKind::NatWindow).expect("covered").name());
    assert_eq!(of(&world, &runbook).await, trouble("DescribeDocument"));

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
    make(&world, &trust_policy(other_region), Some(&role_policy(PLACE, ROLE)), true);
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
