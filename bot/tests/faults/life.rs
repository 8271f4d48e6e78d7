//! One case from its beginning to its end: the bot lives, dies where the case says so, lives again, and when the
//! world is well again and the time is over it is judged.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use doorman::supervise::{Place, Probe, Task};
use doorman_sandbox::aws::{Aws, Call, FaultKind, FaultRule, Timing};
use doorman_sandbox::discord::MessageView;
use doorman_stage::{Act, Broken, Promise, Stage, Time, Verdict, pace, title};
use futures::FutureExt;
use tokio::time::sleep;

use crate::case::{Case, What};
use crate::story::Mood;
use crate::way::Store;
use crate::world::{self, Change, Undo};

/// How long a call takes at which the world changes.
const A_MOMENT: Duration = Duration::from_millis(20);
/// How long the bot may take to have looked around.
const SETTLED: Duration = Duration::from_secs(3);

/// Everything of a case that outlives the bot and its runtime.
struct Life<'a> {
    case: &'a Case,
    stage: Stage,
    /// Acts that have begun.
    begun: usize,
    discord_away: bool,
    /// How what hands have changed is put right.
    undo: Undo,
    /// Ids of what doorman had made when the world changed.
    made: BTreeSet<String>,
    /// What billed while nobody was told.
    unsaid: Vec<String>,
}

/// Runs a case; returns the calls that the bot made in the course of the story, or what is wrong.
pub(crate) fn run(case: &Case) -> Result<Vec<Call>, String> {
    let first = pace::runtime();
    let mut life = first.block_on(Life::begin(case));
    let died = first.block_on(async {
        life.start_bot().await;
        life.an_hour_ago().await;
        life.disturb();
        let aws = life.stage.world.aws.clone();
        let mut met = aws.faults().met();
        met.mark_unchanged();
        let mut hands = None;
        let changes = async {
            if let Some(change) = case.change().filter(|change| !change.restarts()) {
                if !change.is_from_the_start() {
                    _ = met.changed().await;
                }
                hands = Some((managed(&aws), world::by_hand(&aws, change)));
            }
            _ = met.changed().await;
        };
        let died = tokio::select! {
            () = life.play() => false,
            () = changes, if case.change().is_some() || case.kills().is_some() => true,
        };
        if let Some((made, (undo, by_hand))) = hands {
            life.made.extend(made);
            life.undo = undo;
            life.stage.was_changed(by_hand);
        }
        let died = died && case.kills().is_some();
        if died {
            life.stage.world.clock.set_rate(0.0);
        }
        died
    });
    if !died {
        return first.block_on(life.end());
    }
    // With the runtime goes everything the bot was doing, as with a process.
    drop(first);
    match case.kills() {
        None | Some(Store::Kept) => {}
        Some(Store::Deleted) => life.stage.lose_store(),
        Some(Store::Restored) => life.stage.restore_store(),
    }
    let before = life.stage.settings.clone();
    if let Some(change) = case.change() {
        life.made.extend(managed(&life.stage.world.aws));
        world::over_a_restart(&mut life.stage, change);
    }
    pace::runtime().block_on(async {
        life.stage.move_here();
        life.start_bot().await;
        life.play().await;
        if case.change().is_some_and(|change| change != Change::StoreAnHourOld) {
            // What was opened there ends there; then the bot is back where it was.
            life.sees_it_through().await;
            if life.stage.is_bot_gone() {
                _ = life.stage.bot_ends().await;
            } else {
                life.stage.stop_bot().await;
            }
            life.stage.settings = before;
            life.stage.moves_account(false);
            life.start_bot().await;
        }
        life.end().await
    })
}

/// Ids of what is doorman's by its tag.
fn managed(aws: &Aws) -> Vec<String> {
    aws.inventory().into_iter().filter(|item| item.managed).map(|item| item.id).collect()
}

