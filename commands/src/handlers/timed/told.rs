//! What people are told about a window as it is: that it is extended, that closing begins, that it is closing
//! already, that it is gone.

use doorman_cloud::ids::LeaseId;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Person, Phase};
use doorman_config::Locale;

use crate::context::Context;
use crate::request::Request;
use crate::words::leases::{link, say_of};
use crate::words::{people, sentence, when};

/// Says that closing begins, and what of: one that was never complete has to be told apart.
pub(super) fn begun(request: &Request, lease: &Lease, locale: Locale) -> String {
    let args = [("by", people::mention(&request.person).into()), ("link", link(request, lease).into())];
    match lease.ready_at {
        Some(_) => say_of(locale, lease.kind, "timed-close-begun", &args),
        None => say_of(locale, lease.kind, "timed-close-begun-half", &args),
    }
}

/// Says that a window is closing already, since when and by whom; `key` says what that means for what was
/// asked.
pub(super) fn closing_now(request: &Request, lease: &Lease, key: &str) -> String {
    let locale = request.locale;
    let why = match &lease.closing {
        Some((at, CloseReason::Asked { by })) if is_asker(request, by) => {
            say_of(locale, lease.kind, "timed-closing-you", &[("at", when::relative(*at).into())])
        }
        Some((at, CloseReason::Asked { by })) => {
            let args = [("by", people::mention(by).into()), ("at", when::relative(*at).into())];
            say_of(locale, lease.kind, "timed-closing-asked", &args)
        }
        Some((_, CloseReason::Failed { trouble })) => sentence::trouble(locale, trouble).what,
        Some((_, CloseReason::Expired)) | None => say_of(locale, lease.kind, "timed-closing-expired", &[]),
    };
    let usual = when::length(locale, lease.kind.terms().usually_closes_in);
    let args = [("why", why.into()), ("link", link(request, lease).into()), ("usual", usual.into())];
    say_of(locale, lease.kind, key, &args)
}

/// Says that no window of the kind is open, what became of the last one if there was one, and by `key` what that
/// means for what was asked.
pub(super) async fn nothing_open(cx: &Context, request: &Request, kind: LeaseKind, key: &str) -> String {
    let last = last_closed(cx, kind).await.and_then(|lease| gone(request, &lease));
    let last = last.map(|last| format!(" {last}")).unwrap_or_default();
    say_of(request.locale, kind, key, &[("last", last.into())])
}

/// The kind of which that lease is the last one that was closed.
pub(super) async fn last_with(cx: &Context, id: &LeaseId) -> Option<LeaseKind> {
    for kind in LeaseKind::ALL.iter().copied().filter(|kind| kind.terms().ends) {
        if last_closed(cx, kind).await.is_some_and(|lease| lease.id == *id) {
            return Some(kind);
        }
    }
    None
}

/// The window that was closed last. The store failing now is not worth hiding that none is open.
async fn last_closed(cx: &Context, kind: LeaseKind) -> Option<Lease> {
    let latest = cx.keeper().store().latest_leases(kind, 1).await;
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
        Some((_, CloseReason::Asked { by })) if is_asker(request, by) => {
            say_of(locale, lease.kind, "timed-last-you", &args)
        }
        Some((_, CloseReason::Asked { by })) => {
            let args = [("by", people::mention(by).into()), ("at", at.into()), ("link", link.into())];
            say_of(locale, lease.kind, "timed-last-asked", &args)
        }
        Some((_, CloseReason::Failed { .. })) => say_of(locale, lease.kind, "timed-last-failed", &args),
        Some((_, CloseReason::Expired)) | None => say_of(locale, lease.kind, "timed-last-expired", &args),
    })
}

/// Says who moved the end, and to when.
pub(super) fn extended(request: &Request, lease: &Lease) -> String {
    let args = [
        ("by", people::mention(&request.person).into()),
        ("end", lease.expires_at.map(when::moment).unwrap_or_default().into()),
        ("link", link(request, lease).into()),
    ];
    match lease.ready_at {
        Some(_) => say_of(request.locale, lease.kind, "timed-extended", &args),
        None => say_of(request.locale, lease.kind, "timed-extended-opening", &args),
    }
}

fn is_asker(request: &Request, by: &Person) -> bool {
    by.id == request.person.id
}
