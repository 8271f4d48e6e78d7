//! Credentials as people have them in `~/.aws`: from a program, from IAM Identity Center, from a sign-in as in the
//! console.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use doorman_stage::program::Process;
use doorman_stage::{Stage, Time, text};

use crate::DOORMAN;
use crate::signs::{ask, free_address};

/// Of the profile below.
const SSO: &str = "[profile work]\nsso_session = company\nsso_account_id = 123456789012\nsso_role_name = doorman\n\
                   [sso-session company]\nsso_region = eu-north-1\nsso_start_url = https://company.awsapps.com/start\n\
                   sso_registration_scopes = sso:account:access\n";
/// What the AWS CLI leaves of a session by that name, under the SHA-1 of the name.
const SSO_CACHE: &str = ".aws/sso/cache/71b21161ffa1e6516bcc072aaf5ef38cbe85b511.json";

/// A home with profiles in it, for somebody with no other credentials.
struct Home(tempfile::TempDir);

impl Home {
    fn with(profiles: &str) -> Home {
        let home = Home(tempfile::tempdir().expect("a folder"));
        home.put(".aws/config", profiles);
        home
    }

    fn put(&self, path: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    /// The program of the stage with these arguments, at home here.
    fn command(&self, stage: &Stage, arguments: &[&str]) -> Command {
        let mut command = stage.command(arguments);
        for name in
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]
        {
            command.env_remove(name);
        }
        command.env("HOME", self.0.path()).env("AWS_EC2_METADATA_DISABLED", "true").stdin(Stdio::null());
        command
    }

    /// What `doorman check` says here, and whether it found nothing wrong.
    async fn check(&self, stage: &Stage) -> (bool, String) {
        let mut command = self.command(stage, &["check"]);
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
        let output = output.expect("the program starts");
        let all = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(all).expect("text"))
    }
}

/// A stage whose bot is the program, with the credentials of that profile.
async fn with_profile(profile: &str, more: &str) -> Stage {
    let settings = format!("[aws]\nprofile = \"{profile}\"\n{more}");
    let stage = Stage::builder().time(Time::Machine(1.0)).program(DOORMAN).more_settings(&settings);
    stage.set_without_bot().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_hands_out_the_credentials() {
    let stage = with_profile("dev", "").await;
    let home = Home::with("");
    let keys = r#"{"Version":1,"AccessKeyId":"AKIADOORMANSANDBOX00","SecretAccessKey":"sandbox"}"#;
    let script = home.put("credentials.sh", &format!("echo '{keys}'\n"));
    home.put(".aws/config", &format!("[profile dev]\ncredential_process = sh {}\n", script.display()));
    let (good, told) = home.check(&stage).await;
    assert!(good && told.contains("ok       credentials — account …"), "{told}");

    let bot = Process::start(home.command(&stage, &["run"]).stderr(Stdio::null()));
    stage.world.discord.bot_online().await;
    let status = stage.says("operator", "/status").await;
    assert!(text(&status).contains("NAT window"), "{}", text(&status));

    // A program that fails is a sentence, too.
    home.put("credentials.sh", "echo no >&2; exit 1\n");
    let (good, told) = home.check(&stage).await;
    assert!(!good && told.contains("problem  credentials — the credentials are missing"), "{told}");
    drop(bot);
    stage.finish().await;
}

/// Says in `check` and on the health page by which command somebody signs in again.
async fn asks_to_sign_in(home: &Home, profile: &str, command: &str) {
    let listen = free_address();
    let stage = with_profile(profile, &format!("[health]\nlisten = \"{listen}\"\n")).await;
    let (good, told) = home.check(&stage).await;
    assert!(
        !good && told.contains("problem  credentials — the sign-in that they come from is over"),
        "{told}"
    );
    assert!(told.contains(&format!(": {command}\n")), "{told}");

    let bot = Process::start(home.command(&stage, &["run"]).stderr(Stdio::null()));
    stage.world.discord.bot_online().await;
    let said = format!("the sign-in to AWS is over: run `{command}`");
    for _ in 0..100 {
        let (_, page) = ask(listen, "/healthz").await;
        if page.contains(&said) {
            drop(bot);
            return stage.finish().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("never said: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_of_identity_center_that_is_over_is_said_with_the_command() {
    let home = Home::with(SSO);
    asks_to_sign_in(&home, "work", "aws sso login --profile work").await;
    // A token that ran out, and one profile that takes its role by way of the other.
    let token = r#"{"accessToken":"t","expiresAt":"2020-01-01T00:00:00Z","region":"eu-north-1","startUrl":"https://company.awsapps.com/start"}"#;
    home.put(SSO_CACHE, token);
    let role = "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/doorman\nsource_profile = work\n";
    home.put(".aws/config", &format!("{SSO}{role}"));
    asks_to_sign_in(&home, "role", "aws sso login --profile work").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_as_in_the_console_that_is_over_is_said_with_the_command() {
    let home = Home::with("[profile me]\nlogin_session = arn:aws:iam::123456789012:user/me\n");
    asks_to_sign_in(&home, "me", "aws login --profile me").await;
}
