//! Systems Manager Automation on the wire: documents, runs, and what the steps of a runbook may do.

use doorman_sandbox::aws::{FaultKind, FaultRule};
use serde_json::{Value, json};

use crate::client::{Lab, Reply, send};

const DOCUMENT: &str = "doorman-test";

fn execute(name: &str, api: &str, more: Value) -> Value {
    let mut step = json!({
        "name": name, "action": "aws:executeAwsApi", "inputs": { "Service": "ec2", "Api": api },
    });
    for (key, value) in more.as_object().unwrap() {
        match step.get_mut(key) {
            Some(Value::Object(present)) => present.extend(value.as_object().unwrap().clone()),
            _ => step[key] = value.clone(),
        }
    }
    step
}

fn sleep(name: &str, more: Value) -> Value {
    let mut step = json!({ "name": name, "action": "aws:sleep", "inputs": { "Duration": "PT1S" } });
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    step
}

/// A step that fails.
fn failing(name: &str, more: Value) -> Value {
    let mut step = execute(name, "ReleaseAddress", json!({ "inputs": { "AllocationId": "eipalloc-0" } }));
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    step
}

fn runbook(steps: &[Value]) -> Value {
    json!({ "schemaVersion": "0.3", "mainSteps": steps })
}

async fn create(lab: &Lab, name: &str, content: &Value) -> Reply {
    let document = json!({
        "Name": name, "DocumentType": "Automation", "DocumentFormat": "JSON", "Content": content.to_string(),
    });
    lab.ssm("CreateDocument", document).await
}

async fn start(lab: &Lab, parameters: Value) -> Reply {
    lab.ssm("StartAutomationExecution", json!({ "DocumentName": DOCUMENT, "Parameters": parameters })).await
}

async fn shown(lab: &Lab, id: &Value) -> Value {
    let input = json!({ "AutomationExecutionId": id });
    lab.ssm("GetAutomationExecution", input).await.ok().value()["AutomationExecution"].clone()
}

/// Runs steps to their end and answers what is shown of the run.
async fn run(lab: &Lab, content: &Value) -> Value {
    create(lab, DOCUMENT, content).await.ok();
    let id = start(lab, json!({})).await.ok().value()["AutomationExecutionId"].clone();
    lab.pass_secs(2 * 3600);
    let execution = shown(lab, &id).await;
    lab.ssm("DeleteDocument", json!({ "Name": DOCUMENT })).await.ok();
    execution
}

/// The status of the whole and of each step, in one line.
fn outline(execution: &Value) -> String {
    let steps = execution["StepExecutions"].as_array().unwrap().iter();
    let words = steps.map(|step| {
        format!("{}={}", step["StepName"].as_str().unwrap(), step["StepStatus"].as_str().unwrap())
    });
    let status = execution["AutomationExecutionStatus"].as_str().unwrap().to_owned();
    std::iter::once(status).chain(words).collect::<Vec<_>>().join(" ")
}

