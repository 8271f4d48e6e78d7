//! Moving runs on: one step, one poll or one pause at a time, each at its own instant.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Cursor, Execution, Phase, Status, StepRun};
use crate::aws::service_calls::{self, Caller};
use crate::aws::ssm::runbook::template::{self, Reference, Template};
use crate::aws::ssm::runbook::{Action, ApiCall, Kind, OnFailure, Output, Property, duration};
use crate::aws::world::World;

/// How often a property that is waited for is looked at.
const POLL: Duration = Duration::from_secs(5);

/// How long a property is waited for when the step does not say.
const WAIT: Duration = Duration::from_secs(3600);

/// How many steps one run may begin, which only a circle of steps can reach.
const MAX_BEGUN: u32 = 1000;

/// How an attempt at a step ended.
enum Outcome {
    /// It put these out, and goes on there instead of at its `nextStep`.
    Success {
        outputs: BTreeMap<String, Value>,
        next: Option<String>,
    },
    Failure {
        message: String,
        status: Status,
    },
    /// It is not done yet: to be looked at then, in that phase.
    NotYet(DateTime<Utc>, Phase),
}

impl Outcome {
    fn done() -> Self {
        Outcome::Success { outputs: BTreeMap::new(), next: None }
    }

    fn failed(message: String) -> Self {
        Outcome::Failure { message, status: Status::Failed }
    }
}

/// Lets every run that is due do what is next.
pub(crate) fn settle(world: &mut World) {
    let now = world.clock;
    let due = world.automations.values().filter(|one| one.due().is_some_and(|at| at <= now));
    for id in due.map(|one| one.id.clone()).collect::<Vec<_>>() {
        // Taken out, so that its calls can change the world. No call of a run is about that run.
        if let Some(mut execution) = world.automations.remove(&id) {
            execution.go_on(world);
            world.automations.insert(id, execution);
        }
    }
}

impl Execution {
    fn go_on(&mut self, world: &mut World) {
        let Some(cursor) = self.cursor.take() else {
            return;
        };
        let runbook = self.runbook.clone();
        let step = &runbook.steps[cursor.step];
        let outcome = match cursor.phase {
            Phase::Begin => self.begin(world, &cursor),
            Phase::Wake => Outcome::done(),
            Phase::Poll { until } => match &step.action {
                Action::Wait(property) => self.poll(world, &step.name, property, until),
                Action::Execute { .. } | Action::Assert(_) | Action::Sleep(_) | Action::Branch { .. } => {
                    Outcome::done()
                }
            },
        };
        self.conclude(world, cursor, outcome);
    }

    fn begin(&mut self, world: &mut World, cursor: &Cursor) -> Outcome {
        let runbook = self.runbook.clone();
        let step = &runbook.steps[cursor.step];
        let now = world.clock;
        let run = &mut self.steps[cursor.step];
        if cursor.attempt == 1 {
            self.begun += 1;
            *run = StepRun { started: Some(now), ..StepRun::default() };
        }
        run.status = Status::InProgress;
        if self.begun > MAX_BEGUN {
            return Outcome::failed(format!(
                "The automation has begun {MAX_BEGUN} steps: it goes in a circle."
            ));
        }
        match &step.action {
            Action::Execute { call, outputs } => match self.call(world, &step.name, cursor.step, call) {
                Ok(answer) => match pick(outputs, &answer) {
                    Ok(outputs) => Outcome::Success { outputs, next: None },
                    Err(message) => Outcome::failed(message),
                },
                Err(message) => Outcome::failed(message),
            },
            Action::Wait(property) => {
                let until = now + step.timeout.unwrap_or(WAIT);
                self.poll(world, &step.name, property, until)
            }
            Action::Assert(property) => match self.look(world, &step.name, property) {
                Ok(Ok(())) => Outcome::done(),
                Ok(Err(message)) | Err(message) => Outcome::failed(message),
            },
            Action::Sleep(length) => match self.text(world, length).and_then(|text| duration::parse(&text)) {
                Ok(length) => Outcome::NotYet(now + length, Phase::Wake),
                Err(message) => Outcome::failed(message),
            },
            Action::Branch { choices, default } => {
                for choice in choices {
                    match choice.variable.resolve(&|reference| self.look_up(world, reference)) {
                        Ok(value) if choice.comparison.holds(&value) => {
                            let next = Some(choice.next_step.clone());
                            return Outcome::Success { outputs: BTreeMap::new(), next };
                        }
                        Ok(_) => {}
                        Err(message) => return Outcome::failed(message),
                    }
                }
                match default {
                    Some(_) => Outcome::Success { outputs: BTreeMap::new(), next: default.clone() },
                    None if step.is_end => Outcome::done(),
                    None => {
                        Outcome::failed("No choice of the branch applies, and it has no default.".to_owned())
                    }
                }
            }
        }
    }

