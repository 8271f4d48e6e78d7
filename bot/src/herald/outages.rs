//! Tells, once, how long doorman was blind or dumb, and what it did then.
//!
//! Three things can be away: AWS, Discord, and the disk of the store. While one is, doorman goes on as far as it
//! can and tries again; when it is back, people are told for how long it was away and what became of their
//! leases. Only when it mattered: a gap of less than [`WORTH_TELLING`] in which nothing was due is not told. What
//! is under way is noted in the store, so that a restart neither forgets it nor tells it twice.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::{Lease, Phase};

use doorman_cloud::store::{StoreError, WriteTrouble};
use doorman_commands::{App, Outage, Silent};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use super::book::BETWEEN_TURNS;
use super::nonce;
use super::retry::{LONGEST_PAUSE, pause};
use crate::discord::connection::{Connection, Link};
use crate::discord::deliver::Deliver;
use crate::language::Language;
use crate::supervise::Pulse;

/// Shorter gaps are told only if something was due meanwhile. Networks blink, and Discord has its bots connect
/// anew now and then.
const WORTH_TELLING: TimeDelta = TimeDelta::minutes(2);
/// How long the report waits for what was due to be closed, so that it can say so.
const SETTLED_WITHIN: TimeDelta = TimeDelta::minutes(15);
/// How often to look again whether what was due is done.
const LOOK: TimeDelta = TimeDelta::minutes(1);
/// What is away, in the store.
const NOTE: &str = "outages";

/// What can be away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Subject {
    Aws,
    Discord,
    Store,
}

/// One time of being away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Gap {
    since: DateTime<Utc>,
    /// When it was over; `None`: it goes on.
    until: Option<DateTime<Utc>>,
    /// AWS was there, and refused.
    refused: bool,
    /// People were told when it began, so they are told that it is over.
    announced: bool,
    /// The process that saw it begin ended, and the next one found it over: nobody knows since when.
    restarted: bool,
}

type Gaps = BTreeMap<Subject, Gap>;

/// How something is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Here,
    Away {
        since: DateTime<Utc>,
        refused: bool,
    },
    /// This process has not tried yet.
    Unknown,
}

/// Watches, and tells.
pub struct Outages {
    app: App,
    keeper: Keeper,
    deliver: Deliver,
    connection: Connection,
    channel_id: u64,
    language: Language,
    gaps: Gaps,
    /// What the store has of `gaps`.
    noted: Gaps,
    /// Those that an earlier process saw, and this one has not seen go on.
    recalled: BTreeSet<Subject>,
    failures: u32,
    not_before: Option<Instant>,
}

impl Outages {
    /// Reports that go to `channel_id`, in `language`.
    pub fn new(
        app: App,
        keeper: Keeper,
        deliver: Deliver,
        connection: Connection,
        channel_id: u64,
        language: Language,
    ) -> Outages {
        Outages {
            app,
            keeper,
            deliver,
            connection,
            channel_id,
            language,
            gaps: Gaps::new(),
            noted: Gaps::new(),
            recalled: BTreeSet::new(),
            failures: 0,
            not_before: None,
        }
    }

    /// Watches until `stop`.
    pub async fn run(mut self, pulse: Pulse, stop: CancellationToken) {
        stop.run_until_cancelled(self.watch(&pulse)).await;
    }

    async fn watch(&mut self, pulse: &Pulse) {
        self.recall().await;
        let clock = self.keeper.clock().clone();
        let (mut views, mut links) = (self.keeper.watch(), self.connection.watch());
        let mut troubles = self.keeper.store().trouble();
        loop {
            pulse.beat().await;
            let view = views.borrow_and_update().clone();
            let link = *links.borrow_and_update();
            let trouble = *troubles.borrow_and_update();
            let now = clock.now();
            self.note(signs(&view, link, trouble, now), now);
            self.remember().await;
            self.tell_of_the_store(trouble).await;
            self.tell(clock.now()).await;
            let again = self.not_before.filter(|_| self.waits());
            let again = again.unwrap_or_else(|| Instant::now() + LONGEST_PAUSE);
            tokio::select! {
                changed = views.changed() => if changed.is_err() { return },
                _ = links.changed() => {}
                _ = troubles.changed() => {}
                // What changed is noted at once: the process may end.
                _ = async { tokio::join!(clock.sleep(LOOK), sleep(BETWEEN_TURNS)) } => {}
                () = sleep_until(again) => {}
            }
        }
    }

