//! The two gates, and what passes through them.

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use doorman_cloud::failure::Failure;
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::{Lease, LeaseKind, MessageRef};
use doorman_cloud::store::StoreError;
use doorman_config::{Locale, Settings};

use crate::admit::Task;
use crate::daily::Summary;
use crate::definitions::{self, CommandDefinition};
use crate::message::Message;
use crate::parse::Command;
use crate::press::Press;
use crate::request::Request;
use crate::suggest::Suggestion;
use crate::{
    admit, card, cost, daily, help, history, launch, nat, notice, sentence, service_message, session, status,
    suggest, terminate, window,
};

/// Every command, bound to one stack. Clones are the same app.
#[derive(Clone)]
pub struct App {
    settings: Arc<Settings>,
    keeper: Keeper,
}

/// What the first gate says.
#[derive(Debug)]
pub enum Admission {
    /// It is answered at once and privately: a refusal, or input that cannot be used.
    Answer(Message),
    /// It may be worked on.
    Work {
        /// How to acknowledge it, now.
        ack: Ack,
        /// What to give to [`App::handle`].
        work: Work,
    },
}

/// How to acknowledge an interaction before working on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// A deferred reply that everyone sees.
    Public,
    /// A deferred reply that only the asker sees.
    Private,
    /// A button: the message it is on will change.
    Update,
}

/// An admitted request with what it was understood as.
#[derive(Debug)]
pub struct Work {
    pub(crate) request: Request,
    pub(crate) task: Task,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What to show.
    pub reply: Reply,
    /// The message of the reply becomes the living message of this lease.
    pub follow: Option<LeaseId>,
}

/// How to show what came of a request.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "made once for each interaction, and taken apart at once")]
pub enum Reply {
    /// Completes the deferred reply, or replaces the message the button is on.
    Show(Message),
    /// A private follow-up; the message the button is on stays as it is.
    Whisper(Message),
    /// Both.
    Both {
        /// As in [`Reply::Show`].
        show: Message,
        /// As in [`Reply::Whisper`].
        whisper: Message,
    },
}

impl Outcome {
    /// Shows a message.
    pub(crate) fn show(message: Message) -> Outcome {
        Outcome { reply: Reply::Show(message), follow: None }
    }

    /// Shows a message that from now on tells of a lease.
    pub(crate) fn show_following(message: Message, lease: &LeaseId) -> Outcome {
        Outcome { reply: Reply::Show(message), follow: Some(lease.clone()) }
    }

    /// Tells the asker alone.
    pub(crate) fn whisper(message: Message) -> Outcome {
        Outcome { reply: Reply::Whisper(message), follow: None }
    }
}

impl App {
    /// The commands over `keeper`'s stack, with the authority and limits of `settings`.
    pub fn new(settings: Arc<Settings>, keeper: Keeper) -> App {
        App { settings, keeper }
    }

    /// The commands as Discord is to know them; `/help` is generated from the same.
    pub fn definitions(&self) -> Vec<CommandDefinition> {
        definitions::all()
    }

    /// The first gate: understands a command or a press and checks authority. No I/O, never waits.
    pub fn admit(&self, request: &Request) -> Admission {
        admit::admit(&self.settings, &self.keeper.watch().borrow().leases, request)
    }

    /// The second gate: does the work of an admitted request.
    pub async fn handle(&self, work: Work) -> Outcome {
        let Work { request, task } = work;
        match task {
            Task::Command(command) => match command {
                Command::LaunchService(options) => launch::handle(self, &request, options).await,
                Command::TerminateService => terminate::handle(self, &request).await,
                Command::NatOpen { length } => nat::open(self, &request, length).await,
                Command::NatExtend { by } => nat::extend(self, &request, by).await,
                Command::NatClose => nat::close(self, &request).await,
                Command::NatHistory { count } => history::handle(self, &request, count).await,
                Command::SessionStart { instance } => session::handle(self, &request, &instance).await,
                Command::Status => status::handle(self, &request).await,
                Command::CostNow => cost::handle(self, &request).await,
                Command::Help => Outcome::show(help::message(&self.settings, &request)),
            },
            Task::Press { press, message } => match press {
                Press::Confirm { card } => card::confirm(self, &request, &card).await,
                Press::Cancel { card } => card::cancel(self, &request, &card).await,
                Press::Extend { lease } => nat::press_extend(self, &request, &lease, message).await,
                Press::Close { lease } => nat::press_close(self, &request, &lease, message).await,
                Press::Repair { lease } => nat::press_repair(self, &request, &lease, message).await,
            },
        }
    }

