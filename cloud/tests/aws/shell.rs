//! The steps of shell access: role, profile, endpoints, rules.

use doorman_cloud::lease::LeaseKind;
use doorman_cloud::observed::{EndpointState, Observed, Peer};
use doorman_cloud::step::{Change, FailureKind, Step};

use crate::world::{World, owner};

/// The role and the profile, ready to be used.
pub(crate) async fn make_role(world: &World, observed: &mut Observed) {
    world.apply(&Step::CreateRole { owner: owner() }, observed).await;
    world.apply(&Step::AttachRolePolicy, observed).await;
    world.apply(&Step::CreateInstanceProfile { owner: owner() }, observed).await;
    world.apply(&Step::AddRoleToInstanceProfile, observed).await;
}

/// The endpoints and the rules through which they are reached.
pub(crate) async fn make_endpoints(world: &World, observed: &mut Observed) {
    for service in ["ssm", "ssmmessages", "ec2messages"] {
        let step = create_endpoint(observed, service);
        world.apply(&step, observed).await;
    }
    let group = observed.network.group.found().expect("the group").id.clone();
    for egress in [false, true] {
        let peer = Peer::Group(group.clone());
        let purpose = LeaseKind::Service;
        let step =
            Step::AuthorizeRule { owner: owner(), group: group.clone(), egress, port: 443, peer, purpose };
        world.apply(&step, observed).await;
    }
}

fn create_endpoint(observed: &Observed, service: &str) -> Step {
    let network = &observed.network;
    let subnet = |name: &str| network.subnet(name).expect("a subnet").id.clone();
    Step::CreateEndpoint {
        owner: owner(),
        vpc: network.vpc.found().expect("the VPC").id.clone(),
        service: service.to_owned(),
        subnets: vec![subnet("my-subnet-private01"), subnet("my-subnet-private02")],
        group: network.group.found().expect("the group").id.clone(),
        attempt: 0,
    }
}

#[tokio::test]
async fn the_role_and_its_profile_are_made_used_and_removed_twice_over() {
    let world = World::start().await;
    let mut observed = world.look().await;
    for _ in 0..2 {
        make_role(&world, &mut observed).await;
    }
    let seen = world.look().await;
    let (role, profile) = (seen.role.expect("the role"), seen.profile.expect("the profile"));
    assert!(role.has_policy && profile.has_role);
    assert_eq!((role.owner, profile.owner), (Some(owner()), Some(owner())));

    assert_eq!(world.refused(&Step::DeleteRole).await.kind, FailureKind::NotYet, "still in use");
    assert_eq!(world.refused(&Step::DeleteInstanceProfile).await.kind, FailureKind::NotYet, "still in use");
    for _ in 0..2 {
        world.apply(&Step::RemoveRoleFromInstanceProfile, &mut observed).await;
        world.apply(&Step::DetachRolePolicy, &mut observed).await;
        world.apply(&Step::DeleteInstanceProfile, &mut observed).await;
        world.apply(&Step::DeleteRole, &mut observed).await;
    }
    let seen = world.look().await;
    assert!(seen.unknown.is_empty() && seen.role.is_none() && seen.profile.is_none());
}

#[tokio::test]
async fn what_the_role_needs_may_not_have_spread_yet() {
    let world = World::start().await;
    assert_eq!(world.refused(&Step::AttachRolePolicy).await.kind, FailureKind::NotYet);
    assert_eq!(world.refused(&Step::AddRoleToInstanceProfile).await.kind, FailureKind::NotYet);
}

#[tokio::test]
async fn a_role_made_by_hand_is_nobodys() {
    let world = World::start().await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let name = "MySSMRoleForServiceInstance";
    let by_hand = world.sandbox.by_hand();
    by_hand.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)]).expect("a role");
    let mut observed = world.look().await;
    let role = observed.role.clone().expect("the role");
    assert!(role.owner.is_none() && !role.has_policy);
    assert_eq!(world.apply(&Step::CreateRole { owner: owner() }, &mut observed).await, [Change::LookAgain]);
    assert!(world.look().await.role.expect("the role").owner.is_none());
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

    let delete = Step::DeleteEndpoint { id: endpoint.id.clone() };
    let id = endpoint.id.clone();
    assert_eq!(world.apply(&delete, &mut observed).await, [Change::EndpointDeleting(id)]);
    assert_eq!(world.look().await.endpoints[0].state, EndpointState::Deleting);
    world.pass(60);
    assert!(world.look().await.endpoints.is_empty());
    // The refusal of a single endpoint comes inside an answer of success.
    assert_eq!(world.apply(&delete, &mut observed).await, [Change::LookAgain]);
}
