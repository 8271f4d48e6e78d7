//! Shell access: endpoints, and what it takes for an instance to appear in Systems Manager.

use serde_json::json;

use crate::client::{Lab, Reply, tagged, with};
use crate::iam::{CORE, ROLE, make_profile};
use crate::pair::run;

async fn endpoint(lab: &Lab, service: &str, changes: &[(&str, &str)]) -> Reply {
    let (vpc, group) = (lab.vpc().await, lab.group("my-SG-private-service").await);
    let subnets = [lab.subnet("my-subnet-private01").await, lab.subnet("my-subnet-private02").await];
    let name = format!("com.amazonaws.ap-northeast-2.{service}");
    let mut parameters = vec![
        ("VpcId", vpc.as_str()),
        ("VpcEndpointType", "Interface"),
        ("ServiceName", name.as_str()),
        ("SubnetId.1", subnets[0].as_str()),
        ("SubnetId.2", subnets[1].as_str()),
        ("SecurityGroupId.1", group.as_str()),
        ("PrivateDnsEnabled", "true"),
    ];
    parameters.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let tags = tagged("vpc-endpoint", service);
    lab.ec2("CreateVpcEndpoint", &with(&with(&parameters, &tags), changes)).await
}

/// Lets 443 through between the members of the service group, one way or the other.
async fn allow(lab: &Lab, action: &str) {
    let group = lab.group("my-SG-private-service").await;
    let rule = [
        ("GroupId", group.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "443"),
        ("IpPermissions.1.ToPort", "443"),
        ("IpPermissions.1.Groups.1.GroupId", group.as_str()),
    ];
    lab.ec2(action, &rule).await.ok();
}

async fn launch(lab: &Lab) -> String {
    let profile = [("IamInstanceProfile.Name", ROLE)];
    run(lab, "my-subnet-private01", "10.20.10.31", &profile).await.ok().first("instanceId")
}

/// The ping status of an instance, when Systems Manager knows it.
async fn ping(lab: &Lab, id: &str) -> Option<String> {
    let input = json!({ "Filters": [{ "Key": "InstanceIds", "Values": [id] }] });
    let reply = lab.json("ssm", "AmazonSSM.DescribeInstanceInformation", input).await.ok().value();
    reply["InstanceInformationList"][0]["PingStatus"].as_str().map(str::to_owned)
}

/// Role, endpoints and rules, all in place before the instance.
async fn everything(lab: &Lab) {
    make_profile(lab).await;
    endpoint(lab, "ssm", &[]).await.ok();
    endpoint(lab, "ssmmessages", &[]).await.ok();
    allow(lab, "AuthorizeSecurityGroupIngress").await;
    allow(lab, "AuthorizeSecurityGroupEgress").await;
    lab.pass_secs(75);
}

#[tokio::test]
async fn an_endpoint_has_the_addresses_that_were_asked_for_and_those_that_chance_chooses() {
    let lab = Lab::new().await;
    let subnet = lab.subnet("my-subnet-private01").await;
    let place = |address| {
        [("SubnetConfiguration.1.SubnetId", subnet.as_str()), ("SubnetConfiguration.1.Ipv4", address)]
    };
    lab.aws.by_hand().chance("10.20.20.7".parse().unwrap()).unwrap();
    endpoint(&lab, "ssm", &place("10.20.10.9")).await.ok();
    let addresses = lab.ec2("DescribeNetworkInterfaces", &[]).await.ok().all("privateIpAddress");
    assert!(addresses.iter().any(|address| address == "10.20.10.9"), "{addresses:?}");
    assert!(addresses.iter().any(|address| address == "10.20.20.7"), "{addresses:?}");
    let again = endpoint(&lab, "ssmmessages", &place("10.20.10.9")).await;
    assert_eq!(again.code(), "InvalidIPAddress.InUse");
    assert_eq!(endpoint(&lab, "ssmmessages", &place("10.20.20.9")).await.code(), "InvalidParameterValue");
}

const ONLINE: Option<&str> = Some("Online");

#[tokio::test]
async fn with_everything_in_place_an_instance_registers_soon_after_boot() {
    let lab = Lab::new().await;
    everything(&lab).await;
    let id = launch(&lab).await;
    lab.pass_secs(12 + 39);
    assert_eq!(ping(&lab, &id).await, None);
    lab.pass_secs(1);
    assert_eq!(ping(&lab, &id).await.as_deref(), ONLINE);
    // Its connection is lost some minutes after the endpoints are.
    let ids = lab.ec2("DescribeVpcEndpoints", &[]).await.ok().all("vpcEndpointId");
    lab.ec2("DeleteVpcEndpoints", &[("VpcEndpointId.1", &ids[0])]).await.ok();
    lab.pass_secs(60);
    assert_eq!(ping(&lab, &id).await.as_deref(), ONLINE);
    lab.pass_secs(600);
    assert_eq!(ping(&lab, &id).await.as_deref(), Some("ConnectionLost"));
    lab.ec2("StopInstances", &[("InstanceId.1", &id)]).await.ok();
    assert_eq!(ping(&lab, &id).await, None, "neither stopped nor terminated ones are shown");
}

