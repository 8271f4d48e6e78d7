//! What each command means: a [`Request`] comes in, a [`Message`] goes out. No chat library.
//!
//! An interaction passes two gates. [`App::admit`] does no I/O: it parses, checks authority and says how
//! to acknowledge, so that the acknowledgement never waits. [`App::handle`] then does the work.
//!
//! What the bot posts unasked (the living message of a lease, warnings, the daily summary) is rendered here
//! too, so that every sentence a person can read is made in this crate, from the Fluent files in `locales/`.

mod admit;
mod app;
mod buttons;
mod card;
mod complete;
mod context;
mod cost;
mod daily;
mod definitions;
mod drawing;
mod help;
mod history;
mod input;
mod kinds;
mod launch;
mod leftover;
mod living;
pub mod message;
mod money;
mod notice;
mod outage;
mod outcome;
mod parse;
mod people;
pub mod picture;
mod places;
mod policy;
mod press;
mod preview;
mod receipt;
mod repair;
pub mod request;
mod scene;
mod sentence;
mod session;
mod status;
mod suggest;
mod table;
mod terminate;
#[cfg(test)]
mod testbed;
mod texts;
mod timed;
mod when;
mod words;

pub use admit::{Admission, Work};
pub use app::App;
pub use daily::Summary;
pub use definitions::{Choice, CommandDefinition, Localized, OptionDefinition, SubcommandDefinition};
pub use message::Message;
pub use outage::{Outage, Silent};
pub use outcome::{Ack, Outcome, Reply};
pub use request::Request;
pub use suggest::Suggestion;
