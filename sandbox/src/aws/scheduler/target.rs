//! What a schedule calls: an API, with an input, in the name of a role.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{PRINCIPAL, group_arn, invalid};
use crate::aws::iam::authority;
use crate::aws::refusal::Answer;
use crate::aws::service_calls;
use crate::aws::world::World;

/// What universal targets begin with.
const UNIVERSAL: &str = "arn:aws:scheduler:::aws-sdk:";

/// What the actions begin with that only look; no schedule may call them.
const READ_ONLY: [&str; 8] = ["get", "describe", "list", "poll", "receive", "search", "scan", "query"];

/// A target that was checked.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(super) arn: String,
    pub(super) service: String,
    /// The action, with a capital: `StartAutomationExecution`.
    pub(super) operation: String,
    /// As it was given, and understood.
    input_text: Option<String>,
    pub(super) input: Value,
    pub(super) role_arn: String,
    pub(super) retry: Retry,
    dead_letters: Option<String>,
}

/// How long and how often a target that fails is tried again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retry {
    pub(super) age: Duration,
    pub(super) attempts: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RawTarget {
    arn: String,
    role_arn: String,
    input: Option<String>,
    retry_policy: Option<RawRetry>,
    dead_letter_config: Option<RawDeadLetters>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawRetry {
    maximum_event_age_in_seconds: Option<u64>,
    maximum_retry_attempts: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawDeadLetters {
    arn: Option<String>,
}

impl RawTarget {
    /// Checks a target as `CreateSchedule` does: the API exists and may be called, the input is one it could
    /// take, the role can be assumed.
    pub(super) fn check(self, world: &World, group: &str) -> Answer<Target> {
        let (service, action) =
            self.arn.strip_prefix(UNIVERSAL).and_then(|rest| rest.split_once(':')).ok_or_else(|| {
                invalid(format!(
                    "The sandbox only has targets like {UNIVERSAL}service:action, not {}.",
                    self.arn
                ))
            })?;
        let mut letters = action.chars();
        let first = letters.next().filter(char::is_ascii_lowercase);
        let first =
            first.ok_or_else(|| invalid(format!("Provided Arn is not in correct format: {}", self.arn)))?;
        if READ_ONLY.iter().any(|prefix| action.starts_with(prefix)) {
            return Err(invalid(format!("{service}:{action} only looks, and cannot be a target.")));
        }
        let operation: String = std::iter::once(first.to_ascii_uppercase()).chain(letters).collect();
        let bad_input = |reason: &str| invalid(format!("Invalid RequestJson provided. Reason {reason}"));
        let input: Value = match &self.input {
            None => json!({}),
            Some(text) => serde_json::from_str(text).map_err(|error| bad_input(&error.to_string()))?,
        };
        service_calls::check_target(service, &operation, &input).map_err(|reason| bad_input(&reason))?;
        let retry = check_retry(self.retry_policy)?;
        let dead_letters = self.dead_letter_config.and_then(|config| config.arn);
        if dead_letters.as_ref().is_some_and(|arn| !arn.starts_with("arn:aws:sqs:") || arn.ends_with(".fifo"))
        {
            return Err(invalid("The dead-letter queue must be a standard SQS queue."));
        }
        authority::assumable(world, &self.role_arn, PRINCIPAL, &group_arn(world, group)).ok_or_else(
            || {
                invalid(
                    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
                )
            },
        )?;
        Ok(Target {
            service: service.to_owned(),
            operation,
            arn: self.arn,
            input_text: self.input,
            input,
            role_arn: self.role_arn,
            retry,
            dead_letters,
        })
    }
}

fn check_retry(given: Option<RawRetry>) -> Answer<Retry> {
    let (age, attempts) =
        given.map_or((None, None), |raw| (raw.maximum_event_age_in_seconds, raw.maximum_retry_attempts));
    // What AWS does when not told: 185 times, for a day.
    let (age, attempts) = (age.unwrap_or(86_400), attempts.unwrap_or(185));
    if !(60..=86_400).contains(&age) {
        return Err(invalid("MaximumEventAgeInSeconds must be between 60 and 86400."));
    }
    if attempts > 185 {
        return Err(invalid("MaximumRetryAttempts must be between 0 and 185."));
    }
    Ok(Retry { age: Duration::from_secs(age), attempts })
}

impl Target {
    /// As `GetSchedule` shows it.
    pub(super) fn show(&self) -> Value {
        let mut shown = json!({
            "Arn": self.arn,
            "RoleArn": self.role_arn,
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": self.retry.age.as_secs(),
                "MaximumRetryAttempts": self.retry.attempts,
            },
        });
        if let Some(input) = &self.input_text {
            shown["Input"] = input.as_str().into();
        }
        if let Some(arn) = &self.dead_letters {
            shown["DeadLetterConfig"] = json!({ "Arn": arn });
        }
        shown
    }

    /// For people: `StartAutomationExecution → NAME`.
    pub(super) fn in_words(&self) -> String {
        match self.input.get("DocumentName").and_then(Value::as_str) {
            Some(name) => format!("{} → {name}", self.operation),
            None => self.operation.clone(),
        }
    }
}
