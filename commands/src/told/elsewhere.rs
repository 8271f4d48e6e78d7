//! A lease that is in another account or region than doorman: nothing of what is seen here is about it.

use doorman_cloud::lease::{Lease, Phase};

use crate::message::{Message, Panel, Tone};
use crate::scene::Scene;
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::when;

/// What is to be said of a lease that is somewhere else. `None`: it is where doorman is, or over, or it is not known yet
/// where that is.
pub(crate) fn lines(scene: &Scene<'_>, lease: &Lease) -> Option<Vec<String>> {
    let (locale, here) = (scene.locale, scene.view.place.as_ref()?);
    let there = lease.place.as_ref().filter(|there| *there != here && lease.phase != Phase::Closed)?;
    let mut lines = vec![match there.is_same_account(here) {
        true => {
            let args = [("there", (&there.region).into()), ("here", (&here.region).into())];
            say(locale, "elsewhere-region", &args)
        }
        false => say(locale, "elsewhere-account", &[]),
    }];
    match (lease.phase, lease.expires_at) {
        (Phase::Closing, _) => lines.push(say(locale, "elsewhere-closing", &[])),
        (Phase::Opening | Phase::Ready | Phase::Closed, Some(end)) => {
            let args = [("at", when::clock(end).into()), ("left", when::relative(end).into())];
            lines.push(say(locale, "elsewhere-end", &args));
        }
        (Phase::Opening | Phase::Ready | Phase::Closed, None) => {}
    }
    lines.push(String::new());
    lines.push(say(locale, "elsewhere-remedy", &[]));
    Some(lines)
}

/// The title of such a message.
pub(crate) fn title(scene: &Scene<'_>, lease: &Lease) -> String {
    say_of(scene.locale, lease.kind, "elsewhere-title", &[])
}

/// The living message of such a lease.
pub(crate) fn message(scene: &Scene<'_>, lease: &Lease) -> Option<Message> {
    told(scene, lease, title(scene, lease))
}

/// That doorman is somewhere else by now, as is told once.
pub(crate) fn notice(scene: &Scene<'_>, lease: &Lease) -> Option<Message> {
    told(scene, lease, say_of(scene.locale, lease.kind, "elsewhere-notice-title", &[]))
}

fn told(scene: &Scene<'_>, lease: &Lease, title: String) -> Option<Message> {
    let body = lines(scene, lease)?.join("\n");
    let panel = Panel { title, body, tone: Tone::Warn, ..Panel::default() };
    Some(Message { panel: Some(panel), ..Message::default() })
}
