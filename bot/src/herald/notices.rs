//! What is posted beside the living message: warnings before the end, that closing is late and what is left, and
//! that it is closed at last. A warning is on record until it says that it is over: its buttons do nothing from then on.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, MessageRef, Phase};
use doorman_cloud::store::StoreError;
use doorman_commands::Message;
use serde::{Deserialize, Serialize};
use tracing::{error, info};

use super::book::Memory;
use super::retry::Wake;
use super::{Teller, Untold, nonce};
use crate::discord::rest::Cause;

/// How long before the end people are warned, in minutes; the last one first.
const WARNINGS: [i64; 2] = [2, 10];
/// Minutes until trouble that goes on is told again, after the first time, the second, and so on. Somebody who can
/// help should hear of it soon; who cannot should not be made to leave the channel.
const REMIND: [i64; 5] = [15, 30, 60, 120, 240];
/// The same after that, for as long as it takes.
const REMIND_LATER: TimeDelta = TimeDelta::hours(6);

/// What the channel was told of a lease that is late, kept in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LateTold {
    /// The last time.
    at: DateTime<Utc>,
    /// How often, at least once.
    times: usize,
}

impl LateTold {
    /// When it is to be told again.
    fn again(self) -> DateTime<Utc> {
        let pause = REMIND.get(self.times.saturating_sub(1)).map(|minutes| TimeDelta::minutes(*minutes));
        self.at + pause.unwrap_or(REMIND_LATER)
    }
}

/// A warning that may be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// This one, of so many minutes before the end, now.
    Now {
        /// Which one.
        warning: i64,
        /// Minutes that are left, rounded up.
        left: i64,
    },
    /// The next one is due then.
    At(DateTime<Utc>),
    /// No more.
    Never,
}

/// Which warning is due. A warning belongs to one end, and only if that end was further away when it was set:
/// whoever opens five minutes knows that they are five.
fn due(lease: &Lease, now: DateTime<Utc>) -> Due {
    let open = matches!(lease.phase, Phase::Opening | Phase::Ready);
    let Some(end) = lease.expires_at.filter(|end| open && *end > now) else {
        return Due::Never;
    };
    let set_at = lease.extensions.last().map_or(lease.opened_at, |extension| extension.at);
    let mut next = Due::Never;
    for warning in WARNINGS {
        let at = end - TimeDelta::minutes(warning);
        if at <= set_at {
            continue;
        }
        if at <= now {
            return Due::Now { warning, left: (end - now + TimeDelta::seconds(59)).num_minutes() };
        }
        next = Due::At(at);
    }
    next
}

impl Teller {
    /// Warns when the end is near.
    pub(super) async fn warn(
        &self,
        lease: &Lease,
        memory: &mut Memory,
        now: DateTime<Utc>,
    ) -> Result<Wake, Untold> {
        let (warning, left) = match due(lease, now) {
            Due::Now { warning, left } => (warning, left),
            Due::At(at) => return Ok(Wake::at(at)),
            Due::Never => return Ok(Wake::default()),
        };
        let end = lease.expires_at.map_or(0, |end| end.timestamp());
        let key = format!("warn-{warning}:{}:{end}", lease.id);
        // After this one, the one that is nearer to the end.
        let nearer = WARNINGS.iter().filter(|minutes| **minutes < warning).max();
        let wake = match (nearer, lease.expires_at) {
            (Some(minutes), Some(end)) => Wake::at(end - TimeDelta::minutes(*minutes)),
            _ => Wake::default(),
        };
        if !self.is_told(memory, &key).await? {
            let message = self.app.warning(lease, left, self.language.get());
            if let Some(at) = self.post_notice(lease, &message, &key).await? {
                // On record before it is marked as told: should the process die in between, the same message is posted
                // again and is this one.
                self.remember_warning(&lease.id, at).await?;
            }
            self.keeper.store().mark_told(&key, now).await?;
            memory.told.push(key);
        }
        Ok(wake)
    }

