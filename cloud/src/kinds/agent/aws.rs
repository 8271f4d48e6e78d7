//! Agents at Systems Manager.

use aws_sdk_ssm::types::{InstanceInformationStringFilter, PingStatus};
use doorman_config::Stack;

use super::{Agent, Ping};
use crate::aws::{Aws, Call, all};
use crate::failure::Failure;
use crate::kinds::Look;
use crate::record::{Record, Sorted};
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};

impl Look for Agent {
    /// Those of every instance of doorman's that has registered.
    async fn look(aws: &Aws, _: &Stack, _: &Record) -> Result<Sorted<Agent>, Failure> {
        let ours = InstanceInformationStringFilter::builder()
            .key(format!("tag:{MANAGED_BY}"))
            .values(MANAGED_BY_DOORMAN)
            .build()
            .map_err(|error| {
                Call::read("DescribeInstanceInformation").refused("InvalidRequest", &error.to_string())
            })?;
        let request = aws.ssm().describe_instance_information().filters(ours);
        let all = all("DescribeInstanceInformation", request.into_paginator().items().send()).await?;
        let agents = all.iter().filter_map(|agent| {
            let ping = match agent.ping_status()? {
                PingStatus::Online => Ping::Online,
                _ => Ping::Lost,
            };
            Some(Agent { instance: agent.instance_id()?.into(), ping })
        });
        Ok(Sorted::by_hand(agents.collect()))
    }
}
