//! The same by hand, for people who ask the keeper.

use chrono::{SubsecRound, TimeDelta};

use super::{Keeper, View};
use crate::by_hand::{self, Obstacle};
use crate::ids::LeaseId;
use crate::lease::{LeaseKind, Person, Spec};
use crate::tags::Owner;

/// A script, and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Whether it closes.
    pub closes: bool,
    /// For a POSIX shell.
    pub script: String,
}

impl Keeper {
    /// The lines that close the lease of a kind which is open, and if there is none those that open one, for that person
    /// and long; `None`: AWS was not looked at. What only its tags tell of is nobody's here to close.
    ///
    /// # Errors
    ///
    /// What stands in the way.
    pub fn by_hand(
        &self,
        view: &View,
        (kind, spec): (LeaseKind, Spec),
        length: Option<TimeDelta>,
        by: &Person,
    ) -> Option<Result<ByHand, Obstacle>> {
        let (seen, place) = (view.observed.as_deref()?.clone(), view.place.clone()?);
        let (stack, now) = (&self.inner.stack, self.inner.clock.now());
        if let Some(lease) = view.lease(kind) {
            match by_hand::close(kind, Some(&lease.id), seen.clone(), place.clone(), stack, now) {
                Ok(Some(script)) => return Some(Ok(ByHand { closes: true, script })),
                Ok(None) => {}
                Err(obstacle) => return Some(Err(obstacle)),
            }
        }
        let owner = Owner {
            stack: stack.name.clone(),
            lease: LeaseId::generate(now),
            of: kind,
            // To the second, as tags say it.
            expires_at: length.map(|length| (now + length).trunc_subsecs(0)),
            opened_by: by.id.to_string(),
            installation: self.inner.installation.clone(),
        };
        let script = by_hand::open(owner, spec, seen, place, stack, now);
        Some(script.map(|script| ByHand { closes: false, script }))
    }
}
