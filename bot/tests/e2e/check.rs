//! `doorman check` and `doorman check --fix`, as somebody types them who sets doorman up.

use std::process::{Command, Stdio};

use doorman::demo::World;
use doorman_cloud::backstop::POLICY_NAME;
use doorman_cloud::clock::Clock;

const ROLE: &str = "doorman-backstop";

/// An account without the role, and the settings of a bot in it.
struct Setting {
    world: World,
    folder: tempfile::TempDir,
}

impl Setting {
    async fn without_role() -> Setting {
        let world = World::start(Clock::system()).await.expect("a world");
        let by_hand = world.aws.by_hand();
        let policy = [("RoleName", ROLE), ("PolicyName", POLICY_NAME)];
        by_hand.iam("DeleteRolePolicy", &policy).expect("the demo has it");
        by_hand.iam("DeleteRole", &[("RoleName", ROLE)]).expect("the demo has it");
        let folder = tempfile::tempdir().expect("a folder");
        let facts = world.discord.facts();
        let settings = format!(
            "[discord]\nguild_id = \"{}\"\nchannel_id = \"{}\"\n[store]\npath = \"{}\"\n\
             [[policy.grant]]\nrole_id = \"{}\"\nverbs = [\"nat\"]\n",
            facts.guild_id,
            facts.channel_id,
            folder.path().join("doorman.db").display(),
            facts.operator_role_id,
        );
        std::fs::write(folder.path().join("doorman.toml"), settings).expect("a settings file");
        Setting { world, folder }
    }

    /// Runs `doorman check` with these arguments and no terminal: whether it went well, and what it said.
    async fn check(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorman"));
        for name in ["DISCORD_TOKEN_FILE", "AWS_PROFILE", "AWS_SESSION_TOKEN", "RUST_LOG"] {
            command.env_remove(name);
        }
        command
            .arg("check")
            .args(arguments)
            .arg("--config")
            .arg(self.folder.path().join("doorman.toml"))
            .env("DISCORD_TOKEN", &self.world.discord.facts().token)
            .env("DISCORD_API_URL", self.world.discord.url())
            .env("AWS_ENDPOINT_URL", self.world.aws.url())
            .env("AWS_ACCESS_KEY_ID", "AKIADOORMANSANDBOX00")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
        let output = output.expect("the program starts");
        let all = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(all).expect("text"))
    }

    fn role(&self) -> Option<doorman_sandbox::aws::Item> {
        self.world.aws.inventory().into_iter().find(|item| item.kind == "role" && item.id == ROLE)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_net_is_a_warning_and_is_made_only_after_a_yes() {
    let setting = Setting::without_role().await;
    let (good, text) = setting.check(&[]).await;
    assert!(good, "{text}");
    assert!(text.contains("warning  safety net: role doorman-backstop — there is none"), "{text}");
    assert!(text.ends_with("\nNo problems found, 1 warning.\n"), "{text}");

    let (good, text) = setting.check(&["--fix"]).await;
    assert!(!good, "{text}");
    assert!(text.contains("taken by scheduler.amazonaws.com"), "what would be done is shown:\n{text}");
    assert!(text.contains("Nothing was changed: there is no terminal to ask on."), "{text}");
    assert!(setting.role().is_none());

    let (good, text) = setting.check(&["--fix", "--yes"]).await;
    assert!(good, "{text}");
    let (before, after) = text.split_once("The role doorman-backstop was made.").expect("done");
    assert!(before.contains("1 warning") && after.ends_with("\nNo problems found.\n"), "{text}");
    assert!(after.contains("ok       safety net: role doorman-backstop — made by doorman"), "{text}");
    assert!(setting.role().is_some_and(|role| role.managed));
    assert!(!text.contains("123456789012"), "the account's number is shown:\n{text}");

    let (good, text) = setting.check(&["--fix", "--yes"]).await;
    assert!(
        good && text.ends_with("Nothing to mend: the role doorman-backstop is as it should be.\n"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_role_and_missing_rights_are_said_and_change_nothing() {
    let setting = Setting::without_role().await;
    let denied = doorman_sandbox::aws::FaultKind::Refuse {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "User: arn:aws:iam::123456789012:user/bot is not authorized to perform: iam:CreateRole"
            .to_owned(),
    };
    setting.world.aws.faults().add(doorman_sandbox::aws::FaultRule {
        operation: "CreateRole".to_owned(),
        skip: 0,
        times: usize::MAX,
        kind: denied,
    });
    let (good, text) = setting.check(&["--fix", "--yes"]).await;
    assert!(!good && setting.role().is_none(), "{text}");
    assert!(text.contains("these credentials may not iam:CreateRole. Somebody who may change IAM"), "{text}");
    assert!(!text.contains("user/bot"), "AWS's own text is shown:\n{text}");

    setting.world.aws.faults().clear();
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    setting.world.aws.by_hand().create_role(ROLE, trust, &[]).expect("a role");
    let before = setting.role().map(|role| format!("{role:?}"));
    let (good, text) = setting.check(&["--fix", "--yes"]).await;
    assert!(!good, "{text}");
    assert!(text.contains("carries no tag ManagedBy=doorman, so somebody else made it"), "{text}");
    assert_eq!(setting.role().map(|role| format!("{role:?}")), before);
}

/// Whoever may change IAM need not be able to speak to Discord.
#[tokio::test(flavor = "multi_thread")]
async fn a_problem_elsewhere_does_not_keep_the_role_from_being_made() {
    let setting = Setting::without_role().await;
    std::fs::create_dir(setting.folder.path().join("doorman.db")).expect("in the way of the store");
    let (good, text) = setting.check(&[]).await;
    assert!(!good && text.contains("problem  store"), "{text}");
    let (good, text) = setting.check(&["--fix", "--yes"]).await;
    assert!(good && setting.role().is_some(), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn yes_without_fix_is_a_mistake() {
    let setting = Setting::without_role().await;
    let (good, text) = setting.check(&["--yes"]).await;
    assert!(!good && text.contains("--fix"), "{text}");
}