    /// What was under way when the process before this one ended.
    async fn recall(&mut self) {
        match self.keeper.store().note(NOTE).await {
            Ok(note) => {
                self.gaps = note.and_then(|note| serde_json::from_str(&note).ok()).unwrap_or_default();
                self.noted = self.gaps.clone();
                self.recalled = self.gaps.keys().copied().collect();
            }
            Err(error) => error!("cannot look up what was away: {error}"),
        }
    }

    /// Takes note of what is away `now`, and of what no longer is.
    fn note(&mut self, signs: [(Subject, Sign); 3], now: DateTime<Utc>) {
        for (subject, sign) in signs {
            match sign {
                Sign::Away { since, refused } => {
                    let new = Gap { since, until: None, refused, announced: false, restarted: false };
                    let gap = self.gaps.entry(subject).or_insert(new);
                    // Away again before it was told that it was away: one gap.
                    gap.until = None;
                    gap.refused |= refused;
                    self.recalled.remove(&subject);
                }
                Sign::Here => {
                    let recalled = self.recalled.remove(&subject);
                    if let Some(gap) = self.gaps.get_mut(&subject).filter(|gap| gap.until.is_none()) {
                        gap.until = Some(now);
                        gap.restarted = recalled;
                    }
                }
                Sign::Unknown => {}
            }
        }
    }

    /// Notes it in the store.
    async fn remember(&mut self) {
        if self.gaps == self.noted {
            return;
        }
        match self.write().await {
            Ok(()) => self.noted = self.gaps.clone(),
            Err(error) => debug!("cannot note what is away: {error}"),
        }
    }

    async fn write(&self) -> Result<(), StoreError> {
        // Plain data always serialises.
        let note = serde_json::to_string(&self.gaps).unwrap_or_default();
        self.keeper.store().set_note(NOTE, &note).await
    }

    /// A full disk is told of when it begins: somebody has to act.
    async fn tell_of_the_store(&mut self, trouble: Option<WriteTrouble>) {
        let Some(trouble) = trouble.filter(|_| !self.waits()) else { return };
        let Some(gap) = self.gaps.get(&Subject::Store).filter(|gap| !gap.announced) else { return };
        let message = self.app.store_trouble(trouble, self.language.get());
        let nonce = nonce(&format!("store:{}", gap.since));
        match self.deliver.post(self.channel_id, &message, None, &nonce).await {
            Ok(_) => {
                self.gaps.entry(Subject::Store).and_modify(|gap| gap.announced = true);
                self.remember().await;
                self.delivered();
            }
            Err(fault) => self.failed(&fault),
        }
    }

    /// Tells what is over and mattered.
    async fn tell(&mut self, now: DateTime<Utc>) {
        let over: Vec<(Subject, Gap)> = self
            .gaps
            .iter()
            .filter(|(_, gap)| gap.until.is_some())
            .map(|(subject, gap)| (*subject, gap.clone()))
            .collect();
        let Some(since) = over.iter().map(|(_, gap)| gap.since).min() else { return };
        if self.waits() {
            return;
        }
        let leases = match self.keeper.store().leases_since(since).await {
            Ok(leases) => leases,
            Err(error) => return error!("cannot look up what happened meanwhile: {error}"),
        };
        let matters = |(_, gap): &&(Subject, Gap)| is_worth_telling(gap, &leases);
        let outages: Vec<Outage> = over.iter().filter(matters).filter_map(outage).collect();
        if !outages.is_empty() {
            if !is_settled(&over, &leases, now) {
                return;
            }
            let message = self.app.outages(&outages, &leases, self.language.get(), now);
            let nonce = nonce(&format!("outages:{over:?}"));
            if let Err(fault) = self.deliver.post(self.channel_id, &message, None, &nonce).await {
                return self.failed(&fault);
            }
            info!("told that something was away: {outages:?}");
            self.delivered();
        }
        for (subject, _) in over {
            self.gaps.remove(&subject);
        }
        self.remember().await;
    }

    fn waits(&self) -> bool {
        self.not_before.is_some_and(|until| until > Instant::now())
    }

    fn delivered(&mut self) {
        self.failures = 0;
        self.not_before = None;
    }

    fn failed(&mut self, fault: &crate::discord::rest::Fault) {
        if self.failures == 0 {
            warn!("cannot tell yet that something was away: {fault}");
        }
        self.not_before = Some(Instant::now() + pause(self.failures));
        self.failures += 1;
    }
}

