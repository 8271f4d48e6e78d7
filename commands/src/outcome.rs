//! How an interaction is acknowledged, and what came of it.

use doorman_cloud::ids::LeaseId;

use crate::message::{Button, Message};

/// How to acknowledge an interaction before working on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// A deferred reply that everyone sees.
    Public,
    /// A deferred reply that only the asker sees.
    Private,
    /// A button: the message it is on will change.
    Update,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What to show.
    pub reply: Reply,
    /// The message of the reply becomes the living message of this lease.
    pub follow: Option<LeaseId>,
}

/// How to show what came of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Completes the deferred reply, or replaces the message the button is on.
    Show(Message),
    /// A private follow-up; the message the button is on stays as it is.
    Whisper(Message),
}

impl Outcome {
    /// Shows a message.
    pub(crate) fn show(message: Message) -> Outcome {
        Outcome { reply: Reply::Show(message), follow: None }
    }

    /// Shows a message that from now on tells of a lease.
    pub(crate) fn show_following(message: Message, lease: &LeaseId) -> Outcome {
        Outcome { reply: Reply::Show(message), follow: Some(lease.clone()) }
    }

    /// The same with one more button, if it is a message with buttons.
    pub(crate) fn with_button(mut self, button: Button) -> Outcome {
        if let Reply::Show(message) = &mut self.reply
            && !message.buttons.is_empty()
        {
            message.buttons.push(button);
        }
        self
    }

    /// The same, told the asker alone.
    pub(crate) fn whispered(self) -> Outcome {
        let (Reply::Show(message) | Reply::Whisper(message)) = self.reply;
        Outcome::whisper(message)
    }

    /// Tells the asker alone.
    pub(crate) fn whisper(message: Message) -> Outcome {
        Outcome { reply: Reply::Whisper(message), follow: None }
    }
}
