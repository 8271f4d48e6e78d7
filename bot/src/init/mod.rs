//! `doorman init`: asks Discord and AWS what there is, lets somebody choose, and writes the settings.
//!
//! It only looks. What it writes is the shipped settings file with what was chosen in it, read back before it is written,
//! whole and at the very end: whoever stops it before that has lost nothing. Every choice has a flag that makes it; without
//! a terminal all that are missing are said at once, with what there is to choose from.

mod ask;
mod costs;
mod file;
mod network;
mod questions;
mod server;
mod terminal;
mod text;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use doorman_cloud::clock::Clock;
use doorman_config::secrets::{DISCORD_TOKEN, DISCORD_TOKEN_FILE, ExposeSecret, SecretString};
use doorman_config::{EXAMPLE, Settings};
use tokio_util::sync::CancellationToken;

use ask::{Ask, End};
use terminal::Terminal;
use words::Words;

/// How a process ends that Ctrl-C ended, as shells have it: 128 and the number of SIGINT.
const INTERRUPTED: u8 = 130;

/// The command line of `doorman init`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The settings file to write.
    #[arg(long, value_name = "FILE", default_value = "doorman.toml")]
    pub config: PathBuf,
    /// Replace the file if there is one.
    #[arg(long)]
    force: bool,
    /// The Discord server to answer in, by id or name.
    #[arg(long, value_name = "SERVER")]
    guild: Option<String>,
    /// The text channel for notices and reports, by id or name.
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// The role that may look, by id or name; `everyone` for all in the server.
    #[arg(long, value_name = "ROLE")]
    viewer_role: Option<String>,
    /// The role that may act, by id or name.
    #[arg(long, value_name = "ROLE")]
    operator_role: Option<String>,
    /// Everyone in the server is meant by `--operator-role everyone`.
    #[arg(long)]
    everyone_may_act: bool,
    /// The language of what is posted unasked: `ko` or `en-US`.
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,
    /// The AWS account that the credentials are to be of, twelve digits.
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The AWS region; without it that of the AWS configuration.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The VPC, by id or name.
    #[arg(long, value_name = "VPC")]
    vpc: Option<String>,
    /// The public subnet for the NAT gateway, by id or name.
    #[arg(long, value_name = "SUBNET")]
    public_subnet: Option<String>,
    /// The private route table, by id or name.
    #[arg(long, value_name = "TABLE")]
    route_table: Option<String>,
    /// The private subnet of an instance, by id or name; once for each of the two.
    #[arg(long = "private-subnet", value_name = "SUBNET")]
    private_subnets: Vec<String>,
    /// The security group of the instances, by id or name.
    #[arg(long, value_name = "GROUP")]
    security_group: Option<String>,
    /// The name of an instance, once for each; without it the shipped name, or the next that is free.
    #[arg(long = "instance-name", value_name = "NAME")]
    instance_names: Vec<String>,
    /// The private address of an instance, once for each; without it a free one.
    #[arg(long = "private-ip", value_name = "ADDRESS")]
    private_ips: Vec<String>,
}

/// Asks, writes, and looks at what was written as `doorman check` does. `env` is the environment.
pub async fn run(
    options: &Options,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
    stop: &CancellationToken,
) -> ExitCode {
    let words = Words::by(&|name| env(name));
    let mut ask = Ask::new(words, Terminal::of_this_process(words));
    let end = tokio::select! {
        end = written(&mut ask, options, env) => end,
        () = stop.cancelled() => Err(End::Cancelled),
    };
    let typed = match end {
        Ok(typed) => typed,
        Err(End::Cancelled) => {
            eprintln!("\n{}", words.cancelled());
            return ExitCode::from(INTERRUPTED);
        }
        Err(End::Failed(sentences)) => {
            eprintln!("{sentences}\n\n{}", words.nothing_written());
            return ExitCode::FAILURE;
        }
    };
    // What was typed is handed over as it would be.
    let with_token = |name: &str| match (name, &typed) {
        (DISCORD_TOKEN, Some(token)) => Some(token.expose_secret().to_owned()),
        (DISCORD_TOKEN_FILE, Some(_)) => None,
        _ => env(name),
    };
    let report = tokio::select! {
        report = crate::check::run(&options.config, &with_token) => report.to_string(),
        () = stop.cancelled() => return ExitCode::from(INTERRUPTED),
    };
    println!("\n{report}\n{}", next(&options.config, typed.is_some(), words));
    ExitCode::SUCCESS
}

