//! What comes in: somebody typed a command, pressed a button or is still typing.

use doorman_cloud::lease::{MessageRef, Person};
use doorman_config::{Locale, text};

/// One interaction, free of any chat library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Discord interaction id; the reference number of what goes wrong with it.
    pub id: u64,
    /// The server it came from; `None`: a direct message.
    pub guild_id: Option<u64>,
    /// The channel it came from.
    pub channel_id: u64,
    /// Who.
    pub person: Person,
    /// Their role ids in that server.
    pub roles: Vec<u64>,
    /// Their language.
    pub locale: Locale,
    /// What they did.
    pub action: Action,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sent a slash command.
    Command(Typed),
    /// Pressed a button.
    Press {
        /// The button's custom id.
        custom_id: String,
        /// The message it is on.
        message: MessageRef,
    },
    /// Is typing the value of an option.
    Complete {
        /// What is typed so far.
        typed: Typed,
        /// The option being typed.
        option: String,
    },
}

/// A slash command as typed: its words and its options by name.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Typed {
    /// The command and subcommand, such as `["nat", "open"]`.
    pub path: Vec<String>,
    /// Options by name, as they came. Read by [`option`](Self::option).
    pub options: Vec<(String, String)>,
}

impl Typed {
    /// The value of an option, [tidied](text::tidy): a phone and a keyboard mean the same by it.
    pub fn option(&self, name: &str) -> Option<String> {
        self.options.iter().find(|(key, _)| key == name).map(|(_, value)| text::tidy(value))
    }

    /// As a person would type it: `/nat open duration:30m`.
    pub fn line(&self) -> String {
        let mut line = format!("/{}", self.path.join(" "));
        for (name, value) in &self.options {
            line.push_str(&format!(" {name}:{}", text::tidy(value)));
        }
        line
    }
}
