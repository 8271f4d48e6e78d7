//! What stands in the way in AWS: people read one sentence with what to do, and nothing half-made is left.

use doorman_sandbox::aws::{FaultKind, FaultRule, Target};
use doorman_stage::{Promise, Stage, text};

const WINDOW_FAILED: &str = "The NAT window could not be opened, nothing of it is left";
const PAIR_FAILED: &str = "The service pair could not be launched, nothing of it is left";

/// Opens a window that cannot be, and checks what is said and what is left.
async fn window_fails(stage: Stage, words: &str) {
    window_fails_where(stage, words, &[]).await;
}

/// The same where something stands in the way that the test breaks these promises for.
async fn window_fails_where(stage: Stage, words: &str, except: &[(Promise, &str)]) {
    let reply = stage.says("operator", "/nat open 30m").await;
    let failed = text(&stage.reads(&reply.id, WINDOW_FAILED).await);
    assert!(failed.contains(words), "{failed}");
    assert_harmless(&failed);
    stage.nothing_left().await;
    stage.finish_except(except).await;
}

/// Nothing that only the log may have: ARNs, account ids, AWS's own words.
fn assert_harmless(told: &str) {
    for secret in ["arn:", "123456789012", "Refused by the test"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

/// Opens a window where something has another name.
async fn window_fails_without(name: &str, words: &str) {
    let stage = Stage::set().await;
    stage.world.aws.by_hand().rename(name, "something-else").expect("it is there");
    let renamed = [(Promise::NobodyElsesChanged, "the test renames what the window needs")];
    window_fails_where(stage, words, &renamed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_vpc() {
    window_fails_without("My-VPC", "The VPC `My-VPC` does not exist").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_subnet() {
    window_fails_without("my-subnet-public01", "The subnet `my-subnet-public01` does not exist").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_route_table() {
    window_fails_without("my-route-private", "The route table `my-route-private` does not exist").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_security_group() {
    let stage = Stage::set().await;
    // Two groups refer to each other; the one in the way goes first.
    for group in ["my-SG-private-db", "my-SG-public", "my-SG-private-service"] {
        stage.world.aws.by_hand().delete_security_group(group).expect("it is there");
    }
    let deleted = [(Promise::NobodyElsesChanged, "the test deletes the groups")];
    window_fails_where(stage, "The security group `my-SG-private-service` does not exist", &deleted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_default_route_is_never_replaced() {
    let stage = Stage::set().await;
    let igw = stage.id_of("my-igw");
    let target = Target::InternetGateway(igw.clone());
    stage.world.aws.by_hand().create_route("my-route-private", "0.0.0.0/0", target).expect("made");
    let reply = stage.says("operator", "/nat open 30m").await;
    let failed = text(&stage.reads(&reply.id, WINDOW_FAILED).await);
    assert!(failed.contains(&igw) && failed.contains("doorman never replaces it"), "{failed}");
    assert_eq!(stage.default_route(), Some(igw));
    stage.nothing_left().await;
    stage.finish_except(&[(Promise::NobodyElsesChanged, "the test makes a route")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_left() {
    let stage = Stage::set().await;
    stage.refuse("AllocateAddress", 1, 400, "AddressLimitExceeded");
    window_fails(stage, "no Elastic IP left in this region").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_gateway_left() {
    let stage = Stage::set().await;
    stage.refuse("CreateNatGateway", 1, 400, "NatGatewayLimitExceeded");
    window_fails(stage, "no more NAT gateways in this zone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_fails_later() {
    let stage = Stage::set().await;
    stage.gateway_fails(9, "Gateway.NotAttached");
    window_fails(stage, "The VPC has no internet gateway attached").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_denied() {
    let stage = Stage::set().await;
    stage.refuse("AllocateAddress", 1, 403, "UnauthorizedOperation");
    window_fails(stage, "permissions do not allow `AllocateAddress`").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_denied_halfway_leaves_no_address() {
    let stage = Stage::set().await;
    stage.refuse("CreateRoute", 1, 403, "UnauthorizedOperation");
    window_fails(stage, "permissions do not allow `CreateRoute`").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_credentials() {
    let stage = Stage::set().await;
    stage.refuse("*", 100_000, 400, "ExpiredToken");
    let reply = stage.says("operator", "/nat open 30m").await;
    let told = text(&stage.reads(&reply.id, "credentials are missing, wrong or expired").await);
    assert_harmless(&told);
    let status = text(&stage.says("viewer", "/status").await);
    assert!(status.contains("credentials are missing, wrong or expired"), "{status}");
    stage.world.aws.faults().clear();
    stage.reads(&reply.id, WINDOW_FAILED).await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_only_takes_longer() {
    let stage = Stage::set().await;
    // The SDK's own pauses between attempts are real time.
    stage.world.clock.set_rate(20.0);
    for operation in ["AllocateAddress", "CreateNatGateway", "CreateRoute", "DescribeNatGateways"] {
        stage.refuse(operation, 3, 503, "RequestLimitExceeded");
    }
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.assert_only_one_ever();
    stage.world.clock.set_rate(300.0);
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_makes_no_second_address() {
    let stage = Stage::set().await;
    for operation in ["AllocateAddress", "CreateNatGateway", "CreateRoute", "AuthorizeSecurityGroupEgress"] {
        let rule =
            FaultRule { operation: operation.to_owned(), skip: 0, times: 1, kind: FaultKind::LoseAnswer };
        stage.world.aws.faults().add(rule);
    }
    let reply = stage.says("operator", "/nat open 2h").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.assert_only_one_ever();
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_instance_on_the_fixed_address() {
    let stage = Stage::set().await;
    let by_hand = stage.world.aws.by_hand();
    let holder =
        by_hand.run_foreign_instance("somebodys", "my-subnet-private01", "10.20.10.31").expect("runs");
    let reply = text(&stage.says("operator", "/launch service").await);
    assert!(reply.contains("my-service-01 should have the address 10.20.10.31"), "{reply}");
    assert!(reply.contains(&holder) && !reply.contains("[Confirm]"), "{reply}");
    assert!(stage.ours().is_empty());
    stage.finish_except(&[(Promise::NobodyElsesChanged, "the test runs an instance")]).await;
}

/// Confirms a launch that cannot be, and checks what is said and what is left.
async fn launch_fails(stage: Stage, words: &str) {
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    let failed = text(&stage.reads(&card.id, PAIR_FAILED).await);
    assert!(failed.contains(words), "{failed}");
    assert_harmless(&failed);
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_vcpus_left() {
    let stage = Stage::set().await;
    stage.refuse("RunInstances", 9, 400, "VcpuLimitExceeded");
    launch_fails(stage, "may run no more vCPUs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_capacity_for_the_second_instance() {
    let stage = Stage::set().await;
    let kind = FaultKind::Refuse {
        status: 500,
        code: "InsufficientInstanceCapacity".to_owned(),
        message: "Refused by the test".to_owned(),
    };
    stage.world.aws.faults().add(FaultRule {
        operation: "RunInstances".to_owned(),
        skip: 1,
        times: 99,
        kind,
    });
    launch_fails(stage, "AWS has no room for my-service-0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_launch_could_not_look_at_is_said_and_a_button_asks_again() {
    let stage = Stage::set().await;
    stage.refuse("DescribeSubnets", 100_000, 503, "Unavailable");
    let card = stage.says("operator", "/launch service type:t3.small").await;
    let told = text(&card);
    assert!(told.contains("`DescribeSubnets` brought no answer: AWS cannot be reached"), "{told}");
    assert!(told.contains("Nothing was made.") && !told.contains("Confirm"), "{told}");
    assert_harmless(&told);
    stage.world.aws.faults().clear();
    stage.refuse("DescribeInstanceTypes", 100_000, 503, "Unavailable");
    stage.presses("operator", &card.id, "Try again").await;
    stage.reads(&card.id, "`DescribeInstanceTypes` brought no answer").await;
    stage.world.aws.faults().clear();
    stage.presses("operator", &card.id, "Try again").await;
    let asked = text(&stage.reads(&card.id, "Confirm").await);
    assert!(asked.contains("Will be made:** 2 instances, `t3.small`"), "{asked}");
    stage.presses("operator", &card.id, "Cancel").await;
    stage.reads(&card.id, "Nothing was launched").await;
    stage.finish().await;
}
