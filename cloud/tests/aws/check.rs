//! What `doorman check` finds, in a good account and in bad ones.

use doorman_cloud::aws::{Aws, Options};
use doorman_cloud::check::{Check, Finding, Problem, Verdict};
use doorman_cloud::failure::FailureKind;
use doorman_cloud::lease::Trouble;
use doorman_cloud::switchboard::aws::look;
use doorman_sandbox::aws::FaultKind;

use crate::world::{World, allocate, local, record, refuse, settings};

fn of<'a>(findings: &'a [Finding], what: &str) -> &'a Verdict {
    let found = findings.iter().find(|finding| finding.what == what);
    &found.unwrap_or_else(|| panic!("{what} is not among {findings:#?}")).verdict
}

fn bad(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Bad(_))).collect()
}

#[tokio::test]
async fn a_good_account_has_nothing_bad_and_nothing_changes() {
    let world = World::start().await;
    let before = world.sandbox.inventory().len();
    let findings = world.check().await;
    assert!(bad(&findings).is_empty(), "{findings:#?}");
    let skipped = findings.iter().filter(|finding| finding.verdict == Verdict::Skipped);
    assert!(skipped.clone().all(|finding| finding.what.starts_with("safety net")), "{findings:#?}");
    for allowed in [
        "permission ec2:AllocateAddress",
        "permission ec2:CreateNatGateway",
        "permission ec2:CreateRoute",
        "permission ec2:AuthorizeSecurityGroupEgress",
        "permission ec2:AuthorizeSecurityGroupIngress",
        "permission ec2:CreateVpcEndpoint",
        "permission ec2:RunInstances",
        "permission iam:GetRole",
        "permission ssm:DescribeInstanceInformation",
    ] {
        assert_eq!(*of(&findings, allowed), Verdict::Good("allowed".to_owned()), "{allowed}");
    }
    assert_eq!(*of(&findings, "quota Elastic IPs"), Verdict::Good("0 of 5 used".to_owned()));
    assert_eq!(
        *of(&findings, "quota NAT gateways in ap-northeast-2a"),
        Verdict::Good("0 of 5 used".to_owned())
    );
    assert!(matches!(of(&findings, "quota vCPUs, on-demand standard"), Verdict::Good(_)));
    assert!(matches!(of(&findings, "image ubuntu-24.04 on t3.micro"), Verdict::Good(_)));

    let Verdict::Good(who) = of(&findings, "credentials") else { panic!("{findings:#?}") };
    assert!(who.starts_with("account …9012,") && !who.contains("123456789012"), "{who}");
    assert_eq!(world.sandbox.inventory().len(), before);
    assert!(world.sandbox.calls().iter().all(|call| !call.mutating));
}

#[tokio::test]
async fn removing_is_tried_on_what_is_there() {
    let world = World::start().await;
    let mut observed = world.look().await;
    world.apply(&allocate(), &mut observed).await;
    let findings = world.check().await;
    let allowed = Verdict::Good("allowed".to_owned());
    assert_eq!(*of(&findings, "permission ec2:ReleaseAddress"), allowed);
    assert_eq!(*of(&findings, "permission ec2:CreateTags"), allowed);
    assert!(matches!(of(&findings, "permission ec2:DeleteNatGateway"), Verdict::Note(_)));
    assert_eq!(world.alive("elastic-ip").len(), 1);
}

#[tokio::test]
async fn bad_credentials_skip_the_rest() {
    let world = World::start().await;
    world.fault("GetCallerIdentity", refuse(403, "InvalidClientTokenId", "The security token is invalid."));
    let findings = world.check().await;
    assert_eq!(*of(&findings, "credentials"), Verdict::Bad(Problem::Trouble(Trouble::Credentials)));
    assert!(findings.len() > 1 && findings[1..].iter().all(|finding| finding.verdict == Verdict::Skipped));
    assert_eq!(world.sandbox.calls().len(), 1);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let world = World::start().await;
    world.fault("RunInstances", refuse(403, "UnauthorizedOperation", "You are not authorized."));
    world.fault("GetRole", refuse(403, "AccessDenied", "User is not authorized to perform: iam:GetRole"));
    let findings = world.check().await;
    let denied = |operation: &str| {
        Verdict::Bad(Problem::Trouble(Trouble::AccessDenied { operation: operation.to_owned(), on: None }))
    };
    assert_eq!(*of(&findings, "permission ec2:RunInstances"), denied("RunInstances"));
    assert_eq!(*of(&findings, "permission iam:GetRole"), denied("GetRole"));
    assert_eq!(bad(&findings).len(), 2, "{findings:#?}");
}

#[tokio::test]
async fn a_quota_without_room_is_found_before_it_hurts() {
    let world = World::start().await;
    let by_hand = world.sandbox.by_hand();
    by_hand.set_quota("L-0263D0A3", 1.0).expect("a quota");
    by_hand.create_nat_gateway("theirs", "my-subnet-public02").expect("a gateway");
    let findings = world.check().await;
    assert_eq!(
        *of(&findings, "quota Elastic IPs"),
        Verdict::Bad(Problem::NoRoom { used: 1, limit: 1, quota_code: "L-0263D0A3".to_owned() })
    );
    // The other zone has room.
    assert_eq!(
        *of(&findings, "quota NAT gateways in ap-northeast-2a"),
        Verdict::Good("0 of 5 used".to_owned())
    );
}

