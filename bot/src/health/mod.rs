//! Signs of life: how the bot is, for a container's health check, for monitors outside, and for Prometheus.
//!
//! There are two questions, because there are two kinds of people who ask.
//!
//! - **Healthy**: it would close a window in time and could say so. It hears Discord, has seen AWS lately, can
//!   write its store, and nothing is late. What disturbs this is what somebody should look at, so this is what
//!   `/healthz` answers with its status, and what the sign of life that is sent out depends on.
//! - **Alive**: the loop that closes things goes round, and so do the others. Only this is helped by a restart. When AWS or Discord is
//!   away, or the disk is full, a restarted bot is no better off, and one that is restarted over and over has
//!   less time to close anything. So the container's health check (`doorman health`) and `/livez` ask for this
//!   alone, and an outage of somebody else's never makes an orchestrator kill the bot.

pub mod metrics;
pub mod page;
pub mod ping;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::aws::CLOCKS_AGREE;
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::FailureKind;
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::Phase;
use doorman_cloud::store::WriteTrouble;
use parking_lot::Mutex;
use serde::Serialize;

use crate::discord::connection::{Connection, Link};
use crate::supervise::{Sign, Task, Vitals};

/// The sweep looks at AWS every minute; three missed looks are not an accident.
const SEEN_WITHIN: TimeDelta = TimeDelta::minutes(3);
/// Closing a window takes two to three minutes; a pair with its endpoints up to ten.
const CLOSED_WITHIN: TimeDelta = TimeDelta::minutes(15);
/// Discord asks for a new connection every few hours, and making one takes seconds.
const RECONNECTED_WITHIN: TimeDelta = TimeDelta::minutes(2);
/// A look or a step takes a minute at most, and they follow each other by a minute at most.
const ROUND_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// Every other loop goes round once a minute, and what it waits for has deadlines that add up to less.
const BEAT_WITHIN: Duration = Duration::from_secs(10 * 60);
/// A copy of the store is made every hour; three missed ones are not an accident.
const COPIED_WITHIN: TimeDelta = TimeDelta::hours(3);

/// How the bot is, at any time; clones tell of the same bot.
#[derive(Clone)]
pub struct Health {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    connection: Connection,
    vitals: Vitals,
    /// There is none before the store is open.
    keeper: OnceLock<Keeper>,
    waiting: AtomicBool,
    backup: Mutex<Backup>,
}

/// The copy of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backup {
    /// None is wanted.
    Off,
    /// Wanted since then, and not made yet.
    Owed(DateTime<Utc>),
    /// Of that time.
    Made(DateTime<Utc>),
}

/// Where the process is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Stage {
    /// It has just begun.
    #[serde(rename = "starting")]
    Starting,
    /// Another process has the store; this one takes over when that is gone.
    #[serde(rename = "waiting for the store")]
    Waiting,
    /// It does its work.
    #[serde(rename = "running")]
    Running,
}

/// How the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreSign {
    /// It can be written, as far as was tried.
    Ok,
    /// Its disk is full.
    Full,
    /// Its disk refuses.
    Refused,
    /// Its disk does not answer.
    Hung,
}

/// What `/healthz` says. It knows no secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether it would close a window in time and could say so.
    pub healthy: bool,
    /// Whether its loop goes round; if not, it should be restarted.
    pub alive: bool,
    /// Where it is in its life.
    pub state: Stage,
    /// Whether Discord's gateway is connected.
    pub discord: bool,
    /// Seconds since the connection was lost, if it is.
    pub discord_away_s: Option<i64>,
    /// Whether the last look at AWS was answered.
    pub aws: bool,
    /// Seconds since AWS was last looked at with success.
    pub aws_seen_s: Option<i64>,
    /// Windows of any kind that are opening, open or closing.
    pub windows_open: usize,
    /// Leases whose closing takes longer than it should.
    pub closing_late: usize,
    /// Seconds since the most overdue lease should have been closed; 0: none is overdue.
    pub seconds_late: i64,
    /// Whether the store can be written.
    pub store: StoreSign,
    /// Seconds since the store was copied, if it is to be and was.
    pub backup_age_s: Option<i64>,
    /// Seconds by which the clock is ahead of AWS's, as far as answers can tell; negative: behind.
    pub clock_ahead_s: i64,
    /// The tasks that go on, by their names.
    pub tasks: BTreeMap<&'static str, TaskSign>,
    /// Why it is not healthy, a sentence each.
    pub problems: Vec<String>,
    /// What somebody should look at although it is healthy, a sentence each.
    pub warnings: Vec<String>,
}

