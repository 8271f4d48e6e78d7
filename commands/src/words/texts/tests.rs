use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, Resource,
};
use fluent_syntax::parser;

use super::*;
use crate::definitions;
use crate::table::Name;
use crate::words::leases::OF_EVERY_LEASE;

/// Key → the variables its text uses, its own terms followed.
type Keys = BTreeMap<String, BTreeSet<String>>;

#[derive(Default)]
struct Uses {
    variables: BTreeSet<String>,
    terms: BTreeSet<String>,
}

impl Uses {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
            Expression::Inline(inline) => self.inline(inline),
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => _ = self.variables.insert(id.name.to_owned()),
            InlineExpression::TermReference { id, arguments, .. } => {
                self.terms.insert(id.name.to_owned());
                self.arguments(arguments.as_ref());
            }
            InlineExpression::FunctionReference { arguments, .. } => self.arguments(Some(arguments)),
            InlineExpression::MessageReference { id, .. } => panic!("{} is used inside a text", id.name),
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        }
    }

    fn arguments(&mut self, arguments: Option<&CallArguments<&str>>) {
        let Some(arguments) = arguments else { return };
        for inline in arguments.positional.iter().chain(arguments.named.iter().map(|named| &named.value)) {
            self.inline(inline);
        }
    }
}

fn parsed<'t>(topic: &str, text: &'t str) -> Resource<&'t str> {
    parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{topic}.ftl: {errors:?}"))
}

fn keys_of(text_of: impl Fn(&Topic) -> &'static str) -> Keys {
    let (mut keys, mut terms) = (Keys::new(), BTreeSet::new());
    let mut used_terms = BTreeSet::new();
    for topic in TOPICS {
        for entry in parsed(topic.0, text_of(topic)).body {
            let mut uses = Uses::default();
            match entry {
                Entry::Message(message) => {
                    let key = message.id.name;
                    assert!(
                        key.starts_with(&format!("{}-", topic.0)),
                        "{key} does not belong in {}",
                        topic.0
                    );
                    assert!(message.attributes.is_empty(), "{key} has attributes");
                    uses.pattern(message.value.as_ref().unwrap_or_else(|| panic!("{key} is empty")));
                    assert!(keys.insert(key.to_owned(), uses.variables).is_none(), "{key} is there twice");
                }
                Entry::Term(term) => {
                    uses.pattern(&term.value);
                    assert!(uses.variables.is_empty(), "-{} has variables", term.id.name);
                    assert!(terms.insert(term.id.name.to_owned()), "-{} is there twice", term.id.name);
                }
                Entry::Junk { content } => panic!("{}.ftl: {content}", topic.0),
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            }
            used_terms.extend(uses.terms);
        }
    }
    let unknown: Vec<_> = used_terms.difference(&terms).collect();
    assert!(unknown.is_empty(), "terms used but not there: {unknown:?}");
    keys
}

fn english() -> Keys {
    keys_of(|topic| topic.1)
}

#[test]
fn both_languages_say_the_same_with_the_same_variables() {
    let (english, korean) = (english(), keys_of(|topic| topic.2));
    let names = |keys: &Keys| keys.keys().cloned().collect::<BTreeSet<_>>();
    let missing: Vec<_> = names(&english).symmetric_difference(&names(&korean)).cloned().collect();
    assert!(missing.is_empty(), "in one language only: {missing:?}");
    for (key, variables) in &english {
        assert_eq!(variables, &korean[key], "{key}");
    }
}

/// Every source file of the crate without its tests.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("the crate's sources") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                if !["tests", "testbed"].iter().any(|tests| path.ends_with(tests)) {
                    walk(&path, found);
                }
            } else if path.extension().is_some_and(|ext| ext == "rs")
                && !["tests.rs", "fixtures.rs"].iter().any(|tests| path.ends_with(tests))
            {
                let text = std::fs::read_to_string(&path).expect("text");
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                found.push((path, code));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 10);
    found
}

/// The string literals of a piece of code that have no escapes.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
}

#[test]
fn every_key_in_the_code_exists_and_every_key_that_exists_is_in_the_code() {
    let keys = english();
    let mut unused: BTreeSet<&str> = keys.keys().map(String::as_str).collect();
    // Those of the commands follow from their words, those of cards from the commands that show one.
    let of_cards = Name::ALL.iter().map(|name| name.spec()).filter(|spec| spec.card);
    let of_cards = of_cards.map(|spec| format!("card-cancelled-{}", spec.path.join("-")));
    for key in definitions::keys().into_iter().chain(of_cards) {
        assert!(keys.contains_key(&key), "no text for {key}");
        unused.remove(key.as_str());
    }
    let sources = sources();
    for (path, code) in &sources {
        for literal in literals(code) {
            unused.remove(literal);
            let is_key = TOPICS.iter().any(|topic| {
                literal.strip_prefix(topic.0).is_some_and(|rest| {
                    rest.starts_with('-')
                        && rest.len() > 1
                        && rest.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                })
            });
            assert!(!is_key || keys.contains_key(literal), "{}: no text for {literal}", path.display());
        }
    }
    assert!(unused.is_empty(), "never said: {unused:?}");
}

