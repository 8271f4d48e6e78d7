//! The two gates, and who does what passes through them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use doorman_cloud::failure::Failure;
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::{Lease, MessageRef};
use doorman_cloud::store::WriteTrouble;
use doorman_config::{Locale, Settings};

use crate::admit::{self, Admission, Task, Work};
use crate::card::Confirmed;
use crate::context::Context;
use crate::definitions::{self, CommandDefinition};
use crate::handlers::{by_hand, cost, help, history, launch, repair, session, status, terminate, timed};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::parse::Command;
use crate::press::Press;
use crate::request::Request;
use crate::scene::Scene;
use crate::suggest::Suggestion;
use crate::table::Name;
use crate::told::daily::Summary;
use crate::told::outage::Outage;
use crate::told::{daily, living, notice, outage, strange};
use crate::words::sentence;
use crate::{card, complete};

/// Every command, bound to one stack. Clones are the same app.
#[derive(Clone)]
pub struct App {
    cx: Context,
}

impl App {
    /// The commands over `keeper`'s stack, with the authority and limits of `settings`.
    pub fn new(settings: Arc<Settings>, keeper: Keeper) -> App {
        App { cx: Context::new(settings, keeper) }
    }

    /// The commands as Discord is to know them; `/help` is generated from the same.
    pub fn definitions(&self) -> Vec<CommandDefinition> {
        definitions::all()
    }

    /// The first gate: understands a command or a press and checks authority. No I/O, never waits.
    pub fn admit(&self, request: &Request) -> Admission {
        admit::admit(self.cx.settings(), &self.cx.keeper().watch().borrow().leases, request)
    }

    /// The second gate: does the work of an admitted request.
    pub async fn handle(&self, work: Work) -> Outcome {
        let (cx, Work { request, task }) = (&self.cx, work);
        match task {
            Task::Command(command) => match command {
                Command::LaunchService(options) => launch::handle(cx, &request, options).await,
                Command::TerminateService => terminate::handle(cx, &request).await,
                Command::Open { kind, length } => timed::open(cx, &request, kind, length).await,
                Command::Extend { kind, by } => timed::extend(cx, &request, kind, by).await,
                Command::Close { kind } => timed::close(cx, &request, kind).await,
                Command::NatHistory { count } => history::handle(cx, &request, count).await,
                Command::SessionStart { instance } => session::handle(cx, &request, &instance).await,
                Command::Status => status::handle(cx, &request).await,
                Command::CostNow => cost::handle(cx, &request).await,
                Command::Help => Outcome::show(help::message(cx.settings(), &request)),
                Command::ByHand { kind } => by_hand::handle(cx, &request, kind).await,
            },
            Task::Press { press, message } => match press {
                Press::Confirm { card } => match card::confirm(cx, &request, &card).await {
                    Ok(confirmed) => self.confirmed(&request, confirmed).await,
                    Err(outcome) => *outcome,
                },
                Press::Cancel { card } => card::cancel(cx, &request, &card).await,
                Press::ByHand { card } => by_hand::press(cx, &request, &card).await,
                Press::Extend { lease } => timed::press_extend(cx, &request, &lease, message).await,
                Press::Close { lease } => timed::press_close(cx, &request, &lease, message).await,
                Press::Repair { lease } => repair::press(cx, &request, &lease, message).await,
            },
        }
    }

    /// Does what a card was about.
    async fn confirmed(&self, request: &Request, confirmed: Confirmed) -> Outcome {
        let cx = &self.cx;
        match confirmed.name {
            Name::LaunchService => launch::confirm(cx, request, confirmed).await,
            Name::TerminateService => terminate::confirm(cx, request, confirmed).await,
            Name::ShellOpen => timed::confirm(cx, request, confirmed).await,
            // These show no card.
            Name::NatOpen
            | Name::NatExtend
            | Name::NatClose
            | Name::NatHistory
            | Name::ShellExtend
            | Name::ShellClose
            | Name::SessionStart
            | Name::Status
            | Name::CostNow
            | Name::Help => Outcome::whisper(sentence::stale_button(request.locale)),
        }
    }

