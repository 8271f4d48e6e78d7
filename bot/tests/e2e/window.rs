//! `/nat open`, `extend`, `close`: the window from the first word to the receipt.

use crate::stage::{Stage, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_window_opens_warns_and_closes_by_itself() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open duration:30m").await;
    println!("{}\n", text(&reply));
    let open = stage.reads(&reply.id, "[Close now]").await;
    println!("{}\n", text(&open));
    assert_eq!(stage.billing(), ["elastic-ip associated", "nat-gateway available"]);
    let closed = stage.reads(&reply.id, "eceipt").await;
    println!("{}\n", text(&closed));
    stage.nothing_left().await;
    println!("{}", stage.channel());
    stage.finish().await;
}
