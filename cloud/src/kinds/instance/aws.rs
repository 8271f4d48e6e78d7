//! Instances at EC2.

use aws_sdk_ec2::operation::run_instances::builders::RunInstancesFluentBuilder;
use aws_sdk_ec2::types::{self as sdk, ResourceType};
use doorman_config::{Market, Stack};

use super::{Act, Instance, InstanceState, New};
use crate::aws::tagging::{client_token, filter, listed, name, tags_for};
use crate::aws::{Aws, Call, all};
use crate::failure::{Failure, FailureKind};
use crate::ids::{GroupId, VpcId};
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

/// Every state but `terminated`.
const ALIVE: [&str; 5] = ["pending", "running", "shutting-down", "stopping", "stopped"];
/// An instance that was just made is not known everywhere, or is between two states.
const NOT_YET: [&str; 4] =
    ["InvalidInstanceID.NotFound", "IncorrectInstanceState", "IncorrectState", "InvalidInstanceID"];
/// What passes by itself when starting a new instance: the address is still held by one being terminated, or
/// the token's first call went through and its instance does not show yet.
const RUN_PASSES: [&str; 2] = ["InvalidIPAddress.InUse", "IdempotentParameterMismatch"];
/// How AWS says that a profile is not there, or has no role. What is seconds old has not spread yet.
const PROFILE_UNKNOWN: [&str; 2] = ["Invalid IAM Instance Profile", "has no associated IAM Roles"];
/// Client tokens to try beyond the attempt's own, when instances of it were terminated by others.
const SPARE_TOKENS: u32 = 4;
/// Added to an attempt for its spare tokens, so that they never meet those of later attempts.
const SPARE_FROM: u32 = 1000;

impl Look for Instance {
    async fn look(aws: &Aws, _: &Stack, record: &Record) -> Result<Sorted<Instance>, Failure> {
        let list = async |which| {
            let alive = filter("instance-state-name", ALIVE);
            let request = aws.ec2().describe_instances().filters(which).filters(alive);
            let reservations = all("DescribeInstances", request.into_paginator().items().send()).await?;
            Ok(reservations.into_iter().flat_map(|of| of.instances.unwrap_or_default()).collect())
        };
        listed(
            record,
            Kind::Instance,
            "instance-id",
            list,
            |i| (i.instance_id(), i.tags()),
            |_| false,
            |thing, owner| read(aws, thing, owner),
        )
        .await
    }
}

fn read(aws: &Aws, instance: &sdk::Instance, owner: Owner) -> Option<Instance> {
    let profile = instance.iam_instance_profile().and_then(|profile| profile.arn());
    let state_name = instance.state().and_then(|state| state.name()).map(sdk::InstanceStateName::as_str);
    Some(Instance {
        id: instance.instance_id()?.into(),
        name: name(instance.tags()).unwrap_or_default().to_owned(),
        state: state(state_name)?,
        instance_type: instance.instance_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        image: instance.image_id().unwrap_or_default().into(),
        root_device: instance.root_device_name().map(str::to_owned),
        spot: instance.instance_lifecycle() == Some(&sdk::InstanceLifecycleType::Spot),
        private_ip: instance.private_ip_address().and_then(|address| address.parse().ok()),
        subnet: instance.subnet_id().unwrap_or_default().into(),
        vpc: instance.vpc_id().map(VpcId::from),
        groups: instance
            .security_groups()
            .iter()
            .filter_map(|one| one.group_id())
            .map(GroupId::from)
            .collect(),
        launched_at: aws.moment(instance.launch_time()),
        profile: profile.and_then(|arn| arn.rsplit('/').next()).map(str::to_owned),
        owner,
    })
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

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<Instance>, Failure> {
        match self {
            Act::Run { new, attempt } => run(aws, owner, new, *attempt).await,
            Act::Start { id } => {
                let call = Call::repeatable("StartInstances");
                let request = aws.ec2().start_instances().instance_ids(id.as_str());
                request.send().await.map_err(|error| call.failed(error).not_yet_if(&NOT_YET))?;
                Ok(Change::LookAgain)
            }
            Act::Reboot { id } => {
                let call = Call::repeatable("RebootInstances");
                let request = aws.ec2().reboot_instances().instance_ids(id.as_str());
                request.send().await.map_err(|error| call.failed(error).not_yet_if(&NOT_YET))?;
                Ok(Change::LookAgain)
            }
            Act::AssociateProfile { id, profile } => {
                let profile = sdk::IamInstanceProfileSpecification::builder().name(profile).build();
                let request = aws
                    .ec2()
                    .associate_iam_instance_profile()
                    .instance_id(id.as_str())
                    .iam_instance_profile(profile);
                let call = Call::repeatable("AssociateIamInstanceProfile");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(Change::LookAgain),
                    // It has one already, or the instance is between two states.
                    Err(failure) if failure.is(&["IncorrectState"]) => Ok(Change::LookAgain),
                    Err(mut failure) => {
                        if spreads(&failure) {
                            failure.kind = FailureKind::NotYet;
                        }
                        Err(failure.not_yet_if(&NOT_YET))
                    }
                }
            }
            Act::Terminate { id } => {
                let request = aws.ec2().terminate_instances().instance_ids(id.as_str());
                let call = Call::repeatable("TerminateInstances");
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(Change::Leaving(id.clone())),
                    Err(failure) if failure.is(&["InvalidInstanceID.NotFound"]) => Ok(Change::LookAgain),
                    Err(failure) => Err(failure),
                }
            }
        }
    }
}

