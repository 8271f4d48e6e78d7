//! NAT gateways.

use aws_sdk_ec2::types::{self as sdk, ConnectivityType, ResourceType};

use crate::ids::{AllocationId, NatGatewayId, SubnetId};
use crate::observed::{GatewayState, NatGateway};
use crate::step::{Change, Failure};
use crate::tags::Owner;

use super::Aws;
use super::failure::Call;
use super::tagging::{client_token, moment};

/// How AWS says that a gateway is not there (any more).
const GONE: [&str; 2] = ["NatGatewayNotFound", "InvalidNatGatewayID.NotFound"];
/// What passes by itself: the new address has not spread yet, or an older gateway is still letting go of it.
/// A token that was used with other parameters means that its first call went through: look until it shows.
const PASSES: [&str; 3] =
    ["InvalidAllocationID.NotFound", "Resource.AlreadyAssociated", "IdempotentParameterMismatch"];

impl Aws {
    pub(super) async fn gateways(&self) -> Result<Vec<NatGateway>, Failure> {
        let request = self.ec2().describe_nat_gateways().set_filter(Some(self.ours().into()));
        let all: Vec<_> = request
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| Call::read("DescribeNatGateways").failed(error))?;
        Ok(all.iter().filter_map(|gateway| self.gateway(gateway)).collect())
    }

    fn gateway(&self, gateway: &sdk::NatGateway) -> Option<NatGateway> {
        let address =
            gateway.nat_gateway_addresses().iter().find(|address| address.allocation_id().is_some());
        Some(NatGateway {
            id: gateway.nat_gateway_id()?.into(),
            state: state(gateway.state().map(sdk::NatGatewayState::as_str)),
            failure_code: gateway.failure_code().map(str::to_owned),
            created_at: moment(gateway.create_time()),
            allocation: address.and_then(|address| address.allocation_id()).map(AllocationId::from),
            public_ip: address.and_then(|address| address.public_ip()).map(str::to_owned),
            subnet: gateway.subnet_id().unwrap_or_default().into(),
            owner: self.owner(gateway.tags())?,
        })
    }

    pub(super) async fn create_gateway(
        &self,
        owner: &Owner,
        subnet: &SubnetId,
        allocation: &AllocationId,
        attempt: u32,
    ) -> Result<Vec<Change>, Failure> {
        let request = self
            .ec2()
            .create_nat_gateway()
            .client_token(client_token(owner, "nat", attempt))
            .connectivity_type(ConnectivityType::Public)
            .subnet_id(subnet.as_str())
            .allocation_id(allocation.as_str())
            .tag_specifications(self.tags_for(ResourceType::Natgateway, owner, &self.stack().nat.name));
        let call = Call::repeatable("CreateNatGateway");
        let answer = request.send().await.map_err(|error| call.failed(error).not_yet_if(&PASSES))?;
        let made = answer.nat_gateway().and_then(|gateway| self.gateway(gateway));
        // The answer to a repeated token can lack what the first had; then only a look can tell.
        Ok(vec![made.map_or(Change::LookAgain, Change::Gateway)])
    }

    pub(super) async fn delete_gateway(&self, id: &NatGatewayId) -> Result<Vec<Change>, Failure> {
        let request = self.ec2().delete_nat_gateway().nat_gateway_id(id.as_str());
        match request.send().await.map_err(|error| Call::repeatable("DeleteNatGateway").failed(error)) {
            Ok(_) => Ok(vec![Change::GatewayDeleting(id.clone())]),
            Err(failure) if failure.is(&GONE) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
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
