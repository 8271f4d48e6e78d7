//! Where the token comes from, and that it goes nowhere else.

use std::collections::HashMap;
use std::error::Error as _;

use doorman_config::secrets::{ExposeSecret, SecretProblem, discord_token};

const TOKEN: &str = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs";

/// The token that an environment of these variables gives.
fn token(variables: &[(&str, &str)]) -> Result<String, SecretProblem> {
    let variables: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    discord_token(&|name| variables.get(name).cloned()).map(|token| {
        assert!(!format!("{token:?}").contains(TOKEN));
        token.expose_secret().to_owned()
    })
}

/// A file with `content`, and its path.
fn file(content: &[u8]) -> (tempfile::NamedTempFile, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    (file, path)
}

#[test]
fn the_token_is_taken_from_the_variable_or_from_the_file() {
    assert_eq!(token(&[("DISCORD_TOKEN", TOKEN)]).unwrap(), TOKEN);
    assert_eq!(token(&[("DISCORD_TOKEN", &format!(" {TOKEN}\n"))]).unwrap(), TOKEN);

    let (_file, path) = file(format!("{TOKEN}\r\n").as_bytes());
    assert_eq!(token(&[("DISCORD_TOKEN_FILE", &path)]).unwrap(), TOKEN);
    // Compose files set what nobody filled in to nothing.
    assert_eq!(token(&[("DISCORD_TOKEN", ""), ("DISCORD_TOKEN_FILE", &path)]).unwrap(), TOKEN);
    assert_eq!(token(&[("DISCORD_TOKEN", TOKEN), ("DISCORD_TOKEN_FILE", "")]).unwrap(), TOKEN);
}

#[test]
fn without_one_token_it_says_what_to_do() {
    assert!(matches!(token(&[]), Err(SecretProblem::Missing)));
    assert!(matches!(
        token(&[("DISCORD_TOKEN", TOKEN), ("DISCORD_TOKEN_FILE", "/x")]),
        Err(SecretProblem::Both)
    ));
    assert!(
        matches!(token(&[("DISCORD_TOKEN", " ")]), Err(SecretProblem::Empty(place)) if place == "DISCORD_TOKEN")
    );

    let (_empty, path) = file(b"\n");
    assert!(
        matches!(token(&[("DISCORD_TOKEN_FILE", &path)]), Err(SecretProblem::Empty(place)) if place == path)
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let problem = token(&[("DISCORD_TOKEN_FILE", "/nowhere/token")]).unwrap_err();
    assert_eq!(problem.to_string(), "cannot read /nowhere/token, the file that DISCORD_TOKEN_FILE names");
    assert!(problem.source().unwrap().to_string().contains("No such file"));

    let (_binary, path) = file(&[0xff, 0xfe, 0x00]);
    assert!(matches!(token(&[("DISCORD_TOKEN_FILE", &path)]), Err(SecretProblem::Unreadable { .. })));
}

#[test]
fn what_is_not_a_token_alone_is_refused_without_repeating_it() {
    for text in [format!("Bot {TOKEN}"), format!("DISCORD_TOKEN = {TOKEN}"), format!("{TOKEN}\n{TOKEN}")] {
        let problem = token(&[("DISCORD_TOKEN", &text)]).unwrap_err();
        assert!(matches!(problem, SecretProblem::NotAlone(_)), "{problem}");
        assert!(!format!("{problem} {problem:?}").contains(TOKEN));
    }
}
