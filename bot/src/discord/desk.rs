//! The front desk: every interaction passes here, from the event to the last word of the reply.
//!
//! What may be said without looking anything up is said in the acknowledgement itself; everything else is
//! acknowledged first and worked on after. Work whose acknowledgement Discord did not take is not done: the
//! person was told that nothing happened.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::Keeper;
use doorman_cloud::lease::MessageRef;
use doorman_commands::message::Message;
use doorman_commands::request::Action;
use doorman_commands::{Ack, Admission, App, Outcome, Reply, Request, Work};
use futures::FutureExt;
use serenity::all::Interaction;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, debug, error, info, info_span, warn};

use super::deliver::{Answer, Callback, Deliver};
use super::parse;
use super::rest::Fault;
use crate::health::metrics::{Metrics, Outcome as Counted};
use crate::herald::Bell;

/// Suggestions that come later than this would miss the 3 seconds Discord waits.
const SUGGEST: Duration = Duration::from_millis(2_300);

/// Answers interactions.
pub struct Desk {
    app: App,
    keeper: Keeper,
    deliver: Deliver,
    bell: Bell,
    metrics: Metrics,
}

impl Desk {
    /// A desk where `app` answers; `metrics` counts what it answers.
    pub fn new(app: App, keeper: Keeper, deliver: Deliver, bell: Bell, metrics: Metrics) -> Desk {
        Desk { app, keeper, deliver, bell, metrics }
    }

    /// The commands.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What carries the answers.
    pub fn deliver(&self) -> &Deliver {
        &self.deliver
    }

    /// Answers one interaction. Returns when the last word is said, or cannot be.
    pub async fn serve(&self, interaction: Interaction) {
        match &interaction {
            Interaction::Command(command) => {
                let to = callback(command.id.get(), command.application_id.get(), &command.token);
                self.answer(parse::command(command), to).await;
            }
            Interaction::Component(press) => {
                let to = callback(press.id.get(), press.application_id.get(), &press.token);
                self.answer(parse::press(press), to).await;
            }
            Interaction::Autocomplete(typing) => {
                let to = callback(typing.id.get(), typing.application_id.get(), &typing.token);
                if let Some(request) = parse::completion(typing) {
                    self.suggest(request, to).await;
                }
            }
            Interaction::Ping(_) | Interaction::Modal(_) => {
                warn!("an interaction of a kind that doorman never asks for: {}", interaction.id());
            }
            // serenity's enum is open; a kind it learns later is one we never asked for.
            _ => warn!("an interaction of an unknown kind: {}", interaction.id()),
        }
    }

    async fn answer(&self, request: Request, to: Callback) {
        let (id, person, arrived) = (request.id, &request.person, Instant::now());
        let did = did(&request.action);
        let span = info_span!("interaction", interaction.id = id, person.id = person.id);
        let shown = format!("{} ({})", person.name, person.id);
        async {
            let counted = match self.app.admit(&request) {
                Admission::Answer(message) => {
                    let told = self.tell(&to, &message, arrived).await;
                    info!("answered {did} of {shown} at once");
                    if told { Counted::Refused } else { Counted::Unacknowledged }
                }
                Admission::Work { ack, work } => {
                    self.work(&request, &to, (ack, arrived), work, &did, &shown).await
                }
            };
            self.metrics.answered(&request.action, counted);
        }
        .instrument(span)
        .await;
    }

