//! Every sentence a person can read, by language: the Fluent files in `commands/locales/`.
//!
//! A key begins with the name of its file (its topic): `timed-close-none` is in `timed.ftl`. Terms in
//! `common.ftl` (`-window`, `-cmd-nat-open`) hold the words that have to be the same everywhere.

use std::borrow::Cow;
use std::sync::LazyLock;

use doorman_config::Locale;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

/// A topic with its texts in English and Korean.
type Topic = (&'static str, &'static str, &'static str);

macro_rules! topics {
    ($($topic:literal)*) => {
        [$((
            $topic,
            include_str!(concat!("../../locales/en-US/", $topic, ".ftl")),
            include_str!(concat!("../../locales/ko/", $topic, ".ftl")),
        )),*]
    };
}

static TOPICS: &[Topic] = &topics![
    "admit" "card" "command" "common" "cost" "daily" "elsewhere" "hand" "help" "history" "launch" "notice" "outage" "receipt" "repair"
    "service" "session" "status" "terminate" "timed" "trouble" "window"
];

struct Bundles {
    english: FluentBundle<FluentResource>,
    korean: FluentBundle<FluentResource>,
}

static BUNDLES: LazyLock<Bundles> = LazyLock::new(|| Bundles {
    english: bundle(langid!("en-US"), |topic| topic.1),
    korean: bundle(langid!("ko"), |topic| topic.2),
});

fn bundle(
    language: unic_langid::LanguageIdentifier,
    text: impl Fn(&Topic) -> &'static str,
) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks are for mixed writing directions; Discord shows them as boxes in code blocks.
    bundle.set_use_isolating(false);
    for topic in TOPICS {
        // What cannot be parsed or is there twice is found by the tests below, and left out at run time.
        let resource = FluentResource::try_new(text(topic).to_owned()).unwrap_or_else(|(rest, _)| rest);
        if bundle.add_resource(resource).is_err() {
            tracing::error!("texts of {} say something twice", topic.0);
        }
    }
    bundle
}

/// A value to put into a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Text, put in as it is.
    Text(String),
    /// A number, which texts can count by.
    Number(f64),
}

macro_rules! value_from {
    ($($from:ty => |$it:ident| $value:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $value
            }
        }
    )*};
}

value_from! {
    &str => |text| Value::Text(text.to_owned());
    String => |text| Value::Text(text);
    &String => |text| Value::Text(text.clone());
    f64 => |number| Value::Number(number);
    i32 => |number| Value::Number(f64::from(number));
    u16 => |number| Value::Number(f64::from(number));
    u32 => |number| Value::Number(f64::from(number));
    i64 => |number| Value::Number(number as f64);
    u64 => |number| Value::Number(number as f64);
    usize => |number| Value::Number(number as f64);
}

/// The text of `key` in the language of `locale`, with `args` put in.
///
/// A key that no file has is returned itself, and logged: half a sentence is better than a dead bot. The
/// tests prove that there is none.
pub(crate) fn say(locale: Locale, key: &str, args: &[(&str, Value)]) -> String {
    let bundle = match locale {
        Locale::EnUs => &BUNDLES.english,
        Locale::Ko => &BUNDLES.korean,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        wrong_text(&format!("no text for {key}"));
        return key.to_owned();
    };
    let args: FluentArgs<'_> = args
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Text(text) => FluentValue::String(Cow::Borrowed(text.as_str())),
                Value::Number(number) => FluentValue::from(*number),
            };
            (*name, value)
        })
        .collect();
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
    if !errors.is_empty() {
        wrong_text(&format!("text {key} cannot be put together: {errors:?}"));
    }
    text
}

/// Logs that a text is wrong; in this crate's own tests, fails.
fn wrong_text(what: &str) {
    tracing::error!("{what}");
    #[cfg(test)]
    panic!("{what}");
}

/// A term, which only other texts can use.
#[cfg(test)]
pub(crate) fn term(locale: Locale, name: &str) -> String {
    let probe = FluentResource::try_new(format!("probe = {{ -{name} }}")).expect("a message");
    let mut bundle = bundle(langid!("en-US"), |topic| if locale == Locale::Ko { topic.2 } else { topic.1 });
    bundle.add_resource(probe).expect("no other message has that name");
    let pattern = bundle.get_message("probe").and_then(|message| message.value()).expect("just added");
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
    assert!(errors.is_empty(), "{errors:?}");
    text
}

#[cfg(test)]
mod tests;
