//! What is posted beside the living message: warnings before the end, that closing is late and what is left, and
//! that it is closed at last.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, Phase};
use serde::{Deserialize, Serialize};

use super::{Herald, State, Untold, Wake, nonce};

/// How long before the end people are warned, in minutes; the last one first.
const WARNINGS: [i64; 2] = [2, 10];
/// Minutes until trouble that goes on is told again, after the first time, the second, and so on. Somebody who can
/// help should hear of it soon; who cannot should not be made to leave the channel.
const REMIND: [i64; 5] = [15, 30, 60, 120, 240];
/// The same after that, for as long as it takes.
const REMIND_LATER: TimeDelta = TimeDelta::hours(6);

/// What the channel was told of a lease that is late, kept in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// The last time.
    at: DateTime<Utc>,
    /// How often, at least once.
    times: usize,
}

impl Told {
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

impl Herald {
    /// Warns when the end is near.
    pub(super) async fn warn(
        &self,
        lease: &Lease,
        state: &mut State,
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
        if !self.is_told(state, &key).await? {
            let message = self.app.warning(lease, left, self.locale);
            self.deliver.post(self.channel_id, &message, lease.message, &nonce(&key)).await?;
            self.keeper.store().mark_told(&key, now).await?;
            state.told.push(key);
        }
        Ok(wake)
    }

    /// Tells when closing is late and what is left, and again after growing pauses for as long as it is so.
    pub(super) async fn trouble(
        &self,
        view: &View,
        lease: &Lease,
        state: &mut State,
        now: DateTime<Utc>,
    ) -> Result<Wake, Untold> {
        let Some(message) = self.app.trouble_notice(view, lease, self.locale, now) else {
            return Ok(Wake::default());
        };
        let told = self.trouble_told(lease, state).await?;
        if let Some(again) = told.map(Told::again)
            && again > now
        {
            return Ok(Wake::at(again));
        }
        let key = trouble_key(&lease.id);
        let times = told.map_or(0, |told| told.times);
        let nonce = nonce(&format!("{key}:{times}"));
        self.deliver.post(self.channel_id, &message, lease.message, &nonce).await?;
        // Not `now`: posting may have taken long, and the pause is what people see between two posts.
        let told = Told { at: self.keeper.clock().now(), times: times + 1 };
        state.trouble_told = Some(Some(told));
        self.keeper.store().set_note(&key, &serde_json::json!(told).to_string()).await?;
        Ok(Wake::at(told.again()))
    }

    /// Tells that a lease is closed at last, if it was told that it is late.
    pub(super) async fn relief(
        &self,
        lease: &Lease,
        state: &mut State,
        now: DateTime<Utc>,
    ) -> Result<(), Untold> {
        if self.trouble_told(lease, state).await?.is_none() {
            return Ok(());
        }
        let key = format!("relief:{}", lease.id);
        let Some(message) = self.app.relief_notice(lease, self.locale) else {
            return Ok(());
        };
        if !self.is_told(state, &key).await? {
            self.deliver.post(self.channel_id, &message, lease.message, &nonce(&key)).await?;
            self.keeper.store().mark_told(&key, now).await?;
            state.told.push(key);
        }
        Ok(())
    }

    /// What was told of a lease being late, also before a restart.
    async fn trouble_told(&self, lease: &Lease, state: &mut State) -> Result<Option<Told>, Untold> {
        if let Some(told) = state.trouble_told {
            return Ok(told);
        }
        let note = self.keeper.store().note(&trouble_key(&lease.id)).await?;
        let told = note.and_then(|note| serde_json::from_str(&note).ok());
        state.trouble_told = Some(told);
        Ok(told)
    }

    async fn is_told(&self, state: &mut State, key: &str) -> Result<bool, Untold> {
        if state.told.iter().any(|told| told == key) {
            return Ok(true);
        }
        let told = self.keeper.store().was_told(key).await?;
        if told {
            state.told.push(key.to_owned());
        }
        Ok(told)
    }
}

/// The note of what was told of a lease being late.
fn trouble_key(lease: &LeaseId) -> String {
    format!("trouble:{lease}")
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
        let mut told = Told { at: at(0), times: 1 };
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pauses.push((told.again() - told.at).num_minutes());
            told = Told { at: told.again(), times: told.times + 1 };
        }
        assert_eq!(pauses, [15, 30, 60, 120, 240, 360, 360, 360]);
    }
}
