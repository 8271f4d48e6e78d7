//! The commands as Discord is to know them, and as `/help` shows them: plain data in both languages.

use doorman_config::{Locale, Market};

use crate::parse::Name;
use crate::texts::say;

/// A text in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localized {
    /// English; what Discord shows in every language without a text of its own.
    pub default: String,
    /// Korean, for Discord's locale `ko`.
    pub ko: String,
}

impl Localized {
    pub(crate) fn of(key: &str) -> Localized {
        Localized { default: say(Locale::EnUs, key, &[]), ko: say(Locale::Ko, key, &[]) }
    }

    /// The text for a reader.
    pub fn in_locale(&self, locale: Locale) -> &str {
        match locale {
            Locale::EnUs => &self.default,
            Locale::Ko => &self.ko,
        }
    }
}

/// A slash command: either with subcommands or with options of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandDefinition {
    /// Its name, which payloads carry in every language.
    pub name: &'static str,
    /// Its name as shown; [`Localized::default`] is [`name`](Self::name).
    pub names: Localized,
    /// What it is for. At most 100 characters.
    pub description: Localized,
    /// Its subcommands.
    pub subcommands: Vec<SubcommandDefinition>,
    /// Its options, if it has no subcommands.
    pub options: Vec<OptionDefinition>,
}

/// The second word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubcommandDefinition {
    /// As in [`CommandDefinition`].
    pub name: &'static str,
    /// As in [`CommandDefinition`].
    pub names: Localized,
    /// As in [`CommandDefinition`].
    pub description: Localized,
    /// Its options, required ones first, as Discord wants them.
    pub options: Vec<OptionDefinition>,
}

/// An option; all are text, also durations, so that `1h30m` and `30분` can be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionDefinition {
    /// As in [`CommandDefinition`].
    pub name: &'static str,
    /// As in [`CommandDefinition`].
    pub names: Localized,
    /// As in [`CommandDefinition`].
    pub description: Localized,
    /// Whether it has to be given.
    pub required: bool,
    /// The only values it can have; empty: anything.
    pub choices: Vec<Choice>,
    /// Whether values are suggested while typing, by [`App::suggest`](crate::App::suggest).
    pub autocomplete: bool,
}

/// A value an option can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As shown.
    pub name: Localized,
    /// As sent.
    pub value: &'static str,
}

/// Every command.
pub(crate) fn all() -> Vec<CommandDefinition> {
    let mut commands: Vec<CommandDefinition> = Vec::new();
    for name in Name::ALL {
        match name.path() {
            [word] => commands.push(CommandDefinition {
                name: word,
                names: word_names(word),
                description: Localized::of(description(name)),
                subcommands: Vec::new(),
                options: options(name),
            }),
            [word, sub] => {
                if commands.last().is_none_or(|command| command.name != *word) {
                    commands.push(CommandDefinition {
                        name: word,
                        names: word_names(word),
                        description: Localized::of(family_description(name)),
                        subcommands: Vec::new(),
                        options: Vec::new(),
                    });
                }
                if let Some(command) = commands.last_mut() {
                    command.subcommands.push(SubcommandDefinition {
                        name: sub,
                        names: word_names(sub),
                        description: Localized::of(description(name)),
                        options: options(name),
                    });
                }
            }
            _ => unreachable!("commands have one or two words"),
        }
    }
    commands
}

/// What a command is for.
pub(crate) fn description(name: Name) -> &'static str {
    match name {
        Name::LaunchService => "command-launch-service",
        Name::TerminateService => "command-terminate-service",
        Name::NatOpen => "command-nat-open",
        Name::NatExtend => "command-nat-extend",
        Name::NatClose => "command-nat-close",
        Name::NatHistory => "command-nat-history",
        Name::SessionStart => "command-session-start",
        Name::Status => "command-status",
        Name::CostNow => "command-cost-now",
        Name::Help => "command-help",
    }
}

/// What the commands with the same first word are for.
fn family_description(name: Name) -> &'static str {
    match name {
        Name::LaunchService => "command-launch",
        Name::TerminateService => "command-terminate",
        Name::NatOpen | Name::NatExtend | Name::NatClose | Name::NatHistory => "command-nat",
        Name::SessionStart => "command-session",
        Name::CostNow => "command-cost",
        Name::Status => "command-status",
        Name::Help => "command-help",
    }
}

