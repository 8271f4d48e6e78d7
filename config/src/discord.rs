//! `[discord]`: where doorman answers.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use url::Url;

use crate::choice;
use crate::ids::{ChannelId, GuildId};
use crate::read::Section;

/// The Discord server that doorman works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discord {
    /// The only guild (server) it answers in. No default.
    pub guild_id: GuildId,
    /// The channel for notices and reports. No default.
    pub channel_id: ChannelId,
    /// The language of what it posts unasked; a reply is in the asker's. Default: Korean.
    pub locale: Locale,
    /// A base URL other than Discord's own, such as `http://127.0.0.1:4000`, without a slash at the end:
    /// `/api/v10/…` is appended to it, and the gateway's address is asked for there. For the sandbox,
    /// proxies and tests; the environment's `DISCORD_API_URL` overrides it. Default: none.
    pub api_url: Option<String>,
}

impl Discord {
    pub(crate) fn read(section: &Section<'_, '_>) -> Option<Self> {
        let guild_id = section.need("guild_id", "the id of the only server that doorman answers in");
        let channel_id = section.need("channel_id", "the id of the channel for notices and reports");
        let locale = section.get_or("locale", Locale::Ko);
        let api_url = section.get("api_url").and_then(|url: String| match base_url(&url) {
            Ok(url) => Some(url),
            Err(message) => {
                section.wrong("api_url", message);
                None
            }
        });
        section.elsewhere("token", TOKEN_ELSEWHERE);
        Some(Self { guild_id: guild_id?, channel_id: channel_id?, locale, api_url })
    }
}

/// Most who write a bot's settings for the first time look for a place for its token.
const TOKEN_ELSEWHERE: &str = "secrets do not belong in this file: take it out, and set the environment's \
    DISCORD_TOKEN, or DISCORD_TOKEN_FILE to the path of a file";

/// Checks the base of an API and takes the slash off its end. What it finds wrong does not repeat the text,
/// which may hold a password.
pub(crate) fn base_url(text: &str) -> Result<String, String> {
    let example = "a base URL looks like http://127.0.0.1:4000";
    let url = Url::parse(text.trim()).map_err(|error| format!("{error}; {example}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("not an http or https URL; {example}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("leave the user name and password out of the URL: it is printed in logs".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("paths are appended to it, so it cannot have a `?` or `#`; {example}"));
    }
    if url.path().contains("/api/v") {
        return Err(format!("leave the `/api/v10` out: it is appended; {example}"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A language doorman speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Locale {
    /// Korean, `ko`.
    Ko,
    /// English, `en-US`.
    EnUs,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Ko, Self::EnUs];

    /// The language for a person whose Discord is in `locale`: Korean for `ko`, English for everything else
    /// (<https://discord.com/developers/docs/reference#locales>).
    #[must_use]
    pub fn from_discord(locale: &str) -> Self {
        match locale {
            "ko" => Self::Ko,
            _ => Self::EnUs,
        }
    }

    /// Discord's name for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::EnUs => "en-US",
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        choice::choose(&word, &Self::ALL.map(|locale| (locale.as_str(), locale))).map_err(de::Error::custom)
    }
}
