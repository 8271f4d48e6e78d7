//! The net under the bot: a separate `doorman run` is killed for ever at each phase of opening, and AWS closes
//! the window without it.

use std::time::Duration;

use chrono::TimeDelta;
use doorman_sandbox::aws::{FaultKind, FaultRule, Item, Timing};
use doorman_stage::{Promise, Stage, Time};

use crate::{DOORMAN, SHORT_WINDOWS};

/// Longer than a phase takes to be reached on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

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
    let gone = "the bot is gone for ever, and AWS tells nobody";
    let except = [(Promise::StoreAgrees, gone), (Promise::ChannelTellsTheTruth, gone)];
    stage.finish_except(&except).await;
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
