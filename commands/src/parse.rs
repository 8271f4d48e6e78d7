//! From a typed command to a [`Command`]: pure. Each row of the [table](crate::table) is read here, and nowhere else.

use chrono::TimeDelta;
use doorman_cloud::lease::LeaseKind;
use doorman_config::{Locale, Market, Settings, WindowLengths};

use crate::handlers::{history, launch};
use crate::input::{length, nearest, quoted, word};
use crate::policy;
use crate::request::{Request, Typed};
use crate::table::Name;
use crate::words::texts::say;

/// The shortest extension: below it, tagging everything anew is not worth it.
const SHORTEST_EXTENSION: TimeDelta = TimeDelta::minutes(1);

/// A command with its options, understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Build (or repair) the service pair.
    LaunchService(launch::Options),
    /// Take the service pair down.
    TerminateService,
    /// Open a window, or extend the open one.
    Open {
        /// Of which kind.
        kind: LeaseKind,
        /// From now on.
        length: TimeDelta,
    },
    /// Extend the open window.
    Extend {
        /// Of which kind.
        kind: LeaseKind,
        /// Beyond its end.
        by: TimeDelta,
    },
    /// Close the window.
    Close {
        /// Of which kind.
        kind: LeaseKind,
    },
    /// Show the NAT windows of the past.
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
    /// Show what is typed to have or to end such a lease by hand.
    ByHand {
        /// Of which kind.
        kind: LeaseKind,
    },
}

/// The sentence for a command nobody knows, with the nearest one that is known.
pub(crate) fn unknown_command(locale: Locale, typed: &Typed) -> String {
    let words = typed.path.join(" ");
    let nearest = nearest(&words, Name::ALL.iter().map(|name| name.spec().path.join(" ")));
    let nearest = nearest.map(|words| format!("/{words}"));
    let args = [
        ("typed", format!("/{words}").into()),
        ("nearest", nearest.unwrap_or_else(|| "/help".to_owned()).into()),
    ];
    say(locale, "admit-unknown-command", &args)
}

/// Reads the options of a command, with what the settings say of windows and of who may have how long a one.
///
/// # Errors
///
/// One sentence on what cannot be used, with the nearest that can.
pub(crate) fn command(
    name: Name,
    typed: &Typed,
    settings: &Settings,
    request: &Request,
) -> Result<Command, String> {
    let window = |kind, lengths| Window { kind, lengths, typed, settings, request };
    let nat = || window(LeaseKind::NatWindow, &settings.stack.nat.lengths);
    let shell = || window(LeaseKind::ShellWindow, &settings.stack.shell.lengths);
    Ok(match name {
        Name::LaunchService => Command::LaunchService(launch::Options {
            instance_type: word(typed, "type"),
            image: word(typed, "image"),
            market: market(typed, request.locale)?,
        }),
        Name::TerminateService => Command::TerminateService,
        Name::NatOpen => nat().open()?,
        Name::NatExtend => nat().extend()?,
        Name::NatClose => Command::Close { kind: LeaseKind::NatWindow },
        Name::NatHistory => Command::NatHistory { count: count(typed, request.locale)? },
        Name::ShellOpen => {
            policy::offered(settings, LeaseKind::ShellWindow, request.locale)?;
            shell().open()?
        }
        Name::ShellExtend => shell().extend()?,
        Name::ShellClose => Command::Close { kind: LeaseKind::ShellWindow },
        Name::SessionStart => Command::SessionStart { instance: word(typed, "instance").unwrap_or_default() },
        Name::Status => Command::Status,
        Name::CostNow => Command::CostNow,
        Name::Help => match by_hand(typed) {
            Some(kind) => {
                policy::check(settings, request, kind.terms().verb)?;
                policy::offered(settings, kind, request.locale)?;
                Command::ByHand { kind }
            }
            None => Command::Help,
        },
    })
}

/// How long a window of a kind is asked for.
struct Window<'a> {
    kind: LeaseKind,
    lengths: &'a WindowLengths,
    typed: &'a Typed,
    settings: &'a Settings,
    request: &'a Request,
}

impl Window<'_> {
    fn length(&self, text: &str, least: TimeDelta) -> Result<TimeDelta, String> {
        let most = policy::longest_window(self.settings, self.request, self.kind);
        length(text, least, most, self.lengths.default.delta(), self.request.locale)
    }

    fn open(&self) -> Result<Command, String> {
        let length = match self.typed.option("duration") {
            Some(text) => self.length(&text, self.lengths.minimum.delta())?,
            None => self.lengths.default.delta(),
        };
        policy::allowed(self.settings, self.request, self.kind, length)?;
        Ok(Command::Open { kind: self.kind, length })
    }

    fn extend(&self) -> Result<Command, String> {
        let text = self.typed.option("duration").unwrap_or_default();
        let by = self.length(&text, SHORTEST_EXTENSION)?;
        // Whatever is open already, a longer window than they may have can never come of it.
        policy::allowed(self.settings, self.request, self.kind, by)?;
        Ok(Command::Extend { kind: self.kind, by })
    }
}

/// How many windows to show.
fn count(typed: &Typed, locale: Locale) -> Result<u32, String> {
    let Some(text) = word(typed, "count") else {
        return Ok(history::USUAL);
    };
    let read = text.parse().ok().filter(|count| (1..=history::MOST).contains(count));
    read.ok_or_else(|| history::wrong_count(locale, &quoted(&text)))
}

/// What is to be had by hand; `None`: nothing that is known.
fn by_hand(typed: &Typed) -> Option<LeaseKind> {
    LeaseKind::read(&word(typed, "by-hand")?.to_lowercase())
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

#[cfg(test)]
mod tests;
