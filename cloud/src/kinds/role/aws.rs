//! The role for shell access at IAM.

use aws_sdk_iam::types as sdk;
use doorman_config::Stack;
use futures::future::try_join_all;
use serde_json::Value;

use super::{Act, BOUNDARY, Boundary, Role, TRUST, boundary_arn, boundary_policy};
use crate::aws::{Aws, Call, all};
use crate::document;
use crate::failure::Failure;
use crate::ids::RoleName;
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted, Whose};
use crate::tags::{Owner, of_version_0_1};

/// How IAM says that something is not there.
pub(crate) const GONE: [&str; 1] = ["NoSuchEntity"];
/// What is still attached has not spread through IAM yet, or was attached by somebody else.
pub(crate) const STILL_HELD: [&str; 1] = ["DeleteConflict"];
/// The version with which a policy begins.
const FIRST_VERSION: &str = "v1";

impl Look for Role {
    /// The role of the name in the settings, and those on record.
    async fn look(aws: &Aws, stack: &Stack, record: &Record) -> Result<Sorted<Role>, Failure> {
        let named = names(record, Kind::Role, &stack.shell.role);
        let looks = named.iter().map(async |name| {
            let name = RoleName::from(name.as_str());
            let (role, has_policy) =
                futures::try_join!(get(aws, &name), has_policy(aws, &name, &stack.shell.policy))?;
            Ok::<_, Failure>(role.map(|role| (name, role, has_policy)))
        });
        let mut sorted = Sorted::none();
        for (name, role, has_policy) in try_join_all(looks).await?.into_iter().flatten() {
            let whose = whose(record, Kind::Role, name.as_str(), role.tags());
            let (only_for_instances, bounded) = (is_only_for_instances(&role), is_bounded(&role));
            let read =
                |owner| Some(Role { name: name.clone(), has_policy, only_for_instances, bounded, owner });
            sorted.add(whose, read, true);
        }
        Ok(sorted)
    }
}

/// The name in the settings and those on record: what is known by name is asked for by name.
pub(crate) fn names(record: &Record, kind: Kind, wanted: &str) -> Vec<String> {
    let recorded = record.unlisted(kind, [wanted]);
    std::iter::once(wanted.to_owned()).chain(recorded).collect()
}

async fn get(aws: &Aws, name: &RoleName) -> Result<Option<sdk::Role>, Failure> {
    let answer = aws.iam().get_role().role_name(name.as_str()).send().await;
    Ok(Call::read("GetRole").found(answer, &GONE)?.and_then(|answer| answer.role))
}

fn is_only_for_instances(role: &sdk::Role) -> bool {
    let there = document::read(role.assume_role_policy_document().unwrap_or_default());
    document::read(TRUST).is_some_and(|wanted| document::difference(there.as_ref(), &wanted).is_nothing())
}

fn is_bounded(role: &sdk::Role) -> bool {
    let arn =
        role.permissions_boundary().and_then(sdk::AttachedPermissionsBoundary::permissions_boundary_arn);
    arn.is_some_and(|arn| arn.ends_with(&format!(":policy/{BOUNDARY}")))
}

impl Aws {
    /// How the permissions boundary stands that the role of the instances is made within.
    ///
    /// # Errors
    ///
    /// When it cannot be looked at.
    pub async fn boundary(&self) -> Result<Boundary, Failure> {
        let arn = boundary_arn(self.account().await?);
        // Nearly always there is only the first version, and one round is enough.
        let (default, first) =
            futures::try_join!(default_version(self, &arn), document_of(self, &arn, FIRST_VERSION))?;
        let there = match default.as_deref() {
            None => return Ok(Boundary::Missing),
            Some(FIRST_VERSION) => first,
            Some(later) => document_of(self, &arn, later).await?,
        };
        Ok(match document::difference(there.as_ref(), &boundary_policy()).is_nothing() {
            true => Boundary::Sound,
            false => Boundary::Changed,
        })
    }
}