    /// What an option's value might become. Authority is checked here too: who may not, is suggested nothing.
    /// At most 25; answers from the keeper's last view, without asking AWS.
    pub async fn suggest(&self, request: &Request) -> Vec<Suggestion> {
        let view = self.cx.keeper().watch().borrow().clone();
        complete::suggested(self.cx.settings(), &view, request, self.cx.now())
    }

    /// The one living message of a lease: progress, ready, drift, closing, receipt or failure.
    pub fn lease_message(&self, view: &View, lease: &Lease, locale: Locale, now: DateTime<Utc>) -> Message {
        living::message(self.cx.settings(), view, lease, locale, now)
    }

    /// What replaces a living message when a later one, at `to`, took its place: a card that was confirmed.
    pub fn moved(&self, lease: &Lease, to: MessageRef) -> Message {
        living::moved(self.cx.settings(), to, lease.locale)
    }

    /// What the channel is told once of what doorman cannot answer for, each with a key.
    pub fn strange(&self, view: &View, locale: Locale, now: DateTime<Utc>) -> Vec<(String, Message)> {
        strange::notices(&Scene { settings: self.cx.settings(), view, locale, now })
    }

    /// That leases of a stack are open that the settings no longer name.
    pub fn other_stack(&self, stack: &str, open: u64, locale: Locale) -> Message {
        strange::other_stack(self.cx.settings(), stack, open, locale)
    }

    /// A warning in the channel before the end of a window.
    pub fn warning(&self, lease: &Lease, minutes_left: i64, locale: Locale) -> Message {
        notice::warning(lease, minutes_left, locale)
    }

    /// The lease that a button with that custom id closes; `None` for any other button.
    pub fn lease_closed_by(&self, custom_id: &str) -> Option<LeaseId> {
        match Press::read(custom_id)? {
            Press::Close { lease } => Some(lease),
            Press::Confirm { .. }
            | Press::Cancel { .. }
            | Press::ByHand { .. }
            | Press::Extend { .. }
            | Press::Repair { .. } => None,
        }
    }

    /// What a warning says once its lease is closed, with the way to where its receipt is.
    pub fn warning_over(&self, lease: &Lease, receipt: Option<MessageRef>, locale: Locale) -> Message {
        notice::warning_over(self.cx.settings(), lease, receipt, locale)
    }

    /// What the channel must be told when closing is late; `None` while it is not.
    pub fn trouble_notice(
        &self,
        view: &View,
        lease: &Lease,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Option<Message> {
        notice::trouble(self.cx.settings(), view, lease, locale, now)
    }

    /// What the channel is told when a lease is closed of which it was told that closing is late; `None` while
    /// it is not closed.
    pub fn relief_notice(&self, lease: &Lease, locale: Locale) -> Option<Message> {
        notice::relief(self.cx.settings(), lease, locale)
    }

    /// What replaces a message that tells of a lease which the store does not know, and of which AWS, looked at then,
    /// shows nothing.
    pub fn forgotten(&self, lease: &LeaseId, looked_at: DateTime<Utc>, locale: Locale) -> Message {
        notice::forgotten(lease, looked_at, locale)
    }

    /// That something was away, for how long, and what became of `leases` from its beginning on: what was built,
    /// what was closed and how late, what is still to be closed at `now`.
    pub fn outages(
        &self,
        outages: &[Outage],
        leases: &[Lease],
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Message {
        outage::message(outages, leases, locale, now)
    }

    /// That the store cannot be written, and what that means for people.
    pub fn store_trouble(&self, trouble: WriteTrouble, locale: Locale) -> Message {
        outage::store_trouble(trouble, locale)
    }

    /// The scheduled summary with its chart.
    ///
    /// # Errors
    ///
    /// When AWS could not be looked at.
    pub async fn daily(&self, locale: Locale, now: DateTime<Utc>) -> Result<Summary, Failure> {
        daily::summary(&self.cx, locale, now).await
    }

    /// The summary is in the channel: the next one tells what changed since.
    pub async fn daily_posted(&self, summary: &Summary) {
        daily::posted(&self.cx, summary).await;
    }

    /// The fixed sentence for what went wrong on our side; `reference` finds it in the log.
    pub fn broken(&self, locale: Locale, reference: u64) -> Message {
        sentence::broken(locale, reference)
    }

    /// What its handlers are given.
    #[cfg(test)]
    pub(crate) fn context(&self) -> &Context {
        &self.cx
    }
}
