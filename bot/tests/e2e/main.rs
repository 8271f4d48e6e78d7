//! doorman from the front door: a person types a slash command, and what is looked at is what people
//! read in the channel and what exists in AWS.
//!
//! Each test is on a [stage](doorman_stage): Discord and AWS are the strict ones of the sandbox, on the wire; the
//! bot is [`doorman::run`], as in production. Time is the stage's own and passes a few hundred times as fast, so
//! that tests wait for conditions and a 30-minute window takes seconds. In the end every promise must have been
//! kept. In [`moto`] the AWS is one that nobody here wrote, in [`by_hand`] the client of the sandbox's.

mod addresses;
mod authority;
mod backstop;
mod browser;
mod by_hand;
mod calendar;
mod cause;
mod check;
mod clock;
mod disk;
mod endpoints;
mod image;
mod init;
mod loss;
mod moto;
mod net;
mod obstacles;
mod outages;
mod pair;
mod permissions;
mod policy;
mod process;
mod profiles;
mod program;
mod reach;
mod receipt;
mod refusals;
mod shell;
mod signs;
mod standby;
mod supervision;
mod sweep;
mod told;
mod whose;
mod window;

/// Where the program is.
const DOORMAN: &str = env!("CARGO_BIN_EXE_doorman");
/// Settings with windows that are over soon, for a program that has the machine's clock.
const SHORT_WINDOWS: &str = "[stack.nat]\ndefault = \"25s\"\nminimum = \"5s\"\n";
