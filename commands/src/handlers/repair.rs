//! The Repair button, of any lease: what is missing of it is built again.

use doorman_cloud::ids::LeaseId;
use doorman_cloud::lease::{MessageRef, Phase};

use crate::context::Context;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::policy;
use crate::request::Request;
use crate::told::living;
use crate::words::leases::link;
use crate::words::texts::say;
use crate::words::{sentence, when};

/// Somebody pressed Repair on a message.
pub(crate) async fn press(cx: &Context, request: &Request, id: &LeaseId, on: MessageRef) -> Outcome {
    let locale = request.locale;
    let known = match cx.keeper().store().open_leases().await {
        Ok(leases) => leases.into_iter().find(|lease| lease.id == *id),
        Err(error) => return Outcome::whisper(cx.broken_by(request, &error)),
    };
    let Some(known) = known else {
        return Outcome::whisper(sentence::stale_button(locale));
    };
    if let Err(refusal) = policy::check(cx.settings(), request, known.kind.terms().verb) {
        return Outcome::whisper(Message::text(refusal));
    }
    match known.phase {
        Phase::Ready => {}
        Phase::Opening => {
            let since = when::relative(known.building_since);
            let text = say(locale, "repair-already", &[("since", since.into())]);
            return Outcome::whisper(Message::text(text));
        }
        Phase::Closing | Phase::Closed => return Outcome::whisper(sentence::stale_button(locale)),
    }
    match cx.keeper().repair(id).await {
        Ok(Some(lease)) if lease.is_told_of_by(on) => {
            let view = cx.keeper().watch().borrow().clone();
            Outcome::show(living::message(cx.settings(), &view, &lease, lease.locale, cx.now()))
        }
        Ok(Some(lease)) => {
            let link = link(request, &lease);
            Outcome::whisper(Message::text(say(locale, "repair-begun", &[("link", link.into())])))
        }
        Ok(None) => Outcome::whisper(sentence::stale_button(locale)),
        Err(error) => Outcome::whisper(cx.broken_by(request, &error)),
    }
}
