//! What people are told about a window as it is: that it is extended, that closing begins, that it is closing
//! already, that it is gone.

use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Person, Phase};
use doorman_config::Locale;

use crate::app::App;
use crate::request::Request;
use crate::texts::say;
use crate::{people, places, sentence, when};

/// Says that closing begins, and what of: one that was never complete has to be told apart.
pub(super) fn begun(request: &Request, lease: &Lease, locale: Locale) -> String {
    let args = [("by", people::mention(&request.person).into()), ("link", link(request, lease).into())];
    match lease.ready_at {
        Some(_) => say(locale, "nat-close-begun", &args),
        None => say(locale, "nat-close-begun-half", &args),
    }
}

/// Says that a window is closing already, since when and by whom; `key` says what that means for what was
/// asked.
pub(super) fn closing_now(request: &Request, lease: &Lease, key: &str) -> String {
    let locale = request.locale;
    let why = match &lease.closing {
        Some((at, CloseReason::Asked { by })) if is_asker(request, by) => {
            say(locale, "nat-closing-you", &[("at", when::relative(*at).into())])
        }
        Some((at, CloseReason::Asked { by })) => {
            let args = [("by", people::mention(by).into()), ("at", when::relative(*at).into())];
            say(locale, "nat-closing-asked", &args)
        }
        Some((_, CloseReason::Failed { trouble })) => sentence::trouble(locale, trouble).what,
        Some((_, CloseReason::Expired)) | None => say(locale, "nat-closing-expired", &[]),
    };
    say(locale, key, &[("why", why.into()), ("link", link(request, lease).into())])
}

/// Says that no window is open, what became of the last one if there was one, and by `key` what that means for
/// what was asked.
pub(super) async fn nothing_open(app: &App, request: &Request, key: &str) -> String {
    let last = last_closed(app).await.and_then(|lease| gone(request, &lease));
    let last = last.map(|last| format!(" {last}")).unwrap_or_default();
    say(request.locale, key, &[("last", last.into())])
}

/// The window that was closed last. The store failing now is not worth hiding that none is open.
async fn last_closed(app: &App) -> Option<Lease> {
    let store = app.keeper().store();
    let latest = store.latest_leases(LeaseKind::NatWindow, 1).await;
    let latest = latest.inspect_err(|error| tracing::error!("cannot look up the last window: {error}"));
    latest.ok()?.into_iter().find(|lease| lease.phase == Phase::Closed)
}

/// When and why a closed window was, and that nothing of it is left.
fn gone(request: &Request, lease: &Lease) -> Option<String> {
    let (locale, receipt) = (request.locale, lease.receipt.as_ref()?);
    let at = when::relative(receipt.closed_at);
    let link = link(request, lease);
    let args = [("at", at.clone().into()), ("link", link.clone().into())];
    Some(match &lease.closing {
        Some((_, CloseReason::Asked { by })) if is_asker(request, by) => say(locale, "nat-last-you", &args),
        Some((_, CloseReason::Asked { by })) => {
            let args = [("by", people::mention(by).into()), ("at", at.into()), ("link", link.into())];
            say(locale, "nat-last-asked", &args)
        }
        Some((_, CloseReason::Failed { .. })) => say(locale, "nat-last-failed", &args),
        Some((_, CloseReason::Expired)) | None => say(locale, "nat-last-expired", &args),
    })
}

/// Says who moved the end, and to when.
pub(super) fn extended(request: &Request, lease: &Lease) -> String {
    let args = [
        ("by", people::mention(&request.person).into()),
        ("end", lease.expires_at.map(when::end).unwrap_or_default().into()),
        ("link", link(request, lease).into()),
    ];
    match lease.ready_at {
        Some(_) => say(request.locale, "nat-extended", &args),
        None => say(request.locale, "nat-extended-opening", &args),
    }
}

/// The way to the living message, as the end of a sentence; nothing if there is none.
pub(super) fn link(request: &Request, lease: &Lease) -> String {
    match (request.guild_id, lease.message) {
        (Some(guild_id), Some(message)) => {
            let args = [("url", places::message(guild_id, message).into())];
            match lease.phase {
                Phase::Closed => say(request.locale, "nat-link-receipt", &args),
                Phase::Opening | Phase::Ready | Phase::Closing => say(request.locale, "nat-link", &args),
            }
        }
        (None, _) | (_, None) => String::new(),
    }
}

fn is_asker(request: &Request, by: &Person) -> bool {
    by.id == request.person.id
}
