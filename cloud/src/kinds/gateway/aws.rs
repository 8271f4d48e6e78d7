//! NAT gateways at EC2.

use aws_sdk_ec2::types::{self as sdk, ConnectivityType, ResourceType};
use doorman_config::Stack;

use super::{Act, GatewayState, NatGateway};
use crate::aws::tagging::{client_token, listed, name, tags_for};
use crate::aws::{Aws, Call, all};
use crate::failure::Failure;
use crate::ids::AllocationId;
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

/// How AWS says that a gateway is not there (any more).
const GONE: [&str; 2] = ["NatGatewayNotFound", "InvalidNatGatewayID.NotFound"];
/// What passes by itself: the new address has not spread yet, or an older gateway is still letting go of it.
/// A token that was used with other parameters means that its first call went through: look until it shows.
/// An address that somebody took meanwhile is no longer chosen after a look.
const PASSES: [&str; 4] = [
    "InvalidAllocationID.NotFound",
    "Resource.AlreadyAssociated",
    "IdempotentParameterMismatch",
    "InvalidIPAddress.InUse",
];

impl Look for NatGateway {
    async fn look(aws: &Aws, _: &Stack, record: &Record) -> Result<Sorted<NatGateway>, Failure> {
        let list = |filter| {
            let request = aws.ec2().describe_nat_gateways().filter(filter);
            all("DescribeNatGateways", request.into_paginator().items().send())
        };
        listed(
            record,
            Kind::NatGateway,
            "nat-gateway-id",
            list,
            |g| (g.nat_gateway_id(), g.tags()),
            |_| false,
            |thing, owner| read(aws, thing, owner),
        )
        .await
    }
}

fn read(aws: &Aws, gateway: &sdk::NatGateway, owner: Owner) -> Option<NatGateway> {
    let address = gateway.nat_gateway_addresses().iter().find(|address| address.allocation_id().is_some());
    Some(NatGateway {
        id: gateway.nat_gateway_id()?.into(),
        name: name(gateway.tags()).unwrap_or_default().to_owned(),
        state: state(gateway.state().map(sdk::NatGatewayState::as_str)),
        failure_code: gateway.failure_code().map(str::to_owned),
        created_at: aws.moment(gateway.create_time()),
        allocation: address.and_then(|address| address.allocation_id()).map(AllocationId::from),
        public_ip: address.and_then(|address| address.public_ip()).map(str::to_owned),
        subnet: gateway.subnet_id().unwrap_or_default().into(),
        owner,
    })
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<NatGateway>, Failure> {
        match self {
            Act::Create { name, subnet, allocation, private_ip, attempt } => {
                let request = aws
                    .ec2()
                    .create_nat_gateway()
                    .client_token(client_token(owner, "nat", *attempt))
                    .connectivity_type(ConnectivityType::Public)
                    .subnet_id(subnet.as_str())
                    .allocation_id(allocation.as_str())
                    .set_private_ip_address(private_ip.map(|address| address.to_string()))
                    .tag_specifications(tags_for(ResourceType::Natgateway, owner, name));
                let call = Call::repeatable("CreateNatGateway");
                let answer = request.send().await.map_err(|error| call.failed(error).not_yet_if(&PASSES))?;
                let made = answer.nat_gateway().and_then(|gateway| read(aws, gateway, owner.clone()));
                // The answer to a repeated token can lack what the first had; then only a look can tell.
                Ok(made.map_or(Change::LookAgain, Change::Is))
            }
            Act::Delete { id } => {
                let request = aws.ec2().delete_nat_gateway().nat_gateway_id(id.as_str());
                let call = Call::repeatable("DeleteNatGateway");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(Change::Leaving(id.clone())),
                    Err(failure) if failure.is(&GONE) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
        }
    }
}

/// A state that AWS may invent later counts as on its way: it bills, and does not work yet.
fn state(state: Option<&str>) -> GatewayState {
    match state.unwrap_or_default().to_ascii_lowercase().as_str() {
        "available" => GatewayState::Available,
        "failed" => GatewayState::Failed,
        "deleting" => GatewayState::Deleting,
        "deleted" => GatewayState::Deleted,
        _ => GatewayState::Pending,
    }
}