    fn poll(&self, world: &mut World, step: &str, property: &Property, until: DateTime<Utc>) -> Outcome {
        match self.look(world, step, property) {
            Ok(Ok(())) => Outcome::done(),
            Ok(Err(_)) if world.clock < until => {
                Outcome::NotYet(until.min(world.clock + POLL), Phase::Poll { until })
            }
            Ok(Err(message)) => {
                let message = format!("Step timed out while it was waiting. {message}");
                Outcome::Failure { message, status: Status::TimedOut }
            }
            Err(message) => Outcome::failed(message),
        }
    }

    /// Whether the property has a desired value; on the outside, why that cannot be told.
    fn look(&self, world: &mut World, step: &str, property: &Property) -> Result<Result<(), String>, String> {
        let desired = property.desired.iter().map(|template| self.text(world, template));
        let desired = desired.collect::<Result<Vec<String>, String>>()?;
        let answer = self.make_call(world, step, &property.call)?;
        let found = property.selector.select(&answer);
        if found.is_empty() {
            return Err(nothing_at(property.selector.text()));
        }
        let actual: Vec<String> = found.into_iter().map(text_of).collect();
        // What several places hold must all be as desired.
        if actual.iter().all(|value| desired.contains(value)) {
            return Ok(Ok(()));
        }
        Ok(Err(format!(
            "Property value from the API output: {} is {actual:?}, not in desired values {desired:?}.",
            property.selector.text()
        )))
    }

    fn call(&mut self, world: &mut World, step: &str, at: usize, call: &ApiCall) -> Result<Value, String> {
        let inputs = self.inputs(world, call)?;
        let shown = inputs.as_object().into_iter().flatten();
        self.steps[at].inputs = shown.map(|(name, value)| (name.clone(), value.to_string())).collect();
        self.send(world, step, call, &inputs)
    }

    fn make_call(&self, world: &mut World, step: &str, call: &ApiCall) -> Result<Value, String> {
        let inputs = self.inputs(world, call)?;
        self.send(world, step, call, &inputs)
    }

    fn inputs(&self, world: &World, call: &ApiCall) -> Result<Value, String> {
        let inputs = Value::Object(call.inputs.clone());
        template::resolve(&inputs, &|reference| self.look_up(world, reference)).map_err(|message| {
            format!("Step fails when it is validating and resolving the step inputs. {message}")
        })
    }

    fn send(&self, world: &mut World, step: &str, call: &ApiCall, inputs: &Value) -> Result<Value, String> {
        let by = format!("automation {} step {step}", self.id);
        let caller = Caller { principal: &self.principal, by: &by };
        service_calls::call(world, caller, &call.service, &call.api, inputs).map_err(|refusal| {
            format!(
                "Step fails when it is Execute/Cancelling action. An error occurred ({}) when calling the {} \
                 operation: {}",
                refusal.code, call.api, refusal.message
            )
        })
    }

    fn text(&self, world: &World, template: &Template) -> Result<String, String> {
        template.resolve(&|reference| self.look_up(world, reference)).map(|value| text_of(&value))
    }

    fn look_up(&self, world: &World, reference: &Reference) -> Result<Value, String> {
        match reference {
            Reference::Region => Ok(world.region.as_str().into()),
            Reference::Account => Ok(world.account_id.as_str().into()),
            Reference::Execution => Ok(self.id.as_str().into()),
            Reference::Parameter(name) => {
                let values = self.parameters.get(name).map(Vec::as_slice).unwrap_or_default();
                let kind = self.runbook.parameters.get(name).map_or(Kind::String, |parameter| parameter.kind);
                Ok(match kind {
                    Kind::StringList => values.into(),
                    Kind::String => values.concat().into(),
                    Kind::Boolean => (values.concat() == "true").into(),
                    Kind::Integer => values.concat().parse::<i64>().unwrap_or_default().into(),
                })
            }
            Reference::Output { step, output } => {
                let at = self.runbook.position(step);
                let found = at.and_then(|at| self.steps[at].outputs.get(output));
                found.cloned().ok_or_else(|| {
                    format!("Failed to resolve input: {reference}: the step has not put it out.")
                })
            }
        }
    }

