//! What runs are shown as.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::start::version;
use super::{Execution, StepRun};
use crate::aws::json::{members, seconds};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{read_token, write_token};
use crate::aws::ssm::runbook::Step;
use crate::aws::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Get {
    automation_execution_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Describe {
    #[serde(default)]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    key: String,
    values: Vec<String>,
}

pub(super) fn get(world: &World, input: &Value) -> Answer<Value> {
    let Get { automation_execution_id: id } = members(input)?;
    let execution = world.automations.get(&id).ok_or_else(|| {
        let message = format!("Automation execution {id} not found");
        Refusal::new("AutomationExecutionNotFoundException", message)
    })?;
    Ok(json!({ "AutomationExecution": execution.whole() }))
}

pub(super) fn describe(world: &World, input: &Value) -> Answer<Value> {
    let Describe { filters, max_results, next_token } = members(input)?;
    if max_results.is_some_and(|size| !(1..=50).contains(&size)) {
        return Err(Refusal::new("ValidationException", "maxResults must be between 1 and 50"));
    }
    let mut found: Vec<&Execution> = world.automations.values().collect();
    for filter in &filters {
        filter.check()?;
        found.retain(|execution| filter.accepts(execution));
    }
    found.sort_by_key(|execution| Reverse(execution.started));
    let start = match next_token {
        None => 0,
        Some(token) => read_token(&token)
            .filter(|start| *start <= found.len())
            .ok_or_else(|| Refusal::new("InvalidNextToken", "The specified token is not valid."))?,
    };
    let end = found.len().min(start + max_results.unwrap_or(50));
    let page: Vec<Value> = found[start..end].iter().map(|execution| execution.summary().into()).collect();
    let mut answer = json!({ "AutomationExecutionMetadataList": page });
    if end < found.len() {
        answer["NextToken"] = write_token(end).into();
    }
    Ok(answer)
}

impl Filter {
    fn check(&self) -> Answer<()> {
        match self.key.as_str() {
            "DocumentNamePrefix" | "ExecutionStatus" | "ExecutionId" => {}
            "StartTimeBefore" | "StartTimeAfter" => {
                self.instants().ok_or_else(|| {
                    Refusal::new(
                        "InvalidFilterValue",
                        "The filter needs instants such as 2026-01-01T00:00:00Z.",
                    )
                })?;
            }
            key => return Err(Refusal::new("InvalidFilterKey", format!("The sandbox has no filter {key}."))),
        }
        if self.values.is_empty() {
            return Err(Refusal::new("InvalidFilterValue", "The filter has no values."));
        }
        Ok(())
    }

    fn instants(&self) -> Option<Vec<DateTime<Utc>>> {
        self.values.iter().map(|value| value.parse().ok()).collect()
    }

    fn accepts(&self, execution: &Execution) -> bool {
        let instants = || self.instants().unwrap_or_default();
        match self.key.as_str() {
            "DocumentNamePrefix" => self.values.iter().any(|prefix| execution.document.starts_with(prefix)),
            "ExecutionStatus" => self.values.iter().any(|status| status == execution.status.name()),
            "StartTimeBefore" => instants().iter().any(|at| execution.started < *at),
            "StartTimeAfter" => instants().iter().any(|at| execution.started > *at),
            _ => self.values.contains(&execution.id),
        }
    }
}

impl Execution {
    fn summary(&self) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                shown.insert(name.to_owned(), value);
            }
        };
        let current = self.cursor.as_ref().map(|cursor| &self.runbook.steps[cursor.step]);
        put("AutomationExecutionId", self.id.as_str().into());
        put("DocumentName", self.document.as_str().into());
        put("DocumentVersion", version().into());
        put("AutomationExecutionStatus", self.status.name().into());
        put("ExecutionStartTime", seconds(self.started));
        put("ExecutionEndTime", self.ended.map(seconds).into());
        put("ExecutedBy", self.executed_by.as_str().into());
        put("Mode", "Auto".into());
        put("Outputs", self.outputs());
        put("CurrentStepName", current.map(|step| step.name.as_str()).into());
        put("CurrentAction", current.map(|step| step.action.name()).into());
        put("FailureMessage", self.failure.as_deref().into());
        shown
    }

    fn whole(&self) -> Value {
        let mut shown = self.summary();
        let steps = self.runbook.steps.iter().zip(&self.steps).enumerate();
        let steps = steps.map(|(at, (step, run))| show_step(&self.id, at, step, run));
        shown.insert("StepExecutions".to_owned(), steps.collect());
        shown.insert("StepExecutionsTruncated".to_owned(), false.into());
        shown.insert("Parameters".to_owned(), json!(self.parameters));
        Value::Object(shown)
    }

    /// What the runbook puts out, as far as its steps have.
    fn outputs(&self) -> Value {
        let outputs = self.runbook.outputs.iter().map(|reference| {
            let text = reference.to_string();
            let found = text
                .split_once('.')
                .and_then(|(step, output)| self.steps[self.runbook.position(step)?].outputs.get(output));
            let values = found.map_or_else(
                || json!(["No output available yet because the step is not successfully executed"]),
                list_of,
            );
            (text, values)
        });
        Value::Object(outputs.collect())
    }
}

fn show_step(id: &str, at: usize, step: &Step, run: &StepRun) -> Value {
    let outputs: Map<String, Value> =
        run.outputs.iter().map(|(name, value)| (name.clone(), list_of(value))).collect();
    let mut shown = json!({
        "StepName": step.name,
        "Action": step.action.name(),
        "StepExecutionId": format!("{}-{at:02}", id.get(..33).unwrap_or(id)),
        "StepStatus": run.status.name(),
        "OnFailure": step.on_failure.text(),
        "MaxAttempts": step.max_attempts,
        "IsCritical": step.is_critical,
        "IsEnd": step.is_end,
        "Inputs": run.inputs,
        "Outputs": outputs,
    });
    let more = [
        ("TimeoutSeconds", step.timeout.map(|time| time.as_secs()).into()),
        ("NextStep", step.next_step.as_deref().into()),
        ("ExecutionStartTime", run.started.map(seconds).into()),
        ("ExecutionEndTime", run.ended.map(seconds).into()),
        ("FailureMessage", run.failure.as_deref().into()),
    ];
    for (name, value) in more {
        let value: Value = value;
        if !value.is_null() {
            shown[name] = value;
        }
    }
    shown
}

/// Outputs are lists of texts on the wire, whatever they are.
fn list_of(value: &Value) -> Value {
    let text = |value: &Value| match value {
        Value::String(_) => value.clone(),
        other => other.to_string().into(),
    };
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        one => Value::Array(vec![text(one)]),
    }
}
