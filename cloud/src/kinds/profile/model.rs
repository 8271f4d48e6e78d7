//! The instance profile in the model.

use proptest::prelude::*;

use super::{Act, Profile};
use crate::ids::ProfileName;
use crate::kind::Kind;
use crate::kinds::model::{Refused, a_lease, owner};
use crate::kinds::role::Role;
use crate::switchboard::Observed;

/// None, or one with or without the role, ours or not.
pub(crate) fn any_for(
    role: Option<&Role>,
    name: ProfileName,
) -> impl Strategy<Value = Option<Profile>> + use<> {
    let (there, ours) = (role.is_some(), role.is_some_and(|role| role.owner.is_some()));
    prop::option::of((any::<bool>(), prop::option::of(a_lease()))).prop_map(move |seed| {
        let (has_role, lease) = seed?;
        // A role of ours in a profile of somebody else's stays: it is reported, and not ours to untangle.
        let has_role = has_role && there && !(ours && lease.is_none());
        Some(Profile { name: name.clone(), has_role, owner: lease.map(|lease| owner(lease, Kind::Profile)) })
    })
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        match self {
            Act::Create { profile } => {
                assert!(world.profiles.get(profile).is_none(), "EntityAlreadyExists");
            }
            Act::AddRole { profile, role } => {
                let there = world.roles.get(role).is_some() && world.profiles.get(profile).is_some();
                assert!(there, "NoSuchEntity");
            }
            Act::RemoveRole { profile, .. } => {
                assert!(world.profiles.get(profile).is_some(), "NoSuchEntity");
            }
            Act::Delete { profile } => {
                assert!(world.profiles.get(profile).is_none_or(|p| !p.has_role), "DeleteConflict");
            }
        }
    }
}
