//! The role for shell access in the model.

use proptest::prelude::*;

use super::{Act, Role};
use crate::ids::RoleName;
use crate::kind::Kind;
use crate::kinds::Change;
use crate::kinds::model::{Happens, Serial, a_lease, owner};
use crate::switchboard::Observed;
use crate::tags::Owner;

/// None, or one with or without its policy, ours or not.
pub(crate) fn anything(name: RoleName) -> impl Strategy<Value = Option<Role>> {
    prop::option::of((any::<bool>(), prop::option::of(a_lease()))).prop_map(move |seed| {
        let (has_policy, lease) = seed?;
        let owner = lease.map(|lease| owner(lease, Kind::Role));
        Some(Role { name: name.clone(), has_policy, only_for_instances: true, bounded: true, owner })
    })
}

impl Happens for Act {
    fn happens(self, owner: &Owner, world: &mut Observed, _: &mut Serial) -> Change<Role> {
        let with = |role: &RoleName, has_policy| {
            Change::Is(Role { has_policy, ..world.roles.get(role).expect("there").clone() })
        };
        match self {
            Act::Create { role, .. } => {
                let (only_for_instances, bounded) = (true, true);
                let owner = Some(owner.clone());
                Change::Is(Role { name: role, has_policy: false, only_for_instances, bounded, owner })
            }
            Act::AttachPolicy { role, .. } => with(&role, true),
            Act::DetachPolicy { role, .. } => with(&role, false),
            Act::Delete { role } => {
                let held = world.profiles.iter().any(|profile| profile.has_role);
                let attached = world.roles.get(&role).is_some_and(|role| role.has_policy);
                assert!(!held && !attached, "DeleteConflict");
                Change::Gone(role)
            }
        }
    }
}