fn message(execution: &Value, at: usize) -> &str {
    execution["StepExecutions"][at]["FailureMessage"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_document_is_made_shown_and_deleted() {
    let lab = Lab::instant().await;
    let content = runbook(&[sleep("a", json!({}))]);
    let made = create(&lab, DOCUMENT, &content).await.ok().value();
    assert_eq!(made["DocumentDescription"]["Status"], "Active");
    assert_eq!(create(&lab, DOCUMENT, &content).await.code(), "DocumentAlreadyExists");
    let named = json!({ "Name": DOCUMENT });
    let described = lab.ssm("DescribeDocument", named.clone()).await.ok().value();
    assert_eq!(described["Document"]["DocumentType"], "Automation");
    let got = lab.ssm("GetDocument", named.clone()).await.ok().value();
    assert_eq!(got["Content"], content.to_string());
    lab.ssm("DeleteDocument", named.clone()).await.ok();
    for operation in ["DescribeDocument", "GetDocument", "DeleteDocument"] {
        let gone = lab.ssm(operation, named.clone()).await;
        assert_eq!((gone.status, gone.code().as_str()), (400, "InvalidDocument"), "{operation}");
    }
    for name in ["ab", "a b c", "AWS-Close", "amazon-close", &"x".repeat(129)] {
        assert_eq!(create(&lab, name, &content).await.code(), "ValidationException", "{name}");
    }
    let long = runbook(&[sleep("a", json!({ "description": "x".repeat(64 * 1024) }))]);
    assert_eq!(create(&lab, "long", &long).await.code(), "MaxDocumentSizeExceeded");
    let command = json!({ "Name": DOCUMENT, "Content": content.to_string() });
    assert_eq!(lab.ssm("CreateDocument", command).await.code(), "ValidationException");
    let mutating: Vec<bool> = lab.aws.calls().iter().take(4).map(|call| call.mutating).collect();
    assert_eq!(mutating, [true, true, false, false]);
}

#[tokio::test]
async fn what_is_not_understood_is_refused_when_the_document_is_made() {
    let lab = Lab::instant().await;
    let step = |more: Value| runbook(&[execute("a", "DescribeAddresses", more)]);
    let output = |selector: &str, kind: &str| {
        step(json!({ "outputs": [{ "Name": "Ids", "Selector": selector, "Type": kind }] }))
    };
    let wait = |inputs: Value| {
        runbook(&[json!({ "name": "a", "action": "aws:waitForAwsResourceProperty", "inputs": inputs })])
    };
    for (content, expected) in [
        (json!([]), "JSON"),
        (runbook(&[]), "steps"),
        (json!({ "schemaVersion": "0.3", "mainSteps": [], "step": 1 }), "unknown field"),
        (runbook(&[json!({ "name": "a", "action": "aws:executeScript" })]), "no action aws:executeScript"),
        (runbook(&[sleep("a", json!({ "inputs": { "Duration": "10 minutes" } }))]), "ISO 8601"),
        (runbook(&[sleep("a b", json!({}))]), "name"),
        (runbook(&[sleep("a", json!({})), sleep("a", json!({}))]), "twice"),
        (runbook(&[sleep("a", json!({ "onCancel": "Abort" }))]), "unknown field"),
        (runbook(&[sleep("a", json!({ "nextStep": "b" }))]), "there is no step b"),
        (runbook(&[sleep("a", json!({ "onFailure": "step:b" }))]), "there is no step b"),
        (runbook(&[sleep("a", json!({ "onFailure": "Retry" }))]), "onFailure"),
        (runbook(&[sleep("a", json!({ "maxAttempts": 0 }))]), "maxAttempts"),
        (runbook(&[sleep("a", json!({ "isEnd": true, "nextStep": "a" }))]), "isEnd"),
        (step(json!({ "inputs": { "AllocationIds": "{{ Ids }}" } })), "{{ Ids }} is not defined"),
        (step(json!({ "inputs": { "AllocationIds": ["{{ b.Ids }}"] } })), "{{ b.Ids }} is not defined"),
        (step(json!({ "inputs": { "AllocationIds": ["{{ a.Ids }}"] } })), "{{ a.Ids }} is not defined"),
        (step(json!({ "inputs": { "AllocationIds": ["{{ a"] } })), "does not close"),
        (output("$.A[?(@.B)]", "String"), "selector"),
        (output("$.A", "Object"), "type Object"),
        (
            wait(json!({ "Service": "ec2", "Api": "DescribeAddresses", "DesiredValues": ["x"] })),
            "PropertySelector",
        ),
        (
            wait(json!({ "Service": "ec2", "Api": "DescribeAddresses", "PropertySelector": "$.A" })),
            "DesiredValues",
        ),
        (wait(json!({ "Service": "ec2", "PropertySelector": "$.A", "DesiredValues": ["x"] })), "Api"),
    ] {
        let refused = create(&lab, DOCUMENT, &content).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "InvalidDocumentContent"), "{content}");
        let message = refused.value()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(expected), "{content}: {message}");
    }
    let old = json!({ "schemaVersion": "2.2", "mainSteps": [sleep("a", json!({}))] });
    assert_eq!(create(&lab, DOCUMENT, &old).await.code(), "InvalidDocumentSchemaVersion");
}

