//! Credentials that a person has to sign in for, every now and then: those of IAM Identity Center (`aws sso login`) and
//! of the console (`aws login`).
//!
//! The SDK says that there are no credentials, in words that change. What would bring them back is in the profile.

use std::borrow::Cow;
use std::fmt;

use aws_config::profile;

/// As many profiles lead to others as anybody has reason to write.
const MOST_SOURCES: usize = 8;

/// How a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    way: Way,
    /// Of the profile that is signed in to.
    profile: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// IAM Identity Center (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html>).
    Sso,
    /// As in the console (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html>).
    Console,
}

impl SignIn {
    /// By what that profile, or the one that the environment names, takes its credentials from. `None`: nobody has to
    /// sign in, or the profile cannot be read, which the first call says better.
    pub(super) async fn of(profile: Option<&str>) -> Option<SignIn> {
        let selected = profile.map(|name| Cow::Owned(name.to_owned()));
        let (files, environment, places) = Default::default();
        let profiles = profile::load(&files, &environment, &places, selected).await.ok()?;
        let mut name = profiles.selected_profile().to_owned();
        for _ in 0..MOST_SOURCES {
            let profile = profiles.get_profile(&name)?;
            let has = |key| profile.get(key).is_some();
            if has("sso_session") || has("sso_start_url") {
                return Some(SignIn { way: Way::Sso, profile: name });
            }
            if has("login_session") {
                return Some(SignIn { way: Way::Console, profile: name });
            }
            name = profile.get("source_profile")?.to_owned();
        }
        None
    }
}

impl fmt::Display for SignIn {
    /// The command, as it is typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = match self.way {
            Way::Sso => "aws sso login",
            Way::Console => "aws login",
        };
        write!(f, "{command} --profile {}", self.profile)
    }
}