    /// What an option's value might become. Authority is checked here too: who may not, is suggested nothing.
    /// At most 25; answers from the keeper's last view, without asking AWS.
    pub async fn suggest(&self, request: &Request) -> Vec<Suggestion> {
        let view = self.keeper.watch().borrow().clone();
        suggest::suggest(&self.settings, &view, request)
    }

    /// The one living message of a lease: progress, ready, drift, closing, receipt or failure.
    pub fn lease_message(&self, view: &View, lease: &Lease, locale: Locale, now: DateTime<Utc>) -> Message {
        match lease.kind {
            LeaseKind::NatWindow | LeaseKind::ShellWindow => {
                window::message(self.settings(), view, lease, locale, now)
            }
            LeaseKind::Pair => service_message::render(self.settings(), view, lease, locale, now),
        }
    }

    /// What replaces a living message when a later one, at `to`, took its place: a card that was confirmed.
    pub fn moved(&self, lease: &Lease, to: MessageRef) -> Message {
        service_message::moved(self.settings(), to, lease.locale)
    }

    /// A warning in the channel before the end of a window.
    pub fn warning(&self, lease: &Lease, minutes_left: i64, locale: Locale) -> Message {
        notice::warning(lease, minutes_left, locale)
    }

    /// What the channel must be told when closing is late; `None` while it is not.
    pub fn trouble_notice(
        &self,
        view: &View,
        lease: &Lease,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Option<Message> {
        notice::trouble(self.settings(), view, lease, locale, now)
    }

    /// What the channel is told when a lease is closed of which it was told that closing is late; `None` while
    /// it is not closed.
    pub fn relief_notice(&self, lease: &Lease, locale: Locale) -> Option<Message> {
        notice::relief(self.settings(), lease, locale)
    }

    /// What replaces a message that tells of a lease which the store does not know, and of which AWS, looked at then,
    /// shows nothing.
    pub fn forgotten(&self, lease: &LeaseId, looked_at: DateTime<Utc>, locale: Locale) -> Message {
        notice::forgotten(lease, looked_at, locale)
    }

    /// The scheduled summary with its chart, in the language of the settings.
    ///
    /// # Errors
    ///
    /// When AWS could not be looked at.
    pub async fn daily(&self, now: DateTime<Utc>) -> Result<Summary, Failure> {
        daily::summary(self, now).await
    }

    /// The summary is in the channel: the next one tells what changed since.
    pub async fn daily_posted(&self, summary: &Summary) {
        daily::posted(self, summary).await;
    }

    /// The fixed sentence for what went wrong on our side; `reference` finds it in the log.
    pub fn broken(&self, locale: Locale, reference: u64) -> Message {
        sentence::broken(locale, reference)
    }

    /// Logs an error once and says the fixed sentence with the request's reference number.
    pub(crate) fn failed(&self, request: &Request, error: &(dyn Error + 'static)) -> Outcome {
        Outcome::show(self.broken_by(request, error))
    }

    /// As [`failed`](Self::failed), for those who show it another way.
    pub(crate) fn broken_by(&self, request: &Request, error: &(dyn Error + 'static)) -> Message {
        tracing::error!(request.id = request.id, "request {} failed: {error}", request.id);
        // The one thing of this kind that people can be told: it is nobody's mistake, and somebody can mend it.
        if let Some(StoreError::Unwritable { trouble, .. }) = error.downcast_ref() {
            return self.store_trouble(*trouble, request.locale);
        }
        sentence::broken(request.locale, request.id)
    }

    /// The settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The keeper of the stack.
    pub(crate) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// The time now.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.keeper.clock().now()
    }
}