/// The version of a policy that counts; `None`: there is no such policy.
async fn default_version(aws: &Aws, arn: &str) -> Result<Option<String>, Failure> {
    let answer = aws.iam().get_policy().policy_arn(arn).send().await;
    let policy = Call::read("GetPolicy").found(answer, &GONE)?.and_then(|answer| answer.policy);
    Ok(policy.and_then(|policy| policy.default_version_id))
}

/// What a version of a policy says; `None`: there is no such version.
async fn document_of(aws: &Aws, arn: &str, version: &str) -> Result<Option<Value>, Failure> {
    let answer = aws.iam().get_policy_version().policy_arn(arn).version_id(version).send().await;
    let version =
        Call::read("GetPolicyVersion").found(answer, &GONE)?.and_then(|answer| answer.policy_version);
    Ok(version.and_then(|version| version.document().and_then(document::read)))
}

async fn has_policy(aws: &Aws, name: &RoleName, policy: &str) -> Result<bool, Failure> {
    let request = aws.iam().list_attached_role_policies().role_name(name.as_str());
    match all("ListAttachedRolePolicies", request.into_paginator().items().send()).await {
        Ok(policies) => Ok(policies.iter().any(|attached| attached.policy_name() == Some(policy))),
        Err(failure) if failure.is(&GONE) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Whose something is that IAM knows.
pub(crate) fn whose(record: &Record, kind: Kind, name: &str, tags: &[sdk::Tag]) -> Whose {
    let tags = tags.iter().map(|tag| (tag.key(), tag.value()));
    record.whose(kind, name, tags, of_version_0_1(kind, false))
}

/// Tags for the very call that creates something.
pub(crate) fn tags_for(owner: &Owner, name: &str) -> Vec<sdk::Tag> {
    let tags = owner.to_tags(name).into_iter();
    tags.filter_map(|(key, value)| sdk::Tag::builder().key(key).value(value).build().ok()).collect()
}

/// The ARN of a policy that AWS manages.
pub(super) fn policy_arn(policy: &str) -> String {
    format!("arn:aws:iam::aws:policy/{policy}")
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<Role>, Failure> {
        match self {
            Act::Create { role, description } => {
                let request = aws
                    .iam()
                    .create_role()
                    .permissions_boundary(boundary_arn(aws.account().await?))
                    .role_name(role.as_str())
                    .description(description)
                    .assume_role_policy_document(TRUST)
                    .set_tags(Some(tags_for(owner, role.as_str())));
                match request.send().await.map_err(|error| Call::repeatable("CreateRole").failed(error)) {
                    Ok(_) => {
                        let owner = Some(owner.clone());
                        let name = role.clone();
                        let (only_for_instances, bounded) = (true, true);
                        Ok(Change::Is(Role { name, has_policy: false, only_for_instances, bounded, owner }))
                    }
                    Err(failure) if failure.is(&["EntityAlreadyExists"]) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
            Act::AttachPolicy { role, policy } => {
                let request =
                    aws.iam().attach_role_policy().role_name(role.as_str()).policy_arn(policy_arn(policy));
                let call = Call::repeatable("AttachRolePolicy");
                request.send().await.map_err(|error| call.failed(error).not_yet_if(&GONE))?;
                Ok(Change::LookAgain)
            }
            Act::DetachPolicy { role, policy } => {
                let request =
                    aws.iam().detach_role_policy().role_name(role.as_str()).policy_arn(policy_arn(policy));
                let call = Call::repeatable("DetachRolePolicy");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(Change::LookAgain),
                    Err(failure) if failure.is(&GONE) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
            Act::Delete { role } => {
                let request = aws.iam().delete_role().role_name(role.as_str());
                match request.send().await.map_err(|error| Call::repeatable("DeleteRole").failed(error)) {
                    Ok(_) => Ok(Change::Gone(role.clone())),
                    Err(failure) if failure.is(&GONE) => Ok(Change::Gone(role.clone())),
                    Err(failure) => Err(failure.not_yet_if(&STILL_HELD)),
                }
            }
        }
    }
}
