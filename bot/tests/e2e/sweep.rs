//! How often AWS is looked at while nothing is there, and that what turns up is found all the same.

use std::time::Duration;

use doorman_stage::{Stage, Time};

const MINUTE: Duration = Duration::from_secs(60);

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

fn count(stage: &Stage, operation: &str) -> usize {
    stage.world.aws.calls().iter().filter(|call| call.operation == operation).count()
}

#[tokio::test(start_paused = true)]
async fn while_nothing_is_there_only_what_bills_is_looked_for_each_minute() {
    let stage = Stage::builder().time(Time::Jumping).patience(PATIENCE).set().await;
    // A whole look, and what followed from it.
    tokio::time::sleep(15 * MINUTE).await;
    stage.world.aws.clear_calls();
    tokio::time::sleep(60 * MINUTE).await;
    let bills = ["Instances", "Volumes", "NatGateways", "Addresses", "VpcEndpoints"];
    for what in bills {
        let count = count(&stage, &format!("Describe{what}"));
        assert!((55..=65).contains(&count), "{what}: {count}");
    }
    let rest = ["DescribeRouteTables", "DescribeSecurityGroupRules", "ListSchedules", "GetCallerIdentity"];
    for what in rest {
        let count = count(&stage, what);
        assert!((5..=7).contains(&count), "{what}: {count}");
    }
    // A pair that nobody here knows of is there within a minute or two.
    let hands = stage.world.aws.by_hand();
    let id =
        hands.run_foreign_instance("my-service-01", "my-subnet-private01", "10.20.10.5").expect("it runs");
    for (key, value) in [
        ("doorman:stack", "main"),
        ("doorman:lease", "01k0000000000000000000000a"),
        ("doorman:kind", "pair"),
        ("doorman:expires-at", "never"),
        ("ManagedBy", "doorman"),
    ] {
        let tag = [("ResourceId.1", id.as_str()), ("Tag.1.Key", key), ("Tag.1.Value", value)];
        hands.ec2("CreateTags", &tag).expect("it is there");
    }
    let began = tokio::time::Instant::now();
    stage.posted("my-service-01").await;
    let took = began.elapsed();
    assert!(took < 3 * MINUTE, "{took:?}");
    stage.finish().await;
}
