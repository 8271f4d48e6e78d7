//! Reading what people typed: the value of an option, a length of time, and the word that was probably meant.

use chrono::TimeDelta;
use doorman_config::duration::{self, DurationError};
use doorman_config::{Locale, text};

use crate::request::Typed;
use crate::words::texts::say;
use crate::words::when;

/// As much of a number is repeated as anybody can have meant.
const LONGEST_NUMBER: usize = 12;

/// The value of an option that was given.
pub(crate) fn word(typed: &Typed, option: &str) -> Option<String> {
    typed.option(option).filter(|text| !text.is_empty())
}

/// Reads a length of time from `least` on. `most`, which is the caller's to check, and `usual` are for what is proposed
/// to who wrote something else.
///
/// # Errors
///
/// One sentence on what cannot be used, with the nearest that can.
pub(crate) fn length(
    text: &str,
    least: TimeDelta,
    most: TimeDelta,
    usual: TimeDelta,
    locale: Locale,
) -> Result<TimeDelta, String> {
    let usual = when::length(locale, usual);
    let nearest = |suggestion: Option<String>| {
        let near = suggestion.and_then(|text| duration::parse(&text).ok());
        near.map_or_else(|| usual.clone(), |asked| when::length(locale, asked.clamp(least, most)))
    };
    let (key, near) = match duration::parse(text) {
        Ok(asked) if asked < least => ("timed-duration-too-short", when::length(locale, least)),
        Ok(asked) => return Ok(asked),
        Err(DurationError::Empty) => {
            return Err(say(locale, "timed-duration-missing", &[("nearest", usual.into())]));
        }
        Err(DurationError::TooLong) => ("timed-duration-too-long", when::length(locale, most)),
        Err(DurationError::Zero) => ("timed-duration-zero", when::length(locale, least)),
        Err(DurationError::Negative) => {
            // Who writes `-30m` most likely means half an hour.
            let positive = duration::parse(text.trim_start_matches(['-', ' ']));
            let near = positive.ok().filter(|asked| (least..=most).contains(asked));
            ("timed-duration-negative", near.map_or(usual, |asked| when::length(locale, asked)))
        }
        Err(DurationError::Malformed { suggestion }) => ("timed-duration-malformed", nearest(suggestion)),
        Err(DurationError::NoUnit { before, number, suggestion }) => {
            let args = [
                ("typed", quoted(text).into()),
                ("before", when::length(locale, before).into()),
                ("number", number.chars().take(LONGEST_NUMBER).collect::<String>().into()),
                ("nearest", nearest(suggestion).into()),
            ];
            return Err(say(locale, "timed-duration-no-unit", &args));
        }
    };
    Err(say(locale, key, &[("typed", quoted(text).into()), ("nearest", near.into())]))
}

/// What somebody typed, as it may be repeated to them: short, and nothing in it is markup.
pub(crate) fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && *c != '`').take(60).collect();
    if plain.is_empty() { "` `".to_owned() } else { format!("`{plain}`") }
}

/// The candidate nearest to what was typed, if one is near enough to have been meant.
pub(crate) fn nearest(typed: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let typed = plain(typed);
    candidates
        .into_iter()
        .map(|candidate| {
            let known = plain(&candidate);
            // Who breaks off in the middle means what goes on like that, also where another one is as like.
            let begun = if known.starts_with(&typed) { 1.0 } else { 0.0 };
            (strsim::jaro_winkler(&typed, &known) + begun, candidate)
        })
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

/// What was typed, or a name that somebody gave, as both are compared.
pub(crate) fn plain(text: &str) -> String {
    text::tidy(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_what_was_meant() {
        let images = ["ubuntu-24.04", "ubuntu-22.04", "ubuntu-20.04"].map(str::to_owned);
        for (typed, meant) in [
            ("ubuntu-24", "ubuntu-24.04"),
            ("ubuntu-22", "ubuntu-22.04"),
            ("ubuntu-2004", "ubuntu-20.04"),
            ("ubutnu-22.04", "ubuntu-22.04"),
        ] {
            assert_eq!(nearest(typed, images.clone()).as_deref(), Some(meant), "{typed}");
        }
        assert_eq!(nearest("debian", images), None);
    }

    #[test]
    fn what_is_repeated_is_short_and_no_markup() {
        assert_eq!(quoted("a`b\nc"), "`abc`");
        assert_eq!(quoted("`"), "` `");
        assert_eq!(quoted(&"x".repeat(500)).len(), 62);
    }
}
