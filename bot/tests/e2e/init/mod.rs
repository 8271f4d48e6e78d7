//! `doorman init`, as somebody types it in an empty folder.

use std::path::Path;
use std::process::{Command, Stdio};

use doorman_config::{EXAMPLE, Locale, Settings};
use doorman_sandbox::aws::{FaultKind, FaultRule};
use doorman_sandbox::discord::GuildFacts;
use doorman_stage::program::{Process, command};
use doorman_stage::{Promise, Stage, Time};
use tempfile::TempDir;

use crate::DOORMAN;

#[cfg(unix)]
mod person;
#[cfg(unix)]
mod prompts;

/// Somebody makes what stands in the way of a choice.
const MADE: (Promise, &str) = (Promise::NobodyElsesChanged, "the test makes things by hand");
/// Refusing a token and what the bot may not see is what is tried.
const REFUSED: (Promise, &str) = (Promise::DiscordsRules, "the test has Discord refuse something");

async fn a_world() -> (Stage, TempDir) {
    let stage = Stage::builder().time(Time::Machine(1.0)).program(DOORMAN).set_without_bot().await;
    (stage, tempfile::tempdir().expect("a folder"))
}

/// The program in that folder, with the environment of whoever may run it: a person for `init`, the bot otherwise.
fn program(stage: &Stage, folder: &Path, arguments: &[&str]) -> Command {
    let is_init = arguments.first() == Some(&"init");
    // Policies are written by the same person.
    let environment = stage.command(&[if is_init { "policy" } else { "run" }]);
    let mut command = command(DOORMAN);
    let set = environment.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.args(arguments).envs(set).current_dir(folder);
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "AWS_REGION", "AWS_DEFAULT_REGION"] {
        command.env_remove(name);
    }
    // No configuration of whoever runs the test.
    command.env("AWS_CONFIG_FILE", folder.join("no-config"));
    command.env("AWS_SHARED_CREDENTIALS_FILE", folder.join("no-credentials"));
    command
}

/// Runs it without a terminal: its exit code, and what it said.
async fn runs(mut command: Command) -> (Option<i32>, String) {
    command.stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
    let output = output.expect("the program starts");
    let all = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(all).expect("text"))
}

/// Everything that has to be chosen, by name.
fn flags(stage: &Stage) -> Vec<String> {
    let pairs = [
        ("--guild", "Sandbox"),
        ("--channel", "ops"),
        ("--viewer-role", "everyone"),
        ("--operator-role", "operator"),
        ("--locale", "en-US"),
        ("--region", "ap-northeast-2"),
        ("--account", &stage.world.aws.account_id()),
        ("--vpc", "My-VPC"),
        ("--public-subnet", "my-subnet-public02"),
        ("--route-table", "my-route-private"),
        ("--private-subnet", "my-subnet-private01"),
        ("--private-subnet", "my-subnet-private04"),
        ("--security-group", "my-SG-private-service"),
    ];
    pairs.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()]).collect()
}

fn with<'a>(flags: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    ["init"].into_iter().chain(flags.iter().map(String::as_str)).chain(more.iter().copied()).collect()
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).expect("a folder").next().is_none()
}

fn settings(folder: &Path) -> (String, Settings) {
    let text = std::fs::read_to_string(folder.join("doorman.toml")).expect("it was written");
    let settings = Settings::from_toml(&text).expect("settings");
    (text, settings)
}

