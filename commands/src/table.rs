//! The table of commands: one row each. What Discord is told, `/help`, who may, how it is acknowledged, what can be typed
//! and what is suggested meanwhile all follow from it; `parse` reads what was typed, and `App` hands it to who does it.

use doorman_config::Verb;
use strum::VariantArray;

use crate::outcome::Ack;
use crate::suggest::{self, Suggest};

/// Which command, without what was typed of its options. In the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub(crate) enum Name {
    /// `/launch service`
    LaunchService,
    /// `/terminate service`
    TerminateService,
    /// `/nat open`
    NatOpen,
    /// `/nat extend`
    NatExtend,
    /// `/nat close`
    NatClose,
    /// `/nat history`
    NatHistory,
    /// `/shell open`
    ShellOpen,
    /// `/shell extend`
    ShellExtend,
    /// `/shell close`
    ShellClose,
    /// `/session start`
    SessionStart,
    /// `/status`
    Status,
    /// `/cost now`
    CostNow,
    /// `/help`
    Help,
}

/// A row: what is known of a command before anybody types it. Its texts have keys that follow from its words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    /// Its words.
    pub(crate) path: &'static [&'static str],
    /// The verb it needs; `None`: everybody in the server may.
    pub(crate) verb: Option<Verb>,
    /// How it is acknowledged.
    pub(crate) ack: Ack,
    /// Whether it shows a card first, and is done when that is confirmed.
    pub(crate) card: bool,
    /// Its options, required ones first, as Discord wants them.
    pub(crate) options: &'static [Opt],
}

/// An option of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opt {
    /// Its name.
    pub(crate) name: &'static str,
    /// The text that says what it is for.
    pub(crate) about: &'static str,
    /// Whether it has to be given.
    pub(crate) required: bool,
    /// What it can be.
    pub(crate) values: Values,
}

/// What an option can be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values {
    /// Any text.
    Any,
    /// One of these: as sent, with the text that shows it.
    OneOf(&'static [(&'static str, &'static str)]),
    /// Any text; while it is typed, these are suggested.
    Suggested(Suggest),
}

const TYPE: Opt = Opt::suggested("type", "command-option-type", suggest::types);
const IMAGE: Opt = Opt::suggested("image", "command-option-image", suggest::images);
const MARKET: Opt = Opt::one_of("market", "command-option-market", MARKETS);
const COUNT: Opt = Opt::any("count", "command-option-count");
const INSTANCE: Opt = Opt::suggested("instance", "command-option-instance", suggest::instances).required();
const NAT_FOR: Opt = Opt::suggested("duration", "command-option-open-duration", suggest::nat_lengths);
const SHELL_FOR: Opt = Opt::suggested("duration", "command-option-open-duration", suggest::shell_lengths);
const NAT_BY: Opt =
    Opt::suggested("duration", "command-option-extend-duration", suggest::nat_extensions).required();
const SHELL_BY: Opt =
    Opt::suggested("duration", "command-option-extend-duration", suggest::shell_extensions).required();
const BY_HAND: Opt = Opt::one_of("by-hand", "command-option-by-hand", KINDS);
/// In the words of [`LeaseKind`](doorman_cloud::lease::LeaseKind).
const KINDS: &[(&str, &str)] = &[
    ("nat-window", "command-choice-nat-window"),
    ("shell-window", "command-choice-shell-window"),
    ("pair", "command-choice-pair"),
];
/// In the words of [`doorman_config::Market`].
const MARKETS: &[(&str, &str)] =
    &[("on-demand", "command-choice-on-demand"), ("spot", "command-choice-spot")];

impl Name {
    /// Every command.
    pub(crate) const ALL: &'static [Name] = Self::VARIANTS;

