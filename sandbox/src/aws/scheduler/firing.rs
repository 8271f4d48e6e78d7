//! Firing: when the time has come, the target is called, and called again with growing pauses while it
//! fails, as often and as long as the schedule's retry policy says.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::target::Target;
use super::{PRINCIPAL, Schedule, State, group_arn, key};
use crate::aws::iam::authority::{self, Principal};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::service_calls::{self, Caller};
use crate::aws::world::World;

/// The first pause between two tries. Each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// How far a schedule is.
#[derive(Debug, Clone)]
pub(crate) struct Firing {
    /// When it next calls its target; none when it is disabled or over.
    next: Option<DateTime<Utc>>,
    /// When it first did, or will.
    first: DateTime<Utc>,
    failures: u32,
}

impl Firing {
    /// Before it fires. AWS promises the minute, not the second: which one it is depends on the name alone,
    /// so that it is the same each time.
    pub(super) fn planned(
        world: &World,
        name: &str,
        state: State,
        at: DateTime<Utc>,
        window_minutes: u32,
    ) -> Self {
        let hash = name.bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let precision = world.timing.schedule_precision.as_secs() + u64::from(window_minutes) * 60;
        let first = at + Duration::from_secs(hash.checked_rem(precision).unwrap_or(0));
        Self { next: (state == State::Enabled).then_some(first), first, failures: 0 }
    }

    /// It will not fire any more.
    pub(super) fn never(&mut self) {
        self.next = None;
    }

    /// How often its target has failed.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }
}

impl Schedule {
    /// When it next calls its target.
    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        self.firing.next
    }
}

/// Lets every schedule that is due call its target.
pub(crate) fn settle(world: &mut World) {
    let now = world.clock;
    let due = world.schedules.values().filter(|schedule| schedule.due().is_some_and(|at| at <= now));
    for schedule in due.cloned().collect::<Vec<_>>() {
        let key = key(&schedule.group, &schedule.name);
        let result = call(world, &schedule);
        // Its target may have deleted it.
        if let Some(mut schedule) = world.schedules.remove(&key) {
            schedule.firing.conclude(now, &schedule.target, result.is_ok());
            if schedule.firing.next.is_some() || !schedule.deletes_itself {
                world.schedules.insert(key, schedule);
            }
        }
    }
}

fn call(world: &mut World, schedule: &Schedule) -> Answer<()> {
    let Schedule { name, group, target, .. } = schedule;
    let role = authority::assumable(world, &target.role_arn, PRINCIPAL, &group_arn(world, group));
    let session = format!("Scheduler-{name}");
    // What a role that cannot be assumed may do is nothing; the log shows the call all the same.
    let principal = match role {
        Some(role) => Principal::Role { name: role.name.clone(), session },
        None => Principal::Nobody { role_arn: target.role_arn.clone() },
    };
    let by = format!("schedule {name}");
    let caller = Caller { principal: &principal, by: &by };
    service_calls::call(world, caller, &target.service, &target.operation, &target.input).map(drop).map_err(
        |Refusal { code, message, status }| {
            tracing::info!("schedule {name} could not call {}: {code}: {message}", target.operation);
            Refusal { code, message, status }
        },
    )
}

impl Firing {
    fn conclude(&mut self, now: DateTime<Utc>, target: &Target, done: bool) {
        self.next = None;
        if done {
            return;
        }
        self.failures += 1;
        let doubled = FIRST_PAUSE * 2_u32.saturating_pow((self.failures - 1).min(20));
        let next = now + doubled.min(LONGEST_PAUSE);
        // Nobody found out in public which errors AWS does not try again after: it tries after all.
        if self.failures <= target.retry.attempts && next <= self.first + target.retry.age {
            self.next = Some(next);
        }
    }
}