    /// Tells when closing is late and what is left, and again after growing pauses for as long as it is so.
    pub(super) async fn late(
        &self,
        view: &View,
        lease: &Lease,
        memory: &mut Memory,
        now: DateTime<Utc>,
    ) -> Result<Wake, Untold> {
        let Some(message) = self.app.trouble_notice(view, lease, self.language.get(), now) else {
            return Ok(Wake::default());
        };
        let told = match memory.late {
            Some(told) => told,
            None => self.told_late(&lease.id).await?,
        };
        memory.late = Some(told);
        if let Some(again) = told.map(LateTold::again)
            && again > now
        {
            return Ok(Wake::at(again));
        }
        let key = late_key(&lease.id);
        let times = told.map_or(0, |told| told.times);
        self.post_notice(lease, &message, &format!("{key}:{times}")).await?;
        // Not `now`: posting may have taken long, and the pause is what people see between two posts.
        let told = LateTold { at: self.keeper.clock().now(), times: times + 1 };
        memory.late = Some(Some(told));
        self.keeper.store().set_note(&key, &serde_json::json!(told).to_string()).await?;
        Ok(Wake::at(told.again()))
    }

    /// Tells that a lease is closed at last, if it was told that it is late.
    pub(super) async fn relief(
        &self,
        lease: &Lease,
        memory: &mut Memory,
        now: DateTime<Utc>,
    ) -> Result<Wake, Untold> {
        let Some(message) = self.app.relief_notice(lease, self.language.get()) else {
            return Ok(Wake::default());
        };
        if self.owes_relief(&lease.id).await? {
            let key = relief_key(&lease.id);
            self.post_notice(lease, &message, &key).await?;
            self.keeper.store().mark_told(&key, now).await?;
        }
        memory.done = true;
        Ok(Wake::default())
    }

    /// Says on the warnings of a lease that it is over, and takes their buttons away.
    pub(super) async fn over(&self, lease: &Lease, memory: &mut Memory) -> Result<Wake, Untold> {
        if lease.phase != Phase::Closed {
            return Ok(Wake::default());
        }
        let mut warned = self.warned(&lease.id).await?;
        // Where the receipt is by now, which may be elsewhere than when the lease was looked at.
        let receipt = self.shown.lock().get(&lease.id).copied().or(lease.message);
        let message = self.app.warning_over(lease, receipt, self.language.get());
        while let Some(at) = warned.last().copied() {
            if let Err(next) = self.take_slot(at.channel_id) {
                return Ok(Wake::real(next));
            }
            if let Err(fault) = self.deliver.edit(at, &message).await {
                match fault.cause(at.channel_id == self.channel_id) {
                    // An hour later Discord takes it.
                    Cause::Passing | Cause::Worn => return Err(fault.into()),
                    Cause::Gone | Cause::Content => {
                        info!(lease.id = %lease.id, "a warning of lease {} stays as it is: {fault}", lease.id);
                    }
                }
            }
            warned.pop();
            self.write_warned(&lease.id, &warned).await?;
        }
        // Those that no store knew of may still be found in the channel.
        memory.done = self.has_searched();
        Ok(Wake::default())
    }

    /// Posts a notice of a lease, once by its key; `None` if Discord refuses what it says, in any form.
    async fn post_notice(
        &self,
        lease: &Lease,
        message: &Message,
        key: &str,
    ) -> Result<Option<MessageRef>, Untold> {
        let mut shown = message.clone();
        loop {
            match self.deliver.post(self.channel_id, &shown, lease.message, &nonce(key)).await {
                Ok(at) => return Ok(Some(at)),
                Err(fault) if fault.is_about_content() => {
                    error!(lease.id = %lease.id, "a notice of lease {} is refused: {fault}", lease.id);
                    match shown.plainer() {
                        Some(plainer) => shown = plainer,
                        None => return Ok(None),
                    }
                }
                Err(fault) => return Err(fault.into()),
            }
        }
    }

    /// What was told of a lease being late, also before a restart.
    async fn told_late(&self, lease: &LeaseId) -> Result<Option<LateTold>, StoreError> {
        let note = self.keeper.store().note(&late_key(lease)).await?;
        Ok(note.and_then(|note| serde_json::from_str(&note).ok()))
    }

    /// Whether it was told that a lease is late, and not that it is closed at last.
    pub(super) async fn owes_relief(&self, lease: &LeaseId) -> Result<bool, StoreError> {
        let late = self.told_late(lease).await?.is_some();
        Ok(late && !self.keeper.store().was_told(&relief_key(lease)).await?)
    }

    /// The warnings of a lease that do not say yet that it is over.
    pub(super) async fn warned(&self, lease: &LeaseId) -> Result<Vec<MessageRef>, StoreError> {
        let note = self.keeper.store().note(&warned_key(lease)).await?;
        Ok(note.and_then(|note| serde_json::from_str(&note).ok()).unwrap_or_default())
    }

