//! The first gate: what somebody did is understood, and whether they may.

use doorman_cloud::lease::{Lease, MessageRef};
use doorman_config::{Settings, Verb};

use crate::app::{Ack, Admission, Work};
use crate::message::Message;
use crate::parse::{self, Command, Name};
use crate::policy;
use crate::press::Press;
use crate::request::{Action, Request, Typed};
use crate::texts::say;

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
    if let Some(verb) = name.verb() {
        policy::check(settings, request, verb)?;
    }
    let command = parse::command(name, typed, &settings.stack.nat, request.locale)?;
    match &command {
        // Whatever is open already, a longer window than they may have can never come of it.
        Command::NatOpen { length } | Command::NatExtend { by: length }
            if *length > policy::longest_window(settings, request) =>
        {
            return Err(policy::too_long(settings, request, *length));
        }
        Command::NatOpen { .. }
        | Command::NatExtend { .. }
        | Command::NatClose
        | Command::NatHistory { .. }
        | Command::LaunchService(_)
        | Command::TerminateService
        | Command::SessionStart { .. }
        | Command::Status
        | Command::CostNow
        | Command::Help => {}
    }
    let ack = match name {
        Name::SessionStart | Name::Help => Ack::Private,
        Name::LaunchService
        | Name::TerminateService
        | Name::NatOpen
        | Name::NatExtend
        | Name::NatClose
        | Name::NatHistory
        | Name::Status
        | Name::CostNow => Ack::Public,
    };
    Ok((ack, Task::Command(command)))
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
        Press::Repair { lease } => match leases.iter().find(|known| known.id == *lease) {
            Some(lease) => lease.kind.terms().verb,
            // Unknown so far, as right after a start; what it is, and who may, is checked again when it is
            // looked up. Until then whoever may repair anything passes.
            None if policy::may(settings, request, Verb::Nat) => Verb::Nat,
            None => Verb::Launch,
        },
        Press::Confirm { .. } | Press::Cancel { .. } | Press::Extend { .. } | Press::Close { .. } => {
            press.verb().ok_or_else(stale)?
        }
    };
    policy::check(settings, request, verb)?;
    Ok((Ack::Update, Task::Press { press, message }))
}

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
