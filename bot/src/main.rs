//! The command line of doorman. It only wires: everything it does is in the library.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use doorman::check::fix::{self, Answer, Outcome};
use doorman::{by_hand, policy};
use doorman_cloud::aws;
use doorman_cloud::clock::Clock;
use doorman_cloud::policy::Purpose;
use doorman_config::{Settings, secrets};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Opens a small private AWS environment from Discord, and closes it by itself.
#[derive(Parser)]
#[command(name = "doorman", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// The settings file.
    #[arg(long, value_name = "FILE", default_value = "config/doorman.toml", global = true)]
    config: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Run the bot (this is what happens without a command).
    Run,
    /// Try everything on this machine: no Discord, no AWS, no account of anything.
    #[cfg(feature = "sandbox")]
    Demo(doorman::demo::Options),
    /// Ask Discord and AWS what there is, let you choose, and write the settings.
    Init(Box<doorman::init::Options>),
    /// Say what is wrong with settings, token, Discord, store, credentials, network, quotas and permissions.
    Check {
        /// Make or put right the role of the safety net, after asking; for somebody who may change IAM.
        #[arg(long)]
        fix: bool,
        /// Do not ask.
        #[arg(long, requires = "fix")]
        yes: bool,
        /// For programs: the same as JSON.
        #[arg(long, conflicts_with = "fix")]
        json: bool,
    },
    /// Print the IAM policies that the stack needs, with its ids; without anything, what there is to print.
    Policy {
        /// The one for this, as JSON.
        #[arg(long = "for", value_name = "WHAT")]
        purpose: Option<Purpose>,
        /// Write all that the bot needs (or the one) into this folder instead.
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
    /// Print the AWS CLI lines that do what doorman would; it only looks.
    Plan(by_hand::Options),
    /// Ask the doorman that runs with these settings how it is; for a container's health check. Fails only when a
    /// restart would help.
    Health,
}

/// Not enough to keep the process from ending; serenity can leave a task that never yields.
const LEFTOVERS: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    let cli = Cli::parse();
    log(match &cli.command {
        None | Some(Command::Run) => "info",
        // These speak for themselves; a log in between would only be in the way of reading it.
        Some(
            Command::Check { .. }
            | Command::Policy { .. }
            | Command::Plan(_)
            | Command::Health
            | Command::Init(_),
        ) => "error",
        // The last thing the demo says is its address.
        #[cfg(feature = "sandbox")]
        Some(Command::Demo(_)) => "warn",
    });
    if let Some(name) = empty_endpoint() {
        return complain(format!(
            "{name} is set to nothing: unset it, or give it the address of an AWS endpoint"
        ));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(error),
    };
    let code = runtime.block_on(async {
        let stop = stop_on_signals();
        match cli.command.unwrap_or(Command::Run) {
            Command::Run => run(&cli.config, stop).await,
            #[cfg(feature = "sandbox")]
            Command::Demo(options) => match doorman::demo::run(options, stop).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => complain(format!("{error:#}")),
            },
            Command::Init(options) => doorman::init::run(&options, &env, &stop).await,
            Command::Health => match health(&cli.config).await {
                Ok(said) => {
                    println!("{said}");
                    ExitCode::SUCCESS
                }
                Err(error) => complain(error),
            },
            Command::Policy { purpose, into } => policy(&cli.config, purpose, into.as_deref()).await,
            Command::Plan(options) => printed(by_hand::print(&cli.config, &env, options).await),
            Command::Check { fix, yes, json } => {
                let code = check(&cli.config, json).await;
                if fix { mend(&cli.config, yes, &stop).await } else { code }
            }
        }
    });
    runtime.shutdown_timeout(LEFTOVERS);
    code
}

