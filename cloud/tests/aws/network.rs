//! What an observation of the reference network says.

use doorman_cloud::observed::{Lookup, Peer};

use crate::world::World;

#[tokio::test]
async fn the_reference_network_is_found_by_its_names() {
    let world = World::start().await;
    let observed = world.look().await;

    let network = &observed.network;
    assert_eq!(network.vpc.found().expect("the VPC").cidr, "10.20.0.0/16");
    let subnets: Vec<_> = network
        .subnets
        .iter()
        .map(|(name, subnet)| {
            let subnet = subnet.found().expect("a subnet");
            (name.as_str(), subnet.zone.as_str(), subnet.cidr.as_str())
        })
        .collect();
    assert_eq!(
        subnets,
        [
            ("my-subnet-private01", "ap-northeast-2a", "10.20.10.0/24"),
            ("my-subnet-private02", "ap-northeast-2b", "10.20.20.0/24"),
            ("my-subnet-public01", "ap-northeast-2a", "10.20.110.0/24"),
        ]
    );
    assert_eq!(
        network
            .route_table
            .found()
            .expect("the private table")
            .default_route,
        None
    );
    assert!(matches!(network.group, Lookup::Found(_)));
}

#[tokio::test]
async fn rules_made_by_hand_are_seen_and_nobodys() {
    let world = World::start().await;
    let observed = world.look().await;

    assert!(!observed.rules.is_empty());
    assert!(observed.rules.iter().all(|rule| rule.owner.is_none()));
    // Out to the database, in from the public group.
    assert!(
        observed
            .rules
            .iter()
            .any(|rule| rule.egress && rule.ports == Some((3306, 3306)))
    );
    assert!(
        observed
            .rules
            .iter()
            .any(|rule| !rule.egress && matches!(rule.peer, Peer::Group(_)))
    );
}

#[tokio::test]
async fn an_empty_stack_has_nothing_of_ours() {
    let world = World::start().await;
    let observed = world.look().await;

    assert_eq!(observed.at, world.clock.now());
    assert!(observed.addresses.is_empty());
    assert!(observed.gateways.is_empty());
    assert!(observed.instances.is_empty());
    assert!(observed.volumes.is_empty());
    assert!(observed.endpoints.is_empty());
    assert!(observed.occupants.is_empty());
    assert!(observed.roles_known && observed.role.is_none() && observed.profile.is_none());
    assert!(observed.agents_known && observed.agents.is_empty());
}

#[tokio::test]
async fn a_look_is_one_round_of_reading_calls() {
    let world = World::start().await;
    world.sandbox.set_latency(std::time::Duration::from_millis(150));
    world.sandbox.clear_calls();
    world.look().await;

    let calls = world.sandbox.calls();
    assert!(calls.iter().all(|call| !call.mutating));
    // None waits for another: every call arrives before the first answer has left.
    let last_start = calls.iter().map(|call| call.started).max().expect("calls");
    let first_finish = calls.iter().map(|call| call.finished).min().expect("calls");
    assert!(last_start < first_finish, "{calls:#?}");
    assert_eq!(world.aws.calls(), calls.len() as u64);
    assert_eq!(world.aws.calls_by_operation()["DescribeVpcs"], 1);
}