/// What stands between the parenthesis at the start of `code` and the one that closes it.
fn arguments(code: &str) -> &str {
    let (mut depth, mut quoted) = (0, false);
    for (at, c) in code.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return &code[1..at];
                }
            }
            _ => {}
        }
    }
    panic!("unclosed: {}", &code[..code.len().min(80)])
}

#[test]
fn calls_pass_the_variables_their_text_uses() {
    let keys = english();
    let mut checked = 0;
    for (path, code) in sources() {
        let plain = code.match_indices("say(").map(|(at, _)| (at + 3, 1));
        let of_a_lease = code.match_indices("say_of(").map(|(at, _)| (at + 6, 2));
        for (at, before) in plain.chain(of_a_lease) {
            let call = arguments(&code[at..]);
            let mut parts = call.splitn(before + 2, ',').map(str::trim).skip(before);
            let (Some(key), Some(args)) = (parts.next(), parts.next()) else {
                continue;
            };
            let (Some(key), Some(args)) = (key.strip_prefix('"'), args.strip_prefix("&[")) else {
                continue;
            };
            let key = key.trim_end_matches('"');
            let passed: BTreeSet<String> = args
                .split("(\"")
                .skip(1)
                .filter_map(|arg| arg.split_once("\","))
                .map(|(name, _)| name.to_owned())
                .collect();
            let Some(used) = keys.get(key) else { panic!("{}: no text for {key}", path.display()) };
            let mut used = used.clone();
            if before == 2 {
                used.retain(|name| !OF_EVERY_LEASE.contains(&name.as_str()));
            }
            assert_eq!(passed, used, "{}: {key}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} calls were understood");
}

#[test]
fn variables_and_counts_are_put_in_without_isolation_marks() {
    let args = [("roles", "<@&1>".into()), ("count", 1.into()), ("verb", "nat".into())];
    let text = say(Locale::EnUs, "admit-role-missing", &args);
    assert!(text.starts_with("You need the role <@&1> (verb `nat`)"), "{text}");
    let args = [("roles", "<@&1>, <@&2>".into()), ("count", 2.into()), ("verb", "nat".into())];
    let text = say(Locale::Ko, "admit-role-missing", &args);
    assert!(text.starts_with("이 작업에는 <@&1>, <@&2> 중 하나의 역할이"), "{text}");
}

/// What is called so in Korean, too: names of products, of services and of things of AWS's.
const NAMES: [&str; 29] = [
    "API",
    "AWS",
    "CLI",
    "Center",
    "DM",
    "Dashboard",
    "Discord",
    "EC2",
    "GiB",
    "Health",
    "IAM",
    "ID",
    "IP",
    "Manager",
    "Marketplace",
    "NAT",
    "NTP",
    "Quotas",
    "SSH",
    "SSM",
    "Service",
    "Session",
    "Support",
    "Systems",
    "TCP",
    "USD",
    "Ubuntu",
    "VPC",
    "vCPU",
];
/// What people may type, in descriptions, where Discord shows no marks around it.
const TYPED: [&str; 6] = ["30m", "ami-", "doorman", "nat", "t3.micro", "ubuntu-24.04"];

/// The words of a text, without what is put into it.
fn said(pattern: &Pattern<&str>, words: &mut String) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => words.push_str(value),
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                variants.iter().for_each(|variant| said(&variant.value, words));
            }
            PatternElement::Placeable { expression: Expression::Inline(_) } => words.push('·'),
        }
    }
}

/// What is left to be read of it in Latin letters, but names and what is typed or pasted.
fn foreign(text: &str) -> Vec<&str> {
    // Between ticks something is quoted; the address of a link nobody reads.
    let quoted = text.split('`').step_by(2);
    let shown = quoted.flat_map(|part| part.split("](").enumerate()).map(|(nth, part)| match nth {
        0 => part,
        _ => part.split_once(')').map_or("", |(_, rest)| rest),
    });
    let in_word = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let words = shown.flat_map(move |part| part.split(move |c: char| !in_word(c)));
    let words = words
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()));
    words.filter(|word| !NAMES.contains(word) && !TYPED.contains(word)).collect()
}

#[test]
fn korean_has_no_english_in_it() {
    assert_eq!(
        foreign("`stop` the AWS [instance](https://example.com/a) [x](b) 인스턴스 t3.micro."),
        ["the", "instance", "x"]
    );
    for topic in TOPICS {
        for entry in parsed(topic.0, topic.2).body {
            let (key, pattern) = match &entry {
                Entry::Message(message) => (message.id.name, message.value.as_ref()),
                Entry::Term(term) => (term.id.name, Some(&term.value)),
                _ => continue,
            };
            let mut text = String::new();
            pattern.iter().for_each(|pattern| said(pattern, &mut text));
            assert_eq!(foreign(&text), Vec::<&str>::new(), "{key}: {text}");
        }
    }
}
