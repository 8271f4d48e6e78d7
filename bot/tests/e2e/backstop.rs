//! The net under the bot: a separate `doorman run` is killed for ever at each phase of opening, and AWS closes
//! the window without it.

use std::time::Duration;

use chrono::TimeDelta;
use doorman_config::ShellMode;
use doorman_sandbox::aws::{FaultKind, FaultRule, Item, Timing};
use doorman_stage::{Promise, Stage, Time};

use crate::net::knows_ids;
use crate::whose::{ids, tag};
use crate::{DOORMAN, SHORT_WINDOWS};

/// Longer than a phase takes to be reached on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const TELLS_NOBODY: &str = "the bot is gone for ever, and AWS tells nobody";
/// What cannot be kept without it.
const GONE_FOR_EVER: [(Promise, &str); 2] =
    [(Promise::StoreAgrees, TELLS_NOBODY), (Promise::ChannelTellsTheTruth, TELLS_NOBODY)];

/// When the process is killed.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Its call of that operation is on its way and has had no effect.
    Before(&'static str),
    /// The call has taken effect, and its answer is on its way.
    After(&'static str),
    /// The window is open and people are told so.
    Open,
}

/// Every call of opening, in the order in which they are made.
const PHASES: [Phase; 10] = [
    Phase::Before("CreateSchedule"),
    Phase::After("CreateSchedule"),
    Phase::Before("AllocateAddress"),
    Phase::After("AllocateAddress"),
    Phase::After("AuthorizeSecurityGroupEgress"),
    Phase::Before("CreateNatGateway"),
    Phase::After("CreateNatGateway"),
    Phase::Before("CreateRoute"),
    Phase::After("CreateRoute"),
    Phase::Open,
];

#[tokio::test(flavor = "multi_thread")]
async fn aws_closes_a_window_whose_bot_is_gone_for_ever() {
    for phases in PHASES.chunks(2) {
        let killed: Vec<_> = phases.iter().map(|phase| tokio::spawn(killed_in(*phase))).collect();
        for killed in killed {
            killed.await.expect("nothing is left");
        }
    }
}

async fn killed_in(phase: Phase) {
    // The process has the machine's clock, so AWS begins with it and is ahead only when the process is gone.
    let stage = Stage::builder().time(Time::Machine(1.0)).program(DOORMAN).more_settings(SHORT_WINDOWS);
    let mut stage = stage.set().await;
    let seconds = Duration::from_secs(1);
    stage.world.aws.set_timing(Timing { nat_pending: seconds, ..Timing::default() });

    let rule = |operation: &str, kind| FaultRule { operation: operation.to_owned(), skip: 0, times: 1, kind };
    let mut met = stage.world.aws.faults().met();
    match phase {
        Phase::Before(operation) => stage.world.aws.faults().add(rule(operation, FaultKind::Hang)),
        Phase::After(operation) => stage.world.aws.faults().add(rule(operation, FaultKind::HangAfterEffect)),
        Phase::Open => {}
    }
    // Who asked has the answer in each phase: the bot is not killed before it has told.
    let window = stage.says("operator", "/nat open").await;
    match phase {
        Phase::Before(_) | Phase::After(_) => {
            let reached = tokio::time::timeout(PATIENCE, met.changed()).await;
            reached.unwrap_or_else(|_| panic!("{phase:?} is never reached")).expect("AWS is there");
        }
        Phase::Open => _ = stage.reads(&window.id, "The NAT window is open").await,
    }
    stage.kill_bot().await;
    // What was on its way has arrived: time is moved on below.
    let arrived = tokio::time::timeout(PATIENCE, stage.world.aws.nobody_calls()).await;
    arrived.unwrap_or_else(|_| panic!("killed {phase:?}, it still calls"));
    let had = listed(&stage);

    // Half a minute of window, five of patience, and what deleting a gateway takes.
    stage.world.clock.advance(TimeDelta::minutes(6));
    stage.world.clock.set_rate(100.0);
    let armed = !matches!(phase, Phase::Before("CreateSchedule"));
    let what = format!("killed {phase:?} with {had:?}, closed by AWS; the runbook was content: {armed}");
    let closed = |stage: &Stage| (stage.ours().is_empty() && ran(stage) == armed).then_some(());
    stage.see(&what, closed).await;
    assert_eq!(had.is_empty(), !armed, "killed {phase:?}: nothing is made before it is armed");
    stage.finish_except(&GONE_FOR_EVER).await;
}

/// Tags that somebody rewrote do not say any more of which window a thing is. The runbook was told its id.
#[tokio::test(flavor = "multi_thread")]
async fn aws_closes_by_id_what_no_longer_says_of_which_window_it_is() {
    for (key, value) in [("doorman:lease", "01k000000000000000000000zz"), ("doorman:stack", "another")] {
        let mut stage = Stage::set().await;
        let window = stage.says("operator", "/nat open 30m").await;
        stage.reads(&window.id, "The NAT window is open").await;
        gone_with_tags_rewritten(&mut stage, "nat-", &["nat-gateway", "elastic-ip"], (key, value)).await;
        stage
            .see("AWS closes it by id", |stage| (stage.billing().is_empty() && ran(stage)).then_some(()))
            .await;
        assert_eq!(stage.default_route(), None, "{key}: the route to it is gone, too");
        stage.finish_except(&GONE_FOR_EVER).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_closes_endpoints_by_id_that_no_longer_say_of_which_window_they_are() {
    let mut stage = Stage::set_with(|settings| settings.stack.shell.mode = ShellMode::Window).await;
    let card = stage.says("operator", "/shell open 30m").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, "The shell window is open").await;
    gone_with_tags_rewritten(&mut stage, "vpce-", &["vpc-endpoint"], ("doorman:lease", "another")).await;
    stage.see("AWS closes it by id", |stage| (stage.billing().is_empty() && ran(stage)).then_some(())).await;
    stage.finish_except(&GONE_FOR_EVER).await;
}

/// What does not say that it is doorman's, the role may not take away: an id alone would be anybody's.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_tagged_as_doormans_is_left_and_the_runbook_says_so() {
    let mut stage = Stage::set().await;
    let window = stage.says("operator", "/nat open 30m").await;
    stage.reads(&window.id, "The NAT window is open").await;
    let taken = ("ManagedBy", "platform-team");
    gone_with_tags_rewritten(&mut stage, "nat-", &["nat-gateway", "elastic-ip"], taken).await;
    let failed = |stage: &Stage| {
        let inventory = stage.world.aws.inventory();
        inventory.iter().any(|item| item.kind == "automation" && item.state == "Failed").then_some(())
    };
    stage.see("the run fails", failed).await;
    assert_eq!(ids(&stage, &["nat-gateway", "elastic-ip"]).len(), 2, "{:?}", stage.billing());
    assert_eq!(stage.default_route(), None, "the route that is known to lead to its gateway is gone");
    let theirs = (Promise::NobodyElsesChanged, "what is left was doorman's before somebody took it");
    stage.finish_except(&[GONE_FOR_EVER[0], GONE_FOR_EVER[1], theirs]).await;
}

/// The net knows the ids that begin so; then the bot is gone, and somebody rewrites a tag of all that bills. Time goes on
/// until after the end of half an hour.
async fn gone_with_tags_rewritten(
    stage: &mut Stage,
    begin: &str,
    kinds: &[&str],
    (key, value): (&str, &str),
) {
    stage.see("the net knows the ids", |stage| knows_ids(stage, begin)).await;
    stage.kill_bot().await;
    ids(stage, kinds).iter().for_each(|id| tag(stage, id, key, value));
    stage.later(36);
}

/// Whether Automation closed it, and was content in the end.
fn ran(stage: &Stage) -> bool {
    let inventory = stage.world.aws.inventory();
    inventory.iter().any(|item| item.kind == "automation" && item.state == "Success")
}

/// What is there of doorman's, but the runbook and the record of its runs.
fn listed(stage: &Stage) -> Vec<String> {
    let line = |item: Item| format!("{} {} {}", item.kind, item.id, item.state);
    stage.ours().into_iter().map(line).collect()
}
