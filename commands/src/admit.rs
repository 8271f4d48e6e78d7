//! The first gate: what somebody did is understood, and whether they may.

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
    let verb = match &press {
        Press::Confirm { card } | Press::Cancel { card } => card::verb_of_id(card).ok_or_else(stale)?,
        Press::Repair { lease } | Press::Extend { lease } | Press::Close { lease } => {
            match leases.iter().find(|known| known.id == *lease) {
                Some(lease) => lease.kind.terms().verb,
                None => verb_of_unknown(settings, request, &press),
            }
        }
    };
    policy::check(settings, request, verb)?;
    Ok((Ack::Update, Task::Press { press, message }))
}

/// The verb for a lease that is unknown so far, as right after a start: whoever may do this to any lease passes. What
/// it is, and who may, is checked again when it is looked up.
fn verb_of_unknown(settings: &Settings, request: &Request, press: &Press) -> Verb {
    // Everything can be repaired; only what has an end is extended and closed.
    let (of_all, usual) = match press {
        Press::Repair { .. } => (true, Verb::Launch),
        Press::Extend { .. } | Press::Close { .. } | Press::Confirm { .. } | Press::Cancel { .. } => {
            (false, Verb::Nat)
        }
    };
    let kinds = LeaseKind::ALL.iter().filter(|kind| of_all || kind.terms().ends);
    let mut verbs = kinds.map(|kind| kind.terms().verb);
    verbs.find(|verb| policy::may(settings, request, *verb)).unwrap_or(usual)
}

#[cfg(test)]
mod tests;
