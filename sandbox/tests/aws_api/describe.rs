//! Describe calls: the seeded network, filters, pages.

use doorman_sandbox::aws::Seed;

use crate::client::{Lab, tagged, with};

#[tokio::test]
async fn the_reference_network_is_there() {
    let lab = Lab::instant().await;
    let vpc = lab.vpc().await;
    let in_vpc = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc.as_str())];
    let subnets = lab.ec2("DescribeSubnets", &in_vpc).await.ok();
    let mut blocks = subnets.all("cidrBlock");
    blocks.sort();
    assert_eq!(
        blocks,
        [
            "10.20.10.0/24",
            "10.20.110.0/24",
            "10.20.120.0/24",
            "10.20.20.0/24",
            "10.20.30.0/24",
            "10.20.40.0/24"
        ]
    );
    let mut groups = lab.ec2("DescribeSecurityGroups", &in_vpc).await.ok().all("groupName");
    groups.sort();
    assert_eq!(groups, ["default", "my-SG-private-db", "my-SG-private-service", "my-SG-public"]);
    // The main table has no name and no subnets.
    assert_eq!(
        lab.ec2("DescribeRouteTables", &in_vpc)
            .await
            .ok()
            .all("main")
            .iter()
            .filter(|main| *main == "true")
            .count(),
        1
    );
    for attribute in ["enableDnsSupport", "enableDnsHostnames"] {
        let reply = lab.ec2("DescribeVpcAttribute", &[("VpcId", &vpc), ("Attribute", attribute)]).await.ok();
        assert_eq!(reply.first("value"), "true");
    }
    let service = lab.group("my-SG-private-service").await;
    let rules = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", service.as_str())];
    let mut ports = lab.ec2("DescribeSecurityGroupRules", &rules).await.ok().all("fromPort");
    ports.sort();
    assert_eq!(ports, ["3306", "8888"], "no way out but to the database");
}

#[tokio::test]
async fn an_empty_account_is_empty_and_can_be_filled_over_the_api() {
    let lab = Lab::with(|options| options.seed = Seed::Empty).await;
    assert!(lab.aws.inventory().is_empty());
    let vpc = lab.ec2("CreateVpc", &with(&[("CidrBlock", "10.0.0.0/16")], &tagged("vpc", "v"))).await.ok();
    let vpc = vpc.first("vpcId");
    let hostnames = [("VpcId", vpc.as_str()), ("EnableDnsHostnames.Value", "true")];
    lab.ec2("ModifyVpcAttribute", &hostnames).await.ok();
    let subnet = |block: &'static str, zone: &'static str| {
        let (lab, vpc) = (&lab, vpc.clone());
        async move {
            let parameters = [("VpcId", vpc.as_str()), ("CidrBlock", block), ("AvailabilityZone", zone)];
            lab.ec2("CreateSubnet", &parameters).await
        }
    };
    let first = subnet("10.0.1.0/24", "ap-northeast-2a").await.ok().first("subnetId");
    assert_eq!(subnet("10.0.1.128/25", "ap-northeast-2a").await.code(), "InvalidSubnet.Conflict");
    assert_eq!(subnet("10.1.1.0/24", "ap-northeast-2a").await.code(), "InvalidSubnet.Range");
    assert_eq!(subnet("10.0.2.0/24", "ap-northeast-2z").await.code(), "InvalidParameterValue");
    let table = lab.ec2("CreateRouteTable", &[("VpcId", &vpc)]).await.ok().first("routeTableId");
    let pair = [("RouteTableId", table.as_str()), ("SubnetId", first.as_str())];
    lab.ec2("AssociateRouteTable", &pair).await.ok();
    assert_eq!(lab.ec2("AssociateRouteTable", &pair).await.code(), "Resource.AlreadyAssociated");
    let gateway = lab.ec2("CreateInternetGateway", &[]).await.ok().first("internetGatewayId");
    let attach = [("InternetGatewayId", gateway.as_str()), ("VpcId", vpc.as_str())];
    lab.ec2("AttachInternetGateway", &attach).await.ok();
    assert_eq!(lab.ec2("AttachInternetGateway", &attach).await.code(), "Resource.AlreadyAssociated");
    let group = [("GroupName", "g"), ("GroupDescription", "d"), ("VpcId", vpc.as_str())];
    lab.ec2("CreateSecurityGroup", &group).await.ok();
    assert_eq!(lab.ec2("CreateSecurityGroup", &group).await.code(), "InvalidGroup.Duplicate");
}

