//! The same by hand: a script of AWS CLI lines that does what doorman would.
//!
//! It is written from the same [plan](crate::recipes::plan): each step is written down as a line and imagined done, by
//! the change that its call would have answered with; then it is planned again, until nothing is left to do. Where nothing
//! can be done but to wait, the script waits. What a line makes, later lines name by a variable of the shell.
//!
//! What was opened so carries the tags that doorman writes. A doorman that is started later knows it as a lease, finds
//! nothing to do, and closes it at its end.

pub(crate) mod act;
pub(crate) mod any;
pub(crate) mod cli;
pub(crate) mod hand;

mod pair;
mod script;
#[cfg(test)]
mod tests;

pub use self::pair::{NoPair, usual_pair};
pub use self::script::{Obstacle, close, open};
