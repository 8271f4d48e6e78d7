//! Interface endpoints at EC2.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::operation::create_vpc_endpoint::builders::CreateVpcEndpointFluentBuilder;
use aws_sdk_ec2::types::{self as sdk, ResourceType};
use doorman_config::Stack;

use super::{Act, Endpoint, EndpointState, New};
use crate::aws::tagging::{client_token, filter, pairs, tags_for};
use crate::aws::{Aws, Call, all};
use crate::failure::{Failure, FailureKind};
use crate::ids::{GroupId, SubnetId, VpcId};
use crate::kind::Kind;
use crate::kinds::group::aws::permissions_of;
use crate::kinds::rule::Permission;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::{Owner, of_version_0_1};

/// How AWS says that an endpoint is not there (any more). The documents have both spellings.
const GONE: [&str; 2] = ["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"];
/// What passes by itself: one of the same service that is being deleted keeps its DNS name for a while; a spent token
/// means look; an address that somebody took meanwhile is no longer chosen after it.
const PASSES: [&str; 4] = [
    "IdempotentParameterMismatch",
    "ConflictingDomainExists",
    "OperationInProgress",
    "InvalidIPAddress.InUse",
];

/// Most values that a filter takes.
const MOST_VALUES: usize = 200;

fn service_prefix(aws: &Aws) -> String {
    format!("com.amazonaws.{}.", aws.region())
}

impl Look for Endpoint {
    /// All of them: ours, whatever services the settings name today, and anybody's of the services they do, in any VPC.
    /// No filter says that, and there are few.
    async fn look(aws: &Aws, stack: &Stack, record: &Record) -> Result<Sorted<Endpoint>, Failure> {
        let prefix = service_prefix(aws);
        let wanted = |service: &str| stack.shell.endpoints.iter().any(|endpoint| endpoint.service == service);
        let request = aws.ec2().describe_vpc_endpoints();
        let all = all("DescribeVpcEndpoints", request.into_paginator().items().send()).await?;
        let mut sorted = Sorted::none();
        for endpoint in &all {
            let untagged = of_version_0_1(Kind::Endpoint, false);
            let id = endpoint.vpc_endpoint_id().unwrap_or_default();
            let whose = record.whose(Kind::Endpoint, id, pairs(endpoint.tags()), untagged);
            sorted.add(whose, |owner| read(aws, &prefix, endpoint, owner), true);
        }
        sorted.here.retain(|endpoint| endpoint.owner.is_some() || wanted(&endpoint.service));
        // What guards those of others' nobody names.
        let counts = |id: Option<&str>| sorted.here.iter().any(|endpoint| Some(endpoint.id.as_str()) == id);
        let others = all.iter().filter(|endpoint| counts(endpoint.vpc_endpoint_id()));
        let others = others.flat_map(|endpoint| endpoint.groups());
        let others = others.filter(|group| group.group_name() != Some(&*stack.service.security_group));
        let others: BTreeSet<GroupId> = others.filter_map(|one| one.group_id()).map(GroupId::from).collect();
        let lets = what_lets_pass(aws, &others).await?;
        for endpoint in &mut sorted.here {
            let guards = endpoint.groups.iter().filter(|group| others.contains(*group));
            if guards.clone().any(|group| !lets.contains_key(group)) {
                // One that is not shown may let anything pass.
                endpoint.groups.clear();
            } else {
                endpoint.others_let = guards.flat_map(|group| &lets[group]).cloned().collect();
            }
        }
        Ok(sorted)
    }
}

/// What those groups let pass, each.
async fn what_lets_pass(
    aws: &Aws,
    groups: &BTreeSet<GroupId>,
) -> Result<BTreeMap<GroupId, Vec<Permission>>, Failure> {
    let mut lets = BTreeMap::new();
    let groups: Vec<&str> = groups.iter().map(GroupId::as_str).collect();
    for some in groups.chunks(MOST_VALUES) {
        let some = some.iter().copied();
        let request = aws.ec2().describe_security_groups().filters(filter("group-id", some));
        let all = all("DescribeSecurityGroups", request.into_paginator().items().send()).await?;
        lets.extend(all.iter().filter_map(|group| Some((group.group_id()?.into(), permissions_of(group)))));
    }
    Ok(lets)
}

