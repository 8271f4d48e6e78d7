//! What calls of IAM need.

use super::{carried, demand, known, requested};
use crate::aws::iam::authority::{Demand, passing};
use crate::aws::iam::condition::Context;
use crate::aws::iam::roles::Role;
use crate::aws::input::Input;
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;

/// How EC2 calls itself where a role is handed to it.
const EC2: &str = "ec2.amazonaws.com";

/// The operations on a role that is there by whose policies its boundary can be asked for.
const BOUNDED: [&str; 6] = [
    "AttachRolePolicy",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
];

/// What a call needs.
pub(super) fn of(world: &World, operation: &str, input: &Input<'_>) -> Vec<Demand> {
    let action = format!("iam:{operation}");
    let tags = tags::read(&input.items("Tags.member")).unwrap_or_default();
    if let Some(arn) = input.text("PolicyArn").filter(|_| input.text("RoleName").is_none()) {
        let policy = world.managed_policies.get(&arn);
        let context = policy.map(|policy| carried("aws", &policy.tags)).unwrap_or_default();
        return vec![demand(action, arn, context)];
    }
    if let Some(name) = input.text("PolicyName").filter(|_| input.text("RoleName").is_none()) {
        return making(world, operation, ("policy", &name), &tags, "iam:TagPolicy");
    }
    if let Some(name) = input.text("InstanceProfileName") {
        if operation == "CreateInstanceProfile" {
            return making(world, operation, ("instance-profile", &name), &tags, "iam:TagInstanceProfile");
        }
        let profile = world.profiles.get(&name);
        let arn =
            profile.map_or_else(|| arn(world, "instance-profile", &name), |profile| profile.arn.clone());
        let mut context = profile.map(|profile| carried("aws", &profile.tags)).unwrap_or_default();
        context.extend(requested(&tags));
        let mut demands = vec![demand(action, arn, context)];
        if operation == "AddRoleToInstanceProfile"
            && let Some(role) = input.text("RoleName").and_then(|name| world.roles.get(&name))
        {
            demands.push(passing(&role.arn, EC2));
        }
        return demands;
    }
    let Some(name) = input.text("RoleName") else {
        return vec![demand(action, "*", Context::new())];
    };
    let boundary = input.text("PermissionsBoundary");
    if operation == "CreateRole" {
        let mut demands = making(world, operation, ("role", &name), &tags, "iam:TagRole");
        // The first is the role itself, the other its tags.
        demands[0].context.extend(boundary.iter().map(bounded));
        return demands;
    }
    vec![on_role(world, action, &name, input, boundary.as_ref(), &tags)]
}

fn on_role(
    world: &World,
    action: String,
    name: &str,
    input: &Input<'_>,
    boundary: Option<&String>,
    tags: &Tags,
) -> Demand {
    let role = world.roles.get(name);
    let arn = role.map_or_else(|| arn(world, "role", name), |role| role.arn.clone());
    let mut context = role.map(|role| carried("iam", &role.tags)).unwrap_or_default();
    context.extend(requested(tags));
    if BOUNDED.iter().any(|operation| action.ends_with(&format!(":{operation}"))) {
        // Of the role as it is, unless the call sets another one.
        let of_role = role.and_then(|role: &Role| role.boundary.as_ref());
        context.extend(boundary.or(of_role).map(bounded));
    }
    if let Some(policy) = input.text("PolicyArn") {
        context.extend(known([("iam:PolicyARN", policy)]));
    }
    demand(action, arn, context)
}

fn bounded<S: AsRef<str>>(boundary: S) -> (String, Vec<String>) {
    ("iam:PermissionsBoundary".to_owned(), vec![boundary.as_ref().to_owned()])
}

/// Something new, and its tags.
fn making(
    world: &World,
    operation: &str,
    (kind, name): (&str, &str),
    tags: &Tags,
    tagging: &str,
) -> Vec<Demand> {
    let arn = arn(world, kind, name);
    let context = requested(tags);
    let mut demands = vec![demand(format!("iam:{operation}"), arn.clone(), context.clone())];
    if !tags.is_empty() {
        demands.push(demand(tagging, arn, context));
    }
    demands
}

fn arn(world: &World, kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{}:{kind}/{name}", world.account_id)
}
