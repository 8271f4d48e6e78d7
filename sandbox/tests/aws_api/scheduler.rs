//! EventBridge Scheduler on the wire.

use std::time::Duration;

use doorman_sandbox::aws::{FaultKind, FaultRule};
use serde_json::{Value, json};

use crate::backstop::{make_role, schedule, trust};
use crate::client::{Lab, Reply, send};

const PATH: &str = "/schedules/doorman-x";

fn valid() -> Value {
    schedule(&json!({ "DocumentName": "doorman-close" }))
}

async fn create(lab: &Lab, body: Value) -> Reply {
    lab.scheduler("POST", PATH, Some(body)).await
}

/// The valid request with one thing changed; null takes it away.
fn but(pointer: &str, value: Value) -> Value {
    let mut body = valid();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => parent.remove(member),
        value => parent.insert(member.to_owned(), value),
    };
    body
}

#[tokio::test]
async fn a_schedule_is_made_shown_listed_and_deleted() {
    let lab = Lab::new().await;
    make_role(&lab);
    let arn = create(&lab, valid()).await.ok().value()["ScheduleArn"].clone();
    assert_eq!(arn, "arn:aws:scheduler:ap-northeast-2:123456789012:schedule/default/doorman-x");
    let shown = lab.scheduler("GET", PATH, None).await.ok().value();
    insta::assert_json_snapshot!(shown, @r#"
    {
      "Arn": "arn:aws:scheduler:ap-northeast-2:123456789012:schedule/default/doorman-x",
      "GroupName": "default",
      "Name": "doorman-x",
      "ScheduleExpression": "at(2026-11-22T09:02:00)",
      "ScheduleExpressionTimezone": "UTC",
      "State": "ENABLED",
      "CreationDate": 1795338000.0,
      "LastModificationDate": 1795338000.0,
      "Target": {
        "Arn": "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution",
        "RoleArn": "arn:aws:iam::123456789012:role/doorman-backstop",
        "RetryPolicy": {
          "MaximumEventAgeInSeconds": 600,
          "MaximumRetryAttempts": 3
        },
        "Input": "{\"DocumentName\":\"doorman-close\"}"
      },
      "FlexibleTimeWindow": {
        "Mode": "OFF"
      },
      "ActionAfterCompletion": "DELETE"
    }
    "#);
    let item = lab.aws.inventory().into_iter().find(|item| item.kind == "schedule").unwrap();
    assert!(item.managed);
    assert_eq!(item.detail, "StartAutomationExecution → doorman-close");
    lab.scheduler("DELETE", PATH, None).await.ok();
    for method in ["GET", "DELETE"] {
        let gone = lab.scheduler(method, PATH, None).await;
        assert_eq!((gone.status, gone.code().as_str()), (404, "ResourceNotFoundException"));
    }
    let gone = lab.scheduler("GET", PATH, None).await;
    insta::assert_snapshot!(gone.body, @r#"{"Message":"Schedule doorman-x does not exist."}"#);
    let mutating: Vec<_> = lab.aws.calls().into_iter().map(|call| (call.operation, call.mutating)).collect();
    assert_eq!(
        mutating[..3],
        [
            ("CreateSchedule".to_owned(), true),
            ("GetSchedule".to_owned(), false),
            ("DeleteSchedule".to_owned(), true),
        ]
    );
}

#[tokio::test]
async fn a_name_is_taken_unless_it_is_the_same_request_again() {
    let lab = Lab::new().await;
    make_role(&lab);
    let with_token = |token: &str| but("/ClientToken", token.into());
    create(&lab, with_token("one")).await.ok();
    create(&lab, with_token("one")).await.ok();
    let other = create(&lab, with_token("two")).await;
    assert_eq!((other.status, other.code().as_str()), (409, "ConflictException"));
    assert_eq!(create(&lab, valid()).await.code(), "ConflictException");
    let mut changed = with_token("one");
    changed["ScheduleExpression"] = "at(2026-11-22T09:03:00)".into();
    assert_eq!(create(&lab, changed).await.code(), "ConflictException");
}

#[tokio::test]
async fn what_aws_would_refuse_is_refused() {
    let lab = Lab::new().await;
    make_role(&lab);
    let hands = lab.aws.by_hand();
    let other = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole",
    }});
    let untrusting = hands.create_role("untrusting", &other.to_string(), &[]).unwrap();
    // A condition with the ARN of the schedule itself can never hold.
    let narrow = trust().to_string().replace("schedule-group/default", "schedule/default/doorman-x");
    let narrow = hands.create_role("narrow", &narrow, &[]).unwrap();
    let elsewhere = trust().to_string().replace(r#""123456789012""#, r#""210987654321""#);
    let elsewhere = hands.create_role("elsewhere", &elsewhere, &[]).unwrap();
    let cannot_assume = "must allow AWS EventBridge Scheduler to assume the role";
    let input = |value: Value| Value::from(value.to_string());
    for (pointer, value, expected) in [
        ("/ScheduleExpression", json!("at(2026-11-22T09:02:00Z)"), "Invalid Schedule Expression"),
        ("/ScheduleExpression", json!("at(2026-11-22T08:59:59)"), "past"),
        ("/ScheduleExpression", json!("rate(15 minutes)"), "The sandbox only has schedules that fire once"),
        ("/ScheduleExpression", Value::Null, "ScheduleExpression"),
        ("/ScheduleExpressionTimezone", json!("Seoul"), "time zone"),
        // 09:02 in Seoul was nine hours ago.
        ("/ScheduleExpressionTimezone", json!("Asia/Seoul"), "past"),
        ("/FlexibleTimeWindow", Value::Null, "FlexibleTimeWindow"),
        ("/FlexibleTimeWindow/Mode", json!("FLEXIBLE"), "MaximumWindowInMinutes"),
        ("/KmsKeyArn", json!("arn:aws:kms:x"), "KmsKeyArn"),
        (
            "/Target/Arn",
            json!("arn:aws:lambda:ap-northeast-2:123456789012:function:f"),
            "The sandbox only has",
        ),
        ("/Target/Arn", json!("arn:aws:scheduler:::aws-sdk:ssm:StartAutomationExecution"), "correct format"),
        ("/Target/Arn", json!("arn:aws:scheduler:::aws-sdk:ec2:describeNatGateways"), "only looks"),
        ("/Target/Arn", json!("arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"), "has no operation"),
        ("/Target/Input", json!("{"), "Invalid RequestJson provided"),
        ("/Target/Input", Value::Null, "missing the following field(s): DocumentName"),
        (
            "/Target/Input",
            input(json!({ "documentName": "d" })),
            "missing the following field(s): DocumentName",
        ),
        ("/Target/Input", input(json!({ "DocumentName": "d", "Lease": "x" })), "unknown field `Lease`"),
        ("/Target/Input", input(json!({ "DocumentName": "d", "Parameters": { "A": "x" } })), "sequence"),
        ("/Target/RetryPolicy/MaximumRetryAttempts", json!(186), "MaximumRetryAttempts"),
        ("/Target/RetryPolicy/MaximumEventAgeInSeconds", json!(59), "MaximumEventAgeInSeconds"),
        ("/Target/DeadLetterConfig", json!({ "Arn": "arn:aws:sqs:r:1:queue.fifo" }), "standard SQS queue"),
        ("/Target/RoleArn", json!("arn:aws:iam::123456789012:role/nobody"), cannot_assume),
        ("/Target/RoleArn", json!(untrusting), cannot_assume),
        ("/Target/RoleArn", json!(narrow), cannot_assume),
        ("/Target/RoleArn", json!(elsewhere), cannot_assume),
    ] {
        let refused = create(&lab, but(pointer, value.clone())).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (400, "ValidationException"),
            "{pointer} {value}"
        );
        let message = refused.value()["Message"].as_str().unwrap().to_owned();
        assert!(message.contains(expected), "{pointer} {value}: {message}");
    }
    let group = create(&lab, but("/GroupName", json!("mine"))).await;
    assert_eq!((group.status, group.code().as_str()), (404, "ResourceNotFoundException"));
    for name in ["a%20b", &"x".repeat(65)] {
        let path = format!("/schedules/{name}");
        assert_eq!(lab.scheduler("POST", &path, Some(valid())).await.code(), "ValidationException");
    }
    let nowhere = lab.scheduler("PATCH", PATH, None).await;
    assert_eq!((nowhere.status, nowhere.code().as_str()), (404, "UnknownOperationException"));
    let typo = lab.scheduler("GET", "/schedules?Prefix=x", None).await;
    assert_eq!(typo.code(), "ValidationException");
    assert_eq!(lab.states("schedule"), [""; 0]);
    let target = json!({ "NatGatewayId": "nat-1" });
    let mut direct = but("/Target/Arn", json!("arn:aws:scheduler:::aws-sdk:ec2:deleteNatGateway"));
    direct["Target"]["Input"] = json!({ "NatGateway": "nat-1" }).to_string().into();
    assert_eq!(create(&lab, direct.clone()).await.code(), "ValidationException");
    direct["Target"]["Input"] = target.to_string().into();
    create(&lab, direct).await.ok();
}

