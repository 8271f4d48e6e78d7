//! The steps of runbooks: what they do, and what becomes of their failures.

use serde_json::json;

use crate::automation::{
    DOCUMENT, create, execute, failing, message, outline, run, runbook, shown, sleep, start,
};
use crate::client::{Lab, tagged, with};

#[tokio::test]
async fn failures_abort_continue_or_lead_elsewhere() {
    let lab = Lab::new().await;
    let next = || sleep("next", json!({}));
    let critical = |on_failure: &str, is_critical: bool| {
        runbook(&[failing("a", json!({ "onFailure": on_failure, "isCritical": is_critical })), next()])
    };
    for (content, expected) in [
        (runbook(&[failing("a", json!({})), next()]), "Failed a=Failed next=Pending"),
        (critical("Abort", false), "Failed a=Failed next=Pending"),
        (critical("Continue", true), "Failed a=Failed next=Success"),
        (critical("Continue", false), "Success a=Failed next=Success"),
        // Not said, the failure of a step after which it goes on is not critical.
        (
            runbook(&[failing("a", json!({ "onFailure": "Continue" })), next()]),
            "Success a=Failed next=Success",
        ),
        (
            runbook(&[failing("a", json!({ "onFailure": "step:c" })), next(), sleep("c", json!({}))]),
            "Failed a=Failed next=Pending c=Success",
        ),
        (
            runbook(&[
                failing("a", json!({ "isEnd": true, "onFailure": "Continue", "isCritical": false })),
                next(),
            ]),
            "Success a=Failed next=Pending",
        ),
        (runbook(&[sleep("a", json!({ "isEnd": true })), next()]), "Success a=Success next=Pending"),
        (
            runbook(&[sleep("a", json!({ "nextStep": "c" })), next(), sleep("c", json!({}))]),
            "Success a=Success next=Pending c=Success",
        ),
    ] {
        assert_eq!(outline(&run(&lab, &content).await), expected, "{content}");
    }
}

#[tokio::test]
async fn attempts_are_repeated_and_circles_end() {
    let lab = Lab::new().await;
    let execution = run(&lab, &runbook(&[failing("a", json!({ "maxAttempts": 3 }))])).await;
    assert_eq!(outline(&execution), "Failed a=Failed");
    let asked = lab.aws.service_calls();
    let at: Vec<i64> = asked.iter().map(|call| (call.at - asked[0].at).num_seconds()).collect();
    assert_eq!(at, [0, 1, 2]);
    assert!(asked.iter().all(|call| call.operation == "ReleaseAddress"));

    let lab = Lab::instant().await;
    let circle = runbook(&[execute("a", "DescribeAddresses", json!({ "nextStep": "a" }))]);
    let execution = run(&lab, &circle).await;
    assert_eq!(outline(&execution), "Failed a=Failed");
    assert!(message(&execution, 0).contains("circle"), "{execution}");
}

