//! The instance profile for shell access at IAM.

use aws_sdk_iam::types as sdk;
use doorman_config::Stack;
use futures::future::try_join_all;

use super::{Act, Profile};
use crate::aws::{Aws, Call};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::role::aws::{GONE, STILL_HELD, names, tags_for, whose};
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

/// How IAM says that a role is in the profile already: with its limit of one.
const THERE: [&str; 2] = ["EntityAlreadyExists", "LimitExceeded"];

impl Look for Profile {
    /// The profile of the name in the settings, and those on record.
    async fn look(aws: &Aws, stack: &Stack, record: &Record) -> Result<Sorted<Profile>, Failure> {
        let named = names(record, Kind::Profile, &stack.shell.role);
        let mut sorted = Sorted::none();
        for profile in try_join_all(named.iter().map(|name| get(aws, name))).await?.into_iter().flatten() {
            let name = profile.instance_profile_name();
            let whose = whose(record, Kind::Profile, name, profile.tags());
            let has_role = profile.roles().iter().any(|role| role.role_name() == name);
            sorted.add(whose, |owner| Some(Profile { name: name.into(), has_role, owner }), true);
        }
        Ok(sorted)
    }
}

async fn get(aws: &Aws, name: &str) -> Result<Option<sdk::InstanceProfile>, Failure> {
    let answer = aws.iam().get_instance_profile().instance_profile_name(name).send().await;
    let found = Call::read("GetInstanceProfile").found(answer, &GONE)?;
    Ok(found.and_then(|answer| answer.instance_profile))
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<Profile>, Failure> {
        match self {
            Act::Create { profile } => {
                let request = aws
                    .iam()
                    .create_instance_profile()
                    .instance_profile_name(profile.as_str())
                    .set_tags(Some(tags_for(owner, profile.as_str())));
                let call = Call::repeatable("CreateInstanceProfile");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => {
                        let owner = Some(owner.clone());
                        Ok(Change::Is(Profile { name: profile.clone(), has_role: false, owner }))
                    }
                    Err(failure) if failure.is(&["EntityAlreadyExists"]) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
            Act::AddRole { profile, role } => {
                let request = aws
                    .iam()
                    .add_role_to_instance_profile()
                    .instance_profile_name(profile.as_str())
                    .role_name(role.as_str());
                let call = Call::repeatable("AddRoleToInstanceProfile");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(Change::LookAgain),
                    Err(failure) if failure.is(&THERE) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure.not_yet_if(&GONE)),
                }
            }
            Act::RemoveRole { profile, role } => {
                let request = aws
                    .iam()
                    .remove_role_from_instance_profile()
                    .instance_profile_name(profile.as_str())
                    .role_name(role.as_str());
                let call = Call::repeatable("RemoveRoleFromInstanceProfile");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(Change::LookAgain),
                    Err(failure) if failure.is(&GONE) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
            Act::Delete { profile } => {
                let request = aws.iam().delete_instance_profile().instance_profile_name(profile.as_str());
                let call = Call::repeatable("DeleteInstanceProfile");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(Change::Gone(profile.clone())),
                    Err(failure) if failure.is(&GONE) => Ok(Change::Gone(profile.clone())),
                    Err(failure) => Err(failure.not_yet_if(&STILL_HELD)),
                }
            }
        }
    }
}
