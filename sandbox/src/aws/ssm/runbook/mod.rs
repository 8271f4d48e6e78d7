//! A runbook: an Automation document of schema 0.3, understood.
//!
//! | action | what it does |
//! |---|---|
//! | `aws:executeAwsApi` | calls an API; its `outputs` pick values out of the answer |
//! | `aws:waitForAwsResourceProperty` | calls an API until a property has a desired value |
//! | `aws:assertAwsResourceProperty` | the same, once |
//! | `aws:sleep` | waits |
//! | `aws:branch` | chooses the next step |
//!
//! Whatever is not understood is refused when the document is created (`InvalidDocumentContent`), also where
//! AWS might take it: a runbook that runs here must be one that runs there.
//!
//! Where AWS's documents are silent, the less helpful answer is assumed, so that nothing is relied on that
//! AWS does not promise: between the attempts of `maxAttempts` there is no pause; a selector that finds
//! nothing fails its step, also one for a list; a property at several places must be as desired at each;
//! a step whose failure aborts makes the whole fail even if it is not critical. As documented, the failure of a
//! step is critical unless it says otherwise or goes on (`onFailure: Continue`).

mod check;
pub(crate) mod duration;
mod read;
pub(crate) mod selector;
pub(crate) mod template;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use self::selector::Selector;
use self::template::{Reference, Template};

/// A runbook.
#[derive(Debug)]
pub(crate) struct Runbook {
    pub(crate) description: Option<String>,
    /// The role that its calls are made with; none for that of whoever starts it.
    pub(crate) assume_role: Option<Template>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) steps: Vec<Step>,
    /// What the whole puts out.
    pub(crate) outputs: Vec<Reference>,
}

/// Something that whoever starts it gives.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) kind: Kind,
    pub(crate) description: Option<String>,
    /// Its values when not given; none makes it required.
    pub(crate) default: Option<Vec<String>>,
    /// If any, the only values it may have.
    pub(crate) allowed: Vec<String>,
}

/// What a parameter or an output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    StringList,
    Boolean,
    Integer,
}

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) action: Action,
    pub(crate) on_failure: OnFailure,
    /// Whether its failure makes the whole fail.
    pub(crate) is_critical: bool,
    /// Whether it is the last, failed or not.
    pub(crate) is_end: bool,
    /// The step after its success; none for the one that follows.
    pub(crate) next_step: Option<String>,
    /// How often it is tried.
    pub(crate) max_attempts: u32,
    pub(crate) timeout: Option<Duration>,
}

/// What happens when a step has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OnFailure {
    Abort,
    Continue,
    Step(String),
}

/// What a step does.
#[derive(Debug)]
pub(crate) enum Action {
    Execute {
        call: ApiCall,
        outputs: Vec<Output>,
    },
    Wait(Property),
    Assert(Property),
    /// For an ISO 8601 duration.
    Sleep(Template),
    Branch {
        choices: Vec<Choice>,
        default: Option<String>,
    },
}

/// A call of an API. Its inputs still hold references.
#[derive(Debug)]
pub(crate) struct ApiCall {
    pub(crate) service: String,
    pub(crate) api: String,
    pub(crate) inputs: Map<String, Value>,
}

/// A value picked out of an answer.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) selector: Selector,
    pub(crate) kind: Kind,
}

/// A property of something, and the values it should have.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) call: ApiCall,
    pub(crate) selector: Selector,
    pub(crate) desired: Vec<Template>,
}

/// A way that a branch can take.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) variable: Template,
    pub(crate) comparison: Comparison,
    pub(crate) next_step: String,
}

/// When a branch takes that way.
#[derive(Debug)]
pub(crate) enum Comparison {
    StringEquals(String),
    EqualsIgnoreCase(String),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    BooleanEquals(bool),
}

impl Runbook {
    /// Where the step of that name stands.
    pub(crate) fn position(&self, step: &str) -> Option<usize> {
        self.steps.iter().position(|one| one.name == step)
    }
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::String => "String",
            Kind::StringList => "StringList",
            Kind::Boolean => "Boolean",
            Kind::Integer => "Integer",
        }
    }
}

impl OnFailure {
    /// As the document writes it.
    pub(crate) fn text(&self) -> String {
        match self {
            OnFailure::Abort => "Abort".to_owned(),
            OnFailure::Continue => "Continue".to_owned(),
            OnFailure::Step(name) => format!("step:{name}"),
        }
    }
}

impl Action {
    /// As the document writes it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Action::Execute { .. } => "aws:executeAwsApi",
            Action::Wait(_) => "aws:waitForAwsResourceProperty",
            Action::Assert(_) => "aws:assertAwsResourceProperty",
            Action::Sleep(_) => "aws:sleep",
            Action::Branch { .. } => "aws:branch",
        }
    }
}

impl Comparison {
    /// Whether a value compares so.
    pub(crate) fn holds(&self, value: &Value) -> bool {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match self {
            Comparison::StringEquals(other) => text == *other,
            Comparison::EqualsIgnoreCase(other) => text.eq_ignore_ascii_case(other),
            Comparison::StartsWith(other) => text.starts_with(other),
            Comparison::EndsWith(other) => text.ends_with(other),
            Comparison::Contains(other) => text.contains(other),
            Comparison::BooleanEquals(other) => text == other.to_string(),
        }
    }
}
