//! Systems Manager: awsJson 1.1.
//!
//! Automation is carried out for real, on the account's own clock: a [`runbook`] is what a document
//! says, an [`automation`] is one run of it.

pub(crate) mod agent;
pub(crate) mod automation;
pub(crate) mod documents;
mod managed_instances;
mod parameters;
mod reach;
pub(crate) mod runbook;

use super::json::JsonOperation;

const KINDS: &[&[JsonOperation]] =
    &[automation::OPERATIONS, documents::OPERATIONS, managed_instances::OPERATIONS, parameters::OPERATIONS];

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<&'static JsonOperation> {
    KINDS.iter().flat_map(|kind| kind.iter()).find(|operation| operation.name == name)
}
