//! Elastic IPs at EC2.

use aws_sdk_ec2::types::{self as sdk, DomainType, ResourceType};
use doorman_config::Stack;

use super::{Act, Address};
use crate::aws::tagging::{ours, owner, tags_for};
use crate::aws::{Aws, Call};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::tags::{Owner, of_version_0_1};

/// What releasing an address answers while a gateway holds it, and for a while after. `AuthFailure` is what
/// AWS really says ("You do not have permission to access the specified resource"), the others are
/// documented.
const STILL_HELD: [&str; 3] = ["AuthFailure", "InvalidIPAddress.InUse", "InvalidAddress.InUse"];

impl Look for Address {
    async fn look(aws: &Aws, stack: &Stack) -> Result<Vec<Address>, Failure> {
        let request = aws.ec2().describe_addresses().set_filters(Some(ours(&stack.name).into()));
        let answer = request.send().await.map_err(|error| Call::read("DescribeAddresses").failed(error))?;
        Ok(answer.addresses().iter().filter_map(|address| read(&stack.name, address)).collect())
    }
}

fn read(stack: &str, address: &sdk::Address) -> Option<Address> {
    Some(Address {
        id: address.allocation_id()?.into(),
        public_ip: address.public_ip().unwrap_or_default().to_owned(),
        associated: address.association_id().is_some(),
        owner: owner(stack, address.tags(), of_version_0_1(Kind::Address, false))?,
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
