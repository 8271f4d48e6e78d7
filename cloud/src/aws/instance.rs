//! Instances.

use std::net::Ipv4Addr;

use aws_sdk_ec2::types::{self as sdk, ResourceType};
use doorman_config::Market;

use crate::ids::{GroupId, InstanceId, SubnetId};
use crate::lease::ServiceSpec;
use crate::observed::{Instance, InstanceState};
use crate::step::{Change, Failure, FailureKind};
use crate::tags::Owner;

use super::Aws;
use super::failure::Call;
use super::tagging::{client_token, filter, moment, name};

/// Every state but `terminated`.
const ALIVE: [&str; 5] = ["pending", "running", "shutting-down", "stopping", "stopped"];
/// An instance that was just made is not known everywhere, or is between two states.
const NOT_YET: [&str; 4] =
    ["InvalidInstanceID.NotFound", "IncorrectInstanceState", "IncorrectState", "InvalidInstanceID"];
/// What passes by itself when starting a new instance: the address is still held by one being terminated, or
/// the token's first call went through and its instance does not show yet.
const RUN_PASSES: [&str; 2] = ["InvalidIPAddress.InUse", "IdempotentParameterMismatch"];
/// Client tokens to try beyond the attempt's own, when instances of it were terminated by others.
const SPARE_TOKENS: u32 = 4;
/// Added to an attempt for its spare tokens, so that they never meet those of later attempts.
const SPARE_FROM: u32 = 1000;

/// An instance to be started.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewInstance<'a> {
    pub(super) name: &'a str,
    pub(super) subnet: &'a SubnetId,
    pub(super) private_ip: Ipv4Addr,
    pub(super) group: &'a GroupId,
    pub(super) spec: &'a ServiceSpec,
}

