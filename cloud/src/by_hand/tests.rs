//! What is written reads as it was meant, whatever people call their things.

use std::process::Command;

use doorman_config::ShellMode;
use proptest::prelude::*;

use super::cli::Cli;
use super::hand::{Hand, Tries};
use super::open;
use crate::kinds::backstop_role::BackstopRole;
use crate::kinds::model::now;
use crate::lease::LeaseKind;
use crate::plan::Goal;
use crate::recipes::properties::worlds::{empty, goal, install_runbooks, place, stack};

fn hand() -> Hand {
    Hand::new(place(), "01k5x8")
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

#[test]
fn the_script_of_a_window() {
    let stack = stack(ShellMode::Always);
    let mut seen = empty(&stack);
    install_runbooks(&mut seen);
    let arn = "arn:aws:iam::123456789012:role/doorman-backstop".to_owned();
    seen.backstop_roles.put(BackstopRole { name: stack.backstop.role.as_str().into(), arn });
    let Goal { owner, spec, .. } = goal("01k5x8", LeaseKind::NatWindow);
    let script = open(owner, spec, seen, place(), &stack, now()).expect("nothing stands in the way");
    let commands = script.lines().filter(|line| line.contains("aws ") && !line.starts_with([' ', '#']));
    let commands: Vec<&str> = commands.map(|line| line.trim_end_matches(" \\")).collect();
    insta::assert_snapshot!(commands.join("\n"), @r#"
    [ "$(aws sts get-caller-identity --query Account --output text)" = 123456789012 ]
    aws scheduler create-schedule
    address=$(aws ec2 allocate-address
    rule=$(aws ec2 authorize-security-group-egress
    rule_2=$(aws ec2 authorize-security-group-egress
    gateway=$(again aws ec2 create-nat-gateway
    aws ec2 wait nat-gateway-available
    again aws ec2 create-route
    aws scheduler create-schedule
    aws scheduler delete-schedule
    "#);
}
