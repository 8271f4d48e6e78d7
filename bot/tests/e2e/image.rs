//! Images of other people than Canonical: the root volume is the one that the image is booted from.

use doorman_stage::{Stage, text};

const PAIR_READY: &str = "The service pair is ready";
/// As Amazon Linux has it, with another root device than Ubuntu.
const AMAZON_LINUX: &str = "ami-0a1b2c3d4e5f60718";

/// Launches from an image whose root device is `/dev/xvda`, with a snapshot of that size; returns sizes of the volumes.
async fn volumes_of(stage: &Stage, snapshot_gib: u32) -> Vec<String> {
    let published = stage.world.aws.by_hand().publish_image(AMAZON_LINUX, "/dev/xvda", snapshot_gib);
    published.expect("it is there");
    let card = stage.says("operator", &format!("/launch service image:{AMAZON_LINUX}")).await;
    let size = format!("{} GiB", snapshot_gib.max(30));
    assert!(text(&card).contains(&size), "{size} in {}", text(&card));
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, PAIR_READY).await;
    let volumes = stage.ours().into_iter().filter(|item| item.kind == "volume");
    volumes.map(|item| item.detail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_has_one_volume_whatever_its_root_device_is_called() {
    let stage = Stage::set().await;
    let volumes = volumes_of(&stage, 8).await;
    assert!(volumes.len() == 2 && volumes.iter().all(|detail| detail.contains("30")), "{volumes:?}");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_volume_is_never_smaller_than_the_snapshot_it_is_made_of() {
    let stage = Stage::set().await;
    // The policies let volumes be as large as the settings say.
    let mut larger = stage.settings.clone();
    larger.stack.service.volume.size_gib = 40;
    stage.world.grant(&larger).expect("policies");
    let volumes = volumes_of(&stage, 40).await;
    assert!(volumes.len() == 2 && volumes.iter().all(|detail| detail.contains("40")), "{volumes:?}");
    stage.finish().await;
}
