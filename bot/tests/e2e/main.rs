//! doorman from the front door: a person types a slash command, and what is looked at is what people
//! read in the channel and what exists in AWS.
//!
//! Discord and AWS are the strict ones of the sandbox, on the wire; the bot is [`doorman::run`], as in
//! production. Time is the stage's own and passes a few hundred times as fast, so that tests wait for
//! conditions and a 30-minute window takes seconds. In [`moto`] the AWS is one that nobody here wrote.

mod separate;

mod authority;
mod backstop;
mod browser;
mod check;
mod disk;
mod loss;
mod moto;
mod obstacles;
mod outages;
mod pair;
mod policy;
mod process;
mod program;
mod receipt;
mod refusals;
mod signs;
mod standby;
mod window;
