//! Systems Manager: awsJson 1.1.

pub(crate) mod agent;
mod managed_instances;
mod parameters;
mod reach;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::json::JsonOperation;
use super::refusal::{Answer, Refusal};

const KINDS: &[&[JsonOperation]] = &[managed_instances::OPERATIONS, parameters::OPERATIONS];

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<&'static JsonOperation> {
    KINDS.iter().flat_map(|kind| kind.iter()).find(|operation| operation.name == name)
}

/// Reads the members of a call.
fn read<T: DeserializeOwned>(input: &Value) -> Answer<T> {
    T::deserialize(input).map_err(|error| Refusal::new("ValidationException", error.to_string()))
}