    /// Puts a warning on record: once the lease is over, it is to say so.
    pub(super) async fn remember_warning(&self, lease: &LeaseId, at: MessageRef) -> Result<(), StoreError> {
        let mut warned = self.warned(lease).await?;
        if warned.contains(&at) {
            return Ok(());
        }
        warned.push(at);
        self.write_warned(lease, &warned).await
    }

    async fn write_warned(&self, lease: &LeaseId, warned: &[MessageRef]) -> Result<(), StoreError> {
        let note = serde_json::json!(warned).to_string();
        self.keeper.store().set_note(&warned_key(lease), &note).await
    }

    async fn is_told(&self, memory: &mut Memory, key: &str) -> Result<bool, Untold> {
        if memory.told.iter().any(|told| told == key) {
            return Ok(true);
        }
        let told = self.keeper.store().was_told(key).await?;
        if told {
            memory.told.push(key.to_owned());
        }
        Ok(told)
    }
}

/// The note of what was told of a lease being late.
fn late_key(lease: &LeaseId) -> String {
    format!("trouble:{lease}")
}

/// That it is told that what was late is closed at last.
fn relief_key(lease: &LeaseId) -> String {
    format!("relief:{lease}")
}

/// The note of the warnings that do not say yet that it is over.
fn warned_key(lease: &LeaseId) -> String {
    format!("warned:{lease}")
}

#[cfg(test)]
mod tests {
    use doorman_cloud::lease::{Extension, LeaseKind, Person};
    use doorman_config::Locale;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn person() -> Person {
        Person { id: 1, name: "kim".to_owned() }
    }

    /// A window opened at minute 0.
    fn window(minutes: i64) -> Lease {
        Lease {
            phase: Phase::Ready,
            expires_at: Some(at(minutes)),
            ready_at: Some(at(1)),
            ..Lease::new("01j".into(), LeaseKind::NatWindow, person(), at(0), Locale::Ko)
        }
    }

    #[test]
    fn a_window_is_warned_of_twice() {
        let window = window(30);
        assert_eq!(due(&window, at(5)), Due::At(at(20)));
        assert_eq!(due(&window, at(20)), Due::Now { warning: 10, left: 10 });
        assert_eq!(due(&window, at(28)), Due::Now { warning: 2, left: 2 });
        assert_eq!(due(&window, at(30)), Due::Never);
    }

    #[test]
    fn who_comes_late_hears_how_much_is_really_left() {
        // The process was down when ten minutes were left.
        assert_eq!(due(&window(30), at(24)), Due::Now { warning: 10, left: 6 });
        let moment = at(28) + TimeDelta::seconds(30);
        assert_eq!(due(&window(30), moment), Due::Now { warning: 2, left: 2 });
    }

    #[test]
    fn a_short_window_is_not_warned_of_for_more_than_it_ever_had() {
        assert_eq!(due(&window(10), at(1)), Due::At(at(8)));
        assert_eq!(due(&window(2), at(1)), Due::Never);
    }

    #[test]
    fn an_extension_sets_a_new_end_with_warnings_of_its_own() {
        let mut window = window(30);
        window.extensions.push(Extension { by: person(), at: at(25), until: at(34) });
        window.expires_at = Some(at(34));
        // Nine minutes were left when it was set, so there is no ten-minute warning.
        assert_eq!(due(&window, at(26)), Due::At(at(32)));
        window.expires_at = Some(at(60));
        assert_eq!(due(&window, at(26)), Due::At(at(50)));
    }

    #[test]
    fn what_is_closing_is_not_warned_of() {
        let closing = Lease { phase: Phase::Closing, ..window(30) };
        assert_eq!(due(&closing, at(25)), Due::Never);
        assert_eq!(due(&Lease { expires_at: None, ..window(30) }, at(25)), Due::Never);
    }
    #[test]
    fn trouble_is_told_again_after_growing_pauses() {
        let mut told = LateTold { at: at(0), times: 1 };
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pauses.push((told.again() - told.at).num_minutes());
            told = LateTold { at: told.again(), times: told.times + 1 };
        }
        assert_eq!(pauses, [15, 30, 60, 120, 240, 360, 360, 360]);
    }
}