impl Aws {
    pub(super) async fn instances(&self) -> Result<Vec<Instance>, Failure> {
        let request = self
            .ec2()
            .describe_instances()
            .set_filters(Some(self.ours().into()))
            .filters(filter("instance-state-name", ALIVE));
        let reservations: Vec<_> = request
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| Call::read("DescribeInstances").failed(error))?;
        let all = reservations.iter().flat_map(sdk::Reservation::instances);
        Ok(all.filter_map(|instance| self.instance(instance)).collect())
    }

    fn instance(&self, instance: &sdk::Instance) -> Option<Instance> {
        let profile = instance.iam_instance_profile().and_then(|profile| profile.arn());
        Some(Instance {
            id: instance.instance_id()?.into(),
            name: name(instance.tags()).unwrap_or_default().to_owned(),
            state: state(
                instance.state().and_then(|state| state.name()).map(sdk::InstanceStateName::as_str),
            )?,
            instance_type: instance.instance_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
            image: instance.image_id().unwrap_or_default().into(),
            spot: instance.instance_lifecycle() == Some(&sdk::InstanceLifecycleType::Spot),
            private_ip: instance.private_ip_address().and_then(|address| address.parse().ok()),
            subnet: instance.subnet_id().unwrap_or_default().into(),
            launched_at: moment(instance.launch_time()),
            profile: profile.and_then(|arn| arn.rsplit('/').next()).map(str::to_owned),
            owner: self.owner(instance.tags())?,
        })
    }

    pub(super) async fn run_instance(
        &self,
        owner: &Owner,
        new: NewInstance<'_>,
        attempt: u32,
    ) -> Result<Vec<Change>, Failure> {
        let spares = (0..SPARE_TOKENS).map(|spare| SPARE_FROM + attempt * SPARE_TOKENS + spare);
        let mut last = None;
        for attempt in std::iter::once(attempt).chain(spares) {
            match self
                .run_with_token(owner, new, client_token(owner, &format!("i-{}", new.name), attempt))
                .await
            {
                // The instance of this token was terminated, and the token is spent with it.
                Err(failure) if failure.is(&["IdempotentInstanceTerminated"]) => last = Some(failure),
                other => return other,
            }
        }
        Err(last
            .unwrap_or_else(|| Call::repeatable("RunInstances").refused("IdempotentInstanceTerminated", "")))
    }

    async fn run_with_token(
        &self,
        owner: &Owner,
        new: NewInstance<'_>,
        token: String,
    ) -> Result<Vec<Change>, Failure> {
        let request = self.new_instance(owner, new).client_token(token);
        let call = Call::repeatable("RunInstances");
        let answer = request.send().await.map_err(|error| {
            let mut failure = call.failed(error).not_yet_if(&RUN_PASSES);
            if failure.message.contains("Invalid IAM Instance Profile") {
                failure.kind = FailureKind::NotYet; // The profile is seconds old and has not spread yet.
            } else if failure.is(&["AuthFailure"]) && failure.message.contains("image") {
                // The credentials are fine, but the image is somebody's own.
                failure.kind = FailureKind::Refused;
            }
            failure
        })?;
        let made = answer.instances().first().and_then(|instance| self.instance(instance));
        Ok(vec![made.map_or(Change::LookAgain, Change::Instance)])
    }

    /// The request for one instance; `check` uses it for a dry run.
    pub(super) fn new_instance(
        &self,
        owner: &Owner,
        new: NewInstance<'_>,
    ) -> aws_sdk_ec2::operation::run_instances::builders::RunInstancesFluentBuilder {
        let stack = self.stack();
        let volume = &stack.service.volume;
        let size_gib = i32::try_from(volume.size_gib).unwrap_or(i32::MAX);
        let root = sdk::EbsBlockDevice::builder()
            .volume_size(size_gib)
            .volume_type(volume.kind.as_str().into())
            .delete_on_termination(true);
        // Credentials only for those who can make a PUT and are on the instance itself, not in a container.
        let metadata = sdk::InstanceMetadataOptionsRequest::builder()
            .http_tokens(sdk::HttpTokensState::Required)
            .http_put_response_hop_limit(1)
            .http_endpoint(sdk::InstanceMetadataEndpointState::Enabled);
        let request = self
            .ec2()
            .run_instances()
            .min_count(1)
            .max_count(1)
            .image_id(new.spec.image.as_str())
            .instance_type(new.spec.instance_type.as_str().into())
            .subnet_id(new.subnet.as_str())
            .private_ip_address(new.private_ip.to_string())
            .security_group_ids(new.group.as_str())
            .block_device_mappings(
                sdk::BlockDeviceMapping::builder().device_name(&volume.device).ebs(root.build()).build(),
            )
            .metadata_options(metadata.build())
            .iam_instance_profile(
                sdk::IamInstanceProfileSpecification::builder().name(&stack.shell.role).build(),
            )
            .tag_specifications(self.tags_for(ResourceType::Instance, owner, new.name))
            .tag_specifications(self.tags_for(ResourceType::Volume, owner, new.name))
            .tag_specifications(self.tags_for(ResourceType::NetworkInterface, owner, new.name));
        match new.spec.market {
            Market::OnDemand => request,
            Market::Spot => {
                let options = sdk::SpotMarketOptions::builder()
                    .spot_instance_type(sdk::SpotInstanceType::OneTime)
                    .instance_interruption_behavior(sdk::InstanceInterruptionBehavior::Terminate);
                request
                    .instance_market_options(
                        sdk::InstanceMarketOptionsRequest::builder()
                            .market_type(sdk::MarketType::Spot)
                            .spot_options(options.build())
                            .build(),
                    )
                    .tag_specifications(self.tags_for(ResourceType::SpotInstancesRequest, owner, new.name))
            }
        }
    }

    pub(super) async fn start_instance(&self, id: &InstanceId) -> Result<Vec<Change>, Failure> {
        let call = Call::repeatable("StartInstances");
        let request = self.ec2().start_instances().instance_ids(id.as_str());
        request.send().await.map_err(|error| call.failed(error).not_yet_if(&NOT_YET))?;
        Ok(vec![Change::LookAgain])
    }

    pub(super) async fn reboot_instance(&self, id: &InstanceId) -> Result<Vec<Change>, Failure> {
        let call = Call::repeatable("RebootInstances");
        let request = self.ec2().reboot_instances().instance_ids(id.as_str());
        request.send().await.map_err(|error| call.failed(error).not_yet_if(&NOT_YET))?;
        Ok(vec![Change::Rebooted(id.clone())])
    }

    pub(super) async fn associate_profile(&self, id: &InstanceId) -> Result<Vec<Change>, Failure> {
        let profile = sdk::IamInstanceProfileSpecification::builder().name(&self.stack().shell.role).build();
        let request = self
            .ec2()
            .associate_iam_instance_profile()
            .instance_id(id.as_str())
            .iam_instance_profile(profile);
        let call = Call::repeatable("AssociateIamInstanceProfile");
        match request.send().await.map_err(|error| call.failed(error)) {
            Ok(_) => Ok(vec![Change::LookAgain]),
            // It has one already, or the instance is between two states.
            Err(failure) if failure.is(&["IncorrectState"]) => Ok(vec![Change::LookAgain]),
            Err(mut failure) => {
                if failure.message.contains("Invalid IAM Instance Profile") {
                    failure.kind = FailureKind::NotYet;
                }
                Err(failure.not_yet_if(&NOT_YET))
            }
        }
    }

    pub(super) async fn terminate_instance(&self, id: &InstanceId) -> Result<Vec<Change>, Failure> {
        let request = self.ec2().terminate_instances().instance_ids(id.as_str());
        match request.send().await.map_err(|error| Call::repeatable("TerminateInstances").failed(error)) {
            Ok(_) => Ok(vec![Change::InstanceTerminating(id.clone())]),
            Err(failure) if failure.is(&["InvalidInstanceID.NotFound"]) => Ok(vec![Change::LookAgain]),
            Err(failure) => Err(failure),
        }
    }
}

/// `None` for one that is gone. A state that AWS may invent later counts as on its way: it bills.
fn state(state: Option<&str>) -> Option<InstanceState> {
    match state.unwrap_or_default().to_ascii_lowercase().as_str() {
        "terminated" => None,
        "running" => Some(InstanceState::Running),
        "shutting-down" => Some(InstanceState::ShuttingDown),
        "stopping" => Some(InstanceState::Stopping),
        "stopped" => Some(InstanceState::Stopped),
        _ => Some(InstanceState::Pending),
    }
}
