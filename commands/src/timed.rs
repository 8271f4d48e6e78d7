//! `/nat open`, `/nat extend`, `/nat close`, and the buttons of a window.
//!
//! Each writes the lease and wakes the keeper; what then happens in AWS is told by the window's living
//! message. What is open is read from the store and not from the keeper's last view, so that two people
//! acting within the same second are both told the truth.

mod told;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::Asked;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, MessageRef, Person, Phase};
use doorman_cloud::store::StoreError;
use doorman_config::Locale;

use self::told::{begun, closing_now, extended, link, nothing_open};
use crate::app::{App, Outcome};
use crate::message::Message;
use crate::request::Request;
use crate::texts::say;
use crate::{people, policy, sentence, when};

/// What the Extend button adds; its label says so.
const BUTTON_EXTENDS: TimeDelta = TimeDelta::minutes(30);
/// Below this, saying how much longer is possible would be a mockery.
const WORTH_EXTENDING: TimeDelta = TimeDelta::minutes(1);

/// `/nat open`
pub(crate) async fn open(app: &App, request: &Request, length: TimeDelta) -> Outcome {
    let until = app.now() + length;
    match app.keeper().open(LeaseKind::NatWindow, &request.person, request.locale, until).await {
        Ok(Asked::New(lease)) => Outcome::show_following(living(app, &lease, request.locale), &lease.id),
        Ok(Asked::Already(lease)) => open_again(app, request, &lease, until).await,
        Err(error) => app.failed(request, &error),
    }
}

/// Opening what is open means extending it.
async fn open_again(app: &App, request: &Request, lease: &Lease, until: DateTime<Utc>) -> Outcome {
    let (locale, started) = (request.locale, app.now());
    if !is_open(lease, started) {
        return Outcome::show(Message::text(closing_now(request, lease, "nat-open-while-closing")));
    }
    let opened_by = people::mention(&lease.opened_by);
    let link = link(request, lease);
    if lease.expires_at.is_some_and(|end| end >= until.trunc_subsecs(0)) {
        let end = lease.expires_at.map(when::end).unwrap_or_default();
        let args = [("by", opened_by.into()), ("end", end.into()), ("link", link.into())];
        return Outcome::show(Message::text(say(locale, "nat-open-longer-already", &args)));
    }
    match app.keeper().extend(LeaseKind::NatWindow, &request.person, until).await {
        Ok(Some(lease)) if is_open(&lease, started) => {
            let end = lease.expires_at.map(when::end).unwrap_or_default();
            let args = [("by", opened_by.into()), ("end", end.into()), ("link", link.into())];
            Outcome::show(Message::text(say(locale, "nat-open-extended", &args)))
        }
        Ok(Some(lease)) => {
            Outcome::show(Message::text(closing_now(request, &lease, "nat-open-while-closing")))
        }
        Ok(None) => Outcome::show(Message::text(say(locale, "nat-closed-meanwhile", &[]))),
        Err(error) => app.failed(request, &error),
    }
}

/// `/nat extend`
pub(crate) async fn extend(app: &App, request: &Request, by: TimeDelta) -> Outcome {
    let lease = match open_window(app).await {
        Ok(Some(lease)) => lease,
        Ok(None) => return Outcome::show(Message::text(nothing_open(app, request, "nat-extend-none").await)),
        Err(error) => return app.failed(request, &error),
    };
    match lengthen(app, request, &lease, by).await {
        Ok(lease) => Outcome::show(Message::text(extended(request, &lease))),
        Err(told) => Outcome::show(*told),
    }
}

/// `/nat close`
pub(crate) async fn close(app: &App, request: &Request) -> Outcome {
    let started = app.now();
    match app.keeper().close(LeaseKind::NatWindow, &request.person).await {
        Ok(Some(lease)) if !closed_by(&lease, &request.person, started) => {
            Outcome::show(Message::text(closing_now(request, &lease, "nat-close-already")))
        }
        // Nothing tells of it yet, as when it was found by its tags: then this reply does.
        Ok(Some(lease)) if lease.message.is_none() => {
            Outcome::show_following(living(app, &lease, lease.locale), &lease.id)
        }
        Ok(Some(lease)) => Outcome::show(Message::text(begun(request, &lease, request.locale))),
        Ok(None) => Outcome::show(Message::text(nothing_open(app, request, "nat-close-none").await)),
        Err(error) => app.failed(request, &error),
    }
}

/// The Extend button.
pub(crate) async fn press_extend(app: &App, request: &Request, id: &LeaseId, on: MessageRef) -> Outcome {
    let lease = match pressed(app, request, id).await {
        Ok(lease) => lease,
        Err(outcome) => return *outcome,
    };
    match lengthen(app, request, &lease, BUTTON_EXTENDS).await {
        Ok(lease) => Outcome::show(replacement(app, &lease, on, extended(request, &lease))),
        Err(told) => Outcome::whisper(*told),
    }
}

/// The Close now button.
pub(crate) async fn press_close(app: &App, request: &Request, id: &LeaseId, on: MessageRef) -> Outcome {
    if let Err(outcome) = pressed(app, request, id).await {
        return *outcome;
    }
    let started = app.now();
    match app.keeper().close(LeaseKind::NatWindow, &request.person).await {
        Ok(Some(lease)) if closed_by(&lease, &request.person, started) => {
            let text = begun(request, &lease, lease.locale);
            Outcome::show(replacement(app, &lease, on, text))
        }
        Ok(Some(lease)) => Outcome::whisper(Message::text(closing_now(request, &lease, "nat-close-already"))),
        Ok(None) => Outcome::whisper(Message::text(nothing_open(app, request, "nat-close-none").await)),
        Err(error) => Outcome::whisper(app.broken_by(request, &error)),
    }
}

