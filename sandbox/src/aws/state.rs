//! The one world, who may touch it, and how a call is carried out on it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::calls::Calls;
use super::ec2;
use super::faults::Faults;
use super::input::Form;
use super::operation::{Operation, Run};
use super::refusal::{Answer, Refusal};
use super::request::{Body, Request, Service};
use super::response::Outcome;
use super::world::World;
use crate::Now;

/// Everything behind one [`Aws`](super::Aws).
pub(crate) struct State {
    pub(crate) now: Now,
    pub(crate) region: String,
    world: Mutex<World>,
    pub(crate) calls: Calls,
    pub(crate) faults: Faults,
    pub(crate) changes: watch::Sender<u64>,
    latency_us: AtomicU64,
    requests: AtomicU64,
}

impl State {
    pub(crate) fn new(now: Now, world: World) -> Self {
        Self {
            now,
            region: world.region.clone(),
            world: Mutex::new(world),
            calls: Calls::default(),
            faults: Faults::default(),
            changes: watch::Sender::new(0),
            latency_us: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        }
    }

    /// What every call is slowed by, in real time.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency_us.load(Ordering::Relaxed))
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        self.latency_us.store(
            u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }

    /// The id of the next answer, in the form of a UUID.
    pub(crate) fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("5a4d0b0e-7c31-4f0a-9d2e-{number:012x}")
    }

    /// Looks at the world as it is now.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&World) -> T) -> T {
        let mut world = self.world.lock();
        self.catch_up(&mut world);
        at(&world)
    }

    /// Changes the world; the change happens unless it is refused.
    pub(crate) fn change<T>(&self, by: impl FnOnce(&mut World) -> Answer<T>) -> Answer<T> {
        let mut world = self.world.lock();
        self.catch_up(&mut world);
        let mut draft = world.clone();
        let result = by(&mut draft)?;
        draft.note_peak();
        *world = draft;
        self.bump();
        Ok(result)
    }

    fn catch_up(&self, world: &mut World) {
        if world.advance((self.now)()) {
            self.bump();
        }
    }

    fn bump(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Lets what is due happen, so that whoever watches [`State::changes`] hears of it without asking.
    pub(crate) fn tick(&self) {
        self.look(|_| ());
    }

    /// The world's time.
    pub(crate) fn clock(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// Carries out a call. `doom` is the failure its NAT gateway is to meet, if it makes one.
    pub(crate) fn carry_out(&self, request: &Request, doom: Option<(String, String)>) -> Answer<Outcome> {
        match &request.body {
            Body::Query(values) => {
                let operation = query_operation(request.service, &request.operation).ok_or_else(|| {
                    let message = format!(
                        "The action {} is not valid for this web service.",
                        request.operation
                    );
                    Refusal::new("InvalidAction", message)
                })?;
                let form = Form::new(values.clone());
                self.query(request.service, operation, &form, doom)
                    .map(Outcome::Xml)
            }
            Body::Json(_) => Err(Refusal::new("UnknownOperationException", "")),
        }
    }

    fn query(
        &self,
        service: Service,
        operation: &Operation,
        form: &Form,
        doom: Option<(String, String)>,
    ) -> Answer<super::xml::Xml> {
        let input = form.input();
        let dry_run = service == Service::Ec2 && input.flag("DryRun")?.unwrap_or(false);
        let finish = |answer| {
            form.nothing_unread()?;
            if dry_run {
                let message = "Request would have succeeded, but DryRun flag is set.";
                return Err(Refusal::new("DryRunOperation", message).status(412));
            }
            Ok(answer)
        };
        match operation.run {
            Run::Read(run) => self.look(|world| finish(run(world, &input)?)),
            Run::Change(run) => self.change(|world| {
                world.doomed_gateway = doom;
                let answer = finish(run(world, &input)?)?;
                world.doomed_gateway = None;
                Ok(answer)
            }),
        }
    }
}

fn query_operation(service: Service, name: &str) -> Option<&'static Operation> {
    match service {
        Service::Ec2 => ec2::operation(name),
        Service::Iam | Service::Sts | Service::Ssm | Service::ServiceQuotas => None,
    }
}

/// Whether a call can change anything.
pub(crate) fn mutates(request: &Request) -> bool {
    match &request.body {
        Body::Query(values) => {
            let dry_run = values.get("DryRun").is_some_and(|value| value == "true");
            let operation = query_operation(request.service, &request.operation);
            !dry_run && operation.is_some_and(|operation| matches!(operation.run, Run::Change(_)))
        }
        Body::Json(_) => false,
    }
}
