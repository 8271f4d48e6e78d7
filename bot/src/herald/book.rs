//! What there is to tell of each lease, and when: the living message, a warning, that closing is late, that it is over
//! at last, and what warnings say when it is. Each has its own turn, its own pauses after failures and its own memory,
//! and none waits for another.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::lease::MessageRef;
use doorman_commands::Message;
use tokio::time::Instant;

use super::notices::LateTold;
use super::retry::{Retry, Wake};

/// The least time between two turns of the same telling, so that a clock that runs fast does not make it spin.
pub(super) const BETWEEN_TURNS: Duration = Duration::from_millis(100);

/// Something that is told of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Telling {
    /// The living message.
    Living,
    /// A warning before the end.
    Warning,
    /// That closing is late, and what is left.
    Late,
    /// That what was late is closed at last.
    Relief,
    /// That it is over, where it was warned of its end.
    Over,
}

impl Telling {
    pub(super) const ALL: [Telling; 5] =
        [Telling::Living, Telling::Warning, Telling::Late, Telling::Relief, Telling::Over];

    /// In the log.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Telling::Living => "its message",
            Telling::Warning => "a warning",
            Telling::Late => "that it is late",
            Telling::Relief => "that it is closed at last",
            Telling::Over => "on its warnings that it is over",
        }
    }

    /// What must not be under way at the same time, because this looks at what that leaves.
    fn follows(self) -> Option<Telling> {
        match self {
            Telling::Living | Telling::Warning | Telling::Late => None,
            Telling::Relief => Some(Telling::Late),
            Telling::Over => Some(Telling::Warning),
        }
    }

    /// Whether it has an end that a closed lease waits for.
    fn ends(self) -> bool {
        match self {
            Telling::Living | Telling::Relief | Telling::Over => true,
            Telling::Warning | Telling::Late => false,
        }
    }
}

/// What is remembered of a telling; nothing in it matters across a restart.
#[derive(Default)]
pub(super) struct Memory {
    /// What the living message says, where.
    pub(super) sent: Option<(MessageRef, Message)>,
    pub(super) edited_at: Option<Instant>,
    /// When the lease was first seen without a message.
    pub(super) missing_since: Option<Instant>,
    /// Notices known to be told.
    pub(super) told: Vec<String>,
    /// What was told of it being late, as the store has it; `None`: not looked up yet.
    pub(super) late: Option<Option<LateTold>>,
    /// Nothing is left to be told.
    pub(super) done: bool,
}

/// The turn of one telling of one lease.
#[derive(Default)]
struct Turn {
    memory: Memory,
    retry: Retry,
    wake: Wake,
    /// There may be something new to tell.
    due: bool,
    under_way: bool,
    /// Somebody else has written to the message meanwhile.
    touched: bool,
    ended: Option<Instant>,
}

impl Turn {
    /// When it may begin, and `None` if it may now; the later of what it has to wait for.
    fn waits(&self) -> Option<Instant> {
        let breath = self.ended.map(|at| at + BETWEEN_TURNS).filter(|until| *until > Instant::now());
        self.retry.waits().max(breath)
    }
}

/// All turns.
#[derive(Default)]
pub(super) struct Book {
    turns: HashMap<(LeaseId, Telling), Turn>,
}

impl Book {
    /// There may be something new to tell of everything.
    pub(super) fn all_due(&mut self) {
        self.turns.values_mut().for_each(|turn| turn.due = true);
    }

    /// What those messages say is not what was sent: somebody else has written to them.
    pub(super) fn touched(&mut self, messages: &HashSet<MessageRef>) {
        if messages.is_empty() {
            return;
        }
        for turn in self.turns.values_mut() {
            if turn.under_way {
                turn.touched = true;
            } else if turn.memory.sent.as_ref().is_some_and(|(at, _)| messages.contains(at)) {
                turn.memory.sent = None;
                turn.due = true;
            }
        }
    }

    /// Begins a turn if it is time: gives its memory, which comes back by [`ended`](Self::ended).
    pub(super) fn begin(&mut self, lease: &LeaseId, telling: Telling, now: DateTime<Utc>) -> Option<Memory> {
        let before = telling.follows().and_then(|before| self.turns.get(&(lease.clone(), before)));
        let blocked = before.is_some_and(|turn| turn.under_way);
        let new = || Turn { due: true, ..Turn::default() };
        let turn = self.turns.entry((lease.clone(), telling)).or_insert_with(new);
        let waits = blocked || turn.under_way || turn.memory.done || turn.waits().is_some();
        if waits || !(turn.due || turn.wake.is_due(now)) {
            return None;
        }
        (turn.due, turn.under_way, turn.wake) = (false, true, Wake::default());
        Some(std::mem::take(&mut turn.memory))
    }

