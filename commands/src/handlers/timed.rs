//! What has an end: `open`, `extend` and `close` of every kind of window, and the buttons of one.
//!
//! Each writes the lease and wakes the keeper; what then happens in AWS is told by the window's living
//! message. What is open is read from the store and not from the keeper's last view, so that two people
//! acting within the same second are both told the truth.

pub(super) mod asking;
mod told;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::Asked;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, MessageRef, Person, Phase};
use doorman_cloud::store::StoreError;
use doorman_config::Locale;

use self::told::{begun, closing_now, extended, nothing_open};
use crate::card::Confirmed;
use crate::context::Context;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::policy;
use crate::request::Request;
use crate::told::living;
use crate::words::leases::{link, say_of};
use crate::words::{people, sentence, when};

/// What the Extend button adds; its label says so.
const BUTTON_EXTENDS: TimeDelta = TimeDelta::minutes(30);
/// Below this, saying how much longer is possible would be a mockery.
const WORTH_EXTENDING: TimeDelta = TimeDelta::minutes(1);

/// Opening again what is open, as with a second press: an end that is moved by less is not worth a word.
const WORTH_ADDING: TimeDelta = TimeDelta::minutes(3);

/// Opens a window, or asks first, or extends the one that is open.
pub(crate) async fn open(cx: &Context, request: &Request, kind: LeaseKind, length: TimeDelta) -> Outcome {
    match open_window(cx, kind).await {
        Ok(Some(lease)) => open_again(cx, request, &lease, cx.now() + length).await,
        Ok(None) if asking::comes_first(kind) => asking::ask(cx, request, kind, length).await,
        Ok(None) => go(cx, request, request.locale, kind, length).await,
        Err(error) => cx.failed(request, &error),
    }
}

/// Somebody pressed Confirm: the window is theirs, from now on. The keeper looks anew before it builds anything.
pub(crate) async fn confirm(cx: &Context, request: &Request, confirmed: Confirmed) -> Outcome {
    match asking::confirmed(cx, request, &confirmed) {
        Ok((kind, length)) => go(cx, request, request.locale, kind, length).await,
        Err(outcome) => *outcome,
    }
}

/// Leases a window from now on, which the reply goes on telling of in that language.
async fn go(cx: &Context, request: &Request, locale: Locale, kind: LeaseKind, length: TimeDelta) -> Outcome {
    let until = cx.now() + length;
    match cx.keeper().open(kind, &request.person, locale, until).await {
        Ok(Asked::New(lease)) => Outcome::show_following(living(cx, &lease, locale), &lease.id),
        Ok(Asked::Already(lease)) => open_again(cx, request, &lease, until).await,
        Err(error) => cx.failed(request, &error),
    }
}

/// Opening what is open means extending it.
async fn open_again(cx: &Context, request: &Request, lease: &Lease, until: DateTime<Utc>) -> Outcome {
    let (locale, started) = (request.locale, cx.now());
    if !is_open(lease, started) {
        return Outcome::show(Message::text(closing_now(request, lease, "timed-open-while-closing")));
    }
    let opened_by = people::mention(&lease.opened_by);
    let link = link(request, lease);
    let adds = |end: DateTime<Utc>| until.trunc_subsecs(0) - end;
    if lease.expires_at.is_some_and(|end| adds(end) < WORTH_ADDING) {
        let end = lease.expires_at.map(when::moment).unwrap_or_default();
        let args = [("by", opened_by.into()), ("end", end.into()), ("link", link.into())];
        return Outcome::show(Message::text(say_of(locale, lease.kind, "timed-open-longer-already", &args)));
    }
    let asked = until - started;
    if let Err(told) = allowed_until(cx, request, lease, until, asked, &OPENING) {
        return Outcome::show(*told);
    }
    match cx.keeper().extend(lease.kind, &request.person, until).await {
        Ok(Some(lease)) if is_open(&lease, started) => {
            let end = lease.expires_at.map(when::moment).unwrap_or_default();
            let args = [("by", opened_by.into()), ("end", end.into()), ("link", link.into())];
            Outcome::show(Message::text(say_of(locale, lease.kind, "timed-open-extended", &args)))
        }
        Ok(Some(lease)) => {
            Outcome::show(Message::text(closing_now(request, &lease, "timed-open-while-closing")))
        }
        Ok(None) => Outcome::show(Message::text(say_of(locale, lease.kind, "timed-closed-meanwhile", &[]))),
        Err(error) => cx.failed(request, &error),
    }
}