#[tokio::test]
async fn parameters_are_checked_and_filled_in() {
    let lab = Lab::instant().await;
    let address = lab.address().await;
    let content = json!({
        "schemaVersion": "0.3",
        "parameters": {
            "Ids": { "type": "StringList" },
            "Key": { "type": "String", "default": "ManagedBy", "allowedValues": ["ManagedBy", "Lease"] },
            "Least": { "type": "Integer", "default": 5 },
        },
        "mainSteps": [
            execute("list", "DescribeAddresses", json!({
                "inputs": {
                    "AllocationIds": "{{ Ids }}",
                    "Filters": [{ "Name": "tag:{{ Key }}", "Values": ["doorman"] }],
                },
                "outputs": [
                    { "Name": "Ids", "Selector": "$..AllocationId", "Type": "StringList" },
                    { "Name": "First", "Selector": "$.Addresses[0].PublicIp" },
                ],
            })),
            execute("gateways", "DescribeNatGateways", json!({ "inputs": { "MaxResults": "{{ Least }}" } })),
        ],
        "outputs": ["list.Ids", "list.First"],
    });
    create(&lab, DOCUMENT, &content).await.ok();
    for (wrong, expected) in [
        (json!({}), "Ids is required"),
        (json!({ "Ids": [], "Lease": ["x"] }), "Lease is not defined"),
        (json!({ "Ids": [], "Key": ["a", "b"] }), "Key is not a String"),
        (json!({ "Ids": [], "Key": ["Name"] }), "Key may not be Name"),
        (json!({ "Ids": [], "Least": ["few"] }), "Least is not a Integer"),
    ] {
        let refused = start(&lab, wrong.clone()).await;
        assert_eq!(refused.code(), "InvalidAutomationExecutionParametersException", "{wrong}");
        assert!(refused.body.contains(expected), "{wrong}: {}", refused.body);
    }
    let id = start(&lab, json!({ "Ids": [address] })).await.ok().value()["AutomationExecutionId"].clone();
    let execution = shown(&lab, &id).await;
    assert_eq!(outline(&execution), "Success list=Success gateways=Success");
    assert_eq!(execution["Outputs"]["list.Ids"], json!([address]));
    assert!(execution["Outputs"]["list.First"][0].as_str().unwrap().starts_with("203.0.113."));
    let missing = json!({ "AutomationExecutionId": "x".repeat(36) });
    assert_eq!(
        lab.ssm("GetAutomationExecution", missing).await.code(),
        "AutomationExecutionNotFoundException"
    );
    let unknown = json!({ "DocumentName": "doorman-nothing" });
    assert_eq!(
        lab.ssm("StartAutomationExecution", unknown).await.code(),
        "AutomationDefinitionNotFoundException"
    );
    let version = json!({ "DocumentName": DOCUMENT, "DocumentVersion": "2" });
    assert_eq!(
        lab.ssm("StartAutomationExecution", version).await.code(),
        "AutomationDefinitionVersionNotFoundException"
    );
}

