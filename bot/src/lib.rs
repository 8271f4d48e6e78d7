//! The program doorman: Discord in front, the keeper behind, and the process around them.
//!
//! [`run`](run::run) is the whole bot. The command line, the demo and the tests all go through it; they differ
//! in settings, clock and where Discord and AWS are.

pub mod backup;
pub mod by_hand;
pub mod check;
pub mod daily;
#[cfg(feature = "sandbox")]
pub mod demo;
pub mod discord;
pub mod health;
pub mod herald;
mod identity;
pub mod init;
pub mod language;
pub mod policy;
pub mod run;
pub mod supervise;
pub mod systemd;

pub use run::{StartError, run};
