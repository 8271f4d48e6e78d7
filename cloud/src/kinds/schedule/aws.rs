//! Schedules of the backstop at EventBridge Scheduler.

use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState, Target,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use doorman_config::Stack;
use serde::{Deserialize, Serialize};
use serde_json::json;
use strum::VariantArray;

use super::{Act, Schedule};
use crate::aws::{Aws, Call, all};
use crate::backstop::{self, AFTER_END, Parameters, Runbook, ScheduleSays};
use crate::failure::{Failure, FailureKind};
use crate::ids::{DocumentName, ScheduleName};
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::lease::LeaseKind;
use crate::record::{Record, Sorted};
use crate::tags::{Owner, of_version_0_1};

/// Starts the runbook (Scheduler User Guide, "Using universal targets").
pub(super) const START_RUNBOOK: &str = "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution";
/// For how long and how often Scheduler tries again when the runbook cannot be started: as long as it lets one.
/// With its action after completion the schedule is gone even if all tries failed.
pub(super) const RETRY_FOR_S: i32 = 86_400;
pub(super) const RETRIES: i32 = 185;
/// How Scheduler writes a time at which to fire once.
pub(super) const AT: &str = "at(%Y-%m-%dT%H:%M:%S)";
/// By which clock.
pub(super) const UTC: &str = "UTC";
/// What people read of it in the console.
pub(super) const DESCRIPTION: &str = "Closes a window of doorman, should doorman be gone.";
/// By how much a schedule may fire at another time than asked for, as by a clock that was put right meanwhile.
const SLACK: TimeDelta = TimeDelta::minutes(1);
/// How Scheduler says that a role cannot be used by it; that of a new role passes within two minutes.
const ROLE_NOT_YET: &str = "assume the role";

impl Look for Schedule {
    /// Schedules of this stack, in whatever group: version 0.1 made them in the default one; also where the settings want none any more, as long as one is on record.
    async fn look(aws: &Aws, stack: &Stack, record: &Record) -> Result<Sorted<Schedule>, Failure> {
        if !stack.backstop.enabled && !record.has(Kind::Schedule) {
            return Ok(Sorted::none());
        }
        let request = aws.scheduler().list_schedules().name_prefix(backstop::schedule_prefix(&stack.name));
        let all = all("ListSchedules", request.into_paginator().items().send()).await?;
        let schedules =
            all.iter().filter_map(|schedule| read(&stack.name, schedule.name()?, schedule.group_name()?));
        let looked = schedules.map(|schedule| async move {
            let sound = is_sound(aws, stack, &schedule).await?;
            Ok::<_, Failure>(sound.map(|sound| Schedule { sound, ..schedule }))
        });
        let looked = futures::future::try_join_all(looked).await?;
        Ok(Sorted::by_hand(looked.into_iter().flatten().collect()))
    }
}

/// Whether a schedule is as doorman makes one: what it starts, as whom, for which lease, and when. `None`: it is gone
/// meanwhile.
async fn is_sound(aws: &Aws, stack: &Stack, schedule: &Schedule) -> Result<Option<bool>, Failure> {
    let answer =
        aws.scheduler().get_schedule().group_name(&schedule.group).name(schedule.name.as_str()).send().await;
    let Some(shown) = Call::read("GetSchedule").found(answer, &["ResourceNotFoundException"])? else {
        return Ok(None);
    };
    let wanted = aws.by_their_clock(schedule.lease_ends_at + AFTER_END);
    let in_time =
        shown.schedule_expression().and_then(fires_at).is_some_and(|at| (at - wanted).abs() <= SLACK);
    let in_utc = shown.schedule_expression_timezone().is_none_or(|zone| zone == UTC);
    let enabled = shown.state() == Some(&ScheduleState::Enabled);
    let starts = shown.target().is_some_and(|target| {
        let as_whom = target.role_arn().rsplit('/').next() == Some(&*stack.backstop.role);
        let closes = target.input().is_some_and(|input| closes(schedule, input, target.role_arn()));
        target.arn() == START_RUNBOOK && as_whom && closes
    });
    Ok(Some(enabled && in_time && in_utc && starts))
}

/// When a schedule that fires once does.
fn fires_at(expression: &str) -> Option<DateTime<Utc>> {
    Some(NaiveDateTime::parse_from_str(expression, AT).ok()?.and_utc())
}

/// What a schedule hands over.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Input {
    document_name: String,
    parameters: Parameters,
}

impl Input {
    pub(super) fn new(
        owner: &Owner,
        role_arn: &str,
        document: &DocumentName,
        parameters: &Parameters,
    ) -> Self {
        let mut parameters = parameters.clone();
        parameters.extend(of_lease(owner, role_arn));
        Input { document_name: document.to_string(), parameters }
    }
}

