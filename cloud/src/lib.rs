//! Leases, and the loop that makes them true: observe, plan, apply.
//!
//! A **lease** is what somebody asked for: what, by whom, from when, until when. It is the only durable
//! fact doorman owns; everything else is read from AWS. One **keeper** per stack turns leases into
//! reality: it *observes* AWS in one parallel round, *plans* (a pure function of leases, observation and
//! time) and *applies* the steps that may start now, until the plan is empty. Opening, closing,
//! repairing after a crash and finding drift are the same code; only what is desired differs.
//!
//! What a kind of resource is, its rules and its calls are in one folder of [`kinds`]; what a kind of lease is made of is
//! a recipe in [`recipes`]. Only `aws/`, `check/`, and the `aws.rs` of each kind and of the [`survey`] name the AWS SDK.

pub mod aws;
pub mod backstop;
pub mod by_hand;
pub mod catalog;
pub mod check;
mod cidr;
pub mod clock;
pub mod cover;
mod document;
pub mod failure;
pub mod ids;
mod instant;
pub mod keeper;
pub mod keepers;
pub mod kind;
pub mod kinds;
pub mod lease;
pub mod place;
pub mod plan;
pub mod policy;
pub mod prices;
pub mod receipt;
pub mod recipes;
pub mod record;
pub mod store;
pub mod survey;
pub mod switchboard;
pub mod tags;
