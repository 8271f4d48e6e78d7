//! Interface endpoints that people made: used if they let the instances in, and named if they do not.

use doorman_stage::{Promise, Stage, text};

const PAIR_READY: &str = "The service pair is ready";
const THEIRS: [(Promise, &str); 1] =
    [(Promise::NobodyElsesChanged, "people make an endpoint and change their group")];

/// People have an endpoint for Systems Manager in both private subnets, in the group of the databases.
fn endpoint_of_others(stage: &Stage) -> String {
    let ids = ["My-VPC", "my-subnet-private01", "my-subnet-private02", "my-SG-private-db"];
    let [vpc, first, second, group] = ids.map(|name| stage.id_of(name));
    let region = "com.amazonaws.ap-northeast-2.ssm";
    let made = stage.world.aws.by_hand().ec2(
        "CreateVpcEndpoint",
        &[
            ("VpcEndpointType", "Interface"),
            ("VpcId", &vpc),
            ("ServiceName", region),
            ("SubnetId.1", &first),
            ("SubnetId.2", &second),
            ("SecurityGroupId.1", &group),
            ("PrivateDnsEnabled", "true"),
        ],
    );
    let made = made.expect("it is made");
    let id = made.split_once("<vpcEndpointId>").and_then(|(_, rest)| rest.split_once('<'));
    id.expect("an id").0.to_owned()
}

/// Lets the group of the databases take port 443 from the whole VPC, or no more.
fn group_lets_in(stage: &Stage, lets: bool) {
    let operation = if lets { "AuthorizeSecurityGroupIngress" } else { "RevokeSecurityGroupIngress" };
    let done = stage.world.aws.by_hand().ec2(
        operation,
        &[
            ("GroupId", &stage.id_of("my-SG-private-db")),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "443"),
            ("IpPermissions.1.ToPort", "443"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "10.20.0.0/16"),
        ],
    );
    done.expect("it is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_lets_nobody_in_is_named_before_anything_is_made() {
    let stage = Stage::set().await;
    let id = endpoint_of_others(&stage);
    let card = text(&stage.says("operator", "/launch service").await);
    for words in [id.as_str(), "which doorman did not make", "allows port 443", "let that group take TCP 443"]
    {
        assert!(card.contains(words), "{words} in {card}");
    }
    assert!(!card.contains("[Confirm]") && stage.ours().is_empty(), "{card}");

    group_lets_in(&stage, true);
    // EC2 shows a change a moment later.
    stage.later(1);
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, PAIR_READY).await;
    stage.finish_except(&THEIRS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_lets_nobody_in_any_more_is_why_there_is_no_session() {
    let stage = Stage::set().await;
    let id = endpoint_of_others(&stage);
    group_lets_in(&stage, true);
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, PAIR_READY).await;
    let ready = text(&stage.says("operator", "/session start instance:my-service-01").await);
    assert!(ready.contains("my-service-01 is ready for a session"), "{ready}");

    group_lets_in(&stage, false);
    let told = text(&stage.says("operator", "/session start instance:my-service-01").await);
    assert!(told.contains(&format!("❌ The interface endpoint `{id}`")), "{told}");
    assert!(!told.contains("✅ `my-SG-private-service` lets port 443 through"), "{told}");
    assert!(
        told.contains("let that group take TCP 443") && !told.contains("is ready for a session"),
        "{told}"
    );
    let living = text(&stage.reads(&card.id, &id).await);
    assert!(living.contains("needs attention"), "{living}");
    let calls = stage.world.aws.calls();
    assert!(!calls.iter().any(|call| call.operation == "RebootInstances"), "a reboot mends no group");
    stage.finish_except(&THEIRS).await;
}
