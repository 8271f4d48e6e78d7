//! What an operation is whose parameters and answer are JSON: awsJson's, and REST-JSON's once
//! [`rest`](super::rest) has put together what its requests carry in path, query and body.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refusal::{Answer, Refusal};
use super::world::World;

/// One operation of a service that speaks JSON.
pub(crate) struct JsonOperation {
    pub(crate) name: &'static str,
    pub(crate) run: JsonRun,
}

/// How an operation is carried out.
pub(crate) enum JsonRun {
    /// It only looks.
    Read(fn(&World, &Value) -> Answer<Value>),
    /// It changes the world, or would.
    Change(fn(&mut World, &Value) -> Answer<Value>),
}

/// An operation that only looks.
pub(crate) const fn read(name: &'static str, run: fn(&World, &Value) -> Answer<Value>) -> JsonOperation {
    JsonOperation { name, run: JsonRun::Read(run) }
}

/// An operation that changes the world.
pub(crate) const fn change(
    name: &'static str,
    run: fn(&mut World, &Value) -> Answer<Value>,
) -> JsonOperation {
    JsonOperation { name, run: JsonRun::Change(run) }
}

/// Reads the members of a call.
pub(crate) fn members<T: DeserializeOwned>(input: &Value) -> Answer<T> {
    T::deserialize(input).map_err(|error| Refusal::new("ValidationException", error.to_string()))
}

/// An instant as JSON protocols write it: seconds with a fraction.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in a double")]
pub(crate) fn seconds(at: chrono::DateTime<chrono::Utc>) -> Value {
    (at.timestamp_millis() as f64 / 1000.0).into()
}

/// Whether `text` is 1 to `most` letters, digits or characters of `more`.
pub(crate) fn is_name(text: &str, most: usize, more: &str) -> bool {
    (1..=most).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}
