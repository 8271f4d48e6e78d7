//! The net under the bot: a separate `doorman run` is killed for ever at each phase of opening, and AWS closes
//! the window without it.

use std::time::Duration;

use chrono::TimeDelta;
use doorman::demo::World;
use doorman_cloud::clock::Clock;
use doorman_sandbox::aws::{FaultKind, FaultRule, Item, Timing};
use tokio::time::{sleep, timeout};

use crate::separate::{PATIENCE, Process};

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
    let world = World::start(Clock::system()).await.expect("loopback");
    let seconds = Duration::from_secs(1);
    world.aws.set_timing(Timing { nat_pending: seconds, ..Timing::default() });
    world.discord.set_locale("operator", "en-US");
    let before = foreign(&world);
    let folder = tempfile::tempdir().expect("a folder");
    let mut bot = Process::run(folder.path(), &world);
    timeout(PATIENCE, world.discord.bot_online()).await.expect("it comes online");

    let rule = |operation: &str, kind| FaultRule { operation: operation.to_owned(), skip: 0, times: 1, kind };
    match phase {
        Phase::Before(operation) => world.aws.faults().add(rule(operation, FaultKind::Hang)),
        Phase::After(operation) => world.aws.faults().add(rule(operation, FaultKind::HangAfterEffect)),
        Phase::Open => {}
    }
    let mut met = world.aws.faults().met();
    world.discord.slash("operator", "/nat open").await.expect("Discord takes it");
    let reached = async {
        match phase {
            Phase::Before(_) | Phase::After(_) => _ = met.changed().await,
            Phase::Open => {
                while !is_open(&world) {
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{phase:?} is never reached"));
    bot.kill();
    let had = ours(&world);

    // Half a minute of window, five of patience, and what deleting a gateway takes.
    world.clock.advance(TimeDelta::minutes(6));
    world.clock.set_rate(100.0);
    let armed = !matches!(phase, Phase::Before("CreateSchedule"));
    let closed = async {
        while !ours(&world).is_empty() || ran(&world) != armed {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let closed = timeout(PATIENCE, closed).await;
    let (left, ran) = (ours(&world), ran(&world));
    assert!(closed.is_ok(), "killed {phase:?} with {had:?}; the runbook was content: {ran}; left: {left:?}");
    assert_eq!(foreign(&world), before, "killed {phase:?}: what is not doorman's was changed");
    assert_eq!(had.is_empty(), !armed, "killed {phase:?}: nothing is made before it is armed");
}

fn is_open(world: &World) -> bool {
    let messages = world.discord.channel().messages;
    messages.iter().any(|message| message.components.iter().any(|row| row.to_string().contains("nat:extend")))
}

/// Whether Automation closed it, and was content in the end.
fn ran(world: &World) -> bool {
    world.aws.inventory().iter().any(|item| item.kind == "automation" && item.state == "Success")
}

fn lasts(item: &Item) -> bool {
    !["document", "automation"].contains(&item.kind)
}

/// What is there of doorman's, but the runbook and the record of its runs.
fn ours(world: &World) -> Vec<String> {
    let gone = ["deleted", "failed"];
    let items = world.aws.inventory().into_iter().filter(lasts);
    let ours = items.filter(|item| item.managed && !gone.contains(&item.state.as_str()));
    ours.map(|item| format!("{} {} {}", item.kind, item.id, item.state)).collect()
}

/// What is not doorman's, routes among it.
fn foreign(world: &World) -> Vec<String> {
    let items = world.aws.inventory().into_iter().filter(lasts).filter(|item| !item.managed);
    items.map(|item| format!("{} {} {} {}", item.kind, item.id, item.state, item.detail)).collect()
}
