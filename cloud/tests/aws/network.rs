//! What an observation of the reference network says.

use doorman_cloud::kinds::Lookup;
use doorman_cloud::kinds::rule::Peer;

use crate::world::World;

#[tokio::test]
async fn the_reference_network_is_found_by_its_names() {
    let world = World::start().await;
    let observed = world.look().await;

    let network = &observed.network();
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
    assert_eq!(network.route_table.found().expect("the private table").default_route, None);
    assert!(matches!(network.group, Lookup::Found(_)));
}

#[tokio::test]
async fn rules_made_by_hand_are_seen_and_nobodys() {
    let world = World::start().await;
    let observed = world.look().await;

    assert!(observed.rules.is_empty(), "none is ours");
    let group = observed.network().group.found().expect("the group").clone();
    let by_hand: Vec<_> = observed.by_hand(&group).collect();
    // Out to the database, in from the public group.
    assert!(by_hand.iter().any(|lets| lets.egress && lets.ports == Some((3306, 3306))));
    assert!(by_hand.iter().any(|lets| !lets.egress && matches!(lets.peer, Peer::Group(_))));
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
    assert!(observed.interfaces.is_empty());
    assert!(observed.unknown().next().is_none() && observed.roles.is_empty() && observed.profiles.is_empty());
    assert!(observed.agents.is_empty());
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

#[tokio::test]
async fn a_name_that_two_carry_is_ambiguous_and_one_that_none_carries_is_missing() {
    let world = World::start().await;
    let by_hand = world.sandbox.by_hand();
    by_hand.rename("my-subnet-public02", "my-subnet-public01").expect("a renaming");
    by_hand.rename("my-subnet-private02", "another").expect("a renaming");
    let network = world.look().await.network();
    let Lookup::Ambiguous(ids) = &network.subnets["my-subnet-public01"] else { panic!("{network:#?}") };
    assert_eq!(ids.len(), 2);
    assert_eq!(network.subnets.get("my-subnet-private02"), None);
}

#[tokio::test]
async fn what_must_be_closed_is_found_without_the_vpcs_name() {
    let world = World::start().await;
    let before = world.look().await.network();
    world.sandbox.by_hand().rename("My-VPC", "another").expect("a renaming");
    let network = world.look().await.network();
    assert_eq!(network.vpc, Lookup::Missing);
    assert_eq!((network.route_table, network.group), (before.route_table, before.group));
}

#[tokio::test]
async fn things_of_the_same_name_in_another_vpc_do_not_count() {
    let world = World::start().await;
    let before = world.look().await.network();
    let by_hand = world.sandbox.by_hand();
    let made = by_hand.ec2("CreateVpc", &[("CidrBlock", "10.99.0.0/16")]).expect("a VPC");
    let id = |text: &str, tag: &str| {
        let from = text.find(tag).expect("the tag") + tag.len();
        text[from..].split('<').next().expect("an id").to_owned()
    };
    let vpc = id(&made, "<vpcId>");
    let tag = |kind: &'static str| {
        [("TagSpecification.1.ResourceType", kind), ("TagSpecification.1.Tag.1.Key", "Name")]
    };
    let table =
        [&tag("route-table")[..], &[("TagSpecification.1.Tag.1.Value", "my-route-private"), ("VpcId", &vpc)]];
    by_hand.ec2("CreateRouteTable", &table.concat()).expect("a table");
    let subnet = [
        &tag("subnet")[..],
        &[
            ("TagSpecification.1.Tag.1.Value", "my-subnet-public01"),
            ("VpcId", &vpc),
            ("CidrBlock", "10.99.1.0/24"),
            ("AvailabilityZone", "ap-northeast-2a"),
        ],
    ];
    by_hand.ec2("CreateSubnet", &subnet.concat()).expect("a subnet");
    let name = "my-SG-private-service";
    let group = [("GroupName", name), ("GroupDescription", "another"), ("VpcId", vpc.as_str())];
    by_hand.ec2("CreateSecurityGroup", &group).expect("a group");
    assert_eq!(world.look().await.network(), before);
}
