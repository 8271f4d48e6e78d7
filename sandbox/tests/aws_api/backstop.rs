//! The net under the bot: a schedule that fires with nobody left to call, a runbook that closes a window, and
//! the role both of them run under.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Lab, start_of_time, tagged, with};

const ROLE: &str = "doorman-backstop";
const ROLE_ARN: &str = "arn:aws:iam::123456789012:role/doorman-backstop";
const DOCUMENT: &str = "doorman-close";
const LEASE: &str = "lease-1";

/// Who may assume the role, and under which condition each.
pub(crate) fn trust() -> Value {
    let statement = |service: &str, arn: &str| {
        json!({
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "aws:SourceAccount": "123456789012" },
                "ArnLike": { "aws:SourceArn": arn },
            },
        })
    };
    json!({ "Version": "2012-10-17", "Statement": [
        statement(
            "scheduler.amazonaws.com",
            "arn:aws:scheduler:ap-northeast-2:123456789012:schedule-group/default",
        ),
        statement("ssm.amazonaws.com", "arn:aws:ssm:*:123456789012:automation-execution/*"),
    ]})
}

fn starting() -> Value {
    json!([
        {
            "Effect": "Allow", "Action": "ssm:StartAutomationExecution",
            "Resource": format!("arn:aws:ssm:*:*:automation-definition/{DOCUMENT}:*"),
        },
        {
            "Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN,
            "Condition": { "StringEquals": { "iam:PassedToService": "ssm.amazonaws.com" } },
        },
    ])
}

fn closing() -> Value {
    json!([
        { "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*" },
        {
            "Effect": "Allow", "Action": ["ec2:DeleteNatGateway", "ec2:ReleaseAddress"], "Resource": "*",
            "Condition": { "StringEquals": { "aws:ResourceTag/ManagedBy": "doorman" } },
        },
        { "Effect": "Allow", "Action": "ec2:DeleteRoute", "Resource": "*" },
    ])
}

fn policy(statements: &[Value]) -> String {
    let all: Vec<Value> = statements.iter().filter_map(Value::as_array).flatten().cloned().collect();
    json!({ "Version": "2012-10-17", "Statement": all }).to_string()
}

/// The role with everything it needs.
pub(crate) fn make_role(lab: &Lab) {
    make_role_with(lab, &trust(), &[starting(), closing()]);
}

fn make_role_with(lab: &Lab, trust: &Value, statements: &[Value]) {
    let arn = lab.aws.by_hand().create_role(ROLE, &trust.to_string(), &[("close", &policy(statements))]);
    assert_eq!(arn.unwrap(), ROLE_ARN);
}

