//! The agent on an instance: when it tries to reach Systems Manager, and what becomes of it.
//!
//! An agent that is refused at boot hibernates: it tries again after 5 minutes, then after 10, 20, 40 and
//! every 60. That is why "sometimes it never appears" when the role or the endpoints come late, and why a
//! reboot helps. (aws/amazon-ssm-agent, `agent/hibernation`.)

use chrono::{DateTime, TimeDelta, Utc};

use super::reach;
use crate::aws::ec2::instances::State;
use crate::aws::world::World;

/// How long a refused agent first sleeps.
const FIRST_SLEEP: TimeDelta = TimeDelta::minutes(5);

/// The second sleep, from where it doubles.
const SECOND_SLEEP: TimeDelta = TimeDelta::minutes(10);

/// The longest sleep.
const LONGEST_SLEEP: TimeDelta = TimeDelta::minutes(60);

/// How often a registered agent says that it is there.
const PING_EVERY: TimeDelta = TimeDelta::minutes(5);

/// After how long without a ping the connection counts as lost.
const LOST_AFTER: TimeDelta = TimeDelta::minutes(6);

/// An agent. On an instance that does not run it has nothing to do next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Agent {
    next: Option<DateTime<Utc>>,
    /// How long it will sleep if it is refused again; none when it has not been refused since boot.
    sleep: Option<TimeDelta>,
    registered: Option<DateTime<Utc>>,
    last_ping: Option<DateTime<Utc>>,
}

impl Agent {
    /// The instance came up: the first attempt is at `first`.
    pub(crate) fn boot(&mut self, first: DateTime<Utc>) {
        self.next = Some(first);
        self.sleep = None;
    }

    /// The instance went down.
    pub(crate) fn halt(&mut self) {
        self.next = None;
    }

    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        self.next
    }

    /// When it first reached Systems Manager.
    pub(crate) fn registered(&self) -> Option<DateTime<Utc>> {
        self.registered
    }

    pub(crate) fn last_ping(&self) -> Option<DateTime<Utc>> {
        self.last_ping
    }

    /// `Online` or `ConnectionLost`.
    pub(crate) fn ping_status(&self, now: DateTime<Utc>) -> &'static str {
        let recent = self.last_ping.is_some_and(|at| now - at < LOST_AFTER);
        if recent { "Online" } else { "ConnectionLost" }
    }

    fn try_at(&mut self, now: DateTime<Utc>, reaches: bool) {
        let wait = if reaches {
            self.registered = self.registered.or(Some(now));
            self.last_ping = Some(now);
            self.sleep = None;
            PING_EVERY
        } else if self.registered.is_some() {
            // Hibernation is for agents that were never let in; others keep trying.
            PING_EVERY
        } else {
            let sleep = self.sleep.unwrap_or(FIRST_SLEEP);
            self.sleep =
                Some(if sleep == FIRST_SLEEP { SECOND_SLEEP } else { (sleep * 2).min(LONGEST_SLEEP) });
            sleep
        };
        self.next = Some(now + wait);
    }
}

/// Lets every agent that is due try.
pub(crate) fn settle(world: &mut World) {
    let now = world.clock;
    let due = world.instances.values().filter(|instance| {
        instance.state == State::Running && instance.agent.due().is_some_and(|at| at <= now)
    });
    for id in due.map(|instance| instance.id.clone()).collect::<Vec<_>>() {
        let reaches =
            world.instances.get(&id).is_some_and(|instance| reach::systems_manager(world, instance));
        if let Some(instance) = world.instances.get_mut(&id) {
            instance.agent.try_at(now, reaches);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_agent_sleeps_longer_and_longer_until_rebooted() {
        let start = DateTime::UNIX_EPOCH;
        let mut agent = Agent::default();
        agent.boot(start);
        let mut waits = Vec::new();
        for _ in 0..6 {
            let now = agent.due().unwrap();
            agent.try_at(now, false);
            waits.push((agent.due().unwrap() - now).num_minutes());
        }
        assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
        agent.boot(start + TimeDelta::hours(9));
        agent.try_at(start + TimeDelta::hours(9), true);
        assert_eq!(agent.ping_status(start + TimeDelta::hours(9)), "Online");
        assert_eq!(agent.ping_status(start + TimeDelta::hours(10)), "ConnectionLost");
    }
}
