//! Lengths of time as people write them: `30m`, `1h 30m`, `90` (minutes), `2시간`, `1시간 30분`, `한 시간 반`.
//!
//! fundu reads numbers and units; what it leaves to us is [tidying](text::tidy) what was typed, Korean in words
//! (`spoken`), asking about what adds up but was hardly meant (`5 5`, `5m5`, `1h-30m`), and guessing at the
//! nearest thing that would have been right.

mod spoken;

use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::TimeDelta;
use fundu::{CustomDurationParser, CustomTimeUnit, ParseError, SaturatingInto, TimeUnit};

use crate::{choice, text};

const SECOND: &[&str] = &["s", "sec", "secs", "second", "seconds", "초"];
const MINUTE: &[&str] = &["m", "min", "mins", "minute", "minutes", "분"];
const HOUR: &[&str] = &["h", "hr", "hrs", "hour", "hours", "시간"];
const DAY: &[&str] = &["d", "day", "days", "일"];

const UNITS: [CustomTimeUnit; 4] = [
    CustomTimeUnit::with_default(TimeUnit::Second, SECOND),
    CustomTimeUnit::with_default(TimeUnit::Minute, MINUTE),
    CustomTimeUnit::with_default(TimeUnit::Hour, HOUR),
    CustomTimeUnit::with_default(TimeUnit::Day, DAY),
];

static PARSER: LazyLock<CustomDurationParser<'static>> = LazyLock::new(|| {
    CustomDurationParser::builder()
        .time_units(&UNITS)
        .default_unit(TimeUnit::Minute)
        .allow_time_unit_delimiter()
        .parse_multiple(None)
        .allow_negative()
        .disable_exponent()
        .disable_infinity()
        .build()
});

/// The longest that is read: a year. Longer is a slip of the finger, and adding chrono's own longest to a date
/// would overflow.
pub const LONGEST: TimeDelta = TimeDelta::days(365);

/// Why a text is not a length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was written.
    #[error("a duration is missing; write one like `30m`, `1h30m` or `90` (minutes)")]
    Empty,
    /// It cannot be read.
    #[error("not a duration; {}", match suggestion {
        Some(text) => format!("did you mean `{text}`?"),
        None => "write one like `30m`, `1h30m` or `90` (minutes)".to_owned(),
    })]
    Malformed {
        /// The nearest text that can be, in the form [`format()`] writes. `None` when nothing is near.
        suggestion: Option<String>,
    },
    /// A number without a unit follows a unit below the hour, or a day: nobody knows what it counts.
    #[error("{} and {number} what? {}", format(*.before), match suggestion {
        Some(text) => format!("write the unit, as in `{text}`"),
        None => "write the unit".to_owned(),
    })]
    NoUnit {
        /// What was read before the number.
        before: TimeDelta,
        /// The number, as typed.
        number: String,
        /// The same with the next smaller unit, in the form [`format()`] writes. `None` when there is none.
        suggestion: Option<String>,
    },
    /// It is zero, or less than a second.
    #[error("a duration must be longer than zero")]
    Zero,
    /// It is below zero.
    #[error("a duration cannot be negative")]
    Negative,
    /// It is longer than [`LONGEST`].
    #[error("a duration cannot be longer than a year")]
    TooLong,
}

/// Reads a length of time, to the second.
///
/// Numbers with units of seconds, minutes, hours and days, in English or Korean, in any case, with or without
/// spaces; fractions (`1.5h`); a number without a unit, alone or after hours (`1h30`), is minutes. In Korean numbers
/// may be words, and a half is one (`두 시간 반`). Which characters of Unicode it is written in makes no difference.
///
/// # Errors
///
/// When it cannot be read, is not above zero, or is longer than [`LONGEST`].
pub fn parse(text: &str) -> Result<TimeDelta, DurationError> {
    let text = tidy(text);
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    read(&text).map_err(|error| match error {
        DurationError::Malformed { .. } => DurationError::Malformed { suggestion: suggest(&text) },
        other => other,
    })
}

/// Writes a length of time the way [`parse`] reads it, as short as it goes: `1h30m`, `45s`, `1d`; parts of a
/// second are dropped. Zero is `0m`.
#[must_use]
pub fn format(delta: TimeDelta) -> String {
    let mut seconds = delta.num_seconds().unsigned_abs();
    let mut text = String::new();
    if delta.num_seconds() < 0 {
        text.push('-');
    }
    for (unit, size) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        if seconds >= size {
            _ = write!(text, "{}{unit}", seconds / size);
            seconds %= size;
        }
    }
    if text.is_empty() { "0m".to_owned() } else { text }
}

