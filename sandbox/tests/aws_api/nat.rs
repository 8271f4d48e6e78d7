//! The NAT window: address, gateway, route, rules, and their removal.

use crate::client::{Lab, tagged, with};

const ANYWHERE: &str = "0.0.0.0/0";

#[tokio::test]
async fn a_gateway_takes_its_time_to_come_and_to_go() {
    let lab = Lab::new().await;
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    assert_eq!(lab.gateway_state(&gateway).await, "pending");
    lab.pass_secs(94);
    assert_eq!(lab.gateway_state(&gateway).await, "pending");
    lab.pass_secs(1);
    assert_eq!(lab.gateway_state(&gateway).await, "available");

    lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await.ok();
    assert_eq!(lab.gateway_state(&gateway).await, "deleting");
    lab.pass_secs(50);
    assert_eq!(lab.gateway_state(&gateway).await, "deleted");
    // Deleting again is no error while it is shown, which is for an hour.
    lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await.ok();
    lab.pass_secs(3599);
    assert_eq!(lab.gateway_state(&gateway).await, "deleted");
    lab.pass_secs(1);
    let again = lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await;
    assert_eq!((again.status, again.code().as_str()), (400, "NatGatewayNotFound"));
    assert!(lab.ec2("DescribeNatGateways", &[]).await.ok().all("natGatewayId").is_empty());
}

#[tokio::test]
async fn an_address_is_locked_while_its_gateway_lives_and_a_little_longer() {
    let lab = Lab::new().await;
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    let release = || async { lab.ec2("ReleaseAddress", &[("AllocationId", &address)]).await };
    assert_eq!(release().await.code(), "AuthFailure");
    lab.pass_secs(95);
    lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await.ok();
    assert_eq!(release().await.code(), "AuthFailure");
    lab.pass_secs(50);
    assert_eq!(lab.gateway_state(&gateway).await, "deleted");
    let addresses = lab.ec2("DescribeAddresses", &[]).await.ok();
    assert!(addresses.all("associationId").is_empty(), "a deleted gateway lets go of its address");
    assert_eq!(release().await.code(), "AuthFailure");
    lab.pass_secs(10);
    release().await.ok();
    assert_eq!(release().await.code(), "InvalidAllocationID.NotFound");
}

#[tokio::test]
async fn a_token_makes_one_gateway() {
    let lab = Lab::new().await;
    let (first, second) = (lab.address().await, lab.address().await);
    let subnet = lab.subnet("my-subnet-public01").await;
    let create = |address: String| {
        let (lab, subnet) = (&lab, subnet.clone());
        async move {
            let place =
                [("SubnetId", subnet.as_str()), ("AllocationId", &address), ("ClientToken", "lease-1")];
            lab.ec2("CreateNatGateway", &place).await
        }
    };
    let made = create(first.clone()).await.ok().first("natGatewayId");
    assert_eq!(create(first.clone()).await.ok().first("natGatewayId"), made);
    assert_eq!(create(second).await.code(), "IdempotentParameterMismatch");
    // The answer of a repeated call is the gateway as it is by then.
    lab.pass_secs(95);
    assert_eq!(create(first).await.ok().first("state"), "available");
    assert_eq!(lab.ec2("DescribeNatGateways", &[]).await.ok().all("natGatewayId"), [made]);
}

#[tokio::test]
async fn an_address_in_use_fails_the_second_gateway_later() {
    let lab = Lab::new().await;
    let address = lab.address().await;
    let first = lab.gateway(&address).await;
    let second = lab.gateway(&address).await;
    assert_eq!(lab.gateway_state(&second).await, "pending");
    lab.pass_secs(95);
    let shown = lab.ec2("DescribeNatGateways", &[("NatGatewayId.1", &second)]).await.ok();
    assert_eq!(shown.first("state"), "failed");
    assert_eq!(shown.first("failureCode"), "Resource.AlreadyAssociated");
    assert_eq!(lab.gateway_state(&first).await, "available");
    lab.pass_secs(3600);
    let gone = lab.ec2("DescribeNatGateways", &[("NatGatewayId.1", &second)]).await;
    assert_eq!(gone.code(), "NatGatewayNotFound");
}

#[tokio::test]
async fn a_route_to_a_gateway_that_is_gone_is_a_blackhole() {
    let lab = Lab::instant().await;
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    let table = lab.route_table("my-route-private").await;
    let route = [("RouteTableId", table.as_str()), ("DestinationCidrBlock", ANYWHERE)];
    let to_gateway = with(&route, &[("NatGatewayId", &gateway)]);

    assert_eq!(lab.ec2("ReplaceRoute", &to_gateway).await.code(), "InvalidParameterValue");
    assert_eq!(lab.ec2("DeleteRoute", &route).await.code(), "InvalidRoute.NotFound");
    lab.ec2("CreateRoute", &to_gateway).await.ok();
    assert_eq!(lab.ec2("CreateRoute", &to_gateway).await.code(), "RouteAlreadyExists");

    let states = || async {
        let tables = lab.ec2("DescribeRouteTables", &[("RouteTableId.1", &table)]).await.ok();
        tables.all("state").into_iter().filter(|state| state != "associated").collect::<Vec<_>>()
    };
    assert_eq!(states().await, ["active", "active"]);
    lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await.ok();
    assert_eq!(states().await, ["active", "blackhole"]);
    assert_eq!(lab.ec2("ReplaceRoute", &to_gateway).await.code(), "InvalidNatGatewayID.NotFound");
    let filter = [("Filter.1.Name", "route.state"), ("Filter.1.Value.1", "blackhole")];
    assert_eq!(lab.ec2("DescribeRouteTables", &filter).await.ok().first("routeTableId"), table);
    lab.ec2("DeleteRoute", &route).await.ok();
    assert_eq!(states().await, ["active"]);
}

