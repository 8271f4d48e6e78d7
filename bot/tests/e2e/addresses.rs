//! The fixed addresses of the instances: whatever chance does, nothing that doorman makes beside them takes one.

use std::net::Ipv4Addr;

use doorman_config::ShellMode;
use doorman_stage::{Stage, text};

const PAIR_READY: &str = "The service pair is ready";
const WINDOW_OPEN: &str = "The NAT window is open";

/// A stage on which the first instance should have that address, and chance chooses it for whatever may have any.
async fn with_the_first_at(
    address: Ipv4Addr,
    change: impl FnOnce(&mut doorman_config::Settings) + Send,
) -> Stage {
    let stage = Stage::set_with(|settings| {
        settings.stack.service.instances[0].private_ip = address;
        change(settings);
    })
    .await;
    stage.world.aws.by_hand().chance(address).expect("it is said");
    stage
}

async fn is_launched(stage: &Stage) {
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, PAIR_READY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_made_first_leave_the_address_of_an_instance_alone() {
    let stage = with_the_first_at(Ipv4Addr::new(10, 20, 10, 5), |_| {}).await;
    is_launched(&stage).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_of_a_shell_window_opened_before_the_launch_do_too() {
    let window = |settings: &mut doorman_config::Settings| settings.stack.shell.mode = ShellMode::Window;
    let stage = with_the_first_at(Ipv4Addr::new(10, 20, 10, 254), window).await;
    let reply = stage.says("operator", "/shell open 1h").await;
    // There is nobody to reach yet.
    stage.presses("operator", &reply.id, "Confirm").await;
    stage.reads(&reply.id, "The shell window is open").await;
    is_launched(&stage).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_in_the_subnet_of_an_instance_does_too() {
    let public = |settings: &mut doorman_config::Settings| {
        settings.stack.service.instances[0].subnet = settings.stack.nat.subnet.clone();
    };
    let stage = with_the_first_at(Ipv4Addr::new(10, 20, 110, 7), public).await;
    let reply = stage.says("operator", "/nat open 1h").await;
    stage.reads(&reply.id, WINDOW_OPEN).await;
    let card = stage.says("operator", "/launch service").await;
    assert!(!text(&card).contains("holds it"), "{}", text(&card));
    stage.presses("operator", &card.id, "Confirm").await;
    // An agent in a public subnet reaches nothing without a public address: the instances run.
    stage.see("two instances", |stage| (stage.instances().len() == 2).then_some(())).await;
    stage.finish().await;
}