/// How everything is `now`.
fn signs(view: &View, link: Link, trouble: Option<WriteTrouble>, now: DateTime<Utc>) -> [(Subject, Sign); 3] {
    let aws = match &view.blind {
        Some(blind) => Sign::Away { since: blind.since, refused: blind.failure.kind.is_refusal() },
        None if view.observed.is_none() => Sign::Unknown,
        None => Sign::Here,
    };
    let discord = match link {
        Link::Lost { since } => Sign::Away { since, refused: false },
        Link::Never => Sign::Unknown,
        Link::Up => Sign::Here,
    };
    let store = match trouble {
        Some(_) => Sign::Away { since: now, refused: false },
        None => Sign::Here,
    };
    [(Subject::Aws, aws), (Subject::Discord, discord), (Subject::Store, store)]
}

fn outage((subject, gap): &(Subject, Gap)) -> Option<Outage> {
    let of = match subject {
        Subject::Aws if gap.refused => Silent::AwsRefused,
        Subject::Aws => Silent::Aws,
        Subject::Discord => Silent::Discord,
        Subject::Store => Silent::Store,
    };
    Some(Outage { of, since: gap.since, until: gap.until?, restarted: gap.restarted })
}

/// Whether a gap that is over was long, or something should have been closed in it.
fn is_worth_telling(gap: &Gap, leases: &[Lease]) -> bool {
    let Some(until) = gap.until else { return false };
    let was_due = |lease: &Lease| {
        let over = lease.receipt.as_ref().is_some_and(|receipt| receipt.closed_at < gap.since);
        lease.due().is_some_and(|due| due <= until) && !over
    };
    gap.announced || until - gap.since >= WORTH_TELLING || leases.iter().any(was_due)
}

/// Whether what was due while something was away is closed by now, or has had its time.
fn is_settled(over: &[(Subject, Gap)], leases: &[Lease], now: DateTime<Utc>) -> bool {
    let Some(until) = over.iter().filter_map(|(_, gap)| gap.until).max() else { return true };
    let pending = |lease: &Lease| {
        let building = lease.phase == Phase::Opening && lease.opened_at <= until;
        lease.phase != Phase::Closed && (lease.due().is_some_and(|due| due <= until) || building)
    };
    now - until >= SETTLED_WITHIN || !leases.iter().any(pending)
}

#[cfg(test)]
mod tests {
    use doorman_cloud::lease::{LeaseKind, Person, Receipt};
    use doorman_config::Locale;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn window(end: i64, phase: Phase) -> Lease {
        Lease {
            phase,
            expires_at: Some(at(end)),
            ready_at: Some(at(1)),
            ..Lease::new(
                "01k0".into(),
                LeaseKind::NatWindow,
                Person { id: 1, name: "kim".to_owned() },
                at(0),
                Locale::Ko,
            )
        }
    }

    fn gap(since: i64, until: i64) -> Gap {
        let until = Some(at(until));
        Gap { since: at(since), until, refused: false, announced: false, restarted: false }
    }

    /// Closed in time, when it should be.
    fn closed(end: i64) -> Lease {
        let receipt = Receipt {
            closed_at: at(end),
            late_s: 0,
            items: Vec::new(),
            usd: 0.0,
            prices_as_of: None,
            looked_at: at(end),
            gone: Vec::new(),
            left: Vec::new(),
        };
        Lease { receipt: Some(receipt), ..window(end, Phase::Closed) }
    }

    #[test]
    fn a_short_gap_is_told_only_if_something_was_due_in_it() {
        assert!(is_worth_telling(&gap(10, 12), &[]));
        let short = gap(10, 11);
        assert!(!is_worth_telling(&short, &[window(30, Phase::Ready)]));
        assert!(!is_worth_telling(&short, &[closed(9)]));
        assert!(is_worth_telling(&short, &[window(9, Phase::Closing)]));
        assert!(is_worth_telling(&short, &[window(11, Phase::Closing)]));
    }

    #[test]
    fn the_report_waits_for_what_was_due_but_not_for_ever() {
        let over = [(Subject::Aws, gap(10, 40))];
        assert!(is_settled(&over, &[], at(40)));
        assert!(is_settled(&over, &[window(60, Phase::Ready)], at(40)));
        assert!(!is_settled(&over, &[window(30, Phase::Closing)], at(41)));
        assert!(!is_settled(&over, &[window(60, Phase::Opening)], at(41)));
        assert!(is_settled(&over, &[window(30, Phase::Closed)], at(41)));
        assert!(is_settled(&over, &[window(30, Phase::Closing)], at(55)));
    }
}
