//! Discord: the only module that names serenity.
//!
//! [`gateway`] brings events, [`parse`] makes requests of them, [`desk`] has them answered, [`reply`] and
//! [`deliver`] carry the answers out by [`rest`]; [`register`] tells Discord which commands there are, and
//! [`connection`] whether it hears us. What the bot may do in a channel is in `permissions`.

pub mod connection;
pub mod deliver;
pub mod desk;
pub mod gateway;
pub mod parse;
pub(crate) mod permissions;
pub mod register;
pub mod reply;
pub mod rest;
