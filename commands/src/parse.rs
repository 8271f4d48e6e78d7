//! From a typed command to a [`Command`]: pure, and the only place that reads options.

use chrono::TimeDelta;
use doorman_config::duration::{self, DurationError};
use doorman_config::{Locale, Market, Nat, Verb};

use crate::history;
use crate::launch;
use crate::request::Typed;
use crate::texts::say;
use crate::when;

/// The shortest extension: below it, tagging everything anew is not worth it.
const SHORTEST_EXTENSION: TimeDelta = TimeDelta::minutes(1);

/// Which command, without its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    /// `/launch service`
    LaunchService,
    /// `/terminate service`
    TerminateService,
    /// `/nat open`
    NatOpen,
    /// `/nat extend`
    NatExtend,
    /// `/nat close`
    NatClose,
    /// `/nat history`
    NatHistory,
    /// `/session start`
    SessionStart,
    /// `/status`
    Status,
    /// `/cost now`
    CostNow,
    /// `/help`
    Help,
}

/// A command with its options, understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Build (or repair) the service pair.
    LaunchService(launch::Options),
    /// Take the service pair down.
    TerminateService,
    /// Open a NAT window, or extend the open one.
    NatOpen {
        /// From now on.
        length: TimeDelta,
    },
    /// Extend the open NAT window.
    NatExtend {
        /// Beyond its end.
        by: TimeDelta,
    },
    /// Close the NAT window.
    NatClose,
    /// Show the windows of the past.
    NatHistory {
        /// How many at most.
        count: u32,
    },
    /// Show the way into an instance.
    SessionStart {
        /// Its name or id, as typed.
        instance: String,
    },
    /// Show how things stand.
    Status,
    /// Show what runs and what it costs.
    CostNow,
    /// Show the commands.
    Help,
}

impl Name {
    /// Every command, in the order in which they are shown.
    pub(crate) const ALL: [Name; 10] = [
        Name::LaunchService,
        Name::TerminateService,
        Name::NatOpen,
        Name::NatExtend,
        Name::NatClose,
        Name::NatHistory,
        Name::SessionStart,
        Name::Status,
        Name::CostNow,
        Name::Help,
    ];

    /// Its words.
    pub(crate) fn path(self) -> &'static [&'static str] {
        match self {
            Name::LaunchService => &["launch", "service"],
            Name::TerminateService => &["terminate", "service"],
            Name::NatOpen => &["nat", "open"],
            Name::NatExtend => &["nat", "extend"],
            Name::NatClose => &["nat", "close"],
            Name::NatHistory => &["nat", "history"],
            Name::SessionStart => &["session", "start"],
            Name::Status => &["status"],
            Name::CostNow => &["cost", "now"],
            Name::Help => &["help"],
        }
    }

    /// The verb it needs; `None`: everybody in the server may.
    pub(crate) fn verb(self) -> Option<Verb> {
        match self {
            Name::LaunchService => Some(Verb::Launch),
            Name::TerminateService => Some(Verb::Terminate),
            Name::NatOpen | Name::NatExtend | Name::NatClose => Some(Verb::Nat),
            Name::SessionStart => Some(Verb::Session),
            Name::Status | Name::NatHistory => Some(Verb::Status),
            Name::CostNow => Some(Verb::Cost),
            Name::Help => None,
        }
    }

    /// The command with those words.
    pub(crate) fn of(path: &[String]) -> Option<Name> {
        Name::ALL.into_iter().find(|name| name.path() == path)
    }
}

/// The sentence for a command nobody knows, with the nearest one that is known.
pub(crate) fn unknown_command(locale: Locale, typed: &Typed) -> String {
    let words = typed.path.join(" ");
    let nearest = nearest(&words, Name::ALL.iter().map(|name| name.path().join(" ")));
    let nearest = nearest.map(|words| format!("/{words}"));
    let args = [
        ("typed", format!("/{words}").into()),
        ("nearest", nearest.unwrap_or_else(|| "/help".to_owned()).into()),
    ];
    say(locale, "admit-unknown-command", &args)
}

