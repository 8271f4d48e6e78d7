//! The wire: who is asked, and in which shape answers and refusals come.

use serde_json::json;

use crate::client::{Lab, send};

#[tokio::test]
async fn refusals_have_the_shape_of_their_protocol() {
    let lab = Lab::instant().await;
    let ec2 = lab.ec2("DescribeVpcs", &[("VpcId.1", "vpc-0")]).await;
    insta::assert_snapshot!(ec2.body, @"<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>The vpc ID &apos;vpc-0&apos; does not exist</Message></Error></Errors><RequestID>5a4d0b0e-7c31-4f0a-9d2e-000000000000</RequestID></Response>");
    let iam = lab.iam("GetRole", &[("RoleName", "nobody")]).await;
    assert_eq!(iam.status, 404);
    insta::assert_snapshot!(iam.body, @"<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The role with name nobody cannot be found.</Message></Error><RequestId>5a4d0b0e-7c31-4f0a-9d2e-000000000001</RequestId></ErrorResponse>");
    let ssm = lab.json("ssm", "AmazonSSM.GetParameter", json!({ "Name": "/nothing" })).await;
    assert_eq!((ssm.status, ssm.code().as_str()), (400, "ParameterNotFound"));
    insta::assert_snapshot!(ssm.body, @r#"{"__type":"ParameterNotFound","message":""}"#);
}

#[tokio::test]
async fn a_request_without_signature_or_for_no_region_is_refused() {
    let lab = Lab::instant().await;
    let unsigned = send(reqwest::Client::new().post(lab.aws.url())).await.unwrap();
    assert_eq!((unsigned.status, unsigned.code().as_str()), (403, "MissingAuthenticationToken"));

    let elsewhere = lab.request("ec2", "DescribeVpcs", &[]).build().unwrap();
    let scope = elsewhere.headers()["authorization"].to_str().unwrap().replace("ap-northeast-2", "nowhere");
    let elsewhere = reqwest::Client::new()
        .post(lab.aws.url())
        .header("authorization", &scope)
        .header("content-type", "application/x-www-form-urlencoded");
    let reply = send(elsewhere.body("Action=DescribeVpcs&Version=2016-11-15")).await.unwrap();
    assert_eq!(reply.code(), "SignatureDoesNotMatch");

    // IAM answers for every region.
    let global = reqwest::Client::new()
        .post(lab.aws.url())
        .header("authorization", scope.replace("/nowhere/ec2/", "/us-east-1/iam/"))
        .header("content-type", "application/x-www-form-urlencoded");
    let reply = send(global.body("Action=GetRole&Version=2010-05-08&RoleName=x")).await.unwrap();
    assert_eq!(reply.code(), "NoSuchEntity");
}

/// Clients tell by it whether their clock is wrong.
#[tokio::test]
async fn answers_and_refusals_are_dated_by_the_accounts_own_time() {
    let lab = Lab::instant().await;
    for operation in ["DescribeVpcs", "DescribeEverything"] {
        let answer = lab.request("ec2", operation, &[]).send().await.unwrap();
        assert_eq!(answer.headers()["date"], "Sun, 22 Nov 2026 09:00:00 GMT", "{operation}");
    }
}

#[tokio::test]
async fn an_operation_or_parameter_that_does_not_exist_is_refused() {
    let lab = Lab::instant().await;
    assert_eq!(lab.ec2("DescribeEverything", &[]).await.code(), "InvalidAction");
    assert_eq!(lab.ec2("DescribeVpcs", &[("VpcIds.1", "vpc-1")]).await.code(), "UnknownParameter");
    let typo = lab.ec2("AllocateAddress", &[("Domian", "vpc")]).await;
    assert_eq!(typo.code(), "UnknownParameter");
    assert!(lab.ec2("DescribeAddresses", &[]).await.ok().all("allocationId").is_empty());
    let unknown = lab.json("ssm", "AmazonSSM.GetEverything", json!({})).await;
    assert_eq!(unknown.code(), "UnknownOperationException");
}

#[tokio::test]
async fn assumed_roles_speak_for_themselves_until_they_expire() {
    let lab = Lab::instant().await;
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "arn:aws:iam::123456789012:root" }
    }]});
    lab.iam("CreateRole", &[("RoleName", "bot"), ("AssumeRolePolicyDocument", &trust.to_string())])
        .await
        .ok();
    let assume = |arn: &'static str| {
        lab.request(
            "sts",
            "AssumeRole",
            &[("RoleArn", arn), ("RoleSessionName", "discord-1"), ("DurationSeconds", "900")],
        )
    };
    let denied = send(assume("arn:aws:iam::123456789012:role/other")).await.unwrap();
    assert_eq!((denied.status, denied.code().as_str()), (403, "AccessDenied"));
    let session = send(assume("arn:aws:iam::123456789012:role/bot")).await.unwrap().ok();
    let key = session.first("AccessKeyId");

    let ask = || async {
        let request = lab.request("sts", "GetCallerIdentity", &[]).build().unwrap();
        let signature = request.headers()["authorization"].to_str().unwrap().replace("AKIDEXAMPLE", &key);
        let again = reqwest::Client::new()
            .post(lab.aws.url())
            .header("authorization", signature)
            .header("content-type", "application/x-www-form-urlencoded");
        send(again.body("Action=GetCallerIdentity&Version=2011-06-15")).await.unwrap()
    };
    assert_eq!(ask().await.ok().first("Arn"), "arn:aws:sts::123456789012:assumed-role/bot/discord-1");
    lab.pass_secs(900);
    assert_eq!(ask().await.code(), "ExpiredToken");
}
