//! When the IAM role for shell access is right, and when it goes.

use doorman_config::Stack;

use super::{Act, Role};
use crate::ids::RoleName;
use crate::kind::Kind;
use crate::kinds::instance::Instance;
use crate::lease::Trouble;
use crate::plan::{Build, How, Removal};
use crate::switchboard::Observed;
use crate::switchboard::step::AnyAct;

/// The role with its policy. One that people made is used as it is. Returns whether it is right.
pub(crate) fn want(b: &mut Build<'_>) -> bool {
    let shell = &b.stack.shell;
    let name = RoleName::from(&*shell.role);
    let act = match b.seen.roles.get(&name) {
        // Whoever could make it for somebody else may have. It is no drift: what runs with it goes on running.
        Some(role) if role.owner.is_some() && !role.only_for_instances && b.goal.build => {
            b.trouble(Trouble::RoleForOthers { role: shell.role.clone() });
            return false;
        }
        Some(role) if role.has_policy => return true,
        None => Some(Act::Create { role: name, description: shell.role_description.clone() }),
        Some(role) if role.owner.is_some() => {
            Some(Act::AttachPolicy { role: name, policy: shell.policy.clone() })
        }
        Some(_) => {
            let (role, policy) = (shell.role.clone(), shell.policy.clone());
            b.trouble(Trouble::RoleWithoutPolicy { role, policy });
            None
        }
    };
    b.missing(Kind::Role, &shell.role, How::Missing, act.map(AnyAct::Role));
    false
}

/// Whether an instance runs with it, by the profile of its name.
pub(crate) fn serves(role: &Role, instance: &Instance) -> bool {
    instance.profile.as_deref() == Some(role.name.as_str())
}

/// A role goes when it has no policy and is in no profile any more.
pub(crate) fn removal(role: &Role, seen: &Observed, stack: &Stack) -> Removal {
    if role.has_policy {
        let (role, policy) = (role.name.clone(), stack.shell.policy.clone());
        return Removal::by(AnyAct::Role(Act::DetachPolicy { role, policy }));
    }
    if seen.profiles.iter().any(|profile| profile.has_role) {
        return Removal::Itself;
    }
    Removal::by(AnyAct::Role(Act::Delete { role: role.name.clone() }))
}