#[tokio::test]
async fn filters_filter() {
    let lab = Lab::instant().await;
    let count = |filters: Vec<(&'static str, &'static str)>| {
        let lab = &lab;
        async move { lab.ec2("DescribeSubnets", &filters).await.ok().all("subnetId").len() }
    };
    let name = |value| vec![("Filter.1.Name", "tag:Name"), ("Filter.1.Value.1", value)];
    assert_eq!(count(name("my-subnet-public01")).await, 1);
    assert_eq!(count(name("my-subnet-public")).await, 0);
    assert_eq!(count(name("my-subnet-public*")).await, 2);
    assert_eq!(count(name("MY-SUBNET-PUBLIC01")).await, 0);
    assert_eq!(count(vec![("Filter.1.Name", "tag-key"), ("Filter.1.Value.1", "Name")]).await, 6);
    assert_eq!(count(vec![("Filter.1.Name", "tag-key"), ("Filter.1.Value.1", "ManagedBy")]).await, 0);
    // Values of one filter are alternatives; several filters must all match.
    let two = [
        ("Filter.1.Name", "availability-zone"),
        ("Filter.1.Value.1", "ap-northeast-2a"),
        ("Filter.1.Value.2", "ap-northeast-2c"),
    ];
    assert_eq!(count(two.to_vec()).await, 3);
    let both =
        [two.as_slice(), &[("Filter.2.Name", "cidr-block"), ("Filter.2.Value.1", "10.20.120.0/24")]].concat();
    assert_eq!(count(both).await, 0);

    for (action, filter) in [
        ("DescribeSubnets", "vpcid"),
        ("DescribeSecurityGroupRules", "tag-key"),
        ("DescribeNatGateways", "nat-gateway-state"),
        ("DescribeAddresses", "domain"),
        ("DescribeTags", "name"),
        ("DescribeAvailabilityZones", "zone"),
    ] {
        let wrong = lab.ec2(action, &[("Filter.1.Name", filter), ("Filter.1.Value.1", "x")]).await;
        assert_eq!(wrong.code(), "InvalidParameterValue", "{action} {filter}");
    }
}

#[tokio::test]
async fn pages_cover_everything_once() {
    let lab = Lab::instant().await;
    let all = lab.ec2("DescribeSubnets", &[]).await.ok().all("subnetId");
    let first = lab.ec2("DescribeSubnets", &[("MaxResults", "5")]).await.ok();
    let token = first.first("nextToken");
    let second = lab.ec2("DescribeSubnets", &[("MaxResults", "5"), ("NextToken", &token)]).await.ok();
    assert!(second.all("nextToken").is_empty());
    assert_eq!([first.all("subnetId"), second.all("subnetId")].concat(), all);
    assert_eq!(lab.ec2("DescribeSubnets", &[("MaxResults", "4")]).await.code(), "InvalidParameterValue");
    assert_eq!(lab.ec2("DescribeSubnets", &[("NextToken", "what")]).await.code(), "InvalidNextToken");
}

#[tokio::test]
async fn tags_are_checked_added_and_taken_away() {
    let lab = Lab::instant().await;
    let bad = [
        (
            vec![("TagSpecification.1.ResourceType", "natgateway"), ("TagSpecification.1.Tag.1.Key", "a")],
            "InvalidParameterValue",
        ),
        (
            vec![
                ("TagSpecification.1.ResourceType", "elastic-ip"),
                ("TagSpecification.1.Tag.1.Key", "aws:x"),
            ],
            "InvalidParameterValue",
        ),
    ];
    for (tags, code) in bad {
        assert_eq!(lab.ec2("AllocateAddress", &tags).await.code(), code);
    }
    let id = lab.address().await;
    let tag = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "doorman:lease"), ("Tag.1.Value", "L1")];
    lab.ec2("CreateTags", &tag).await.ok();
    let of_id = [("Filter.1.Name", "resource-id"), ("Filter.1.Value.1", id.as_str())];
    assert_eq!(lab.ec2("DescribeTags", &of_id).await.ok().all("key"), ["ManagedBy", "Name", "doorman:lease"]);
    // With a value, only a tag of that value goes.
    let other = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "doorman:lease"), ("Tag.1.Value", "L2")];
    lab.ec2("DeleteTags", &other).await.ok();
    assert_eq!(lab.ec2("DescribeTags", &of_id).await.ok().all("key").len(), 3);
    lab.ec2("DeleteTags", &tag[..2]).await.ok();
    assert_eq!(lab.ec2("DescribeTags", &of_id).await.ok().all("key").len(), 2);
    let nothing = [("ResourceId.1", "eipalloc-0"), ("Tag.1.Key", "a"), ("Tag.1.Value", "b")];
    assert_eq!(lab.ec2("CreateTags", &nothing).await.code(), "InvalidID");
}
