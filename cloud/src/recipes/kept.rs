//! What is over and stays all the same, because instances that run on use it: those of another stack, or of another
//! doorman, in the same network, and those of a lease of ours that is open, or that is only known by its tags. It goes when
//! they have gone.
//!
//! Only what is for shell access is shared like that: a VPC takes one endpoint with the private name of a service, a group
//! one rule of a kind, and role and profile have a name. What lets traffic out goes in time, whoever uses it.

use doorman_config::Stack;

use crate::kinds::instance::{Instance, InstanceState};
use crate::kinds::shelf::Shelf;
use crate::kinds::{Resource, endpoint, profile, role, rule};
use crate::lease::Trouble;
use crate::plan::{Desired, Kept};
use crate::recipes::shell;
use crate::switchboard::Observed;
use crate::tags::Owner;

/// All of it.
pub(super) fn kept(desired: &Desired, seen: &Observed, stack: &Stack) -> Vec<Kept> {
    let users = users(desired, seen, stack);
    let mut kept = Vec::new();
    let mut keep = Keep { desired, users: &users, kept: &mut kept };
    keep.all(&seen.endpoints, |it, user| endpoint::rules::serves(it, seen, user));
    keep.all(&seen.rules, rule::rules::serves);
    keep.all(&seen.profiles, profile::rules::serves);
    keep.all(&seen.roles, role::rules::serves);
    kept
}

/// The instances that count.
fn users<'a>(desired: &Desired, seen: &'a Observed, stack: &Stack) -> Vec<&'a Instance> {
    let wanted = shell::is_wanted(desired, stack);
    // What nobody here knows, and is not over, is only reported: whoever it is of may be at work on it.
    let counts = |owner: &Owner| if desired.wants(owner) { wanted } else { !desired.is_over(owner) };
    let ours = seen.instances.iter().filter(|instance| counts(&instance.owner));
    let all = seen.instances.elsewhere().iter().chain(ours);
    all.filter(|instance| instance.state != InstanceState::ShuttingDown).collect()
}

struct Keep<'a> {
    desired: &'a Desired,
    users: &'a [&'a Instance],
    kept: &'a mut Vec<Kept>,
}

impl Keep<'_> {
    fn all<R: Resource>(&mut self, shelf: &Shelf<R>, serves: impl Fn(&R, &Instance) -> bool) {
        for thing in shelf {
            let facts = thing.facts();
            if !facts.owner.is_some_and(|owner| self.desired.is_over(owner)) {
                continue;
            }
            let Some(user) = self.users.iter().find(|user| serves(thing, user)) else { continue };
            // Anybody may have taken its name.
            let by = if user.name.is_empty() { user.id.to_string() } else { user.name.clone() };
            let (name, stack) = (facts.name.to_owned(), user.owner.stack.clone());
            let why = Trouble::InUse { kind: R::KIND, name, by, stack };
            self.kept.push(Kept { kind: R::KIND, id: thing.id().as_ref().to_owned(), why });
        }
    }
}
