//! The commands as Discord is to know them, and as `/help` shows them: plain data in both languages.

use doorman_config::Locale;

use crate::table::{Name, Opt, Values};
use crate::words::texts::say;

/// A text in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localized {
    /// English; what Discord shows in every language without a text of its own.
    pub default: String,
    /// Korean, for Discord's locale `ko`.
    pub ko: String,
}

impl Localized {
    fn of(key: &str) -> Localized {
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
        let Some((word, subs)) = name.spec().path.split_first() else { continue };
        if commands.last().is_none_or(|command| command.name != *word) {
            commands.push(CommandDefinition {
                name: word,
                names: word_names(word),
                description: about(&[word]),
                subcommands: Vec::new(),
                options: Vec::new(),
            });
        }
        let Some(command) = commands.last_mut() else { continue };
        match subs.first() {
            Some(sub) => command.subcommands.push(SubcommandDefinition {
                name: sub,
                names: word_names(sub),
                description: description(*name),
                options: options(*name),
            }),
            None => command.options = options(*name),
        }
    }
    commands
}

/// What a command is for.
pub(crate) fn description(name: Name) -> Localized {
    about(name.spec().path)
}

/// What the commands that begin with these words are for.
fn about(path: &[&str]) -> Localized {
    Localized::of(&format!("command-{}", path.join("-")))
}

/// The names of a word of a command or an option.
fn word_names(word: &str) -> Localized {
    Localized::of(&format!("command-word-{word}"))
}

/// The options of a command.
pub(crate) fn options(name: Name) -> Vec<OptionDefinition> {
    name.spec().options.iter().map(option).collect()
}

fn option(row: &Opt) -> OptionDefinition {
    let choices = match row.values {
        Values::OneOf(values) => {
            values.iter().map(|(value, key)| Choice { name: Localized::of(key), value }).collect()
        }
        Values::Any | Values::Suggested(_) => Vec::new(),
    };
    OptionDefinition {
        name: row.name,
        names: word_names(row.name),
        description: Localized::of(row.about),
        required: row.required,
        choices,
        autocomplete: matches!(row.values, Values::Suggested(_)),
    }
}

/// A command as the reader would type it: `/nat open`, `/nat 열기`.
pub(crate) fn line(name: Name, locale: Locale) -> String {
    let words: Vec<String> =
        name.spec().path.iter().map(|word| word_names(word).in_locale(locale).to_owned()).collect();
    format!("/{}", words.join(" "))
}

/// The keys of all texts that follow from the words of the commands.
#[cfg(test)]
pub(crate) fn keys() -> std::collections::BTreeSet<String> {
    let mut keys = std::collections::BTreeSet::new();
    for spec in Name::ALL.iter().map(|name| name.spec()) {
        let words = spec.path.iter().copied().chain(spec.options.iter().map(|option| option.name));
        keys.extend(words.map(|word| format!("command-word-{word}")));
        keys.extend((1..=spec.path.len()).map(|count| format!("command-{}", spec.path[..count].join("-"))));
    }
    keys
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
    fn the_terms_for_commands_are_what_the_definitions_say() {
        for locale in Locale::ALL {
            for (name, term) in [
                (Name::LaunchService, "cmd-launch"),
                (Name::TerminateService, "cmd-terminate"),
                (Name::NatOpen, "cmd-nat-open"),
                (Name::NatExtend, "cmd-nat-extend"),
                (Name::NatClose, "cmd-nat-close"),
                (Name::NatHistory, "cmd-nat-history"),
                (Name::ShellOpen, "cmd-shell-open"),
                (Name::ShellExtend, "cmd-shell-extend"),
                (Name::ShellClose, "cmd-shell-close"),
                (Name::SessionStart, "cmd-session"),
                (Name::Status, "cmd-status"),
                (Name::CostNow, "cmd-cost"),
                (Name::Help, "cmd-help"),
            ] {
                assert_eq!(crate::words::texts::term(locale, term), format!("`{}`", line(name, locale)));
            }
        }
    }
}
