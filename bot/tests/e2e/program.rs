//! The program itself: its commands, its exit codes, its signals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The program, without what the environment of the tests may tell it.
pub(crate) fn doorman() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorman"));
    for name in [
        "DISCORD_TOKEN",
        "DISCORD_TOKEN_FILE",
        "DISCORD_API_URL",
        "AWS_ENDPOINT_URL",
        "DOORMAN_HEALTH_LISTEN",
        "DOORMAN_PING_URL",
        "DOORMAN_PING_URL_FILE",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    command
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The demo with its address, ended when dropped.
struct Demo {
    child: Child,
    address: String,
}

impl Demo {
    fn start() -> Demo {
        let mut command = doorman();
        command.args(["demo", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("doorman demo: ").expect("the address").to_owned();
        Demo { child, address }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[test]
fn settings_with_five_mistakes_are_five_lines_and_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = "[discord]\nguild_id = \"12\"\nlocale = \"fr\"\n\
                    [stack.nat]\ndefault = \"30mm\"\n\
                    [reports]\ntimezone = \"Asia/Soul\"\n\
                    [[policy.grant]]\nrole_id = \"1180000000000000005\"\nverbs = [\"stauts\"]\n";
    std::fs::write(file.path(), settings).unwrap();
    let output = doorman().arg("--config").arg(file.path()).output().unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for path in ["discord.guild_id", "discord.locale", "stack.nat.default", "reports.timezone", "verbs[0]"] {
        assert!(text.contains(path), "{path} is missing in:\n{text}");
    }
}

#[test]
fn no_token_is_one_sentence_and_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = "[discord]\nguild_id = \"1180000000000000001\"\nchannel_id = \"1180000000000000002\"\n\
                    [[policy.grant]]\nrole_id = \"1180000000000000005\"\nverbs = [\"status\"]\n";
    std::fs::write(file.path(), settings).unwrap();
    let output = doorman().args(["run", "--config"]).arg(file.path()).output().unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("DISCORD_TOKEN"), "{text}");
}

#[test]
fn an_empty_endpoint_is_a_sentence_and_no_panic() {
    for command in ["run", "check"] {
        let output = doorman().arg(command).env("AWS_ENDPOINT_URL", "").output().unwrap();
        let text = text(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("AWS_ENDPOINT_URL is set to nothing"), "{text}");
    }
}

#[test]
#[cfg(unix)]
fn the_demo_serves_its_page_and_ends_on_sigterm() {
    let mut demo = Demo::start();
    let host = demo.address.strip_prefix("http://").unwrap().to_owned();
    let mut connection = std::net::TcpStream::connect(&host).unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    std::io::Write::write_all(&mut connection, request.as_bytes()).unwrap();
    let page = std::io::read_to_string(connection).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");

    let began = Instant::now();
    let killed = Command::new("kill").args(["-TERM", &demo.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let status = demo.child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

/// `doorman run` as a process of its own, against Discord and AWS in this one; its store is in `folder`.
pub(crate) fn running(folder: &std::path::Path, world: &doorman::demo::World) -> Command {
    let facts = world.discord.facts();
    let settings = format!(
        "[discord]\nguild_id = \"{}\"\nchannel_id = \"{}\"\n[store]\npath = \"{}\"\n\
         [stack.nat]\ndefault = \"25s\"\nminimum = \"5s\"\n\
         [[policy.grant]]\nrole_id = \"{}\"\nverbs = [\"nat\"]\n",
        facts.guild_id,
        facts.channel_id,
        folder.join("doorman.db").display(),
        facts.operator_role_id,
    );
    let config = folder.join("doorman.toml");
    std::fs::write(&config, settings).expect("a settings file");
    let mut command = doorman();
    command
        .args(["run", "--config"])
        .arg(config)
        .env("DISCORD_TOKEN", &facts.token)
        .env("DISCORD_API_URL", world.discord.url())
        .env("AWS_ENDPOINT_URL", world.aws.url())
        .env("AWS_ACCESS_KEY_ID", "AKIADOORMANSANDBOX00")
        .env("AWS_SECRET_ACCESS_KEY", "sandbox");
    command
}

pub(crate) fn run(folder: &std::path::Path, world: &doorman::demo::World) -> Child {
    running(folder, world).stderr(Stdio::null()).spawn().expect("the program starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_closed_on_time_though_the_process_was_killed_while_it_was_open() {
    // The process has the machine's clock; AWS and Discord hurry, so that a gateway takes two seconds.
    let clock = doorman_cloud::clock::Clock::system();
    clock.set_rate(50.0);
    let world = doorman::demo::World::start(clock).await.unwrap();
    world.discord.set_locale("operator", "en-US");
    let folder = tempfile::tempdir().unwrap();
    let says = |text: &str| {
        let messages = world.discord.channel().messages;
        messages.iter().any(|message| {
            message.embeds.iter().chain(&message.components).any(|part| part.to_string().contains(text))
        })
    };
    let until = async |text: &str| {
        let began = Instant::now();
        while !says(text) {
            assert!(began.elapsed() < Duration::from_secs(60), "never: {text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };

    let mut first = run(folder.path(), &world);
    world.discord.bot_online().await;
    let opened = Instant::now();
    let sent = world.discord.slash("operator", "/nat open").await.unwrap();
    world.discord.acknowledged(&sent.interaction_id).await.unwrap();
    until("nat:extend").await;
    first.kill().unwrap();
    first.wait().unwrap();

    let mut second = run(folder.path(), &world);
    until("Nothing keeps billing").await;
    let took = opened.elapsed();
    second.kill().unwrap();
    second.wait().unwrap();
    // 25 seconds, and what deleting a gateway and releasing its address takes at that speed.
    assert!((24..40).contains(&took.as_secs()), "{took:?}");
    let bills = |item: &doorman_sandbox::aws::Item| item.managed && item.usd_per_hour.is_some();
    assert_eq!(world.aws.inventory().iter().filter(|item| bills(item)).count(), 0);
}