    /// Its row.
    pub(crate) const fn spec(self) -> &'static Spec {
        match self {
            Name::LaunchService => &Spec {
                path: &["launch", "service"],
                verb: Some(Verb::Launch),
                ack: Ack::Public,
                card: true,
                options: &[TYPE, IMAGE, MARKET],
            },
            Name::TerminateService => &Spec {
                path: &["terminate", "service"],
                verb: Some(Verb::Terminate),
                ack: Ack::Public,
                card: true,
                options: &[],
            },
            Name::NatOpen => &Spec {
                path: &["nat", "open"],
                verb: Some(Verb::Nat),
                ack: Ack::Public,
                card: false,
                options: &[NAT_FOR],
            },
            Name::NatExtend => &Spec {
                path: &["nat", "extend"],
                verb: Some(Verb::Nat),
                ack: Ack::Public,
                card: false,
                options: &[NAT_BY],
            },
            Name::NatClose => &Spec {
                path: &["nat", "close"],
                verb: Some(Verb::Nat),
                ack: Ack::Public,
                card: false,
                options: &[],
            },
            Name::NatHistory => &Spec {
                path: &["nat", "history"],
                verb: Some(Verb::Status),
                ack: Ack::Public,
                card: false,
                options: &[COUNT],
            },
            Name::ShellOpen => &Spec {
                path: &["shell", "open"],
                verb: Some(Verb::Shell),
                ack: Ack::Public,
                card: true,
                options: &[SHELL_FOR],
            },
            Name::ShellExtend => &Spec {
                path: &["shell", "extend"],
                verb: Some(Verb::Shell),
                ack: Ack::Public,
                card: false,
                options: &[SHELL_BY],
            },
            Name::ShellClose => &Spec {
                path: &["shell", "close"],
                verb: Some(Verb::Shell),
                ack: Ack::Public,
                card: false,
                options: &[],
            },
            Name::SessionStart => &Spec {
                path: &["session", "start"],
                verb: Some(Verb::Session),
                ack: Ack::Private,
                card: false,
                options: &[INSTANCE],
            },
            Name::Status => &Spec {
                path: &["status"],
                verb: Some(Verb::Status),
                ack: Ack::Public,
                card: false,
                options: &[],
            },
            Name::CostNow => &Spec {
                path: &["cost", "now"],
                verb: Some(Verb::Cost),
                ack: Ack::Public,
                card: false,
                options: &[],
            },
            Name::Help => {
                &Spec { path: &["help"], verb: None, ack: Ack::Private, card: false, options: &[BY_HAND] }
            }
        }
    }

    /// The command with those words.
    pub(crate) fn of<W: AsRef<str>>(path: &[W]) -> Option<Name> {
        let words = || path.iter().map(AsRef::as_ref);
        Name::ALL.iter().copied().find(|name| name.spec().path.iter().copied().eq(words()))
    }
}

impl Opt {
    const fn any(name: &'static str, about: &'static str) -> Opt {
        Opt { name, about, required: false, values: Values::Any }
    }

    const fn one_of(
        name: &'static str,
        about: &'static str,
        values: &'static [(&'static str, &'static str)],
    ) -> Opt {
        Opt { values: Values::OneOf(values), ..Opt::any(name, about) }
    }

    const fn suggested(name: &'static str, about: &'static str, suggest: Suggest) -> Opt {
        Opt { values: Values::Suggested(suggest), ..Opt::any(name, about) }
    }

    const fn required(self) -> Opt {
        Opt { required: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use doorman_cloud::lease::LeaseKind;
    use doorman_config::Market;

    use super::*;

    #[test]
    fn every_command_is_found_by_its_own_words() {
        for name in Name::ALL {
            assert_eq!(Name::of(name.spec().path), Some(*name));
        }
    }

    #[test]
    fn required_options_come_first() {
        for name in Name::ALL {
            let options = name.spec().options.iter();
            assert!(options.map(|option| !option.required).is_sorted(), "{name:?}");
        }
    }

    #[test]
    fn the_kinds_are_those_there_are() {
        let words: Vec<&str> = KINDS.iter().map(|(word, _)| *word).collect();
        let all: Vec<&str> = LeaseKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words, all);
    }

    #[test]
    fn the_markets_are_those_of_the_settings() {
        let words: Vec<&str> = MARKETS.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, Market::ALL.map(Market::as_str));
    }
}