#[tokio::test]
async fn every_missing_piece_keeps_an_instance_out() {
    for missing in
        ["policy", "ssm", "ssmmessages", "ingress", "egress", "private dns", "dns hostnames", "ec2messages"]
    {
        let lab = Lab::instant().await;
        make_profile(&lab).await;
        if missing == "policy" {
            lab.iam("DetachRolePolicy", &[("RoleName", ROLE), ("PolicyArn", CORE)]).await.ok();
        }
        for service in ["ssm", "ssmmessages"] {
            let dns = [("PrivateDnsEnabled", if missing == "private dns" { "false" } else { "true" })];
            if missing != service {
                endpoint(&lab, service, &dns).await.ok();
            }
        }
        for way in ["ingress", "egress"] {
            if missing != way {
                let action = if way == "ingress" {
                    "AuthorizeSecurityGroupIngress"
                } else {
                    "AuthorizeSecurityGroupEgress"
                };
                allow(&lab, action).await;
            }
        }
        if missing == "dns hostnames" {
            let off = [("VpcId", lab.vpc().await), ("EnableDnsHostnames.Value", "false".to_owned())];
            let off: Vec<_> = off.iter().map(|(name, value)| (*name, value.as_str())).collect();
            lab.ec2("ModifyVpcAttribute", &off).await.ok();
        }
        lab.aws.set_old_agents(missing == "ec2messages");
        let id = launch(&lab).await;
        assert_eq!(ping(&lab, &id).await, None, "without {missing}");
    }
}

#[tokio::test]
async fn an_agent_that_came_too_early_sleeps_until_it_is_rebooted() {
    let lab = Lab::new().await;
    make_profile(&lab).await;
    lab.pass_secs(8);
    let id = launch(&lab).await;
    lab.pass_secs(12 + 40);
    // Refused at boot: the next attempts are 5 and then 10 minutes later.
    everything_else(&lab).await;
    lab.pass_secs(5 * 60 - 76);
    assert_eq!(ping(&lab, &id).await, None);
    lab.pass_secs(1);
    assert_eq!(ping(&lab, &id).await.as_deref(), ONLINE, "the second attempt, after 5 minutes");

    let lab = Lab::new().await;
    make_profile(&lab).await;
    lab.pass_secs(8);
    let id = launch(&lab).await;
    lab.pass_secs(12 + 40 + 5 * 60);
    everything_else(&lab).await;
    lab.pass_secs(9 * 60 - 75);
    assert_eq!(ping(&lab, &id).await, None, "asleep for 10 minutes");
    lab.ec2("RebootInstances", &[("InstanceId.1", &id)]).await.ok();
    lab.pass_secs(40);
    assert_eq!(ping(&lab, &id).await.as_deref(), ONLINE, "a reboot is the quickest remedy");
}

async fn everything_else(lab: &Lab) {
    endpoint(lab, "ssm", &[]).await.ok();
    endpoint(lab, "ssmmessages", &[]).await.ok();
    allow(lab, "AuthorizeSecurityGroupIngress").await;
    allow(lab, "AuthorizeSecurityGroupEgress").await;
    lab.pass_secs(75);
}

