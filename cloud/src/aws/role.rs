//! The IAM role for shell access and its instance profile, both of the same name.

use aws_sdk_iam::types as sdk;

use crate::observed::{Profile, Role};
use crate::step::{Change, Failure};
use crate::tags::Owner;

use super::Aws;
use super::failure::Call;

/// How IAM says that something is not there.
const GONE: [&str; 1] = ["NoSuchEntity"];
/// How IAM says that something is there already. A profile that already holds a role answers with its limit
/// of one.
const THERE: [&str; 2] = ["EntityAlreadyExists", "LimitExceeded"];
/// What is still attached has not spread through IAM yet, or was attached by somebody else.
const STILL_HELD: [&str; 1] = ["DeleteConflict"];
/// Only EC2 instances may take the role.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

impl Aws {
    fn role_name(&self) -> &str {
        &self.stack().shell.role
    }

    fn policy_arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/{}", self.stack().shell.policy)
    }

    /// The role and the profile, each if it is there.
    pub(super) async fn role_and_profile(&self) -> Result<(Option<Role>, Option<Profile>), Failure> {
        let (role, has_policy, profile) =
            futures::try_join!(self.role(), self.role_has_policy(), self.instance_profile())?;
        let role = role.map(|role| Role { has_policy, owner: self.iam_owner(role.tags()) });
        let profile = profile.map(|profile| Profile {
            has_role: profile.roles().iter().any(|role| role.role_name() == self.role_name()),
            owner: self.iam_owner(profile.tags()),
        });
        Ok((role, profile))
    }

    async fn role(&self) -> Result<Option<sdk::Role>, Failure> {
        let answer = self.iam().get_role().role_name(self.role_name()).send().await;
        match answer.map_err(|error| Call::read("GetRole").failed(error)) {
            Ok(answer) => Ok(answer.role),
            Err(failure) if failure.is(&GONE) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn role_has_policy(&self) -> Result<bool, Failure> {
        let request = self.iam().list_attached_role_policies().role_name(self.role_name());
        let all: Result<Vec<_>, _> = request.into_paginator().items().send().try_collect().await;
        match all.map_err(|error| Call::read("ListAttachedRolePolicies").failed(error)) {
            Ok(policies) => {
                let wanted = Some(self.stack().shell.policy.as_str());
                Ok(policies.iter().any(|policy: &sdk::AttachedPolicy| policy.policy_name() == wanted))
            }
            Err(failure) if failure.is(&GONE) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    async fn instance_profile(&self) -> Result<Option<sdk::InstanceProfile>, Failure> {
        let answer = self.iam().get_instance_profile().instance_profile_name(self.role_name()).send().await;
        match answer.map_err(|error| Call::read("GetInstanceProfile").failed(error)) {
            Ok(answer) => Ok(answer.instance_profile),
            Err(failure) if failure.is(&GONE) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    fn iam_owner(&self, tags: &[sdk::Tag]) -> Option<Owner> {
        Owner::from_tags(&self.stack().name, tags.iter().map(|tag| (tag.key(), tag.value())))
    }

    fn iam_tags(&self, owner: &Owner) -> Vec<sdk::Tag> {
        let tags = owner.to_tags(&self.stack().name, self.role_name()).into_iter();
        tags.filter_map(|(key, value)| sdk::Tag::builder().key(key).value(value).build().ok()).collect()
    }

    pub(super) async fn create_role(&self, owner: &Owner) -> Result<Vec<Change>, Failure> {
        let request = self
            .iam()
            .create_role()
            .role_name(self.role_name())
            .description(&self.stack().shell.role_description)
            .assume_role_policy_document(TRUST)
            .set_tags(Some(self.iam_tags(owner)));
        match request.send().await.map_err(|error| Call::repeatable("CreateRole").failed(error)) {
            Ok(_) => Ok(vec![Change::Role(Some(Role { has_policy: false, owner: Some(owner.clone()) }))]),
            Err(failure) if failure.is(&["EntityAlreadyExists"]) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn attach_role_policy(&self) -> Result<Vec<Change>, Failure> {
        let request =
            self.iam().attach_role_policy().role_name(self.role_name()).policy_arn(self.policy_arn());
        let call = Call::repeatable("AttachRolePolicy");
        request.send().await.map_err(|error| call.failed(error).not_yet_if(&GONE))?;
        Ok(vec![Change::LookAgain])
    }

    pub(super) async fn create_instance_profile(&self, owner: &Owner) -> Result<Vec<Change>, Failure> {
        let request = self
            .iam()
            .create_instance_profile()
            .instance_profile_name(self.role_name())
            .set_tags(Some(self.iam_tags(owner)));
        match request.send().await.map_err(|error| Call::repeatable("CreateInstanceProfile").failed(error)) {
            Ok(_) => Ok(vec![Change::Profile(Some(Profile { has_role: false, owner: Some(owner.clone()) }))]),
            Err(failure) if failure.is(&["EntityAlreadyExists"]) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn add_role_to_instance_profile(&self) -> Result<Vec<Change>, Failure> {
        let request = self
            .iam()
            .add_role_to_instance_profile()
            .instance_profile_name(self.role_name())
            .role_name(self.role_name());
        let call = Call::repeatable("AddRoleToInstanceProfile");
        match request.send().await.map_err(|error| call.failed(error)) {
            Ok(_) => Ok(vec![Change::LookAgain]),
            Err(failure) if failure.is(&THERE) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure.not_yet_if(&GONE)),
        }
    }

    pub(super) async fn detach_role_policy(&self) -> Result<Vec<Change>, Failure> {
        let request =
            self.iam().detach_role_policy().role_name(self.role_name()).policy_arn(self.policy_arn());
        match request.send().await.map_err(|error| Call::repeatable("DetachRolePolicy").failed(error)) {
            Ok(_) => Ok(vec![Change::LookAgain]),
            Err(failure) if failure.is(&GONE) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn remove_role_from_instance_profile(&self) -> Result<Vec<Change>, Failure> {
        let request = self
            .iam()
            .remove_role_from_instance_profile()
            .instance_profile_name(self.role_name())
            .role_name(self.role_name());
        let call = Call::repeatable("RemoveRoleFromInstanceProfile");
        match request.send().await.map_err(|error| call.failed(error)) {
            Ok(_) => Ok(vec![Change::LookAgain]),
            Err(failure) if failure.is(&GONE) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn delete_instance_profile(&self) -> Result<Vec<Change>, Failure> {
        let request = self.iam().delete_instance_profile().instance_profile_name(self.role_name());
        match request.send().await.map_err(|error| Call::repeatable("DeleteInstanceProfile").failed(error)) {
            Ok(_) => Ok(vec![Change::Profile(None)]),
            Err(failure) if failure.is(&GONE) => Ok(vec![Change::Profile(None)]),
            Err(failure) => Err(failure.not_yet_if(&STILL_HELD)),
        }
    }

    pub(super) async fn delete_role(&self) -> Result<Vec<Change>, Failure> {
        let request = self.iam().delete_role().role_name(self.role_name());
        match request.send().await.map_err(|error| Call::repeatable("DeleteRole").failed(error)) {
            Ok(_) => Ok(vec![Change::Role(None)]),
            Err(failure) if failure.is(&GONE) => Ok(vec![Change::Role(None)]),
            Err(failure) => Err(failure.not_yet_if(&STILL_HELD)),
        }
    }
}
