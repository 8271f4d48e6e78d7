//! Why a client would not send something.

use serde::Serialize;

/// Why a client would not send something, or what it showed instead of an answer: one sentence, and for other languages
/// than English the reason with what it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each says in its sentence what it is")]
pub enum Refused {
    #[error("The application did not respond")]
    NoResponse,
    #[error("Discord cannot be reached.")]
    DiscordAway,
    #[error("There is nobody called {name} here.")]
    Nobody { name: String },
    #[error("There is no interaction {id}.")]
    NoInteraction { id: String },
    #[error("A command starts with a slash.")]
    NoSlash,
    #[error("There is no command /{name} here.")]
    NoCommand { name: String },
    #[error("{command} needs one of: {names}.")]
    NeedsOneOf { command: String, names: String },
    #[error("There is no {name} there, only: {names}.")]
    NoSubcommand { name: String, names: String },
    #[error("The option {name} is given twice.")]
    GivenTwice { name: String },
    #[error("There is no option {name} here.")]
    NoOption { name: String },
    #[error("There is no option for {text:?} here.")]
    NoOptionFor { text: String },
    #[error("The option {name} is required: specify a value.")]
    OptionRequired { name: String },
    #[error("{name}: specify a value.")]
    NoValue { name: String },
    #[error("{name}: {text:?} is not one of: {names}.")]
    NotOneOf { name: String, text: String, names: String },
    #[error("{name}: the value is too short.")]
    TooShort { name: String },
    #[error("{name}: the value is too long.")]
    TooLong { name: String },
    #[error("{name}: enter a valid whole number.")]
    NotWhole { name: String },
    #[error("{name}: choose True or False.")]
    NotBoolean { name: String },
    #[error("{name}: enter a valid number.")]
    NotNumber { name: String },
    #[error("{name}: the value must be at least {min}.")]
    TooSmall { name: String, min: String },
    #[error("{name}: the value must be at most {max}.")]
    TooGreat { name: String, max: String },
    #[error("{name}: the sandbox cannot type an option of this type.")]
    UnknownType { name: String },
    #[error("You do not have permission to use this command here.")]
    NotPermitted,
    #[error("Loading options failed")]
    NoChoices,
    #[error("There is no form to send.")]
    NoForm,
    #[error("{name}: this field is required.")]
    FieldRequired { name: String },
    #[error("There is no message {id}.")]
    NoMessage { id: String },
    #[error("{name} does not see the message {id}.")]
    NotVisible { name: String, id: String },
    #[error("The message has no component {id:?}.")]
    NoComponent { id: String },
    #[error("This component is disabled.")]
    Disabled,
    #[error("A menu needs a choice.")]
    NoChoice,
    #[error("This is not a menu.")]
    NotMenu,
    #[error("Choose between {min} and {max} of the options.")]
    WrongCount { min: u64, max: u64 },
    #[error("The menu does not offer {text:?}.")]
    NotOffered { text: String },
}