/// What was typed, in the characters and words that fundu knows.
fn tidy(text: &str) -> String {
    spoken::in_digits(&text::tidy(text).to_lowercase())
}

/// Reads tidied text; suggests nothing for what is malformed.
fn read(text: &str) -> Result<TimeDelta, DurationError> {
    let malformed = DurationError::Malformed { suggestion: None };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.contains(['+', '-']) || is_bare_number_first(unsigned) {
        return Err(malformed);
    }
    if let Some((before, number)) = number_without_unit(unsigned) {
        return Err(no_unit(before, number));
    }
    let duration = match PARSER.parse(text) {
        Ok(duration) => duration,
        Err(ParseError::Empty) => return Err(DurationError::Empty),
        Err(ParseError::Overflow) => return Err(DurationError::TooLong),
        Err(_) => return Err(malformed),
    };
    if duration.is_negative() {
        return Err(DurationError::Negative);
    }
    let std: std::time::Duration = duration.saturating_into();
    match i64::try_from(std.as_secs()) {
        Ok(0) => Err(DurationError::Zero),
        Ok(seconds) if seconds <= LONGEST.num_seconds() => Ok(TimeDelta::seconds(seconds)),
        _ => Err(DurationError::TooLong),
    }
}

/// Whether a number without a unit stands before another number: `5 5` would be ten minutes, `1 30` half an
/// hour and one minute, and whoever wrote them meant neither.
fn is_bare_number_first(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|pair| {
        pair[0].ends_with(|c: char| c.is_ascii_digit()) && pair[1].starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The number at the end of `text` and what stands before it, when that ends with a unit after which nobody leaves
/// the next one out. After hours people do: `1h30`.
fn number_without_unit(text: &str) -> Option<(&str, &str)> {
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &text[before.len()..];
    let unit = last_unit(before);
    (number.contains(|c: char| c.is_ascii_digit()) && !unit.is_empty() && !HOUR.contains(&unit))
        .then(|| (before.trim_end(), number))
}

/// The letters that a text ends with.
fn last_unit(text: &str) -> &str {
    let text = text.trim_end();
    &text[text.trim_end_matches(char::is_alphabetic).len()..]
}

fn no_unit(before: &str, number: &str) -> DurationError {
    let read_before = match read(before) {
        Ok(read) => read,
        Err(DurationError::Zero) => TimeDelta::zero(),
        Err(error) => return error,
    };
    let smaller = match last_unit(before) {
        unit if MINUTE.contains(&unit) => Some("s"),
        unit if DAY.contains(&unit) => Some("h"),
        _ => None,
    };
    let suggestion = smaller.and_then(|unit| read(&format!("{before}{number}{unit}")).ok()).map(format);
    DurationError::NoUnit { before: read_before, number: number.to_owned(), suggestion }
}

/// The nearest thing to `text` that can be read: `1:30` as hours and minutes, misspelt units put right, and
/// anything that belongs to neither number nor unit left out.
fn suggest(text: &str) -> Option<String> {
    if let Some((hours, minutes)) = text.split_once(':') {
        let text = format!("{hours}h{minutes}m");
        return read(&text).ok().map(format);
    }
    let mut guess = String::new();
    let mut rest = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    while !rest.is_empty() {
        let (number, after) = split_where(rest, |c| !c.is_ascii_digit() && c != '.');
        let (unit, after) = split_where(after, |c| c.is_ascii_digit());
        let unit = unit.trim_matches(|c: char| !c.is_alphabetic());
        guess.push_str(number.trim_end_matches('.'));
        match unit {
            "" if after.is_empty() => {}
            "" => return None,
            unit => guess.push_str(nearest_unit(unit)?),
        }
        rest = after;
    }
    read(&guess).ok().map(format)
}

fn split_where(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(end).unwrap_or(text.len()))
}

/// The unit that was probably meant. Nobody misses the first letter of a unit; not asking for it would make
/// `30x` minutes.
fn nearest_unit(word: &str) -> Option<&'static str> {
    let units = [SECOND, MINUTE, HOUR, DAY].into_iter().flatten().copied();
    let alike: Vec<&str> = units.filter(|unit| unit.chars().next() == word.chars().next()).collect();
    choice::nearest(word, alike)
}
