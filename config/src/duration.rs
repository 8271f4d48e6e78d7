//! Lengths of time as people write them: `30m`, `1h 30m`, `90` (minutes), `2시간`, `1시간 30분`.
//!
//! fundu reads numbers and units; what it leaves to us is tidying what was typed (full-width digits, capitals,
//! the Korean "and a half"), refusing what adds up but was hardly meant (`5 5`, `1h-30m`), and guessing at the
//! nearest thing that would have been right.

use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::TimeDelta;
use fundu::{CustomDurationParser, CustomTimeUnit, ParseError, SaturatingInto, TimeUnit};

use crate::choice;

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
/// spaces; fractions (`1.5h`); a number without a unit, alone or at the end (`1h30`), is minutes.
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

/// What was typed, in the characters that fundu knows.
fn tidy(text: &str) -> String {
    let narrow = |c: char| match c {
        // Full-width forms, as an East Asian keyboard writes them, lie at a fixed distance from ASCII.
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    let text: String = text.chars().map(narrow).collect();
    // "한 시간 반" is an hour and a half; with the number as a digit people do write "1시간 반".
    text.trim().to_lowercase().replace("시간 반", "시간 30분").replace("시간반", "시간 30분")
}

/// Reads tidied text; never suggests anything.
fn read(text: &str) -> Result<TimeDelta, DurationError> {
    let malformed = DurationError::Malformed { suggestion: None };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.contains(['+', '-']) || is_bare_number_first(unsigned) {
        return Err(malformed);
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
