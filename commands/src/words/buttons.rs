//! The buttons, each made in one place so that it says the same everywhere.

use doorman_cloud::ids::LeaseId;
use doorman_config::Locale;

use crate::message::{Button, ButtonStyle, Does};
use crate::press::Press;
use crate::words::texts::say;

/// Discord's limit for the address of a link button.
const LINK_LIMIT: usize = 512;

fn button(label: String, press: &Press, style: ButtonStyle) -> Button {
    Button { label, does: Does::Press(press.to_string()), style, enabled: true }
}

/// Goes ahead with a card.
pub(crate) fn confirm(locale: Locale, card: &str) -> Button {
    let label = say(locale, "common-button-confirm", &[]);
    button(label, &Press::Confirm { card: card.to_owned() }, ButtonStyle::Success)
}

/// Goes ahead with a card that takes something away.
pub(crate) fn confirm_removal(locale: Locale, card: &str) -> Button {
    Button { style: ButtonStyle::Danger, ..confirm(locale, card) }
}

/// Asks again what could not be answered.
pub(crate) fn try_again(locale: Locale, card: &str) -> Button {
    let label = say(locale, "common-button-again", &[]);
    button(label, &Press::Confirm { card: card.to_owned() }, ButtonStyle::Primary)
}

/// Puts a card away.
pub(crate) fn cancel(locale: Locale, card: &str) -> Button {
    let label = say(locale, "common-button-cancel", &[]);
    button(label, &Press::Cancel { card: card.to_owned() }, ButtonStyle::Secondary)
}

/// Shows what is typed to do the same as a card.
pub(crate) fn by_hand(locale: Locale, card: &str) -> Button {
    let label = say(locale, "common-button-by-hand", &[]);
    button(label, &Press::ByHand { card: card.to_owned() }, ButtonStyle::Secondary)
}

/// Extends a window by half an hour.
pub(crate) fn extend(locale: Locale, lease: &LeaseId) -> Button {
    let label = say(locale, "common-button-extend", &[]);
    button(label, &Press::Extend { lease: lease.clone() }, ButtonStyle::Primary)
}

/// Closes a window now.
pub(crate) fn close(locale: Locale, lease: &LeaseId) -> Button {
    let label = say(locale, "common-button-close", &[]);
    button(label, &Press::Close { lease: lease.clone() }, ButtonStyle::Danger)
}

/// Builds again what went missing.
pub(crate) fn repair(locale: Locale, lease: &LeaseId) -> Button {
    let label = say(locale, "common-button-repair", &[]);
    button(label, &Press::Repair { lease: lease.clone() }, ButtonStyle::Success)
}

/// Opens a page; `None` if Discord would refuse its address as too long.
pub(crate) fn link(label: String, url: String) -> Option<Button> {
    let style = ButtonStyle::Secondary;
    (url.len() <= LINK_LIMIT).then_some(Button { label, does: Does::Open(url), style, enabled: true })
}
