//! The bot as a process of its own, `doorman run`, between the sandbox's two sides in this one.
//!
//! The process has the machine's clock. The world around it may hurry, so that a gateway takes two seconds.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use doorman::demo::World;
use doorman_sandbox::discord::MessageView;

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

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

/// `doorman run` as a process of its own, against Discord and AWS in this one; its store is in `folder`.
pub(crate) fn running(folder: &Path, world: &World) -> Command {
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

/// A process that is gone when it is dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts it, with its standard output for [`line`](Self::line).
    pub(crate) fn start(command: &mut Command) -> Process {
        Process(command.stdout(Stdio::piped()).spawn().expect("the program starts"))
    }

    /// `doorman run`, whose log nobody reads.
    pub(crate) fn run(folder: &Path, world: &World) -> Process {
        Process::start(running(folder, world).stderr(Stdio::null()))
    }

    /// Its next line on standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        line
    }

    /// Sends it SIGTERM, and waits for its exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let killed = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        assert!(killed.expect("kill").success());
        self.0.wait().expect("it ends").code()
    }

    /// Sends it SIGKILL, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn saying(world: &World, text: &str) -> Option<MessageView> {
    world.discord.channel().messages.into_iter().find(|message| {
        message.embeds.iter().chain(&message.components).any(|part| part.to_string().contains(text))
    })
}

/// Waits until a message says so, or has a button of that kind.
pub(crate) async fn until(world: &World, text: &str) -> MessageView {
    let began = Instant::now();
    loop {
        if let Some(message) = saying(world, text) {
            return message;
        }
        assert!(began.elapsed() < PATIENCE, "never: {text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The end of a window, as its message shows it.
pub(crate) fn end_in(window: &MessageView) -> DateTime<Utc> {
    let text = window.embeds[0].to_string();
    let (_, shown) = text.split_once("<t:").expect("a time");
    let seconds = shown.split(':').next().and_then(|seconds| seconds.parse().ok());
    DateTime::from_timestamp(seconds.expect("seconds"), 0).expect("in range")
}

/// What of doorman's bills in AWS.
pub(crate) fn billing(world: &World) -> Vec<String> {
    let items = world.aws.inventory();
    let bills = items.iter().filter(|item| item.managed && item.usd_per_hour.is_some());
    bills.map(|item| format!("{} {} {}", item.kind, item.id, item.state)).collect()
}
