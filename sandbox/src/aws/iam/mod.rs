//! Identity and Access Management: awsQuery, version 2010-05-08.

pub(crate) mod authority;
pub(crate) mod condition;
mod inline_policies;
pub(crate) mod instance_profiles;
pub(crate) mod managed_policies;
pub(crate) mod policy;
pub(crate) mod roles;

use super::input::Input;
use super::operation::Operation;
use super::refusal::{Answer, Refusal};
use super::tags::{self, Tags};
use super::world::World;

const KINDS: &[&[Operation]] = &[
    inline_policies::OPERATIONS,
    instance_profiles::OPERATIONS,
    managed_policies::OPERATIONS,
    roles::OPERATIONS,
];

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<&'static Operation> {
    KINDS.iter().flat_map(|kind| kind.iter()).find(|operation| operation.name == name)
}

/// The refusal of something that does not exist.
fn no_such(message: String) -> Refusal {
    Refusal::new("NoSuchEntity", message).status(404)
}

/// The refusal of a name that is taken.
fn already_exists(what: &str) -> Refusal {
    Refusal::new("EntityAlreadyExists", format!("{what} already exists.")).status(409)
}

/// The refusal of deleting what is still used.
fn delete_conflict(message: &str) -> Refusal {
    Refusal::new("DeleteConflict", message).status(409)
}

/// A name as IAM allows it: letters, digits and `+=,.@_-`, at most `most` of them.
fn read_name(input: &Input<'_>, parameter: &str, most: usize) -> Answer<String> {
    let name = input.text(parameter).ok_or_else(|| invalid(format!("{parameter} is missing")))?;
    let fine = name.len() <= most && name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c));
    if fine { Ok(name) } else { Err(invalid(format!("The specified value for {parameter} is invalid."))) }
}

/// IAM's refusal of a malformed parameter.
fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationError", message)
}

fn read_path(input: &Input<'_>) -> Answer<String> {
    let path = input.text("Path").unwrap_or_else(|| "/".to_owned());
    if path.starts_with('/') && path.ends_with('/') {
        return Ok(path);
    }
    Err(invalid(
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    ))
}

fn read_tags(input: &Input<'_>) -> Answer<Tags> {
    let tags = tags::read(&input.items("Tags.member"))
        .map_err(|refusal| Refusal::new("InvalidInput", refusal.message))?;
    check_tags(&tags)?;
    Ok(tags)
}

fn check_tags(tags: &Tags) -> Answer<()> {
    tags::check_count(tags).map_err(|refusal| Refusal::new("LimitExceeded", refusal.message).status(409))
}

/// A unique id as IAM makes them: four letters for the kind, then 17 letters and digits.
fn new_unique_id(world: &mut World, prefix: &str) -> String {
    const SYMBOLS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = (u128::from(world.scramble()) << 64) | u128::from(world.scramble());
    let symbols =
        (0..17).map(|at| char::from(SYMBOLS[usize::try_from((bits >> (at * 5)) & 31).unwrap_or(0)]));
    prefix.chars().chain(symbols).collect()
}

/// A document as IAM shows it.
fn percent_encoded(document: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(document.as_bytes()).collect();
    // Form encoding writes a space as `+`; IAM percent-encodes it.
    encoded.replace('+', "%20")
}

fn arn(world: &World, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{}:{kind}{path}{name}", world.account_id)
}