/// Extends the open window.
pub(crate) async fn extend(cx: &Context, request: &Request, kind: LeaseKind, by: TimeDelta) -> Outcome {
    let lease = match open_window(cx, kind).await {
        Ok(Some(lease)) => lease,
        Ok(None) => {
            return Outcome::show(Message::text(nothing_open(cx, request, kind, "timed-extend-none").await));
        }
        Err(error) => return cx.failed(request, &error),
    };
    match lengthen(cx, request, &lease, by).await {
        Ok(lease) => Outcome::show(Message::text(extended(request, &lease))),
        Err(told) => Outcome::show(*told),
    }
}

/// Closes the open window.
pub(crate) async fn close(cx: &Context, request: &Request, kind: LeaseKind) -> Outcome {
    let started = cx.now();
    match cx.keeper().close(kind, &request.person).await {
        Ok(Some(lease)) if !closed_by(&lease, &request.person, started) => {
            Outcome::show(Message::text(closing_now(request, &lease, "timed-close-already")))
        }
        // Nothing tells of it yet, as when it was found by its tags: then this reply does.
        Ok(Some(lease)) if lease.message.is_none() => {
            Outcome::show_following(living(cx, &lease, lease.locale), &lease.id)
        }
        Ok(Some(lease)) => Outcome::show(Message::text(begun(request, &lease, request.locale))),
        Ok(None) => Outcome::show(Message::text(nothing_open(cx, request, kind, "timed-close-none").await)),
        Err(error) => cx.failed(request, &error),
    }
}

/// The Extend button.
pub(crate) async fn press_extend(cx: &Context, request: &Request, id: &LeaseId, on: MessageRef) -> Outcome {
    let lease = match pressed(cx, request, id, &EXTEND).await {
        Ok(lease) => lease,
        Err(told) => return Outcome::whisper(*told),
    };
    match lengthen(cx, request, &lease, BUTTON_EXTENDS).await {
        Ok(lease) => Outcome::show(replacement(cx, &lease, on, extended(request, &lease))),
        Err(told) => Outcome::whisper(*told),
    }
}

/// The Close now button.
pub(crate) async fn press_close(cx: &Context, request: &Request, id: &LeaseId, on: MessageRef) -> Outcome {
    let kind = match pressed(cx, request, id, &CLOSE).await {
        Ok(lease) => lease.kind,
        Err(told) => return Outcome::whisper(*told),
    };
    let started = cx.now();
    match cx.keeper().close(kind, &request.person).await {
        Ok(Some(lease)) if closed_by(&lease, &request.person, started) => {
            let text = begun(request, &lease, request.locale);
            Outcome::show(replacement(cx, &lease, on, text))
        }
        Ok(Some(lease)) => {
            Outcome::whisper(Message::text(closing_now(request, &lease, "timed-close-already")))
        }
        Ok(None) => {
            Outcome::whisper(Message::text(nothing_open(cx, request, kind, "timed-close-none").await))
        }
        Err(error) => Outcome::whisper(cx.broken_by(request, &error)),
    }
}

/// What a button says that was pressed too late.
struct OnWhatIsOver {
    closing: &'static str,
    closed: &'static str,
}

const EXTEND: OnWhatIsOver =
    OnWhatIsOver { closing: "timed-extend-while-closing", closed: "timed-extend-none" };
const CLOSE: OnWhatIsOver = OnWhatIsOver { closing: "timed-close-already", closed: "timed-close-none" };

/// The open window that a button is about, or why the button does nothing any more. A button of an
/// earlier window must not touch the present one.
async fn pressed(
    cx: &Context,
    request: &Request,
    id: &LeaseId,
    button: &OnWhatIsOver,
) -> Result<Lease, Box<Message>> {
    let told = |text| Box::new(Message::text(text));
    let open = match cx.keeper().store().open_leases().await {
        Ok(open) => open,
        Err(error) => return Err(Box::new(cx.broken_by(request, &error))),
    };
    match open.iter().find(|lease| lease.id == *id) {
        Some(lease) if !lease.kind.terms().ends => Err(Box::new(stale(request))),
        Some(lease) => {
            // Who may was checked by the kind that was known then, which right after a start is none.
            policy::check(cx.settings(), request, lease.kind.terms().verb).map_err(told)?;
            match lease.phase {
                Phase::Closing => Err(told(closing_now(request, lease, button.closing))),
                Phase::Opening | Phase::Ready | Phase::Closed => Ok(lease.clone()),
            }
        }
        None => match told::last_with(cx, id).await {
            Some(kind) if open.iter().all(|lease| lease.kind != kind) => {
                Err(told(nothing_open(cx, request, kind, button.closed).await))
            }
            Some(_) | None => Err(Box::new(stale(request))),
        },
    }
}

fn stale(request: &Request) -> Message {
    sentence::stale_button(request.locale)
}

