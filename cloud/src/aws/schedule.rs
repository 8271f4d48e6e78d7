//! Schedules of the backstop, in EventBridge Scheduler.

use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, Target,
};
use serde_json::json;

use crate::backstop::{self, AFTER_END};
use crate::ids::{GroupId, RouteTableId, ScheduleName};
use crate::observed::Schedule;
use crate::step::{Change, Failure, FailureKind};

use super::Aws;
use super::failure::Call;

/// Starts the runbook (Scheduler User Guide, "Using universal targets").
const START_RUNBOOK: &str = "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution";
/// For how long and how often Scheduler tries again when the runbook cannot be started: as long as it lets one.
/// With its action after completion the schedule is gone even if all tries failed.
const RETRY_FOR_S: i32 = 86_400;
const RETRIES: i32 = 185;
/// How Scheduler says that a role cannot be used by it; that of a new role passes within two minutes.
const ROLE_NOT_YET: &str = "assume the role";

/// A schedule to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewSchedule<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) role_arn: &'a str,
    pub(super) table: &'a RouteTableId,
    pub(super) group: &'a GroupId,
}

impl Aws {
    /// Schedules of this stack.
    pub(super) async fn schedules(&self) -> Result<Vec<Schedule>, Failure> {
        let stack = self.stack();
        if !stack.backstop.enabled {
            return Ok(Vec::new());
        }
        let request = self.scheduler().list_schedules().name_prefix(backstop::schedule_prefix(&stack.name));
        let all: Vec<_> = request
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| Call::read("ListSchedules").failed(error))?;
        let named = all.iter().filter_map(|schedule| schedule.name());
        Ok(named.filter_map(|name| backstop::schedule(&stack.name, name)).collect())
    }

    /// Arms the backstop. The name is the token: the same again is a conflict.
    pub(super) async fn create_schedule(&self, new: NewSchedule<'_>) -> Result<Vec<Change>, Failure> {
        let call = Call::repeatable("CreateSchedule");
        let schedule = new.schedule;
        let invalid = |error: aws_smithy_types::error::operation::BuildError| {
            call.refused("InvalidRequest", &error.to_string())
        };
        let input = json!({
            "DocumentName": backstop::document_name(),
            "Parameters": {
                "Lease": [schedule.lease.as_str()],
                "Stack": [self.stack().name],
                "RouteTableId": [new.table.as_str()],
                "GroupId": [new.group.as_str()],
                "AutomationAssumeRole": [new.role_arn],
            },
        });
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
        let on_time =
            FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().map_err(invalid)?;
        let at = (schedule.lease_ends_at + AFTER_END).format("at(%Y-%m-%dT%H:%M:%S)").to_string();
        let request = self
            .scheduler()
            .create_schedule()
            .name(schedule.name.as_str())
            .description("Closes a NAT window of doorman, should doorman be gone.")
            .schedule_expression(at)
            .schedule_expression_timezone("UTC")
            .flexible_time_window(on_time)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target);
        match request.send().await.map_err(|error| call.failed(error)) {
            Ok(_) => Ok(vec![Change::Schedule(schedule.clone())]),
            Err(failure) if failure.is(&["ConflictException"]) => {
                Ok(vec![Change::Schedule(schedule.clone())])
            }
            Err(failure) if failure.message.contains(ROLE_NOT_YET) => {
                Err(Failure { kind: FailureKind::NotYet, ..failure })
            }
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn delete_schedule(&self, name: &ScheduleName) -> Result<Vec<Change>, Failure> {
        let request = self.scheduler().delete_schedule().name(name.as_str());
        match request.send().await.map_err(|error| Call::repeatable("DeleteSchedule").failed(error)) {
            Ok(_) => Ok(vec![Change::ScheduleGone(name.clone())]),
            Err(failure) if failure.is(&["ResourceNotFoundException"]) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }
}
