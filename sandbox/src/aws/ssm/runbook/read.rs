//! Reading the JSON of a runbook.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::selector::Selector;
use super::template::{Reference, Template};
use super::{
    Action, ApiCall, Choice, Comparison, Kind, OnFailure, Output, Parameter, Property, Runbook, Step,
};
use crate::aws::json::is_name;
use crate::aws::refusal::{Answer, Refusal};

/// The schema of Automation documents.
const SCHEMA: &str = "0.3";

/// How many steps a runbook may have.
const MAX_STEPS: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawRunbook {
    schema_version: String,
    description: Option<String>,
    assume_role: Option<String>,
    #[serde(default)]
    parameters: BTreeMap<String, RawParameter>,
    main_steps: Vec<RawStep>,
    #[serde(default)]
    outputs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawParameter {
    r#type: String,
    description: Option<String>,
    default: Option<Value>,
    #[serde(default)]
    allowed_values: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawStep {
    name: String,
    action: String,
    #[serde(rename = "description")]
    _description: Option<String>,
    on_failure: Option<String>,
    is_critical: Option<bool>,
    is_end: Option<bool>,
    next_step: Option<String>,
    max_attempts: Option<u32>,
    timeout_seconds: Option<u64>,
    #[serde(default)]
    inputs: Map<String, Value>,
    #[serde(default)]
    outputs: Vec<RawOutput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawOutput {
    name: String,
    selector: String,
    r#type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawSleep {
    duration: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawBranch {
    choices: Vec<RawChoice>,
    default: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawChoice {
    next_step: String,
    variable: String,
    string_equals: Option<String>,
    equals_ignore_case: Option<String>,
    starts_with: Option<String>,
    ends_with: Option<String>,
    contains: Option<String>,
    boolean_equals: Option<bool>,
}

impl Runbook {
    /// Reads the content of an Automation document.
    ///
    /// # Errors
    /// `InvalidDocumentSchemaVersion`, or `InvalidDocumentContent` with what is not understood.
    pub(crate) fn read(content: &str) -> Answer<Self> {
        let invalid = |message: String| Refusal::new("InvalidDocumentContent", message);
        let raw: RawRunbook = serde_json::from_str(content)
            .map_err(|error| invalid(format!("JSON not well-formed or not as an automation: {error}")))?;
        if raw.schema_version != SCHEMA {
            let message = format!("Schema version {} is not that of an automation.", raw.schema_version);
            return Err(Refusal::new("InvalidDocumentSchemaVersion", message));
        }
        let runbook = raw.understand().map_err(invalid)?;
        runbook.check().map_err(invalid)?;
        Ok(runbook)
    }
}

impl RawRunbook {
    fn understand(self) -> Result<Runbook, String> {
        if self.main_steps.is_empty() || self.main_steps.len() > MAX_STEPS {
            return Err(format!("An automation has 1 to {MAX_STEPS} steps."));
        }
        Ok(Runbook {
            description: self.description,
            // An empty role means that of whoever starts it.
            assume_role: self.assume_role.as_deref().map(Template::parse).transpose()?,
            parameters: self
                .parameters
                .into_iter()
                .map(|(name, raw)| Ok((name.clone(), raw.understand(&name)?)))
                .collect::<Result<_, String>>()?,
            steps: self.main_steps.into_iter().map(RawStep::understand).collect::<Result<_, _>>()?,
            outputs: self.outputs.iter().map(|text| Reference::parse(text)).collect::<Result<_, _>>()?,
        })
    }
}

impl RawParameter {
    fn understand(self, name: &str) -> Result<Parameter, String> {
        let kind = kind(&self.r#type)?;
        let default = self.default.as_ref().map(texts).transpose();
        let default =
            default.map_err(|_| format!("The default of parameter {name} is not a {}.", kind.name()))?;
        let allowed = self.allowed_values.iter().map(texts).collect::<Result<Vec<_>, _>>();
        let allowed =
            allowed.map_err(|()| format!("The allowed values of {name} must be scalars."))?.concat();
        Ok(Parameter { kind, description: self.description, default, allowed })
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    match name {
        "String" | "AWS::IAM::Role::Arn" => Ok(Kind::String),
        "StringList" => Ok(Kind::StringList),
        "Boolean" => Ok(Kind::Boolean),
        "Integer" => Ok(Kind::Integer),
        other => Err(format!("The sandbox has no parameters or outputs of type {other}.")),
    }
}

/// A scalar or a list of them, as texts.
fn texts(value: &Value) -> Result<Vec<String>, ()> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Bool(_) | Value::Number(_) => Ok(vec![value.to_string()]),
        Value::Array(items) => {
            items.iter().map(texts).collect::<Result<Vec<_>, ()>>().map(|all| all.concat())
        }
        Value::Null | Value::Object(_) => Err(()),
    }
}

impl RawStep {
    fn understand(self) -> Result<Step, String> {
        let name = self.name.clone();
        self.read().map_err(|message| format!("Step {name}: {message}"))
    }

    fn read(self) -> Result<Step, String> {
        if !is_name(&self.name, 128, "_-") {
            return Err("the name must be letters, digits, _ and -".to_owned());
        }
        let on_failure = match self.on_failure.as_deref() {
            None | Some("Abort") => OnFailure::Abort,
            Some("Continue") => OnFailure::Continue,
            Some(text) => match text.strip_prefix("step:") {
                Some(step) => OnFailure::Step(step.to_owned()),
                None => return Err(format!("onFailure must be Abort, Continue or step:NAME, not {text}")),
            },
        };
        if self.max_attempts == Some(0) || self.timeout_seconds == Some(0) {
            return Err("maxAttempts and timeoutSeconds begin with 1".to_owned());
        }
        if self.is_end == Some(true) && self.next_step.is_some() {
            return Err("a step that isEnd has no nextStep".to_owned());
        }
        let action = read_action(&self.action, self.inputs, self.outputs)?;
        Ok(Step {
            name: self.name,
            action,
            // The failure of a step after which it goes on is not critical, unless the step says so.
            is_critical: self.is_critical.unwrap_or(on_failure != OnFailure::Continue),
            on_failure,
            is_end: self.is_end.unwrap_or(false),
            next_step: self.next_step,
            max_attempts: self.max_attempts.unwrap_or(1),
            timeout: self.timeout_seconds.map(Duration::from_secs),
        })
    }
}

fn read_action(action: &str, inputs: Map<String, Value>, outputs: Vec<RawOutput>) -> Result<Action, String> {
    if action == "aws:executeAwsApi" {
        let outputs = outputs.into_iter().map(RawOutput::understand).collect::<Result<_, _>>()?;
        return Ok(Action::Execute { call: read_call(inputs)?, outputs });
    }
    if !outputs.is_empty() {
        return Err(format!("the sandbox has no outputs of {action}"));
    }
    match action {
        "aws:waitForAwsResourceProperty" => read_property(inputs).map(Action::Wait),
        "aws:assertAwsResourceProperty" => read_property(inputs).map(Action::Assert),
        "aws:sleep" => {
            let RawSleep { duration } = understood(inputs)?;
            let template = Template::parse(&duration)?;
            if template.references().next().is_none() {
                super::duration::parse(&duration)?;
            }
            Ok(Action::Sleep(template))
        }
        "aws:branch" => {
            let RawBranch { choices, default } = understood(inputs)?;
            let choices = choices.into_iter().map(RawChoice::understand).collect::<Result<_, _>>()?;
            Ok(Action::Branch { choices, default })
        }
        other => Err(format!("the sandbox has no action {other}")),
    }
}

fn understood<T: DeserializeOwned>(inputs: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(inputs)).map_err(|error| error.to_string())
}

/// The call of a step: `Service` and `Api`, and whatever else stands there is for the API.
fn read_call(mut inputs: Map<String, Value>) -> Result<ApiCall, String> {
    let mut take = |name: &str| match inputs.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(format!("inputs need {name}, a text")),
    };
    let (service, api) = (take("Service")?, take("Api")?);
    if !api.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Err(format!("the API is written like DescribeNatGateways, not {api}"));
    }
    Ok(ApiCall { service, api, inputs })
}

fn read_property(mut inputs: Map<String, Value>) -> Result<Property, String> {
    let Some(Value::String(selector)) = inputs.remove("PropertySelector") else {
        return Err("inputs need PropertySelector, a text".to_owned());
    };
    let Some(Value::Array(desired)) =
        inputs.remove("DesiredValues").filter(|list| *list != Value::Array(vec![]))
    else {
        return Err("inputs need DesiredValues, a list that is not empty".to_owned());
    };
    let desired = desired.iter().map(|value| match value {
        Value::String(text) => Template::parse(text),
        other => Err(format!("a desired value is a text, not {other}")),
    });
    Ok(Property {
        selector: Selector::parse(&selector)?,
        desired: desired.collect::<Result<_, _>>()?,
        call: read_call(inputs)?,
    })
}

impl RawOutput {
    fn understand(self) -> Result<Output, String> {
        if !is_name(&self.name, 128, "_-") {
            return Err(format!("the name of output {} must be letters, digits, _ and -", self.name));
        }
        Ok(Output {
            name: self.name,
            selector: Selector::parse(&self.selector)?,
            kind: self.r#type.as_deref().map_or(Ok(Kind::String), kind)?,
        })
    }
}

impl RawChoice {
    fn understand(self) -> Result<Choice, String> {
        let comparisons = [
            self.string_equals.map(Comparison::StringEquals),
            self.equals_ignore_case.map(Comparison::EqualsIgnoreCase),
            self.starts_with.map(Comparison::StartsWith),
            self.ends_with.map(Comparison::EndsWith),
            self.contains.map(Comparison::Contains),
            self.boolean_equals.map(Comparison::BooleanEquals),
        ];
        let mut given = comparisons.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(comparison), None) => Ok(Choice {
                variable: Template::parse(&self.variable)?,
                comparison,
                next_step: self.next_step,
            }),
            _ => Err("a choice has exactly one comparison".to_owned()),
        }
    }
}
