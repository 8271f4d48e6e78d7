//! The first gate: what somebody did is understood, and whether they may.

use doorman_cloud::ids::LeaseId;
use doorman_cloud::lease::{Lease, LeaseKind, MessageRef};
use doorman_config::{Settings, Verb};

use crate::card;
use crate::message::Message;
use crate::outcome::Ack;
use crate::parse::{self, Command};
use crate::policy;
use crate::press::Press;
use crate::request::{Action, Request, Typed};
use crate::table::Name;
use crate::words::texts::say;

/// What the first gate says.
#[derive(Debug)]
pub enum Admission {
    /// It is answered at once and privately: a refusal, or input that cannot be used.
    Answer(Message),
    /// It may be worked on.
    Work {
        /// How to acknowledge it, now.
        ack: Ack,
        /// What to give to [`App::handle`](crate::App::handle).
        work: Work,
    },
}

/// An admitted request with what it was understood as.
#[derive(Debug)]
pub struct Work {
    pub(crate) request: Request,
    pub(crate) task: Task,
}

/// What an admitted request was understood as.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Task {
    /// A command.
    Command(Command),
    /// A button.
    Press {
        /// What it does.
        press: Press,
        /// The message it is on.
        message: MessageRef,
    },
}

/// Decides about a request. `leases` are those that the keeper knows.
pub(crate) fn admit(settings: &Settings, leases: &[Lease], request: &Request) -> Admission {
    let admitted = policy::check_guild(settings, request).and_then(|()| match &request.action {
        Action::Command(typed) => command(settings, request, typed),
        Action::Press { custom_id, message } => press(settings, leases, request, custom_id, *message),
        // A completion is answered by `suggest`; nothing is worked on for it.
        Action::Complete { typed, .. } => Err(parse::unknown_command(request.locale, typed)),
    });
    match admitted {
        Ok((ack, task)) => Admission::Work { ack, work: Work { request: request.clone(), task } },
        Err(refusal) => Admission::Answer(Message::text(refusal)),
    }
}

fn command(settings: &Settings, request: &Request, typed: &Typed) -> Result<(Ack, Task), String> {
    let name = Name::of(&typed.path).ok_or_else(|| parse::unknown_command(request.locale, typed))?;
    if let Some(verb) = name.spec().verb {
        policy::check(settings, request, verb)?;
    }
    let command = parse::command(name, typed, settings, request)?;
    Ok((name.spec().ack, Task::Command(command)))
}

fn press(
    settings: &Settings,
    leases: &[Lease],
    request: &Request,
    custom_id: &str,
    message: MessageRef,
) -> Result<(Ack, Task), String> {
    let stale = || say(request.locale, "admit-stale-button", &[]);
    let press = Press::read(custom_id).ok_or_else(stale)?;
    let known = |id: &LeaseId| Some(leases.iter().find(|lease| lease.id == *id)?.kind.terms().verb);
    let verb = match &press {
        Press::Confirm { card } | Press::Cancel { card } | Press::ByHand { card } => {
            card::verb_of_id(card).ok_or_else(stale)?
        }
        // Everything can be repaired; only what has an end is extended and closed.
        Press::Repair { lease } => {
            known(lease).unwrap_or_else(|| of_unknown(settings, request, |_| true, Verb::Launch))
        }
        Press::Extend { lease } | Press::Close { lease } => {
            known(lease).unwrap_or_else(|| of_unknown(settings, request, |kind| kind.terms().ends, Verb::Nat))
        }
    };
    policy::check(settings, request, verb)?;
    Ok((Ack::Update, Task::Press { press, message }))
}

/// The verb for a lease that is unknown so far, as right after a start: whoever may do this to any lease that it can be
/// done to passes. What it is, and who may, is checked again when it is looked up. `usual` is what others are told.
fn of_unknown(settings: &Settings, request: &Request, can_be: fn(LeaseKind) -> bool, usual: Verb) -> Verb {
    let kinds = LeaseKind::ALL.iter().copied().filter(|kind| can_be(*kind));
    let mut verbs = kinds.map(|kind| kind.terms().verb);
    verbs.find(|verb| policy::may(settings, request, *verb)).unwrap_or(usual)
}

#[cfg(test)]
mod tests;
