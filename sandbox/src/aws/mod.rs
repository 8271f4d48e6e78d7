//! The AWS of the sandbox: one account and one region, and as much of others as it takes to be in the wrong place, on
//! one endpoint of loopback.
//!
//! It speaks the wire protocols of the real services (EC2's query protocol, awsQuery for IAM and STS,
//! awsJson 1.1 for Systems Manager and Service Quotas, REST-JSON for the Scheduler), so that any AWS client works against it with
//! `AWS_ENDPOINT_URL` and any credentials; signatures are read for their scope and not verified. Who has an access key
//! that was [granted](ByHand::grant) some permissions has these and no others; any other key may do everything.
//! It is strict where emulators are lenient: states take time, filters filter, unknown parameters are
//! refused, tokens are idempotent, dry runs change nothing, and refusals carry AWS's codes.
//!
//! Some things AWS does by itself, on that time and without being asked: a schedule fires, the runbook it starts
//! goes on step by step. Such calls are made with the permissions of a role and have a log of their own
//! ([`Aws::service_calls`]); scripted faults are for calls over the wire.
//!
//! Time comes from the [`Now`](crate::Now) it was started with, except where a length of *real* time is
//! named: latency, delays and the stamps of the call log.

mod by_hand;
mod calls;
mod catalog;
mod cidr;
mod connection;
mod demand;
mod ec2;
mod faults;
mod iam;
mod input;
mod inventory;
mod json;
mod operation;
mod options;
mod refusal;
mod request;
mod response;
mod rest;
mod scheduler;
mod seed;
mod select;
mod server;
mod service_calls;
mod service_quotas;
mod ssm;
mod state;
mod sts;
mod tags;
mod throttle;
mod world;
mod xml;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

pub use by_hand::{ByHand, ByHandError};
pub use calls::Call;
pub use ec2::routes::Target;
pub use faults::{FaultKind, FaultRule, Faults};
pub use iam::authority::Demand;
pub use inventory::Item;
pub use options::{AwsOptions, Seed, Timing};
pub use service_calls::ServiceCall;
pub use world::MaxAlive;

use connection::{Reset, Resettable};
use iam::authority::Principal;
use state::State;
use world::World;

/// How often the world is played forward for those who watch it, in real time.
const TICK: Duration = Duration::from_millis(100);

/// A running AWS. Cheap to clone; it stops listening when the last clone is dropped.
#[derive(Clone)]
pub struct Aws {
    running: Arc<Running>,
}

struct Running {
    address: SocketAddr,
    /// What the tasks listen on; it outlives them.
    listener: std::net::TcpListener,
    state: Arc<State>,
    tasks: Mutex<Vec<AbortHandle>>,
}

impl Running {
    /// Serves from the runtime this is called in, and from no other any more.
    fn serve(&self) -> io::Result<()> {
        let listener = TcpListener::from_std(self.listener.try_clone()?)?;
        let app = Router::new().fallback(server::handle).with_state(self.state.clone());
        let service = app.into_make_service_with_connect_info::<Reset>();
        let listener = Resettable { listener, open: self.state.connections.clone() };
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!(%error, "the sandbox's AWS stopped listening");
            }
        });
        let ticked = self.state.clone();
        let ticking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                ticked.tick();
            }
        });
        let new = vec![serving.abort_handle(), ticking.abort_handle()];
        for old in std::mem::replace(&mut *self.tasks.lock(), new) {
            old.abort();
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.state.faults.away(true);
        for task in self.tasks.lock().iter() {
            task.abort();
        }
    }
}

impl Aws {
    /// Starts an account.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(options: AwsOptions) -> io::Result<Aws> {
        let AwsOptions { listen, now, timing, seed, region, account_id } = options;
        let mut world = World::new(&region, &account_id, timing, now());
        if seed == Seed::ReferenceNetwork {
            // It was built by hand some time ago.
            world.clock -= Duration::from_secs(30 * 24 * 3600);
            seed::reference_network(&mut world);
        }
        let listener = std::net::TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(now, world));
        let running = Running { address, listener, state, tasks: Mutex::default() };
        running.serve()?;
        Ok(Aws { running: Arc::new(running) })
    }

    /// Goes on in the runtime this is called in, when the one it was started in is gone.
    ///
    /// # Errors
    /// When the runtime cannot take over the listener.
    pub fn move_here(&self) -> io::Result<()> {
        self.running.serve()
    }

    /// The endpoint: what `AWS_ENDPOINT_URL` should be.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// The account, twelve digits.
    pub fn account_id(&self) -> String {
        self.state().look(|world| world.account_id.clone())
    }

    /// A number that grows with every change of the account, including those that happen by themselves.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.state().changes.subscribe()
    }

    /// Everything that exists now, or was just deleted and is still shown by AWS.
    pub fn inventory(&self) -> Vec<Item> {
        self.state().look(inventory::of)
    }

    /// What goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.state().faults
    }

    /// Every finished call since the start or since [`Aws::clear_calls`], in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.all()
    }

    /// Forgets the calls so far, those over the wire and those of AWS's own services.
    pub fn clear_calls(&self) {
        self.state().calls.clear();
        self.state().look(|world| world.service_calls.clear());
    }

    /// Whether whoever has that access key has a permission.
    pub fn permits(&self, access_key: &str, demand: &Demand) -> bool {
        self.state().look(|world| Principal::of(world, access_key).may(world, demand).is_ok())
    }

    /// Every call that AWS's own services made, schedules and runbooks, in the order they were made.
    pub fn service_calls(&self) -> Vec<ServiceCall> {
        self.state().look(|world| world.service_calls.all())
    }

    /// Changes how long things take from now on; what is under way keeps its time.
    pub fn set_timing(&self, timing: Timing) {
        let _infallible = self.state().change(|world| {
            world.timing = timing;
            Ok(())
        });
    }

    /// Lists of EC2 come in pages of this length, though nobody asks for pages; `None`: as long as AWS makes them.
    pub fn set_page(&self, page: Option<usize>) {
        let _infallible = self.state().change(|world| {
            world.page = page;
            Ok(())
        });
    }

    /// Returns when no connection is open: whoever made calls is gone, and what was on its way has arrived.
    pub async fn nobody_calls(&self) {
        let mut open = self.state().connections.subscribe();
        _ = open.wait_for(|open| *open == 0).await;
    }

    /// Slows every call by this much real time.
    pub fn set_latency(&self, latency: Duration) {
        self.state().set_latency(latency);
    }

    /// The most of the bot's that ever existed at once.
    pub fn max_alive(&self) -> MaxAlive {
        self.state().look(|world| world.peak)
    }

    /// Whether agents are so old (before 3.3.40.0) that they need the `ec2messages` endpoint. Off at the start.
    pub fn set_old_agents(&self, old: bool) {
        let _infallible = self.state().change(|world| {
            world.old_agents = old;
            Ok(())
        });
    }

    /// What a person in the console does meanwhile.
    pub fn by_hand(&self) -> ByHand<'_> {
        ByHand::new(self.state())
    }

    fn state(&self) -> &State {
        &self.running.state
    }
}