/// Closes what carries the tag of a lease: the default route of a table, the gateway, the address.
fn runbook() -> Value {
    let by_tag = json!([{ "Name": "tag:Lease", "Values": ["{{ Lease }}"] }]);
    json!({
        "schemaVersion": "0.3",
        "description": "Closes a window.",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {
            "AutomationAssumeRole": { "type": "AWS::IAM::Role::Arn" },
            "Lease": { "type": "String" },
            "RouteTable": { "type": "String" },
        },
        "mainSteps": [
            {
                "name": "deleteRoute", "action": "aws:executeAwsApi", "onFailure": "Continue",
                "inputs": {
                    "Service": "ec2", "Api": "DeleteRoute",
                    "RouteTableId": "{{ RouteTable }}", "DestinationCidrBlock": "0.0.0.0/0",
                },
            },
            {
                "name": "findGateway", "action": "aws:executeAwsApi", "onFailure": "step:findAddress",
                "isCritical": false,
                "inputs": { "Service": "ec2", "Api": "DescribeNatGateways", "Filter": by_tag },
                "outputs": [{ "Name": "Id", "Selector": "$.NatGateways[0].NatGatewayId", "Type": "String" }],
            },
            {
                "name": "deleteGateway", "action": "aws:executeAwsApi", "onFailure": "Continue",
                "inputs": {
                    "Service": "ec2", "Api": "DeleteNatGateway", "NatGatewayId": "{{ findGateway.Id }}",
                },
            },
            {
                "name": "waitForGateway", "action": "aws:waitForAwsResourceProperty",
                "onFailure": "Continue", "timeoutSeconds": 900,
                "inputs": {
                    "Service": "ec2", "Api": "DescribeNatGateways",
                    "NatGatewayIds": ["{{ findGateway.Id }}"],
                    "PropertySelector": "$.NatGateways[0].State", "DesiredValues": ["deleted"],
                },
            },
            {
                "name": "findAddress", "action": "aws:executeAwsApi", "isEnd": false,
                "onFailure": "step:prove", "isCritical": false,
                "inputs": { "Service": "ec2", "Api": "DescribeAddresses", "Filters": by_tag },
                "outputs": [{ "Name": "Ids", "Selector": "$.Addresses[*].AllocationId", "Type": "StringList" }],
            },
            {
                "name": "release1", "action": "aws:executeAwsApi", "onFailure": "step:pause1",
                "isCritical": false, "nextStep": "prove",
                "inputs": {
                    "Service": "ec2", "Api": "ReleaseAddress", "AllocationId": "{{ findAddressId.Id }}",
                },
            },
            { "name": "pause1", "action": "aws:sleep", "inputs": { "Duration": "PT2S" } },
            {
                "name": "release2", "action": "aws:executeAwsApi", "onFailure": "step:pause2",
                "isCritical": false, "nextStep": "prove",
                "inputs": {
                    "Service": "ec2", "Api": "ReleaseAddress", "AllocationId": "{{ findAddressId.Id }}",
                },
            },
            { "name": "pause2", "action": "aws:sleep", "inputs": { "Duration": "PT10S" } },
            {
                "name": "release3", "action": "aws:executeAwsApi", "onFailure": "Continue",
                "isCritical": false,
                "inputs": {
                    "Service": "ec2", "Api": "ReleaseAddress", "AllocationId": "{{ findAddressId.Id }}",
                },
            },
            {
                "name": "prove", "action": "aws:executeAwsApi", "onFailure": "step:nothingLeft",
                "isCritical": false,
                "inputs": { "Service": "ec2", "Api": "DescribeAddresses", "Filters": by_tag },
                "outputs": [{ "Name": "Left", "Selector": "$.Addresses[0].AllocationId" }],
            },
            {
                "name": "failLoudly", "action": "aws:assertAwsResourceProperty", "isEnd": true,
                "inputs": {
                    "Service": "ec2", "Api": "DescribeAddresses", "AllocationIds": ["{{ prove.Left }}"],
                    "PropertySelector": "$.Addresses[0].AllocationId", "DesiredValues": ["nothing left"],
                },
            },
            { "name": "nothingLeft", "action": "aws:sleep", "isEnd": true, "inputs": { "Duration": "PT1S" } },
        ],
    })
}

/// The runbook with the step that takes one address out of the list, which it finds by itself.
fn whole_runbook() -> Value {
    let mut runbook = runbook();
    let find = json!({
        "name": "findAddressId", "action": "aws:executeAwsApi", "onFailure": "step:prove", "isCritical": false,
        "inputs": {
            "Service": "ec2", "Api": "DescribeAddresses", "AllocationIds": "{{ findAddress.Ids }}",
        },
        "outputs": [{ "Name": "Id", "Selector": "$.Addresses[0].AllocationId" }],
    });
    let steps = runbook["mainSteps"].as_array_mut().unwrap();
    let at = steps.iter().position(|step| step["name"] == "release1").unwrap();
    steps.insert(at, find);
    runbook
}

async fn install(lab: &Lab, runbook: &Value) {
    let document = json!({
        "Name": DOCUMENT, "DocumentType": "Automation", "DocumentFormat": "JSON",
        "Content": runbook.to_string(), "Tags": [{ "Key": "ManagedBy", "Value": "doorman" }],
    });
    lab.ssm("CreateDocument", document).await.ok();
}

/// A schedule two minutes from the beginning of time that starts the runbook.
pub(crate) fn schedule(input: &Value) -> Value {
    json!({
        "ScheduleExpression": "at(2026-11-22T09:02:00)",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution",
            "RoleArn": ROLE_ARN,
            "Input": input.to_string(),
            "RetryPolicy": { "MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3 },
        },
    })
}

