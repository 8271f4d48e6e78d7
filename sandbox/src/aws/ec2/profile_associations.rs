//! Which instance profile an instance has.

use chrono::{DateTime, Utc};

use super::instances::{self, Instance};
use crate::aws::iam::instance_profiles::Profile;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::Tags;
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeIamInstanceProfileAssociations", |world, input| {
        describe(world, input, &world.profile_associations, "iamInstanceProfileAssociationSet")
    }),
    change("AssociateIamInstanceProfile", associate),
    change("ReplaceIamInstanceProfileAssociation", replace),
];

#[derive(Debug, Clone)]
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) instance: String,
    /// Name, ARN and id of the profile. It keeps them when the profile is deleted.
    pub(crate) profile: String,
    pub(crate) profile_arn: String,
    pub(crate) profile_id: String,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

impl Association {
    fn state(&self, world: &World) -> &'static str {
        let done = world.clock >= self.created + world.timing.profile_propagation;
        if done { "associated" } else { "associating" }
    }
}

impl Described for Association {
    const IDS: &'static str = "AssociationId";
    const FILTERS: &'static [&'static str] = &["instance-id", "state"];
    const TAG_KEY: bool = false;

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        vec![if filter == "state" { self.state(world).to_owned() } else { self.instance.clone() }]
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("NoSuchAssociation", format!("An invalid association-id of '{id}' was given"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("associationId", &self.id)
            .text("instanceId", &self.instance)
            .node("iamInstanceProfile", |xml| {
                xml.text("arn", &self.profile_arn).text("id", &self.profile_id);
            })
            .text("state", self.state(world))
            .time("timestamp", self.created);
    }
}

/// The profile that an `IamInstanceProfile` parameter names, if EC2 knows it by now.
pub(crate) fn read_profile(world: &World, input: &Input<'_>) -> Answer<Option<Profile>> {
    let input = input.child("IamInstanceProfile");
    let (parameter, value) = match (input.text("Name"), input.text("Arn")) {
        (None, None) => return Ok(None),
        (Some(name), None) => ("name", name),
        (None, Some(arn)) => ("arn", arn),
        (Some(_), Some(_)) => {
            return Err(Refusal::combination(
                "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
            ));
        }
    };
    let settled = |at: DateTime<Utc>| world.clock >= at + world.timing.profile_propagation;
    let profile = world.profiles.values().find(|profile| match parameter {
        "name" => profile.name == value,
        _ => profile.arn == value,
    });
    let Some(profile) = profile.filter(|profile| settled(profile.created)) else {
        return Err(Refusal::invalid_value(format!(
            "Value ({value}) for parameter iamInstanceProfile.{parameter} is invalid. Invalid IAM Instance Profile {parameter}"
        )));
    };
    if !profile.role.as_ref().is_some_and(|role| settled(role.since)) {
        return Err(Refusal::invalid_value(format!(
            "IAM Instance Profile \"{}\" has no associated IAM Roles",
            profile.arn
        )));
    }
    Ok(Some(profile.clone()))
}

/// Gives an instance a profile; the caller has checked that it has none.
pub(crate) fn make(world: &mut World, instance: &str, profile: &Profile) -> String {
    let id = world.new_id("iip-assoc");
    let association = Association {
        id: id.clone(),
        instance: instance.to_owned(),
        profile: profile.name.clone(),
        profile_arn: profile.arn.clone(),
        profile_id: profile.id.clone(),
        tags: Tags::new(),
        created: world.clock,
    };
    world.profile_associations.insert(id.clone(), association);
    id
}

/// The association of an instance.
pub(crate) fn of<'w>(world: &'w World, instance: &str) -> Option<&'w Association> {
    world.profile_associations.values().find(|association| association.instance == instance)
}

fn associate(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let instance = instances::find(world, &input.need("InstanceId")?)?.clone();
    let profile = read_profile(world, input)?.ok_or_else(|| Refusal::missing("iamInstanceProfile"))?;
    check_state(&instance)?;
    if of(world, &instance.id).is_some() {
        return Err(Refusal::new(
            "IncorrectState",
            format!("There is an existing association for instance {}", instance.id),
        ));
    }
    let id = make(world, &instance.id, &profile);
    Ok(shown(world, &id))
}

fn replace(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let old = world.find(&world.profile_associations, &input.need("AssociationId")?)?.clone();
    let profile = read_profile(world, input)?.ok_or_else(|| Refusal::missing("iamInstanceProfile"))?;
    check_state(instances::find(world, &old.instance)?)?;
    world.profile_associations.remove(&old.id);
    let id = make(world, &old.instance, &profile);
    Ok(shown(world, &id))
}

fn check_state(instance: &Instance) -> Answer<()> {
    if instance.state.alive() {
        return Ok(());
    }
    Err(Refusal::new(
        "IncorrectInstanceState",
        format!("The instance '{}' is not in the 'running' or 'stopped' states.", instance.id),
    ))
}

fn shown(world: &World, id: &str) -> Xml {
    Xml::build(|xml| {
        xml.node("iamInstanceProfileAssociation", |xml| world.profile_associations[id].write(world, xml));
    })
}