#[tokio::test]
async fn steps_fail_for_what_they_cannot_do() {
    let lab = Lab::instant().await;
    let of_service = |service: &str, api: &str| {
        runbook(&[json!({
            "name": "a", "action": "aws:executeAwsApi", "inputs": { "Service": service, "Api": api },
        })])
    };
    let output = |selector: &str, kind: &str| {
        let outputs = json!([{ "Name": "O", "Selector": selector, "Type": kind }]);
        runbook(&[execute("a", "DescribeRouteTables", json!({ "outputs": outputs }))])
    };
    let never_set = runbook(&[
        execute("a", "ReleaseAddress", json!({ "inputs": { "AllocationId": "{{ b.Id }}" } })),
        execute(
            "b",
            "DescribeAddresses",
            json!({
                "outputs": [{ "Name": "Id", "Selector": "$.Addresses[0].AllocationId" }],
            }),
        ),
    ]);
    let filters = json!({ "inputs": { "Filters": [{ "Name": "state", "Values": ["available"] }] } });
    for (content, expected) in [
        (of_service("rds", "DescribeDBInstances"), "no operation rds:DescribeDBInstances"),
        (of_service("ec2", "DescribeEverything"), "no operation ec2:DescribeEverything"),
        (of_service("ssm", "GetEverything"), "no operation ssm:GetEverything"),
        (runbook(&[execute("a", "DescribeNatGateways", filters)]), "Unknown parameter in input: \"Filters\""),
        (
            runbook(&[execute("a", "DeleteNatGateway", json!({}))]),
            "missing the following field(s): NatGatewayId",
        ),
        (output("$.NatGateways[0].State", "String"), "finds nothing"),
        (output("$.RouteTables[9].VpcId", "String"), "finds nothing"),
        (output("$.RouteTables[*].Routes[*].NatGatewayId", "StringList"), "finds nothing"),
        (output("$.RouteTables[*].VpcId", "String"), "is not a String"),
        (output("$.RouteTables[0]", "String"), "is not a String"),
        (output("$.RouteTables[0].VpcId", "StringList"), "is not a StringList"),
        (never_set, "Failed to resolve input: b.Id"),
    ] {
        let execution = run(&lab, &content).await;
        assert_eq!(execution["AutomationExecutionStatus"], "Failed", "{content}");
        assert!(message(&execution, 0).contains(expected), "{content}: {}", message(&execution, 0));
    }
    let fine = output("$.RouteTables[*].Routes[*].GatewayId", "StringList");
    assert_eq!(outline(&run(&lab, &fine).await), "Success a=Success");
}

#[tokio::test]
async fn properties_are_waited_for_and_asserted() {
    let lab = Lab::new().await;
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    let property = |action: &str, selector: &str, value: &str| {
        json!({
            "name": "a", "action": format!("aws:{action}AwsResourceProperty"), "timeoutSeconds": 300,
            "inputs": {
                "Service": "ec2", "Api": "DescribeNatGateways", "NatGatewayIds": [gateway],
                "PropertySelector": selector, "DesiredValues": ["x", value],
            },
        })
    };
    let begun = lab.aws.service_calls().len();
    let execution = run(&lab, &runbook(&[property("waitFor", "$.NatGateways[0].State", "available")])).await;
    assert_eq!(outline(&execution), "Success a=Success");
    let looks = lab.aws.service_calls();
    let looked = (looks[looks.len() - 1].at - looks[begun].at).num_seconds();
    assert_eq!((looked, looks.len() - begun), (95, 20), "every five seconds");

    for (step, expected) in [
        (property("waitFor", "$.NatGateways[0].State", "deleted"), "TimedOut a=TimedOut"),
        (property("waitFor", "$.NatGateways[1].State", "deleted"), "Failed a=Failed"),
        (property("waitFor", "$..State", "available"), "Success a=Success"),
        (property("assert", "$.NatGateways[0].State", "available"), "Success a=Success"),
        (property("assert", "$.NatGateways[0].State", "deleted"), "Failed a=Failed"),
        (
            property("assert", "$.NatGateways[0].NatGatewayAddresses[0].IsPrimary", "true"),
            "Success a=Success",
        ),
    ] {
        let before = lab.aws.service_calls().len();
        let execution = run(&lab, &runbook(std::slice::from_ref(&step))).await;
        assert_eq!(outline(&execution), expected, "{step}");
        if step["action"] == "aws:assertAwsResourceProperty" {
            assert_eq!(lab.aws.service_calls().len() - before, 1, "asserted at once");
        }
    }
}

#[tokio::test]
async fn a_branch_takes_the_first_way_that_applies() {
    let lab = Lab::new().await;
    let content = json!({
        "schemaVersion": "0.3",
        "parameters": { "Way": { "type": "String" } },
        "mainSteps": [
            { "name": "branch", "action": "aws:branch", "inputs": {
                "Choices": [
                    { "Variable": "{{ Way }}", "StringEquals": "left", "NextStep": "left" },
                    { "Variable": "{{ Way }}", "StartsWith": "r", "NextStep": "right" },
                ],
            }},
            sleep("left", json!({ "isEnd": true })),
            sleep("right", json!({ "isEnd": true })),
        ],
    });
    create(&lab, DOCUMENT, &content).await.ok();
    for (way, expected) in [
        ("left", "Success branch=Success left=Success right=Pending"),
        ("right", "Success branch=Success left=Pending right=Success"),
        ("up", "Failed branch=Failed left=Pending right=Pending"),
    ] {
        let id = start(&lab, json!({ "Way": [way] })).await.ok().value()["AutomationExecutionId"].clone();
        lab.pass_secs(60);
        assert_eq!(outline(&shown(&lab, &id).await), expected);
    }
}

