//! The VPC at EC2.

use doorman_config::Stack;

use super::Vpc;
use crate::aws::tagging::{filter, name};
use crate::aws::{Aws, all};
use crate::failure::Failure;
use crate::kinds::Look;
use crate::record::{Record, Sorted};

impl Look for Vpc {
    /// VPCs of the name in the settings.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<Vpc>, Failure> {
        let wanted = stack.vpc.as_str();
        let request = aws.ec2().describe_vpcs().filters(filter("tag:Name", [wanted]));
        let all = all("DescribeVpcs", request.into_paginator().items().send()).await?;
        // Filters take `*` and `?` for wildcards; a name is a name.
        let named = all.iter().filter(|vpc| name(vpc.tags()) == Some(wanted));
        let vpcs = named.filter_map(|vpc| {
            Some(Vpc { id: vpc.vpc_id()?.into(), cidr: vpc.cidr_block().unwrap_or_default().to_owned() })
        });
        Ok(Sorted::by_hand(vpcs.collect()))
    }
}