#[tokio::test]
async fn the_internet_will_do_instead_of_endpoints() {
    let lab = Lab::instant().await;
    make_profile(&lab).await;
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    let table = lab.route_table("my-route-private").await;
    let route = [
        ("RouteTableId", table.as_str()),
        ("DestinationCidrBlock", "0.0.0.0/0"),
        ("NatGatewayId", gateway.as_str()),
    ];
    lab.ec2("CreateRoute", &route).await.ok();
    let id = launch(&lab).await;
    assert_eq!(ping(&lab, &id).await, None, "no rule lets it out");
    let group = lab.group("my-SG-private-service").await;
    let rule = [
        ("GroupId", group.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "443"),
        ("IpPermissions.1.ToPort", "443"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    lab.ec2("AuthorizeSecurityGroupEgress", &rule).await.ok();
    lab.ec2("RebootInstances", &[("InstanceId.1", &id)]).await.ok();
    assert_eq!(ping(&lab, &id).await.as_deref(), ONLINE);
}

#[tokio::test]
async fn an_endpoint_takes_its_time_and_holds_its_name() {
    let lab = Lab::new().await;
    let token = [("ClientToken", "t")];
    let made = endpoint(&lab, "ssm", &token).await.ok();
    let id = made.first("vpcEndpointId");
    assert_eq!(made.first("state"), "pending");
    assert_eq!(endpoint(&lab, "ssm", &token).await.ok().first("vpcEndpointId"), id);
    assert_eq!(endpoint(&lab, "ec2messages", &token).await.code(), "IdempotentParameterMismatch");
    let conflict = endpoint(&lab, "ssm", &[]).await;
    assert_eq!(conflict.code(), "InvalidParameter");
    assert!(conflict.body.contains("conflicting DNS domain"), "{}", conflict.body);
    lab.pass_secs(75);
    for spelling in ["available", "Available"] {
        let filter = [("Filter.1.Name", "vpc-endpoint-state"), ("Filter.1.Value.1", spelling)];
        assert_eq!(lab.ec2("DescribeVpcEndpoints", &filter).await.ok().first("vpcEndpointId"), id);
    }
    let item = lab.aws.inventory().into_iter().find(|item| item.id == id).unwrap();
    assert_eq!(item.usd_per_hour, Some(0.026), "one price for each of two zones");

    let both = [("VpcEndpointId.1", id.as_str()), ("VpcEndpointId.2", "vpce-0")];
    let deleted = lab.ec2("DeleteVpcEndpoints", &both).await.ok();
    assert_eq!(deleted.all("resourceId"), ["vpce-0"]);
    assert_eq!(deleted.first("code"), "InvalidVpcEndpointId.NotFound");
    assert_eq!(endpoint(&lab, "ssm", &[]).await.code(), "InvalidParameter", "the name is held to the end");
    lab.pass_secs(30);
    let gone = lab.ec2("DescribeVpcEndpoints", &[("VpcEndpointId.1", &id)]).await;
    assert_eq!(gone.code(), "InvalidVpcEndpointId.NotFound");
    assert!(lab.ec2("DescribeNetworkInterfaces", &[]).await.ok().all("networkInterfaceId").is_empty());
    endpoint(&lab, "ssm", &[]).await.ok();
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_is_refused() {
    let lab = Lab::instant().await;
    let same_zone = lab.subnet("my-subnet-private03").await;
    let twice = endpoint(&lab, "ssm", &[("SubnetId.2", &same_zone)]).await;
    assert_eq!(twice.code(), "DuplicateSubnetsInSameZone");
    assert_eq!(endpoint(&lab, "nothing", &[]).await.code(), "InvalidServiceName");
    assert_eq!(endpoint(&lab, "ssm", &[("VpcEndpointType", "Gateway")]).await.code(), "InvalidParameter");
    assert_eq!(endpoint(&lab, "ssm", &[("SecurityGroupId.1", "sg-0")]).await.code(), "InvalidGroup.NotFound");
    let vpc = lab.vpc().await;
    lab.ec2("ModifyVpcAttribute", &[("VpcId", &vpc), ("EnableDnsSupport.Value", "false")]).await.ok();
    let no_dns = endpoint(&lab, "ssm", &[]).await;
    assert_eq!(no_dns.code(), "InvalidParameter");
    assert!(no_dns.body.contains("enableDnsSupport"), "{}", no_dns.body);
}

#[tokio::test]
async fn managed_instances_are_filtered() {
    let lab = Lab::instant().await;
    everything(&lab).await;
    launch(&lab).await;
    run(&lab, "my-subnet-private02", "10.20.20.32", &[]).await.ok();
    let count = |input| {
        let lab = &lab;
        async move {
            let reply = lab.json("ssm", "AmazonSSM.DescribeInstanceInformation", input).await.ok().value();
            reply["InstanceInformationList"].as_array().unwrap().len()
        }
    };
    assert_eq!(count(json!({})).await, 1, "the second has no profile");
    let by = |key: &str, value: &str| json!({ "Filters": [{ "Key": key, "Values": [value] }] });
    assert_eq!(count(by("tag:ManagedBy", "doorman")).await, 1);
    assert_eq!(count(by("tag:ManagedBy", "others")).await, 0);
    assert_eq!(count(by("PingStatus", "Online")).await, 1);
    assert_eq!(count(by("PingStatus", "ConnectionLost")).await, 0);
    for (input, code) in [
        (by("Instance", "x"), "InvalidFilterKey"),
        (json!({ "MaxResults": 4 }), "ValidationException"),
        (json!({ "NextToken": "what" }), "InvalidNextToken"),
    ] {
        let reply = lab.json("ssm", "AmazonSSM.DescribeInstanceInformation", input).await;
        assert_eq!(reply.code(), code);
    }
}