#[tokio::test]
async fn rules_and_routes_are_found_by_what_they_are_and_removed() {
    let lab = Lab::instant().await;
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    let table = lab.route_table("my-route-private").await;
    let group = lab.group("my-SG-private-service").await;
    let route =
        [("RouteTableId", table.as_str()), ("DestinationCidrBlock", "0.0.0.0/0"), ("NatGatewayId", &gateway)];
    lab.ec2("CreateRoute", &route).await.ok();
    let rules = [
        ("GroupId", group.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "80"),
        ("IpPermissions.1.ToPort", "80"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ("IpPermissions.1.IpRanges.2.CidrIp", "198.51.100.0/24"),
    ];
    let made = with(&rules, &tagged("security-group-rule", "window"));
    let made = lab.ec2("AuthorizeSecurityGroupEgress", &made).await.ok().all("securityGroupRuleId");
    assert_eq!(made.len(), 2);
    let tagged = json!([{ "Name": "tag:ManagedBy", "Values": ["doorman"] }]);
    let of_gateway = json!([{ "Name": "route.nat-gateway-id", "Values": [gateway] }]);
    let content = runbook(&[
        execute(
            "rules",
            "DescribeSecurityGroupRules",
            json!({
                "inputs": { "Filters": tagged },
                "outputs": [
                    { "Name": "Ids", "Selector": "$.SecurityGroupRules[*].SecurityGroupRuleId", "Type": "StringList" },
                    { "Name": "Group", "Selector": "$.SecurityGroupRules[0].GroupId" },
                    { "Name": "Port", "Selector": "$.SecurityGroupRules[0].FromPort", "Type": "Integer" },
                    { "Name": "Out", "Selector": "$.SecurityGroupRules[0].IsEgress", "Type": "Boolean" },
                ],
            }),
        ),
        execute(
            "revoke",
            "RevokeSecurityGroupEgress",
            json!({
                "inputs": { "GroupId": "{{ rules.Group }}", "SecurityGroupRuleIds": "{{ rules.Ids }}" },
                "outputs": [{ "Name": "Done", "Selector": "$.Return", "Type": "Boolean" }],
            }),
        ),
        execute(
            "tables",
            "DescribeRouteTables",
            json!({
                "inputs": { "Filters": of_gateway },
                "outputs": [{ "Name": "Id", "Selector": "$.RouteTables[0].RouteTableId" }],
            }),
        ),
        execute(
            "route",
            "DeleteRoute",
            json!({
                "inputs": { "RouteTableId": "{{ tables.Id }}", "DestinationCidrBlock": "0.0.0.0/0" },
            }),
        ),
    ]);
    let execution = run(&lab, &content).await;
    assert_eq!(outline(&execution), "Success rules=Success revoke=Success tables=Success route=Success");
    let outputs = &execution["StepExecutions"][0]["Outputs"];
    assert_eq!((&outputs["Port"], &outputs["Out"]), (&json!(["80"]), &json!(["true"])));
    let gone = lab.ec2("DescribeSecurityGroupRules", &[("SecurityGroupRuleId.1", &made[0])]).await;
    assert_eq!(gone.code(), "InvalidSecurityGroupRuleId.NotFound");
    let left = lab.ec2("DescribeRouteTables", &[("RouteTableId.1", &table)]).await.ok();
    assert!(left.all("natGatewayId").is_empty());
}

#[tokio::test]
async fn a_dry_run_of_a_step_changes_nothing() {
    let lab = Lab::instant().await;
    let address = lab.address().await;
    let inputs = json!({ "inputs": { "AllocationId": address, "DryRun": true } });
    let execution = run(&lab, &runbook(&[execute("a", "ReleaseAddress", inputs)])).await;
    assert!(message(&execution, 0).contains("DryRunOperation"), "{execution}");
    assert_eq!(lab.states("elastic-ip"), ["allocated"]);
}
