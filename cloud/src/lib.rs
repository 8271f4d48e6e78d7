//! Leases, and the loop that makes them true: observe, plan, apply.
//!
//! A **lease** is what somebody asked for: what, by whom, from when, until when. It is the only durable
//! fact doorman owns; everything else is read from AWS. One **keeper** per stack turns leases into
//! reality: it *observes* AWS in one parallel round, *plans* (a pure function of leases, observation and
//! time) and *applies* the steps that may start now, until the plan is empty. Opening, closing,
//! repairing after a crash and finding drift are the same code; only what is desired differs.
//!
//! Only [`aws`] names the AWS SDK; [`plan`] knows no AWS types beyond ids and states.

pub mod aws;
pub mod backstop;
pub mod catalog;
pub mod check;
pub mod clock;
pub mod ids;
pub mod keeper;
pub mod lease;
pub mod observed;
pub mod plan;
pub mod policy;
pub mod prices;
pub mod receipt;
pub mod step;
pub mod store;
pub mod tags;
