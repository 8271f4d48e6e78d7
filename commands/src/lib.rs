//! What each command means: a [`Request`] comes in, a [`Message`] goes out. No chat library.
//!
//! An interaction passes two gates. [`App::admit`] does no I/O: it parses, checks authority and says how
//! to acknowledge, so that the acknowledgement never waits. [`App::handle`] then does the work.

pub mod message;
pub mod request;

pub use message::Message;
pub use request::Request;
