//! What each command means: a [`Request`] comes in, a [`Message`] goes out. No chat library.
//!
//! An interaction passes two gates. [`App::admit`] does no I/O: it parses, checks authority and says how
//! to acknowledge, so that the acknowledgement never waits. [`App::handle`] then does the work.
//!
//! What the bot posts unasked (the living message of a lease, warnings, the daily summary) is rendered here
//! too, so that every sentence a person can read is made in this crate, from the Fluent files in `locales/`.

mod admit;
mod app;
mod card;
mod complete;
mod context;
mod definitions;
mod handlers;
mod input;
pub mod message;
mod outcome;
mod parse;
pub mod picture;
mod policy;
mod press;
pub mod request;
mod scene;
mod suggest;
mod table;
#[cfg(test)]
mod testbed;
mod told;
mod words;

pub use admit::{Admission, Work};
pub use app::App;
pub use definitions::{Choice, CommandDefinition, Localized, OptionDefinition, SubcommandDefinition};
pub use message::Message;
pub use outcome::{Ack, Outcome, Reply};
pub use request::Request;
pub use suggest::Suggestion;
pub use told::daily::Summary;
pub use told::outage::{Outage, Silent};
