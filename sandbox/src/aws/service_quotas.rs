//! Service Quotas: awsJson 1.1.

use serde::Deserialize;
use serde_json::{Value, json};

use super::catalog::{QUOTAS, Quota};
use super::json::{JsonOperation, read};
use super::refusal::{Answer, Refusal};
use super::world::World;

const OPERATIONS: &[JsonOperation] =
    &[read("GetServiceQuota", get), read("GetAWSDefaultServiceQuota", get_default)];

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<&'static JsonOperation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Get {
    service_code: String,
    quota_code: String,
}

/// The quota that is asked for.
fn find(input: &Value) -> Answer<Option<&'static Quota>> {
    let Get { service_code, quota_code } = Get::deserialize(input)
        .map_err(|error| Refusal::new("IllegalArgumentException", error.to_string()))?;
    Ok(QUOTAS.iter().find(|quota| quota.service == service_code && quota.code == quota_code))
}

fn unknown() -> Refusal {
    let message = "The request failed because the specified quota does not exist.";
    Refusal::new("NoSuchResourceException", message)
}

/// What the account was granted. Of some quotas AWS knows only the default until somebody asks for more.
fn get(world: &World, input: &Value) -> Answer<Value> {
    let granted = |quota: &&Quota| quota.granted || world.quotas.get(quota.code) != quota.default;
    let quota = find(input)?.filter(granted).ok_or_else(unknown)?;
    Ok(show(world, quota, world.quotas.get(quota.code)))
}

fn get_default(world: &World, input: &Value) -> Answer<Value> {
    let quota = find(input)?.ok_or_else(unknown)?;
    Ok(show(world, quota, quota.default))
}

fn show(world: &World, quota: &Quota, value: f64) -> Value {
    json!({ "Quota": {
        "ServiceCode": quota.service,
        "ServiceName": quota.service_name,
        "QuotaArn": format!(
            "arn:aws:servicequotas:{}:{}:{}/{}", world.region, world.account_id, quota.service, quota.code
        ),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
    }})
}
