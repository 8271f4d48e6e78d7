//! `/shell open`, `/shell extend`, `/shell close`, where shell access has windows of its own.

use doorman_config::ShellMode;
use doorman_stage::{Stage, text};

const READY: &str = "The shell window is open";

async fn set() -> Stage {
    Stage::set_with(|settings| settings.stack.shell.mode = ShellMode::Window).await
}

/// Asks for a shell window and confirms; the message that tells of it.
async fn opened(stage: &Stage, line: &str) -> String {
    let card = stage.says("operator", line).await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, READY).await;
    card.id
}

async fn with_a_pair() -> Stage {
    let stage = set().await;
    let card = stage.says("operator", "/launch service").await;
    assert!(text(&card).contains("Shell access is no part of it"), "{}", text(&card));
    stage.presses("operator", &card.id, "Confirm").await;
    let ready = text(&stage.reads(&card.id, "The service pair is ready").await);
    assert!(ready.contains("shell closed") && ready.contains("`/shell open` opens it"), "{ready}");
    stage
}

/// The endpoints that bill.
fn endpoints(stage: &Stage) -> usize {
    stage.billing().iter().filter(|item| item.starts_with("vpc-endpoint")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_without_endpoints_is_reached_while_a_shell_window_is_open() {
    let stage = with_a_pair().await;
    assert_eq!(endpoints(&stage), 0, "{:?}", stage.billing());
    let told = text(&stage.says("operator", "/session start instance:my-service-01").await);
    assert!(told.contains("not ready") && told.contains("`/shell open` opens it for a while"), "{told}");

    let card = stage.says("operator", "/shell open 30m").await;
    let asked = text(&card);
    for words in ["Open a shell window for 30m? $0.078/h", "3 interface endpoints", "[Confirm] [Cancel]"] {
        assert!(asked.contains(words), "{words} in {asked}");
    }
    assert_eq!(endpoints(&stage), 0, "a card makes nothing");
    stage.presses("operator", &card.id, "Confirm").await;
    let open = text(&stage.reads(&card.id, "shell ready").await);
    for words in
        [READY, "Open until", "Get in with `/session start`", "Safety net", "[Extend 30m] [Close now]"]
    {
        assert!(open.contains(words), "{words} in {open}");
    }
    assert_eq!(endpoints(&stage), 3);
    let told = text(&stage.says("operator", "/session start instance:my-service-01").await);
    assert!(told.contains("my-service-01 is ready for a session"), "{told}");
    let status = text(&stage.says("operator", "/status").await);
    assert!(status.contains("Shell open until") && status.contains("💻 Shell window open until"), "{status}");

    stage.says("operator", "/shell close").await;
    let receipt = text(&stage.reads(&card.id, "Shell window closed, nothing of it is left").await);
    assert!(receipt.contains("Interface endpoint") && receipt.contains("Nothing keeps billing"), "{receipt}");
    assert_eq!(endpoints(&stage), 0);
    assert_eq!(stage.instances().len(), 2, "the pair stays");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_window_warns_and_closes_by_itself() {
    let stage = set().await;
    let message = opened(&stage, "/shell open 20m").await;
    let open = text(&stage.reads(&message, READY).await);
    assert!(open.contains("The service pair is not launched, so there is nobody to reach"), "{open}");
    let warning = text(&stage.posted("⏰ The shell window closes in").await);
    assert!(warning.contains("Whoever still needs a shell"), "{warning}");
    let receipt = text(&stage.reads(&message, "Shell window closed").await);
    assert!(receipt.contains("Closed because its time was over"), "{receipt}");
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn extending_moves_the_end_and_the_backstop_with_it() {
    let stage = set().await;
    let message = opened(&stage, "/shell open 10m").await;
    let before = stage.until(&message);
    let told = text(&stage.says("operator", "/shell extend 20m").await);
    assert!(told.contains("extended the shell window"), "{told}");
    stage.see("a later end", |stage| (stage.until(&message) > before).then_some(())).await;
    stage
        .see("one schedule, for the new end", |stage| {
            let schedules: Vec<_> = stage.ours().into_iter().filter(|item| item.kind == "schedule").collect();
            (schedules.len() == 1).then_some(())
        })
        .await;
    stage.presses("operator", &message, "Close now").await;
    stage.reads(&message, "Shell window closed").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_missing_is_told_and_repaired_when_asked() {
    let stage = set().await;
    let message = opened(&stage, "/shell open 1h").await;
    let endpoint = stage.ours().into_iter().find(|item| item.kind == "vpc-endpoint").expect("one").id;
    stage.world.aws.by_hand().delete_vpc_endpoint(&endpoint).expect("it is there");
    let broken = text(&stage.reads(&message, "The shell window is damaged").await);
    assert!(broken.contains("sessions may not start"), "{broken}");
    stage.presses("operator", &message, "Repair").await;
    stage.reads(&message, READY).await;
    assert_eq!(endpoints(&stage), 3);
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_on_the_internet_beside_it_comes_and_goes() {
    let stage = set().await;
    let shell = opened(&stage, "/shell open 2h").await;
    let nat = stage.says("operator", "/nat open 10m").await;
    stage.reads(&nat.id, "The NAT window is open").await;
    stage.reads(&nat.id, "NAT window closed, nothing of it is left").await;
    let open = text(&stage.reads(&shell, READY).await);
    assert!(!open.contains("damaged"), "{open}");
    stage.presses("operator", &shell, "Close now").await;
    stage.reads(&shell, "Shell window closed, nothing of it is left").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_shell_access_is_always_there_the_command_says_so() {
    let stage = Stage::set().await;
    let told = stage.says("operator", "/shell open 30m").await;
    assert_eq!(told.private_to.as_deref(), Some("operator"));
    assert!(text(&told).starts_with("Shell access is always there here"), "{}", text(&told));
    assert!(stage.ours().is_empty());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_window_found_without_its_store_goes_on_and_ends() {
    let mut stage = set().await;
    let message = opened(&stage, "/shell open 20m").await;
    stage.kill_bot().await;
    stage.lose_store();
    stage.start_bot().await;
    stage.reads(&message, "Shell window closed, nothing of it is left").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_closes_a_shell_window_whose_bot_is_gone() {
    let mut stage = set().await;
    let message = opened(&stage, "/shell open 10m").await;
    stage.kill_bot().await;
    stage
        .see("neither an endpoint nor a rule left", |stage| {
            let left = stage.ours().into_iter().filter(|item| item.kind != "schedule").count();
            (left == 0).then_some(())
        })
        .await;
    // The bot that comes back has nothing to remove, and says how it ended.
    stage.world.aws.clear_calls();
    stage.start_bot().await;
    let receipt = text(&stage.reads(&message, "Shell window closed, nothing of it is left").await);
    assert!(receipt.contains("Closed because its time was over"), "{receipt}");
    assert!(!stage.world.aws.calls().iter().any(|call| call.operation == "DeleteVpcEndpoints"));
    stage.finish().await;
}
