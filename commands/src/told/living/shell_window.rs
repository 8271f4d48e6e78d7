//! What the message of a shell window adds: its endpoints and rules, and who can be reached through them.

use doorman_cloud::lease::Phase;

use super::about::{About, Extras};
use super::access;
use crate::handlers::status::rows::Row;
use crate::words::when;

pub(super) fn extras(about: &About<'_>) -> Extras {
    match about.lease.phase {
        Phase::Opening => Extras { lines: opening(about), ..Extras::default() },
        Phase::Ready => Extras {
            lines: ready(about),
            fields: vec![about.price("window-shell-price")],
            footer: about.price_notes("window-shell-started-hours"),
        },
        Phase::Closing => Extras { lines: about.parts_left(), ..Extras::default() },
        Phase::Closed => Extras { footer: about.listed(), ..Extras::default() },
    }
}

fn opening(about: &About<'_>) -> Vec<String> {
    let Some(steps) = access::Steps::of(&about.scene) else {
        return vec![about.say("common-not-looked", &[])];
    };
    let mut lines = steps.lines(&about.scene).to_vec();
    lines.push(String::new());
    let since = when::relative(about.lease.building_since);
    lines.push(about.say("window-shell-usually", &[("since", since.into())]));
    lines
}

fn ready(about: &About<'_>) -> Vec<String> {
    let mut lines: Vec<String> = about.end("window-until").into_iter().collect();
    let drift = about.drift();
    if !drift.is_empty() {
        lines.push(String::new());
        lines.extend(drift.iter().map(|line| format!("• {line}")));
        lines.push(about.say("window-shell-broken", &[]));
    }
    // The instances with their shells, and how to get into one.
    let rows = Row::all(&about.scene);
    lines.push(String::new());
    lines.extend(rows.iter().map(|row| row.line(about.scene.locale)));
    if rows.is_empty() {
        lines.push(about.say("window-shell-nobody", &[]));
    } else if drift.is_empty() && rows.iter().any(Row::is_well) {
        lines.push(about.say("service-get-in", &[]));
    } else if drift.is_empty() {
        lines.push(about.say("window-shell-silent", &[]));
    }
    lines
}
