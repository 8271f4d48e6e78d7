//! Scripted faults and the log of calls.

use std::time::{Duration, Instant};

use doorman_sandbox::aws::{FaultKind, FaultRule};

use crate::client::{Lab, send};

fn once(operation: &str, kind: FaultKind) -> FaultRule {
    FaultRule { operation: operation.to_owned(), skip: 0, times: 1, kind }
}

fn outcomes(lab: &Lab) -> Vec<(String, String)> {
    lab.aws.calls().into_iter().map(|call| (call.operation, call.outcome)).collect()
}

async fn addresses(lab: &Lab) -> usize {
    lab.ec2("DescribeAddresses", &[]).await.ok().all("allocationId").len()
}

#[tokio::test]
async fn a_refusal_comes_before_the_effect_and_wears_out() {
    let lab = Lab::instant().await;
    let throttle = FaultKind::Refuse {
        status: 503,
        code: "RequestLimitExceeded".to_owned(),
        message: "Request limit exceeded.".to_owned(),
    };
    lab.aws.faults().add(FaultRule {
        operation: "AllocateAddress".to_owned(),
        skip: 1,
        times: 1,
        kind: throttle,
    });
    lab.ec2("AllocateAddress", &[]).await.ok();
    let refused = lab.ec2("AllocateAddress", &[]).await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "RequestLimitExceeded"));
    assert_eq!(addresses(&lab).await, 1);
    lab.ec2("AllocateAddress", &[]).await.ok();
    assert_eq!(addresses(&lab).await, 2);
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_effect() {
    let lab = Lab::instant().await;
    lab.aws.faults().add(once("AllocateAddress", FaultKind::LoseAnswer));
    let lost = send(lab.request("ec2", "AllocateAddress", &[])).await;
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(addresses(&lab).await, 1);
    assert_eq!(outcomes(&lab)[0], ("AllocateAddress".to_owned(), "dropped".to_owned()));
}

#[tokio::test]
async fn an_internal_error_can_come_after_the_effect() {
    let lab = Lab::instant().await;
    lab.aws.faults().add(once("AllocateAddress", FaultKind::FailAfterEffect));
    let failed = lab.ec2("AllocateAddress", &[]).await;
    assert_eq!((failed.status, failed.code().as_str()), (500, "InternalError"));
    assert_eq!(addresses(&lab).await, 1);
    assert_eq!(outcomes(&lab)[0].1, "InternalError");
}

#[tokio::test]
async fn an_answer_can_be_cut_after_the_effect() {
    let lab = Lab::instant().await;
    lab.aws.faults().add(once("AllocateAddress", FaultKind::GarbleAnswer));
    let cut = lab.ec2("AllocateAddress", &[]).await.ok();
    assert!(!cut.body.ends_with("</AllocateAddressResponse>"), "{}", cut.body);
    assert_eq!(addresses(&lab).await, 1);
    assert_eq!(outcomes(&lab)[0].1, "garbled");
}

#[tokio::test]
async fn a_call_can_hang_before_or_after_its_effect() {
    for (kind, expected) in [(FaultKind::Hang, 0), (FaultKind::HangAfterEffect, 1)] {
        let lab = Lab::instant().await;
        lab.aws.faults().add(once("*", kind));
        let request = lab.request("ec2", "AllocateAddress", &[]).timeout(Duration::from_millis(200));
        assert!(send(request).await.unwrap_err().is_timeout());
        assert_eq!(addresses(&lab).await, expected);
        // The log learns of it when the client has gone.
        let told = async {
            while !outcomes(&lab).contains(&("AllocateAddress".to_owned(), "dropped".to_owned())) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), told).await.unwrap();
    }
}

#[tokio::test]
async fn delay_and_latency_slow_calls_down() {
    let lab = Lab::instant().await;
    let timed = || async {
        let started = Instant::now();
        lab.ec2("DescribeVpcs", &[]).await.ok();
        started.elapsed()
    };
    lab.aws.faults().add(once("DescribeVpcs", FaultKind::Delay(Duration::from_millis(80))));
    assert!(timed().await >= Duration::from_millis(80));
    lab.aws.set_latency(Duration::from_millis(40));
    assert!(timed().await >= Duration::from_millis(40));
    let call = lab.aws.calls().pop().unwrap();
    assert!(call.finished - call.started >= Duration::from_millis(40));
}

#[tokio::test]
async fn a_gateway_can_be_doomed() {
    let lab = Lab::new().await;
    let code = "InsufficientFreeAddressesInSubnet".to_owned();
    lab.aws
        .faults()
        .add(once("CreateNatGateway", FaultKind::GatewayFails { code, message: "full".to_owned() }));
    let address = lab.address().await;
    let doomed = lab.gateway(&address).await;
    assert_eq!(lab.gateway_state(&doomed).await, "pending");
    lab.pass_secs(95);
    let shown = lab.ec2("DescribeNatGateways", &[("NatGatewayId.1", &doomed)]).await.ok();
    assert_eq!(shown.first("state"), "failed");
    assert_eq!(shown.first("failureCode"), "InsufficientFreeAddressesInSubnet");
    // It never held the address, and the next one is fine.
    let next = lab.gateway(&address).await;
    lab.pass_secs(95);
    assert_eq!(lab.gateway_state(&next).await, "available");
}

#[tokio::test]
async fn while_away_nothing_answers_and_nothing_happens() {
    let lab = Lab::instant().await;
    lab.aws.faults().away(true);
    assert!(send(lab.request("ec2", "AllocateAddress", &[])).await.is_err());
    assert!(send(lab.request("iam", "GetRole", &[])).await.is_err());
    lab.aws.faults().clear();
    assert_eq!(addresses(&lab).await, 0);
}

#[tokio::test]
async fn the_log_says_what_was_asked_and_how_it_ended() {
    let lab = Lab::instant().await;
    lab.ec2("AllocateAddress", &[]).await.ok();
    lab.ec2("AllocateAddress", &[("DryRun", "true")]).await.code();
    lab.ec2("DescribeVpcs", &[("VpcId.1", "vpc-0")]).await.code();
    lab.iam("GetRole", &[("RoleName", "x")]).await.code();
    let calls = lab.aws.calls();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.service, call.operation.as_str(), call.outcome.as_str(), call.mutating))
        .collect();
    assert_eq!(
        seen,
        [
            ("ec2", "AllocateAddress", "ok", true),
            ("ec2", "AllocateAddress", "DryRunOperation", false),
            ("ec2", "DescribeVpcs", "InvalidVpcID.NotFound", false),
            ("iam", "GetRole", "NoSuchEntity", false),
        ]
    );
    assert_eq!(calls[0].at, crate::client::start_of_time());
    lab.aws.clear_calls();
    assert!(lab.aws.calls().is_empty());
}

#[tokio::test]
async fn watchers_hear_of_changes_that_happen_by_themselves() {
    let lab = Lab::new().await;
    let mut changes = lab.aws.changes();
    let address = lab.address().await;
    let gateway = lab.gateway(&address).await;
    changes.mark_unchanged();
    lab.pass_secs(95);
    tokio::time::timeout(Duration::from_secs(5), changes.changed()).await.unwrap().unwrap();
    let item = lab.aws.inventory().into_iter().find(|item| item.id == gateway).unwrap();
    assert_eq!(item.state, "available");
}