/// Asks for everything and writes it. Returns the token if it was typed.
async fn written(
    ask: &mut Ask,
    options: &Options,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Result<Option<SecretString>, End> {
    let words = ask.words;
    let path = &options.config;
    let replace = may_replace(ask, options).await?;
    let base = base(env)?;
    let (typed, server) = server::choose(ask, options, &base, env).await?;
    let network = network::choose(ask, options).await?;
    let (Some(server), Some(network), []) = (server, network, ask.open()) else {
        return Err(End::Failed(ask.open().join("\n")));
    };
    let made = text::of(&server, &network);
    let (text, settings) = made.map_err(|problems| End::Failed(words.unreadable(&problems.to_string())))?;
    eprintln!("\n{}\n{}", words.summary(), summary(&server, &network, words));
    eprintln!("\n{}\n", costs::said(&settings, &network.survey, words, Clock::system().now()));
    let shown = path.display().to_string();
    if let Some(terminal) = ask.terminal()
        && !terminal.confirm(words.write(&shown), words.yes_or_no(), true).await?
    {
        return Err(End::Cancelled);
    }
    let written = file::write(path, &text, replace);
    written.map_err(|error| End::Failed(words.cannot_write(&shown, &error.to_string())))?;
    eprintln!("{}", words.written(&shown));
    Ok(typed)
}

/// Whether a file that is there is to be replaced, asked before anything else is.
async fn may_replace(ask: &mut Ask, options: &Options) -> Result<bool, End> {
    let words = ask.words;
    let path = &options.config;
    let shown = path.display().to_string();
    let folder = file::folder(path);
    if !folder.is_dir() {
        return Err(End::Failed(words.no_folder(&folder.display().to_string())));
    }
    if options.force || !path.exists() {
        return Ok(options.force);
    }
    let Some(terminal) = ask.terminal() else {
        ask.note(words.exists(&shown))?;
        return Ok(false);
    };
    match terminal.confirm(words.replace(&shown), words.yes_or_no(), false).await? {
        true => Ok(true),
        false => Err(End::Failed(words.left_alone(&shown))),
    }
}

/// Settings that are right and say nothing yet, with what the environment overrides.
fn base(env: &(dyn Fn(&str) -> Option<String> + Sync)) -> Result<Settings, End> {
    let nobodys = "1".repeat(19);
    let shipped = Settings::from_toml(&EXAMPLE.replace('…', &nobodys));
    let base = shipped.and_then(|settings| settings.with_env(&|name| env(name)));
    base.map_err(|problems| End::Failed(problems.to_string()))
}

fn summary(server: &server::Chosen, network: &network::Chosen, words: Words) -> String {
    let mut lines = vec![
        (words.question(questions::SERVER), format!("{} ({})", server.guild.name, server.guild.id)),
        (words.question(questions::CHANNEL), format!("#{} ({})", server.channel.name, server.channel.id)),
        (words.question(questions::VIEWER), server.viewer.name.clone()),
        (words.question(questions::OPERATOR), server.operator.name.clone()),
        (words.question(questions::LOCALE), words.language(server.locale).to_owned()),
        (words.question(questions::REGION), network.region.clone()),
        (words.question(questions::VPC), network.vpc.clone()),
        (words.question(questions::PUBLIC_SUBNET), network.public_subnet.clone()),
        (words.question(questions::TABLE), network.table.clone()),
        (words.question(questions::GROUP), network.group.clone()),
    ];
    lines.extend(network.instances.iter().map(|instance| {
        let place = format!("{}, {}", instance.subnet, instance.private_ip);
        (instance.name.clone(), place)
    }));
    let lines = lines.iter().map(|(what, which)| format!("  {what}: {which}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// What to type next, as this was typed; where the token belongs, if it was typed. Commands have their lines to
/// themselves: not every shell takes a comment.
fn next(config: &Path, typed: bool, words: Words) -> String {
    let program = std::env::args().next().unwrap_or_else(|| "doorman".to_owned());
    let config = config.display();
    let [policy, fix, run] = words.next_steps();
    let token = typed.then(|| (format!("export {DISCORD_TOKEN}=…"), words.token_not_kept()));
    let commands = [("policy --into policies", policy), ("check --fix", fix), ("run", run)];
    let commands = commands.map(|(command, what)| (format!("{program} --config {config} {command}"), what));
    let lines = token.into_iter().chain(commands).map(|(command, what)| format!("  {what}:\n    {command}"));
    format!("{}\n{}", words.next(), lines.collect::<Vec<_>>().join("\n"))
}
