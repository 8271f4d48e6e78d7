//! Service Quotas: awsJson 1.1.

use serde::Deserialize;
use serde_json::{Value, json};

use super::catalog::QUOTAS;
use super::json::{JsonOperation, read};
use super::refusal::{Answer, Refusal};
use super::world::World;

const OPERATIONS: &[JsonOperation] = &[read("GetServiceQuota", get)];

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

fn get(world: &World, input: &Value) -> Answer<Value> {
    let Get { service_code, quota_code } = Get::deserialize(input)
        .map_err(|error| Refusal::new("IllegalArgumentException", error.to_string()))?;
    let quota = QUOTAS.iter().find(|quota| quota.service == service_code && quota.code == quota_code);
    let quota = quota.ok_or_else(|| {
        Refusal::new(
            "NoSuchResourceException",
            "The request failed because the specified quota does not exist.",
        )
    })?;
    Ok(json!({ "Quota": {
        "ServiceCode": quota.service,
        "ServiceName": quota.service_name,
        "QuotaArn": format!(
            "arn:aws:servicequotas:{}:{}:{}/{}", world.region, world.account_id, quota.service, quota.code
        ),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": world.quotas.get(quota.code),
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
    }}))
}
