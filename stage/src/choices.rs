//! The three things in which stages differ.

use std::path::PathBuf;

use doorman_cloud::aws;

/// How time passes on a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Time {
    /// So many times as fast as real time, from the noon of a day that is always the same.
    Running(f64),
    /// Not at all until the test moves it, from that same noon.
    Standing,
    /// From one thing that happens to the next, from that same noon. The stage is in a
    /// [runtime of its own kind](crate::pace::runtime), and the bot dies with that runtime.
    Jumping,
    /// From now, by the clock of the machine, so many times as fast as real time: for whoever has no other clock, such
    /// as a bot that is a program of its own, or an AWS that is not the sandbox's.
    Machine(f64),
}

/// The AWS that the bot has.
#[derive(Clone, Debug)]
pub enum Aws {
    /// The sandbox's.
    Sandbox,
    /// Another one. What the stage asks AWS, it asks the sandbox's all the same: what the bot did in this one, the
    /// test has to find out for itself.
    At(aws::Options),
}

/// What the bot is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bot {
    /// [`doorman::run()`] in this process.
    Inside,
    /// `doorman run` as a process of its own; where the program is.
    Program(PathBuf),
}
