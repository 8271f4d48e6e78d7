//! What an awsJson operation is to this sandbox.

use serde_json::Value;

use super::refusal::Answer;
use super::world::World;

/// One operation of a service that speaks awsJson. All of them only look, so far.
pub(crate) struct JsonOperation {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&World, &Value) -> Answer<Value>,
}
