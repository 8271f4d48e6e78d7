//! How one call goes wrong.

use doorman_sandbox::aws::{FaultKind, FaultRule};

/// What the process finds when it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// Its leases.
    Kept,
    /// Nothing: only tags remain.
    Deleted,
    /// What was there before the story began.
    Restored,
}

/// A way in which a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Throttled as often as the SDK tries.
    Throttled,
    /// Not allowed, once.
    Denied,
    /// An internal error, as often as the SDK tries.
    InternalError,
    /// It took effect and an internal error was the answer, as often as the SDK tries.
    DoneAndInternalError,
    /// A quota is used up, once.
    Quota,
    /// It took effect and the connection was reset.
    AnswerLost,
    /// The same, and again with each repetition.
    AnswersLost,
    /// It took effect and the answer was cut.
    AnswerGarbled,
    /// It took effect and was never answered.
    NeverAnswered,
    /// It took no effect and was never answered.
    Hung,
    /// The process is gone right before it takes effect.
    GoneBefore(Store),
    /// The process is gone right after it took effect.
    GoneAfter(Store),
}

/// How often the SDK tries what may be repeated.
const ATTEMPTS: usize = 3;

impl Way {
    /// Every way in which something that changes AWS can go wrong.
    pub(crate) const OF_CHANGES: [Way; 15] = [
        Way::Throttled,
        Way::Denied,
        Way::InternalError,
        Way::DoneAndInternalError,
        Way::AnswerLost,
        Way::AnswersLost,
        Way::AnswerGarbled,
        Way::NeverAnswered,
        Way::Hung,
        Way::GoneBefore(Store::Kept),
        Way::GoneBefore(Store::Deleted),
        Way::GoneBefore(Store::Restored),
        Way::GoneAfter(Store::Kept),
        Way::GoneAfter(Store::Deleted),
        Way::GoneAfter(Store::Restored),
    ];

    /// Every way in which a look can go wrong. Nothing took effect: a lost answer is like none.
    pub(crate) const OF_LOOKS: [Way; 7] = [
        Way::Throttled,
        Way::Denied,
        Way::InternalError,
        Way::AnswersLost,
        Way::AnswerGarbled,
        Way::Hung,
        Way::GoneAfter(Store::Kept),
    ];

    /// In the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Throttled => "throttled",
            Way::Denied => "denied",
            Way::InternalError => "internal error",
            Way::DoneAndInternalError => "done, and internal error",
            Way::Quota => "quota",
            Way::AnswerLost => "answer lost",
            Way::AnswersLost => "answers lost",
            Way::AnswerGarbled => "answer garbled",
            Way::NeverAnswered => "never answered",
            Way::Hung => "hung",
            Way::GoneBefore(Store::Kept) => "process gone before",
            Way::GoneBefore(Store::Deleted) => "process gone before, store deleted",
            Way::GoneBefore(Store::Restored) => "process gone before, store restored",
            Way::GoneAfter(Store::Kept) => "process gone after",
            Way::GoneAfter(Store::Deleted) => "process gone after, store deleted",
            Way::GoneAfter(Store::Restored) => "process gone after, store restored",
        }
    }

    /// What the process finds afterwards, if it is gone.
    pub(crate) fn kills(self) -> Option<Store> {
        match self {
            Way::GoneBefore(store) | Way::GoneAfter(store) => Some(store),
            _ => None,
        }
    }

    /// As the sandbox's AWS does it to the call of that operation after `skip` others of it.
    pub(crate) fn rule(self, operation: &str, skip: usize) -> FaultRule {
        let refuse = |status, code: &str| FaultKind::Refuse {
            status,
            code: code.to_owned(),
            message: "Refused by the test.".to_owned(),
        };
        let (times, kind) = match self {
            Way::Throttled => (ATTEMPTS, refuse(503, "RequestLimitExceeded")),
            Way::Denied => (1, refuse(403, "AccessDenied")),
            Way::InternalError => (ATTEMPTS, refuse(500, "InternalError")),
            Way::DoneAndInternalError => (ATTEMPTS, FaultKind::FailAfterEffect),
            Way::Quota => (1, refuse(400, "ResourceLimitExceeded")),
            Way::AnswerLost => (1, FaultKind::LoseAnswer),
            Way::AnswersLost => (ATTEMPTS, FaultKind::LoseAnswer),
            Way::AnswerGarbled => (1, FaultKind::GarbleAnswer),
            Way::NeverAnswered | Way::GoneAfter(_) => (1, FaultKind::HangAfterEffect),
            Way::Hung | Way::GoneBefore(_) => (1, FaultKind::Hang),
        };
        FaultRule { operation: operation.to_owned(), skip, times, kind }
    }
}
