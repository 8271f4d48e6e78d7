//! Calls that AWS's own services make: a schedule its target, a runbook the API of its step.
//!
//! They are not the bot's: they come with the permissions of a role, no scripted fault hits them, and
//! they have a log of their own. What is asked and answered is JSON with the members' names as in the
//! SDKs, whatever protocol the service itself speaks: [`ec2_input`] and [`ec2_output`] translate.

mod ec2_input;
mod ec2_output;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use serde_json::Value;

use super::demand;
use super::ec2;
use super::iam::authority::Principal;
use super::input::Form;
use super::json::{JsonOperation, JsonRun};
use super::operation::Run;
use super::refusal::{Answer, Refusal};
use super::request::{Body, Service};
use super::scheduler;
use super::ssm;
use super::world::World;

/// A call that one of AWS's services made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCall {
    /// Who made it: `schedule NAME`, or `automation ID step NAME`.
    pub by: String,
    /// The service it was for, such as `ec2`.
    pub service: String,
    /// The operation, such as `DeleteNatGateway`.
    pub operation: String,
    /// What it was asked with.
    pub input: Value,
    /// When, in the world's time.
    pub at: DateTime<Utc>,
    /// `ok`, or AWS's error code.
    pub outcome: String,
}

/// The log of these calls. It is shared by all copies of a world: what a service has called stays called.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServiceCalls(Arc<Mutex<Vec<ServiceCall>>>);

impl ServiceCalls {
    /// Every call, in the order they were made.
    pub(crate) fn all(&self) -> Vec<ServiceCall> {
        self.0.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}

/// Who calls, and what for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) principal: &'a Principal,
    /// As the log shows it.
    pub(crate) by: &'a str,
}

/// Makes a call. Like one that came over the wire, it changes nothing when it is refused.
///
/// # Errors
/// What the operation refuses, what the caller may not do, and what the sandbox does not have.
pub(crate) fn call(
    world: &mut World,
    caller: Caller<'_>,
    service: &str,
    operation: &str,
    input: &Value,
) -> Answer<Value> {
    let mut draft = world.clone();
    let result = carry_out(&mut draft, caller, service, operation, input);
    let outcome = match &result {
        Ok(_) => "ok".to_owned(),
        Err(refusal) => refusal.code.clone(),
    };
    if result.is_ok() {
        *world = draft;
    }
    world.service_calls.0.lock().push(ServiceCall {
        by: caller.by.to_owned(),
        service: service.to_owned(),
        operation: operation.to_owned(),
        input: input.clone(),
        at: world.clock,
        outcome,
    });
    result
}

fn carry_out(
    world: &mut World,
    caller: Caller<'_>,
    service: &str,
    operation: &str,
    input: &Value,
) -> Answer<Value> {
    match (service, operation) {
        ("ec2", _) => call_ec2(world, caller.principal, operation, input),
        ("ssm", "StartAutomationExecution") => ssm::automation::start(world, caller.principal, input),
        ("ssm", _) => {
            let found = ssm::operation(operation).ok_or_else(|| unknown(service, operation))?;
            call_json(world, caller.principal, Service::Ssm, found, input)
        }
        ("scheduler", _) => {
            let found = scheduler::operation(operation).ok_or_else(|| unknown(service, operation))?;
            call_json(world, caller.principal, Service::Scheduler, found, input)
        }
        _ => Err(unknown(service, operation)),
    }
}

fn unknown(service: &str, operation: &str) -> Refusal {
    let message =
        format!("The sandbox has no operation {service}:{operation} for AWS's own services to call.");
    Refusal::new("UnknownOperationException", message)
}

fn call_ec2(world: &mut World, principal: &Principal, operation: &str, input: &Value) -> Answer<Value> {
    let found = ec2::operation(operation).ok_or_else(|| unknown("ec2", operation))?;
    let values = ec2_input::to_form(operation, input)?;
    let form = Form::new(values.clone());
    permit(world, principal, Service::Ec2, operation, &Body::Query(values))?;
    let answer = match found.run {
        Run::Read(run) => run(world, &form.input())?,
        Run::Change(run) => run(world, &form.input())?,
    };
    let dry_run = form.input().flag("DryRun")?.unwrap_or(false);
    form.nothing_unread()?;
    if dry_run {
        let message = "Request would have succeeded, but DryRun flag is set.";
        return Err(Refusal::new("DryRunOperation", message).status(412));
    }
    Ok(ec2_output::to_json(&answer.into_string()))
}

fn call_json(
    world: &mut World,
    principal: &Principal,
    service: Service,
    found: &JsonOperation,
    input: &Value,
) -> Answer<Value> {
    permit(world, principal, service, found.name, &Body::Json(input.clone()))?;
    match found.run {
        JsonRun::Read(run) => run(world, input),
        JsonRun::Change(run) => run(world, input),
    }
}

/// Refuses what the caller may not do.
fn permit(
    world: &World,
    principal: &Principal,
    service: Service,
    operation: &str,
    body: &Body,
) -> Answer<()> {
    let demands = demand::of(world, service, operation, body);
    let permitted = demands.iter().try_for_each(|demand| principal.may(world, demand));
    permitted.map_err(|message| Refusal::denied(service, &message))
}

/// Whether a schedule may have this as its target, and with this input: checked when it is created.
///
/// # Errors
/// One sentence about what is wrong.
pub(crate) fn check_target(service: &str, operation: &str, input: &Value) -> Result<(), String> {
    match (service, operation) {
        ("ssm", "StartAutomationExecution") => ssm::automation::check_input(input),
        ("ec2", _) if ec2::operation(operation).is_some() => ec2_input::check(operation, input),
        _ => Err(unknown(service, operation).message),
    }
}