/// Moves the end of a window, as far as the asker may; the error is what to tell them instead.
async fn lengthen(
    cx: &Context,
    request: &Request,
    lease: &Lease,
    by: TimeDelta,
) -> Result<Lease, Box<Message>> {
    let (locale, started) = (request.locale, cx.now());
    let told = |text| Err(Box::new(Message::text(text)));
    if !is_open(lease, started) {
        return told(closing_now(request, lease, "timed-extend-while-closing"));
    }
    let end = lease.expires_at.unwrap_or(started);
    allowed_until(cx, request, lease, end + by, by, &EXTENDING)?;
    match cx.keeper().extend(lease.kind, &request.person, end + by).await {
        Ok(Some(lease)) if !is_open(&lease, started) => {
            told(closing_now(request, &lease, "timed-extend-while-closing"))
        }
        Ok(Some(lease)) => match lease.extensions.last() {
            Some(last) if last.by.id == request.person.id && last.at >= started => Ok(lease),
            // Somebody else moved the end at the same moment, at least as far.
            Some(first) => {
                let args = [
                    ("by", people::mention(&first.by).into()),
                    ("at", when::relative(first.at).into()),
                    ("end", when::moment(first.until).into()),
                ];
                told(say_of(locale, lease.kind, "timed-extend-second", &args))
            }
            None => told(say_of(locale, lease.kind, "timed-closed-meanwhile", &[])),
        },
        Ok(None) => told(say_of(locale, lease.kind, "timed-closed-meanwhile", &[])),
        Err(error) => Err(Box::new(cx.broken_by(request, &error))),
    }
}

/// What is said of an end that is further away than the asker may have it.
struct TooLong {
    /// With how much more is possible.
    some: &'static str,
    /// When nothing is.
    none: &'static str,
}

const OPENING: TooLong = TooLong { some: "timed-open-too-long", none: "timed-open-no-more" };
const EXTENDING: TooLong = TooLong { some: "timed-extend-too-long", none: "timed-extend-no-more" };

/// Checks that the asker may have the window open until then. The longest they may have counts from its opening, whoever
/// extended it since: however often it is extended, it ends.
fn allowed_until(
    cx: &Context,
    request: &Request,
    lease: &Lease,
    until: DateTime<Utc>,
    asked: TimeDelta,
    too_long: &TooLong,
) -> Result<(), Box<Message>> {
    let (locale, longest) = (request.locale, policy::longest_window(cx.settings(), request, lease.kind));
    let latest = lease.opened_at + longest;
    if until.trunc_subsecs(0) <= latest {
        return Ok(());
    }
    let end = lease.expires_at.unwrap_or(until);
    // To the minute: nobody wants to type seconds.
    let most = TimeDelta::minutes((latest - end).num_minutes());
    let key = if most < WORTH_EXTENDING { too_long.none } else { too_long.some };
    let args = [
        ("asked", when::about(locale, asked).into()),
        ("longest", when::length(locale, longest).into()),
        ("by", people::mention(&lease.opened_by).into()),
        ("opened", when::relative(lease.opened_at).into()),
        ("end", when::moment(end).into()),
        ("most", when::length(locale, most.max(TimeDelta::zero())).into()),
        ("link", link(request, lease).into()),
    ];
    Err(Box::new(Message::text(say_of(locale, lease.kind, key, &args))))
}

/// The window that is not closed yet, as the store has it.
async fn open_window(cx: &Context, kind: LeaseKind) -> Result<Option<Lease>, StoreError> {
    let open = cx.keeper().store().open_leases().await?;
    Ok(open.into_iter().find(|lease| lease.kind == kind))
}

fn is_open(lease: &Lease, now: DateTime<Utc>) -> bool {
    matches!(lease.phase, Phase::Opening | Phase::Ready) && lease.expires_at.is_none_or(|end| end > now)
}

/// Whether it was this person, with the request that began at `started`, who closed it.
fn closed_by(lease: &Lease, person: &Person, started: DateTime<Utc>) -> bool {
    match &lease.closing {
        Some((at, CloseReason::Asked { by })) => by.id == person.id && *at >= started,
        Some((_, CloseReason::Expired | CloseReason::Failed { .. })) | None => false,
    }
}

/// What replaces the message a button is on: the living message is rendered anew; on a warning, a sentence
/// takes the place of the spent buttons.
fn replacement(cx: &Context, lease: &Lease, on: MessageRef, text: String) -> Message {
    if lease.is_told_of_by(on) { living(cx, lease, lease.locale) } else { Message::text(text) }
}

/// The living message as it is now.
fn living(cx: &Context, lease: &Lease, locale: Locale) -> Message {
    let view = cx.keeper().watch().borrow().clone();
    living::message(cx.settings(), &view, lease, locale, cx.now())
}

#[cfg(test)]
mod tests;
