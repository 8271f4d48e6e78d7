//! Roles and the policies attached to them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};

use super::policy::{Place, Policy};
use super::{
    already_exists, arn, check_tags, delete_conflict, invalid, new_unique_id, no_such, percent_encoded,
    read_name, read_path, read_tags,
};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    change("CreateRole", create),
    read("GetRole", get),
    change("UpdateAssumeRolePolicy", update_trust),
    change("DeleteRole", delete),
    change("TagRole", tag),
    change("PutRolePermissionsBoundary", put_boundary),
    change("DeleteRolePermissionsBoundary", delete_boundary),
    change("AttachRolePolicy", attach_policy),
    change("DetachRolePolicy", detach_policy),
    read("ListAttachedRolePolicies", list_policies),
];

/// The policy without which no agent may talk to Systems Manager.
pub(crate) const SSM_CORE: &str = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

/// The AWS managed policies that exist here.
const MANAGED_POLICIES: [&str; 5] = [
    SSM_CORE,
    "arn:aws:iam::aws:policy/AmazonSSMPatchAssociation",
    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
];

/// How many managed policies a role may have.
const MAX_POLICIES: usize = 10;

#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) arn: String,
    path: String,
    /// Who may assume it: a policy document.
    pub(crate) trust: String,
    pub(crate) description: Option<String>,
    max_session: u32,
    /// ARNs.
    pub(crate) policies: BTreeSet<String>,
    /// The policies written into it: name to document.
    pub(crate) inline: BTreeMap<String, String>,
    /// The ARN of the managed policy beyond which it may do nothing.
    pub(crate) boundary: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

impl Role {
    /// What lists and answers say of it.
    pub(super) fn write(&self, xml: &mut Xml) {
        xml.text("Path", &self.path)
            .text("RoleName", &self.name)
            .text("RoleId", &self.id)
            .text("Arn", &self.arn)
            .text("CreateDate", self.created.to_rfc3339_opts(SecondsFormat::Secs, true))
            .text("AssumeRolePolicyDocument", percent_encoded(&self.trust))
            .maybe("Description", self.description.as_ref())
            .text("MaxSessionDuration", self.max_session);
        if let Some(boundary) = &self.boundary {
            xml.node("PermissionsBoundary", |xml| {
                xml.text("PermissionsBoundaryType", "Policy").text("PermissionsBoundaryArn", boundary);
            });
        }
        tags::write_members(xml, &self.tags);
    }
}

fn unknown(name: &str) -> Refusal {
    no_such(format!("The role with name {name} cannot be found."))
}

/// The role of that name, once its creation has spread.
pub(crate) fn find<'w>(world: &'w World, name: &str) -> Answer<&'w Role> {
    world.roles.get(name).filter(|role| world.settled(role.created)).ok_or_else(|| unknown(name))
}

pub(super) fn named<'w>(world: &'w mut World, input: &Input<'_>) -> Answer<&'w mut Role> {
    let name = read_name(input, "RoleName", 64)?;
    find(world, &name)?;
    world.roles.get_mut(&name).ok_or_else(|| unknown(&name))
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let name = read_name(input, "RoleName", 64)?;
    let path = read_path(input)?;
    let trust = input.text("AssumeRolePolicyDocument").unwrap_or_default();
    let description = input.text("Description");
    let max_session = input.number("MaxSessionDuration")?.unwrap_or(3600);
    let tags = read_tags(input)?;
    let boundary = read_boundary(world, input)?;
    if !(3600..=43200).contains(&max_session) {
        return Err(invalid("MaxSessionDuration must be between 3600 and 43200 seconds."));
    }
    if description.as_ref().is_some_and(|text| text.chars().count() > 1000) {
        return Err(invalid("Description must be at most 1000 characters."));
    }
    check_trust(&trust)?;
    Policy::read(&trust, Place::Trust)?;
    if world.roles.contains_key(&name) {
        return Err(already_exists(&format!("Role with name {name}")));
    }
    let role = Role {
        id: new_unique_id(world, "AROA"),
        arn: arn(world, "role", &path, &name),
        name: name.clone(),
        path,
        trust,
        description,
        max_session,
        policies: BTreeSet::new(),
        inline: BTreeMap::new(),
        boundary,
        tags,
        created: world.clock,
    };
    let answer = Xml::build(|xml| {
        xml.node("Role", |xml| role.write(xml));
    });
    world.roles.insert(name, role);
    Ok(answer)
}

/// The boundary that is asked for, which is a policy that exists.
fn read_boundary(world: &World, input: &Input<'_>) -> Answer<Option<String>> {
    let Some(arn) = input.text("PermissionsBoundary") else {
        return Ok(None);
    };
    if exists(world, &arn) {
        return Ok(Some(arn));
    }
    Err(no_such(format!("Scope ARN: {arn} does not exist or is not attachable.")))
}

/// Whether there is a managed policy of that ARN, of AWS's or of the account's own.
fn exists(world: &World, arn: &str) -> bool {
    MANAGED_POLICIES.contains(&arn) || world.managed_policies.contains_key(arn)
}