    /// Acknowledges (by `ack`, what `arrived` then), works and replies; says how that went.
    async fn work(
        &self,
        request: &Request,
        to: &Callback,
        (ack, arrived): (Ack, Instant),
        work: Work,
        did: &str,
        shown: &str,
    ) -> Counted {
        // From here until the lease knows its message, the herald must not post one of its own.
        let _replying = self.bell.replying();
        let answer = match ack {
            Ack::Public => Answer::Defer,
            Ack::Private => Answer::DeferPrivately,
            Ack::Update => Answer::DeferUpdate,
        };
        if let Err(fault) = self.deliver.acknowledge(to, &answer).await {
            warn!("left {did} of {shown} undone, because it could not be acknowledged: {fault}");
            return Counted::Unacknowledged;
        }
        self.metrics.acknowledged(arrived.elapsed());
        info!("working on {did} of {shown}");
        let (outcome, counted) = match AssertUnwindSafe(self.app.handle(work)).catch_unwind().await {
            Ok(outcome) => (outcome, Counted::Answered),
            Err(_) => (self.stumbled(request, &ack), Counted::Panicked),
        };
        if let Err(fault) = self.reply(to, &outcome).await {
            // Whatever was asked for is under way; what it comes to, the herald tells in the channel.
            warn!("could not tell {shown} what came of {did}: {fault}");
            return Counted::Untold;
        }
        counted
    }

    async fn reply(&self, to: &Callback, outcome: &Outcome) -> Result<(), Fault> {
        match &outcome.reply {
            Reply::Show(message) => {
                let at = self.deliver.complete(to, message).await?;
                if let Some(lease) = &outcome.follow {
                    self.follow(lease, at).await;
                }
                self.bell.touched(at);
                Ok(())
            }
            Reply::Whisper(message) => self.deliver.whisper(to, message).await,
        }
    }

    /// Makes a message the one that tells of a lease; the one before says where it goes on, once the herald has left it.
    async fn follow(&self, lease: &LeaseId, at: MessageRef) {
        let before = match self.keeper.follow(lease, at).await {
            Ok(before) => before,
            Err(error) => {
                error!(lease.id = %lease, "could not note which message tells of lease {lease}: {error}");
                return;
            }
        };
        if let Some(old) = before.and_then(|before| before.message).filter(|old| *old != at) {
            self.bell.left_behind(old, lease.clone());
        }
    }

    async fn suggest(&self, request: Request, to: Callback) {
        let span = info_span!("suggest", interaction.id = request.id, person.id = request.person.id);
        async {
            let thinking = AssertUnwindSafe(self.app.suggest(&request)).catch_unwind();
            let suggestions = match timeout(SUGGEST, thinking).await {
                Ok(Ok(suggestions)) => suggestions,
                Ok(Err(_)) => {
                    error!("making suggestions panicked");
                    Vec::new()
                }
                Err(_) => {
                    debug!("suggestions took too long");
                    Vec::new()
                }
            };
            let told = self.deliver.acknowledge(&to, &Answer::Suggest(suggestions)).await;
            if let Err(fault) = &told {
                // Somebody typing fast leaves most of these behind; there is nobody to tell.
                debug!("suggestions came to nothing: {fault}");
            }
            let counted = if told.is_ok() { Counted::Suggested } else { Counted::Unacknowledged };
            self.metrics.answered(&request.action, counted);
        }
        .instrument(span)
        .await;
    }

    /// Says it in the acknowledgement of what `arrived` then; `false` if Discord does not take it.
    async fn tell(&self, to: &Callback, message: &Message, arrived: Instant) -> bool {
        let answer = Answer::Private(Box::new(message.clone()));
        match self.deliver.acknowledge(to, &answer).await {
            Ok(()) => self.metrics.acknowledged(arrived.elapsed()),
            Err(fault) => {
                warn!("could not answer: {fault}");
                return false;
            }
        }
        true
    }

    /// The one fixed sentence for what must not happen; the panic itself is in the log, in this span.
    fn stumbled(&self, request: &Request, ack: &Ack) -> Outcome {
        error!("the handler panicked; its reference number is {}", request.id);
        let message = self.app.broken(request.locale, request.id);
        let reply = match ack {
            Ack::Public | Ack::Private => Reply::Show(message),
            Ack::Update => Reply::Whisper(message),
        };
        Outcome { reply, follow: None }
    }
}

fn callback(id: u64, application_id: u64, token: &str) -> Callback {
    Callback { id, application_id, token: token.to_owned() }
}

/// What somebody did, for the log.
fn did(action: &Action) -> String {
    match action {
        Action::Command(typed) | Action::Complete { typed, .. } => typed.line(),
        Action::Press { custom_id, .. } => format!("the button {custom_id}"),
    }
}
