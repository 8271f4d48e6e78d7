//! What a person's client does: it reads a typed line, knows the registered commands, refuses what cannot
//! be sent, and shows what comes back.

mod complete;
mod dispatch;
mod line;
pub(super) mod modal;
mod press;
mod refused;
mod slash;

pub use refused::Refused;
