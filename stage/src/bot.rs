//! How the bot of a stage begins and ends.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use doorman::StartError;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::choices::{Bot, Time};
use crate::life::{Life, Task};
use crate::pace;
use crate::program::Process;
use crate::stage::Stage;

/// How long it may take to come online.
const ONLINE: Duration = Duration::from_secs(120);
/// How long it may take to end when it is told to.
const STOPS: Duration = Duration::from_secs(10);
/// The same on time that jumps, which is not the machine's.
const STOPS_JUMPING: Duration = Duration::from_secs(30);
/// How long it may take to end by itself, or to be gone when it is killed.
const ENDS: Duration = Duration::from_secs(60);
/// The files of a store, by what their names end with.
const STORE: [&str; 3] = ["", "-wal", "-shm"];

impl Stage {
    /// Starts the bot on the stage's store, and waits until people see it online.
    ///
    /// # Panics
    ///
    /// When it does not come online within two minutes.
    pub async fn start_bot(&mut self) {
        self.launch_bot();
        let online = tokio::time::timeout(ONLINE, self.world.discord.bot_online()).await;
        online.expect("the bot comes online");
    }

    /// Starts the bot and waits for nothing.
    ///
    /// # Panics
    ///
    /// When there is one already.
    pub fn launch_bot(&mut self) {
        assert!(self.life.is_none(), "there is a bot already");
        self.grant();
        self.life = Some(match &self.bot {
            Bot::Program(_) => Life::Apart(Process::start(self.command(&["run"]).stderr(Stdio::null()))),
            Bot::Inside => {
                let stop = CancellationToken::new();
                let (settings, token) = (self.settings.clone(), self.token.clone());
                let clock = self.world.clock.off_by(self.clock_ahead);
                let options = self.aws_options.clone();
                let probe = self.probe.clone();
                let run = doorman::run::run_probed(settings, token, clock, options, probe, stop.clone());
                match self.time {
                    Time::Running(_) | Time::Standing | Time::Machine(_) => {
                        let runtime = Runtime::new().expect("a runtime");
                        let running = runtime.spawn(run);
                        Life::Own(Task { stop, running }, runtime)
                    }
                    Time::Jumping => Life::Here(Task { stop, running: tokio::spawn(run) }),
                }
            }
        });
    }

    /// Lets the bot do what the policies for its settings allow. Where the network is not as they name it, it keeps what
    /// it has: whoever made the policies did so before that.
    pub(crate) fn grant(&self) {
        _ = self.world.grant(&self.settings);
    }

    /// Drops the bot where it stands: nothing is finished, nothing is said. Returns once Discord has noticed: what people
    /// send before that goes to the dead one, also when another one has begun.
    ///
    /// # Panics
    ///
    /// When there is none, or on time that jumps: there it dies with its runtime ([`move_here`](Self::move_here)).
    pub async fn kill_bot(&mut self) {
        self.life.take().expect("a bot").kill(ENDS).await;
        self.see("the bot gone", |stage| (!stage.world.discord.channel().bot_online).then_some(())).await;
    }

    /// Stops the bot as SIGTERM does: within ten seconds and without an error.
    ///
    /// # Panics
    ///
    /// When there is none, or it ends otherwise.
    pub async fn stop_bot(&mut self) {
        let patience = if self.time == Time::Jumping { STOPS_JUMPING } else { STOPS };
        self.life.take().expect("a bot").stop(patience).await;
    }

    /// Kills the bot and starts it again.
    pub async fn restart_bot(&mut self) {
        self.kill_bot().await;
        self.start_bot().await;
    }

    /// Waits until the bot ends by itself.
    ///
    /// # Errors
    ///
    /// Why it did.
    ///
    /// # Panics
    ///
    /// When there is none, or it does not end within a minute, or it is a program.
    pub async fn bot_ends(&mut self) -> Result<(), StartError> {
        self.life.take().expect("a bot").ended(ENDS).await
    }

    /// The number of the bot's process, as the machine has it; `None` without one of its own.
    pub fn process_id(&self) -> Option<u32> {
        match &self.life {
            Some(Life::Apart(process)) => Some(process.id()),
            Some(Life::Own(..) | Life::Here(_)) | None => None,
        }
    }

    /// Whether there is no bot, or it has come to an end by itself.
    pub fn is_bot_gone(&mut self) -> bool {
        self.life.as_mut().is_none_or(Life::is_over)
    }

    /// Goes on in the runtime this is called in, on time that jumps: the one before is gone, and the bot with it.
    /// The clock must have been stopped before that.
    ///
    /// # Panics
    ///
    /// When the listeners cannot be taken over.
    pub fn move_here(&mut self) {
        pace::keep();
        self.life = None;
        self.world.move_here().expect("the listeners are there");
    }

    fn file_of_store(&self, end: &str) -> PathBuf {
        PathBuf::from(format!("{}{end}", self.store().display()))
    }

    fn file_of_copy(&self, end: &str) -> PathBuf {
        self.folder().join(format!("before.db{end}"))
    }

    /// From its next start the bot has credentials of another account, or of its own again.
    pub fn moves_account(&mut self, away: bool) {
        let key = if away { "AKIDELSEWHERE" } else { "AKIDSANDBOX" };
        self.aws_options.static_credentials = Some((key.to_owned(), "sandbox".to_owned()));
    }

    /// Keeps a copy of the store as it is, for [`restore_store`](Self::restore_store).
    pub fn copy_store(&self) {
        for end in ["", "-wal"] {
            if self.file_of_store(end).exists() {
                fs::copy(self.file_of_store(end), self.file_of_copy(end)).expect("a copy");
            }
        }
    }

    /// Deletes the store of a bot that is gone.
    pub fn lose_store(&self) {
        for end in STORE {
            _ = fs::remove_file(self.file_of_store(end));
        }
        assert!(!self.store().exists(), "it is gone");
    }

    /// Puts the copy in the place of the store of a bot that is gone.
    pub fn restore_store(&self) {
        self.lose_store();
        for end in ["", "-wal"] {
            if self.file_of_copy(end).exists() {
                fs::rename(self.file_of_copy(end), self.file_of_store(end)).expect("a rename");
            }
        }
    }
}
