//! What a person's client does: it reads a typed line, knows the registered commands, refuses what cannot
//! be sent, and shows what comes back.

mod complete;
mod dispatch;
mod line;
pub(super) mod modal;
mod press;
mod slash;

/// Why a client would not send something, or what it showed instead of an answer: one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

impl Refused {
    fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
