//! `doorman policy`, as somebody types it who sets doorman up.

use std::path::PathBuf;
use std::process::Output;

use doorman::demo::World;
use doorman_cloud::clock::Clock;
use serde_json::Value;

use crate::separate::doorman;

/// An account with the reference network, and the settings of a bot in it.
struct Setting {
    world: World,
    folder: tempfile::TempDir,
}

impl Setting {
    async fn with(settings: &str) -> Setting {
        let world = World::start(Clock::system()).await.expect("a world");
        let folder = tempfile::tempdir().expect("a folder");
        let facts = world.discord.facts();
        let settings = format!(
            "[discord]\nguild_id = \"{}\"\nchannel_id = \"{}\"\n{settings}\n\
             [[policy.grant]]\nrole_id = \"{}\"\nverbs = [\"nat\"]\n",
            facts.guild_id, facts.channel_id, facts.operator_role_id,
        );
        std::fs::write(folder.path().join("doorman.toml"), settings).expect("a settings file");
        Setting { world, folder }
    }

    fn policies(&self) -> PathBuf {
        self.folder.path().join("new").join("policies")
    }

    /// Neither Discord nor its token is there.
    async fn policy(&self, arguments: &[&str]) -> Output {
        let mut command = doorman();
        for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
        command
            .arg("policy")
            .args(arguments)
            .arg("--config")
            .arg(self.folder.path().join("doorman.toml"))
            .env("AWS_ENDPOINT_URL", self.world.aws.url())
            .env("AWS_ACCESS_KEY_ID", "AKIADOORMANSANDBOX00")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox");
        tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("it starts")
    }

    fn id_of(&self, name: &str) -> String {
        let all = self.world.aws.inventory().into_iter();
        let named = all.filter(|item| item.name.as_deref() == Some(name)).map(|item| item.id);
        named.collect::<Vec<_>>().concat()
    }
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_printed_with_the_ids_that_the_names_stand_for() {
    let setting = Setting::with("").await;
    let (code, out, err) = said(&setting.policy(&["--for", "nat-window"]).await);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let policy: Value = serde_json::from_str(&out).expect("JSON and nothing else");
    let statement = |sid: &str| {
        let all = policy["Statement"].as_array().expect("statements").iter();
        all.clone().find(|one| one["Sid"] == sid).unwrap_or_else(|| panic!("no {sid} in {out}"))
    };
    let arn = |rest: String| format!("arn:aws:ec2:ap-northeast-2:123456789012:{rest}");
    let table = setting.id_of("my-route-private");
    assert!(table.starts_with("rtb-"), "{table}");
    assert_eq!(statement("RouteThePrivateTable")["Resource"], arn(format!("route-table/{table}")));
    let vpc = &statement("PutTheGatewayInASubnetOfTheVpc")["Condition"]["ArnEquals"]["ec2:Vpc"];
    assert_eq!(*vpc, arn(format!("vpc/{}", setting.id_of("My-VPC"))));
    let group = &statement("LetTheServiceGroupOut")["Resource"];
    assert_eq!(*group, arn(format!("security-group/{}", setting.id_of("my-SG-private-service"))));
    assert!(setting.world.aws.calls().iter().all(|call| !call.mutating));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_the_bot_needs_is_written_and_not_what_only_a_person_may() {
    let off = "[stack.backstop]\nenabled = false\n";
    for (settings, names) in [
        ("", &["backstop.json", "base.json", "nat-window.json", "pair.json", "shell.json"][..]),
        (off, &["base.json", "nat-window.json", "pair.json", "shell.json"][..]),
    ] {
        let setting = Setting::with(settings).await;
        let folder = setting.policies();
        let (code, out, err) = said(&setting.policy(&["--into", folder.to_str().expect("text")]).await);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        let mut written: Vec<String> = std::fs::read_dir(&folder)
            .expect("the folder")
            .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        written.sort_unstable();
        assert_eq!(written, names);
        assert_eq!(out.lines().count(), names.len(), "{out}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_there_is_a_sentence_and_no_policy() {
    let setting = Setting::with("").await;
    setting.world.aws.by_hand().rename("My-VPC", "something-else").expect("it is there");
    let folder = setting.policies();
    let into = ["--into", folder.to_str().expect("text")];
    for arguments in [&["--for", "base"][..], &["--for", "shell"][..], &into[..]] {
        let (code, out, err) = said(&setting.policy(arguments).await);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains("doorman: there is no VPC named `My-VPC` in ap-northeast-2"), "{err}");
        assert_eq!(err.matches("My-VPC").count(), 1, "said once: {err}");
    }
    assert!(!folder.exists());
    // What names nothing of the network does not need it.
    let (code, out, _) = said(&setting.policy(&["--for", "set-up"]).await);
    assert_eq!(code, Some(0));
    assert!(out.contains("arn:aws:iam::123456789012:role/doorman-backstop"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_two_carry_is_a_sentence_with_both() {
    let setting = Setting::with("").await;
    setting.world.aws.by_hand().rename("my-route-public", "my-route-private").expect("it is there");
    let (code, out, err) = said(&setting.policy(&["--for", "nat-window"]).await);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("2 things of the kind route table are named `my-route-private`: rtb-"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_by_the_credentials_of_whoever_runs_it_and_not_by_the_bots_role() {
    let role = "[aws]\nrole_arn = \"arn:aws:iam::123456789012:role/not-made-yet\"\n";
    let setting = Setting::with(role).await;
    let (code, _, err) = said(&setting.policy(&["--for", "base"]).await);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let elsewhere = Setting::with(&role.replace("123456789012", "210987654321")).await;
    let (code, out, err) = said(&elsewhere.policy(&["--for", "base"]).await);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("aws.role_arn is a role of the account 210987654321"), "{err}");
}

#[test]
fn without_anything_it_says_what_there_is_and_a_wrong_word_is_told_which() {
    let list = doorman().arg("policy").output().expect("it starts");
    let (code, out, _) = said(&list);
    assert_eq!(code, Some(0));
    for word in ["base", "nat-window", "pair", "shell", "backstop", "set-up"] {
        assert!(out.lines().any(|line| line.starts_with(&format!("{word} "))), "{word}: {out}");
    }
    let (code, out, err) = said(&doorman().args(["policy", "--for", "nat"]).output().expect("it starts"));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("one of base, nat-window, pair, shell, backstop, set-up"), "{err}");
}
