//! Discord and AWS on loopback, strict enough to learn from: what `doorman demo` shows and what the
//! tests run against.
//!
//! The bot speaks to both over the wire, with its unchanged clients. Each part keeps its world in
//! memory, takes its time from the [`Now`] it was given, and derives every state that changes "by
//! itself" (a gateway becoming available, a token expiring) from that time when it is asked.

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub mod aws;
pub mod discord;
pub mod page;

/// Where a part of the sandbox takes its time from.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
