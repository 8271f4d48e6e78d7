//! Automation: runs of runbooks. [`start`](start::start) begins one, [`run`] moves it on when its time has
//! come, [`show`] tells of it.

mod run;
mod show;
mod start;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::runbook::Runbook;
use crate::aws::iam::authority::Principal;
use crate::aws::json::{JsonOperation, change, read};

pub(crate) use run::settle;
pub(crate) use start::{check_input, start};

pub(super) const OPERATIONS: &[JsonOperation] = &[
    change("StartAutomationExecution", |world, input| {
        let caller = Principal::of(world, &world.caller);
        start(world, &caller, input)
    }),
    read("GetAutomationExecution", show::get),
    read("DescribeAutomationExecutions", show::describe),
];

/// One run of a runbook.
#[derive(Debug, Clone)]
pub(crate) struct Execution {
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) runbook: Arc<Runbook>,
    /// Whether the document carries the bot's tag.
    pub(crate) managed: bool,
    /// Every parameter of the runbook that has a value.
    parameters: BTreeMap<String, Vec<String>>,
    /// With whose permissions its calls are made.
    principal: Principal,
    /// The ARN of who started it.
    executed_by: String,
    pub(crate) started: DateTime<Utc>,
    pub(crate) ended: Option<DateTime<Utc>>,
    pub(crate) status: Status,
    failure: Option<String>,
    /// One for each step of the runbook.
    steps: Vec<StepRun>,
    /// What it does next, and when; none when it has ended.
    cursor: Option<Cursor>,
    /// The worst that the failure of a critical step has made of it.
    verdict: Option<Status>,
    /// How many steps were begun, so that a circle of steps ends somewhere.
    begun: u32,
}

/// How far a run, or a step of it, is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Status {
    #[default]
    Pending,
    InProgress,
    Success,
    Failed,
    TimedOut,
}

/// A step of a run. One that was come to again shows the last time.
#[derive(Debug, Clone, Default)]
struct StepRun {
    status: Status,
    started: Option<DateTime<Utc>>,
    ended: Option<DateTime<Utc>>,
    inputs: BTreeMap<String, String>,
    outputs: BTreeMap<String, Value>,
    failure: Option<String>,
}

/// Where a run stands.
#[derive(Debug, Clone)]
struct Cursor {
    step: usize,
    /// The attempt at this step, from 1.
    attempt: u32,
    due: DateTime<Utc>,
    phase: Phase,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// The step is to begin.
    Begin,
    /// The property is to be looked at again, until then.
    Poll { until: DateTime<Utc> },
    /// The sleep is over.
    Wake,
}

impl Status {
    /// In AWS's words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Pending => "Pending",
            Status::InProgress => "InProgress",
            Status::Success => "Success",
            Status::Failed => "Failed",
            Status::TimedOut => "TimedOut",
        }
    }
}

impl Execution {
    /// When it next does something.
    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        self.cursor.as_ref().map(|cursor| cursor.due)
    }

    /// The step under way, or the first that has failed.
    pub(crate) fn step_in_words(&self) -> Option<String> {
        if let Some(cursor) = &self.cursor {
            return Some(self.runbook.steps[cursor.step].name.clone());
        }
        let failed =
            self.steps.iter().position(|step| matches!(step.status, Status::Failed | Status::TimedOut));
        failed.map(|at| format!("{} ✗", self.runbook.steps[at].name))
    }
}
