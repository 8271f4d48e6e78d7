//! What a user may do: what their policies allow, on every resource of a call, and nothing else.

use serde_json::{Value, json};

use crate::client::Lab;

const KEY: &str = "AKIDEXAMPLE";
const GATEWAY_TAGS: [(&str, &str); 3] = [
    ("TagSpecification.1.ResourceType", "natgateway"),
    ("TagSpecification.1.Tag.1.Key", "ManagedBy"),
    ("TagSpecification.1.Tag.1.Value", "doorman"),
];

fn grant(lab: &Lab, statements: &Value) {
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    lab.aws.by_hand().grant(KEY, &[policy]).expect("a policy");
}

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
}

#[tokio::test]
async fn whoever_was_granted_nothing_may_do_nothing_and_each_service_says_so_in_its_own_words() {
    let lab = Lab::instant().await;
    grant(&lab, &allow(&["s3:GetObject"], "*"));
    let ec2 = lab.ec2("DescribeVpcs", &[]).await;
    assert_eq!((ec2.status, ec2.code().as_str()), (403, "UnauthorizedOperation"));
    let dry = lab.ec2("AllocateAddress", &[("DryRun", "true")]).await;
    assert_eq!(dry.code(), "UnauthorizedOperation");
    assert_eq!(lab.iam("GetRole", &[("RoleName", "r")]).await.code(), "AccessDenied");
    let document = lab.json("ssm", "AmazonSSM.GetDocument", json!({ "Name": "a-runbook" })).await;
    assert_eq!(document.code(), "AccessDeniedException");
    // Who one is, everybody may ask.
    assert_eq!(lab.request("sts", "GetCallerIdentity", &[]).send().await.expect("an answer").status(), 200);
    let denied: Vec<_> = lab.aws.calls().into_iter().filter_map(|call| call.denied).collect();
    let actions: Vec<_> = denied.iter().map(|demand| demand.action.as_str()).collect();
    assert_eq!(actions, ["ec2:DescribeVpcs", "ec2:AllocateAddress", "iam:GetRole", "ssm:GetDocument"]);
}

#[tokio::test]
async fn a_call_needs_every_resource_it_is_about() {
    let lab = Lab::instant().await;
    let subnet =
        lab.aws.inventory().into_iter().find(|item| item.name.as_deref() == Some("my-subnet-public01"));
    let subnet = subnet.expect("the reference network").id;
    let address = lab.ec2("AllocateAddress", &[("Domain", "vpc")]).await.ok().first("allocationId");
    let place = [("SubnetId", subnet.as_str()), ("AllocationId", address.as_str())];
    let create = || async { lab.ec2("CreateNatGateway", &[&place[..], &GATEWAY_TAGS].concat()).await };
    let addresses = allow(&["ec2:CreateNatGateway"], "arn:aws:ec2:*:*:elastic-ip/*");
    let gateways = allow(&["ec2:CreateNatGateway"], "arn:aws:ec2:*:*:natgateway/*");
    let subnets = allow(&["ec2:CreateNatGateway"], &format!("arn:aws:ec2:*:*:subnet/{subnet}"));
    let tagging = json!({
        "Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
        "Condition": { "StringEquals": { "ec2:CreateAction": "CreateNatGateway" } },
    });
    for missing in [
        json!([addresses, subnets, tagging]),
        json!([addresses, gateways, tagging]),
        json!([addresses, gateways, subnets]),
        json!([gateways, subnets, tagging]),
    ] {
        grant(&lab, &missing);
        assert_eq!(create().await.code(), "UnauthorizedOperation", "{missing}");
    }
    grant(&lab, &json!([addresses, gateways, subnets, tagging]));
    let id = create().await.ok().first("natGatewayId");
    // Tags of what is there already are another matter.
    let tag = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "x"), ("Tag.1.Value", "y")];
    assert_eq!(lab.ec2("CreateTags", &tag).await.code(), "UnauthorizedOperation");
}

#[tokio::test]
async fn the_tags_of_a_thing_decide_and_what_is_not_there_is_not_found() {
    let lab = Lab::instant().await;
    let made = lab.aws.by_hand().create_nat_gateway("theirs", "my-subnet-public01").expect("a gateway");
    grant(
        &lab,
        &json!({
            "Effect": "Allow", "Action": "ec2:DeleteNatGateway", "Resource": "arn:aws:ec2:*:*:natgateway/*",
            "Condition": { "StringEquals": { "aws:ResourceTag/ManagedBy": "doorman" } },
        }),
    );
    let delete = async |id: &str| lab.ec2("DeleteNatGateway", &[("NatGatewayId", id)]).await;
    assert_eq!(delete(&made.0).await.code(), "UnauthorizedOperation");
    assert_eq!(delete("nat-0123456789abcdef0").await.code(), "NatGatewayNotFound");
    let tag = [("ResourceId.1", made.0.as_str()), ("Tag.1.Key", "ManagedBy"), ("Tag.1.Value", "doorman")];
    lab.aws.by_hand().ec2("CreateTags", &tag).expect("tagged");
    delete(&made.0).await.ok();
}

#[tokio::test]
async fn a_role_is_made_only_within_the_boundary_that_is_demanded() {
    let lab = Lab::instant().await;
    let boundary = json!({ "Version": "2012-10-17", "Statement": allow(&["ssm:Update*"], "*") }).to_string();
    let policy = [("PolicyName", "limits"), ("PolicyDocument", boundary.as_str())];
    let limits = lab.iam("CreatePolicy", &policy).await.ok().first("Arn");
    assert_eq!(limits, "arn:aws:iam::123456789012:policy/limits");
    grant(
        &lab,
        &json!({
            "Effect": "Allow", "Action": ["iam:CreateRole", "iam:DeleteRolePermissionsBoundary"],
            "Resource": "arn:aws:iam::123456789012:role/r",
            "Condition": { "ArnEquals": { "iam:PermissionsBoundary": limits } },
        }),
    );
    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole",
    }});
    let trust = trust.to_string();
    let role = [("RoleName", "r"), ("AssumeRolePolicyDocument", trust.as_str())];
    assert_eq!(lab.iam("CreateRole", &role).await.code(), "AccessDenied");
    let with = |arn| [&role[..], &[("PermissionsBoundary", arn)]].concat();
    let core = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
    assert_eq!(lab.iam("CreateRole", &with(core)).await.code(), "AccessDenied");
    let made = lab.iam("CreateRole", &with(&limits)).await.ok();
    assert_eq!(made.first("PermissionsBoundaryArn"), limits);
}