/// Makes a role that is an hour old.
pub(crate) fn make(world: &mut World, name: &str, trust: &str, policies: &[(&str, &str)]) -> Answer<String> {
    check_trust(trust)?;
    Policy::read(trust, Place::Trust)?;
    if world.roles.contains_key(name) {
        return Err(already_exists(&format!("Role with name {name}")));
    }
    let mut inline = BTreeMap::new();
    for (name, document) in policies {
        Policy::read(document, Place::Identity)?;
        inline.insert((*name).to_owned(), (*document).to_owned());
    }
    let role = Role {
        id: new_unique_id(world, "AROA"),
        arn: arn(world, "role", "/", name),
        name: name.to_owned(),
        path: "/".to_owned(),
        trust: trust.to_owned(),
        description: None,
        max_session: 3600,
        policies: BTreeSet::new(),
        inline,
        boundary: None,
        tags: Tags::new(),
        created: world.clock - chrono::TimeDelta::hours(1),
    };
    let made = role.arn.clone();
    world.roles.insert(name.to_owned(), role);
    Ok(made)
}

fn check_trust(document: &str) -> Answer<()> {
    let malformed = |message: &str| Refusal::new("MalformedPolicyDocument", message);
    let value: serde_json::Value =
        serde_json::from_str(document).map_err(|_| malformed("This policy contains invalid Json"))?;
    let statements = match &value["Statement"] {
        serde_json::Value::Array(all) if !all.is_empty() => all.clone(),
        one @ serde_json::Value::Object(_) => vec![one.clone()],
        _ => return Err(malformed("Syntax errors in policy.")),
    };
    for statement in statements {
        if statement["Principal"].is_null() {
            return Err(malformed("Missing required field Principal"));
        }
        let actions = statement["Action"].to_string();
        if !actions.contains("sts:") {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
    }
    Ok(())
}

fn get(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let role = find(world, &read_name(input, "RoleName", 64)?)?;
    Ok(Xml::build(|xml| {
        xml.node("Role", |xml| role.write(xml));
    }))
}

fn update_trust(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let trust = input.text("PolicyDocument").ok_or_else(|| invalid("PolicyDocument is missing"))?;
    check_trust(&trust)?;
    Policy::read(&trust, Place::Trust)?;
    named(world, input)?.trust = trust;
    Ok(Xml::default())
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let role = named(world, input)?.clone();
    let held = world.profiles.values().any(|profile| profile.holds(&role.name));
    if held {
        return Err(delete_conflict("Cannot delete entity, must remove roles from instance profile first."));
    }
    if !role.policies.is_empty() {
        return Err(delete_conflict("Cannot delete entity, must detach all policies first."));
    }
    if !role.inline.is_empty() {
        return Err(delete_conflict("Cannot delete entity, must delete policies first."));
    }
    world.roles.remove(&role.name);
    Ok(Xml::default())
}

fn tag(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let tags = read_tags(input)?;
    let role = named(world, input)?;
    role.tags.extend(tags);
    check_tags(&role.tags)?;
    Ok(Xml::default())
}

fn put_boundary(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let boundary = read_boundary(world, input)?;
    let boundary = boundary.ok_or_else(|| invalid("PermissionsBoundary is missing"))?;
    named(world, input)?.boundary = Some(boundary);
    Ok(Xml::default())
}

fn delete_boundary(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    match named(world, input)?.boundary.take() {
        Some(_) => Ok(Xml::default()),
        None => Err(no_such("The role has no permissions boundary.".to_owned())),
    }
}

fn attach_policy(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let policy = input.text("PolicyArn").ok_or_else(|| invalid("PolicyArn is missing"))?;
    let there = exists(world, &policy);
    let role = named(world, input)?;
    if !there {
        return Err(no_such(format!("Policy {policy} does not exist or is not attachable.")));
    }
    // Attaching twice is no error.
    role.policies.insert(policy);
    if role.policies.len() > MAX_POLICIES {
        return Err(Refusal::new("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10").status(409));
    }
    Ok(Xml::default())
}

fn detach_policy(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let policy = input.text("PolicyArn").ok_or_else(|| invalid("PolicyArn is missing"))?;
    let role = named(world, input)?;
    if !role.policies.remove(&policy) {
        return Err(no_such(format!("Policy {policy} was not found.")));
    }
    Ok(Xml::default())
}

fn list_policies(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let role = find(world, &read_name(input, "RoleName", 64)?)?;
    let prefix = input.text("PathPrefix").unwrap_or_else(|| "/".to_owned());
    let shown = role.policies.iter().filter(|_| prefix == "/");
    Ok(Xml::build(|xml| {
        xml.members("AttachedPolicies", shown, |xml, arn| {
            xml.text("PolicyName", arn.rsplit('/').next().unwrap_or_default()).text("PolicyArn", arn);
        })
        .text("IsTruncated", false);
    }))
}
