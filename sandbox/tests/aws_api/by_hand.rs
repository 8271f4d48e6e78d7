//! What people do meanwhile.

use doorman_sandbox::aws::Target;
use serde_json::json;

use crate::client::{Lab, tagged, with};

#[tokio::test]
async fn a_person_can_do_what_the_console_can() {
    let lab = Lab::instant().await;
    let hands = lab.aws.by_hand();
    let (gateway, address) = hands.create_nat_gateway("theirs", "my-subnet-public01").unwrap();
    hands.create_route("my-route-private", "0.0.0.0/0", Target::NatGateway(gateway.clone())).unwrap();
    let again = hands.create_route("my-route-private", "0.0.0.0/0", Target::NatGateway(gateway.clone()));
    assert_eq!(again.unwrap_err().code, "RouteAlreadyExists");
    hands.delete_route("my-route-private", "0.0.0.0/0").unwrap();
    hands.delete_nat_gateway(&gateway).unwrap();
    assert_eq!(lab.gateway_state(&gateway).await, "deleted");
    hands.release_address(&address).unwrap();
    assert_eq!(hands.release_address(&address).unwrap_err().code, "InvalidAllocationID.NotFound");

    let id = hands.run_foreign_instance("theirs", "my-subnet-private01", "10.20.10.31").unwrap();
    let item = lab.aws.inventory().into_iter().find(|item| item.id == id).unwrap();
    assert!(!item.managed);
    assert_eq!(item.name.as_deref(), Some("theirs"));
    let taken = hands.run_foreign_instance("theirs", "my-subnet-private01", "10.20.10.31");
    assert_eq!(taken.unwrap_err().code, "InvalidIPAddress.InUse");
    let all = lab.aws.inventory();
    assert!(all.iter().any(|item| item.id == id && item.state == "running"));
    hands.stop_instance(&id).unwrap();
    assert!(lab.aws.inventory().iter().any(|item| item.id == id && item.state == "stopped"));
    hands.start_instance(&id).unwrap();
    hands.terminate_instance(&id).unwrap();
    assert!(lab.aws.calls().iter().all(|call| call.operation.starts_with("Describe")), "hands leave no log");
}

#[tokio::test]
async fn the_network_can_be_renamed_and_taken_apart() {
    let lab = Lab::instant().await;
    let hands = lab.aws.by_hand();
    assert_eq!(hands.rename("My-Vpc", "x").unwrap_err().code, "NoSuchName");
    hands.rename("My-VPC", "Other-VPC").unwrap();
    hands.rename("my-SG-public", "other").unwrap();
    let id = hands.run_foreign_instance("theirs", "my-subnet-private01", "10.20.10.31").unwrap();
    assert_eq!(hands.delete_subnet("my-subnet-private01").unwrap_err().code, "DependencyViolation");
    assert_eq!(hands.delete_vpc("Other-VPC").unwrap_err().code, "DependencyViolation");
    hands.terminate_instance(&id).unwrap();
    lab.ec2("DescribeInstances", &[]).await.ok();
    hands.delete_subnet("my-subnet-private01").unwrap();
    hands.delete_route_table("my-route-private").unwrap();
    hands.delete_security_group("my-SG-private-service").unwrap();
    let kinds = |kind| lab.aws.inventory().into_iter().filter(|item| item.kind == kind).count();
    assert_eq!((kinds("subnet"), kinds("route-table"), kinds("security-group")), (5, 2, 3));
    hands.delete_vpc("Other-VPC").unwrap();
    let left: Vec<_> = lab.aws.inventory().into_iter().map(|item| item.kind).collect();
    assert_eq!(left, ["internet-gateway", "instance"], "the terminated instance is shown for an hour");
}

#[tokio::test]
async fn the_net_can_be_taken_away() {
    let lab = Lab::new().await;
    crate::backstop::make_role(&lab);
    let schedule = crate::backstop::schedule(&json!({ "DocumentName": "doorman-close" }));
    lab.scheduler("POST", "/schedules/doorman-1", Some(schedule)).await.ok();
    let hands = lab.aws.by_hand();
    let named = json!({ "Name": "doorman-1" });
    assert_eq!(hands.scheduler("GetSchedule", &named).unwrap()["State"], "ENABLED");
    hands.scheduler("DeleteSchedule", &named).unwrap();
    assert_eq!(hands.scheduler("GetSchedule", &named).unwrap_err().code, "ResourceNotFoundException");
    assert_eq!(hands.ssm("DeleteDocument", &named).unwrap_err().code, "InvalidDocument");
    assert_eq!(hands.ssm("DeleteEverything", &named).unwrap_err().code, "NoSuchName");
}

#[tokio::test]
async fn rules_and_endpoints_can_go_and_spot_can_be_taken_back() {
    let lab = Lab::instant().await;
    let hands = lab.aws.by_hand();
    let rule = lab.aws.inventory().into_iter().find(|item| item.kind == "security-group-rule").unwrap();
    hands.delete_security_group_rule(&rule.id).unwrap();
    assert_eq!(hands.delete_security_group_rule(&rule.id).unwrap_err().code, "NoSuchName");
    assert_eq!(hands.delete_vpc_endpoint("vpce-0").unwrap_err().code, "InvalidVpcEndpointId.NotFound");

    let subnet = lab.subnet("my-subnet-private01").await;
    let image = crate::pair::image(&lab, crate::pair::PARAMETER).await;
    let launch = [
        ("ImageId", image.as_str()),
        ("InstanceType", "t3.micro"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("SubnetId", subnet.as_str()),
        ("InstanceMarketOptions.MarketType", "spot"),
    ];
    let id = lab.ec2("RunInstances", &with(&launch, &tagged("instance", "s"))).await.ok().first("instanceId");
    lab.ec2("DescribeInstances", &[]).await.ok();
    hands.interrupt_spot(&id).unwrap();
    let shown = lab.ec2("DescribeInstances", &[("InstanceId.1", &id)]).await.ok();
    assert!(shown.body.contains("Server.SpotInstanceTermination"), "{}", shown.body);
}
