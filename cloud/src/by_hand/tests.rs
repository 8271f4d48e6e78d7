//! What is written reads as it was meant, whatever people call their things.

use std::process::Command;

use proptest::prelude::*;

use super::cli::Cli;
use super::hand::{Hand, Tries};
use crate::place::Place;

fn hand() -> Hand {
    let (partition, account_id) = ("aws".to_owned(), "123456789012".to_owned());
    Hand::new(Place { partition, account_id, region: "ap-northeast-2".to_owned() }, "01k5x8")
}

/// What a shell hands to `aws` in each line of a script, in which the account is the right one and each answer is `made`.
fn handed(hand: &Hand) -> Vec<Vec<String>> {
    let shell = "aws() { if [ \"$1\" = sts ]; then echo 123456789012; return; fi\n\
                 printf '%s\\0' \"$#\" \"$@\" >&3; echo made; }\n";
    let script = format!("{shell}{}", hand.script(&["about\nit".to_owned()]));
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("script"), folder.path().join("out"));
    std::fs::write(&path, &script).expect("a file");
    let shell = Command::new("sh")
        .args(["-c", "exec sh \"$1\" 3> \"$2\"", "sh"])
        .args([&path, &out])
        .output()
        .expect("a shell");
    let error = String::from_utf8_lossy(&shell.stderr);
    assert!(shell.status.success() && error.is_empty(), "{error}\n{script}");
    let handed = String::from_utf8(std::fs::read(&out).expect("the words")).expect("text");
    let mut words = handed.split_terminator('\0').map(str::to_owned);
    let mut lines = Vec::new();
    while let Some(count) = words.next() {
        lines.push(words.by_ref().take(count.parse().expect("a number")).collect());
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_reaches_the_cli_as_it_is(texts in prop::collection::vec("[^\0]{0,30}", 1..8)) {
        let mut hand = hand();
        let made = hand.makes("thing", Cli::ec2("make"), "Id", Tries::Again);
        for text in &texts {
            // Beside, before and behind what an earlier line made.
            let cli = Cli::ec2("use").with("--text", text).with("--both", format!("{text}{made}{text}"));
            hand.says(Some(text.clone()));
            hand.runs(cli, Tries::Once);
        }
        let handed = handed(&hand);
        prop_assert_eq!(&handed[0], &["ec2", "make", "--query", "Id", "--output", "text"]);
        prop_assert_eq!(handed.len(), texts.len() + 1);
        for (words, text) in handed[1..].iter().zip(&texts) {
            let both = format!("{text}made{text}");
            prop_assert_eq!(words, &["ec2", "use", "--text", text, "--both", &both]);
        }
    }
}

#[test]
fn what_the_cli_would_read_otherwise_is_handed_over_as_json() {
    for text in ["https://example.com/why", "file:///etc/passwd", "-x"] {
        let cli = Cli::iam("create-role").text("--description", "Description", text);
        let json = serde_json::json!({ "Description": text }).to_string();
        assert_eq!(cli, Cli::iam("create-role").with("--cli-input-json", json));
    }
}

#[test]
fn a_digest_of_what_is_not_there_yet_is_that_of_what_is_then_there() {
    let mut hand = hand();
    let gateway = hand.makes("gateway", Cli::ec2("make"), "Id", Tries::Once);
    let told = |id: &str| crate::backstop::Parameters::from([("GatewayId".to_owned(), vec![id.to_owned()])]);
    let text = crate::backstop::told_text(&told(&gateway));
    let digest = hand.digests("told", &text, crate::backstop::TOLD_LETTERS);
    hand.runs(Cli::scheduler("use").with("--name", format!("window.{digest}")), Tries::Once);
    let name = format!("window.{}", crate::backstop::told(&told("made")));
    assert_eq!(handed(&hand)[1], ["scheduler", "use", "--name", &name]);
}
