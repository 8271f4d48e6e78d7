//! What Systems Manager says of the instances' agents.

use std::collections::BTreeMap;

use aws_sdk_ssm::types::{InstanceInformationStringFilter, PingStatus};

use crate::ids::InstanceId;
use crate::observed::Ping;
use crate::step::Failure;
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};

use super::Aws;
use super::failure::Call;

impl Aws {
    /// Every instance of ours that has registered.
    pub(super) async fn agents(&self) -> Result<BTreeMap<InstanceId, Ping>, Failure> {
        let call = Call::read("DescribeInstanceInformation");
        let ours = InstanceInformationStringFilter::builder()
            .key(format!("tag:{MANAGED_BY}"))
            .values(MANAGED_BY_DOORMAN)
            .build()
            .map_err(|error| call.refused("InvalidRequest", &error.to_string()))?;
        let request = self.ssm().describe_instance_information().filters(ours);
        let all: Vec<_> = request
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| call.failed(error))?;
        let agents = all.iter().filter_map(|agent| {
            let ping = match agent.ping_status()? {
                PingStatus::Online => Ping::Online,
                _ => Ping::Lost,
            };
            Some((InstanceId::from(agent.instance_id()?), ping))
        });
        Ok(agents.collect())
    }
}
