//! What goes out: a message as any chat could show it. Texts in it are already in the reader's language.

use doorman_cloud::ids::LeaseId;

/// A message.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Message {
    /// Plain text above the panel; what a notification shows. At most 2,000 characters.
    pub text: String,
    /// The panel.
    pub panel: Option<Panel>,
    /// Buttons below, at most five.
    pub buttons: Vec<Button>,
    /// A picture, shown in the panel.
    pub picture: Option<Picture>,
    /// A text that is too long to be shown, as a file. Only where there is no picture.
    pub file: Option<TextFile>,
    /// Discord user ids of the people whom the text mentions and who are notified of it. Nobody else is.
    pub mentions: Vec<u64>,
    /// The lease whose living message this is, until it is over. It goes out with the message in a form that can be
    /// read back, because what the store knows of a message can be lost, and the message is still there.
    pub tells_of: Option<LeaseId>,
}

/// The framed part of a message (an embed, in Discord's word).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Panel {
    /// One line. At most 256 characters.
    pub title: String,
    /// Markdown. At most 4,096 characters.
    pub body: String,
    /// What it is about, at a glance.
    pub tone: Tone,
    /// Short facts.
    pub fields: Vec<Field>,
    /// Small print.
    pub footer: String,
}

/// A short fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What.
    pub name: String,
    /// Markdown.
    pub value: String,
    /// Whether it may stand beside others.
    pub inline: bool,
}

/// The colour of a panel. Never the only carrier of meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// Under way.
    Busy,
    /// As wished.
    Good,
    /// Look here.
    Warn,
    /// Something is wrong.
    Bad,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it says. At most 80 characters.
    pub label: String,
    /// What it does.
    pub does: Does,
    /// How it looks.
    pub style: ButtonStyle,
    /// Whether it can (still) be pressed.
    pub enabled: bool,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Comes back as [`Action::Press`](crate::request::Action::Press) with this custom id (≤ 100 characters).
    Press(String),
    /// Opens a page (≤ 512 characters).
    Open(String),
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ButtonStyle {
    /// The thing to do.
    Primary,
    /// One of the things to do.
    Secondary,
    /// Goes ahead.
    Success,
    /// Takes something away.
    Danger,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// File name, such as `status.png`.
    pub name: String,
    /// PNG.
    pub png: Vec<u8>,
}

/// A text as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// File name, such as `open-nat-window.sh`.
    pub name: String,
    /// What is in it.
    pub text: String,
}

impl Message {
    /// A message of one sentence.
    pub fn text(text: impl Into<String>) -> Message {
        Message { text: text.into(), ..Message::default() }
    }

    /// The same words without anything that could be wrong with their form, for a chat that refuses it; `None` if there
    /// is nothing to leave out.
    pub fn plainer(&self) -> Option<Message> {
        let files = self.picture.is_some() || self.file.is_some();
        let is_plain = self.panel.is_none() && self.buttons.is_empty() && !files;
        let panel = self.panel.iter().flat_map(|panel| [&panel.title, &panel.body]);
        let words: Vec<&str> = [&self.text]
            .into_iter()
            .chain(panel)
            .map(String::as_str)
            .filter(|words| !words.is_empty())
            .collect();
        (!is_plain).then(|| Message { mentions: self.mentions.clone(), ..Message::text(words.join("\n")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plainer_has_the_same_words() {
        let panel = Panel { title: "Title".to_owned(), body: "Body".to_owned(), ..Panel::default() };
        let message =
            Message { text: "<@1>".to_owned(), panel: Some(panel), mentions: vec![1], ..Message::default() };
        let plainer = message.plainer().expect("there is a panel to leave out");
        assert_eq!(plainer, Message { mentions: vec![1], ..Message::text("<@1>\nTitle\nBody") });
        assert_eq!(plainer.plainer(), None);
    }
}
