//! How a call of AWS failed, and what that means for what comes next.

/// How a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed ({code}): {message}")]
pub struct Failure {
    /// The AWS operation.
    pub operation: &'static str,
    /// What kind of failure; what the keeper goes by.
    pub kind: FailureKind,
    /// AWS's error code, or one of the SDK's words.
    pub code: String,
    /// AWS's message; for the log only.
    pub message: String,
}

/// The code of a call that was never made, because there was nothing to sign it with.
pub(crate) const NO_CREDENTIALS: &str = "NoCredentials";

impl Failure {
    /// Whether the call was never made, because there was nothing to sign it with.
    pub fn is_without_credentials(&self) -> bool {
        self.code == NO_CREDENTIALS
    }
}

/// What a failure means for what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The answer was lost: the call may have taken effect. Look before repeating.
    Unknown,
    /// Too many calls; try later.
    Throttled,
    /// Something it needs has not spread through AWS yet, or is still held; try again soon.
    NotYet,
    /// AWS is not reachable, or has an internal error.
    Away,
    /// A quota is used up.
    Quota,
    /// No capacity.
    NoCapacity,
    /// Credentials are missing, expired or wrong.
    Credentials,
    /// AWS finds that the call was signed at another time than now.
    Clock {
        /// By how many seconds doorman's clock is ahead of AWS's; negative: behind; 0: AWS did not say.
        ahead_s: i64,
    },
    /// The credentials do not allow it.
    AccessDenied,
    /// Refused for another reason; repeating will not help.
    Refused,
}

impl FailureKind {
    /// Whether AWS was there, and did not take the call.
    pub fn is_refusal(self) -> bool {
        !self.passes() || matches!(self, FailureKind::Clock { .. })
    }

    /// Whether trying the same again later can succeed without anybody doing anything.
    pub fn passes(self) -> bool {
        matches!(
            self,
            FailureKind::Unknown
                | FailureKind::Throttled
                | FailureKind::NotYet
                | FailureKind::Away
                // Clocks are set by machines, and the next call is signed by AWS's own.
                | FailureKind::Clock { .. }
        )
    }
}
