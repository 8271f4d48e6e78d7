//! What calls of Systems Manager, Service Quotas and the Scheduler need.

use serde_json::Value;

use super::{carried, demand, requested};
use crate::aws::iam::authority::{Demand, passing};
use crate::aws::iam::condition::Context;
use crate::aws::request::Service;
use crate::aws::scheduler::{DEFAULT_GROUP, PRINCIPAL};
use crate::aws::tags::Tags;
use crate::aws::world::World;

/// With what the names of AWS's own parameters begin; their ARNs name no account.
const PUBLIC_PARAMETERS: &str = "/aws/service/";

/// What a call needs.
pub(super) fn of(world: &World, service: Service, operation: &str, input: &Value) -> Vec<Demand> {
    let text = |member: &str| input[member].as_str().unwrap_or_default();
    let action = format!("{}:{operation}", service.name());
    let here =
        |service: &str, rest: &str| format!("arn:aws:{service}:{}:{}:{rest}", world.region, world.account_id);
    match operation {
        "CreateDocument" => {
            let arn = here("ssm", &format!("document/{}", text("Name")));
            let tags = tags_of(&input["Tags"]);
            let mut demands = vec![demand(action, arn.clone(), requested(&tags))];
            if !tags.is_empty() {
                demands.push(demand("ssm:AddTagsToResource", arn, requested(&tags)));
            }
            demands
        }
        "DeleteDocument" | "DescribeDocument" | "GetDocument" => {
            let prefix = here("ssm", "document/");
            let name = text("Name").strip_prefix(&prefix).unwrap_or(text("Name"));
            let document = world.documents.get(name);
            let context = document.map(|document| carried("ssm", &document.tags)).unwrap_or_default();
            vec![demand(action, format!("{prefix}{name}"), context)]
        }
        "GetParameter" | "GetParameters" => {
            let many = input["Names"].as_array().into_iter().flatten();
            let names = many.chain(std::iter::once(&input["Name"])).filter_map(Value::as_str);
            names.map(|name| demand(action.clone(), parameter(world, name), Context::new())).collect()
        }
        "CreateSchedule" | "DeleteSchedule" | "GetSchedule" => {
            let group = input["GroupName"].as_str().unwrap_or(DEFAULT_GROUP);
            let arn = here("scheduler", &format!("schedule/{group}/{}", text("Name")));
            let role = input["Target"]["RoleArn"].as_str().map(|role| passing(role, PRINCIPAL));
            std::iter::once(demand(action, arn, Context::new())).chain(role).collect()
        }
        "CreateScheduleGroup" | "DeleteScheduleGroup" | "GetScheduleGroup" => {
            let arn = here("scheduler", &format!("schedule-group/{}", text("Name")));
            vec![demand(action, arn, requested(&tags_of(&input["Tags"])))]
        }
        // What it starts may be named in two ways, and it decides by itself.
        "StartAutomationExecution" => Vec::new(),
        _ => vec![demand(action, "*", Context::new())],
    }
}

fn parameter(world: &World, name: &str) -> String {
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    let account = if name.starts_with(PUBLIC_PARAMETERS) { "" } else { &world.account_id };
    let slash = if name.starts_with('/') { "" } else { "/" };
    format!("arn:aws:ssm:{}:{account}:parameter{slash}{name}", world.region)
}

fn tags_of(list: &Value) -> Tags {
    let pair = |tag: &Value| Some((tag["Key"].as_str()?.to_owned(), tag["Value"].as_str()?.to_owned()));
    list.as_array().into_iter().flatten().filter_map(pair).collect()
}
