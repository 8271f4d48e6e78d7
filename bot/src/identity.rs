//! Who this doorman is: the id of its Discord application, which outlives its store and which no other has.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use doorman_cloud::ids::Installation;
use doorman_config::secrets::{ExposeSecret, SecretString};

/// Reads it off the token, whose first part is the id in base64 (Discord, "Authentication"; it stays when the token is
/// reset). Closing needs no Discord, so it is not asked for there. `None`: that is not a token of Discord's.
pub(crate) fn installation(token: &SecretString) -> Option<Installation> {
    let first = token.expose_secret().split('.').next()?;
    let id = String::from_utf8(STANDARD_NO_PAD.decode(first.trim_end_matches('=')).ok()?).ok()?;
    let is_id = (15..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(Installation(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(token: &str) -> Option<String> {
        installation(&SecretString::from(token.to_owned())).map(|id| id.0)
    }

    #[test]
    fn the_id_is_in_the_token() {
        let id = Some("1180000000000000003".to_owned());
        assert_eq!(read("MTE4MDAwMDAwMDAwMDAwMDAwMw.G1xQ5Z.a-secret"), id);
        assert_eq!(read("MTE4MDAwMDAwMDAwMDAwMDAwMw==.another.secret"), id, "reset");
    }

    #[test]
    fn what_is_no_token_says_nothing() {
        for token in ["", "token", "bm9ib2R5.x.y", "MTIz.x.y", "%%%.x.y"] {
            assert_eq!(read(token), None, "{token}");
        }
    }
}
