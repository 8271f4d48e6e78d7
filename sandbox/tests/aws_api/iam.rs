//! Roles and instance profiles.

use serde_json::json;

use crate::client::Lab;

pub(crate) const ROLE: &str = "MySSMRoleForServiceInstance";
pub(crate) const CORE: &str = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

fn trust() -> String {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ec2.amazonaws.com" }
    }]})
    .to_string()
}

/// The role and the profile that instances need, both of the same name.
pub(crate) async fn make_profile(lab: &Lab) {
    lab.iam("CreateRole", &[("RoleName", ROLE), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    lab.iam("AttachRolePolicy", &[("RoleName", ROLE), ("PolicyArn", CORE)]).await.ok();
    lab.iam("CreateInstanceProfile", &[("InstanceProfileName", ROLE)]).await.ok();
    lab.iam("AddRoleToInstanceProfile", &[("InstanceProfileName", ROLE), ("RoleName", ROLE)]).await.ok();
}

#[tokio::test]
async fn a_role_and_its_profile_are_made_and_taken_apart_in_order() {
    let lab = Lab::instant().await;
    make_profile(&lab).await;
    let again = lab.iam("CreateRole", &[("RoleName", ROLE), ("AssumeRolePolicyDocument", &trust())]).await;
    assert_eq!((again.status, again.code().as_str()), (409, "EntityAlreadyExists"));
    let again = lab.iam("CreateInstanceProfile", &[("InstanceProfileName", ROLE)]).await;
    assert_eq!((again.status, again.code().as_str()), (409, "EntityAlreadyExists"));
    let pair = [("InstanceProfileName", ROLE), ("RoleName", ROLE)];
    assert_eq!(lab.iam("AddRoleToInstanceProfile", &pair).await.code(), "LimitExceeded");
    // Attaching twice is no error.
    lab.iam("AttachRolePolicy", &[("RoleName", ROLE), ("PolicyArn", CORE)]).await.ok();
    let policies = lab.iam("ListAttachedRolePolicies", &[("RoleName", ROLE)]).await.ok();
    assert_eq!(policies.all("PolicyArn"), [CORE]);
    let profiles = lab.iam("ListInstanceProfilesForRole", &[("RoleName", ROLE)]).await.ok();
    assert_eq!(profiles.all("InstanceProfileName"), [ROLE]);

    let role = [("RoleName", ROLE)];
    let profile = [("InstanceProfileName", ROLE)];
    assert_eq!(lab.iam("DeleteRole", &role).await.code(), "DeleteConflict");
    assert_eq!(lab.iam("DeleteInstanceProfile", &profile).await.code(), "DeleteConflict");
    lab.iam("RemoveRoleFromInstanceProfile", &pair).await.ok();
    assert_eq!(lab.iam("RemoveRoleFromInstanceProfile", &pair).await.code(), "NoSuchEntity");
    lab.iam("DeleteInstanceProfile", &profile).await.ok();
    assert_eq!(lab.iam("DeleteRole", &role).await.code(), "DeleteConflict");
    let policy = [("RoleName", ROLE), ("PolicyArn", CORE)];
    lab.iam("DetachRolePolicy", &policy).await.ok();
    assert_eq!(lab.iam("DetachRolePolicy", &policy).await.code(), "NoSuchEntity");
    lab.iam("DeleteRole", &role).await.ok();
    assert_eq!(lab.iam("GetRole", &role).await.code(), "NoSuchEntity");
    assert_eq!(lab.iam("GetInstanceProfile", &profile).await.code(), "NoSuchEntity");
}

#[tokio::test]
async fn policies_are_written_into_a_role_and_keep_it_from_going() {
    let lab = Lab::instant().await;
    lab.iam("CreateRole", &[("RoleName", ROLE), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    let document = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "ec2:DeleteNatGateway", "Resource": "*",
    }})
    .to_string();
    let put = |name: &'static str, document: String| {
        let lab = &lab;
        async move {
            let parameters =
                [("RoleName", ROLE), ("PolicyName", name), ("PolicyDocument", document.as_str())];
            lab.iam("PutRolePolicy", &parameters).await
        }
    };
    put("close", document.clone()).await.ok();
    // Putting again replaces.
    put("close", document.clone()).await.ok();
    assert_eq!(put("bad name", document.clone()).await.code(), "ValidationError");
    for wrong in ["{", r#"{"Statement":[]}"#, &document.replace("\"*\"", "\"natgateway\"")] {
        assert_eq!(put("close", wrong.to_owned()).await.code(), "MalformedPolicyDocument", "{wrong}");
    }
    let long = document.replace("ec2:DeleteNatGateway", &format!("ec2:{}", "x".repeat(10_240)));
    assert_eq!(put("long", long).await.code(), "LimitExceeded");

    let named = [("RoleName", ROLE), ("PolicyName", "close")];
    let shown = lab.iam("GetRolePolicy", &named).await.ok().first("PolicyDocument");
    let decoded = form_urlencoded::parse(format!("d={shown}").as_bytes()).next().unwrap().1.into_owned();
    assert_eq!(decoded, document);
    let names = lab.iam("ListRolePolicies", &[("RoleName", ROLE)]).await.ok();
    assert_eq!(names.all("member"), ["close"]);
    assert_eq!(lab.iam("DeleteRole", &[("RoleName", ROLE)]).await.code(), "DeleteConflict");
    lab.iam("DeleteRolePolicy", &named).await.ok();
    for operation in ["GetRolePolicy", "DeleteRolePolicy"] {
        assert_eq!(lab.iam(operation, &named).await.code(), "NoSuchEntity");
    }
    lab.iam("DeleteRole", &[("RoleName", ROLE)]).await.ok();
}

#[tokio::test]
async fn documents_names_and_policies_are_checked() {
    let lab = Lab::instant().await;
    let create = |name: &'static str, trust: String| {
        let lab = &lab;
        async move { lab.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await }
    };
    assert_eq!(create("r", "{".to_owned()).await.code(), "MalformedPolicyDocument");
    assert_eq!(
        create("r", r#"{"Statement":[{"Action":"sts:AssumeRole"}]}"#.to_owned()).await.code(),
        "MalformedPolicyDocument"
    );
    assert_eq!(create("not a name", trust()).await.code(), "ValidationError");
    create("r", trust()).await.ok();
    let shown = lab.iam("GetRole", &[("RoleName", "r")]).await.ok().first("AssumeRolePolicyDocument");
    let decoded: String = form_urlencoded::parse(format!("d={shown}").as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(decoded, trust(), "the document comes back percent-encoded");
    let unknown = [("RoleName", "r"), ("PolicyArn", "arn:aws:iam::aws:policy/NoSuchPolicy")];
    assert_eq!(lab.iam("AttachRolePolicy", &unknown).await.code(), "NoSuchEntity");
    let tag = [("RoleName", "r"), ("Tags.member.1.Key", "ManagedBy"), ("Tags.member.1.Value", "doorman")];
    lab.iam("TagRole", &tag).await.ok();
    assert!(lab.aws.inventory().iter().any(|item| item.kind == "role" && item.managed));
}
