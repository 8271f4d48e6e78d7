//! What is said of leases of every kind alike: one text, with the words for the kind put in.

use doorman_cloud::lease::{Lease, LeaseKind, Phase};
use doorman_config::Locale;

use crate::request::Request;
use crate::words::places;
use crate::words::texts::{Value, say};

/// A text with `args`, and four variables besides: `lease`, what such a lease is called, `Lease`, the same at the
/// beginning of a sentence, and `open` and `close`, the commands by which one is had and given back.
pub(crate) fn say_of(locale: Locale, kind: LeaseKind, key: &str, args: &[(&str, Value)]) -> String {
    let called = called(locale, kind);
    let mut rest = called.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    let mut args = args.to_vec();
    args.push(("Lease", format!("{first}{}", rest.as_str()).into()));
    args.push(("lease", called.into()));
    args.push(("open", opened_by(locale, kind).into()));
    args.push(("close", closed_by(locale, kind).into()));
    say(locale, key, &args)
}

/// The variables that [`say_of`] puts in.
#[cfg(test)]
pub(crate) const OF_EVERY_LEASE: [&str; 4] = ["lease", "Lease", "open", "close"];

/// The way to the message that tells of a lease, as the end of a sentence; nothing if there is none.
pub(crate) fn link(request: &Request, lease: &Lease) -> String {
    let (Some(guild_id), Some(message)) = (request.guild_id, lease.message) else {
        return String::new();
    };
    let key = match lease.phase {
        Phase::Closed => "common-link-receipt",
        Phase::Opening | Phase::Ready | Phase::Closing => "common-link-progress",
    };
    say(request.locale, key, &[("url", places::message(guild_id, message).into())])
}

/// What a lease of the kind is called.
pub(crate) fn called(locale: Locale, kind: LeaseKind) -> String {
    let key = match kind {
        LeaseKind::NatWindow => "common-nat-window",
        LeaseKind::ShellWindow => "common-shell-window",
        LeaseKind::Pair => "common-pair",
    };
    say(locale, key, &[])
}

fn opened_by(locale: Locale, kind: LeaseKind) -> String {
    let key = match kind {
        LeaseKind::NatWindow => "common-open-nat-window",
        LeaseKind::ShellWindow => "common-open-shell-window",
        LeaseKind::Pair => "common-open-pair",
    };
    say(locale, key, &[])
}

fn closed_by(locale: Locale, kind: LeaseKind) -> String {
    let key = match kind {
        LeaseKind::NatWindow => "common-close-nat-window",
        LeaseKind::ShellWindow => "common-close-shell-window",
        LeaseKind::Pair => "common-close-pair",
    };
    say(locale, key, &[])
}
