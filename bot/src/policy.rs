//! `doorman policy`: the IAM policies that the configured stack needs, with its ids filled in.
//!
//! It only looks. Whoever runs it has not given the bot its rights yet, so it goes by the person's own credentials,
//! and not by the role that the bot would assume.

use std::fmt::Write as _;
use std::path::Path;

use doorman_cloud::aws::{self, Aws};
use doorman_cloud::check::{Check, Problem};
use doorman_cloud::clock::Clock;
use doorman_cloud::lease::Trouble;
use doorman_cloud::policy::{Ids, Purpose};
use doorman_config::Settings;
use serde_json::Value;

use crate::check::words;

/// Longest of the words for what a policy is for.
const WORD: usize = 10;

/// What there is to ask for, for whoever asked for nothing yet.
pub fn list() -> String {
    let mut text = String::new();
    for purpose in Purpose::ALL {
        _ = writeln!(text, "{:WORD$}  {}", purpose.as_str(), purpose.about());
    }
    text.push_str(
        "\ndoorman policy --for WHAT prints one of them with the ids of the stack; doorman policy --into FOLDER\n\
         writes all that the bot needs.\n",
    );
    text
}

/// The policy for one purpose, as JSON.
///
/// # Errors
///
/// Sentences that say why there is none.
pub async fn print(
    config: &Path,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
    purpose: Purpose,
) -> Result<String, Vec<String>> {
    let settings = settings(config, env)?;
    let documents = documents(&settings, &[purpose]).await?;
    Ok(documents.iter().map(|(_, document)| document.as_str()).collect())
}

/// Writes the policies for one purpose, or for all that the bot itself needs, into a folder, as `<purpose>.json`;
/// returns the paths, one a line. Nothing is written unless all can be.
///
/// # Errors
///
/// Sentences that say why there is none.
pub async fn write(
    config: &Path,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
    purpose: Option<Purpose>,
    folder: &Path,
) -> Result<String, Vec<String>> {
    let settings = settings(config, env)?;
    let purposes: Vec<Purpose> = match purpose {
        Some(purpose) => vec![purpose],
        None => Purpose::ALL.into_iter().filter(|purpose| purpose.is_for_the_bot(&settings)).collect(),
    };
    let documents = documents(&settings, &purposes).await?;
    let cannot = |path: &Path, error| vec![format!("cannot write {}: {error}", path.display())];
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    let mut written = String::new();
    for (purpose, document) in documents {
        let path = folder.join(format!("{purpose}.json"));
        std::fs::write(&path, document).map_err(|error| cannot(&path, error))?;
        _ = writeln!(written, "{}", path.display());
    }
    Ok(written)
}

fn settings(config: &Path, env: &(dyn Fn(&str) -> Option<String> + Sync)) -> Result<Settings, Vec<String>> {
    let settings = Settings::load(config).and_then(|settings| settings.with_env(&|name| env(name)));
    settings.map_err(|problems| problems.0.iter().map(ToString::to_string).collect())
}

async fn documents(settings: &Settings, purposes: &[Purpose]) -> Result<Vec<(Purpose, String)>, Vec<String>> {
    let mut asking = settings.clone();
    asking.aws.role_arn = None;
    let clock = Clock::system();
    let aws = Aws::connect(&asking, &clock, aws::Options::default()).await;
    let ids = Check::new(&aws, &settings.stack, clock.now())
        .policy_ids(purposes)
        .await
        .map_err(|problem| vec![said(&problem, settings)])?;
    same_account(settings, &ids)?;
    let (mut documents, mut sentences) = (Vec::new(), Vec::new());
    for purpose in purposes {
        match purpose.document(settings, &ids) {
            Ok(document) => documents.push((*purpose, pretty(&document))),
            Err(troubles) => {
                let told = troubles.into_iter().map(|trouble| said(&Problem::Trouble(trouble), settings));
                for sentence in told {
                    // Several policies name the same thing.
                    if !sentences.contains(&sentence) {
                        sentences.push(sentence);
                    }
                }
            }
        }
    }
    if sentences.is_empty() { Ok(documents) } else { Err(sentences) }
}

/// The bot's role may be in another account, whose ids these credentials do not know.
fn same_account(settings: &Settings, ids: &Ids) -> Result<(), Vec<String>> {
    let of_the_role = settings.aws.role_arn.as_deref().and_then(|arn| arn.split(':').nth(4));
    match of_the_role {
        Some(account) if account != ids.account => Err(vec![format!(
            "aws.role_arn is a role of the account {account}, and these credentials are of {}: run it with \
             credentials of that account",
            ids.account
        )]),
        Some(_) | None => Ok(()),
    }
}

fn said(problem: &Problem, settings: &Settings) -> String {
    let (what, remedy) = if let Problem::Trouble(Trouble::AccessDenied { operation, .. }) = problem {
        // The usual remedy is what is being asked for.
        let remedy = "run it as somebody who may look at the network of the account";
        (format!("these credentials do not allow {operation}"), remedy.to_owned())
    } else {
        words::of(problem, settings)
    };
    format!("{what}\n         → {remedy}")
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_a_line_for_each_in_one_column() {
        let list = list();
        for purpose in Purpose::ALL {
            let line = list.lines().find(|line| line.starts_with(&format!("{purpose} ")));
            let line = line.unwrap_or_else(|| panic!("{purpose} is missing in:\n{list}"));
            assert_eq!(line.find(purpose.about()), Some(WORD + 2), "{line}");
        }
    }

    #[test]
    fn a_role_of_another_account_is_not_filled_in_with_the_ids_of_this_one() {
        let mut settings =
            Settings::from_toml(&doorman_config::EXAMPLE.replace('…', "1100000000000000001")).unwrap();
        let ids = Ids { account: "123456789012".to_owned(), network: None };
        assert_eq!(same_account(&settings, &ids), Ok(()));
        settings.aws.role_arn = Some("arn:aws:iam::123456789012:role/doorman".to_owned());
        assert_eq!(same_account(&settings, &ids), Ok(()));
        settings.aws.role_arn = Some("arn:aws:iam::210987654321:role/doorman".to_owned());
        let told = same_account(&settings, &ids).expect_err("another account").concat();
        assert!(told.contains("of the account 210987654321") && told.contains("of 123456789012"), "{told}");
    }
}
