//! Who does what was asked for: a file for each command, or for what several commands have in common.

pub(crate) mod by_hand;
pub(crate) mod cost;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod launch;
pub(crate) mod repair;
pub(crate) mod session;
pub(crate) mod status;
pub(crate) mod terminate;
pub(crate) mod timed;
