//! The steps of the service pair, applied and seen.

use std::net::Ipv4Addr;

use doorman_cloud::failure::FailureKind;
use doorman_cloud::kinds::agent::Ping;
use doorman_cloud::kinds::instance::{self, InstanceState, NewVolume};
use doorman_cloud::lease::PairSpec;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::step::Step;
use doorman_config::Market;
use doorman_sandbox::aws::Timing;

use crate::shell::{make_endpoints, make_role};
use crate::world::{
    ROLE, World, add_role, attach_policy, create_profile, create_role, delete_volume, moment, of_instance,
    owner, refuse,
};

const FIRST: Ipv4Addr = Ipv4Addr::new(10, 20, 10, 31);

async fn run_with(world: &World, observed: &Observed, market: Market, attempt: u32) -> Step {
    let zones = ["ap-northeast-2a".to_owned(), "ap-northeast-2b".to_owned()];
    let offer =
        world.aws.offer("ubuntu-24.04", "t3.micro", &zones).await.expect("an answer").expect("an offer");
    let new = instance::New {
        name: "my-service-01".to_owned(),
        subnet: observed.network().subnet("my-subnet-private01").expect("the subnet").id.clone(),
        private_ip: Some(FIRST),
        group: observed.network().group.found().expect("the group").id.clone(),
        spec: PairSpec {
            image: offer.image,
            root: offer.root,
            image_name: "ubuntu-24.04".to_owned(),
            instance_type: "t3.micro".to_owned(),
            market,
        },
        volume: NewVolume { size_gib: 30, kind: "gp3".to_owned(), device: "/dev/sda1".to_owned() },
        profile: Some(ROLE.to_owned()),
    };
    of_instance(instance::Act::Run { new: Box::new(new), attempt })
}

async fn run(world: &World, observed: &Observed) -> Step {
    run_with(world, observed, Market::OnDemand, 0).await
}

/// A world in which the role is there and known everywhere.
async fn with_role(timing: Timing) -> (World, Observed) {
    let world = World::with(timing).await;
    let mut observed = world.look().await;
    make_role(&world, &mut observed).await;
    world.pass(30);
    let observed = world.look().await;
    (world, observed)
}

#[tokio::test]
async fn an_instance_is_as_the_settings_say() {
    let (world, mut observed) = with_role(Timing::default()).await;
    world.apply(&run(&world, &observed).await, &mut observed).await;
    assert_eq!(observed.instances[0].state, InstanceState::Pending);

    world.pass(15);
    let seen = world.look().await;
    let instance = &seen.instances[0];
    assert_eq!(instance.state, InstanceState::Running);
    assert_eq!(instance.name, "my-service-01");
    assert_eq!(instance.instance_type, "t3.micro");
    assert!(!instance.spot);
    assert_eq!(instance.private_ip, Some(FIRST));
    assert_eq!(instance.subnet, seen.network().subnet("my-subnet-private01").expect("the subnet").id);
    assert_eq!(instance.launched_at, moment("2026-11-23T09:00:30Z"));
    assert_eq!(instance.profile.as_deref(), Some("MySSMRoleForServiceInstance"));
    assert_eq!(instance.owner, owner());
    assert_eq!(seen.holder(FIRST).expect("it is held").holder(), instance.id.as_str());

    let volume = &seen.volumes[0];
    assert_eq!((volume.size_gib, volume.kind.as_str(), volume.attached), (30, "gp3", true));
    assert_eq!(volume.owner, owner());

    let id = instance.id.as_str();
    let raw = world.sandbox.by_hand().ec2("DescribeInstances", &[("InstanceId.1", id)]).expect("an instance");
    assert!(raw.contains("<httpTokens>required</httpTokens>"), "{raw}");
    assert!(raw.contains("<httpPutResponseHopLimit>1</httpPutResponseHopLimit>"), "{raw}");
    assert!(raw.contains("<deleteOnTermination>true</deleteOnTermination>"), "{raw}");
}

#[tokio::test]
async fn the_same_attempt_makes_the_same_instance() {
    let (world, mut observed) = with_role(Timing::default()).await;
    let step = run(&world, &observed).await;
    world.apply(&step, &mut observed).await;
    world.apply(&step, &mut observed).await;
    assert_eq!(observed.instances.len(), 1);
    assert_eq!(world.alive("instance").len(), 1);
}

#[tokio::test]
async fn a_token_that_went_with_its_instance_does_not_stand_in_the_way() {
    let (world, mut observed) = with_role(Timing::default()).await;
    let step = run(&world, &observed).await;
    world.apply(&step, &mut observed).await;
    world.pass(15);
    let first = observed.instances[0].id.clone();
    world.apply(&of_instance(instance::Act::Terminate { id: first.clone() }), &mut observed).await;
    world.pass(60);
    world.apply(&step, &mut observed).await;
    let seen = world.look().await;
    assert_eq!(seen.instances.len(), 1);
    assert_ne!(seen.instances[0].id, first);
}

#[tokio::test]
async fn a_spot_instance_is_marked_as_one() {
    let (world, mut observed) = with_role(Timing::default()).await;
    let step = run_with(&world, &observed, Market::Spot, 0).await;
    world.apply(&step, &mut observed).await;
    assert!(world.look().await.instances[0].spot);
}