async fn run(config: &Path, stop: CancellationToken) -> ExitCode {
    let settings = match Settings::load(config).and_then(|settings| settings.with_env(&env)) {
        Ok(settings) => settings,
        Err(problems) => {
            for problem in &problems.0 {
                complain(problem);
            }
            return ExitCode::FAILURE;
        }
    };
    let token = match secrets::discord_token(&env) {
        Ok(token) => token,
        Err(problem) => return complain(problem),
    };
    match doorman::run(settings, token, Clock::system(), aws::Options::default(), stop).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(error),
    }
}

async fn check(config: &Path, json: bool) -> ExitCode {
    let report = doorman::check::run(config, &env).await;
    if json {
        println!("{:#}", serde_json::json!(report));
    } else {
        print!("{report}");
    }
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Its exit code is about the role alone: whoever may make it need not have the bot's token.
async fn mend(config: &Path, yes: bool, stop: &CancellationToken) -> ExitCode {
    let ask = async |what: &str| {
        if yes {
            println!("{what}");
            return Answer::Yes;
        }
        tokio::select! {
            answer = fix::terminal(what) => answer,
            () = stop.cancelled() => Answer::No,
        }
    };
    println!();
    match fix::run(config, &env, ask).await {
        Outcome::Nothing(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Outcome::Done(words) => {
            println!("{words}\n");
            check(config, false).await;
            ExitCode::SUCCESS
        }
        Outcome::Failed(words) => complain(words),
    }
}

async fn policy(config: &Path, purpose: Option<Purpose>, into: Option<&Path>) -> ExitCode {
    let said = match (purpose, into) {
        (None, None) => Ok(policy::list()),
        (Some(purpose), None) => policy::print(config, &env, purpose).await,
        (purpose, Some(folder)) => policy::write(config, &env, purpose, folder).await,
    };
    printed(said)
}

fn printed(said: Result<String, Vec<String>>) -> ExitCode {
    match said {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(sentences) => {
            for sentence in sentences {
                complain(sentence);
            }
            ExitCode::FAILURE
        }
    }
}

async fn health(config: &Path) -> Result<String, String> {
    let settings = Settings::load(config).and_then(|settings| settings.with_env(&env));
    let settings = settings.map_err(|problems| problems.to_string())?;
    let listen = settings.health.listen.ok_or("there is no health page: `health.listen` is not set")?;
    doorman::health::page::ask(listen).await
}

/// An endpoint variable of the AWS SDK that is set to nothing: the SDK panics on it.
fn empty_endpoint() -> Option<String> {
    let empty = std::env::vars()
        .find(|(name, value)| name.starts_with("AWS_ENDPOINT_URL") && value.trim().is_empty());
    empty.map(|(name, _)| name)
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn complain(what: impl Display) -> ExitCode {
    eprintln!("doorman: {what}");
    ExitCode::FAILURE
}

/// Logs to stderr what `RUST_LOG` asks for. serenity is kept short unless it is named there: it logs payloads,
/// and with them the tokens of interactions, and the bot says itself when the connection is lost.
fn log(default: &str) {
    let asked = env("RUST_LOG").filter(|asked| !asked.trim().is_empty());
    let mut directives = asked.unwrap_or_else(|| default.to_owned());
    if !directives.contains("serenity") {
        // usvg warns of every font that a picture names and that is not there.
        directives.push_str(",serenity=error,tokio_cron_scheduler=warn,usvg=error");
    }
    let (filter, mistake) = match EnvFilter::try_new(&directives) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();
    if let Some(mistake) = mistake {
        tracing::warn!("RUST_LOG cannot be understood, so it is taken for `info`: {mistake}");
    }
    // A panic belongs in the log, in the span it happened in.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
}

/// Cancelled by the first SIGINT or SIGTERM. A second one ends the process on the spot.
fn stop_on_signals() -> CancellationToken {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        signal().await;
        stopped.cancel();
        signal().await;
        eprintln!("doorman: stopped at once; the next start goes on from the store");
        std::process::exit(130);
    });
    stop
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