impl Life<'_> {
    async fn begin(case: &Case) -> Life<'_> {
        let shell = case.story.shell;
        let ahead = TimeDelta::hours(case.change().map_or(0, Change::clock_ahead_h));
        let stage = Stage::builder().time(Time::Jumping).clock_ahead(ahead);
        let stage = stage.settings(move |s| s.stack.shell.mode = shell);
        let mut stage = stage.set_without_bot().await;
        stage.world.aws.set_timing(timing(case.story.mood == Mood::Slow));
        if case.story.mood == Mood::TasksBreak {
            stage.probe = breaking();
        }
        let (undo, made) = (Undo::default(), BTreeSet::new());
        Life { case, stage, begun: 0, discord_away: false, undo, made, unsaid: Vec::new() }
    }

    /// Starts the bot and waits until it has looked around.
    async fn start_bot(&mut self) {
        if self.discord_away {
            self.stage.launch_bot();
        } else {
            self.stage.start_bot().await;
        }
        sleep(SETTLED).await;
    }

    /// A window of which only the copy of the store will know.
    async fn an_hour_ago(&mut self) {
        if self.case.change() == Some(Change::StoreAnHourOld) {
            self.stage.play(&[Act::Say("operator", "/nat open 5m"), Act::UntilDone]).await;
            self.stage.copy_store();
            self.stage.play(&[Act::Pass(Duration::from_secs(60 * 60))]).await;
        }
    }

    /// From now on things go wrong.
    fn disturb(&self) {
        if self.case.change() != Some(Change::StoreAnHourOld) {
            self.stage.copy_store();
        }
        self.stage.world.aws.clear_calls();
        let faults = self.stage.world.aws.faults();
        if self.case.story.mood == Mood::GatewayFails {
            self.stage.gateway_fails(1, "InsufficientFreeAddressesInSubnet");
        }
        if self.case.story.mood == Mood::EditsRefused {
            self.stage.world.discord.faults().refuse_next("PATCH", "/channels/", 403, 40_333, 20);
        }
        match &self.case.what {
            What::Nothing | What::World(None, _) => {}
            What::Fault(operation, skip, way) => faults.add(way.rule(operation, *skip)),
            What::World(Some((operation, skip)), change) => {
                // The process ends right before the call, or the call comes a moment after the change.
                let kind = if change.restarts() { FaultKind::Hang } else { FaultKind::Delay(A_MOMENT) };
                faults.add(FaultRule { operation: operation.clone(), skip: *skip, times: 1, kind });
            }
        }
    }

    /// Goes on with the story where it was.
    async fn play(&mut self) {
        while let Some(act) = self.case.story.acts.get(self.begun) {
            self.begun += 1;
            self.stage.act(*act).await;
            if self.begun == 1 && self.case.story.mood == Mood::DiscordAway {
                sleep(Duration::from_secs(1)).await;
                self.stage.world.discord.faults().away(true);
                self.discord_away = true;
            }
        }
    }

    /// Everything is well again and the time is over: nothing may be left.
    async fn end(mut self) -> Result<Vec<Call>, String> {
        let calls = self.stage.world.aws.calls();
        if self.case.change().is_some() {
            self.sees_it_through().await;
            self.stage.world.aws.set_page(None);
            let undo = std::mem::take(&mut self.undo);
            world::put_right(&mut self.stage, &undo).await;
        }
        self.stage.all_is_well_again();
        self.discord_away = false;
        if self.stage.is_bot_gone() {
            // It gave up on a Discord that was away for long, with nothing open; a supervisor starts it again.
            _ = self.stage.bot_ends().await;
            self.start_bot().await;
        }
        if self.case.forgets() {
            // That somebody wanted the pair gone was only in the store. What is left of it is adopted as one that
            // lasts until it is terminated, and people are told; so somebody does it again.
            sleep(Duration::from_secs(120)).await;
            let acts = self.case.story.acts;
            let again = acts.iter().position(|act| matches!(act, Act::Say(_, "/terminate service")));
            self.stage.play(&acts[again.unwrap_or(acts.len())..]).await;
        }
        let in_time = self.stage.gets_quiet().await;
        self.stage.stop_bot().await;
        let verdict = self.stage.judge().await;
        let mut wrong: Vec<String> =
            verdict.broken.iter().filter(|broken| !self.excuses(broken)).map(Broken::to_string).collect();
        wrong.append(&mut self.unsaid);
        if !in_time {
            wrong.insert(0, "it never ends".to_owned());
        }
        if self.misses_a_lease(&verdict) {
            wrong.push("there never was a lease".to_owned());
        }
        if wrong.is_empty() { Ok(calls) } else { Err(format!("{}\n{}", wrong.join("; "), self.channel())) }
    }

    /// The world as it is now for some minutes: meanwhile nothing bills of which nobody is told.
    async fn sees_it_through(&mut self) {
        let made = managed(&self.stage.world.aws);
        let disguised = |id: &String| self.stage.is_disguised(id);
        self.made.extend(made.into_iter().filter(|id| !disguised(id)));
        sleep(Duration::from_secs(5 * 60)).await;
        let unsaid = world::bills_unsaid(&self.stage, &self.made);
        if !unsaid.is_empty() {
            let what = format!("bills, and nobody is told: {}\n{}", unsaid.join(", "), self.channel());
            self.unsaid.push(what);
        }
    }

    /// A command that nobody could complete is a broken promise only while the bot lived.
    fn excuses(&self, broken: &Broken) -> bool {
        let nobody = self.case.kills().is_some() || self.case.story.mood == Mood::DiscordAway;
        // What was asked for in the moment in which somebody took the tag is denied.
        let denied =
            self.case.change() == Some(Change::TagRewritten) && broken.promise == Promise::NothingDenied;
        // Whose net was disarmed last the calls do not say, and another lease's has fired while the bot was elsewhere.
        let fired =
            matches!(self.case.change(), Some(Change::Account | Change::Region | Change::TagRewritten))
                && broken.promise == Promise::BackstopLast;
        denied
            || fired
            || nobody && broken.promise == Promise::DiscordsRules && broken.what.contains("still thinking")
    }

    /// A window is leased at once; a pair when its card was shown, which takes a look at AWS, and confirmed. Only
    /// what was made before the store was lost can be found by its tags.
    fn misses_a_lease(&self, verdict: &Verdict) -> bool {
        let at_once = matches!(self.case.story.acts[0], Act::Say(_, line) if line.starts_with("/nat open"));
        verdict.leases.is_empty() && at_once && self.case.kills().is_none_or(|store| store == Store::Kept)
    }

    /// What people read, for failures.
    fn channel(&self) -> String {
        let line = |message: MessageView| {
            let title = title(&message).unwrap_or_default();
            format!("    | {} {title} {}", message.id, message.content.replace('\n', " "))
        };
        self.stage.messages().into_iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Breaks keeper and herald at some of their rounds, and some of what is told, but not so often that they are given up.
fn breaking() -> Probe {
    let reached: Mutex<Vec<Place>> = Mutex::default();
    Probe::new(move |place| {
        let breaks = match place {
            Place::Round(Task::Keeper | Task::Herald) => [6, 11, 17, 24].as_slice(),
            Place::Telling => &[3, 7, 20, 45, 80],
            Place::Round(_) => &[],
        };
        let times = {
            let mut reached = reached.lock().unwrap_or_else(PoisonError::into_inner);
            reached.push(place);
            reached.iter().filter(|before| **before == place).count()
        };
        let breaks = breaks.contains(&times);
        async move { assert!(!breaks, "the test breaks {place:?}") }.boxed()
    })
}

/// Short, so that a story is not mostly looking: everything is still waited for.
fn timing(slow: bool) -> Timing {
    let seconds = Duration::from_secs;
    Timing {
        nat_pending: seconds(2),
        nat_deleting: seconds(2),
        address_lock_after_delete: seconds(if slow { 30 } else { 2 }),
        endpoint_pending: seconds(2),
        endpoint_deleting: seconds(2),
        instance_pending: seconds(1),
        instance_terminating: seconds(2),
        agent_registration: seconds(2),
        profile_propagation: seconds(2),
        consistency: seconds(if slow { 5 } else { 0 }),
        ..Timing::default()
    }
}
