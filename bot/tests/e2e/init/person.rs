//! Somebody at a terminal: a pseudo-terminal with the program on it, and a screen on which is what they see.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use pty_process::Size;
use pty_process::blocking::{self, Pty};
use rustix::termios::LocalModes;
use tokio::sync::watch;

/// Large enough for everything that is said, and no line is broken.
const ROWS: u16 = 400;
const COLUMNS: u16 = 220;
/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";
pub(super) const CTRL_C: &str = "\x03";

pub(super) struct Person {
    keys: Arc<Pty>,
    screen: watch::Receiver<String>,
    program: Child,
}

impl Person {
    /// Starts the program on a terminal of its own.
    pub(super) fn starts(mut command: Command) -> Person {
        command.env("TERM", "xterm-256color");
        let (pty, pts) = blocking::open().expect("a pseudo-terminal");
        pty.resize(Size::new(ROWS, COLUMNS)).expect("a size");
        let program = blocking::Command::from(command).spawn(pts).expect("the program starts");
        let keys = Arc::new(pty);
        let (shows, screen) = watch::channel(String::new());
        let output = Arc::clone(&keys);
        std::thread::spawn(move || {
            let size = [ROWS, COLUMNS].map(|of| NonZeroU16::new(of).expect("more than none"));
            let mut terminal = vt100::Parser::new(size[0], size[1], 0);
            let mut bytes = [0; 4096];
            // It ends with the program.
            while let Ok(length @ 1..) = (&*output).read(&mut bytes) {
                terminal.process(&bytes[..length]);
                shows.send_replace(terminal.screen().contents());
            }
        });
        Person { keys, screen, program }
    }

    /// What is on the screen.
    pub(super) fn sees(&self) -> String {
        self.screen.borrow().clone()
    }

    async fn waits<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let found = find(&self.screen.borrow_and_update());
                if found.is_some() {
                    return found;
                }
                if self.screen.changed().await.is_err() {
                    return None;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, waiting).await.ok().flatten();
        let screen = self.sees();
        found.unwrap_or_else(|| panic!("{what} does not show on:\n{screen}"))
    }

    /// Waits until that is on the screen.
    pub(super) async fn reads(&mut self, words: &str) {
        self.waits(words, |screen| screen.contains(words).then_some(())).await;
    }

    pub(super) fn types(&mut self, keys: &str) {
        (&*self.keys).write_all(keys.as_bytes()).expect("keys");
    }

    /// Waits until that is asked.
    pub(super) async fn is_asked(&mut self, question: &str) {
        self.waits(question, |screen| asked(screen, question).map(drop)).await;
    }

    /// Answers that question with those words; none: with what is proposed.
    pub(super) async fn answers(&mut self, question: &str, words: &str) {
        self.is_asked(question).await;
        self.types(words);
        self.enters(question).await;
    }

    /// Presses Enter, and waits until the answer is taken.
    async fn enters(&mut self, question: &str) {
        let before = answered(&self.sees(), question);
        self.types(ENTER);
        self.waits(question, |screen| (answered(screen, question) > before).then_some(())).await;
    }

    /// Goes through the list of that question with the arrow keys, and presses Enter on the line with these words.
    pub(super) async fn chooses(&mut self, question: &str, words: &str) {
        let way = self
            .waits(&format!("{words} under {question}"), |screen| {
                let list = asked(screen, question)?;
                let at = list.iter().position(|line| line.starts_with("> "))?;
                let wanted = list.iter().position(|line| line.contains(words))?;
                Some(isize::try_from(wanted).ok()? - isize::try_from(at).ok()?)
            })
            .await;
        let key = if way < 0 { UP } else { DOWN };
        self.types(&key.repeat(way.unsigned_abs()));
        let is_at = |screen: &str| {
            let list = asked(screen, question)?;
            list.iter().any(|line| line.starts_with("> ") && line.contains(words)).then_some(())
        };
        self.waits(&format!("the cursor at {words}"), is_at).await;
        self.enters(question).await;
    }

    /// Somebody else ends the program.
    pub(super) fn is_ended(&mut self) {
        let killed = Command::new("kill").args(["-TERM", &self.program.id().to_string()]).status();
        assert!(killed.expect("kill").success());
    }

    /// Waits until the program has ended; its exit code, and what is on the screen. The terminal must show again what is
    /// typed.
    pub(super) async fn leaves(mut self) -> (Option<i32>, String) {
        let mut program = self.program;
        let ended = tokio::task::spawn_blocking(move || program.wait());
        let ended = tokio::time::timeout(PATIENCE, ended).await.expect("it ends").expect("a thread");
        let modes = rustix::termios::tcgetattr(&*self.keys).expect("the modes of the terminal");
        assert!(modes.local_modes.contains(LocalModes::ECHO | LocalModes::ICANON), "{modes:?}");
        // What it said last is on its way.
        while self.screen.changed().await.is_ok() {}
        let screen = self.screen.borrow().clone();
        (ended.expect("an exit").code(), screen)
    }
}

/// The lines below that question, if it is what is asked now.
fn asked<'s>(screen: &'s str, question: &str) -> Option<Vec<&'s str>> {
    let lines: Vec<&str> = screen.lines().collect();
    let at = lines.iter().rposition(|line| line.starts_with("? "))?;
    lines[at].strip_prefix("? ")?.starts_with(question).then(|| lines[at + 1..].to_vec())
}

/// How often that question was answered.
fn answered(screen: &str, question: &str) -> usize {
    let answers = screen.lines().filter_map(|line| line.strip_prefix("> "));
    answers.filter(|answer| answer.starts_with(question)).count()
}
