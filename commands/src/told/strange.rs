//! What the channel is told unasked, once each, of what doorman cannot answer for.

use doorman_config::{Locale, Settings};

use crate::message::{Message, Panel, Tone};
use crate::scene::Scene;
use crate::told::{elsewhere, unknown};
use crate::words::texts::say;

/// That leases of a stack are open that the settings no longer name.
pub(crate) fn other_stack(settings: &Settings, there: &str, open: u64, locale: Locale) -> Message {
    let args =
        [("count", open.into()), ("there", there.into()), ("here", settings.stack.name.as_str().into())];
    let body =
        [say(locale, "elsewhere-stack-what", &args), say(locale, "elsewhere-stack-remedy", &args)].join("\n");
    let panel = Panel {
        title: say(locale, "elsewhere-stack-title", &[]),
        body,
        tone: Tone::Warn,
        ..Panel::default()
    };
    Message { panel: Some(panel), ..Message::default() }
}

/// Everything of that sort there is, each with a key by which it is told once.
pub(crate) fn notices(scene: &Scene<'_>) -> Vec<(String, Message)> {
    let leases = scene.view.leases.iter();
    let elsewhere = leases.filter_map(|lease| {
        let region = lease.place.as_ref().map(|place| place.region.as_str()).unwrap_or_default();
        Some((format!("elsewhere:{}:{region}", lease.id), elsewhere::notice(scene, lease)?))
    });
    let unknown = scene.view.unknown.iter().map(|(id, owner)| {
        let body = unknown::lines_about(scene, id, owner).join("\n");
        let title = say(scene.locale, "elsewhere-unknown-title", &[]);
        let panel = Panel { title, body, tone: Tone::Warn, ..Panel::default() };
        (format!("unknown:{id}"), Message { panel: Some(panel), ..Message::default() })
    });
    elsewhere.chain(unknown).collect()
}
