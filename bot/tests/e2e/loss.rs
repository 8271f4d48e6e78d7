//! The process dies, the store is lost: what was opened is closed all the same.

use crate::stage::{Stage, text};

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_window_is_closed_as_soon_as_the_bot_is_back() {
    let mut stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.kill_bot().await;
    stage.later(120);
    assert_eq!(stage.billing(), ["elastic-ip associated", "nat-gateway available"]);
    stage.start_bot().await;
    let closed = text(&stage.reads(&reply.id, "nothing of it is left").await);
    assert!(closed.contains("**Late:**"), "lateness is on the receipt: {closed}");
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_found_only_by_its_tags_is_adopted_and_closed_on_time() {
    let mut stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 1h").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.kill_bot().await;
    std::fs::remove_file(stage.store()).expect("the store was there");
    stage.start_bot().await;
    let told = stage.posted("[Close now]").await;
    assert_ne!(told.id, "", "{}", text(&told));
    stage.nothing_left().await;
    let end = stage.until_of(&reply);
    assert!(stage.world.clock.now() >= end, "not before its time");
    stage.posted("nothing of it is left").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_may_die_at_any_time_while_opening() {
    for after in ["AllocateAddress", "CreateNatGateway", "CreateRoute"] {
        let mut stage = Stage::set().await;
        let reply = stage.says("operator", "/nat open 30m").await;
        stage
            .see(&format!("{after} made"), |stage| {
                stage.world.aws.calls().iter().any(|call| call.operation == after).then_some(())
            })
            .await;
        stage.kill_bot().await;
        stage.start_bot().await;
        stage.reads(&reply.id, "nothing of it is left").await;
        stage.nothing_left().await;
        stage.assert_only_one_ever();
        stage.finish().await;
    }
}