/// How a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TaskSign {
    /// Seconds since its loop last went round.
    pub beat_age_s: u64,
    /// How often it, or a part of it, panicked since the process began.
    pub panics: u32,
}

impl TaskSign {
    fn of(sign: &Sign) -> TaskSign {
        TaskSign { beat_age_s: sign.beat_ago.as_secs(), panics: sign.panics }
    }
}

impl Health {
    /// Of a bot that begins.
    pub fn new(clock: Clock, connection: Connection, vitals: Vitals) -> Health {
        let (keeper, waiting, backup) = (OnceLock::new(), AtomicBool::new(false), Mutex::new(Backup::Off));
        Health { inner: Arc::new(Inner { clock, connection, vitals, keeper, waiting, backup }) }
    }

    /// Whether another process has the store.
    pub fn waiting(&self, waiting: bool) {
        self.inner.waiting.store(waiting, Ordering::Relaxed);
    }

    /// The store is open and the keeper runs.
    pub fn runs(&self, keeper: Keeper) {
        // A process has one keeper.
        _ = self.inner.keeper.set(keeper);
    }

    /// The store is to be copied; `last` is when it was.
    pub fn backed_up(&self, last: Option<DateTime<Utc>>) {
        let now = self.inner.clock.now();
        let mut backup = self.inner.backup.lock();
        *backup = match (last, *backup) {
            (Some(last), _) => Backup::Made(last),
            (None, Backup::Off) => Backup::Owed(now),
            (None, before) => before,
        };
    }

    /// How it is now.
    pub fn report(&self) -> Report {
        let inner = &self.inner;
        let keeper = inner.keeper.get();
        let view = keeper.map(|keeper| Arc::clone(&keeper.watch().borrow()));
        let stage = match &view {
            Some(_) => Stage::Running,
            None if inner.waiting.load(Ordering::Relaxed) => Stage::Waiting,
            None => Stage::Starting,
        };
        Facts {
            stage,
            link: inner.connection.link(),
            view: view.as_deref(),
            trouble: keeper.and_then(|keeper| *keeper.store().trouble().borrow()),
            backup: *inner.backup.lock(),
            clock_ahead: keeper.map(|keeper| keeper.aws().clock_ahead()).unwrap_or_default(),
            tasks: inner.vitals.signs(),
            sign_in: keeper.and_then(|keeper| keeper.aws().sign_in()).map(ToString::to_string),
        }
        .report(inner.clock.now())
    }
}

/// What a report is made from.
struct Facts<'a> {
    stage: Stage,
    link: Link,
    view: Option<&'a View>,
    trouble: Option<WriteTrouble>,
    backup: Backup,
    clock_ahead: TimeDelta,
    tasks: BTreeMap<Task, Sign>,
    /// The command by which somebody signs in to AWS, if the credentials come from that.
    sign_in: Option<String>,
}

