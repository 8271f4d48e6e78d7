//! Managed policies that the account made itself: what roles can have beside their own, and as their boundary.

use chrono::{DateTime, SecondsFormat, Utc};

use super::policy::{Place, Policy};
use super::{
    already_exists, arn, delete_conflict, invalid, new_unique_id, no_such, percent_encoded, read_name,
    read_path, read_tags,
};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    change("CreatePolicy", create),
    read("GetPolicy", get),
    change("CreatePolicyVersion", create_version),
    read("GetPolicyVersion", get_version),
    change("DeletePolicyVersion", delete_version),
    change("DeletePolicy", delete),
];

/// How many characters one may have; white space does not count.
const MAX_CHARACTERS: usize = 6144;
/// How many versions one may have.
const MAX_VERSIONS: usize = 5;

#[derive(Debug, Clone)]
pub(crate) struct ManagedPolicy {
    name: String,
    id: String,
    pub(crate) arn: String,
    path: String,
    description: Option<String>,
    /// Oldest first; the number of each is never given again.
    versions: Vec<Version>,
    /// The number of the version that counts.
    default: u32,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

#[derive(Debug, Clone)]
struct Version {
    number: u32,
    document: String,
    created: DateTime<Utc>,
}

impl ManagedPolicy {
    /// The version that counts.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`.
    pub(crate) fn read(&self) -> Answer<Policy> {
        let version = self.versions.iter().find(|version| version.number == self.default);
        Policy::read(version.map_or("", |version| &version.document), Place::Identity)
    }

    fn write(&self, xml: &mut Xml) {
        xml.text("PolicyName", &self.name)
            .text("PolicyId", &self.id)
            .text("Arn", &self.arn)
            .text("Path", &self.path)
            .text("DefaultVersionId", format!("v{}", self.default))
            .text("AttachmentCount", 0)
            .text("IsAttachable", true)
            .maybe("Description", self.description.as_ref())
            .text("CreateDate", self.created.to_rfc3339_opts(SecondsFormat::Secs, true));
        tags::write_members(xml, &self.tags);
    }
}

impl Version {
    fn write(&self, xml: &mut Xml, default: u32, with_document: bool) {
        if with_document {
            xml.text("Document", percent_encoded(&self.document));
        }
        xml.text("VersionId", format!("v{}", self.number))
            .text("IsDefaultVersion", self.number == default)
            .text("CreateDate", self.created.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
}

fn unknown(arn: &str) -> Refusal {
    no_such(format!("Policy {arn} was not found."))
}

fn read_arn(input: &Input<'_>) -> Answer<String> {
    input.text("PolicyArn").ok_or_else(|| invalid("PolicyArn is missing"))
}

fn find<'w>(world: &'w World, arn: &str) -> Answer<&'w ManagedPolicy> {
    let policy = world.managed_policies.get(arn).filter(|policy| world.settled(policy.created));
    policy.ok_or_else(|| unknown(arn))
}

fn named<'w>(world: &'w mut World, input: &Input<'_>) -> Answer<&'w mut ManagedPolicy> {
    let arn = read_arn(input)?;
    find(world, &arn)?;
    world.managed_policies.get_mut(&arn).ok_or_else(|| unknown(&arn))
}

fn read_document(input: &Input<'_>) -> Answer<String> {
    let document = input.text("PolicyDocument").ok_or_else(|| invalid("PolicyDocument is missing"))?;
    Policy::read(&document, Place::Identity)?;
    if document.chars().filter(|c| !c.is_whitespace()).count() > MAX_CHARACTERS {
        let message = format!("Cannot exceed quota for PolicySize: {MAX_CHARACTERS}");
        return Err(Refusal::new("LimitExceeded", message).status(409));
    }
    Ok(document)
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let name = read_name(input, "PolicyName", 128)?;
    let path = read_path(input)?;
    let document = read_document(input)?;
    let description = input.text("Description");
    let tags = read_tags(input)?;
    let arn = arn(world, "policy", &path, &name);
    if world.managed_policies.contains_key(&arn) {
        return Err(already_exists(&format!("A policy called {name}")));
    }
    let policy = ManagedPolicy {
        id: new_unique_id(world, "ANPA"),
        arn: arn.clone(),
        name,
        path,
        description,
        versions: vec![Version { number: 1, document, created: world.clock }],
        default: 1,
        tags,
        created: world.clock,
    };
    let answer = Xml::build(|xml| {
        xml.node("Policy", |xml| policy.write(xml));
    });
    world.managed_policies.insert(arn, policy);
    Ok(answer)
}

fn get(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let policy = find(world, &read_arn(input)?)?;
    Ok(Xml::build(|xml| {
        xml.node("Policy", |xml| policy.write(xml));
    }))
}

fn create_version(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let document = read_document(input)?;
    let as_default = input.flag("SetAsDefault")?.unwrap_or(false);
    let created = world.clock;
    let policy = named(world, input)?;
    if policy.versions.len() >= MAX_VERSIONS {
        let message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";
        return Err(Refusal::new("LimitExceeded", message).status(409));
    }
    let number = policy.versions.iter().map(|version| version.number).max().unwrap_or_default() + 1;
    policy.versions.push(Version { number, document, created });
    if as_default {
        policy.default = number;
    }
    let default = policy.default;
    let made = policy.versions.last().cloned();
    Ok(Xml::build(|xml| {
        xml.node("PolicyVersion", |xml| {
            if let Some(made) = &made {
                made.write(xml, default, false);
            }
        });
    }))
}

fn read_version(input: &Input<'_>) -> Answer<u32> {
    let text = input.text("VersionId").unwrap_or_default();
    text.strip_prefix('v').and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        invalid(format!("Value '{text}' at 'versionId' failed to satisfy constraint: v[1-9][0-9]*"))
    })
}

fn get_version(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let (arn, number) = (read_arn(input)?, read_version(input)?);
    let policy = find(world, &arn)?;
    let version = policy.versions.iter().find(|version| version.number == number);
    let version =
        version.ok_or_else(|| no_such(format!("Policy {arn} version v{number} does not exist.")))?;
    Ok(Xml::build(|xml| {
        xml.node("PolicyVersion", |xml| version.write(xml, policy.default, true));
    }))
}

fn delete_version(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let number = read_version(input)?;
    let policy = named(world, input)?;
    if number == policy.default {
        return Err(delete_conflict("Cannot delete the default version of a policy."));
    }
    policy.versions.retain(|version| version.number != number);
    Ok(Xml::default())
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let arn = named(world, input)?.arn.clone();
    let used = |role: &super::roles::Role| {
        role.policies.contains(&arn) || role.boundary.as_deref() == Some(arn.as_str())
    };
    if world.roles.values().any(used) {
        return Err(delete_conflict("Cannot delete a policy attached to entities."));
    }
    world.managed_policies.remove(&arn);
    Ok(Xml::default())
}
