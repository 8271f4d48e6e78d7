//! What is posted unasked, and what it is made of.

pub(crate) mod daily;
pub(crate) mod elsewhere;
pub(crate) mod leftover;
pub(crate) mod living;
pub(crate) mod notice;
pub(crate) mod outage;
pub(crate) mod receipt;
pub(crate) mod strange;
pub(crate) mod unknown;