#[tokio::test]
async fn a_profile_that_has_not_spread_yet_is_waited_for() {
    let world = World::start().await;
    let mut observed = world.look().await;
    make_role(&world, &mut observed).await;
    let step = run(&world, &observed).await;
    let failure = world.refused(&step).await;
    assert_eq!(failure.kind, FailureKind::NotYet, "{failure}");
    world.pass(30);
    world.apply(&step, &mut observed).await;
}

#[tokio::test]
async fn the_role_in_a_profile_spreads_after_the_profile_itself() {
    let world = World::start().await;
    let mut observed = world.look().await;
    for step in [create_role(), attach_policy(), create_profile()] {
        world.apply(&step, &mut observed).await;
    }
    world.pass(30);
    world.apply(&add_role(), &mut observed).await;
    let step = run(&world, &observed).await;
    let failure = world.refused(&step).await;
    assert!(failure.message.contains("has no associated IAM Roles"), "{}", failure.message);
    assert_eq!(failure.kind, FailureKind::NotYet, "{failure}");
    world.pass(30);
    world.apply(&step, &mut observed).await;
}

#[tokio::test]
async fn an_address_in_use_is_seen_with_who_holds_it() {
    let (world, observed) = with_role(Timing::default()).await;
    let by_hand = world.sandbox.by_hand();
    let holder =
        by_hand.run_foreign_instance("theirs", "my-subnet-private01", "10.20.10.31").expect("an instance");
    let failure = world.refused(&run(&world, &observed).await).await;
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::NotYet, "InvalidIPAddress.InUse"));
    let seen = world.look().await;
    assert_eq!(seen.holder(FIRST).expect("it is held").holder(), holder);
    assert!(seen.instances.is_empty(), "not ours");
}

#[tokio::test]
async fn no_capacity_and_no_quota_are_told_apart() {
    let (world, observed) = with_role(Timing::default()).await;
    let step = run(&world, &observed).await;
    let full =
        refuse(500, "InsufficientInstanceCapacity", "We currently do not have sufficient t3.micro capacity.");
    world.faults("RunInstances", full, 3);
    assert_eq!(world.refused(&step).await.kind, FailureKind::NoCapacity);
    world.fault("RunInstances", refuse(400, "VcpuLimitExceeded", "You have requested more vCPU capacity."));
    assert_eq!(world.refused(&step).await.kind, FailureKind::Quota);
    world.fault("RunInstances", refuse(401, "AuthFailure", "Not authorized for images: [ami-1]"));
    assert_eq!(world.refused(&step).await.kind, FailureKind::Refused);
}

#[tokio::test]
async fn agents_come_online_and_a_reboot_and_a_restart_bring_them_back() {
    let (world, mut observed) = with_role(Timing::default()).await;
    make_endpoints(&world, &mut observed).await;
    world.pass(90);
    world.apply(&run(&world, &observed).await, &mut observed).await;
    let id = observed.instances[0].id.clone();
    assert!(world.look().await.agents.is_empty());
    world.pass(90);
    let seen = world.look().await;
    assert_eq!(seen.ping(&id), Some(Ping::Online));
    assert!(seen.is_online(&id));

    world.apply(&of_instance(instance::Act::Reboot { id: id.clone() }), &mut observed).await;
    world.pass(90);
    world.sandbox.by_hand().stop_instance(id.as_str()).expect("a stop");
    assert_eq!(
        world.refused(&of_instance(instance::Act::Start { id: id.clone() })).await.kind,
        FailureKind::NotYet,
        "stopping"
    );
    world.pass(60);
    assert_eq!(world.look().await.instances[0].state, InstanceState::Stopped);
    world.apply(&of_instance(instance::Act::Start { id: id.clone() }), &mut observed).await;
    world.pass(90);
    assert!(world.look().await.is_online(&id));
}

#[tokio::test]
async fn a_profile_is_attached_once() {
    let (world, mut observed) = with_role(Timing::default()).await;
    world.apply(&run(&world, &observed).await, &mut observed).await;
    world.pass(15);
    let step = of_instance(instance::Act::AssociateProfile {
        id: observed.instances[0].id.clone(),
        profile: ROLE.to_owned(),
    });
    assert!(world.apply(&step, &mut observed).await.asks_for_a_look());
}

#[tokio::test]
async fn terminated_is_gone_with_its_volume() {
    let (world, mut observed) = with_role(Timing::default()).await;
    world.apply(&run(&world, &observed).await, &mut observed).await;
    world.pass(15);
    let terminate = of_instance(instance::Act::Terminate { id: observed.instances[0].id.clone() });
    world.apply(&terminate, &mut observed).await;
    assert_eq!(world.look().await.instances[0].state, InstanceState::ShuttingDown);
    world.pass(60);
    let seen = world.look().await;
    assert!(seen.instances.is_empty() && seen.volumes.is_empty() && seen.interfaces.is_empty());
    world.apply(&terminate, &mut observed).await;
    let unknown = of_instance(instance::Act::Terminate { id: "i-0123456789abcdef0".into() });
    assert!(world.apply(&unknown, &mut observed).await.asks_for_a_look());
}

#[tokio::test]
async fn a_volume_is_deleted_when_nothing_holds_it() {
    let (world, mut observed) = with_role(Timing::default()).await;
    world.apply(&run(&world, &observed).await, &mut observed).await;
    world.pass(15);
    let held = world.look().await.volumes[0].id.clone();
    assert_eq!(world.refused(&delete_volume(held)).await.kind, FailureKind::NotYet);
    let gone = delete_volume("vol-0123456789abcdef0".into());
    assert!(world.apply(&gone, &mut observed).await.asks_for_a_look());
}
