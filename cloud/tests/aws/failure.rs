//! What a failed call is taken for, with the faults made on the wire.

use std::time::{Duration, Instant};

use doorman_cloud::aws::{Aws, Options};
use doorman_cloud::backstop::{GROUP, Parameters, runbook, schedule_name};
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::FailureKind;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::schedule::{self, Schedule};
use doorman_cloud::lease::LeaseKind;
use doorman_cloud::switchboard::aws::apply;
use doorman_cloud::switchboard::step::{AnyAct, Step};
use doorman_sandbox::aws::FaultKind;

use crate::check_backstop::make_role;
use crate::world::{self, World, allocate, create_role, local, moment, owner, refuse, settings, step};

fn delete_gateway() -> Step {
    world::delete_gateway("nat-0123456789abcdef0".into())
}

#[tokio::test]
async fn a_creation_without_a_token_is_sent_once_whatever_happens() {
    let faults = [
        (FaultKind::LoseAnswer, FailureKind::Unknown, 1),
        (FaultKind::GarbleAnswer, FailureKind::Unknown, 1),
        (FaultKind::FailAfterEffect, FailureKind::Unknown, 1),
        (FaultKind::HangAfterEffect, FailureKind::Unknown, 1),
        (FaultKind::Hang, FailureKind::Unknown, 0),
        (refuse(500, "InternalError", "An internal error has occurred."), FailureKind::Unknown, 0),
        (refuse(503, "Unavailable", "The server is overloaded."), FailureKind::Unknown, 0),
        (refuse(503, "RequestLimitExceeded", "Request limit exceeded."), FailureKind::Throttled, 0),
        (refuse(400, "AddressLimitExceeded", "Too many addresses."), FailureKind::Quota, 0),
        (refuse(403, "UnauthorizedOperation", "You are not authorized."), FailureKind::AccessDenied, 0),
        (refuse(400, "RequestExpired", "Request has expired."), FailureKind::Clock { ahead_s: 0 }, 0),
        (
            refuse(401, "AuthFailure", "AWS was not able to validate the credentials."),
            FailureKind::Credentials,
            0,
        ),
        (refuse(400, "InvalidParameterValue", "No."), FailureKind::Refused, 0),
    ];
    for (fault, kind, made) in faults {
        let world = World::start().await;
        world.fault("AllocateAddress", fault.clone());
        let failure = world.refused(&allocate()).await;
        assert_eq!(failure.kind, kind, "{fault:?}: {failure}");
        assert_eq!(world.aws.calls_by_operation()["AllocateAddress"], 1, "{fault:?}");
        assert_eq!(world.alive("elastic-ip").len(), made, "{fault:?}");
    }
}

