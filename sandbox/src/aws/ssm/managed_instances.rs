//! The instances whose agents have registered.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws::ec2::instances::{Instance, State};
use crate::aws::json::{JsonOperation, members, read, seconds};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{read_token, write_token};
use crate::aws::world::World;

pub(super) const OPERATIONS: &[JsonOperation] = &[read("DescribeInstanceInformation", describe)];

/// The newest agent when this was written.
const AGENT_VERSION: &str = "3.3.2299.0";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Describe {
    filters: Option<Vec<Filter>>,
    instance_information_filter_list: Option<Vec<OldFilter>>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    key: String,
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OldFilter {
    key: String,
    value_set: Vec<String>,
}

fn describe(world: &World, input: &Value) -> Answer<Value> {
    let Describe { filters, instance_information_filter_list: old, max_results, next_token } =
        members(input)?;
    if filters.is_some() && old.is_some() {
        return Err(Refusal::new(
            "ValidationException",
            "Filters and InstanceInformationFilterList exclude each other.",
        ));
    }
    let old = old.into_iter().flatten().map(|OldFilter { key, value_set }| Filter { key, values: value_set });
    let filters: Vec<Filter> = filters.into_iter().flatten().chain(old).collect();
    if max_results.is_some_and(|size| !(5..=50).contains(&size)) {
        return Err(Refusal::new("ValidationException", "maxResults must be between 5 and 50"));
    }
    // Neither stopped nor terminated ones are shown.
    let running = world.instances.values().filter(|instance| instance.state == State::Running);
    let mut found: Vec<&Instance> =
        running.filter(|instance| instance.agent.registered().is_some()).collect();
    for filter in &filters {
        if filter.values.is_empty() {
            return Err(Refusal::new("InvalidInstanceInformationFilterValue", "The filter has no values."));
        }
        check(filter)?;
        found.retain(|instance| {
            values(world, instance, &filter.key).iter().any(|value| filter.values.contains(value))
        });
    }
    let start = match next_token {
        None => 0,
        Some(token) => read_token(&token)
            .filter(|start| *start <= found.len())
            .ok_or_else(|| Refusal::new("InvalidNextToken", "The specified token is not valid."))?,
    };
    let end = found.len().min(start + max_results.unwrap_or(50));
    let page: Vec<Value> = found[start..end].iter().map(|instance| information(world, instance)).collect();
    let mut answer = json!({ "InstanceInformationList": page });
    if end < found.len() {
        answer["NextToken"] = write_token(end).into();
    }
    Ok(answer)
}

fn check(filter: &Filter) -> Answer<()> {
    let known = ["InstanceIds", "PingStatus", "PlatformTypes", "AgentVersion", "ResourceType", "tag-key"];
    if filter.key.starts_with("tag:") || known.contains(&filter.key.as_str()) {
        return Ok(());
    }
    Err(Refusal::new("InvalidFilterKey", format!("The filter key '{}' is not valid.", filter.key)))
}

fn values(world: &World, instance: &Instance, key: &str) -> Vec<String> {
    let one = |value: &str| vec![value.to_owned()];
    match key {
        "InstanceIds" => one(&instance.id),
        "PingStatus" => one(instance.agent.ping_status(world.clock)),
        "PlatformTypes" => one("Linux"),
        "AgentVersion" => one(AGENT_VERSION),
        "ResourceType" => one("EC2Instance"),
        "tag-key" => instance.tags.keys().cloned().collect(),
        key => key.strip_prefix("tag:").and_then(|key| instance.tags.get(key)).cloned().into_iter().collect(),
    }
}

fn information(world: &World, instance: &Instance) -> Value {
    let image = world.images.get(&instance.image);
    let version = image.and_then(|image| image.description.split(' ').nth(2)).unwrap_or_default();
    json!({
        "InstanceId": instance.id,
        "PingStatus": instance.agent.ping_status(world.clock),
        "LastPingDateTime": instance.agent.last_ping().map(seconds),
        "AgentVersion": AGENT_VERSION,
        "IsLatestVersion": true,
        "PlatformType": "Linux",
        "PlatformName": "Ubuntu",
        "PlatformVersion": version,
        "ResourceType": "EC2Instance",
        "IPAddress": instance.private.to_string(),
        "ComputerName": format!("ip-{}", instance.private.to_string().replace('.', "-")),
        "SourceId": instance.id,
        "SourceType": "AWS::EC2::Instance",
    })
}
