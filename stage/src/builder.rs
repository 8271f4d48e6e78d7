//! How a stage is set.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman::demo::World;
use doorman::supervise::Probe;
use doorman_cloud::aws;
use doorman_cloud::clock::Clock;
use doorman_config::{Locale, Settings};

use crate::choices::{Aws, Bot, Time};
use crate::promises::foreign;
use crate::stage::Stage;
use crate::{apart, pace};

/// How much faster than real time a stage lives when nothing else is said. At 300 a gateway takes a third of a second.
const RATE: f64 = 300.0;
/// The same with an AWS that is not the sandbox's: its calls take real time, and opening a window may not take
/// more than a quarter of an hour.
const RATE_ELSEWHERE: f64 = 10.0;
/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same on time that jumps, where things take as long as they say.
const PATIENCE_JUMPING: Duration = Duration::from_secs(5 * 60);
/// Everybody there is; all read English.
const PEOPLE: [&str; 3] = ["operator", "viewer", "outsider"];

/// The instant at which a stage begins: 22 November 2026, noon in Seoul.
fn noon() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().expect("a date")
}

/// What is changed of the shipped settings.
type Change<'a> = Box<dyn FnOnce(&mut Settings) + Send + 'a>;

/// The choices of a stage that is not set yet.
pub struct Builder<'a> {
    time: Time,
    begins: DateTime<Utc>,
    aws: Aws,
    bot: Bot,
    change: Vec<Change<'a>>,
    more: String,
    patience: Option<Duration>,
    promises: bool,
    clock_ahead: TimeDelta,
}

impl Stage {
    /// A stage by choice. Nothing chosen, it runs 300 times as fast as real time, with the sandbox's AWS and the bot
    /// in this process.
    pub fn builder<'a>() -> Builder<'a> {
        Builder {
            time: Time::Running(RATE),
            begins: noon(),
            aws: Aws::Sandbox,
            bot: Bot::Inside,
            change: Vec::new(),
            more: String::new(),
            patience: None,
            promises: true,
            clock_ahead: TimeDelta::zero(),
        }
    }

    /// The reference network; an operator, a second one, a viewer and an outsider, who all read English; and the bot
    /// online.
    pub async fn set() -> Stage {
        Stage::builder().set().await
    }

    /// The same with other settings.
    pub async fn set_with(change: impl FnOnce(&mut Settings) + Send) -> Stage {
        Stage::builder().settings(change).set().await
    }

    /// The bot between the sandbox's Discord and another AWS. The stage begins now, because that AWS dates what is
    /// made by the machine's clock.
    pub async fn set_against(aws: aws::Options) -> Stage {
        Stage::builder().time(Time::Machine(RATE_ELSEWHERE)).aws(Aws::At(aws)).set().await
    }
}

impl<'a> Builder<'a> {
    /// How time passes.
    pub fn time(self, time: Time) -> Self {
        Builder { time, ..self }
    }

    /// When the stage begins, unless that is when the machine's clock says.
    pub fn begins(self, begins: DateTime<Utc>) -> Self {
        Builder { begins, ..self }
    }

    /// Which AWS the bot has.
    pub fn aws(self, aws: Aws) -> Self {
        Builder { aws, ..self }
    }

    /// The bot is the program at that path.
    pub fn program(self, path: impl Into<PathBuf>) -> Self {
        Builder { bot: Bot::Program(path.into()), ..self }
    }

    /// Changes the settings of a bot in this process, which are otherwise the shipped ones.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings) + Send + 'a) -> Self {
        self.change.push(Box::new(change));
        self
    }

    /// Adds sections to the settings file of a bot that is a program; otherwise it has what must be there, and a
    /// grant of everything to the operator.
    pub fn more_settings(mut self, sections: &str) -> Self {
        self.more.push_str(sections);
        self
    }

    /// How long (in real time; on time that jumps, in that) anything may take that is waited for. If nothing
    /// is said a minute, and five on time that jumps.
    pub fn patience(self, patience: Duration) -> Self {
        Builder { patience: Some(patience), ..self }
    }

    /// The clock of a bot in this process is so much ahead of everybody else's; negative: behind.
    pub fn clock_ahead(self, clock_ahead: TimeDelta) -> Self {
        Builder { clock_ahead, ..self }
    }

    /// For a benchmark, which measures and proves nothing: the stage need not be finished.
    pub fn without_promises(self) -> Self {
        Builder { promises: false, ..self }
    }

    /// Sets the stage, with the bot online.
    pub async fn set(self) -> Stage {
        let mut stage = self.set_without_bot().await;
        stage.start_bot().await;
        stage
    }

    /// Sets the stage with everything but the bot.
    ///
    /// # Panics
    ///
    /// When the stage cannot be had, or the bot is a program and time is not the machine's.
    pub async fn set_without_bot(self) -> Stage {
        let Builder { time, begins, aws, bot, change, more, patience, promises, clock_ahead } = self;
        if time == Time::Jumping {
            pace::keep();
        }
        let world = World::start(clock(time, begins)).await.expect("two free ports on loopback");
        for person in PEOPLE {
            world.discord.set_locale(person, "en-US");
        }
        let operator = world.discord.facts().operator_role_id;
        world.discord.add_person("second", &[operator], "en-US");
        // Where time goes faster than what waits for it, limits by the second are none of Discord's.
        world.discord.faults().enforce_rate_limits(time == Time::Jumping);
        let folder = folder(time);
        let store = folder.path().join("doorman.db");
        let mut settings = match &bot {
            Bot::Inside => world.settings(&store).expect("the shipped settings"),
            Bot::Program(_) => {
                assert!(matches!(time, Time::Machine(_)), "a program has the machine's clock");
                let text = apart::settings(&world, &store, &more);
                std::fs::write(folder.path().join("doorman.toml"), &text).expect("a settings file");
                Settings::from_toml(&text).expect("settings without a mistake")
            }
        };
        settings.discord.locale = Locale::EnUs;
        for change in change {
            change(&mut settings);
        }
        let aws_options = match aws {
            Aws::Sandbox => world.aws_options(),
            Aws::At(options) => options,
        };
        let (token, began, foreign) = (world.token(), world.clock.now(), foreign(&world));
        let stage = Stage {
            world,
            settings,
            probe: Probe::default(),
            token,
            time,
            clock_ahead,
            patience: patience.unwrap_or(if time == Time::Jumping { PATIENCE_JUMPING } else { PATIENCE }),
            bot,
            aws_options,
            began,
            foreign,
            handled: Default::default(),
            disguised: Default::default(),
            life: None,
            said_after: 0,
            finished: !promises,
            folder,
        };
        stage.grant();
        stage
    }
}

fn clock(time: Time, begins: DateTime<Utc>) -> Clock {
    match time {
        Time::Running(rate) => {
            let clock = Clock::standing_at(begins);
            clock.set_rate(rate);
            clock
        }
        Time::Standing => Clock::standing_at(begins),
        Time::Jumping => Clock::jumping_from(begins),
        Time::Machine(rate) => {
            let clock = Clock::system();
            if rate != clock.rate() {
                clock.set_rate(rate);
            }
            clock
        }
    }
}

/// On time that jumps in memory, where there is room for it: thousands of stores are synced to the disk otherwise.
fn folder(time: Time) -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if time == Time::Jumping && memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.expect("a folder")
}