#[tokio::test]
async fn what_may_be_repeated_is_tried_again_at_once() {
    let faults = [
        FaultKind::LoseAnswer,
        FaultKind::Hang,
        FaultKind::HangAfterEffect,
        refuse(503, "RequestLimitExceeded", "Request limit exceeded."),
        refuse(500, "InternalError", "An internal error has occurred."),
    ];
    for fault in faults {
        let world = World::start().await;
        world.fault("DescribeAddresses", fault.clone());
        world.look().await;
        assert_eq!(world.aws.calls_by_operation()["DescribeAddresses"], 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_look_that_keeps_failing_says_why() {
    let faults = [
        (FaultKind::LoseAnswer, FailureKind::Away),
        (FaultKind::Hang, FailureKind::Away),
        (FaultKind::GarbleAnswer, FailureKind::Away),
        (refuse(503, "RequestLimitExceeded", "Request limit exceeded."), FailureKind::Throttled),
        (refuse(503, "Unavailable", "Unavailable."), FailureKind::Away),
        (refuse(403, "UnauthorizedOperation", "You are not authorized."), FailureKind::AccessDenied),
        (refuse(400, "ExpiredToken", "The security token is expired."), FailureKind::Credentials),
    ];
    for (fault, kind) in faults {
        let world = World::start().await;
        world.faults("DescribeNatGateways", fault.clone(), usize::MAX);
        let observed = world.look().await;
        let failure = observed.shelf(Kind::NatGateway).unseen().expect("not seen");
        assert_eq!((failure.kind, failure.operation), (kind, "DescribeNatGateways"), "{fault:?}: {failure}");
        assert!(observed.knows(Kind::Address), "{fault:?}");
    }
}

#[tokio::test]
async fn a_removal_whose_answer_is_lost_for_good_is_unknown_and_an_internal_error_is_not() {
    let world = World::start().await;
    world.faults("DeleteNatGateway", FaultKind::LoseAnswer, usize::MAX);
    assert_eq!(world.refused(&delete_gateway()).await.kind, FailureKind::Unknown);
    world.sandbox.faults().clear();
    world.faults("DeleteNatGateway", refuse(500, "InternalError", "Oh."), usize::MAX);
    assert_eq!(world.refused(&delete_gateway()).await.kind, FailureKind::Away);
}

#[tokio::test]
async fn an_answer_that_is_cut_is_unknown_in_the_language_of_every_service() {
    let world = World::start().await;
    make_role(&world);
    let observed = world.look().await;
    let lease_ends_at = moment("2026-11-23T10:00:00Z");
    let name = schedule_name("main", &owner().lease, lease_ends_at, &Parameters::new());
    let schedule = schedule::Act::Create {
        schedule: Schedule { name, group: GROUP.to_owned(), lease_ends_at, sound: true, owner: owner() },
        role_arn: observed.backstop_roles[0].arn.clone(),
        document: runbook(LeaseKind::NatWindow).expect("covered").name().into(),
        parameters: Parameters::new(),
    };
    let steps = [allocate(), create_role(), step(AnyAct::Schedule(schedule))];
    for step in steps {
        world.fault(step.operation(), FaultKind::GarbleAnswer);
        assert_eq!(world.refused(&step).await.kind, FailureKind::Unknown, "{step:?}");
    }
}

#[tokio::test]
async fn window_closing_does_not_hang_on_iam_or_systems_manager() {
    for operation in ["GetRole", "GetInstanceProfile", "ListAttachedRolePolicies"] {
        let world = World::start().await;
        world.faults(operation, refuse(403, "AccessDenied", "Not authorized."), usize::MAX);
        let observed = world.look().await;
        let roles = observed.knows(Kind::Role) && observed.knows(Kind::Profile);
        assert!(!roles && observed.knows(Kind::Agent), "{operation}");
    }
    let world = World::start().await;
    world.faults("DescribeInstanceInformation", refuse(500, "InternalServerError", "Oh."), usize::MAX);
    let observed = world.look().await;
    assert!(observed.knows(Kind::Role) && !observed.knows(Kind::Agent));
}

#[tokio::test]
async fn nobody_listening_is_away_also_for_a_creation() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let aws = Aws::connect(&settings(), &Clock::system(), local(url)).await;
    let failure = apply(&aws, &allocate()).await.expect_err("a failure");
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Away, "ConnectionFailed"), "{failure}");
}

#[tokio::test]
async fn an_unknown_host_is_away() {
    let aws = Aws::connect(&settings(), &Clock::system(), local("http://nowhere.invalid".to_owned())).await;
    let failure = apply(&aws, &allocate()).await.expect_err("a failure");
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Away, "ConnectionFailed"), "{failure}");
}

#[tokio::test]
async fn an_answer_that_is_not_awss_own_is_not_a_refusal() {
    let app = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", app.local_addr().expect("an address"));
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut stream, _)) = app.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 65_536];
                let _ = stream.read(&mut request).await;
                let body = "<html><body>Sign in to the hotel's network</body></html>";
                let head = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            });
        }
    });
    let aws = Aws::connect(&settings(), &Clock::system(), local(url)).await;
    let failure = apply(&aws, &allocate()).await.expect_err("a failure");
    assert_eq!(failure.kind, FailureKind::Away, "{failure}");
}

#[tokio::test]
async fn missing_credentials_are_said_soon() {
    let world = World::start().await;
    let mut settings = settings();
    settings.aws.profile = Some("a-profile-that-is-nowhere".to_owned());
    let options = Options { static_credentials: None, ..local(world.sandbox.url()) };
    let aws = Aws::connect(&settings, &Clock::system(), options).await;
    let before = Instant::now();
    let failure = apply(&aws, &allocate()).await.expect_err("a failure");
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::Credentials, "NoCredentials"),
        "{failure}"
    );
    assert!(before.elapsed() < Duration::from_secs(6), "{:?}", before.elapsed());
    assert!(world.sandbox.calls().is_empty());
}
