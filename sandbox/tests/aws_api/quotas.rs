//! Limits of the account.

use serde_json::json;

use crate::client::Lab;

async fn quota(lab: &Lab, service: &str, code: &str) -> f64 {
    let input = json!({ "ServiceCode": service, "QuotaCode": code });
    let reply = lab.json("servicequotas", "ServiceQuotasV20190624.GetServiceQuota", input).await.ok();
    reply.value()["Quota"]["Value"].as_f64().unwrap()
}

#[tokio::test]
async fn addresses_are_limited() {
    let lab = Lab::instant().await;
    assert_eq!(quota(&lab, "ec2", "L-0263D0A3").await, 5.0);
    for _ in 0..5 {
        lab.address().await;
    }
    assert_eq!(lab.ec2("AllocateAddress", &[]).await.code(), "AddressLimitExceeded");
    lab.aws.by_hand().set_quota("L-0263D0A3", 6.0).unwrap();
    assert_eq!(quota(&lab, "ec2", "L-0263D0A3").await, 6.0);
    lab.address().await;
}

#[tokio::test]
async fn gateways_are_limited_by_zone_and_deleting_ones_count() {
    let lab = Lab::new().await;
    lab.aws.by_hand().set_quota("L-FE5A380F", 1.0).unwrap();
    let (first, second) = (lab.address().await, lab.address().await);
    let gateway = lab.gateway(&first).await;
    let subnet = lab.subnet("my-subnet-public01").await;
    let create = [("SubnetId", subnet.as_str()), ("AllocationId", second.as_str())];
    assert_eq!(lab.ec2("CreateNatGateway", &create).await.code(), "NatGatewayLimitExceeded");
    lab.pass_secs(95);
    lab.ec2("DeleteNatGateway", &[("NatGatewayId", &gateway)]).await.ok();
    assert_eq!(lab.ec2("CreateNatGateway", &create).await.code(), "NatGatewayLimitExceeded");
    let other_zone = lab.subnet("my-subnet-public02").await;
    lab.ec2("CreateNatGateway", &[("SubnetId", &other_zone), ("AllocationId", &second)]).await.ok();
    lab.pass_secs(50);
    let third = lab.address().await;
    lab.gateway(&third).await;
}

#[tokio::test]
async fn an_unknown_quota_does_not_exist() {
    let lab = Lab::instant().await;
    assert_eq!(quota(&lab, "ec2", "L-1216C47A").await, 32.0);
    assert_eq!(quota(&lab, "ec2", "L-34B43A08").await, 32.0);
    // Nobody has asked for more of these, so there is only the default.
    let gateways = json!({ "ServiceCode": "vpc", "QuotaCode": "L-FE5A380F" });
    let ask = |operation| format!("ServiceQuotasV20190624.{operation}");
    let none = lab.json("servicequotas", &ask("GetServiceQuota"), gateways.clone()).await;
    assert_eq!(none.code(), "NoSuchResourceException");
    let default = lab.json("servicequotas", &ask("GetAWSDefaultServiceQuota"), gateways).await.ok();
    assert_eq!(default.value()["Quota"]["Value"].as_f64(), Some(5.0));
    let wrong = json!({ "ServiceCode": "vpc", "QuotaCode": "L-1216C47A" });
    let reply = lab.json("servicequotas", "ServiceQuotasV20190624.GetServiceQuota", wrong).await;
    assert_eq!(reply.code(), "NoSuchResourceException");
}
