//! Elastic IPs at EC2.

use aws_sdk_ec2::types::{self as sdk, DomainType, ResourceType};
use doorman_config::Stack;

use super::{Act, Address};
use crate::aws::tagging::{listed, tags_for};
use crate::aws::{Aws, Call};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

/// What releasing an address answers while a gateway holds it, and for a while after. `AuthFailure` is what
/// AWS really says ("You do not have permission to access the specified resource"), the others are
/// documented.
const STILL_HELD: [&str; 3] = ["AuthFailure", "InvalidIPAddress.InUse", "InvalidAddress.InUse"];

impl Look for Address {
    async fn look(aws: &Aws, _: &Stack, record: &Record) -> Result<Sorted<Address>, Failure> {
        let list = async |filter| {
            let answer = aws.ec2().describe_addresses().filters(filter).send().await;
            let answer = answer.map_err(|error| Call::read("DescribeAddresses").failed(error))?;
            Ok(answer.addresses.unwrap_or_default())
        };
        listed(
            record,
            Kind::Address,
            "allocation-id",
            list,
            |a| (a.allocation_id(), a.tags()),
            |_| false,
            read,
        )
        .await
    }
}

fn read(address: &sdk::Address, owner: Owner) -> Option<Address> {
    Some(Address {
        id: address.allocation_id()?.into(),
        public_ip: address.public_ip().unwrap_or_default().to_owned(),
        associated: address.association_id().is_some(),
        owner,
    })
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<Address>, Failure> {
        match self {
            Act::Allocate { name } => {
                let tags = tags_for(ResourceType::ElasticIp, owner, name);
                let request =
                    aws.ec2_once().allocate_address().domain(DomainType::Vpc).tag_specifications(tags);
                let call = Call::blind("AllocateAddress");
                let answer = request.send().await.map_err(|error| call.failed(error))?;
                let Some(id) = answer.allocation_id() else {
                    return Ok(Change::LookAgain);
                };
                Ok(Change::Is(Address {
                    id: id.into(),
                    public_ip: answer.public_ip().unwrap_or_default().to_owned(),
                    associated: false,
                    owner: owner.clone(),
                }))
            }
            Act::Release { id } => {
                let request = aws.ec2().release_address().allocation_id(id.as_str());
                match request.send().await.map_err(|error| Call::repeatable("ReleaseAddress").failed(error)) {
                    Ok(_) => Ok(Change::Gone(id.clone())),
                    Err(failure) if failure.is(&["InvalidAllocationID.NotFound"]) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure.not_yet_if(&STILL_HELD)),
                }
            }
        }
    }
}
