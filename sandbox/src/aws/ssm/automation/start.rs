//! Starting a run: its parameters, its role, its token.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Cursor, Execution, Phase, Status, StepRun};
use crate::aws::iam::authority::{self, Demand, Principal};
use crate::aws::iam::condition::Context;
use crate::aws::json::members;
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::ssm::documents::{self, Document, Tag, VERSION};
use crate::aws::ssm::runbook::{Kind, Runbook};
use crate::aws::tags;
use crate::aws::world::World;

/// The name of Systems Manager in trust policies.
const PRINCIPAL: &str = "ssm.amazonaws.com";

const OPERATION: &str = "StartAutomationExecution";

type Parameters = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Start {
    document_name: String,
    document_version: Option<String>,
    #[serde(default)]
    parameters: Parameters,
    client_token: Option<String>,
    mode: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Whether this could be the input of a call that starts a run.
///
/// # Errors
/// One sentence about what is wrong.
pub(crate) fn check_input(input: &Value) -> Result<(), String> {
    if input.get("DocumentName").is_none() {
        return Err("Request payload is missing the following field(s): DocumentName".to_owned());
    }
    members::<Start>(input).map(drop).map_err(|refusal| refusal.message)
}

/// Starts a run. Its first step is done when time next passes.
///
/// # Errors
/// AWS's refusals of `StartAutomationExecution`.
pub(crate) fn start(world: &mut World, caller: &Principal, input: &Value) -> Answer<Value> {
    let asked: Start = members(input)?;
    if asked.mode.as_deref().is_some_and(|mode| mode != "Auto") {
        return Err(Refusal::new("ValidationException", "The sandbox runs automations in mode Auto only."));
    }
    documents::read_tags(asked.tags)?;
    may_start(world, caller, &asked.document_name, asked.document_version.as_deref())?;
    let token = asked.client_token.as_deref().map(check_token).transpose()?;
    let fingerprint = json!([asked.document_name, asked.document_version, asked.parameters]).to_string();
    if let Some(token) = &token
        && let Some(made) = world.replay_token(OPERATION, token, &fingerprint)?
    {
        return Ok(json!({ "AutomationExecutionId": made.concat() }));
    }
    let document = documents::find(world, &asked.document_name, None).cloned().ok_or_else(|| {
        let message = format!("Automation definition {} not found.", asked.document_name);
        Refusal::new("AutomationDefinitionNotFoundException", message)
    })?;
    if documents::find(world, &asked.document_name, asked.document_version.as_deref()).is_none() {
        let message = format!("Automation definition {} has no such version.", asked.document_name);
        return Err(Refusal::new("AutomationDefinitionVersionNotFoundException", message));
    }
    let id = new_id(world);
    let execution = prepare(world, caller, &document, &id, asked.parameters)?;
    world.automations.insert(id.clone(), execution);
    if let Some(token) = &token {
        world.remember_token(OPERATION, token, fingerprint, vec![id.clone()]);
    }
    Ok(json!({ "AutomationExecutionId": id }))
}

/// A policy may name the runbook as a document or as an automation definition, which has a version.
fn may_start(world: &World, caller: &Principal, name: &str, version: Option<&str>) -> Answer<()> {
    let ours = format!("arn:aws:ssm:{}:{}", world.region, world.account_id);
    let name = name.strip_prefix(&format!("{ours}:document/")).unwrap_or(name);
    let version = version.unwrap_or("$DEFAULT");
    let starting = |resource: String| Demand {
        action: format!("ssm:{OPERATION}"),
        resource,
        context: Context::from([("aws:RequestedRegion".to_owned(), vec![world.region.clone()])]),
    };
    let document = starting(format!("{ours}:document/{name}"));
    let definition = starting(format!("{ours}:automation-definition/{name}:{version}"));
    caller
        .may(world, &document)
        .or_else(|_| caller.may(world, &definition))
        .map_err(|message| Refusal::new("AccessDeniedException", message))
}

fn check_token(token: &str) -> Answer<String> {
    let dashes = [8, 13, 18, 23];
    let is_uuid = token.len() == 36
        && token.char_indices().all(
            |(at, c)| {
                if dashes.contains(&at) { c == '-' } else { c.is_ascii_hexdigit() }
            },
        );
    if is_uuid {
        return Ok(token.to_ascii_lowercase());
    }
    Err(Refusal::new("ValidationException", format!("The client token {token} is not a UUID.")))
}

fn new_id(world: &mut World) -> String {
    let (high, low) = (world.scramble(), world.scramble());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

fn prepare(
    world: &World,
    caller: &Principal,
    document: &Document,
    id: &str,
    given: Parameters,
) -> Answer<Execution> {
    let runbook = document.runbook.clone();
    let parameters = fill(&runbook, given)?;
    let principal = match role_of(&runbook, &parameters)? {
        None => caller.clone(),
        Some(arn) => assume(world, caller, &arn, id)?,
    };
    let steps = runbook.steps.iter().map(|_| StepRun::default()).collect();
    Ok(Execution {
        id: id.to_owned(),
        document: document.name.clone(),
        runbook,
        managed: tags::managed(&document.tags),
        parameters,
        principal,
        executed_by: caller.arn(world),
        started: world.clock,
        ended: None,
        status: Status::InProgress,
        failure: None,
        steps,
        cursor: Some(Cursor { step: 0, attempt: 1, due: world.clock, phase: Phase::Begin }),
        verdict: None,
        begun: 0,
    })
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidAutomationExecutionParametersException", message)
}

/// What was given, with the defaults of the rest.
fn fill(runbook: &Runbook, given: Parameters) -> Answer<Parameters> {
    if let Some(unknown) = given.keys().find(|name| !runbook.parameters.contains_key(*name)) {
        return Err(invalid(format!("Parameter {unknown} is not defined in the automation definition.")));
    }
    let mut filled = Parameters::new();
    for (name, parameter) in &runbook.parameters {
        let values = given.get(name).or(parameter.default.as_ref()).ok_or_else(|| {
            invalid(format!("Parameter {name} is required by the automation definition and was not given."))
        })?;
        let fits = match parameter.kind {
            Kind::StringList => true,
            Kind::String => values.len() == 1,
            Kind::Boolean => matches!(values.as_slice(), [one] if one == "true" || one == "false"),
            Kind::Integer => matches!(values.as_slice(), [one] if one.parse::<i64>().is_ok()),
        };
        if !fits {
            return Err(invalid(format!("Parameter {name} is not a {}: {values:?}.", parameter.kind.name())));
        }
        let allowed = |value: &&String| parameter.allowed.is_empty() || parameter.allowed.contains(value);
        if let Some(wrong) = values.iter().find(|value| !allowed(value)) {
            return Err(invalid(format!("Parameter {name} may not be {wrong}.")));
        }
        filled.insert(name.clone(), values.clone());
    }
    Ok(filled)
}

/// The ARN of the role in whose name the runbook runs, if it has one.
fn role_of(runbook: &Runbook, parameters: &Parameters) -> Answer<Option<String>> {
    let Some(template) = &runbook.assume_role else {
        return Ok(None);
    };
    let resolved = template.resolve(&|reference| {
        let values = parameters.get(&reference.to_string()).ok_or("only parameters can name the role")?;
        Ok(values.concat().into())
    });
    let arn = resolved.map_err(|message| invalid(format!("The assume role cannot be told: {message}")))?;
    Ok(arn.as_str().filter(|arn| !arn.is_empty()).map(str::to_owned))
}

fn assume(world: &World, caller: &Principal, arn: &str, id: &str) -> Answer<Principal> {
    if !arn.starts_with("arn:aws:iam::") || !arn.contains(":role/") {
        return Err(invalid("The format of the supplied assume role ARN is incorrect."));
    }
    caller
        .may_pass(world, arn, PRINCIPAL)
        .map_err(|message| Refusal::new("AccessDeniedException", message))?;
    let source = format!("arn:aws:ssm:{}:{}:automation-execution/{id}", world.region, world.account_id);
    let role = authority::assumable(world, arn, PRINCIPAL, &source)
        .ok_or_else(|| invalid("The defined assume role is unable to be assumed."))?;
    Ok(Principal::Role { name: role.name.clone(), session: format!("Automation-{id}") })
}

/// The version that every run is of.
pub(super) const fn version() -> &'static str {
    VERSION
}