/// Whether it failed because the profile has not spread yet.
fn spreads(failure: &Failure) -> bool {
    PROFILE_UNKNOWN.iter().any(|words| failure.message.contains(words))
}

async fn run(aws: &Aws, owner: &Owner, new: &New, attempt: u32) -> Result<Change<Instance>, Failure> {
    let spares = (0..SPARE_TOKENS).map(|spare| SPARE_FROM + attempt * SPARE_TOKENS + spare);
    let mut last = None;
    for attempt in std::iter::once(attempt).chain(spares) {
        match run_with_token(aws, owner, new, client_token(owner, &format!("i-{}", new.name), attempt)).await
        {
            // The instance of this token was terminated, and the token is spent with it.
            Err(failure) if failure.is(&["IdempotentInstanceTerminated"]) => last = Some(failure),
            other => return other,
        }
    }
    Err(last.unwrap_or_else(|| Call::repeatable("RunInstances").refused("IdempotentInstanceTerminated", "")))
}

async fn run_with_token(
    aws: &Aws,
    owner: &Owner,
    new: &New,
    token: String,
) -> Result<Change<Instance>, Failure> {
    let call = Call::repeatable("RunInstances");
    let answer = request(aws, owner, new).client_token(token).send().await.map_err(|error| {
        let mut failure = call.failed(error).not_yet_if(&RUN_PASSES);
        if spreads(&failure) {
            failure.kind = FailureKind::NotYet;
        } else if failure.is(&["AuthFailure"]) && failure.message.contains("image") {
            // The credentials are fine, but the image is somebody's own.
            failure.kind = FailureKind::Refused;
        }
        failure
    })?;
    let made = answer.instances().first().and_then(|instance| read(aws, instance, owner.clone()));
    Ok(made.map_or(Change::LookAgain, Change::Is))
}

/// The request for one instance; `doorman check` uses it for a dry run.
pub(crate) fn request(aws: &Aws, owner: &Owner, new: &New) -> RunInstancesFluentBuilder {
    let size_gib = i32::try_from(new.volume.size_gib).unwrap_or(i32::MAX);
    let root = sdk::EbsBlockDevice::builder()
        .volume_size(size_gib)
        .volume_type(new.volume.kind.as_str().into())
        .delete_on_termination(true);
    // Credentials only for those who can make a PUT and are on the instance itself, not in a container.
    let metadata = sdk::InstanceMetadataOptionsRequest::builder()
        .http_tokens(sdk::HttpTokensState::Required)
        .http_put_response_hop_limit(1)
        .http_endpoint(sdk::InstanceMetadataEndpointState::Enabled);
    // That there is no public address is said and not left to the subnet; the policies demand it.
    let interface = sdk::InstanceNetworkInterfaceSpecification::builder()
        .device_index(0)
        .subnet_id(new.subnet.as_str())
        .set_private_ip_address(new.private_ip.map(|address| address.to_string()))
        .groups(new.group.as_str())
        .associate_public_ip_address(false)
        .delete_on_termination(true);
    let profile = new.profile.as_ref();
    let profile = profile.map(|name| sdk::IamInstanceProfileSpecification::builder().name(name).build());
    let device = sdk::BlockDeviceMapping::builder().device_name(&new.volume.device).ebs(root.build()).build();
    let request = aws
        .ec2()
        .run_instances()
        .min_count(1)
        .max_count(1)
        .image_id(new.spec.image.as_str())
        .instance_type(new.spec.instance_type.as_str().into())
        .network_interfaces(interface.build())
        .block_device_mappings(device)
        .metadata_options(metadata.build())
        .set_iam_instance_profile(profile)
        .tag_specifications(tags_for(ResourceType::Instance, owner, &new.name))
        .tag_specifications(tags_for(ResourceType::Volume, owner, &new.name))
        .tag_specifications(tags_for(ResourceType::NetworkInterface, owner, &new.name));
    match new.spec.market {
        Market::OnDemand => request,
        Market::Spot => {
            let options = sdk::SpotMarketOptions::builder()
                .spot_instance_type(sdk::SpotInstanceType::OneTime)
                .instance_interruption_behavior(sdk::InstanceInterruptionBehavior::Terminate);
            let market = sdk::InstanceMarketOptionsRequest::builder()
                .market_type(sdk::MarketType::Spot)
                .spot_options(options.build());
            let tags = tags_for(ResourceType::SpotInstancesRequest, owner, &new.name);
            request.instance_market_options(market.build()).tag_specifications(tags)
        }
    }
}
