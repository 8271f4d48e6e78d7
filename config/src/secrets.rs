//! Secrets. The bot's token comes from the environment, or from a file that the environment names, and never
//! from the settings file; the address of the sign of life may come from either.

use std::path::PathBuf;
use std::{fmt, io};

use url::Url;

pub use secrecy::{ExposeSecret, SecretString};

/// The environment variable with the bot's token.
pub const DISCORD_TOKEN: &str = "DISCORD_TOKEN";

/// The environment variable with the path of a file that holds the bot's token, as container platforms mount
/// secrets.
pub const DISCORD_TOKEN_FILE: &str = "DISCORD_TOKEN_FILE";

/// Why there is no token. Never holds any of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretProblem {
    /// Neither variable is set.
    #[error(
        "the bot's token is missing: set {DISCORD_TOKEN}, or {DISCORD_TOKEN_FILE} to the path of a file that \
         holds it (Discord Developer Portal → your application → Bot → Reset Token)"
    )]
    Missing,
    /// Both are, and they may differ.
    #[error("both {DISCORD_TOKEN} and {DISCORD_TOKEN_FILE} are set: unset one of them")]
    Both,
    /// The file cannot be read.
    #[error("cannot read {}, the file that {DISCORD_TOKEN_FILE} names", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// There is nothing in it but white space.
    #[error("{0} is empty: the bot's token belongs there")]
    Empty(String),
    /// It has white space or control characters in the middle, so it cannot be a token alone.
    #[error("{0} holds more than the bot's token: put in the token alone, without `Bot` before it")]
    NotAlone(String),
}

/// The bot's token, from [`DISCORD_TOKEN`] or the file that [`DISCORD_TOKEN_FILE`] names, without white space
/// around it. A variable set to nothing counts as not set when the other one is.
///
/// # Errors
///
/// When neither or both are set, the file cannot be read, or what is there cannot be a token.
pub fn discord_token(env: &dyn Fn(&str) -> Option<String>) -> Result<SecretString, SecretProblem> {
    let given = |name: &str| env(name).filter(|value| !value.trim().is_empty());
    let (text, place) = match (given(DISCORD_TOKEN), given(DISCORD_TOKEN_FILE)) {
        (Some(_), Some(_)) => return Err(SecretProblem::Both),
        (Some(token), None) => (SecretString::from(token), DISCORD_TOKEN.to_owned()),
        (None, Some(path)) => {
            let path = PathBuf::from(path.trim());
            let text = std::fs::read_to_string(&path)
                .map_err(|source| SecretProblem::Unreadable { path: path.clone(), source })?;
            (SecretString::from(text), path.display().to_string())
        }
        (None, None) if env(DISCORD_TOKEN).is_some() => {
            return Err(SecretProblem::Empty(DISCORD_TOKEN.to_owned()));
        }
        (None, None) => return Err(SecretProblem::Missing),
    };
    let token = text.expose_secret().trim();
    if token.is_empty() {
        return Err(SecretProblem::Empty(place));
    }
    if token.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(SecretProblem::NotAlone(place));
    }
    Ok(SecretString::from(token))
}

/// The environment variable with the address of the sign of life; it overrides `health.ping_url`.
pub const PING_URL: &str = "DOORMAN_PING_URL";

/// The environment variable with the path of a file that holds that address.
pub const PING_URL_FILE: &str = "DOORMAN_PING_URL_FILE";

/// The address that is called while doorman is well. Whoever knows it can pretend that doorman is, so it is
/// never printed.
#[derive(Clone)]
pub struct PingUrl(SecretString);

impl PingUrl {
    /// Reads an http or https URL.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without repeating any of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let url = Url::parse(text)
            .map_err(|error| format!("{error}; a whole address is needed, such as https://hc-ping.com/…"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err("not an http or https URL".to_owned());
        }
        Ok(Self(SecretString::from(url.as_str().to_owned())))
    }

    /// The address, to call it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for PingUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PingUrl([REDACTED])")
    }
}

impl PartialEq for PingUrl {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for PingUrl {}

/// The address of the sign of life that the environment gives: [`PING_URL`], or the content of the file that
/// [`PING_URL_FILE`] names. Set to nothing they count as not set.
///
/// # Errors
///
/// The variable, and what is wrong with what it gives.
pub(crate) fn ping_url(
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<PingUrl>, (&'static str, String)> {
    let given = |name: &str| env(name).filter(|value| !value.trim().is_empty());
    match (given(PING_URL), given(PING_URL_FILE)) {
        (Some(_), Some(_)) => {
            Err((PING_URL, format!("{PING_URL_FILE} is set too, and they may differ: unset one of them")))
        }
        (Some(url), None) => PingUrl::parse(&url).map(Some).map_err(|problem| (PING_URL, problem)),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path.trim())
                .map_err(|error| (PING_URL_FILE, format!("cannot read {}: {error}", path.trim())))?;
            PingUrl::parse(&text).map(Some).map_err(|problem| (PING_URL_FILE, problem))
        }
        (None, None) => Ok(None),
    }
}