/// The comments of a settings file.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once("# ").map(|(_, comment)| comment)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_folder_to_a_bot_that_is_online() {
    let (mut stage, folder) = a_world().await;
    let folder = folder.path();
    let (code, said) = runs(program(&stage, folder, &with(&flags(&stage), &[]))).await;
    assert_eq!(code, Some(0), "{said}");
    for words in [
        "a NAT window: $0.064 an hour",
        "the pair of instances: $0.0335 an hour",
        "shell access (a part of the pair): $0.078 an hour",
        "No problems found",
        "doorman --config doorman.toml policy --into policies",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    let (text, settings) = settings(folder);
    assert_eq!(comments(&text), comments(EXAMPLE));
    assert!(!text.contains(&stage.world.discord.facts().token), "the token is in the file");
    let GuildFacts { guild_id, channel_id, operator_role_id, .. } = *stage.world.discord.facts();
    assert_eq!((settings.discord.guild_id.0, settings.discord.channel_id.0), (guild_id, channel_id));
    assert_eq!(settings.discord.locale, Locale::EnUs);
    let roles: Vec<u64> = settings.policy.grants.iter().map(|grant| grant.role_id.0).collect();
    assert_eq!(roles, [guild_id, operator_role_id]);
    assert_eq!(settings.stack.nat.subnet, "my-subnet-public02");
    let second = &settings.stack.service.instances[1];
    assert_eq!(
        (second.subnet.as_str(), second.private_ip.to_string()),
        ("my-subnet-private04", "10.20.40.254".to_owned())
    );

    // What `doorman policy` writes for these settings.
    stage.settings.stack = settings.stack;
    stage.world.grant(&stage.settings).expect("every name is one thing");
    let arguments = ["check", "--config", "doorman.toml"];
    let (code, said) = runs(program(&stage, folder, &arguments)).await;
    assert_eq!(code, Some(0), "{said}");
    let mut run = program(&stage, folder, &["run", "--config", "doorman.toml"]);
    let mut bot = Process::start(run.stderr(Stdio::null()));
    tokio::time::timeout(std::time::Duration::from_secs(60), stage.world.discord.bot_online())
        .await
        .expect("the bot comes online");
    let reply = stage.says("operator", "/status").await;
    assert!(!doorman_stage::text(&reply).is_empty());
    let ended = tokio::task::spawn_blocking(move || bot.terminate()).await.expect("a thread");
    assert_eq!(ended, Some(0));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_everything_that_is_missing_is_said_at_once() {
    let (stage, folder) = a_world().await;
    let other = stage.world.discord.add_guild("Second");
    stage.world.discord.add_channel(other, "elsewhere", 0, 0);
    let (code, said) = runs(program(&stage, folder.path(), &["init", "--region", "ap-northeast-2"])).await;
    assert_eq!(code, Some(1), "{said}");
    for words in [
        "--guild is missing",
        "    Sandbox (1180000000000000001)\n    Second (",
        "--channel is missing",
        "    #ops (1180000000000000002, Sandbox)",
        "    #elsewhere (",
        "--viewer-role is missing",
        "--operator-role is missing",
        "    operator (1180000000000000005, Sandbox)",
        "--locale is missing",
        "    English (en-US)",
        "--account is missing",
        "    AWS account 123456789012, as ",
        "--vpc is missing",
        "    My-VPC (vpc-",
        "--public-subnet is missing",
        "    my-subnet-public01 (subnet-",
        "--route-table is missing",
        "    my-route-private (rtb-",
        "--private-subnet is missing",
        "--private-subnet (a second time) is missing",
        "--security-group is missing",
        "    my-SG-private-service (sg-",
        "Nothing was written.",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    // The same without a region, which AWS is asked in.
    let (code, said) = runs(program(&stage, folder.path(), &["init"])).await;
    assert_eq!(code, Some(1), "{said}");
    for words in
        ["--guild is missing", "--region is missing", "--vpc is missing", "can be listed with --region"]
    {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    // The AWS configuration has one.
    let mut command = program(&stage, folder.path(), &["init"]);
    command.env("AWS_REGION", "ap-northeast-2");
    let (_, said) = runs(command).await;
    assert!(!said.contains("--region is missing") && said.contains("    My-VPC (vpc-"), "{said}");
    assert!(is_empty(folder.path()));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_flags_are_all_said_and_nothing_is_written() {
    let (stage, folder) = a_world().await;
    let hidden =
        stage.world.discord.add_channel(stage.world.discord.facts().guild_id, "hidden", 0, 1 << 10 | 1 << 15);
    let by_hand = stage.world.aws.by_hand();
    by_hand.run_foreign_instance("my-service-01", "my-subnet-private01", "10.20.10.31").expect("an instance");
    let mut flags = flags(&stage);
    let mut set = |flag: &str, value: &str| {
        let at = flags.iter().position(|known| known == flag).expect("a flag");
        value.clone_into(&mut flags[at + 1]);
    };
    set("--channel", &hidden.to_string());
    set("--operator-role", "everyone");
    set("--locale", "fr");
    set("--account", "210987654321");
    set("--public-subnet", "my-subnet-private01");
    set("--route-table", "my-route-public");
    set("--private-subnet", "my-subnet-public01");
    set("--security-group", "nobodys");
    let (code, said) = runs(program(&stage, folder.path(), &with(&flags, &[]))).await;
    assert_eq!(code, Some(1), "{said}");
    for words in [
        "--channel: cannot be chosen: the bot lacks View Channel, Attach Files",
        "--everyone-may-act is missing",
        "--locale: there is none called `fr`",
        "--account: the credentials are of the account 123456789012",
        "--public-subnet: cannot be chosen: no way leads from it to an internet gateway",
        "--route-table: cannot be chosen: it leads to an internet gateway",
        "--private-subnet: cannot be chosen: it leads to an internet gateway",
        "--security-group: there is none called `nobodys`",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }

    let flags = self::flags(&stage);
    let taken =
        ["--instance-name", "my-service-01", "--private-ip", "10.20.20.9", "--private-ip", "10.20.40.1"];
    let (code, said) = runs(program(&stage, folder.path(), &with(&flags, &taken))).await;
    assert_eq!(code, Some(1), "{said}");
    for words in [
        "--instance-name: an instance is called `my-service-01` already",
        "--private-ip: 10.20.20.9 is not in the subnet, 10.20.10.0/24",
        "--private-ip (a second time): 10.20.40.1 is kept by AWS",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    assert!(is_empty(folder.path()));
    stage.finish_except(&[MADE]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_or_credentials_that_are_no_good_are_said_with_what_to_do() {
    let (stage, folder) = a_world().await;
    let mut command = program(&stage, folder.path(), &with(&flags(&stage), &[]));
    command
        .env("DISCORD_TOKEN", "not.a.token")
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY");
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    let (code, said) = runs(command).await;
    assert_eq!(code, Some(1), "{said}");
    for words in
        ["Discord does not accept this token.", "There are no AWS credentials", "Nothing was written."]
    {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    // What is missing besides is said all the same.
    let mut command =
        program(&stage, folder.path(), &["init", "--region", "ap-northeast-2", "--vpc", "My-VPC"]);
    command.env("DISCORD_TOKEN", "not.a.token").env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let (code, said) = runs(command).await;
    assert_eq!(code, Some(1), "{said}");
    for words in [
        "Discord does not accept this token.",
        "--guild is missing: Discord server; what there is can be listed with DISCORD_TOKEN",
        "--operator-role is missing",
        "AWS did not answer GetCallerIdentity in ap-northeast-2",
        "--security-group is missing: Security group of the instances; what there is can be listed with AWS credentials",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    assert!(!said.contains("--vpc"), "{said}");

    let mut command = program(&stage, folder.path(), &with(&flags(&stage), &[]));
    command.env_remove("DISCORD_TOKEN");
    let (code, said) = runs(command).await;
    assert!(code == Some(1) && said.contains("the bot's token is missing: set DISCORD_TOKEN"), "{said}");

    let denied = FaultKind::Refuse {
        status: 403,
        code: "UnauthorizedOperation".to_owned(),
        message: "You are not authorized to perform this operation.".to_owned(),
    };
    let rule = FaultRule { operation: "DescribeSubnets".to_owned(), skip: 0, times: 1, kind: denied };
    stage.world.aws.faults().add(rule);
    let (code, said) = runs(program(&stage, folder.path(), &with(&flags(&stage), &[]))).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("These AWS credentials do not allow DescribeSubnets. Run init as somebody"),
        "{said}"
    );

    stage.world.discord.set_invited(false);
    let (code, said) = runs(program(&stage, folder.path(), &with(&flags(&stage), &[]))).await;
    let invitation = "The bot is in no server. Invite it: https://discord.com/oauth2/authorize?client_id=";
    assert!(code == Some(1) && said.contains(invitation), "{said}");
    assert!(is_empty(folder.path()));
    stage.finish_except(&[REFUSED]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_not_replaced_unasked() {
    let (stage, folder) = a_world().await;
    let path = folder.path().join("doorman.toml");
    std::fs::write(&path, "# mine\n").expect("a file");
    let (code, said) = runs(program(&stage, folder.path(), &with(&flags(&stage), &[]))).await;
    assert!(code == Some(1) && said.contains("doorman.toml is there already: --force replaces it"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "# mine\n");

    let (code, said) = runs(program(&stage, folder.path(), &with(&flags(&stage), &["--force"]))).await;
    assert_eq!(code, Some(0), "{said}");
    settings(folder.path());
    let (code, said) =
        runs(program(&stage, folder.path(), &with(&flags(&stage), &["--config", "no/where.toml"]))).await;
    assert!(code == Some(1) && said.contains("there is no folder no"), "{said}");
    // Where it is written can be said before the command, too.
    let mut before = command(DOORMAN);
    let like = program(&stage, folder.path(), &["init"]);
    let set = like.get_envs().filter_map(|(name, value)| Some((name, value?)));
    before
        .args(["--config", "other.toml"])
        .args(with(&flags(&stage), &[]))
        .envs(set)
        .current_dir(folder.path());
    let (code, said) = runs(before).await;
    assert!(code == Some(0) && folder.path().join("other.toml").exists(), "{said}");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_name_of_its_own_cannot_be_chosen() {
    let (stage, folder) = a_world().await;
    let by_hand = stage.world.aws.by_hand();
    by_hand.rename("my-subnet-private02", "my-subnet-private01").expect("a subnet");
    by_hand.rename("my-subnet-public01", "").expect("a subnet");
    by_hand.ec2("CreateVpc", &[("CidrBlock", "10.30.0.0/16")]).expect("a VPC");
    let (code, said) = runs(program(&stage, folder.path(), &with(&flags(&stage), &[]))).await;
    assert_eq!(code, Some(1), "{said}");
    for words in ["--private-subnet: cannot be chosen: subnet-", " has the same name"] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    let arguments = ["init", "--region", "ap-northeast-2"];
    let (_, said) = runs(program(&stage, folder.path(), &arguments)).await;
    for words in [
        "(10.30.0.0/16) — cannot be chosen: it has no Name tag",
        "(10.20.110.0/24, ap-northeast-2a) — cannot be chosen: it has no Name tag",
        "has the same name",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    assert!(is_empty(folder.path()));
    stage.finish_except(&[MADE]).await;
}