fn start_input(table: &str) -> Value {
    json!({ "DocumentName": DOCUMENT, "Parameters": {
        "AutomationAssumeRole": [ROLE_ARN], "Lease": [LEASE], "RouteTable": [table],
    }})
}

fn leased(kind: &str) -> Vec<(&str, &str)> {
    let lease = [("TagSpecification.1.Tag.3.Key", "Lease"), ("TagSpecification.1.Tag.3.Value", LEASE)];
    with(&tagged(kind, "My-NAT"), &lease)
}

/// A window as the bot would have opened it: address, gateway, route. Answers the route table.
async fn open(lab: &Lab) -> String {
    let subnet = lab.subnet("my-subnet-public01").await;
    let address = lab.ec2("AllocateAddress", &leased("elastic-ip")).await.ok().first("allocationId");
    let place = [("SubnetId", subnet.as_str()), ("AllocationId", &address)];
    let gateway = lab.ec2("CreateNatGateway", &with(&leased("natgateway"), &place)).await.ok();
    let gateway = gateway.first("natGatewayId");
    lab.pass_secs(95);
    let table = lab.route_table("my-route-private").await;
    let route =
        [("RouteTableId", table.as_str()), ("DestinationCidrBlock", "0.0.0.0/0"), ("NatGatewayId", &gateway)];
    lab.ec2("CreateRoute", &route).await.ok();
    table
}

async fn arm(lab: &Lab, table: &str) {
    let armed =
        lab.scheduler("POST", "/schedules/doorman-lease-1", Some(schedule(&start_input(table)))).await;
    armed.ok();
}

/// The one run there is.
async fn execution(lab: &Lab) -> Value {
    let all = lab.ssm("DescribeAutomationExecutions", json!({})).await.ok().value();
    let list = all["AutomationExecutionMetadataList"].as_array().unwrap().clone();
    assert_eq!(list.len(), 1, "{all}");
    let input = json!({ "AutomationExecutionId": list[0]["AutomationExecutionId"] });
    lab.ssm("GetAutomationExecution", input).await.ok().value()["AutomationExecution"].clone()
}

