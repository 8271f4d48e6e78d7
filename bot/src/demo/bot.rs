//! The bot of the demo, which can be killed and started again on the page.
//!
//! It lives in a runtime of its own: when that ends, everything the bot spawned ends where it stands, as with the end of
//! a process. Nothing is finished and nothing is said.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use doorman_cloud::aws;
use doorman_cloud::clock::Clock;
use doorman_config::secrets::SecretString;
use doorman_config::{Locale, Settings};
use doorman_sandbox::page;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::World;
use crate::StartError;
use crate::language::Language;
use crate::run::run_speaking;
use crate::supervise::Probe;

/// How long a killed one may take to be gone: a statement of its store is not cut in two.
const GONE: Duration = Duration::from_secs(10);

/// How it ends by itself, as often as it does.
pub(super) type Ends = UnboundedReceiver<Result<(), StartError>>;

/// The bot, alive or dead. Orders are carried out one after the other by a thread of its own: a runtime cannot be ended
/// from within another one.
pub(super) struct Bot {
    orders: mpsc::Sender<Order>,
    is_running: Arc<AtomicBool>,
    language: Language,
}

#[derive(Clone, Copy)]
enum Order {
    Start,
    Kill,
}

/// What a life of it takes.
struct Means {
    settings: Settings,
    token: SecretString,
    clock: Clock,
    aws_options: aws::Options,
    language: Language,
    stop: CancellationToken,
    ends: UnboundedSender<Result<(), StartError>>,
}

impl Bot {
    /// One that is not started yet. `stop` ends it, as SIGTERM does.
    ///
    /// # Errors
    ///
    /// When there is no thread to be had.
    pub(super) fn new(
        world: &World,
        settings: Settings,
        stop: CancellationToken,
    ) -> io::Result<(Arc<Bot>, Ends)> {
        let language = Language::new(settings.discord.locale);
        let (ends, ended) = unbounded_channel();
        let means = Means {
            settings,
            token: world.token(),
            clock: world.clock.clone(),
            aws_options: world.aws_options(),
            language: language.clone(),
            stop,
            ends,
        };
        let (orders, ordered) = mpsc::channel();
        thread::Builder::new().name("demo-bot".to_owned()).spawn(move || {
            let mut life: Option<Runtime> = None;
            for order in ordered {
                match order {
                    Order::Start if life.is_none() => life = means.begin(),
                    Order::Kill => {
                        if let Some(runtime) = life.take() {
                            runtime.shutdown_timeout(GONE);
                        }
                    }
                    Order::Start => {}
                }
            }
        })?;
        Ok((Arc::new(Bot { orders, is_running: Arc::default(), language }), ended))
    }

    fn order(&self, order: Order) {
        self.is_running.store(matches!(order, Order::Start), Ordering::SeqCst);
        // The thread lives as long as the sender does.
        _ = self.orders.send(order);
    }

    /// Starts it where it left off, if it is not running.
    pub(super) fn start(&self) {
        self.order(Order::Start);
    }

    /// Whether it was started, and not killed since.
    pub(super) fn is_running(&self) -> bool {
        self.is_running.load(Ordering::SeqCst)
    }
}

impl Means {
    /// Begins a life.
    fn begin(&self) -> Option<Runtime> {
        let runtime = match Runtime::new() {
            Ok(runtime) => runtime,
            Err(error) => {
                error!("there is no runtime for the bot: {error}");
                return None;
            }
        };
        let running = run_speaking(
            self.settings.clone(),
            self.token.clone(),
            self.clock.clone(),
            self.aws_options.clone(),
            self.language.clone(),
            Probe::default(),
            self.stop.child_token(),
        );
        let ends = self.ends.clone();
        runtime.spawn(async move { ends.send(running.await) });
        Some(runtime)
    }
}

impl page::Bot for Bot {
    fn is_running(&self) -> bool {
        self.is_running()
    }

    fn start(&self) {
        self.start();
    }

    fn kill(&self) {
        self.order(Order::Kill);
    }

    fn speaks(&self, locale: &str) {
        self.language.set(Locale::from_discord(locale));
    }
}