#[tokio::test]
async fn a_new_role_cannot_be_assumed_for_some_seconds() {
    let lab = Lab::new().await;
    let role = [("RoleName", "doorman-backstop"), ("AssumeRolePolicyDocument", &trust().to_string())];
    lab.iam("CreateRole", &role).await.ok();
    let refused = create(&lab, valid()).await;
    assert_eq!(
        refused.value()["Message"],
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    );
    lab.pass_secs(7);
    assert_eq!(create(&lab, valid()).await.code(), "ValidationException");
    lab.pass_secs(1);
    create(&lab, valid()).await.ok();
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let lab = Lab::new().await;
    make_role(&lab);
    for name in ["doorman-1", "doorman-2", "doorman-3", "other"] {
        let state = if name == "doorman-3" { "DISABLED" } else { "ENABLED" };
        let path = format!("/schedules/{name}");
        lab.scheduler("POST", &path, Some(but("/State", json!(state)))).await.ok();
    }
    let names = |query: &'static str| {
        let lab = &lab;
        async move {
            let answer = lab.scheduler("GET", &format!("/schedules{query}"), None).await.ok().value();
            let list = answer["Schedules"].as_array().unwrap().clone();
            let names: Vec<String> =
                list.iter().map(|one| one["Name"].as_str().unwrap().to_owned()).collect();
            (names.join(" "), answer["NextToken"].as_str().map(str::to_owned))
        }
    };
    assert_eq!(names("").await.0, "doorman-1 doorman-2 doorman-3 other");
    assert_eq!(names("?NamePrefix=doorman-").await.0, "doorman-1 doorman-2 doorman-3");
    assert_eq!(names("?State=DISABLED&ScheduleGroup=default").await.0, "doorman-3");
    let (first, token) = names("?MaxResults=3").await;
    assert_eq!(first, "doorman-1 doorman-2 doorman-3");
    let next = format!("/schedules?MaxResults=3&NextToken={}", token.unwrap());
    assert_eq!(lab.scheduler("GET", &next, None).await.ok().value()["Schedules"][0]["Name"], "other");
    assert_eq!(lab.scheduler("GET", "/schedules?MaxResults=0", None).await.code(), "ValidationException");
    assert_eq!(lab.scheduler("GET", "/schedules?NextToken=x", None).await.code(), "ValidationException");
    assert_eq!(
        lab.scheduler("GET", "/schedules?ScheduleGroup=mine", None).await.code(),
        "ResourceNotFoundException"
    );
    // What is disabled does not fire, and stays.
    lab.pass_secs(3600);
    assert_eq!(names("").await.0, "doorman-3");
}