fn steps(execution: &Value) -> Vec<(String, String)> {
    let steps = execution["StepExecutions"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let ran = steps.filter(|step| step["StepStatus"] != "Pending");
    ran.map(|step| (text(&step["StepName"]), text(&step["StepStatus"]))).collect()
}

fn failure(execution: &Value, step: &str) -> String {
    let steps = execution["StepExecutions"].as_array().unwrap();
    let found = steps.iter().find(|one| one["StepName"] == step).unwrap();
    found["FailureMessage"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_window_is_closed_by_aws_alone_when_nobody_is_left() {
    let lab = Lab::new().await;
    make_role(&lab);
    install(&lab, &whole_runbook()).await;
    let table = open(&lab).await;
    arm(&lab, &table).await;
    assert_eq!(lab.states("schedule"), ["ENABLED"]);
    let mut changes = lab.aws.changes();
    changes.mark_unchanged();
    lab.aws.clear_calls();

    // From here on no request arrives: time passes, and the account is watched by those who only watch.
    lab.pass_secs(600);
    tokio::time::timeout(Duration::from_secs(5), changes.changed()).await.unwrap().unwrap();
    let left: Vec<_> = lab.aws.inventory().into_iter().filter(|item| item.usd_per_hour.is_some()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(lab.states("schedule"), [""; 0], "it has deleted itself");
    assert_eq!(lab.states("automation"), ["Success"]);
    assert_eq!(lab.states("nat-gateway"), ["deleted"]);
    assert!(lab.aws.calls().is_empty(), "nothing came over the wire");

    let calls = lab.aws.service_calls();
    let asked: Vec<_> = calls.iter().map(|call| (call.operation.as_str(), call.outcome.as_str())).collect();
    let polled = |(operation, _): &&(&str, &str)| *operation == "DescribeNatGateways";
    assert!(asked.iter().filter(polled).count() >= 10, "50 seconds in steps of five: {asked:?}");
    let rest: Vec<_> = asked.iter().filter(|call| !polled(call)).copied().collect();
    assert_eq!(
        rest,
        [
            ("StartAutomationExecution", "ok"),
            ("DeleteRoute", "ok"),
            ("DeleteNatGateway", "ok"),
            ("DescribeAddresses", "ok"),
            ("DescribeAddresses", "ok"),
            ("ReleaseAddress", "AuthFailure"),
            ("ReleaseAddress", "AuthFailure"),
            ("ReleaseAddress", "ok"),
            ("DescribeAddresses", "ok"),
        ]
    );
    assert_eq!(calls[0].by, "schedule doorman-lease-1");
    assert!(calls[1].by.ends_with("step deleteRoute"), "{}", calls[1].by);
    let fired = calls[0].at - start_of_time();
    assert!((120..180).contains(&fired.num_seconds()), "within the minute: {fired}");

    let execution = execution(&lab).await;
    assert_eq!(execution["AutomationExecutionStatus"], "Success");
    let executed_by = execution["ExecutedBy"].as_str().unwrap();
    assert!(executed_by.contains("assumed-role/doorman-backstop/"), "{executed_by}");
    let route = lab.ec2("DescribeRouteTables", &[("RouteTableId.1", &table)]).await.ok();
    assert!(route.all("natGatewayId").is_empty());
}

#[tokio::test]
async fn the_result_does_not_depend_on_how_often_somebody_looks() {
    let lab = Lab::new().await;
    make_role(&lab);
    install(&lab, &whole_runbook()).await;
    let table = open(&lab).await;
    arm(&lab, &table).await;
    let other = Lab::new().await;
    make_role(&other);
    install(&other, &whole_runbook()).await;
    let same = open(&other).await;
    arm(&other, &same).await;
    for _ in 0..600 {
        lab.pass_secs(1);
        lab.aws.inventory();
    }
    other.pass_secs(600);
    let times = |lab: &Lab| -> Vec<_> {
        lab.aws.service_calls().into_iter().map(|call| (call.at, call.operation, call.outcome)).collect()
    };
    assert_eq!(times(&lab), times(&other));
}

#[tokio::test]
async fn a_runbook_that_leaves_something_fails_loudly() {
    let lab = Lab::new().await;
    // It may look, and remove the gateway, but not release the address.
    let closing = json!([
        { "Effect": "Allow", "Action": ["ec2:Describe*", "ec2:Delete*"], "Resource": "*" },
    ]);
    make_role_with(&lab, &trust(), &[starting(), closing]);
    install(&lab, &whole_runbook()).await;
    let table = open(&lab).await;
    arm(&lab, &table).await;
    lab.pass_secs(600);
    let execution = execution(&lab).await;
    assert_eq!(execution["AutomationExecutionStatus"], "Failed");
    let last = steps(&execution).pop().unwrap();
    assert_eq!(last, ("failLoudly".to_owned(), "Failed".to_owned()));
    let released = failure(&execution, "release3");
    assert!(released.contains("UnauthorizedOperation"), "{released}");
    assert!(released.contains("no identity-based policy allows the ec2:ReleaseAddress action"), "{released}");
    let loud = execution["FailureMessage"].as_str().unwrap();
    assert!(loud.contains("failLoudly") && loud.contains("not in desired values"), "{loud}");
    let item = lab.aws.inventory().into_iter().find(|item| item.kind == "automation").unwrap();
    assert_eq!((item.state.as_str(), item.managed), ("Failed", true));
    assert_eq!(lab.states("elastic-ip"), ["allocated"]);
}

#[tokio::test]
async fn tags_of_others_keep_the_runbook_from_them() {
    let lab = Lab::new().await;
    make_role(&lab);
    install(&lab, &whole_runbook()).await;
    let table = open(&lab).await;
    let gateway = lab.aws.inventory().into_iter().find(|item| item.kind == "nat-gateway").unwrap();
    let tag =
        [("ResourceId.1", gateway.id.as_str()), ("Tag.1.Key", "ManagedBy"), ("Tag.1.Value", "somebody")];
    lab.ec2("CreateTags", &tag).await.ok();
    arm(&lab, &table).await;
    lab.pass_secs(3600);
    let execution = execution(&lab).await;
    let refused = failure(&execution, "deleteGateway");
    assert!(refused.contains("UnauthorizedOperation") && refused.contains(&gateway.id), "{refused}");
    assert_eq!(lab.states("nat-gateway"), ["available"]);
    let waited = steps(&execution);
    assert!(waited.contains(&("waitForGateway".to_owned(), "TimedOut".to_owned())), "{waited:?}");
    assert_eq!(execution["AutomationExecutionStatus"], "Failed");
}

#[tokio::test]
async fn a_target_that_fails_is_tried_again_and_then_given_up() {
    let lab = Lab::new().await;
    // Both ways in which the role can be too small for a start: no start, or nothing to hand over.
    for (missing, at) in [("ssm:StartAutomationExecution", 0), ("iam:PassRole", 1)] {
        let lab = Lab::new().await;
        let mut allowed = starting();
        allowed.as_array_mut().unwrap().remove(at);
        make_role_with(&lab, &trust(), &[allowed, closing()]);
        install(&lab, &whole_runbook()).await;
        let table = open(&lab).await;
        arm(&lab, &table).await;
        lab.pass_secs(600);
        assert_eq!(lab.states("schedule"), [""; 0], "{missing}: gone although it never got through");
        assert_eq!(lab.states("automation"), [""; 0], "{missing}");
        let calls = lab.aws.service_calls();
        let outcomes: Vec<_> = calls.iter().map(|call| call.outcome.as_str()).collect();
        assert_eq!(outcomes, ["AccessDeniedException"; 4], "{missing}: once, and three times again");
        let pauses: Vec<_> = calls.windows(2).map(|two| (two[1].at - two[0].at).num_seconds()).collect();
        assert_eq!(pauses, [1, 2, 4], "{missing}");
    }
    // The document is not there yet, and then it is: the second try gets through.
    make_role(&lab);
    let table = open(&lab).await;
    arm(&lab, &table).await;
    let fires = |lab: &Lab| lab.aws.service_calls().len();
    while fires(&lab) == 0 {
        lab.pass_secs(1);
    }
    assert_eq!(lab.aws.service_calls()[0].outcome, "AutomationDefinitionNotFoundException");
    assert_eq!(lab.states("schedule"), ["ENABLED"]);
    install(&lab, &whole_runbook()).await;
    lab.pass_secs(2);
    assert_eq!(lab.states("schedule"), [""; 0]);
    assert_eq!(lab.states("automation"), ["InProgress"]);
}

#[tokio::test]
async fn a_role_taken_away_meanwhile_can_no_longer_be_assumed() {
    let lab = Lab::new().await;
    make_role(&lab);
    install(&lab, &whole_runbook()).await;
    let table = open(&lab).await;
    arm(&lab, &table).await;
    let hands = lab.aws.by_hand();
    hands.iam("DeleteRolePolicy", &[("RoleName", ROLE), ("PolicyName", "close")]).unwrap();
    hands.iam("DeleteRole", &[("RoleName", ROLE)]).unwrap();
    lab.pass_secs(600);
    assert_eq!(lab.states("schedule"), [""; 0]);
    assert_eq!(lab.states("automation"), [""; 0]);
    assert_eq!(lab.states("nat-gateway"), ["available"]);
    assert!(lab.aws.service_calls().iter().all(|call| call.outcome == "AccessDeniedException"));
}

#[tokio::test]
async fn faults_are_for_the_wire_and_not_for_aws_itself() {
    use doorman_sandbox::aws::{FaultKind, FaultRule};
    let lab = Lab::new().await;
    make_role(&lab);
    install(&lab, &whole_runbook()).await;
    let table = open(&lab).await;
    arm(&lab, &table).await;
    lab.aws.faults().add(FaultRule {
        operation: "*".to_owned(),
        skip: 0,
        times: usize::MAX,
        kind: FaultKind::LoseAnswer,
    });
    lab.aws.faults().away(true);
    lab.pass_secs(600);
    assert_eq!(lab.states("automation"), ["Success"]);
    assert_eq!(lab.states("elastic-ip"), [""; 0]);
}
