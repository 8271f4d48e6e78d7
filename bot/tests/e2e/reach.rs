//! What reaches the internet: said of the subnets in which the window's route table holds, and of no others.

use doorman_stage::{Promise, Stage, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_subnet_without_the_route_table_is_not_said_to_reach_anything() {
    let stage = Stage::set().await;
    // The main table holds there now, which leads nowhere.
    stage.world.aws.by_hand().disassociate("my-subnet-private02").expect("it is there");

    let reply = stage.says("operator", "/nat open 1h").await;
    let told = text(&stage.reads(&reply.id, "The NAT window is open").await);
    assert!(told.contains("`my-subnet-private01` reach the internet on ports 80, 443"), "{told}");
    assert!(told.contains("`my-route-private` is not associated with `my-subnet-private02`"), "{told}");
    assert!(!told.contains("The private subnets reach the internet"), "{told}");
    stage.finish_except(&[(Promise::NobodyElsesChanged, "people change the route table")]).await;
}
