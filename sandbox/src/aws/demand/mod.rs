//! Which permissions a call needs, as AWS's service authorization reference has it: the resources of each action, and
//! what conditions can ask of each
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>).
//!
//! What a call names and is not there needs no permission: AWS answers that it is not found, and so does the operation.

mod ec2;
mod facts;
mod iam;
mod json;

use super::iam::authority::Demand;
use super::iam::condition::Context;
use super::input::Form;
use super::request::{Body, Service};
use super::tags::Tags;
use super::world::World;

/// Where IAM is, whatever the region of the caller.
const IAM_REGION: &str = "us-east-1";

/// All that a call needs.
pub(crate) fn of(world: &World, service: Service, operation: &str, body: &Body) -> Vec<Demand> {
    let demands = match (service, body) {
        (Service::Ec2, Body::Query(values)) => ec2::of(world, operation, &Form::new(values.clone()).input()),
        (Service::Iam, Body::Query(values)) => iam::of(world, operation, &Form::new(values.clone()).input()),
        (Service::Ssm | Service::Quotas | Service::Scheduler, Body::Json(input)) => {
            json::of(world, service, operation, input)
        }
        // Who may assume a role, its trust policy says; who one is, everybody may ask.
        (Service::Sts, _) => Vec::new(),
        (_, Body::Query(_) | Body::Json(_)) => Vec::new(),
    };
    let region = if service == Service::Iam { IAM_REGION } else { &world.region };
    let everywhere = [("aws:RequestedRegion", region), ("aws:PrincipalAccount", &world.account_id)];
    let with = |mut demand: Demand| {
        for (key, value) in everywhere {
            demand.context.insert(key.to_owned(), vec![value.to_owned()]);
        }
        demand
    };
    demands.into_iter().map(with).collect()
}

fn demand(action: impl Into<String>, resource: impl Into<String>, context: Context) -> Demand {
    Demand { action: action.into(), resource: resource.into(), context }
}

/// What is known of something, one value for each key.
fn known<const N: usize>(facts: [(&str, String); N]) -> Context {
    facts.into_iter().map(|(key, value)| (key.to_owned(), vec![value])).collect()
}

/// The tags that a call gives.
fn requested(tags: &Tags) -> Context {
    let mut context: Context =
        tags.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), vec![value.clone()])).collect();
    if !tags.is_empty() {
        context.insert("aws:TagKeys".to_owned(), tags.keys().cloned().collect());
    }
    context
}

/// The tags that something has: under AWS's own key, and the service's.
fn carried(service: &str, tags: &Tags) -> Context {
    let each = |(key, value): (&String, &String)| {
        ["aws", service].map(|prefix| (format!("{prefix}:ResourceTag/{key}"), vec![value.clone()]))
    };
    tags.iter().flat_map(each).collect()
}
