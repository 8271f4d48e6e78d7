//! What writes the script: line by line, quoted, and with variables for what is not there yet.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cli::Cli;
use crate::place::Place;

/// Seconds between two tries of what has to be tried again.
const PAUSE_S: u32 = 5;
/// How often it is tried: for five minutes.
const TRIES: u32 = 60;
/// How often it is asked for what takes its time: for twenty minutes.
const ASKS: u32 = 240;

/// Writes a script for a POSIX shell.
///
/// What a line makes has no id before the line has run, and later lines name it. So it is given a **mark**, which goes
/// wherever an id goes: into acts, what was observed, JSON. On the way to the script each mark becomes a variable of the
/// shell. A mark has the id of the lease in it, which is new and partly chance: nothing that a person wrote looks like it.
#[derive(Clone, Debug)]
pub(crate) struct Hand {
    place: Place,
    /// What tells our marks from anything else.
    salt: String,
    lines: String,
    /// What is said above the next line.
    comment: Option<String>,
    /// How many variables of each name there are.
    names: BTreeMap<String, u32>,
    /// The variable of each mark.
    marks: Vec<(String, String)>,
    repeats: bool,
    asks: bool,
    digests: bool,
}

/// How often a line is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tries {
    /// Once.
    Once,
    /// Until it succeeds: AWS refuses it while what was just made, or is just going, is not known everywhere. The act may be
    /// repeated without harm.
    Again,
}

impl Hand {
    /// A script without lines, in that place. `salt` is the id of what it is for.
    pub(crate) fn new(place: Place, salt: &str) -> Hand {
        let (lines, names, marks) = (String::new(), BTreeMap::new(), Vec::new());
        let salt = salt.to_owned();
        Hand { place, salt, lines, comment: None, names, marks, repeats: false, asks: false, digests: false }
    }

    /// Where it is done.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether nothing was written yet.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A line that makes nothing that a later one names.
    pub(crate) fn runs(&mut self, cli: Cli, tries: Tries) {
        let line = self.written(cli, tries);
        self.line(&line);
    }

    /// A line that makes something; `query` says where in its answer the id is (JMESPath). Returns the mark.
    pub(crate) fn makes(&mut self, name: &str, cli: Cli, query: &str, tries: Tries) -> String {
        let cli = cli.with("--query", query).with("--output", "text");
        let made = self.written(cli, tries);
        let (mark, variable) = self.mark(name);
        self.line(&format!("{variable}=$({made})"));
        mark
    }

    /// The first letters of the SHA-256 of a text that names what is not there yet; the text itself tells nothing. Returns
    /// the mark.
    pub(crate) fn digests(&mut self, name: &str, text: &str, letters: usize) -> String {
        self.digests = true;
        let text = self.word(text);
        let (mark, variable) = self.mark(name);
        self.line(&format!("{variable}=$(printf %s {text} | sha256 | cut -c 1-{letters})"));
        mark
    }

    /// A line that waits by itself, or fails.
    pub(crate) fn waits(&mut self, cli: Cli) {
        self.runs(cli, Tries::Once);
    }

    /// Asks until the answer is that.
    pub(crate) fn asks_until(&mut self, answer: &str, cli: Cli) {
        self.asks = true;
        let (answer, asked) = (self.word(answer), self.written(cli.with("--output", "text"), Tries::Once));
        self.line(&format!("ask_until {answer} {asked}"));
    }

    /// What is said above the next line; `None`: nothing.
    pub(crate) fn says(&mut self, comment: Option<String>) {
        self.comment = comment;
    }

    /// Whether a text names what is not there yet.
    pub(crate) fn is_marked(&self, text: &str) -> bool {
        self.marks.iter().any(|(mark, _)| text.contains(mark))
    }

