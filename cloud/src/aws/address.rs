//! Elastic IPs.

use aws_sdk_ec2::types::{self as sdk, DomainType, ResourceType};

use crate::ids::AllocationId;
use crate::observed::Address;
use crate::step::{Change, Failure};
use crate::tags::Owner;

use super::Aws;
use super::failure::Call;

/// What releasing an address answers while a gateway holds it, and for a while after. `AuthFailure` is what
/// AWS really says ("You do not have permission to access the specified resource"), the others are
/// documented.
const STILL_HELD: [&str; 3] = ["AuthFailure", "InvalidIPAddress.InUse", "InvalidAddress.InUse"];

impl Aws {
    pub(super) async fn addresses(&self) -> Result<Vec<Address>, Failure> {
        let request = self.ec2().describe_addresses().set_filters(Some(self.ours().into()));
        let answer = request.send().await.map_err(|error| Call::read("DescribeAddresses").failed(error))?;
        Ok(answer.addresses().iter().filter_map(|address| self.address(address)).collect())
    }

    fn address(&self, address: &sdk::Address) -> Option<Address> {
        Some(Address {
            id: address.allocation_id()?.into(),
            public_ip: address.public_ip().unwrap_or_default().to_owned(),
            associated: address.association_id().is_some(),
            owner: self.owner(address.tags())?,
        })
    }

    pub(super) async fn allocate_address(&self, owner: &Owner) -> Result<Vec<Change>, Failure> {
        let tags = self.tags_for(ResourceType::ElasticIp, owner, &self.stack().nat.name);
        let request = self.ec2_once().allocate_address().domain(DomainType::Vpc).tag_specifications(tags);
        let call = Call::blind("AllocateAddress");
        let answer = request.send().await.map_err(|error| call.failed(error))?;
        let Some(id) = answer.allocation_id() else {
            return Ok(vec![Change::LookAgain]);
        };
        Ok(vec![Change::Address(Address {
            id: id.into(),
            public_ip: answer.public_ip().unwrap_or_default().to_owned(),
            associated: false,
            owner: owner.clone(),
        })])
    }

    pub(super) async fn release_address(&self, id: &AllocationId) -> Result<Vec<Change>, Failure> {
        let request = self.ec2().release_address().allocation_id(id.as_str());
        match request.send().await.map_err(|error| Call::repeatable("ReleaseAddress").failed(error)) {
            Ok(_) => Ok(vec![Change::AddressGone(id.clone())]),
            Err(failure) if failure.is(&["InvalidAllocationID.NotFound"]) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure.not_yet_if(&STILL_HELD)),
        }
    }
}