#[tokio::test]
async fn a_token_starts_one_run() {
    let lab = Lab::instant().await;
    create(&lab, DOCUMENT, &runbook(&[sleep("a", json!({}))])).await.ok();
    let token = "01234567-89ab-cdef-0123-456789abcdef";
    let with = |token: &str, more: Value| {
        let mut input = json!({ "DocumentName": DOCUMENT, "ClientToken": token });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let lab = &lab;
        async move { lab.ssm("StartAutomationExecution", input).await }
    };
    let first = with(token, json!({})).await.ok().value();
    assert_eq!(with(token, json!({})).await.ok().value(), first);
    let other = with(token, json!({ "DocumentVersion": "1" })).await;
    assert_eq!(other.code(), "IdempotentParameterMismatch");
    assert_eq!(with("lease-1", json!({})).await.code(), "ValidationException");
    let runs = lab.ssm("DescribeAutomationExecutions", json!({})).await.ok().value();
    assert_eq!(runs["AutomationExecutionMetadataList"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn runs_are_listed_newest_first_filtered_and_paged() {
    let lab = Lab::new().await;
    create(&lab, DOCUMENT, &runbook(&[sleep("a", json!({}))])).await.ok();
    create(&lab, "other", &runbook(&[failing("a", json!({}))])).await.ok();
    start(&lab, json!({})).await.ok();
    lab.pass_secs(60);
    lab.ssm("StartAutomationExecution", json!({ "DocumentName": "other" })).await.ok();
    lab.pass_secs(60);
    start(&lab, json!({})).await.ok();
    let list = |input: Value| {
        let lab = &lab;
        async move {
            let answer = lab.ssm("DescribeAutomationExecutions", input).await.ok().value();
            let runs = answer["AutomationExecutionMetadataList"].as_array().unwrap().clone();
            let lines = runs.iter().map(|run| {
                let text = |name: &str| run[name].as_str().unwrap().to_owned();
                format!("{} {}", text("DocumentName"), text("AutomationExecutionStatus"))
            });
            (lines.collect::<Vec<_>>(), answer["NextToken"].clone())
        }
    };
    let all = ["doorman-test InProgress", "other Failed", "doorman-test Success"];
    assert_eq!(list(json!({})).await.0, all);
    let filter = |key: &str, value: &str| json!({ "Filters": [{ "Key": key, "Values": [value] }] });
    assert_eq!(list(filter("DocumentNamePrefix", "doorman-")).await.0, [all[0], all[2]]);
    assert_eq!(list(filter("ExecutionStatus", "Failed")).await.0, [all[1]]);
    assert_eq!(list(filter("StartTimeAfter", "2026-11-22T09:00:30Z")).await.0, all[..2]);
    let (page, next) = list(json!({ "MaxResults": 2 })).await;
    assert_eq!(page, all[..2]);
    assert_eq!(list(json!({ "NextToken": next })).await.0, all[2..]);
    let wrong = lab.ssm("DescribeAutomationExecutions", filter("Colour", "red")).await;
    assert_eq!(wrong.code(), "InvalidFilterKey");
}

#[tokio::test]
async fn faults_hit_automation_over_the_wire() {
    let lab = Lab::instant().await;
    create(&lab, DOCUMENT, &runbook(&[sleep("a", json!({}))])).await.ok();
    let once = |kind| FaultRule { operation: "StartAutomationExecution".to_owned(), skip: 0, times: 1, kind };
    lab.aws.faults().add(once(FaultKind::Refuse {
        status: 400,
        code: "ThrottlingException".to_owned(),
        message: "Rate exceeded".to_owned(),
    }));
    assert_eq!(start(&lab, json!({})).await.code(), "ThrottlingException");
    assert_eq!(lab.states("automation"), [""; 0]);
    lab.aws.faults().add(once(FaultKind::LoseAnswer));
    let request = lab.signed("ssm").header("content-type", "application/x-amz-json-1.1");
    let request = request.header("x-amz-target", "AmazonSSM.StartAutomationExecution");
    assert!(send(request.body(json!({ "DocumentName": DOCUMENT }).to_string())).await.is_err());
    assert_eq!(lab.states("automation").len(), 1);
}

#[tokio::test]
async fn the_role_of_a_run_must_exist_and_trust_automation() {
    let lab = Lab::new().await;
    let content = json!({
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": { "AutomationAssumeRole": { "type": "AWS::IAM::Role::Arn", "default": "" } },
        "mainSteps": [execute("look", "DescribeAddresses", json!({}))],
    });
    create(&lab, DOCUMENT, &content).await.ok();
    // Without a role, the run has the permissions of whoever starts it.
    start(&lab, json!({})).await.ok();
    lab.pass_secs(1);
    assert_eq!(lab.states("automation"), ["Success"]);
    let trust = |service: &str| {
        json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": { "Service": [service] }, "Action": "sts:AssumeRole",
        }})
        .to_string()
    };
    let hands = lab.aws.by_hand();
    let other = hands.create_role("other", &trust("ec2.amazonaws.com"), &[]).unwrap();
    let mine = hands.create_role("mine", &trust("ssm.amazonaws.com"), &[]).unwrap();
    for (arn, expected) in [
        ("arn:aws:iam::123456789012:role/nobody", "unable to be assumed"),
        (other.as_str(), "unable to be assumed"),
        ("mine", "format"),
    ] {
        let refused = start(&lab, json!({ "AutomationAssumeRole": [arn] })).await;
        assert_eq!(refused.code(), "InvalidAutomationExecutionParametersException", "{arn}");
        assert!(refused.body.contains(expected), "{arn}: {}", refused.body);
    }
    let id = start(&lab, json!({ "AutomationAssumeRole": [mine] })).await.ok().value();
    lab.pass_secs(1);
    let execution = shown(&lab, &id["AutomationExecutionId"]).await;
    assert_eq!(outline(&execution), "Failed look=Failed");
    assert!(message(&execution, 0).contains("UnauthorizedOperation"), "{execution}");
}

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
