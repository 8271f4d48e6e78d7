//! Who may do what. Checked here on every command, press and completion: what Discord's own command
//! permissions say is a convenience, which administrators bypass.

use chrono::TimeDelta;
use doorman_cloud::lease::LeaseKind;
use doorman_config::{Grant, Locale, Settings, ShellMode, Verb};

use crate::request::Request;
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::{people, when};

/// Checks that the request comes from the server that the settings name.
///
/// # Errors
///
/// What to tell the asker instead.
pub(crate) fn check_guild(settings: &Settings, request: &Request) -> Result<(), String> {
    let key = match request.guild_id {
        Some(id) if id == settings.discord.guild_id.0 => return Ok(()),
        Some(_) => "admit-other-guild",
        None => "admit-direct-message",
    };
    Err(say(request.locale, key, &[]))
}

/// Checks that the request comes from the right server and from somebody who may do `verb`.
///
/// # Errors
///
/// What to tell the asker instead: who may, and what is missing.
pub(crate) fn check(settings: &Settings, request: &Request, verb: Verb) -> Result<(), String> {
    check_guild(settings, request)?;
    if may(settings, request, verb) {
        return Ok(());
    }
    let roles = roles_with(settings, verb);
    let locale = request.locale;
    let text = match roles.as_slice() {
        [] => say(locale, "admit-nobody-may", &[("verb", verb.as_str().into())]),
        _ => {
            let args = [
                ("roles", roles.join(", ").into()),
                ("count", roles.len().into()),
                ("verb", verb.as_str().into()),
            ];
            say(locale, "admit-role-missing", &args)
        }
    };
    Err(text)
}

/// Whether the asker may do `verb`, by the grants of all their roles.
pub(crate) fn may(settings: &Settings, request: &Request, verb: Verb) -> bool {
    grants(settings, request).any(|grant| grant.verbs.contains(&verb))
}

/// The roles with that verb, as mentions.
pub(crate) fn roles_with(settings: &Settings, verb: Verb) -> Vec<String> {
    let guild_id = settings.discord.guild_id.0;
    let mut roles: Vec<String> = settings
        .policy
        .grants
        .iter()
        .filter(|grant| grant.verbs.contains(&verb))
        .map(|grant| people::role(grant.role_id, guild_id))
        .collect();
    roles.dedup();
    roles
}

/// The longest window of a kind that the asker may have: the best of their grants, and never above the stack's maximum.
pub(crate) fn longest_window(settings: &Settings, request: &Request, kind: LeaseKind) -> TimeDelta {
    let most = maximum(settings, kind);
    grants(settings, request)
        .filter(|grant| grant.verbs.contains(&kind.terms().verb))
        .map(|grant| grant.max_window.map_or(most, |length| length.delta().min(most)))
        .max()
        .unwrap_or_default()
}

/// Checks that the asker may have such a window for so long.
///
/// # Errors
///
/// What to tell the asker instead: that their grant, or the stack, allows no more than [so much](longest_window).
pub(crate) fn allowed(
    settings: &Settings,
    request: &Request,
    kind: LeaseKind,
    asked: TimeDelta,
) -> Result<(), String> {
    let (locale, longest) = (request.locale, longest_window(settings, request, kind));
    if asked <= longest {
        return Ok(());
    }
    let args =
        [("asked", when::length(locale, asked).into()), ("longest", when::length(locale, longest).into())];
    let key = match longest < maximum(settings, kind) {
        true => "timed-longer-than-grant",
        false => "timed-longer-than-stack",
    };
    Err(say_of(locale, kind, key, &args))
}

/// Checks that the settings have a use for such a lease.
///
/// # Errors
///
/// What to tell the asker instead.
pub(crate) fn offered(settings: &Settings, kind: LeaseKind, locale: Locale) -> Result<(), String> {
    match (kind, settings.stack.shell.mode) {
        (LeaseKind::ShellWindow, ShellMode::Always) => Err(say(locale, "timed-shell-always", &[])),
        (LeaseKind::ShellWindow, ShellMode::Window) | (LeaseKind::NatWindow | LeaseKind::Pair, _) => Ok(()),
    }
}

/// The longest that the stack has of a kind; nothing for what has no end.
fn maximum(settings: &Settings, kind: LeaseKind) -> TimeDelta {
    match kind {
        LeaseKind::NatWindow => settings.stack.nat.lengths.maximum.delta(),
        LeaseKind::ShellWindow => settings.stack.shell.lengths.maximum.delta(),
        LeaseKind::Pair => TimeDelta::zero(),
    }
}

fn grants<'s>(settings: &'s Settings, request: &'s Request) -> impl Iterator<Item = &'s Grant> {
    let guild = settings.discord.guild_id;
    settings
        .policy
        .grants
        .iter()
        .filter(move |grant| grant.role_id.is_everyone(guild) || request.roles.contains(&grant.role_id.0))
}