/// Reads the options of a command, with what the settings say of windows.
///
/// # Errors
///
/// One sentence on what cannot be used, with the nearest that can.
pub(crate) fn command(name: Name, typed: &Typed, nat: &Nat, locale: Locale) -> Result<Command, String> {
    Ok(match name {
        Name::LaunchService => Command::LaunchService(launch::Options {
            instance_type: word(typed, "type"),
            image: word(typed, "image"),
            market: market(typed, locale)?,
        }),
        Name::TerminateService => Command::TerminateService,
        Name::NatOpen => {
            let length = match typed.option("duration") {
                Some(text) => length(text, nat.lengths.minimum.delta(), nat, locale)?,
                None => nat.lengths.default.delta(),
            };
            Command::NatOpen { length }
        }
        Name::NatExtend => {
            let text = typed.option("duration").unwrap_or_default();
            Command::NatExtend { by: length(text, SHORTEST_EXTENSION, nat, locale)? }
        }
        Name::NatClose => Command::NatClose,
        Name::NatHistory => Command::NatHistory { count: count(typed, locale)? },
        Name::SessionStart => Command::SessionStart { instance: word(typed, "instance").unwrap_or_default() },
        Name::Status => Command::Status,
        Name::CostNow => Command::CostNow,
        Name::Help => Command::Help,
    })
}

/// How many windows to show.
fn count(typed: &Typed, locale: Locale) -> Result<u32, String> {
    let Some(text) = word(typed, "count") else {
        return Ok(history::USUAL);
    };
    let read = text.parse().ok().filter(|count| (1..=history::MOST).contains(count));
    read.ok_or_else(|| history::wrong_count(locale, &quoted(&text)))
}

fn word(typed: &Typed, option: &str) -> Option<String> {
    typed.option(option).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn market(typed: &Typed, locale: Locale) -> Result<Option<Market>, String> {
    let Some(text) = word(typed, "market") else {
        return Ok(None);
    };
    let wanted = text.to_lowercase();
    if let Some(market) = Market::ALL.into_iter().find(|market| market.as_str() == wanted) {
        return Ok(Some(market));
    }
    let names = Market::ALL.map(|market| market.as_str().to_owned());
    let near = nearest(&wanted, names).unwrap_or_else(|| Market::OnDemand.as_str().to_owned());
    Err(say(locale, "admit-unknown-market", &[("typed", quoted(&text).into()), ("nearest", near.into())]))
}

/// Reads a length of time between `least` and the stack's maximum. What a person's own grant allows is
/// checked where it is known what it is added to.
fn length(text: &str, least: TimeDelta, nat: &Nat, locale: Locale) -> Result<TimeDelta, String> {
    let most = nat.lengths.maximum.delta();
    let usual = when::length(locale, nat.lengths.default.delta());
    let (key, near) = match duration::parse(text) {
        Ok(asked) if asked < least => ("nat-duration-too-short", when::length(locale, least)),
        Ok(asked) if asked > most => ("nat-duration-too-long", when::length(locale, most)),
        Ok(asked) => return Ok(asked),
        Err(DurationError::Empty) => {
            return Err(say(locale, "nat-duration-missing", &[("nearest", usual.into())]));
        }
        Err(DurationError::TooLong) => ("nat-duration-too-long", when::length(locale, most)),
        Err(DurationError::Zero) => ("nat-duration-zero", when::length(locale, least)),
        Err(DurationError::Negative) => {
            // Who writes `-30m` most likely means half an hour.
            let positive = duration::parse(text.trim_start_matches(['-', ' ', '－']));
            let near = positive.ok().filter(|asked| (least..=most).contains(asked));
            ("nat-duration-negative", near.map_or(usual, |asked| when::length(locale, asked)))
        }
        Err(DurationError::Malformed { suggestion }) => {
            let near = suggestion.and_then(|text| duration::parse(&text).ok());
            let near = near.map(|asked| asked.clamp(least, most));
            ("nat-duration-malformed", near.map_or(usual, |asked| when::length(locale, asked)))
        }
    };
    Err(say(locale, key, &[("typed", quoted(text).into()), ("nearest", near.into())]))
}

/// What somebody typed, as it may be repeated to them: short, and nothing in it is markup.
pub(crate) fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && *c != '`').take(60).collect();
    if plain.is_empty() { "` `".to_owned() } else { format!("`{plain}`") }
}

/// The candidate nearest to what was typed, if one is near enough to have been meant.
pub(crate) fn nearest(typed: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let typed = typed.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&typed, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests;
