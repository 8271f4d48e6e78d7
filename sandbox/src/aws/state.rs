//! The one world, who may touch it, and how a call is carried out on it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

use super::calls::{Calls, Pending};
use super::demand;
use super::ec2;
use super::faults::Faults;
use super::iam;
use super::iam::authority::Principal;
use super::input::Form;
use super::json::{JsonOperation, JsonRun};
use super::operation::{Operation, Run};
use super::refusal::{Answer, Refusal};
use super::request::{Body, Request, Service};
use super::response::Outcome;
use super::scheduler;
use super::seed;
use super::service_quotas;
use super::ssm;
use super::sts;
use super::throttle::Throttle;
use super::world::World;
use super::xml::Xml;
use crate::Now;

/// With what the access keys of another account begin.
const ELSEWHERE: &str = "AKIDELSEWHERE";
/// That account: it has the reference network, too. In other regions there is nothing.
const OTHER_ACCOUNT: &str = "210987654321";

/// Everything behind one [`Aws`](super::Aws).
pub(crate) struct State {
    pub(crate) now: Now,
    region: String,
    account_id: String,
    world: Mutex<World>,
    /// Other accounts and regions, as far as somebody asked for them.
    elsewhere: Mutex<BTreeMap<(String, String), World>>,
    pub(crate) calls: Calls,
    pub(crate) faults: Faults,
    throttle: Mutex<Throttle>,
    pub(crate) changes: watch::Sender<u64>,
    /// How many connections are open.
    pub(crate) connections: watch::Sender<usize>,
    latency_us: AtomicU64,
    requests: AtomicU64,
}

impl State {
    pub(crate) fn new(now: Now, world: World) -> Self {
        Self {
            now,
            region: world.region.clone(),
            account_id: world.account_id.clone(),
            elsewhere: Mutex::default(),
            world: Mutex::new(world),
            calls: Calls::default(),
            faults: Faults::default(),
            throttle: Mutex::default(),
            changes: watch::Sender::new(0),
            connections: watch::Sender::new(0),
            latency_us: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        }
    }

    /// What every call is slowed by, in real time.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency_us.load(Ordering::Relaxed))
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        self.latency_us.store(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Whether there were too many requests like this one.
    pub(crate) fn throttle(&self, request: &Request) -> Answer<()> {
        self.throttle.lock().take(request, mutates(request), self.clock())
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
        self.commit(&mut world, draft);
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

    /// Carries out a call, if whoever makes it may, which the log notes. `doom` is the failure its NAT gateway is to
    /// meet, if it makes one.
    pub(crate) fn carry_out(
        &self,
        request: &Request,
        doom: Option<(String, String)>,
        call: &mut Pending<'_>,
    ) -> Answer<Outcome> {
        let account_id =
            if request.access_key.starts_with(ELSEWHERE) { OTHER_ACCOUNT } else { &self.account_id };
        let here = !request.service.regional() || request.region == self.region;
        if account_id == self.account_id && here {
            return self.carry_out_in(&mut self.world.lock(), request, doom, call);
        }
        let mut elsewhere = self.elsewhere.lock();
        let place = (account_id.to_owned(), if here { self.region.clone() } else { request.region.clone() });
        let world = elsewhere.entry(place).or_insert_with_key(|(account_id, region)| {
            // What is there has ids of its own.
            let mut world = World::new(region, account_id, self.world.lock().timing.clone(), (self.now)());
            world.skip_ids(1 << 32);
            if here {
                seed::reference_network(&mut world);
            }
            world
        });
        self.carry_out_in(world, request, doom, call)
    }

    fn carry_out_in(
        &self,
        world: &mut World,
        request: &Request,
        doom: Option<(String, String)>,
        call: &mut Pending<'_>,
    ) -> Answer<Outcome> {
        self.catch_up(world);
        world.caller.clone_from(&request.access_key);
        sts::authenticate(world, request.service)?;
        let principal = Principal::of(world, &request.access_key);
        let demands = demand::of(world, request.service, &request.operation, &request.body);
        let denied = demands.iter().find_map(|demand| {
            let message = principal.may(world, demand).err()?;
            Some((demand.clone(), Refusal::denied(request.service, &message)))
        });
        call.asks(principal.arn(world), demands, denied.as_ref().map(|(demand, _)| demand.clone()));
        if let Some((_, refusal)) = denied {
            return Err(refusal);
        }
        match &request.body {
            Body::Query(values) => {
                let operation = query_operation(request.service, &request.operation).ok_or_else(|| {
                    let message =
                        format!("The action {} is not valid for this web service.", request.operation);
                    Refusal::new("InvalidAction", message)
                })?;
                let form = Form::new(values.clone());
                self.query(world, request.service, operation, &form, doom).map(Outcome::Xml)
            }
            Body::Json(input) => {
                let operation = json_operation(request.service, &request.operation).ok_or_else(|| {
                    let message = format!("The sandbox has no operation {}.", request.operation);
                    Refusal::new("UnknownOperationException", message)
                })?;
                self.json(world, operation, input).map(Outcome::Json)
            }
        }
    }

    fn query(
        &self,
        world: &mut World,
        service: Service,
        operation: &Operation,
        form: &Form,
        doom: Option<(String, String)>,
    ) -> Answer<Xml> {
        let input = form.input();
        let dry_run = service == Service::Ec2 && input.flag("DryRun")?.unwrap_or(false);
        let check = || {
            form.nothing_unread()?;
            if dry_run {
                let message = "Request would have succeeded, but DryRun flag is set.";
                return Err(Refusal::new("DryRunOperation", message).status(412));
            }
            Ok(())
        };
        match operation.run {
            Run::Read(run) => {
                let answer = run(world, &input)?;
                check().map(|()| answer)
            }
            Run::Change(run) => {
                let mut draft = world.clone();
                draft.doomed_gateway = doom;
                let answer = run(&mut draft, &input)?;
                check()?;
                draft.doomed_gateway = None;
                self.commit(world, draft);
                Ok(answer)
            }
        }
    }

    fn json(&self, world: &mut World, operation: &JsonOperation, input: &Value) -> Answer<Value> {
        match operation.run {
            JsonRun::Read(run) => run(world, input),
            JsonRun::Change(run) => {
                let mut draft = world.clone();
                let answer = run(&mut draft, input)?;
                self.commit(world, draft);
                Ok(answer)
            }
        }
    }

    fn commit(&self, world: &mut World, mut draft: World) {
        draft.note_peak();
        *world = draft;
        self.bump();
    }
}

fn query_operation(service: Service, name: &str) -> Option<&'static Operation> {
    match service {
        Service::Ec2 => ec2::operation(name),
        Service::Iam => iam::operation(name),
        Service::Sts => sts::operation(name),
        Service::Ssm | Service::Quotas | Service::Scheduler => None,
    }
}

fn json_operation(service: Service, name: &str) -> Option<&'static JsonOperation> {
    match service {
        Service::Ssm => ssm::operation(name),
        Service::Quotas => service_quotas::operation(name),
        Service::Scheduler => scheduler::operation(name),
        Service::Ec2 | Service::Iam | Service::Sts => None,
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
        Body::Json(_) => {
            let operation = json_operation(request.service, &request.operation);
            operation.is_some_and(|operation| matches!(operation.run, JsonRun::Change(_)))
        }
    }
}