    /// A turn has come to its end, well if that says when to look again; says whether that is news.
    pub(super) fn ended(
        &mut self,
        lease: &LeaseId,
        telling: Telling,
        memory: Memory,
        well: Option<Wake>,
    ) -> bool {
        let Some(turn) = self.turns.get_mut(&(lease.clone(), telling)) else { return false };
        (turn.memory, turn.under_way, turn.ended) = (memory, false, Some(Instant::now()));
        if std::mem::take(&mut turn.touched) {
            turn.memory.sent = None;
            turn.due = true;
        }
        match well {
            Some(wake) => {
                turn.wake = wake;
                turn.retry.went_well()
            }
            None => {
                turn.due = true;
                turn.retry.failed()
            }
        }
    }

    /// When to look for turns again.
    pub(super) fn wake(&self) -> Wake {
        let waiting = self.turns.values().filter(|turn| !turn.under_way && !turn.memory.done);
        let wakes = waiting.map(|turn| match (turn.waits(), turn.due) {
            (Some(until), _) => Wake::real(until),
            // It waits for the end of another, which is heard of.
            (None, true) => Wake::default(),
            (None, false) => turn.wake,
        });
        wakes.reduce(Wake::or).unwrap_or_default()
    }

    /// When the living message of a lease was last edited, as far as that is known.
    pub(super) fn edited_at(&self, lease: &LeaseId) -> Option<Instant> {
        self.turns.get(&(lease.clone(), Telling::Living)).and_then(|turn| turn.memory.edited_at)
    }

    /// Whether everything is told of a lease that is over.
    pub(super) fn is_done(&self, lease: &LeaseId) -> bool {
        let done = |telling| {
            self.turns.get(&(lease.clone(), telling)).is_some_and(|turn| !turn.under_way && turn.memory.done)
        };
        Telling::ALL.into_iter().filter(|telling| telling.ends()).all(done)
    }

    /// The leases in it.
    pub(super) fn leases(&self) -> HashSet<&LeaseId> {
        self.turns.keys().map(|(lease, _)| lease).collect()
    }

    /// Forgets those of which nobody has to be told any more.
    pub(super) fn keep_only(&mut self, wanted: impl Fn(&LeaseId) -> bool) {
        self.turns.retain(|(lease, _), turn| turn.under_way || wanted(lease));
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn lease() -> LeaseId {
        "01k0".into()
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_fails_keeps_no_other_waiting() {
        let mut book = Book::default();
        let living = book.begin(&lease(), Telling::Living, NOW).expect("due");
        assert!(book.ended(&lease(), Telling::Living, living, None), "a first failure is news");
        assert!(book.begin(&lease(), Telling::Living, NOW).is_none(), "it pauses");
        let warning = book.begin(&lease(), Telling::Warning, NOW).expect("due");
        let wake = Wake::at(NOW + TimeDelta::minutes(5));
        assert!(!book.ended(&lease(), Telling::Warning, warning, Some(wake)));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(book.begin(&lease(), Telling::Living, NOW).is_some(), "the pause is over");
        assert!(book.begin(&lease(), Telling::Warning, NOW).is_none(), "nothing new");
        assert!(book.begin(&lease(), Telling::Warning, NOW + TimeDelta::minutes(5)).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_changes_during_a_turn_is_told_after_it() {
        let mut book = Book::default();
        let living = book.begin(&lease(), Telling::Living, NOW).expect("due");
        book.all_due();
        assert!(book.begin(&lease(), Telling::Living, NOW).is_none(), "it is under way");
        book.ended(&lease(), Telling::Living, living, Some(Wake::default()));
        tokio::time::advance(BETWEEN_TURNS).await;
        assert!(book.begin(&lease(), Telling::Living, NOW).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_is_done_when_all_that_ends_is_told() {
        let mut book = Book::default();
        for telling in [Telling::Living, Telling::Over, Telling::Relief] {
            assert!(!book.is_done(&lease()), "before {telling:?}");
            let memory = book.begin(&lease(), telling, NOW).expect("due");
            book.ended(&lease(), telling, Memory { done: true, ..memory }, Some(Wake::default()));
        }
        assert!(book.is_done(&lease()));
    }

    #[test]
    fn that_it_is_over_waits_until_a_warning_is_on_record() {
        let mut book = Book::default();
        let warning = book.begin(&lease(), Telling::Warning, NOW).expect("due");
        assert!(book.begin(&lease(), Telling::Over, NOW).is_none());
        book.ended(&lease(), Telling::Warning, warning, Some(Wake::default()));
        assert!(book.begin(&lease(), Telling::Over, NOW).is_some());
    }
}
