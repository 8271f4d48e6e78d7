//! What `doorman check` looks at on the AWS side, as findings in plain data, and what `--fix` would do.

use serde_json::Value;

use crate::catalog::NoOffer;
use crate::failure::Failure;
use crate::lease::{LeaseKind, Trouble};

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
    /// Works without it, but somebody should do something about it.
    Warn(Problem),
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
    /// The role of the backstop is not as it should be.
    Backstop {
        /// In what.
        flaw: Flaw,
        /// Whether `doorman check --fix` may put it right: there is no such role, or it carries doorman's tag.
        ours: bool,
    },
    /// Somebody has to sign in, by this command.
    SignIn(String),
    /// Something that only a person can make is missing, or is not as it should be.
    Part(Part),
    /// AWS could not be reached.
    Away(String),
}

/// What a person makes once beside the role of the backstop, because whoever may write it could do more with it than the
/// bot may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The group of the schedules.
    Group,
    /// A runbook of the backstop.
    Runbook {
        /// Of which kind of lease.
        closes: LeaseKind,
        /// Whether there is a document of that name, which says something else or cannot be run.
        changed: bool,
    },
    /// The policy beyond which the role of the instances may do nothing.
    Boundary {
        /// Whether there is a policy of that name, which says something else.
        changed: bool,
    },
}

/// What is not as it should be of the role of the backstop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// There is no role of that name.
    NoRole,
    /// Others than EventBridge Scheduler and Systems Manager for this account may take it, or not even these.
    Trust(Difference),
    /// It has no inline policy of the name that doorman gives it.
    NoPolicy,
    /// Its inline policy allows something else than closing a window takes.
    Policy(Difference),
}

/// How a policy differs from the one doorman writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it lacks or has in another form: services of a trust policy, names of statements of another.
    pub lacks: Vec<String>,
    /// Whether it allows something that doorman did not write.
    pub more: bool,
}

/// What `doorman check --fix` would do.
#[derive(Clone, Debug, PartialEq)]
pub enum Fix {
    /// Nothing, and the settings say that there is no backstop.
    Off,
    /// Nothing: everything is as it should be.
    Nothing,
    /// Nothing, although something is wrong: the table and the group that the role is to name are not one thing each.
    NoNetwork,
    /// Nothing, although something is wrong: the role of that name carries no tag of doorman's.
    NotOurs,
    /// This.
    Needed(Box<Proposal>),
}

/// What is to be made or put right.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Twelve digits.
    pub account_id: String,
    /// The role of the backstop, by its name.
    pub role: String,
    /// What is wrong with it now.
    pub flaws: Vec<Flaw>,
    /// Who will be able to take it: a policy document.
    pub trust: Value,
    /// What it will be allowed to do: a policy document.
    pub policy: Value,
    /// What is missing beside it, or to be put right.
    pub parts: Vec<Part>,
}

impl Proposal {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.flaws.is_empty() && self.parts.is_empty()
    }
}

/// Why a role was not made or put right.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FixError {
    /// AWS refused, or could not be reached. What was done before it stays, and the same again goes on from there.
    #[error("cannot put the role right")]
    Aws(#[source] Failure),
    /// The role is somebody else's: it carries no tag of doorman's.
    #[error("the role is not doorman's")]
    NotOurs,
    /// AWS took everything and still shows something else.
    #[error("AWS does not show the role as it was written yet")]
    NotSeen,
}