#[tokio::test]
async fn faults_hit_the_scheduler_as_any_other_service() {
    let lab = Lab::new().await;
    make_role(&lab);
    let once = |kind| FaultRule { operation: "CreateSchedule".to_owned(), skip: 0, times: 1, kind };
    lab.aws.faults().add(once(FaultKind::Refuse {
        status: 429,
        code: "ThrottlingException".to_owned(),
        message: "Rate exceeded".to_owned(),
    }));
    let refused = create(&lab, valid()).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "ThrottlingException"));
    assert_eq!(lab.states("schedule"), [""; 0]);

    let request = || lab.scheduler_request("POST", PATH, Some(valid()));
    lab.aws.faults().add(once(FaultKind::Hang));
    assert!(send(request().timeout(Duration::from_millis(200))).await.unwrap_err().is_timeout());
    assert_eq!(lab.states("schedule"), [""; 0]);

    lab.aws.faults().add(once(FaultKind::LoseAnswer));
    assert!(send(request()).await.is_err());
    assert_eq!(lab.states("schedule"), ["ENABLED"]);
    lab.scheduler("DELETE", PATH, None).await.ok();

    lab.aws.faults().add(once(FaultKind::GarbleAnswer));
    let cut = create(&lab, valid()).await.ok();
    assert!(serde_json::from_str::<Value>(&cut.body).is_err(), "{}", cut.body);
    assert_eq!(lab.states("schedule"), ["ENABLED"]);
    lab.scheduler("DELETE", PATH, None).await.ok();

    lab.aws.faults().add(once(FaultKind::HangAfterEffect));
    assert!(send(request().timeout(Duration::from_millis(200))).await.unwrap_err().is_timeout());
    assert_eq!(lab.states("schedule"), ["ENABLED"]);
}