    fn conclude(&mut self, world: &World, cursor: Cursor, outcome: Outcome) {
        let now = world.clock;
        let soon = now + world.timing.automation_step;
        let runbook = self.runbook.clone();
        let step = &runbook.steps[cursor.step];
        let run = &mut self.steps[cursor.step];
        match outcome {
            Outcome::NotYet(due, phase) => self.cursor = Some(Cursor { due, phase, ..cursor }),
            Outcome::Success { outputs, next } => {
                run.status = Status::Success;
                run.ended = Some(now);
                run.outputs = outputs;
                run.failure = None;
                let chosen = next.or_else(|| step.next_step.clone());
                if step.is_end && chosen.is_none() {
                    self.end(now, Status::Success);
                } else {
                    self.proceed(now, soon, cursor.step, chosen.as_deref());
                }
            }
            Outcome::Failure { message, .. }
                if cursor.attempt < step.max_attempts && self.begun <= MAX_BEGUN =>
            {
                run.failure = Some(message);
                // AWS promises no pause between attempts, so none can be counted on.
                let (attempt, phase) = (cursor.attempt + 1, Phase::Begin);
                self.cursor = Some(Cursor { due: soon, phase, attempt, ..cursor });
            }
            Outcome::Failure { message, status } => {
                run.status = status;
                run.ended = Some(now);
                run.failure = Some(message.clone());
                let aborts = step.on_failure == OnFailure::Abort || self.begun > MAX_BEGUN;
                if step.is_critical {
                    if self.verdict != Some(Status::Failed) {
                        self.verdict = Some(status);
                    }
                    self.failure.get_or_insert(format!(
                        "Step {} is in state {}: {message}",
                        step.name,
                        status.name()
                    ));
                }
                match &step.on_failure {
                    _ if aborts || step.is_end => {
                        let ended = if aborts { status } else { Status::Success };
                        self.end(now, ended);
                    }
                    OnFailure::Step(name) => self.proceed(now, soon, cursor.step, Some(name)),
                    OnFailure::Continue | OnFailure::Abort => {
                        self.proceed(now, soon, cursor.step, step.next_step.as_deref());
                    }
                }
            }
        }
    }

    /// Goes on at the step of that name, else at the one that follows.
    fn proceed(&mut self, now: DateTime<Utc>, due: DateTime<Utc>, from: usize, to: Option<&str>) {
        let next = to.map_or(Some(from + 1), |name| self.runbook.position(name));
        match next.filter(|at| *at < self.steps.len()) {
            Some(step) => self.cursor = Some(Cursor { step, attempt: 1, due, phase: Phase::Begin }),
            None => self.end(now, Status::Success),
        }
    }

    /// It is over. What a critical step has failed with outweighs how it ended.
    fn end(&mut self, now: DateTime<Utc>, status: Status) {
        self.status = self.verdict.unwrap_or(status);
        self.ended = Some(now);
        self.cursor = None;
    }
}

/// The outputs of a step, picked out of what its API has answered.
fn pick(outputs: &[Output], answer: &Value) -> Result<BTreeMap<String, Value>, String> {
    let mut picked = BTreeMap::new();
    for Output { name, selector, kind } in outputs {
        let found = selector.select(answer);
        if found.is_empty() {
            return Err(nothing_at(selector.text()));
        }
        let wrong = || format!("The output {name} at {} is not a {}.", selector.text(), kind.name());
        let value = match (selector.is_definite(), found.as_slice()) {
            (true, [one]) => (*one).clone(),
            _ => found.into_iter().cloned().collect(),
        };
        let is_text = |value: &Value| value.is_string();
        let fits = match kind {
            Kind::String => value.is_string(),
            Kind::StringList => value.as_array().is_some_and(|items| items.iter().all(is_text)),
            Kind::Boolean => value.is_boolean(),
            Kind::Integer => value.is_i64(),
        };
        if !fits {
            return Err(wrong());
        }
        picked.insert(name.clone(), value);
    }
    Ok(picked)
}

fn nothing_at(selector: &str) -> String {
    format!("The selector {selector} finds nothing in the output of the API.")
}

/// A value as it is compared with others.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
