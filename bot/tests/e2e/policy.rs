//! `doorman policy`, as somebody types it who sets doorman up.

use std::path::PathBuf;
use std::process::Output;

use doorman_stage::program::command;
use doorman_stage::{Promise, Stage, Time};
use serde_json::Value;

use crate::DOORMAN;

/// An account with the reference network, and the settings of a bot in it.
async fn with(settings: &str) -> Stage {
    let stage = Stage::builder().time(Time::Machine(1.0)).program(DOORMAN).more_settings(settings);
    stage.set_without_bot().await
}

fn policies(stage: &Stage) -> PathBuf {
    stage.folder().join("new").join("policies")
}

/// Neither Discord nor its token is there.
async fn policy(stage: &Stage, arguments: &[&str]) -> Output {
    let mut command = stage.command(&[&["policy"], arguments].concat());
    command.env_remove("DISCORD_TOKEN").env_remove("DISCORD_API_URL");
    tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("it starts")
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_printed_with_the_ids_that_the_names_stand_for() {
    let stage = with("").await;
    let (code, out, err) = said(&policy(&stage, &["--for", "nat-window"]).await);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let printed: Value = serde_json::from_str(&out).expect("JSON and nothing else");
    let statement = |sid: &str| {
        let all = printed["Statement"].as_array().expect("statements").iter();
        all.clone().find(|one| one["Sid"] == sid).unwrap_or_else(|| panic!("no {sid} in {out}"))
    };
    let arn = |rest: String| format!("arn:aws:ec2:ap-northeast-2:123456789012:{rest}");
    let table = stage.id_of("my-route-private");
    assert!(table.starts_with("rtb-"), "{table}");
    assert_eq!(statement("RouteThePrivateTable")["Resource"], arn(format!("route-table/{table}")));
    let subnet = &statement("PutTheGatewayInItsSubnet")["Resource"];
    assert_eq!(*subnet, arn(format!("subnet/{}", stage.id_of("my-subnet-public01"))));
    let group = &statement("LetTheServiceGroupOut")["Resource"];
    assert_eq!(*group, arn(format!("security-group/{}", stage.id_of("my-SG-private-service"))));
    assert!(stage.world.aws.calls().iter().all(|call| !call.mutating));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_the_bot_needs_is_written_and_not_what_only_a_person_may() {
    let off = "[stack.backstop]\nenabled = false\n";
    for (settings, names) in [
        ("", &["backstop.json", "base.json", "nat-window.json", "pair.json", "shell.json"][..]),
        (off, &["base.json", "nat-window.json", "pair.json", "shell.json"][..]),
    ] {
        let stage = with(settings).await;
        let folder = policies(&stage);
        let (code, out, err) = said(&policy(&stage, &["--into", folder.to_str().expect("text")]).await);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        let mut written: Vec<String> = std::fs::read_dir(&folder)
            .expect("the folder")
            .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        written.sort_unstable();
        assert_eq!(written, names);
        assert_eq!(out.lines().count(), names.len(), "{out}");
        stage.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_there_is_a_sentence_and_no_policy() {
    let stage = with("").await;
    stage.world.aws.by_hand().rename("My-VPC", "something-else").expect("it is there");
    let folder = policies(&stage);
    let into = ["--into", folder.to_str().expect("text")];
    for arguments in [&["--for", "base"][..], &["--for", "shell"][..], &into[..]] {
        let (code, out, err) = said(&policy(&stage, arguments).await);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains("doorman: there is no VPC named `My-VPC` in ap-northeast-2"), "{err}");
        assert_eq!(err.matches("My-VPC").count(), 1, "said once: {err}");
    }
    assert!(!folder.exists());
    // What names nothing of the network does not need it.
    let (code, out, _) = said(&policy(&stage, &["--for", "set-up"]).await);
    assert_eq!(code, Some(0));
    assert!(out.contains("arn:aws:iam::123456789012:role/doorman-backstop"), "{out}");
    stage.finish_except(&[(Promise::NobodyElsesChanged, "the test renames the VPC")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_two_carry_is_a_sentence_with_both() {
    let stage = with("").await;
    stage.world.aws.by_hand().rename("my-route-public", "my-route-private").expect("it is there");
    let (code, out, err) = said(&policy(&stage, &["--for", "nat-window"]).await);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("2 things of the kind route table are named `my-route-private`: rtb-"), "{err}");
    stage.finish_except(&[(Promise::NobodyElsesChanged, "the test renames a table")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_by_the_credentials_of_whoever_runs_it_and_not_by_the_bots_role() {
    let role = "[aws]\nrole_arn = \"arn:aws:iam::123456789012:role/not-made-yet\"\n";
    let stage = with(role).await;
    let (code, _, err) = said(&policy(&stage, &["--for", "base"]).await);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let elsewhere = with(&role.replace("123456789012", "210987654321")).await;
    let (code, out, err) = said(&policy(&elsewhere, &["--for", "base"]).await);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("aws.role_arn is a role of the account 210987654321"), "{err}");
    stage.finish().await;
    elsewhere.finish().await;
}

#[test]
fn without_anything_it_says_what_there_is_and_a_wrong_word_is_told_which() {
    let list = command(DOORMAN).arg("policy").output().expect("it starts");
    let (code, out, _) = said(&list);
    assert_eq!(code, Some(0));
    for word in ["base", "nat-window", "pair", "shell", "backstop", "set-up"] {
        assert!(out.lines().any(|line| line.starts_with(&format!("{word} "))), "{word}: {out}");
    }
    let (code, out, err) =
        said(&command(DOORMAN).args(["policy", "--for", "nat"]).output().expect("it starts"));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("one of base, nat-window, pair, shell, backstop, set-up"), "{err}");
}
