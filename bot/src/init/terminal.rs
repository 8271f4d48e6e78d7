//! The terminal: prompts, and that it is left as it was found.

use std::io::{self, ErrorKind, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::time::{Duration, Instant};

use inquire::{Confirm, InquireError, Password, Select, Text};

use super::ask::End;
use super::words::Words;

/// How many lines of a list are shown at once.
const PAGE: usize = 12;
/// Longer than a prompt takes between two keys, also on a busy machine.
#[cfg(unix)]
const ABOUT_TO_WAIT: Duration = Duration::from_secs(1);
/// Between two looks at whether it waits.
#[cfg(unix)]
const LOOK: Duration = Duration::from_millis(5);

/// The terminal of this process. As long as it is held the terminal itself shows nothing of what is typed: prompts show
/// what is to be seen, and a key that comes between two of their looks would be shown where it does not belong, or though
/// it is a secret. When it is dropped the terminal is as it was found, whatever was being asked.
pub(super) struct Terminal {
    words: Words,
    /// Whether a prompt is up.
    asking: Arc<AtomicBool>,
    #[cfg(unix)]
    found: Option<rustix::termios::Termios>,
}

impl Terminal {
    /// `None`: there is nobody to ask, or nobody would see the question.
    pub(super) fn of_this_process(words: Words) -> Option<Terminal> {
        let both = io::stdin().is_terminal() && io::stderr().is_terminal();
        both.then(|| Terminal {
            words,
            asking: Arc::default(),
            #[cfg(unix)]
            found: quiet(),
        })
    }

    pub(super) async fn select(
        &self,
        question: String,
        help: String,
        labels: Vec<String>,
        at: usize,
    ) -> Result<usize, End> {
        let prompt = move || {
            let at = at.min(labels.len().saturating_sub(1));
            let select = Select::new(&question, labels).with_help_message(&help);
            select.with_page_size(PAGE).with_starting_cursor(at).raw_prompt().map(|chosen| chosen.index)
        };
        self.prompt(prompt).await
    }

    pub(super) async fn text(&self, question: String, proposal: Option<String>) -> Result<String, End> {
        let prompt = move || match &proposal {
            Some(proposal) => Text::new(&question).with_default(proposal).prompt(),
            None => Text::new(&question).prompt(),
        };
        self.prompt(prompt).await
    }

    pub(super) async fn confirm(&self, question: String, help: String, default: bool) -> Result<bool, End> {
        self.prompt(move || Confirm::new(&question).with_default(default).with_error_message(&help).prompt())
            .await
    }

    /// Nothing that is typed is shown.
    pub(super) async fn hidden(&self, question: String, help: String) -> Result<String, End> {
        self.prompt(move || Password::new(&question).with_help_message(&help).without_confirmation().prompt())
            .await
    }

    /// Prompts wait for keys and cannot be interrupted, so each has a thread of its own.
    async fn prompt<T: Send + 'static>(
        &self,
        prompt: impl FnOnce() -> Result<T, InquireError> + Send + 'static,
    ) -> Result<T, End> {
        let gone = |why: String| End::Failed(self.words.terminal_gone(&why));
        self.asking.store(true, Ordering::SeqCst);
        let asking = Arc::clone(&self.asking);
        let asked = move || {
            let answer = prompt();
            asking.store(false, Ordering::SeqCst);
            answer
        };
        match tokio::task::spawn_blocking(asked).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(InquireError::OperationCanceled | InquireError::OperationInterrupted)) => {
                Err(End::Cancelled)
            }
            Ok(Err(InquireError::IO(error))) if error.kind() == ErrorKind::Interrupted => Err(End::Cancelled),
            Ok(Err(error)) => Err(gone(error.to_string())),
            Err(error) => Err(gone(error.to_string())),
        }
    }
}

/// Has the terminal show nothing by itself; returns how it was.
#[cfg(unix)]
fn quiet() -> Option<rustix::termios::Termios> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let found = tcgetattr(io::stdin()).ok()?;
    let mut quiet = found.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(io::stdin(), OptionalActions::Now, &quiet).ok()?;
    Some(found)
}

/// Whether the terminal gives lines and not keys: no prompt is waiting for one.
#[cfg(unix)]
fn gives_lines() -> bool {
    use rustix::termios::{LocalModes, tcgetattr};
    tcgetattr(io::stdin()).is_ok_and(|modes| modes.local_modes.contains(LocalModes::ICANON))
}

impl Drop for Terminal {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(found) = &self.found {
            use rustix::termios::{OptionalActions, tcsetattr};
            // A signal ends it while a prompt is about to wait for a key: that would change the terminal once more.
            let began = Instant::now();
            while self.asking.load(Ordering::SeqCst) && gives_lines() && began.elapsed() < ABOUT_TO_WAIT {
                std::thread::sleep(LOOK);
            }
            // There is nobody left to tell.
            _ = tcsetattr(io::stdin(), OptionalActions::Now, found);
            // Lists hide the cursor while they are up.
            eprint!("\x1b[?25h");
        }
    }
}