    fn line(&mut self, line: &str) {
        if let Some(mut comment) = self.comment.take() {
            for (mark, variable) in &self.marks {
                comment = comment.replace(mark, &format!("${variable}"));
            }
            self.lines.push_str(&commented(&comment));
        }
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    fn mark(&mut self, name: &str) -> (String, String) {
        let number = self.names.entry(name.to_owned()).or_default();
        *number += 1;
        let variable = if *number == 1 { name.to_owned() } else { format!("{name}_{number}") };
        let mark = format!("<{variable} of {}>", self.salt);
        self.marks.push((mark.clone(), variable.clone()));
        (mark, variable)
    }

    /// A command as it is written, an option a line.
    fn written(&mut self, cli: Cli, tries: Tries) -> String {
        let groups = cli.groups.iter().map(|words| {
            let words: Vec<String> = words.iter().map(|word| self.word(word)).collect();
            words.join(" ")
        });
        let command = groups.collect::<Vec<_>>().join(" \\\n  ");
        match tries {
            Tries::Once => command,
            Tries::Again => {
                self.repeats = true;
                format!("again {command}")
            }
        }
    }

    /// A word for the shell, with variables for the marks in it.
    fn word(&self, text: &str) -> String {
        let (mut word, mut rest) = (String::new(), text);
        while let Some((at, mark, variable)) = self.next_mark(rest) {
            if at > 0 {
                word.push_str(&quoted(&rest[..at]));
            }
            _ = write!(word, "\"${variable}\"");
            rest = &rest[at + mark.len()..];
        }
        if word.is_empty() || !rest.is_empty() {
            word.push_str(&quoted(rest));
        }
        word
    }

    fn next_mark(&self, text: &str) -> Option<(usize, &str, &str)> {
        let found = self.marks.iter().filter_map(|(mark, of)| Some((text.find(mark)?, &mark[..], &of[..])));
        found.min_by_key(|(at, _, _)| *at)
    }

    /// The whole script, with comments before it and what its lines need.
    pub(super) fn script(&self, about: &[String]) -> String {
        let Place { partition: _, account_id, region } = &self.place;
        let (account_id, region) = (quoted(account_id), quoted(region));
        let mut script = String::from("#!/bin/sh\n");
        for line in about {
            script.push_str(&commented(line));
        }
        _ = write!(
            script,
            "set -eu\n\
             export AWS_REGION={region} AWS_DEFAULT_REGION={region} AWS_PAGER=\n\
             # The ids below are of this account.\n\
             [ \"$(aws sts get-caller-identity --query Account --output text)\" = {account_id} ]\n"
        );
        if self.repeats {
            _ = write!(
                script,
                "\n# Runs a line until it succeeds: what was just made, or is just going, is not known everywhere at \
                 once.\n\
                 again() {{\n  tries=0\n  until \"$@\"; do\n    tries=$((tries + 1))\n    [ \"$tries\" -lt {TRIES} ] || \
                 return 1\n    sleep {PAUSE_S}\n  done\n}}\n"
            );
        }
        if self.asks {
            _ = write!(
                script,
                "\n# Asks until the answer is the first word.\n\
                 ask_until() {{\n  answer=$1\n  shift\n  tries=0\n  until said=$(\"$@\") && [ \"$said\" = \"$answer\" ]; \
                 do\n    tries=$((tries + 1))\n    [ \"$tries\" -lt {ASKS} ] || return 1\n    sleep {PAUSE_S}\n  \
                 done\n}}\n"
            );
        }
        if self.digests {
            script.push_str(
                "\n# GNU and BSD call it by different names.\n\
                 sha256() {\n  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi\n}\n",
            );
        }
        script.push('\n');
        script.push_str(&self.lines);
        script
    }
}

/// A comment on a line of its own.
fn commented(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {line}\n")
}

/// A word as every POSIX shell reads it. What no argument of a program can hold is left out.
fn quoted(word: &str) -> String {
    let word: String = word.chars().filter(|c| *c != '\0').collect();
    shell_words::quote(&word).into_owned()
}
