//! The settings of doorman: typed, with every default documented, and checked as a whole.
//!
//! One TOML file holds everything but secrets ([`secrets`]). Its defaults are the reference stack, so that a
//! file with only `[discord]` and `[[policy.grant]]` is complete; [`EXAMPLE`] is the shipped file, which spells
//! every default out. Reading never stops at the first mistake: [`Settings::from_toml`] returns either settings
//! that are right, or **all** [`Problems`] with the path and the line of each.
//!
//! How it is put together: `read` walks a TOML document one section at a time and collects problems; each of
//! the modules below it says which fields its section has, what they default to and what must hold for them.
//!
//! ```
//! use doorman_config::Settings;
//!
//! let problems = Settings::from_toml("[stack.nat]\ndefault = '30mm'\n").unwrap_err();
//! assert_eq!(problems.0[0].to_string(), "stack.nat.default: `30mm`: not a duration; did you mean `30m`? (line 2)");
//! ```

mod aws;
mod choice;
mod cron;
mod discord;
pub mod duration;
mod health;
mod ids;
mod policy;
mod problem;
mod read;
mod reports;
pub mod secrets;
mod settings;
mod stack;
mod store;
pub mod text;
mod window;

pub use aws::Aws;
pub use cron::{Cron, CronError};
pub use discord::{Discord, Locale};
pub use health::Health;
pub use ids::{ChannelId, GuildId, IdError, RoleId, UserId};
pub use policy::{Grant, Policy, Verb};
pub use problem::{Problem, Problems};
pub use reports::Reports;
pub use settings::Settings;
pub use stack::{Backstop, Endpoint, Instance, Market, Nat, Service, Shell, ShellMode, Stack, Volume};
pub use store::Store;
pub use window::{WindowLength, WindowLengths};

/// The shipped settings file, `config/doorman.toml`: the reference stack, with placeholders for the ids of the
/// guild, the channel and the roles.
pub const EXAMPLE: &str = include_str!("../doorman.toml");
