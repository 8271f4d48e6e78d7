//! The same on a terminal, with the arrow keys.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use doorman_config::Locale;
use doorman_stage::Stage;

use super::person::{CTRL_C, Person};
use super::{MADE, REFUSED, a_world, is_empty, program, settings};

/// Somebody who has no token in the environment.
fn without_token(stage: &Stage, folder: &Path) -> Command {
    let mut command = program(stage, folder, &["init"]);
    command.env_remove("DISCORD_TOKEN");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_chosen_after_a_wrong_answer_to_each_question() {
    let (stage, folder) = a_world().await;
    let (facts, by_hand) = (stage.world.discord.facts().clone(), stage.world.aws.by_hand());
    let muted = stage.world.discord.add_guild("Muted");
    stage.world.discord.add_channel(muted, "quiet", 0, 1 << 11);
    stage.world.discord.add_channel(facts.guild_id, "hidden", 0, 1 << 10);
    stage.world.discord.add_channel(facts.guild_id, "voices", 2, 0);
    by_hand.ec2("CreateVpc", &[("CidrBlock", "10.30.0.0/16")]).expect("a VPC");
    by_hand.run_foreign_instance("web", "my-subnet-private01", "10.20.10.31").expect("an instance");

    let mut person = Person::starts(without_token(&stage, folder.path()));
    person.answers("The bot's token", "not.a.token").await;
    person.reads("Discord does not accept this token.").await;
    person.answers("The bot's token", &facts.token).await;
    person.reads("The token belongs to the bot doorman.").await;
    assert!(!person.sees().contains("Sandbx"), "the token is shown:\n{}", person.sees());

    person.chooses("Discord server", "Muted").await;
    person.reads("In Muted there is no text channel").await;
    person.reads("#quiet — cannot be chosen: the bot lacks Send Messages").await;
    person.chooses("Discord server", "Sandbox").await;
    person.chooses("Channel for notices", "#hidden").await;
    person.reads("\ncannot be chosen: the bot lacks View Channel").await;
    assert!(!person.sees().contains("voices"), "{}", person.sees());
    person.chooses("Channel for notices", "#ops").await;
    person.chooses("Role that may look", "everyone in the server").await;
    person.chooses("Role that may act", "everyone in the server").await;
    person.answers("Everyone in the server could then", "n").await;
    person.chooses("Role that may act", "operator").await;
    person.chooses("Language", "English").await;

    person.chooses("AWS region", "ap-northeast-2").await;
    person.reads("AWS account 123456789012, as ").await;
    person.answers("Is that the right account?", "y").await;
    person.chooses("VPC", "(10.30.0.0/16)").await;
    person.reads("\ncannot be chosen: it has no Name tag").await;
    person.chooses("VPC", "My-VPC").await;
    person.chooses("Public subnet", "my-subnet-private03").await;
    person.reads("\ncannot be chosen: no way leads from it").await;
    person.chooses("Public subnet", "my-subnet-public02").await;
    person.chooses("Private route table", "my-route-public").await;
    person.reads("\ncannot be chosen: it leads to an internet gateway").await;
    person.chooses("Private route table", "my-route-private").await;
    person.chooses("Private subnet of the first", "my-subnet-private01").await;
    person.chooses("Private subnet of the second", "my-subnet-private02").await;
    person.chooses("Security group", "my-SG-private-service").await;
    person.answers("Name of the first instance", "web").await;
    person.reads("an instance is called `web` already").await;
    person.answers("Name of the first instance", "").await;
    person.answers("Private address of the first instance", "10.20.20.31").await;
    person.reads("10.20.20.31 is not in the subnet, 10.20.10.0/24").await;
    person.answers("Private address of the first instance", "ten").await;
    person.reads("`ten` is not an IPv4 address").await;
    person.answers("Private address of the first instance", "10.20.10.31").await;
    person.reads("10.20.10.31 is taken").await;
    person.answers("Private address of the first instance", "10.20.10.77").await;
    person.answers("Name of the second instance", "my-service-01").await;
    person.reads("an instance is called `my-service-01` already").await;
    person.answers("Name of the second instance", "db").await;
    person.answers("Private address of the second instance", "").await;
    person.reads("a NAT window: $0.064 an hour").await;
    assert!(is_empty(folder.path()), "nothing is written before the end");
    person.answers("Write doorman.toml?", "y").await;
    let (code, screen) = person.leaves().await;
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("ok       token — belongs to the bot doorman"), "{screen}");
    assert!(screen.contains("    export DISCORD_TOKEN=…"), "{screen}");

    let (text, settings) = settings(folder.path());
    assert!(!text.contains(&facts.token));
    assert_eq!(settings.discord.locale, Locale::EnUs);
    assert_eq!(settings.policy.grants[1].role_id.0, facts.operator_role_id);
    let pair: Vec<String> = settings
        .stack
        .service
        .instances
        .iter()
        .map(|instance| format!("{} {} {}", instance.name, instance.subnet, instance.private_ip))
        .collect();
    assert_eq!(pair, ["my-service-01 my-subnet-private01 10.20.10.77", "db my-subnet-private02 10.20.20.32"]);
    stage.finish_except(&[MADE, REFUSED]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_in_no_server_is_invited_first() {
    let (stage, folder) = a_world().await;
    stage.world.discord.set_invited(false);
    let mut person = Person::starts(program(&stage, folder.path(), &["init"]));
    person.reads("https://discord.com/oauth2/authorize?client_id=1180000000000000003").await;
    person.answers("Press Enter when you have invited it.", "").await;
    person.is_asked("Press Enter when you have invited it.").await;
    stage.world.discord.set_invited(true);
    person.answers("Press Enter when you have invited it.", "").await;
    person.chooses("Discord server", "Sandbox").await;
    person.is_asked("Channel for notices").await;
    person.types(CTRL_C);
    assert_eq!(person.leaves().await.0, Some(130));
    assert!(is_empty(folder.path()));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_any_kind_of_question_writes_nothing() {
    let (stage, folder) = a_world().await;
    // While something is hidden.
    let mut person = Person::starts(without_token(&stage, folder.path()));
    person.is_asked("The bot's token").await;
    person.types(CTRL_C);
    let (code, screen) = person.leaves().await;
    assert!(code == Some(130) && screen.contains("Cancelled: nothing was written."), "{code:?} {screen}");

    // In a list, at a yes or no, in a line.
    let flags = super::flags(&stage);
    let before = |flag: &str| {
        let at = flags.iter().position(|known| known == flag).unwrap_or(flags.len());
        let arguments: Vec<&str> =
            ["init"].into_iter().chain(flags[..at].iter().map(String::as_str)).collect();
        program(&stage, folder.path(), &arguments)
    };
    for (flag, question) in [
        ("--channel", "Channel for notices"),
        ("--account", "Is that the right account?"),
        ("", "Name of the first instance"),
    ] {
        let mut person = Person::starts(before(flag));
        person.is_asked(question).await;
        person.types(CTRL_C);
        let (code, screen) = person.leaves().await;
        assert!(
            code == Some(130) && screen.contains("Cancelled: nothing was written."),
            "{question} {screen}"
        );
    }
    // And whoever ends it otherwise.
    let mut person = Person::starts(before("--channel"));
    person.is_asked("Channel for notices").await;
    person.is_ended();
    let (code, screen) = person.leaves().await;
    assert!(code == Some(130) && screen.contains("Cancelled: nothing was written."), "{code:?} {screen}");

    // While Discord is asked, and nobody is.
    let slow = Duration::from_secs(30);
    stage.world.discord.faults().linger_next("GET", "/users/@me/guilds", slow, 1);
    let mut person = Person::starts(before("--guild"));
    person.reads("The token belongs to the bot doorman.").await;
    let began = Instant::now();
    person.types(CTRL_C);
    let (code, screen) = person.leaves().await;
    assert!(code == Some(130) && screen.contains("Cancelled: nothing was written."), "{code:?} {screen}");
    assert!(began.elapsed() < slow / 3, "{:?}", began.elapsed());
    assert!(is_empty(folder.path()));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_asked_about_and_a_korean_reads_korean() {
    let (stage, folder) = a_world().await;
    let path = folder.path().join("doorman.toml");
    std::fs::write(&path, "# mine\n").expect("a file");
    let mut command = program(&stage, folder.path(), &["init"]);
    command.env("LANG", "ko_KR.UTF-8");
    let mut person = Person::starts(command);
    person.answers("doorman.toml 파일이 이미 있습니다. 마지막에 바꿉니까?", "n").await;
    let (code, screen) = person.leaves().await;
    assert!(code == Some(1) && screen.contains("아무것도 쓰지 않았습니다."), "{screen}");
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "# mine\n");
    stage.finish().await;
}
