//! How long a window may stay open.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::duration::{self, DurationError};
use crate::read::Section;

/// The length of a window: whole seconds, above zero and at most [`duration::LONGEST`]. Written like `1h30m`;
/// a bare number is minutes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowLength(TimeDelta);

impl WindowLength {
    /// For the defaults in this crate.
    pub(crate) const fn minutes(minutes: i64) -> Self {
        Self(TimeDelta::minutes(minutes))
    }

    /// The length itself.
    #[must_use]
    pub const fn delta(self) -> TimeDelta {
        self.0
    }
}

impl TryFrom<TimeDelta> for WindowLength {
    type Error = DurationError;

    /// Drops parts of a second.
    fn try_from(delta: TimeDelta) -> Result<Self, DurationError> {
        match delta.num_seconds() {
            _ if delta < TimeDelta::zero() => Err(DurationError::Negative),
            _ if delta > duration::LONGEST => Err(DurationError::TooLong),
            0 => Err(DurationError::Zero),
            seconds => Ok(Self(TimeDelta::seconds(seconds))),
        }
    }
}

/// How long the windows of one kind are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowLengths {
    /// When nobody says.
    pub default: WindowLength,
    /// The shortest there may be.
    pub minimum: WindowLength,
    /// The longest there may be from its opening on, extensions included.
    pub maximum: WindowLength,
}

impl WindowLengths {
    /// For the defaults in this crate.
    pub(crate) const fn minutes(default: i64, minimum: i64, maximum: i64) -> Self {
        let length = WindowLength::minutes;
        Self { default: length(default), minimum: length(minimum), maximum: length(maximum) }
    }

    /// Reads the fields `default`, `minimum` and `maximum`.
    pub(crate) fn read(section: &Section<'_, '_>, default: Self) -> Self {
        let lengths = Self {
            default: section.get_or("default", default.default),
            minimum: section.get_or("minimum", default.minimum),
            maximum: section.get_or("maximum", default.maximum),
        };
        let Self { default, minimum, maximum } = lengths;
        if !section.sound(&["default", "minimum", "maximum"]) {
            return lengths;
        }
        if minimum > maximum {
            section.wrong("minimum", format!("`{minimum}` is above the maximum, `{maximum}`"));
        } else if default < minimum {
            section.wrong("default", format!("`{default}` is below the minimum, `{minimum}`"));
        } else if default > maximum {
            section.wrong("default", format!("`{default}` is above the maximum, `{maximum}`"));
        }
        lengths
    }
}

impl FromStr for WindowLength {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        duration::parse(text).map(Self)
    }
}

impl fmt::Display for WindowLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&duration::format(self.0))
    }
}

impl fmt::Debug for WindowLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WindowLength({self})")
    }
}

impl Serialize for WindowLength {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WindowLength {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LengthVisitor;

        impl Visitor<'_> for LengthVisitor {
            type Value = WindowLength;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as \"30m\" or \"1h30m\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<WindowLength, E> {
                text.parse().map_err(|error| E::custom(format_args!("`{text}`: {error}")))
            }

            fn visit_i64<E: de::Error>(self, minutes: i64) -> Result<WindowLength, E> {
                self.visit_str(&minutes.to_string())
            }

            fn visit_u64<E: de::Error>(self, minutes: u64) -> Result<WindowLength, E> {
                self.visit_str(&minutes.to_string())
            }
        }

        deserializer.deserialize_any(LengthVisitor)
    }
}
