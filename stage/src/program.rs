//! The program `doorman`, and any run of it as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What the environment of the tests may tell the program, and must not.
const TOLD: [&str; 13] = [
    "DISCORD_TOKEN",
    "DISCORD_TOKEN_FILE",
    "DISCORD_API_URL",
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "DOORMAN_HEALTH_LISTEN",
    "DOORMAN_PING_URL",
    "DOORMAN_PING_URL_FILE",
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
    "RUST_LOG",
];

/// The program at that path, without what the environment of the tests may tell it.
pub fn command(path: impl AsRef<Path>) -> Command {
    let mut command = Command::new(path.as_ref());
    for name in TOLD {
        command.env_remove(name);
    }
    command
}

/// A process that is gone when it is dropped.
pub struct Process(Child);

impl Process {
    /// Starts it, with its standard output for [`line`](Self::line).
    pub fn start(command: &mut Command) -> Process {
        Process(command.stdout(Stdio::piped()).spawn().expect("the program starts"))
    }

    /// Its next line on standard output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        line
    }

    /// Its number, as the machine has it.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has ended by itself.
    pub fn is_over(&mut self) -> bool {
        self.0.try_wait().expect("it can be asked").is_some()
    }

    /// Sends it SIGTERM, and waits for its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let killed = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        assert!(killed.expect("kill").success());
        self.0.wait().expect("it ends").code()
    }

    /// Sends it SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
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
