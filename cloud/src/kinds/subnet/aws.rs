//! Subnets at EC2.

use doorman_config::Stack;

use super::{Subnet, names};
use crate::aws::tagging::{filter, name};
use crate::aws::{Aws, all};
use crate::failure::Failure;
use crate::ids::VpcId;
use crate::kinds::Look;
use crate::record::{Record, Sorted};

impl Look for Subnet {
    /// Subnets of the names in the settings, in any VPC.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<Subnet>, Failure> {
        let wanted = names(stack);
        let request = aws.ec2().describe_subnets().filters(filter("tag:Name", wanted.iter().copied()));
        let all = all("DescribeSubnets", request.into_paginator().items().send()).await?;
        let subnets = all.iter().filter_map(|subnet| {
            // Filters take `*` and `?` for wildcards; a name is a name.
            let name = name(subnet.tags()).filter(|name| wanted.contains(name))?;
            Some(Subnet {
                id: subnet.subnet_id()?.into(),
                name: name.to_owned(),
                vpc: subnet.vpc_id().map(VpcId::from),
                zone: subnet.availability_zone().unwrap_or_default().to_owned(),
                cidr: subnet.cidr_block().unwrap_or_default().to_owned(),
            })
        });
        Ok(Sorted::by_hand(subnets.collect()))
    }
}
