//! For tests: people who do something, worlds to look at, and the whole app over a real store.

mod network;
pub(crate) mod people;
pub(crate) mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use doorman_cloud::aws::{Aws, Options};
use doorman_cloud::clock::Clock;
use doorman_cloud::keeper::Keeper;
use doorman_cloud::lease::{Lease, LeaseKind, MessageRef, Person};
use doorman_cloud::store::Store;
use doorman_config::Settings;

use crate::admit::Admission;
use crate::app::App;
use crate::message::Message;
use crate::outcome::{Outcome, Reply};
use crate::request::{Action, Request};
use crate::testbed::people::{OPERATOR, ana, command, noon, request, settings};

/// An app over an empty store of its own.
pub(crate) struct Bot {
    /// What is tested.
    pub(crate) app: App,
    /// The time; stands still but for a second before each request.
    pub(crate) clock: Clock,
    folder: PathBuf,
}

impl Drop for Bot {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Bot {
    /// A bot that knows nothing yet. AWS is a port that nobody listens on.
    pub(crate) async fn start() -> Bot {
        Bot::start_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Bot {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("doorman-commands-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let (mut settings, clock) = (settings(), Clock::standing_at(noon()));
        change(&mut settings);
        let nowhere = Options {
            endpoint_url: Some("http://127.0.0.1:9".to_owned()),
            static_credentials: Some(("id".to_owned(), "secret".to_owned())),
            ..Options::default()
        };
        let aws = Aws::connect(&settings, &clock, nowhere).await;
        let store = Store::open(&folder.join("doorman.db")).await.expect("a store");
        let keeper = Keeper::new(aws, &store, &settings, clock.clone(), None);
        Bot { app: App::new(Arc::new(settings), keeper), clock, folder }
    }

    /// What somebody with that role gets to see, through both gates.
    pub(crate) async fn does(&self, who: &Person, role: u64, action: Action) -> Outcome {
        let request = Request { person: who.clone(), ..request(&[role], action) };
        self.clock.advance(TimeDelta::seconds(1));
        match self.app.admit(&request) {
            Admission::Work { work, .. } => self.app.handle(work).await,
            Admission::Answer(message) => panic!("refused: {}", message.text),
        }
    }

    /// What an operator gets to see.
    pub(crate) async fn types(&self, line: &str) -> Outcome {
        self.does(&ana(), OPERATOR, command(line)).await
    }

    /// The window on the internet, if one is not closed yet.
    pub(crate) async fn lease(&self) -> Option<Lease> {
        self.lease_of(LeaseKind::NatWindow).await
    }

    /// The lease of a kind, if one is not closed yet.
    pub(crate) async fn lease_of(&self, kind: LeaseKind) -> Option<Lease> {
        let open = self.app.context().keeper().store().open_leases().await.expect("the store");
        open.into_iter().find(|lease| lease.kind == kind)
    }

    /// Opens a window that message 6 tells of, which is where [`press`] presses.
    pub(crate) async fn opens(&self, line: &str) -> Lease {
        let opened = self.types(line).await;
        let id = opened.follow.expect("the reply tells of the window");
        let message = MessageRef { channel_id: 3, message_id: 6 };
        self.app.context().keeper().follow(&id, message).await.expect("the store");
        self.lease().await.expect("a window")
    }
}

/// Somebody else.
pub(crate) fn bo() -> Person {
    Person { id: 400_000_000_000_000_002, name: "Bo".to_owned() }
}

/// The message that was shown.
pub(crate) fn shown(outcome: &Outcome) -> &Message {
    match &outcome.reply {
        Reply::Show(message) => message,
        other => panic!("not shown: {other:?}"),
    }
}

/// The text that only the asker was told.
pub(crate) fn whispered(outcome: &Outcome) -> &str {
    match &outcome.reply {
        Reply::Whisper(message) => &message.text,
        other => panic!("not whispered: {other:?}"),
    }
}
