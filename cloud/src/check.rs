//! What `doorman check` looks at on the AWS side, as findings in plain data.

use crate::catalog::NoOffer;
use crate::lease::Trouble;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, such as `credentials`, `vpc My-VPC`, `quota Elastic IPs`, `permission ec2:AllocateAddress`.
    pub what: String,
    /// How it stands.
    pub verdict: Verdict,
}

/// How a thing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be; a few words on what was seen.
    Good(String),
    /// Works, but somebody should know.
    Note(String),
    /// Does not work.
    Bad(Problem),
    /// Could not be looked at, because something before it is bad.
    Skipped,
}

/// Why something does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// As in a command.
    Trouble(Trouble),
    /// A quota leaves no room.
    NoRoom {
        /// What there is.
        used: u32,
        /// How much is allowed.
        limit: u32,
        /// Service Quotas code, such as `L-0263D0A3`.
        quota_code: String,
    },
    /// A VPC attribute that private DNS needs is off.
    VpcAttributeOff(String),
    /// The image and the type of the settings cannot be had.
    NoOffer(NoOffer),
    /// AWS could not be reached.
    Away(String),
}