fn read(aws: &Aws, prefix: &str, endpoint: &sdk::VpcEndpoint, owner: Option<Owner>) -> Option<Endpoint> {
    // Emulators leave the type out; a gateway endpoint of these services does not exist.
    if endpoint.vpc_endpoint_type().is_some_and(|kind| *kind != sdk::VpcEndpointType::Interface) {
        return None;
    }
    Some(Endpoint {
        id: endpoint.vpc_endpoint_id()?.into(),
        service: endpoint.service_name()?.strip_prefix(prefix)?.to_owned(),
        vpc: endpoint.vpc_id().map(VpcId::from),
        state: state(endpoint.state().map(sdk::State::as_str))?,
        private_dns: endpoint.private_dns_enabled().unwrap_or_default(),
        subnets: endpoint.subnet_ids().iter().map(SubnetId::from).collect(),
        groups: endpoint.groups().iter().filter_map(|group| group.group_id()).map(GroupId::from).collect(),
        others_let: Vec::new(),
        created_at: aws.moment(endpoint.creation_timestamp()),
        owner,
    })
}

/// The request for one endpoint; `doorman check` uses it for a dry run.
pub(crate) fn request(aws: &Aws, owner: &Owner, new: &New) -> CreateVpcEndpointFluentBuilder {
    let addresses = new.addresses.iter().map(|(subnet, address)| {
        let place = sdk::SubnetConfiguration::builder().subnet_id(subnet.as_str());
        place.ipv4(address.to_string()).build()
    });
    let addresses: Vec<sdk::SubnetConfiguration> = addresses.collect();
    aws.ec2()
        .create_vpc_endpoint()
        .vpc_endpoint_type(sdk::VpcEndpointType::Interface)
        .vpc_id(new.vpc.as_str())
        .service_name(format!("{}{}", service_prefix(aws), new.service))
        .set_subnet_ids(Some(new.subnets.iter().map(SubnetId::to_string).collect()))
        .set_subnet_configurations((!addresses.is_empty()).then_some(addresses))
        .security_group_ids(new.group.as_str())
        .private_dns_enabled(true)
        .tag_specifications(tags_for(ResourceType::VpcEndpoint, owner, &new.name))
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, owner: &Owner) -> Result<Change<Endpoint>, Failure> {
        match self {
            Act::Create { new, attempt } => create(aws, owner, new, *attempt).await,
            Act::Delete { id } => {
                let call = Call::repeatable("DeleteVpcEndpoints");
                let request = aws.ec2().delete_vpc_endpoints().vpc_endpoint_ids(id.as_str());
                let answer = request.send().await.map_err(|error| call.failed(error));
                // Failures of single endpoints come inside an answer of success.
                let failure = match answer {
                    Ok(answer) => match answer.unsuccessful().first() {
                        None => return Ok(Change::Leaving(id.clone())),
                        Some(item) => {
                            let error = item.error();
                            let code = error.and_then(|error| error.code()).unwrap_or("Unsuccessful");
                            call.refused(code, error.and_then(|error| error.message()).unwrap_or_default())
                        }
                    },
                    Err(failure) => failure,
                };
                if failure.is(&GONE) {
                    return Ok(Change::LookAgain);
                }
                Err(failure.not_yet_if(&["OperationInProgress", "IncorrectState", "InvalidState"]))
            }
        }
    }
}

async fn create(aws: &Aws, owner: &Owner, new: &New, attempt: u32) -> Result<Change<Endpoint>, Failure> {
    let token = client_token(owner, &format!("vpce-{}", new.service), attempt);
    let call = Call::repeatable("CreateVpcEndpoint");
    let answer = request(aws, owner, new).client_token(token).send().await.map_err(|error| {
        let mut failure = call.failed(error).not_yet_if(&PASSES);
        if failure.message.contains("conflicting DNS domain") {
            failure.kind = FailureKind::NotYet;
        }
        failure
    })?;
    let prefix = service_prefix(aws);
    let made = answer.vpc_endpoint().and_then(|endpoint| read(aws, &prefix, endpoint, Some(owner.clone())));
    // The answer to a repeated token can lack what the first had; then only a look can tell.
    Ok(made.map_or(Change::LookAgain, Change::Is))
}

/// `None` for one that is gone. A state that AWS may invent later counts as on its way: it bills.
fn state(state: Option<&str>) -> Option<EndpointState> {
    match state.unwrap_or_default().to_ascii_lowercase().as_str() {
        "deleted" => None,
        "available" => Some(EndpointState::Available),
        "deleting" => Some(EndpointState::Deleting),
        "failed" | "rejected" | "expired" => Some(EndpointState::Failed),
        _ => Some(EndpointState::Pending),
    }
}