#[tokio::test]
async fn the_local_route_and_foreign_networks_are_protected() {
    let lab = Lab::instant().await;
    let table = lab.route_table("my-route-private").await;
    let local = [("RouteTableId", table.as_str()), ("DestinationCidrBlock", "10.20.0.0/16")];
    assert_eq!(lab.ec2("DeleteRoute", &local).await.code(), "InvalidParameterValue");
    let nowhere =
        [("RouteTableId", table.as_str()), ("DestinationCidrBlock", ANYWHERE), ("NatGatewayId", "nat-0")];
    assert_eq!(lab.ec2("CreateRoute", &nowhere).await.code(), "InvalidNatGatewayID.NotFound");
    let other = lab.ec2("CreateVpc", &[("CidrBlock", "10.99.0.0/16")]).await.ok().first("vpcId");
    let other = lab.ec2("CreateRouteTable", &[("VpcId", &other)]).await.ok().first("routeTableId");
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    let across =
        [("RouteTableId", other.as_str()), ("DestinationCidrBlock", ANYWHERE), ("NatGatewayId", &gateway)];
    assert_eq!(lab.ec2("CreateRoute", &across).await.code(), "InvalidParameterValue");
}

#[tokio::test]
async fn rules_are_made_with_ids_and_tags_and_revoked_by_id() {
    let lab = Lab::instant().await;
    let group = lab.group("my-SG-private-service").await;
    let permissions = [
        ("GroupId", group.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "80"),
        ("IpPermissions.1.ToPort", "80"),
        ("IpPermissions.1.IpRanges.1.CidrIp", ANYWHERE),
        ("IpPermissions.1.IpRanges.1.Description", "for package management"),
        ("IpPermissions.2.IpProtocol", "tcp"),
        ("IpPermissions.2.FromPort", "443"),
        ("IpPermissions.2.ToPort", "443"),
        ("IpPermissions.2.IpRanges.1.CidrIp", ANYWHERE),
    ];
    let tags = tagged("security-group-rule", "window");
    let made = lab.ec2("AuthorizeSecurityGroupEgress", &with(&permissions, &tags)).await.ok();
    let ids = made.all("securityGroupRuleId");
    assert_eq!(ids.len(), 2);

    let by_tag = [("Filter.1.Name", "tag:ManagedBy"), ("Filter.1.Value.1", "doorman")];
    let mut shown = lab.ec2("DescribeSecurityGroupRules", &by_tag).await.ok().all("securityGroupRuleId");
    shown.sort();
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(shown, expected);

    // A different description does not make a different rule.
    let same: Vec<_> =
        permissions.iter().copied().filter(|(name, _)| !name.ends_with("Description")).collect();
    let again = lab.ec2("AuthorizeSecurityGroupEgress", &same).await;
    assert_eq!(again.code(), "InvalidPermission.Duplicate");
    assert!(again.body.contains("peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW"), "{}", again.body);

    let by_id = [
        ("GroupId", group.as_str()),
        ("SecurityGroupRuleId.1", ids[0].as_str()),
        ("SecurityGroupRuleId.2", ids[1].as_str()),
    ];
    // The ids are of egress rules.
    let wrong_way = lab.ec2("RevokeSecurityGroupIngress", &by_id).await;
    assert_eq!(wrong_way.code(), "InvalidSecurityGroupRuleId.NotFound");
    let revoked = lab.ec2("RevokeSecurityGroupEgress", &by_id).await.ok();
    assert_eq!(revoked.all("securityGroupRuleId"), ids);
    let again = lab.ec2("RevokeSecurityGroupEgress", &by_id).await;
    assert_eq!(again.code(), "InvalidSecurityGroupRuleId.NotFound");
    assert_eq!(lab.ec2("RevokeSecurityGroupEgress", &same).await.code(), "InvalidPermission.NotFound");
}

