//! What must be true of a runbook as a whole: everything it refers to is there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::template::{Reference, Template, templates_in};
use super::{Action, Kind, OnFailure, Runbook, Step};

impl Runbook {
    /// Whether every step, output and parameter that is named exists.
    ///
    /// # Errors
    /// One sentence about the first that does not.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut names = BTreeSet::new();
        if let Some(twice) = self.steps.iter().find(|step| !names.insert(&step.name)) {
            return Err(format!("Step name {} is used twice.", twice.name));
        }
        for (name, parameter) in &self.parameters {
            let one = parameter.default.as_ref().is_none_or(|values| values.len() == 1);
            if parameter.kind != Kind::StringList && !one {
                return Err(format!("The default of parameter {name} is not a {}.", parameter.kind.name()));
            }
        }
        if let Some(template) = &self.assume_role {
            self.check_references(template)?;
        }
        for step in &self.steps {
            self.check_step(step).map_err(|message| format!("Step {}: {message}", step.name))?;
        }
        self.outputs.iter().try_for_each(|reference| self.check_reference(reference))
    }

    fn check_step(&self, step: &Step) -> Result<(), String> {
        for next in next_steps(step) {
            if self.position(next).is_none() {
                return Err(format!("there is no step {next}"));
            }
        }
        templates_of(step)?.iter().try_for_each(|template| self.check_references(template))
    }

    fn check_references(&self, template: &Template) -> Result<(), String> {
        template.references().try_for_each(|reference| self.check_reference(reference))
    }

    fn check_reference(&self, reference: &Reference) -> Result<(), String> {
        let known = match reference {
            Reference::Parameter(name) => self.parameters.contains_key(name),
            Reference::Output { step, output } => self
                .position(step)
                .is_some_and(|at| outputs_of(&self.steps[at]).any(|declared| declared == output)),
            Reference::Region | Reference::Account | Reference::Execution => true,
        };
        if known { Ok(()) } else { Err(format!("{{{{ {reference} }}}} is not defined in the document")) }
    }
}

fn outputs_of(step: &Step) -> impl Iterator<Item = &str> {
    let declared = match &step.action {
        Action::Execute { outputs, .. } => outputs.as_slice(),
        Action::Wait(_) | Action::Assert(_) | Action::Sleep(_) | Action::Branch { .. } => &[],
    };
    declared.iter().map(|output| output.name.as_str())
}

fn next_steps(step: &Step) -> Vec<&str> {
    let mut all: Vec<&str> = step.next_step.as_deref().into_iter().collect();
    if let OnFailure::Step(name) = &step.on_failure {
        all.push(name);
    }
    if let Action::Branch { choices, default } = &step.action {
        all.extend(choices.iter().map(|choice| choice.next_step.as_str()));
        all.extend(default.as_deref());
    }
    all
}

fn templates_of(step: &Step) -> Result<Vec<Template>, String> {
    Ok(match &step.action {
        Action::Execute { call, .. } => templates_in(&Value::Object(call.inputs.clone()))?,
        Action::Wait(property) | Action::Assert(property) => {
            let mut all = templates_in(&Value::Object(property.call.inputs.clone()))?;
            all.extend(property.desired.iter().cloned());
            all
        }
        Action::Sleep(duration) => vec![duration.clone()],
        Action::Branch { choices, .. } => choices.iter().map(|choice| choice.variable.clone()).collect(),
    })
}
