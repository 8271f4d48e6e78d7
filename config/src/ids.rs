//! Ids of Discord's things. Discord calls them snowflakes: unsigned 64-bit numbers whose upper 42 bits are the
//! milliseconds since the start of 2015, written as text in JSON because JavaScript cannot hold them
//! (<https://discord.com/developers/docs/reference#snowflakes>).

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::read::Plausible;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty, or dots or angle brackets where an id belongs: nobody has filled it in yet.
    #[error(
        "still a placeholder: put an id here (Discord → Settings → Advanced → Developer Mode on, then \
         right-click → Copy ID)"
    )]
    Placeholder,
    /// Something else than digits, or a number that does not fit.
    #[error("`{0}` is not a Discord id: those are 17 to 20 digits and nothing else")]
    NotANumber(String),
}

/// Reads an id written as text.
fn parse(text: &str) -> Result<u64, IdError> {
    let text = text.trim();
    let has_digits = text.contains(|c: char| c.is_ascii_digit());
    if !has_digits && (text.is_empty() || text.contains(['…', '<']) || text.contains("...")) {
        return Err(IdError::Placeholder);
    }
    // `u64::from_str` alone would take a sign.
    let number = if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None };
    number.ok_or_else(|| not_a_number(text))
}

/// What was written instead of an id; cut short when it is much longer than one, for it may be a secret in the
/// wrong place, and errors get printed.
fn not_a_number(text: &str) -> IdError {
    let start: String = text.chars().take(8).collect();
    IdError::NotANumber(if text.chars().count() > 32 { format!("{start}…") } else { text.to_owned() })
}

/// Discord opened in May 2015, by when snowflakes had 17 digits.
const FEWEST_DIGITS: u64 = 10_u64.pow(16);

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Discord id: 17 to 20 digits, in quotes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        parse(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, id: u64) -> Result<u64, E> {
        Ok(id)
    }

    fn visit_i64<E: de::Error>(self, id: i64) -> Result<u64, E> {
        u64::try_from(id).map_err(|_| E::custom(IdError::NotANumber(id.to_string())))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Reads from text or from a number, writes as text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(IdVisitor).map(Self)
            }
        }

        // Only in the settings, where people type: elsewhere an id is what it is.
        impl Plausible for $name {
            fn objection(&self) -> Option<String> {
                (self.0 < FEWEST_DIGITS).then(|| IdError::NotANumber(self.to_string()).to_string())
            }
        }
    )*};
}

ids! {
    /// A guild: what people call a Discord server.
    GuildId;
    /// A channel of a guild.
    ChannelId;
    /// A role of a guild. The role whose id is the guild's own is `@everyone`.
    RoleId;
    /// A person, or a bot.
    UserId;
}

impl RoleId {
    /// Whether this is the role that everybody in `guild` has.
    /// (<https://discord.com/developers/docs/topics/permissions#role-object>)
    #[must_use]
    pub fn is_everyone(self, guild: GuildId) -> bool {
        self.0 == guild.0
    }
}
