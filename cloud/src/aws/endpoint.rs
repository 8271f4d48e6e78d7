//! Interface endpoints, through which Systems Manager is reached without the internet.

use aws_sdk_ec2::types::{self as sdk, ResourceType};

use crate::ids::{EndpointId, GroupId, SubnetId, VpcId};
use crate::observed::{Endpoint, EndpointState, Lookup, Vpc};
use crate::step::{Change, Failure};
use crate::tags::Owner;

use super::Aws;
use super::failure::Call;
use super::tagging::{client_token, filter, moment};

/// How AWS says that an endpoint is not there (any more). The documents have both spellings.
const GONE: [&str; 2] = ["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"];

/// An endpoint to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewEndpoint<'a> {
    pub(super) vpc: &'a VpcId,
    pub(super) service: &'a str,
    pub(super) subnets: &'a [SubnetId],
    pub(super) group: &'a GroupId,
}

impl Aws {
    fn service_prefix(&self) -> String {
        format!("com.amazonaws.{}.", self.region())
    }

    /// Endpoints of the services in the settings, in any VPC.
    pub(super) async fn endpoints(&self) -> Result<Vec<sdk::VpcEndpoint>, Failure> {
        let prefix = self.service_prefix();
        let services =
            self.stack().shell.endpoints.iter().map(|endpoint| format!("{prefix}{}", endpoint.service));
        let request = self.ec2().describe_vpc_endpoints().filters(filter("service-name", services));
        let all = request.into_paginator().items().send();
        all.try_collect().await.map_err(|error| Call::read("DescribeVpcEndpoints").failed(error))
    }

    /// Of those, ours anywhere and others' in the VPC.
    pub(super) fn endpoints_in(&self, vpc: &Lookup<Vpc>, all: &[sdk::VpcEndpoint]) -> Vec<Endpoint> {
        let vpc = vpc.found().map(|vpc| vpc.id.as_str());
        all.iter()
            .filter_map(|endpoint| Some((endpoint.vpc_id(), self.endpoint(endpoint)?)))
            .filter(|(within, endpoint)| endpoint.owner.is_some() || (vpc.is_some() && vpc == *within))
            .map(|(_, endpoint)| endpoint)
            .collect()
    }

    fn endpoint(&self, endpoint: &sdk::VpcEndpoint) -> Option<Endpoint> {
        // Emulators leave the type out; a gateway endpoint of these services does not exist.
        if endpoint.vpc_endpoint_type().is_some_and(|kind| *kind != sdk::VpcEndpointType::Interface) {
            return None;
        }
        let service = endpoint.service_name()?.strip_prefix(&self.service_prefix())?.to_owned();
        if !self.stack().shell.endpoints.iter().any(|wanted| wanted.service == service) {
            return None;
        }
        Some(Endpoint {
            id: endpoint.vpc_endpoint_id()?.into(),
            service,
            state: state(endpoint.state().map(sdk::State::as_str))?,
            private_dns: endpoint.private_dns_enabled().unwrap_or_default(),
            subnets: endpoint.subnet_ids().iter().map(SubnetId::from).collect(),
            created_at: moment(endpoint.creation_timestamp()),
            owner: self.owner(endpoint.tags()),
        })
    }

    pub(super) async fn create_endpoint(
        &self,
        owner: &Owner,
        new: NewEndpoint<'_>,
        attempt: u32,
    ) -> Result<Vec<Change>, Failure> {
        let token = client_token(owner, &format!("vpce-{}", new.service), attempt);
        let request = self.new_endpoint(owner, new).client_token(token);
        let call = Call::repeatable("CreateVpcEndpoint");
        // One of the same service that is being deleted keeps its DNS name for a while; a spent token means
        // look.
        let passes = ["IdempotentParameterMismatch", "ConflictingDomainExists", "OperationInProgress"];
        let answer = request.send().await.map_err(|error| {
            let mut failure = call.failed(error).not_yet_if(&passes);
            if failure.message.contains("conflicting DNS domain") {
                failure.kind = crate::step::FailureKind::NotYet;
            }
            failure
        })?;
        let made = answer.vpc_endpoint().and_then(|endpoint| self.endpoint(endpoint));
        // The answer to a repeated token can lack what the first had; then only a look can tell.
        Ok(vec![made.filter(|made| made.owner.is_some()).map_or(Change::LookAgain, Change::Endpoint)])
    }

    /// The request for one endpoint; `check` uses it for a dry run.
    pub(super) fn new_endpoint(
        &self,
        owner: &Owner,
        new: NewEndpoint<'_>,
    ) -> aws_sdk_ec2::operation::create_vpc_endpoint::builders::CreateVpcEndpointFluentBuilder {
        let named = self.stack().shell.endpoints.iter().find(|endpoint| endpoint.service == new.service);
        let name = named.map_or(new.service, |endpoint| endpoint.name.as_str());
        self.ec2()
            .create_vpc_endpoint()
            .vpc_endpoint_type(sdk::VpcEndpointType::Interface)
            .vpc_id(new.vpc.as_str())
            .service_name(format!("{}{}", self.service_prefix(), new.service))
            .set_subnet_ids(Some(new.subnets.iter().map(SubnetId::to_string).collect()))
            .security_group_ids(new.group.as_str())
            .private_dns_enabled(true)
            .tag_specifications(self.tags_for(ResourceType::VpcEndpoint, owner, name))
    }

    pub(super) async fn delete_endpoint(&self, id: &EndpointId) -> Result<Vec<Change>, Failure> {
        let call = Call::repeatable("DeleteVpcEndpoints");
        let request = self.ec2().delete_vpc_endpoints().vpc_endpoint_ids(id.as_str());
        let answer = request.send().await.map_err(|error| call.failed(error));
        // Failures of single endpoints come inside an answer of success.
        let failure = match answer {
            Ok(answer) => match answer.unsuccessful().first() {
                None => return Ok(vec![Change::EndpointDeleting(id.clone())]),
                Some(item) => {
                    let error = item.error();
                    let code = error.and_then(|error| error.code()).unwrap_or("Unsuccessful");
                    call.refused(code, error.and_then(|error| error.message()).unwrap_or_default())
                }
            },
            Err(failure) => failure,
        };
        if failure.is(&GONE) {
            return Ok(vec![Change::LookAgain]);
        }
        Err(failure.not_yet_if(&["OperationInProgress", "IncorrectState", "InvalidState"]))
    }
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