/// The Repair button, of a window or of the pair.
pub(crate) async fn press_repair(app: &App, request: &Request, id: &LeaseId, on: MessageRef) -> Outcome {
    let locale = request.locale;
    let known = match app.keeper().store().open_leases().await {
        Ok(leases) => leases.into_iter().find(|lease| lease.id == *id),
        Err(error) => return Outcome::whisper(app.broken_by(request, &error)),
    };
    let Some(known) = known else {
        return Outcome::whisper(sentence::stale_button(locale));
    };
    if let Err(refusal) = policy::check(app.settings(), request, known.kind.terms().verb) {
        return Outcome::whisper(Message::text(refusal));
    }
    match known.phase {
        Phase::Ready => {}
        Phase::Opening => {
            let since = when::relative(known.building_since);
            let text = say(locale, "nat-repair-already", &[("since", since.into())]);
            return Outcome::whisper(Message::text(text));
        }
        Phase::Closing | Phase::Closed => return Outcome::whisper(sentence::stale_button(locale)),
    }
    match app.keeper().repair(id).await {
        Ok(Some(lease)) if is_living(&lease, on) => Outcome::show(living(app, &lease, lease.locale)),
        Ok(Some(lease)) => {
            let text = say(locale, "nat-repair-begun", &[("link", link(request, &lease).into())]);
            Outcome::whisper(Message::text(text))
        }
        Ok(None) => Outcome::whisper(sentence::stale_button(locale)),
        Err(error) => Outcome::whisper(app.broken_by(request, &error)),
    }
}

/// The open window that a button is about, or why the button does nothing any more. A button of an
/// earlier window must not touch the present one.
async fn pressed(app: &App, request: &Request, id: &LeaseId) -> Result<Lease, Box<Outcome>> {
    let whisper = |text| Box::new(Outcome::whisper(Message::text(text)));
    match open_window(app).await {
        Ok(Some(lease)) if lease.id != *id => {
            Err(Box::new(Outcome::whisper(sentence::stale_button(request.locale))))
        }
        Ok(Some(lease)) if lease.phase == Phase::Closing => {
            Err(whisper(closing_now(request, &lease, "nat-close-already")))
        }
        Ok(Some(lease)) => Ok(lease),
        Ok(None) => Err(whisper(nothing_open(app, request, "nat-close-none").await)),
        Err(error) => Err(Box::new(Outcome::whisper(app.broken_by(request, &error)))),
    }
}

/// Moves the end of a window, as far as the asker may; the error is what to tell them instead.
async fn lengthen(app: &App, request: &Request, lease: &Lease, by: TimeDelta) -> Result<Lease, Box<Message>> {
    let (locale, started) = (request.locale, app.now());
    let told = |text| Err(Box::new(Message::text(text)));
    if !is_open(lease, started) {
        return told(closing_now(request, lease, "nat-extend-while-closing"));
    }
    let end = lease.expires_at.unwrap_or(started);
    let longest = policy::longest_window(app.settings(), request);
    let most = started + longest - end;
    if by > most {
        let mut args = vec![
            ("asked", when::length(locale, by).into()),
            ("longest", when::length(locale, longest).into()),
            ("end", when::end(end).into()),
        ];
        if most < WORTH_EXTENDING {
            return told(say(locale, "nat-extend-no-more", &args));
        }
        // To the minute: nobody wants to type seconds.
        let most = TimeDelta::minutes(most.num_minutes());
        args.push(("most", when::length(locale, most).into()));
        return told(say(locale, "nat-extend-too-long", &args));
    }
    match app.keeper().extend(LeaseKind::NatWindow, &request.person, end + by).await {
        Ok(Some(lease)) if !is_open(&lease, started) => {
            told(closing_now(request, &lease, "nat-extend-while-closing"))
        }
        Ok(Some(lease)) => match lease.extensions.last() {
            Some(last) if last.by.id == request.person.id && last.at >= started => Ok(lease),
            // Somebody else moved the end at the same moment, at least as far.
            Some(first) => {
                let args = [
                    ("by", people::mention(&first.by).into()),
                    ("at", when::relative(first.at).into()),
                    ("end", when::end(first.until).into()),
                ];
                told(say(locale, "nat-extend-second", &args))
            }
            None => told(say(locale, "nat-closed-meanwhile", &[])),
        },
        Ok(None) => told(say(locale, "nat-closed-meanwhile", &[])),
        Err(error) => Err(Box::new(app.broken_by(request, &error))),
    }
}

/// The window that is not closed yet, as the store has it.
async fn open_window(app: &App) -> Result<Option<Lease>, StoreError> {
    let open = app.keeper().store().open_leases().await?;
    Ok(open.into_iter().find(|lease| lease.kind == LeaseKind::NatWindow))
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
fn replacement(app: &App, lease: &Lease, on: MessageRef, text: String) -> Message {
    if is_living(lease, on) { living(app, lease, lease.locale) } else { Message::text(text) }
}

fn is_living(lease: &Lease, message: MessageRef) -> bool {
    lease.message.is_none_or(|living| living.message_id == message.message_id)
}

fn living(app: &App, lease: &Lease, locale: Locale) -> Message {
    let view = app.keeper().watch().borrow().clone();
    app.lease_message(&view, lease, locale, app.now())
}

#[cfg(test)]
mod tests;