#[tokio::test]
async fn a_refused_call_changes_nothing_even_when_its_first_half_would() {
    let lab = Lab::instant().await;
    let group = lab.group("my-SG-private-service").await;
    let rule = |port: &'static str| {
        [
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", port),
            ("IpPermissions.1.ToPort", port),
            ("IpPermissions.1.IpRanges.1.CidrIp", ANYWHERE),
        ]
    };
    let make = with(&[("GroupId", &group)], &rule("80"));
    let id = lab.ec2("AuthorizeSecurityGroupEgress", &make).await.ok().first("securityGroupRuleId");
    let half = [
        ("GroupId", group.as_str()),
        ("SecurityGroupRuleId.1", id.as_str()),
        ("SecurityGroupRuleId.2", "sgr-00000000000000000"),
    ];
    let refused = lab.ec2("RevokeSecurityGroupEgress", &half).await;
    assert_eq!(refused.code(), "InvalidSecurityGroupRuleId.NotFound");
    lab.ec2("DescribeSecurityGroupRules", &[("SecurityGroupRuleId.1", &id)]).await.ok();
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let lab = Lab::instant().await;
    let dry = ("DryRun", "true");
    let reply = lab.ec2("AllocateAddress", &[("Domain", "vpc"), dry]).await;
    assert_eq!((reply.status, reply.code().as_str()), (412, "DryRunOperation"));
    assert!(lab.ec2("DescribeAddresses", &[]).await.ok().all("allocationId").is_empty());

    let address = lab.address().await;
    let subnet = lab.subnet("my-subnet-public01").await;
    let create = [("SubnetId", subnet.as_str()), ("AllocationId", &address), ("ClientToken", "t"), dry];
    assert_eq!(lab.ec2("CreateNatGateway", &create).await.code(), "DryRunOperation");
    assert!(lab.ec2("DescribeNatGateways", &[]).await.ok().all("natGatewayId").is_empty());
    // What would be refused is refused in a dry run as well, and its token stays free.
    let wrong = [("SubnetId", subnet.as_str()), ("AllocationId", "eipalloc-0"), dry];
    assert_eq!(lab.ec2("CreateNatGateway", &wrong).await.code(), "InvalidAllocationID.NotFound");
    lab.ec2("CreateNatGateway", &create[..3]).await.ok();
}

#[tokio::test]
async fn new_things_can_take_a_while_to_be_known() {
    let lab = Lab::new().await;
    let mut timing = doorman_sandbox::aws::Timing::instant();
    timing.consistency = std::time::Duration::from_secs(5);
    lab.aws.set_timing(timing);
    let address = lab.address().await;
    let subnet = lab.subnet("my-subnet-public01").await;
    let create = [("SubnetId", subnet.as_str()), ("AllocationId", address.as_str())];
    assert_eq!(lab.ec2("CreateNatGateway", &create).await.code(), "InvalidAllocationID.NotFound");
    assert!(lab.ec2("DescribeAddresses", &[]).await.ok().all("allocationId").is_empty());
    lab.pass_secs(5);
    let gateway = lab.ec2("CreateNatGateway", &create).await.ok().first("natGatewayId");
    let unknown = lab.ec2("DescribeNatGateways", &[("NatGatewayId.1", &gateway)]).await;
    assert_eq!(unknown.code(), "NatGatewayNotFound");
    lab.pass_secs(5);
    assert_eq!(lab.gateway_state(&gateway).await, "available");
    let table = lab.route_table("my-route-private").await;
    let route = [
        ("RouteTableId", table.as_str()),
        ("DestinationCidrBlock", ANYWHERE),
        ("NatGatewayId", gateway.as_str()),
    ];
    lab.ec2("CreateRoute", &route).await.ok();
    let tables = lab.ec2("DescribeRouteTables", &[("RouteTableId.1", &table)]).await.ok();
    assert_eq!(tables.all("destinationCidrBlock"), ["10.20.0.0/16"]);
    assert_eq!(lab.ec2("CreateRoute", &route).await.code(), "RouteAlreadyExists");
}

#[tokio::test]
async fn the_peak_counts_what_the_bot_had_at_once() {
    let lab = Lab::instant().await;
    let (first, second) = (lab.address().await, lab.address().await);
    let gateway = lab.gateway(&first).await;
    lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await.ok();
    lab.gateway_state(&gateway).await;
    lab.gateway(&second).await;
    // What others make does not count.
    lab.aws.by_hand().create_nat_gateway("theirs", "my-subnet-public02").unwrap();
    let peak = lab.aws.max_alive();
    assert_eq!((peak.nat_gateways, peak.addresses), (1, 2));
}

#[tokio::test]
async fn the_inventory_says_what_bills() {
    let lab = Lab::new().await;
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    let price = |id: &str| {
        let item = lab.aws.inventory().into_iter().find(|item| item.id == id).unwrap();
        assert!(item.managed);
        (item.state, item.usd_per_hour)
    };
    assert_eq!(price(&address), ("associated".to_owned(), Some(0.005)));
    assert_eq!(price(&gateway), ("pending".to_owned(), None));
    lab.pass_secs(95);
    assert_eq!(price(&gateway), ("available".to_owned(), Some(0.059)));
    lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await.ok();
    lab.pass_secs(50);
    assert_eq!(price(&gateway), ("deleted".to_owned(), None));
    assert_eq!(price(&address), ("allocated".to_owned(), Some(0.005)));
}