/// What every runbook is told.
fn of_lease(owner: &Owner, role_arn: &str) -> [(String, Vec<String>); 3] {
    [("Lease", owner.lease.as_str()), ("Stack", &owner.stack), ("AutomationAssumeRole", role_arn)]
        .map(|(name, value)| (name.to_owned(), vec![value.to_owned()]))
}

/// Whether what a schedule hands over closes its lease, by a runbook of this version that is told what the schedule's
/// name says.
fn closes(schedule: &Schedule, input: &str, role_arn: &str) -> bool {
    let Ok(Input { document_name, mut parameters }) = serde_json::from_str(input) else { return false };
    let mut names = LeaseKind::VARIANTS.iter().copied().filter_map(backstop::runbook).map(Runbook::name);
    let owner = &schedule.owner;
    let says = backstop::read_schedule_name(&owner.stack, schedule.name.as_str());
    names.any(|name| document_name == name)
        && of_lease(owner, role_arn).into_iter().all(|(name, value)| parameters.remove(&name) == Some(value))
        && says.and_then(|says| says.told) == Some(backstop::told(&parameters))
}

fn read(stack: &str, name: &str, group: &str) -> Option<Schedule> {
    let ScheduleSays { lease, ends_at: lease_ends_at, told: _ } = backstop::read_schedule_name(stack, name)?;
    let owner = Owner {
        stack: stack.to_owned(),
        lease,
        of: of_version_0_1(Kind::Schedule, false),
        expires_at: Some(lease_ends_at),
        opened_by: String::new(),
        installation: None,
    };
    let (name, group) = (ScheduleName::from(name), group.to_owned());
    Some(Schedule { name, group, lease_ends_at, sound: false, owner })
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<Schedule>, Failure> {
        match self {
            Act::Create { schedule, role_arn, document, parameters } => {
                create(aws, owner, New { schedule, role_arn, document, parameters }).await
            }
            Act::Delete { name, group } => {
                let request = aws.scheduler().delete_schedule().name(name.as_str()).group_name(group);
                match request.send().await.map_err(|error| Call::repeatable("DeleteSchedule").failed(error)) {
                    Ok(_) => Ok(Change::Gone(name.clone())),
                    Err(failure) if failure.is(&["ResourceNotFoundException"]) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
        }
    }
}

/// A schedule to be made.
#[derive(Clone, Copy)]
struct New<'a> {
    schedule: &'a Schedule,
    role_arn: &'a str,
    document: &'a DocumentName,
    parameters: &'a Parameters,
}

/// Arms the backstop. The name is the token: the same again is a conflict.
async fn create(aws: &Aws, owner: &Owner, new: New<'_>) -> Result<Change<Schedule>, Failure> {
    let call = Call::repeatable("CreateSchedule");
    let schedule = new.schedule;
    let invalid = |error: aws_smithy_types::error::operation::BuildError| {
        call.refused("InvalidRequest", &error.to_string())
    };
    let input = json!(Input::new(owner, new.role_arn, new.document, new.parameters));
    let retry = RetryPolicy::builder()
        .maximum_event_age_in_seconds(RETRY_FOR_S)
        .maximum_retry_attempts(RETRIES)
        .build();
    let target = Target::builder()
        .arn(START_RUNBOOK)
        .role_arn(new.role_arn)
        .input(input.to_string())
        .retry_policy(retry)
        .build()
        .map_err(invalid)?;
    let on_time = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().map_err(invalid)?;
    let at = aws.by_their_clock(schedule.lease_ends_at + AFTER_END).format(AT).to_string();
    let request = aws
        .scheduler()
        .create_schedule()
        .name(schedule.name.as_str())
        .group_name(&schedule.group)
        .description(DESCRIPTION)
        .schedule_expression(at)
        .schedule_expression_timezone(UTC)
        .flexible_time_window(on_time)
        .action_after_completion(ActionAfterCompletion::Delete)
        .target(target);
    let there = Change::Is(schedule.clone());
    match request.send().await.map_err(|error| call.failed(error)) {
        Ok(_) => Ok(there),
        // Ours, made by a call whose answer was lost, or not as it should be: only a look can tell.
        Err(failure) if failure.is(&["ConflictException"]) => Ok(Change::LookAgain),
        Err(failure) if failure.message.contains(ROLE_NOT_YET) => {
            Err(Failure { kind: FailureKind::NotYet, ..failure })
        }
        Err(failure) => Err(failure),
    }
}
