//! The steps of shell access: role, profile, endpoints, rules.

use doorman_cloud::failure::FailureKind;
use doorman_cloud::kinds::Change;
use doorman_cloud::kinds::endpoint::{self, EndpointState};
use doorman_cloud::kinds::rule::{self, Peer, Permission};
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::step::{AnyAct, AnyChange, Step};

use crate::world::{
    World, add_role, attach_policy, create_profile, create_role, delete_endpoint, delete_profile,
    delete_role, detach_policy, owner, remove_role, step,
};

/// The role and the profile, ready to be used.
pub(crate) async fn make_role(world: &World, observed: &mut Observed) {
    world.apply(&create_role(), observed).await;
    world.apply(&attach_policy(), observed).await;
    world.apply(&create_profile(), observed).await;
    world.apply(&add_role(), observed).await;
}

/// The endpoints and the rules through which they are reached.
pub(crate) async fn make_endpoints(world: &World, observed: &mut Observed) {
    for service in ["ssm", "ssmmessages", "ec2messages"] {
        let step = create_endpoint(observed, service);
        world.apply(&step, observed).await;
    }
    let group = observed.network().group.found().expect("the group").id.clone();
    for egress in [false, true] {
        let lets = Permission::tcp(egress, 443, Peer::Group(group.clone()));
        let (name, description) = ("main tcp 443".to_owned(), "for SSM Session Manager console".to_owned());
        let act = rule::Act::Authorize { group: group.clone(), lets, name, description };
        let step = step(AnyAct::Rule(act));
        world.apply(&step, observed).await;
    }
}

fn create_endpoint(observed: &Observed, service: &str) -> Step {
    let network = observed.network();
    let subnet = |name: &str| network.subnet(name).expect("a subnet").id.clone();
    let name = match service {
        "ssm" => "my-endpoint-SSM-service",
        _ => "another",
    };
    let new = endpoint::New {
        addresses: Vec::new(),
        name: name.to_owned(),
        service: service.to_owned(),
        vpc: network.vpc.found().expect("the VPC").id.clone(),
        subnets: vec![subnet("my-subnet-private01"), subnet("my-subnet-private02")],
        group: network.group.found().expect("the group").id.clone(),
    };
    step(AnyAct::Endpoint(endpoint::Act::Create { new, attempt: 0 }))
}

#[tokio::test]
async fn the_role_and_its_profile_are_made_used_and_removed_twice_over() {
    let world = World::start().await;
    let mut observed = world.look().await;
    for _ in 0..2 {
        make_role(&world, &mut observed).await;
    }
    let seen = world.look().await;
    let (role, profile) = (seen.roles[0].clone(), seen.profiles[0].clone());
    assert!(role.has_policy && profile.has_role);
    assert_eq!((role.owner, profile.owner), (Some(owner()), Some(owner())));

    assert_eq!(world.refused(&delete_role()).await.kind, FailureKind::NotYet, "still in use");
    assert_eq!(world.refused(&delete_profile()).await.kind, FailureKind::NotYet, "still in use");
    for _ in 0..2 {
        world.apply(&remove_role(), &mut observed).await;
        world.apply(&detach_policy(), &mut observed).await;
        world.apply(&delete_profile(), &mut observed).await;
        world.apply(&delete_role(), &mut observed).await;
    }
    let seen = world.look().await;
    assert!(seen.unknown().next().is_none() && seen.roles.is_empty() && seen.profiles.is_empty());
}

#[tokio::test]
async fn what_the_role_needs_may_not_have_spread_yet() {
    let world = World::start().await;
    assert_eq!(world.refused(&attach_policy()).await.kind, FailureKind::NotYet);
    assert_eq!(world.refused(&add_role()).await.kind, FailureKind::NotYet);
}

#[tokio::test]
async fn a_role_made_by_hand_is_nobodys() {
    let world = World::start().await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let name = "MySSMRoleForServiceInstance";
    let by_hand = world.sandbox.by_hand();
    by_hand.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)]).expect("a role");
    let mut observed = world.look().await;
    let role = observed.roles[0].clone();
    assert!(role.owner.is_none() && !role.has_policy);
    assert!(world.apply(&create_role(), &mut observed).await.asks_for_a_look());
    assert!(world.look().await.roles[0].owner.is_none());
}

#[tokio::test]
async fn an_endpoint_goes_from_pending_to_available_to_gone() {
    let world = World::start().await;
    let mut observed = world.look().await;
    let create = create_endpoint(&observed, "ssm");
    world.apply(&create, &mut observed).await;
    world.apply(&create, &mut observed).await;
    let seen = world.look().await;
    assert_eq!(seen.endpoints.len(), 1, "the same attempt makes the same endpoint");
    assert_eq!(seen.endpoints[0].state, EndpointState::Pending);
    assert_eq!(seen.endpoints[0].owner, Some(owner()));
    assert_eq!(world.alive("vpc-endpoint")[0].name.as_deref(), Some("my-endpoint-SSM-service"));

    world.pass(90);
    let seen = world.look().await;
    let endpoint = &seen.endpoints[0];
    assert_eq!((endpoint.state, endpoint.service.as_str()), (EndpointState::Available, "ssm"));
    assert!(endpoint.private_dns);
    assert_eq!(endpoint.subnets.len(), 2);

    let delete = delete_endpoint(endpoint.id.clone());
    let id = endpoint.id.clone();
    assert_eq!(world.apply(&delete, &mut observed).await, AnyChange::Endpoint(Change::Leaving(id)));
    assert_eq!(world.look().await.endpoints[0].state, EndpointState::Deleting);
    world.pass(60);
    assert!(world.look().await.endpoints.is_empty());
    // The refusal of a single endpoint comes inside an answer of success.
    assert!(world.apply(&delete, &mut observed).await.asks_for_a_look());
}
