//! When the instance profile for shell access is right, and when it goes.

use super::{Act, Profile};
use crate::ids::{ProfileName, RoleName};
use crate::kind::Kind;
use crate::kinds::instance::Instance;
use crate::lease::Trouble;
use crate::plan::{Build, How, Removal};
use crate::switchboard::step::AnyAct;

/// The profile with the role in it. One that people made is used as it is. Returns whether it is right.
pub(crate) fn want(b: &mut Build<'_>) -> bool {
    let name = b.stack.shell.role.as_str();
    let (profile, role) = (ProfileName::from(name), RoleName::from(name));
    let act = match b.seen.profiles.get(&profile) {
        Some(there) if there.has_role => return true,
        None => Some(Act::Create { profile }),
        Some(there) if there.owner.is_none() => {
            b.trouble(Trouble::ProfileWithoutRole { profile: name.to_owned() });
            None
        }
        // Without a role there, it is being created.
        Some(_) => b.seen.roles.get(&role).map(|_| Act::AddRole { profile, role }),
    };
    b.missing(Kind::Profile, name, How::Missing, act.map(AnyAct::Profile));
    false
}

/// Whether an instance runs with it.
pub(crate) fn serves(profile: &Profile, instance: &Instance) -> bool {
    instance.profile.as_deref() == Some(profile.name.as_str())
}

/// A profile goes when the role is out of it.
pub(crate) fn removal(profile: &Profile) -> Removal {
    let name = profile.name.clone();
    Removal::by(AnyAct::Profile(match profile.has_role {
        true => Act::RemoveRole { role: RoleName::from(name.as_str()), profile: name },
        false => Act::Delete { profile: name },
    }))
}
