//! Images and types, and what is said when they cannot be had.

use doorman_cloud::catalog::{Architecture, NoOffer, Offer};

use crate::world::World;

const ZONES: [&str; 2] = ["ap-northeast-2a", "ap-northeast-2b"];

async fn ask(world: &World, image: &str, instance_type: &str) -> Result<Offer, NoOffer> {
    let zones = ZONES.map(str::to_owned);
    world.aws.offer(image, instance_type, &zones).await.expect("an answer")
}

#[tokio::test]
async fn each_known_image_is_had_for_both_architectures() {
    let world = World::start().await;
    for image in ["ubuntu-24.04", "ubuntu-22.04", "ubuntu-20.04"] {
        let intel = ask(&world, image, "t3.micro").await.expect("an offer");
        let arm = ask(&world, image, "t4g.micro").await.expect("an offer");
        assert_eq!((intel.architecture, intel.vcpus), (Architecture::X86_64, 2));
        assert_eq!((arm.architecture, arm.vcpus), (Architecture::Arm64, 2));
        assert_ne!(intel.image, arm.image);
        // By its id it is the same image, and fits only its own architecture.
        assert_eq!(ask(&world, intel.image.as_str(), "t3.micro").await, Ok(intel.clone()));
        assert_eq!(
            ask(&world, intel.image.as_str(), "t4g.micro").await,
            Err(NoOffer::Mismatch {
                image: intel.image.to_string(),
                image_is: Architecture::X86_64,
                instance_type: "t4g.micro".to_owned(),
                type_is: Architecture::Arm64,
            })
        );
    }
}

#[tokio::test]
async fn a_type_that_a_zone_lacks_comes_with_one_that_it_has() {
    let world = World::start().await;
    assert_eq!(
        ask(&world, "ubuntu-24.04", "t2.micro").await,
        Err(NoOffer::NotInZone {
            instance_type: "t2.micro".to_owned(),
            zones: vec!["ap-northeast-2b".to_owned()],
            instead: Some("t3.micro".to_owned()),
        })
    );
    let only_a = ["ap-northeast-2a".to_owned()];
    assert!(world.aws.offer("ubuntu-24.04", "t2.micro", &only_a).await.expect("an answer").is_ok());
}

#[tokio::test]
async fn a_misspelt_type_comes_with_the_nearest() {
    let world = World::start().await;
    for (written, nearest) in
        [("t3.mirco", Some("t3.micro")), ("T4g.micro", Some("t4g.micro")), ("banana", None)]
    {
        assert_eq!(
            ask(&world, "ubuntu-24.04", written).await,
            Err(NoOffer::UnknownType {
                instance_type: written.to_owned(),
                nearest: nearest.map(str::to_owned),
            })
        );
    }
    // A wildcard is not a type.
    assert!(matches!(ask(&world, "ubuntu-24.04", "t3.*").await, Err(NoOffer::UnknownType { .. })));
}

#[tokio::test]
async fn an_unknown_image_is_said_to_be_unknown() {
    let world = World::start().await;
    for image in ["ami-0123456789abcdef0", "ami-", "debian-12"] {
        let image = image.to_owned();
        assert_eq!(ask(&world, &image, "t3.micro").await, Err(NoOffer::UnknownImage { image }));
    }
}

#[tokio::test]
async fn an_offer_is_one_round_of_calls() {
    let world = World::start().await;
    world.sandbox.set_latency(std::time::Duration::from_millis(100));
    ask(&world, "ubuntu-24.04", "t3.micro").await.expect("an offer");
    let calls = world.sandbox.calls();
    let last_start = calls.iter().map(|call| call.started).max().expect("calls");
    let first_finish = calls.iter().map(|call| call.finished).min().expect("calls");
    assert_eq!(calls.len(), 3);
    assert!(last_start < first_finish, "{calls:#?}");
}