#[tokio::test]
async fn a_network_that_does_not_fit_is_said_part_by_part() {
    let world = World::start().await;
    let observed = world.look().await;
    let by_hand = world.sandbox.by_hand();
    let vpc = observed.network().vpc.found().expect("the VPC").id.to_string();
    let off = [("VpcId", vpc.as_str()), ("EnableDnsHostnames.Value", "false")];
    by_hand.ec2("ModifyVpcAttribute", &off).expect("a change");
    by_hand.rename("my-subnet-private02", "renamed").expect("a renaming");
    let (gateway, _) = by_hand.create_nat_gateway("theirs", "my-subnet-public02").expect("a gateway");
    let table = observed.network().route_table.found().expect("the table").id.to_string();
    world.pass(120);
    let route =
        [("RouteTableId", table.as_str()), ("DestinationCidrBlock", "0.0.0.0/0"), ("NatGatewayId", &gateway)];
    by_hand.ec2("CreateRoute", &route).expect("a route");

    let findings = world.check().await;
    assert_eq!(
        *of(&findings, "vpc attribute enableDnsHostnames"),
        Verdict::Bad(Problem::VpcAttributeOff("enableDnsHostnames".to_owned()))
    );
    assert_eq!(
        *of(&findings, "subnet my-subnet-private02"),
        Verdict::Bad(Problem::Trouble(Trouble::Missing {
            what: "subnet".to_owned(),
            name: "my-subnet-private02".to_owned()
        }))
    );
    assert_eq!(
        *of(&findings, "default route of my-route-private"),
        Verdict::Bad(Problem::Trouble(Trouble::ForeignRoute {
            table: "my-route-private".to_owned(),
            target: gateway
        }))
    );
}

#[tokio::test]
async fn an_unreachable_aws_is_away() {
    let world = World::start().await;
    world.sandbox.faults().away(true);
    let findings = world.check().await;
    assert!(matches!(of(&findings, "credentials"), Verdict::Bad(Problem::Away(_))), "{findings:#?}");
}

const ROLE: &str = "arn:aws:iam::123456789012:role/operator";

/// A connection whose settings name a role to assume.
async fn through_role(world: &World) -> Aws {
    let mut settings = settings();
    settings.aws.role_arn = Some(ROLE.to_owned());
    // The time limit of an attempt includes assuming the role, with its retries.
    let options = Options { attempt: None, ..local(world.sandbox.url()) };
    Aws::connect(&settings, &world.clock, options).await
}

fn make_role(world: &World) {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}"#;
    let role = [("RoleName", "operator"), ("AssumeRolePolicyDocument", trust)];
    let by_hand = world.sandbox.by_hand();
    by_hand.iam("CreateRole", &role).expect("a role");
    let all = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let policy = [("RoleName", "operator"), ("PolicyName", "all"), ("PolicyDocument", all)];
    by_hand.iam("PutRolePolicy", &policy).expect("a policy");
}

#[tokio::test]
async fn a_role_is_assumed_when_the_settings_name_one() {
    let world = World::start().await;
    make_role(&world);
    let aws = through_role(&world).await;
    assert!(world.sandbox.calls().is_empty(), "connecting calls nothing");
    let findings = Check::new(&aws, &settings().stack, world.clock.now()).all().await;
    let Verdict::Good(who) = of(&findings, "credentials") else { panic!("{findings:#?}") };
    assert!(who.contains("assumed-role/operator/doorman"), "{who}");
    assert_eq!(world.times("AssumeRole"), 1);
}

#[tokio::test]
async fn a_role_is_assumed_again_when_the_hour_is_over_by_the_clock_that_was_given() {
    let world = World::start().await;
    make_role(&world);
    let aws = through_role(&world).await;
    for (passed_s, assumed) in [(0, 1), (1800, 1), (1801, 2), (60, 2)] {
        world.pass(passed_s);
        look(&aws, &world.stack, &record(), world.clock.now()).await.expect("a look");
        assert_eq!(world.times("AssumeRole"), assumed, "{passed_s} s later");
    }
}

#[tokio::test]
async fn a_role_that_may_not_be_assumed_is_bad_credentials_and_a_silent_sts_is_away() {
    let world = World::start().await;
    let credentials = async |fault: Option<FaultKind>| {
        world.sandbox.faults().clear();
        if let Some(fault) = fault {
            world.faults("AssumeRole", fault, usize::MAX);
        }
        let aws = through_role(&world).await;
        let looked = look(&aws, &settings().stack, &record(), world.clock.now()).await;
        let failure = looked.expect_err("a failure");
        (failure.kind, failure.code)
    };
    let code = "NoCredentials".to_owned();
    assert_eq!(credentials(None).await, (FailureKind::Credentials, code.clone()), "there is no such role");
    make_role(&world);
    let faults = [
        (FaultKind::LoseAnswer, FailureKind::Away),
        (refuse(503, "ServiceUnavailable", "Unavailable."), FailureKind::Away),
        (refuse(400, "Throttling", "Rate exceeded"), FailureKind::Throttled),
        (refuse(403, "ExpiredToken", "The security token is expired."), FailureKind::Credentials),
    ];
    for (fault, kind) in faults {
        assert_eq!(credentials(Some(fault.clone())).await, (kind, code.clone()), "{fault:?}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_found_and_by_how_much() {
    let world = World::start().await;
    assert_eq!(*of(&world.check().await, "clock"), Verdict::Good("agrees with AWS's".to_owned()));
    for seconds in [-3_600, -6, 6, 3_600] {
        let clock = world.clock.off_by(chrono::TimeDelta::seconds(seconds));
        let aws = Aws::connect(&settings(), &clock, local(world.sandbox.url())).await;
        let findings = Check::new(&aws, &world.stack, clock.now()).all().await;
        let Verdict::Warn(Problem::Trouble(Trouble::Clock { ahead_s })) = of(&findings, "clock") else {
            panic!("{seconds} s: {findings:#?}");
        };
        // An answer says the time by the second.
        assert!((ahead_s - seconds).abs() <= 1, "{seconds} s: {ahead_s}");
    }
}
