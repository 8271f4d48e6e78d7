//! The stage of every test and benchmark that has the whole bot in it: Discord and AWS of the sandbox, the people
//! in front, and the bot between them.
//!
//! Stages differ in three choices only, made by the [`Builder`]: which time passes ([`Time`]), which AWS the bot
//! has ([`Aws`]), and whether it lives in this process or is a program of its own. All else is the same:
//! what people say and press, what is waited for and looked at, how the bot dies and comes back, and the
//! [promises](Promise) that must be kept in the end, whatever the test was about.
//!
//! ```no_run
//! # async fn test() {
//! use doorman_stage::Stage;
//!
//! let stage = Stage::set().await;
//! let reply = stage.says("operator", "/nat open 30m").await;
//! stage.reads(&reply.id, "The NAT window is open").await;
//! stage.finish().await;
//! # }
//! ```
//!
//! Every test ends by [`Stage::finish`], which closes what is still open and checks all promises. A stage that is
//! dropped without it fails its test.

mod apart;
mod bot;
mod builder;
mod choices;
mod finish;
mod life;
mod message;
pub mod pace;
mod people;
pub mod program;
mod promises;
mod seen;
mod stage;
mod story;

pub use builder::Builder;
pub use choices::{Aws, Time};
pub use message::{buttons, text, title};
pub use promises::{Broken, ByHand, Promise, Verdict};
pub use stage::Stage;
pub use story::Act;
