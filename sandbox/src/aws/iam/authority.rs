//! Who makes a call, and whether they may: by their own policies, and within their permissions boundary
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>).
//!
//! The administrator of the account may do everything. A user, a role, and a service that has assumed a role may do
//! what their policies allow and none denies.

use std::sync::Arc;

use serde::Serialize;

use super::condition::Context;
use super::policy::{Place, Policy, Question, Verdict};
use super::roles::Role;
use crate::aws::world::World;

/// Whose permissions a call is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// Whoever has an access key that belongs to no user: may do everything.
    Administrator,
    /// A user, by access key.
    User { access_key: String },
    /// A role that somebody has assumed, or a service.
    Role {
        name: String,
        /// The name of the session.
        session: String,
    },
    /// A service that could not assume its role: it may do nothing.
    Nobody { role_arn: String },
}

/// A user, who may do what these policies allow.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) policies: Vec<Arc<Policy>>,
}

/// A permission that a call needs: an action on one resource. A call needs all of its own
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Demand {
    /// Such as `ec2:DeleteNatGateway`.
    pub action: String,
    /// The ARN, which ends in `/*` for what the call is to make; `*` for actions that are about no resource.
    pub resource: String,
    /// What conditions can ask about it: the values of each key.
    pub context: Context,
}

impl Principal {
    /// Whose access key that is.
    pub(crate) fn of(world: &World, access_key: &str) -> Self {
        if let Some(session) = world.sessions.get(access_key) {
            return session.principal();
        }
        match world.users.contains_key(access_key) {
            true => Principal::User { access_key: access_key.to_owned() },
            false => Principal::Administrator,
        }
    }

    /// Its ARN.
    pub(crate) fn arn(&self, world: &World) -> String {
        let account = &world.account_id;
        match self {
            Principal::Administrator | Principal::User { .. } => {
                format!("arn:aws:iam::{account}:user/doorman")
            }
            Principal::Role { name, session } => {
                format!("arn:aws:sts::{account}:assumed-role/{name}/{session}")
            }
            Principal::Nobody { role_arn } => role_arn.clone(),
        }
    }

    /// Whether it may do that; otherwise AWS's sentence about it.
    pub(crate) fn may(&self, world: &World, demand: &Demand) -> Result<(), String> {
        let (said, within) = match self {
            Principal::Administrator => return Ok(()),
            Principal::Nobody { role_arn } => return Err(format!("The role {role_arn} cannot be assumed.")),
            Principal::User { access_key } => {
                let policies = world.users.get(access_key).map(|user| &user.policies);
                (say(policies.into_iter().flatten().map(Arc::as_ref), demand), Verdict::Allowed)
            }
            Principal::Role { name, .. } => match world.roles.get(name) {
                None => (Verdict::Silent, Verdict::Silent),
                Some(role) => (of_role(world, role, demand), of_boundary(world, role, demand)),
            },
        };
        let action = &demand.action;
        let why = match (said, within) {
            (Verdict::Allowed, Verdict::Allowed) => return Ok(()),
            (Verdict::Denied, _) => "with an explicit deny in an identity-based policy".to_owned(),
            (_, Verdict::Denied) => "with an explicit deny in a permissions boundary".to_owned(),
            (Verdict::Silent, _) => format!("because no identity-based policy allows the {action} action"),
            (Verdict::Allowed, Verdict::Silent) => {
                format!("because no permissions boundary allows the {action} action")
            }
        };
        Err(format!(
            "User: {} is not authorized to perform: {action} on resource: {} {why}",
            self.arn(world),
            demand.resource
        ))
    }

    /// Whether it may hand the role of that ARN to a service.
    pub(crate) fn may_pass(&self, world: &World, role_arn: &str, service: &str) -> Result<(), String> {
        self.may(world, &passing(role_arn, service))
    }
}

/// The permission to hand the role of that ARN to a service.
pub(crate) fn passing(role_arn: &str, service: &str) -> Demand {
    let context = Context::from([("iam:PassedToService".to_owned(), vec![service.to_owned()])]);
    Demand { action: "iam:PassRole".to_owned(), resource: role_arn.to_owned(), context }
}

fn say<'p>(policies: impl Iterator<Item = &'p Policy>, demand: &Demand) -> Verdict {
    let question = Question {
        action: &demand.action,
        service: None,
        resource: Some(&demand.resource),
        context: &demand.context,
    };
    policies.map(|policy| policy.says(&question)).max().unwrap_or(Verdict::Silent)
}

/// What the policies of a role say.
fn of_role(world: &World, role: &Role, demand: &Demand) -> Verdict {
    let inline: Vec<Policy> =
        role.inline.values().filter_map(|text| Policy::read(text, Place::Identity).ok()).collect();
    let own = role.policies.iter().filter_map(|arn| world.managed_policies.get(arn));
    let own: Vec<Policy> = own.filter_map(|policy| policy.read().ok()).collect();
    say(inline.iter().chain(&own), demand).max(of_aws(role, &demand.action))
}

/// What the boundary of a role says: everything, when it has none.
fn of_boundary(world: &World, role: &Role, demand: &Demand) -> Verdict {
    let Some(arn) = &role.boundary else {
        return Verdict::Allowed;
    };
    let policy = world.managed_policies.get(arn).and_then(|policy| policy.read().ok());
    policy.map_or(Verdict::Silent, |policy| say(std::iter::once(&policy), demand))
}

/// What the AWS managed policies of a role say. Only `ReadOnlyAccess` says anything here: it allows what
/// begins with `Describe`, `Get` or `List`. The others are for agents on instances.
fn of_aws(role: &Role, action: &str) -> Verdict {
    let reads = action
        .split_once(':')
        .is_some_and(|(_, name)| ["Describe", "Get", "List"].iter().any(|prefix| name.starts_with(prefix)));
    let read_only = role.policies.iter().any(|arn| arn.ends_with("/ReadOnlyAccess"));
    if reads && read_only { Verdict::Allowed } else { Verdict::Silent }
}

/// Whether the boundary of a role leaves room for an action on anything.
pub(crate) fn is_within_boundary(world: &World, role: &Role, action: &str) -> bool {
    let demand = Demand { action: action.to_owned(), resource: "*".to_owned(), context: Context::new() };
    of_boundary(world, role, &demand) == Verdict::Allowed
}

/// The role of that ARN, when `service` can assume it for `source_arn`: it exists, its creation has
/// spread, and its trust policy lets the service.
pub(crate) fn assumable<'w>(
    world: &'w World,
    role_arn: &str,
    service: &str,
    source_arn: &str,
) -> Option<&'w Role> {
    let role = world.roles.values().find(|role| role.arn == role_arn)?;
    if world.clock < role.created + world.timing.role_propagation {
        return None;
    }
    let context = Context::from([
        ("aws:SourceAccount".to_owned(), vec![world.account_id.clone()]),
        ("aws:SourceArn".to_owned(), vec![source_arn.to_owned()]),
    ]);
    let question =
        Question { action: "sts:AssumeRole", service: Some(service), resource: None, context: &context };
    let trust = Policy::read(&role.trust, Place::Trust).ok()?;
    (trust.says(&question) == Verdict::Allowed).then_some(role)
}
