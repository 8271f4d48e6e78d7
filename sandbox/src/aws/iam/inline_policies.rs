//! The policies written into a role itself.

use super::{invalid, no_such, percent_encoded, read_name, roles};
use crate::aws::iam::policy::{Place, Policy};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    change("PutRolePolicy", put),
    read("GetRolePolicy", get),
    read("ListRolePolicies", list),
    change("DeleteRolePolicy", delete),
];

/// How many characters all of a role's inline policies may have together; white space does not count.
const MAX_CHARACTERS: usize = 10_240;

fn unknown(name: &str) -> Refusal {
    no_such(format!("The role policy with name {name} cannot be found."))
}

fn put(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let name = read_name(input, "PolicyName", 128)?;
    let document = input.text("PolicyDocument").ok_or_else(|| invalid("PolicyDocument is missing"))?;
    Policy::read(&document, Place::Identity)?;
    let role = roles::named(world, input)?;
    role.inline.insert(name, document);
    let characters = |text: &String| text.chars().filter(|c| !c.is_whitespace()).count();
    if role.inline.values().map(characters).sum::<usize>() > MAX_CHARACTERS {
        let message =
            format!("Maximum policy size of {MAX_CHARACTERS} bytes exceeded for role {}", role.name);
        return Err(Refusal::new("LimitExceeded", message).status(409));
    }
    Ok(Xml::default())
}

fn get(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let role = roles::find(world, &read_name(input, "RoleName", 64)?)?;
    let name = read_name(input, "PolicyName", 128)?;
    let document = role.inline.get(&name).ok_or_else(|| unknown(&name))?;
    Ok(Xml::build(|xml| {
        xml.text("RoleName", &role.name)
            .text("PolicyName", &name)
            .text("PolicyDocument", percent_encoded(document));
    }))
}

fn list(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let role = roles::find(world, &read_name(input, "RoleName", 64)?)?;
    Ok(Xml::build(|xml| {
        xml.member_texts("PolicyNames", role.inline.keys()).text("IsTruncated", false);
    }))
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let name = read_name(input, "PolicyName", 128)?;
    let role = roles::named(world, input)?;
    match role.inline.remove(&name) {
        Some(_) => Ok(Xml::default()),
        None => Err(unknown(&name)),
    }
}
