//! One goal while its recipe is followed.

use chrono::{DateTime, Utc};
use doorman_config::Stack;

use super::{Desired, Drift, Goal, How, Plan, Until, Wait};
use crate::kind::Kind;
use crate::kinds::Standing;
use crate::kinds::shelf::Thing;
use crate::lease::Trouble;
use crate::switchboard::Observed;
use crate::switchboard::step::{Aim, AnyAct, Step};

/// One goal while its recipe is followed. Each want of the recipe is either seen and right, or leaves here what may
/// be done about it or is waited for; what a later want needs is what an earlier one returned.
///
/// The same recipe serves both moods: while a lease is being built what is missing becomes a step, once it was ready
/// a drift. In that mood every want reports, although what it needs may be missing itself.
pub(crate) struct Build<'a> {
    plan: &'a mut Plan,
    /// What is wanted.
    pub(crate) goal: &'a Goal,
    /// What everybody wants.
    pub(crate) desired: &'a Desired,
    /// What is there.
    pub(crate) seen: &'a Observed,
    /// By what names.
    pub(crate) stack: &'a Stack,
    /// When.
    pub(crate) now: DateTime<Utc>,
    steps: Vec<Step>,
    waits: Vec<Wait>,
    troubles: Vec<Trouble>,
    /// What has to come to pass before anything is built.
    holds: Vec<Wait>,
    /// Whether what somebody else left has to go first.
    leftovers: bool,
}

impl<'a> Build<'a> {
    pub(crate) fn new(
        plan: &'a mut Plan,
        goal: &'a Goal,
        desired: &'a Desired,
        seen: &'a Observed,
        stack: &'a Stack,
        now: DateTime<Utc>,
    ) -> Build<'a> {
        let (steps, waits, troubles, holds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Build { plan, goal, desired, seen, stack, now, steps, waits, troubles, holds, leftovers: false }
    }

    /// Something is not there: a step while the lease is being built, drift once it was ready. `act` is `None` while
    /// what it needs is not there either.
    pub(crate) fn missing(&mut self, kind: Kind, name: &str, how: How, act: Option<AnyAct>) {
        if let Some(id) = self.disowned(kind, name) {
            // It is there: neither missing nor to be made again.
            let trouble = Trouble::Disowned { kind, id };
            self.drift(kind, name, How::Blocked(trouble.clone()));
            self.trouble(trouble);
        } else if self.goal.build {
            self.act(act);
        } else {
            self.drift(kind, name, how);
        }
    }

    /// The thing of the lease that somebody has taken away and that would be what is missing: of that name, or the one of
    /// its kind. Without its tags it may have lost its name, too.
    fn disowned(&self, kind: Kind, name: &str) -> Option<String> {
        let shelf = self.seen.shelf(kind).disowned_things(None);
        let of_goal = |thing: &&Thing<'_>| {
            thing.facts.standing != Standing::Over && thing.facts.owner.is_some_and(|o| self.goal.owns(o))
        };
        let taken: Vec<&Thing<'_>> = shelf.iter().filter(of_goal).collect();
        let recorded =
            |id: &str| self.goal.made.iter().any(|m| m.kind == kind && m.id == id && m.name == name);
        let named = taken.iter().find(|thing| thing.facts.name == name || recorded(thing.id));
        let only = || taken.first().filter(|_| matches!(kind, Kind::NatGateway | Kind::Address | Kind::Rule));
        named.or_else(only).map(|thing| thing.id.to_owned())
    }

    fn act(&mut self, act: Option<AnyAct>) {
        if let (true, Some(act)) = (self.goal.build, act) {
            self.steps.push(Step { owner: self.goal.owner.clone(), aim: Aim::Build, act });
        }
    }

    /// Something that may help what is waited for.
    pub(crate) fn remedy(&mut self, act: AnyAct) {
        self.act(Some(act));
    }

    /// Something is not as it should be. Said once the lease was ready; until then it is being built.
    fn drift(&mut self, kind: Kind, name: &str, how: How) {
        let drift = (self.goal.kind(), Drift::new(kind, name, how));
        if !self.goal.build && !self.plan.drift.contains(&drift) {
            self.plan.drift.push(drift);
        }
    }

    /// Something is on its way: waited for while the lease is being built, drift once it was ready.
    pub(crate) fn coming(&mut self, kind: Kind, name: &str, until: Until, how: How) {
        if self.goal.build {
            self.waits.push(Wait { of: kind, name: name.to_owned(), until });
        } else {
            self.drift(kind, name, how);
        }
    }

    /// Something stands in the way: nothing is built past it.
    pub(crate) fn trouble(&mut self, trouble: Trouble) {
        if self.goal.build && !self.troubles.contains(&trouble) {
            self.troubles.push(trouble);
        }
    }

    /// Nothing is built before that has come to pass.
    pub(crate) fn hold(&mut self, of: Kind, name: &str, until: Until) {
        if self.goal.build {
            self.holds.push(Wait { of, name: name.to_owned(), until });
        }
    }

    /// What a lease that nobody wants any more left of these kinds goes before anything new is built beside it.
    pub(crate) fn after_leftovers(&mut self, kinds: &[Kind]) {
        let of_kinds =
            |thing: &Thing<'_>| kinds.contains(&thing.kind) && thing.facts.standing != Standing::Over;
        // It goes later, and serves until then.
        let kept = |thing: &Thing<'_>| self.plan.keeps(thing.kind, thing.id).is_some();
        let of_kinds = |thing: &Thing<'_>| of_kinds(thing) && !kept(thing);
        let owners = self.seen.things(None).filter(of_kinds).filter_map(|thing| thing.facts.owner);
        for owner in owners.collect::<Vec<_>>() {
            // What is waited for is said where it is taken down.
            self.leftovers |= self.desired.is_over(owner);
            // Nothing is built beside what somebody else may be using, and it is not ours to take down.
            if !self.desired.wants(owner) && !self.desired.is_over(owner) {
                self.trouble(Trouble::UnknownLease { lease: owner.lease.to_string() });
            }
        }
    }

    /// Puts what came of it into the plan.
    pub(crate) fn finish(self) {
        let kind = self.goal.kind();
        let (steps, waits) = match (self.troubles.is_empty(), self.leftovers, self.holds.is_empty()) {
            (true, false, true) => (self.steps, self.waits),
            (true, false, false) => (Vec::new(), self.holds),
            (false, _, _) | (_, true, _) => (Vec::new(), Vec::new()),
        };
        self.plan.troubles.extend(self.troubles.into_iter().map(|trouble| (kind, trouble)));
        steps.into_iter().for_each(|step| self.plan.step(step));
        waits.into_iter().for_each(|wait| self.plan.wait(wait.of, &wait.name, wait.until));
    }
}
