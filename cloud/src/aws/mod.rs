//! AWS, as far as every kind of resource needs it: clients, what a failure means, tags, whole answers, and what is
//! offered. It knows no resource; how one is listed and changed is in the `aws.rs` of its kind.
//!
//! EC2 does not model its errors, so what a failure means is decided by its code in `failure`. Calls
//! that can be repeated blindly are retried by the SDK for a moment; a creation that has no client
//! token is sent once, because a repetition after a lost answer would make a second one.

mod account;
mod calls;
mod clients;
mod connect;
mod failure;
mod offer;
mod pages;
mod sign_in;
pub(crate) mod tagging;
mod time;
mod whole;

pub use self::account::Identity;
pub use self::clients::Aws;
pub use self::connect::Options;
pub use self::sign_in::SignIn;
pub use self::time::CLOCKS_AGREE;

pub(crate) use self::failure::Call;
pub(crate) use self::pages::all;