/// The names of a word of a command or an option.
fn word_names(word: &str) -> Localized {
    Localized::of(match word {
        "launch" => "command-word-launch",
        "terminate" => "command-word-terminate",
        "service" => "command-word-service",
        "nat" => "command-word-nat",
        "open" => "command-word-open",
        "extend" => "command-word-extend",
        "close" => "command-word-close",
        "history" => "command-word-history",
        "session" => "command-word-session",
        "start" => "command-word-start",
        "status" => "command-word-status",
        "cost" => "command-word-cost",
        "now" => "command-word-now",
        "help" => "command-word-help",
        "type" => "command-word-type",
        "image" => "command-word-image",
        "market" => "command-word-market",
        "duration" => "command-word-duration",
        "count" => "command-word-count",
        "instance" => "command-word-instance",
        other => unreachable!("no names for {other}"),
    })
}

/// The options of a command.
pub(crate) fn options(name: Name) -> Vec<OptionDefinition> {
    let option = |name, description| OptionDefinition {
        name,
        names: word_names(name),
        description: Localized::of(description),
        required: false,
        choices: Vec::new(),
        autocomplete: false,
    };
    match name {
        Name::LaunchService => vec![
            OptionDefinition { autocomplete: true, ..option("type", "command-option-type") },
            OptionDefinition { autocomplete: true, ..option("image", "command-option-image") },
            OptionDefinition { choices: markets(), ..option("market", "command-option-market") },
        ],
        Name::NatOpen => vec![option("duration", "command-option-open-duration")],
        Name::NatExtend => {
            vec![OptionDefinition { required: true, ..option("duration", "command-option-extend-duration") }]
        }
        Name::NatHistory => vec![option("count", "command-option-count")],
        Name::SessionStart => vec![OptionDefinition {
            required: true,
            autocomplete: true,
            ..option("instance", "command-option-instance")
        }],
        Name::TerminateService | Name::NatClose | Name::Status | Name::CostNow | Name::Help => Vec::new(),
    }
}

fn markets() -> Vec<Choice> {
    Market::ALL
        .into_iter()
        .map(|market| {
            let key = match market {
                Market::OnDemand => "command-choice-on-demand",
                Market::Spot => "command-choice-spot",
            };
            Choice { name: Localized::of(key), value: market.as_str() }
        })
        .collect()
}

/// A command as the reader would type it: `/nat open`, `/nat 열기`.
pub(crate) fn line(name: Name, locale: Locale) -> String {
    let words: Vec<String> =
        name.path().iter().map(|word| word_names(word).in_locale(locale).to_owned()).collect();
    format!("/{}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Discord's rule for names: <https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming>
    fn is_name(name: &str) -> bool {
        (1..=32).contains(&name.chars().count())
            && name.chars().all(|c| c.is_alphanumeric() || "-_'".contains(c))
            && name.to_lowercase() == name
    }

    #[test]
    fn names_and_descriptions_are_within_discords_limits() {
        let mut names = Vec::new();
        let mut descriptions = Vec::new();
        let mut choices = Vec::new();
        for command in all() {
            let mut options = command.options.clone();
            names.push((command.name, command.names));
            descriptions.push(command.description);
            assert!(command.subcommands.is_empty() || command.options.is_empty(), "{}", command.name);
            for sub in command.subcommands {
                names.push((sub.name, sub.names));
                descriptions.push(sub.description);
                options.extend(sub.options);
            }
            for option in options {
                assert!(option.choices.is_empty() || !option.autocomplete, "{}", option.name);
                names.push((option.name, option.names));
                descriptions.push(option.description);
                choices.extend(option.choices);
            }
        }
        for (name, localized) in names {
            assert_eq!(name, localized.default, "the default name is what payloads carry");
            assert!(is_name(&localized.default) && is_name(&localized.ko), "{localized:?}");
        }
        for text in descriptions {
            for text in [text.default, text.ko] {
                assert!((1..=100).contains(&text.chars().count()), "{text}");
            }
        }
        for choice in choices {
            assert!(choice.name.default.chars().count() <= 100 && choice.name.ko.chars().count() <= 100);
        }
    }

    #[test]
    fn required_options_come_first() {
        for name in Name::ALL {
            let required: Vec<bool> = options(name).iter().map(|option| option.required).collect();
            assert!(required.is_sorted_by(|one, other| one >= other), "{name:?}");
        }
    }

    #[test]
    fn the_terms_for_commands_are_what_the_definitions_say() {
        for locale in Locale::ALL {
            for (name, term) in [
                (Name::LaunchService, "cmd-launch"),
                (Name::TerminateService, "cmd-terminate"),
                (Name::NatOpen, "cmd-nat-open"),
                (Name::NatExtend, "cmd-nat-extend"),
                (Name::NatClose, "cmd-nat-close"),
                (Name::NatHistory, "cmd-nat-history"),
                (Name::SessionStart, "cmd-session"),
                (Name::Status, "cmd-status"),
                (Name::CostNow, "cmd-cost"),
                (Name::Help, "cmd-help"),
            ] {
                assert_eq!(crate::texts::term(locale, term), format!("`{}`", line(name, locale)));
            }
        }
    }
}