impl Facts<'_> {
    fn report(&self, now: DateTime<Utc>) -> Report {
        let mut problems = Vec::new();
        match self.stage {
            Stage::Starting => problems.push("doorman is starting".to_owned()),
            Stage::Waiting => problems.push(
                "another doorman has the lease store; this one takes over when that is gone".to_owned(),
            ),
            Stage::Running => {}
        }
        let away = match self.link {
            Link::Lost { since } => Some(now - since),
            Link::Never | Link::Up => None,
        };
        let seen = self.view.and_then(|view| view.observed.as_ref()).map(|observed| now - observed.at);
        let round = self.view.map(|view| now - view.at);
        let overdue: Vec<TimeDelta> =
            self.view.iter().flat_map(|view| view.overdue(now)).map(|(_, late)| late).collect();
        let closing_late = overdue.iter().filter(|late| **late > CLOSED_WITHIN).count();
        let copied = match self.backup {
            Backup::Off => None,
            Backup::Owed(since) | Backup::Made(since) => Some(now - since),
        };
        if self.stage == Stage::Running {
            problems.extend(discord_problem(self.link, away));
            problems.extend(aws_problem(seen));
            problems.extend(self.view.and_then(|view| credentials_problem(view, self.sign_in.as_deref())));
        }
        if closing_late > 0 {
            problems.push(format!("{closing_late} lease(s) should have been closed long ago"));
        }
        if let Some(trouble) = self.trouble {
            problems.push(format!("the lease store cannot be written, because {trouble}"));
        }
        if copied.is_some_and(|age| age > COPIED_WITHIN) {
            problems.push("the lease store was not copied for hours".to_owned());
        }
        let mut alive = round.is_none_or(|age| age <= ROUND_WITHIN);
        if !alive {
            problems.push("the loop that closes things stands still".to_owned());
        }
        for (task, sign) in &self.tasks {
            let problem = task_problem(*task, sign);
            alive &= problem.is_none();
            problems.extend(problem);
        }
        let windows = self.view.iter().flat_map(|view| &view.leases);
        let windows = windows.filter(|l| l.kind.terms().ends && l.phase != Phase::Closed);
        Report {
            healthy: problems.is_empty(),
            alive,
            state: self.stage,
            discord: self.link == Link::Up,
            discord_away_s: away.map(|age| age.num_seconds()),
            aws: self.view.is_some_and(|view| view.observed.is_some() && view.blind.is_none()),
            aws_seen_s: seen.map(|age| age.num_seconds()),
            windows_open: windows.count(),
            closing_late,
            seconds_late: overdue.into_iter().max().unwrap_or_default().num_seconds(),
            store: match self.trouble {
                None => StoreSign::Ok,
                Some(WriteTrouble::Full) => StoreSign::Full,
                Some(WriteTrouble::Refused) => StoreSign::Refused,
                Some(WriteTrouble::Hung) => StoreSign::Hung,
            },
            backup_age_s: match self.backup {
                Backup::Made(at) => Some((now - at).num_seconds()),
                Backup::Off | Backup::Owed(_) => None,
            },
            clock_ahead_s: self.clock_ahead.num_seconds(),
            tasks: self.tasks.iter().map(|(task, sign)| (task.as_str(), TaskSign::of(sign))).collect(),
            problems,
            warnings: clock_warning(self.clock_ahead).into_iter().collect(),
        }
    }
}

fn discord_problem(link: Link, away: Option<TimeDelta>) -> Option<String> {
    match link {
        Link::Never => Some("Discord is not connected yet".to_owned()),
        Link::Up | Link::Lost { .. } => away
            .filter(|away| *away > RECONNECTED_WITHIN)
            .map(|away| format!("Discord has not been connected for {} s", away.num_seconds())),
    }
}

fn clock_warning(ahead: TimeDelta) -> Option<String> {
    let (seconds, side) =
        (ahead.num_seconds().abs(), if ahead > TimeDelta::zero() { "ahead of" } else { "behind" });
    (ahead.abs() > CLOCKS_AGREE).then(|| {
        format!("the clock of this machine is {seconds} s {side} AWS's: switch on time synchronisation (NTP)")
    })
}

/// What is wrong with a task that only a restart helps. How long the keeper may take is known better: by what it sees.
fn task_problem(task: Task, sign: &Sign) -> Option<String> {
    if sign.given_up {
        return Some(format!("the task {task} panicked again and again and is given up"));
    }
    let stands = task != Task::Keeper && sign.beat_ago > BEAT_WITHIN;
    stands.then(|| format!("the task {task} has stood still for {} s", sign.beat_ago.as_secs()))
}

fn aws_problem(seen: Option<TimeDelta>) -> Option<String> {
    match seen {
        None => Some("AWS has not been seen yet".to_owned()),
        Some(age) if age > SEEN_WITHIN => Some(format!("AWS was last seen {} s ago", age.num_seconds())),
        Some(_) => None,
    }
}

fn credentials_problem(view: &View, sign_in: Option<&str>) -> Option<String> {
    let blind = view.blind.as_ref().filter(|blind| blind.failure.kind == FailureKind::Credentials)?;
    Some(match sign_in.filter(|_| blind.failure.is_without_credentials()) {
        Some(command) => format!("the sign-in to AWS is over: run `{command}`"),
        None => "the AWS credentials are missing, expired or wrong: run `doorman check`".to_owned(),
    })
}

#[cfg(test)]
mod tests;
