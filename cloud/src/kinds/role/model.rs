//! The role for shell access in the model.

use proptest::prelude::*;

use super::{Act, Role};
use crate::ids::RoleName;
use crate::kind::Kind;
use crate::kinds::model::{Refused, a_lease, owner};
use crate::switchboard::Observed;

/// None, or one with or without its policy, ours or not.
pub(crate) fn anything(name: RoleName) -> impl Strategy<Value = Option<Role>> {
    prop::option::of((any::<bool>(), prop::option::of(a_lease()))).prop_map(move |seed| {
        let (has_policy, lease) = seed?;
        let owner = lease.map(|lease| owner(lease, Kind::Role));
        Some(Role { name: name.clone(), has_policy, only_for_instances: true, bounded: true, owner })
    })
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        match self {
            Act::Create { role, .. } => assert!(world.roles.get(role).is_none(), "EntityAlreadyExists"),
            Act::AttachPolicy { role, .. } | Act::DetachPolicy { role, .. } => {
                assert!(world.roles.get(role).is_some(), "NoSuchEntity");
            }
            Act::Delete { role } => {
                let held = world.profiles.iter().any(|profile| profile.has_role);
                let attached = world.roles.get(role).is_some_and(|role| role.has_policy);
                assert!(!held && !attached, "DeleteConflict");
            }
        }
    }
}
