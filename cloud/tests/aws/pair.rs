//! The steps of the service pair, applied and seen.

use std::net::Ipv4Addr;

use doorman_cloud::lease::ServiceSpec;
use doorman_cloud::observed::{InstanceState, Observed, Ping};
use doorman_cloud::step::{Change, FailureKind, Step};
use doorman_config::Market;
use doorman_sandbox::aws::Timing;

use crate::shell::{make_endpoints, make_role};
use crate::world::{World, moment, owner, refuse};

const FIRST: Ipv4Addr = Ipv4Addr::new(10, 20, 10, 31);

async fn run_with(world: &World, observed: &Observed, market: Market, attempt: u32) -> Step {
    let zones = ["ap-northeast-2a".to_owned(), "ap-northeast-2b".to_owned()];
    let offer =
        world.aws.offer("ubuntu-24.04", "t3.micro", &zones).await.expect("an answer").expect("an offer");
    Step::RunInstance {
        owner: owner(),
        name: "my-service-01".to_owned(),
        subnet: observed.network.subnet("my-subnet-private01").expect("the subnet").id.clone(),
        private_ip: FIRST,
        group: observed.network.group.found().expect("the group").id.clone(),
        spec: ServiceSpec {
            image: offer.image,
            image_name: "ubuntu-24.04".to_owned(),
            instance_type: "t3.micro".to_owned(),
            market,
        },
        attempt,
    }
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
    assert_eq!(instance.subnet, seen.network.subnet("my-subnet-private01").expect("the subnet").id);
    assert_eq!(instance.launched_at, moment("2026-11-23T09:00:30Z"));
    assert_eq!(instance.profile.as_deref(), Some("MySSMRoleForServiceInstance"));
    assert_eq!(instance.owner, owner());
    assert_eq!(seen.occupants[&FIRST].id, instance.id.to_string());

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
    world.apply(&Step::TerminateInstance { id: first.clone() }, &mut observed).await;
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
async fn an_address_in_use_is_seen_with_who_holds_it() {
    let (world, observed) = with_role(Timing::default()).await;
    let by_hand = world.sandbox.by_hand();
    let holder =
        by_hand.run_foreign_instance("theirs", "my-subnet-private01", "10.20.10.31").expect("an instance");
    let failure = world.refused(&run(&world, &observed).await).await;
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::NotYet, "InvalidIPAddress.InUse"));
    let seen = world.look().await;
    assert_eq!(seen.occupants[&FIRST].id, holder);
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
    assert_eq!(seen.agents.get(&id), Some(&Ping::Online));
    assert!(seen.is_online(&id));

    let rebooted = world.apply(&Step::RebootInstance { id: id.clone() }, &mut observed).await;
    assert_eq!(rebooted, [Change::Rebooted(id.clone())]);
    world.pass(90);
    world.sandbox.by_hand().stop_instance(id.as_str()).expect("a stop");
    assert_eq!(
        world.refused(&Step::StartInstance { id: id.clone() }).await.kind,
        FailureKind::NotYet,
        "stopping"
    );
    world.pass(60);
    assert_eq!(world.look().await.instances[0].state, InstanceState::Stopped);
    world.apply(&Step::StartInstance { id: id.clone() }, &mut observed).await;
    world.pass(90);
    assert!(world.look().await.is_online(&id));
}

#[tokio::test]
async fn a_profile_is_attached_once() {
    let (world, mut observed) = with_role(Timing::default()).await;
    world.apply(&run(&world, &observed).await, &mut observed).await;
    world.pass(15);
    let step = Step::AssociateProfile { id: observed.instances[0].id.clone() };
    assert_eq!(world.apply(&step, &mut observed).await, [Change::LookAgain]);
}

#[tokio::test]
async fn terminated_is_gone_with_its_volume() {
    let (world, mut observed) = with_role(Timing::default()).await;
    world.apply(&run(&world, &observed).await, &mut observed).await;
    world.pass(15);
    let terminate = Step::TerminateInstance { id: observed.instances[0].id.clone() };
    world.apply(&terminate, &mut observed).await;
    assert_eq!(world.look().await.instances[0].state, InstanceState::ShuttingDown);
    world.pass(60);
    let seen = world.look().await;
    assert!(seen.instances.is_empty() && seen.volumes.is_empty() && seen.occupants.is_empty());
    world.apply(&terminate, &mut observed).await;
    let unknown = Step::TerminateInstance { id: "i-0123456789abcdef0".into() };
    assert_eq!(world.apply(&unknown, &mut observed).await, [Change::LookAgain]);
}

#[tokio::test]
async fn a_volume_is_deleted_when_nothing_holds_it() {
    let (world, mut observed) = with_role(Timing::default()).await;
    world.apply(&run(&world, &observed).await, &mut observed).await;
    world.pass(15);
    let held = world.look().await.volumes[0].id.clone();
    assert_eq!(world.refused(&Step::DeleteVolume { id: held }).await.kind, FailureKind::NotYet);
    let gone = Step::DeleteVolume { id: "vol-0123456789abcdef0".into() };
    assert_eq!(world.apply(&gone, &mut observed).await, [Change::LookAgain]);
}
