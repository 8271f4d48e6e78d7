//! Systems Manager Automation on the wire: documents and runs.

use doorman_sandbox::aws::{FaultKind, FaultRule};
use serde_json::{Value, json};

use crate::client::{Lab, Reply, send};

pub(crate) const DOCUMENT: &str = "doorman-test";

pub(crate) fn execute(name: &str, api: &str, more: Value) -> Value {
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

pub(crate) fn sleep(name: &str, more: Value) -> Value {
    let mut step = json!({ "name": name, "action": "aws:sleep", "inputs": { "Duration": "PT1S" } });
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    step
}

/// A step that fails.
pub(crate) fn failing(name: &str, more: Value) -> Value {
    let mut step = execute(name, "ReleaseAddress", json!({ "inputs": { "AllocationId": "eipalloc-0" } }));
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    step
}

pub(crate) fn runbook(steps: &[Value]) -> Value {
    json!({ "schemaVersion": "0.3", "mainSteps": steps })
}

pub(crate) async fn create(lab: &Lab, name: &str, content: &Value) -> Reply {
    let document = json!({
        "Name": name, "DocumentType": "Automation", "DocumentFormat": "JSON", "Content": content.to_string(),
    });
    lab.ssm("CreateDocument", document).await
}

pub(crate) async fn start(lab: &Lab, parameters: Value) -> Reply {
    lab.ssm("StartAutomationExecution", json!({ "DocumentName": DOCUMENT, "Parameters": parameters })).await
}

pub(crate) async fn shown(lab: &Lab, id: &Value) -> Value {
    let input = json!({ "AutomationExecutionId": id });
    lab.ssm("GetAutomationExecution", input).await.ok().value()["AutomationExecution"].clone()
}

/// Runs steps to their end and answers what is shown of the run.
pub(crate) async fn run(lab: &Lab, content: &Value) -> Value {
    create(lab, DOCUMENT, content).await.ok();
    let id = start(lab, json!({})).await.ok().value()["AutomationExecutionId"].clone();
    lab.pass_secs(2 * 3600);
    let execution = shown(lab, &id).await;
    lab.ssm("DeleteDocument", json!({ "Name": DOCUMENT })).await.ok();
    execution
}

/// The status of the whole and of each step, in one line.
pub(crate) fn outline(execution: &Value) -> String {
    let steps = execution["StepExecutions"].as_array().unwrap().iter();
    let words = steps.map(|step| {
        format!("{}={}", step["StepName"].as_str().unwrap(), step["StepStatus"].as_str().unwrap())
    });
    let status = execution["AutomationExecutionStatus"].as_str().unwrap().to_owned();
    std::iter::once(status).chain(words).collect::<Vec<_>>().join(" ")
}

pub(crate) fn message(execution: &Value, at: usize) -> &str {
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
