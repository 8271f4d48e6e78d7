//! Instance profiles: the container through which an instance gets a role.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{
    already_exists, arn, check_tags, delete_conflict, new_unique_id, no_such, read_name, read_path,
    read_tags, roles,
};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    change("CreateInstanceProfile", create),
    read("GetInstanceProfile", get),
    change("DeleteInstanceProfile", delete),
    change("TagInstanceProfile", tag),
    change("AddRoleToInstanceProfile", add_role),
    change("RemoveRoleFromInstanceProfile", remove_role),
    read("ListInstanceProfilesForRole", list_for_role),
];

#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) arn: String,
    path: String,
    pub(crate) role: Option<Held>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

/// The one role that a profile holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) role: String,
    pub(crate) since: DateTime<Utc>,
}

impl Profile {
    pub(super) fn holds(&self, role: &str) -> bool {
        self.role.as_ref().is_some_and(|held| held.role == role)
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        let roles = self.role.iter().filter_map(|held| world.roles.get(&held.role));
        xml.text("Path", &self.path)
            .text("InstanceProfileName", &self.name)
            .text("InstanceProfileId", &self.id)
            .text("Arn", &self.arn)
            .text("CreateDate", self.created.to_rfc3339_opts(SecondsFormat::Secs, true))
            .members("Roles", roles, |xml, role| role.write(xml));
        tags::write_members(xml, &self.tags);
    }
}

fn unknown(name: &str) -> Refusal {
    no_such(format!("Instance Profile {name} cannot be found."))
}

fn find<'w>(world: &'w World, input: &Input<'_>) -> Answer<&'w Profile> {
    let name = read_name(input, "InstanceProfileName", 128)?;
    world.profiles.get(&name).filter(|profile| world.settled(profile.created)).ok_or_else(|| unknown(&name))
}

fn named<'w>(world: &'w mut World, input: &Input<'_>) -> Answer<&'w mut Profile> {
    let name = find(world, input)?.name.clone();
    world.profiles.get_mut(&name).ok_or_else(|| unknown(&name))
}

fn create(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let name = read_name(input, "InstanceProfileName", 128)?;
    let path = read_path(input)?;
    let tags = read_tags(input)?;
    if world.profiles.contains_key(&name) {
        return Err(already_exists(&format!("Instance Profile {name}")));
    }
    let profile = Profile {
        id: new_unique_id(world, "AIPA"),
        arn: arn(world, "instance-profile", &path, &name),
        name: name.clone(),
        path,
        role: None,
        tags,
        created: world.clock,
    };
    world.profiles.insert(name.clone(), profile);
    Ok(shown(world, &world.profiles[&name]))
}

fn shown(world: &World, profile: &Profile) -> Xml {
    Xml::build(|xml| {
        xml.node("InstanceProfile", |xml| profile.write(world, xml));
    })
}

fn get(world: &World, input: &Input<'_>) -> Answer<Xml> {
    Ok(shown(world, find(world, input)?))
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let profile = named(world, input)?.clone();
    if profile.role.is_some() {
        return Err(delete_conflict("Cannot delete entity, must remove roles from instance profile first."));
    }
    // IAM does not look whether instances still use it, and neither does this.
    world.profiles.remove(&profile.name);
    Ok(Xml::default())
}

fn tag(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let tags = read_tags(input)?;
    let profile = named(world, input)?;
    profile.tags.extend(tags);
    check_tags(&profile.tags)?;
    Ok(Xml::default())
}

fn add_role(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let role = roles::find(world, &read_name(input, "RoleName", 64)?)?.name.clone();
    let since = world.clock;
    let profile = named(world, input)?;
    if profile.role.is_some() {
        let message = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
        return Err(Refusal::new("LimitExceeded", message).status(409));
    }
    profile.role = Some(Held { role, since });
    Ok(Xml::default())
}

fn remove_role(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let role = read_name(input, "RoleName", 64)?;
    let profile = named(world, input)?;
    if !profile.holds(&role) {
        return Err(no_such(format!(
            "The role with name {role} is not in the instance profile {}.",
            profile.name
        )));
    }
    profile.role = None;
    Ok(Xml::default())
}

fn list_for_role(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let role = &roles::find(world, &read_name(input, "RoleName", 64)?)?.name;
    let holding = world.profiles.values().filter(|profile| profile.holds(role));
    Ok(Xml::build(|xml| {
        xml.members("InstanceProfiles", holding, |xml, profile| profile.write(world, xml))
            .text("IsTruncated", false);
    }))
}
