//! Who makes a call inside AWS, and whether they may: what services do under a role is allowed only by
//! the role's policies. Calls that come over the wire are the account's own and are all allowed.

use std::collections::BTreeMap;

use super::policy::{Place, Policy, Question, Verdict};
use super::roles::Role;
use crate::aws::tags::Tags;
use crate::aws::world::World;

/// Whose permissions a call is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// The account's one user, with every permission.
    User,
    /// A role that a service has assumed.
    Role {
        name: String,
        /// The name of the session.
        session: String,
    },
    /// A service that could not assume its role: it may do nothing.
    Nobody { role_arn: String },
}

/// What an action is about, as far as that can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Resource {
    /// Its ARN, `*` for actions that are about none; none when it cannot be told.
    pub(crate) arn: Option<String>,
    /// Its tags; none when they cannot be told.
    pub(crate) tags: Option<Tags>,
}

impl Resource {
    /// Of actions that have no resource, such as EC2's `Describe…`. It has no tags that a condition could be about.
    pub(crate) fn nothing() -> Self {
        Self { arn: Some("*".to_owned()), tags: Some(Tags::new()) }
    }

    /// A resource whose tags cannot be told.
    pub(crate) fn of_arn(arn: String) -> Self {
        Self { arn: Some(arn), tags: None }
    }
}

impl Principal {
    /// Its ARN.
    pub(crate) fn arn(&self, world: &World) -> String {
        let account = &world.account_id;
        match self {
            Principal::User => format!("arn:aws:iam::{account}:user/doorman"),
            Principal::Role { name, session } => {
                format!("arn:aws:sts::{account}:assumed-role/{name}/{session}")
            }
            Principal::Nobody { role_arn } => role_arn.clone(),
        }
    }

    /// Whether it may do `action` to `resource`; otherwise AWS's sentence about it.
    pub(crate) fn may(&self, world: &World, action: &str, resource: &Resource) -> Result<(), String> {
        self.may_with(world, action, resource, BTreeMap::new())
    }

    /// Whether it may hand the role of that ARN to a service.
    pub(crate) fn may_pass(&self, world: &World, role_arn: &str, service: &str) -> Result<(), String> {
        let to = BTreeMap::from([("iam:passedtoservice", service.to_owned())]);
        self.may_with(world, "iam:PassRole", &Resource::of_arn(role_arn.to_owned()), to)
    }

    fn may_with(
        &self,
        world: &World,
        action: &str,
        resource: &Resource,
        mut context: BTreeMap<&'static str, String>,
    ) -> Result<(), String> {
        let name = match self {
            Principal::User => return Ok(()),
            Principal::Role { name, .. } => name,
            Principal::Nobody { role_arn } => return Err(format!("The role {role_arn} cannot be assumed.")),
        };
        context.insert("aws:requestedregion", world.region.clone());
        let question = Question {
            action,
            service: None,
            resource: resource.arn.as_deref(),
            tags: resource.tags.as_ref(),
            context,
        };
        let role = world.roles.get(name);
        let verdict = role.map_or(Verdict::Silent, |role| {
            let inline = role.inline.values().filter_map(|text| Policy::read(text, Place::Identity).ok());
            let said = inline.map(|policy| policy.says(&question)).max().unwrap_or(Verdict::Silent);
            said.max(managed(role, action))
        });
        let why = match verdict {
            Verdict::Allowed => return Ok(()),
            Verdict::Denied => "with an explicit deny in an identity-based policy".to_owned(),
            Verdict::Silent => format!("because no identity-based policy allows the {action} action"),
        };
        let on = resource.arn.as_deref().unwrap_or("*");
        Err(format!(
            "User: {} is not authorized to perform: {action} on resource: {on} {why}",
            self.arn(world)
        ))
    }
}

/// What the AWS managed policies of a role say. Only `ReadOnlyAccess` says anything here: it allows what
/// begins with `Describe`, `Get` or `List`. The others are for agents on instances.
fn managed(role: &Role, action: &str) -> Verdict {
    let reads = action
        .split_once(':')
        .is_some_and(|(_, name)| ["Describe", "Get", "List"].iter().any(|prefix| name.starts_with(prefix)));
    let read_only = role.policies.iter().any(|arn| arn.ends_with("/ReadOnlyAccess"));
    if reads && read_only { Verdict::Allowed } else { Verdict::Silent }
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
    let context = BTreeMap::from([
        ("aws:sourceaccount", world.account_id.clone()),
        ("aws:sourcearn", source_arn.to_owned()),
    ]);
    let question =
        Question { action: "sts:AssumeRole", service: Some(service), context, ..Question::default() };
    let trust = Policy::read(&role.trust, Place::Trust).ok()?;
    (trust.says(&question) == Verdict::Allowed).then_some(role)
}
