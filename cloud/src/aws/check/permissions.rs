//! Whether the credentials allow what the bot does. EC2 says so in dry runs, which change nothing; IAM has
//! none, so of it only reading is tried.
//!
//! A dry run that is neither allowed nor refused proves nothing: EC2 may miss what the request is about
//! before it looks at the permissions. What is removed later is therefore only tried on something that is
//! there: on a made-up id, a policy that is limited to tagged resources would refuse, and rightly.

use std::error::Error;

use aws_sdk_ec2::types::{ConnectivityType, DomainType, ResourceType, Tag};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use chrono::DateTime;

use crate::check::{Finding, Problem, Verdict};
use crate::ids::ImageId;
use crate::lease::{LeaseKind, ServiceSpec, Trouble};
use crate::observed::{Network, Peer, RouteTarget};
use crate::step::{Failure, FailureKind};
use crate::tags::{EXPIRES_AT, NEVER, Owner};

use super::super::Aws;
use super::super::endpoint::NewEndpoint;
use super::super::failure::Call;
use super::super::group::NewRule;
use super::super::instance::NewInstance;
use super::super::tagging::filter;
use super::{bad, finding};

/// A port that no window and no shell asks for, so that a rule for it is never there already.
const SOME_PORT: u16 = 9;

impl Aws {
    /// Permissions that reading proves.
    pub(super) async fn check_reading(&self) -> Vec<Finding> {
        let (roles, agents) = futures::join!(self.role_and_profile(), self.agents());
        let verdict = |failed: Option<Failure>| failed.map_or_else(allowed, bad);
        vec![
            finding("permission iam:GetRole", verdict(roles.err())),
            finding("permission ssm:DescribeInstanceInformation", verdict(agents.err())),
        ]
    }

    /// Permissions that dry runs prove.
    pub(super) async fn check_writing(&self, network: &Network, image: Option<&ImageId>) -> Vec<Finding> {
        let (making, removing) =
            futures::join!(self.check_making(network, image), self.check_removing(network));
        making
            .into_iter()
            .chain(removing)
            .map(|(operation, verdict)| finding(format!("permission ec2:{operation}"), verdict))
            .collect()
    }

    async fn check_making(&self, network: &Network, image: Option<&ImageId>) -> Vec<(&'static str, Verdict)> {
        // Should an emulator carry the dry run out, the sweep takes what it made for long due.
        let owner = Owner {
            lease: "check".into(),
            expires_at: Some(DateTime::UNIX_EPOCH),
            opened_by: "check".to_owned(),
        };
        let (address, gateway, route, rules, endpoint, instance) = futures::join!(
            async {
                let tags = self.tags_for(ResourceType::ElasticIp, &owner, &self.stack().nat.name);
                let request =
                    self.ec2_once().allocate_address().domain(DomainType::Vpc).tag_specifications(tags);
                dry("AllocateAddress", request.dry_run(true).send().await)
            },
            self.check_create_gateway(network, &owner),
            self.check_create_route(network),
            self.check_authorize(network, &owner),
            self.check_create_endpoint(network, &owner),
            self.check_run_instances(network, &owner, image),
        );
        let mut all = vec![address, gateway, route];
        all.extend(rules);
        all.extend([endpoint, instance]);
        all
    }

    /// A private gateway, because a public one would need an address.
    async fn check_create_gateway(&self, network: &Network, owner: &Owner) -> (&'static str, Verdict) {
        let operation = "CreateNatGateway";
        let Some(subnet) = network.subnet(&self.stack().nat.subnet) else {
            return (operation, Verdict::Skipped);
        };
        let request = self
            .ec2_once()
            .create_nat_gateway()
            .connectivity_type(ConnectivityType::Private)
            .subnet_id(subnet.id.as_str())
            .tag_specifications(self.tags_for(ResourceType::Natgateway, owner, &self.stack().nat.name));
        dry(operation, request.dry_run(true).send().await)
    }

    /// A route to the internet gateway, because a NAT gateway there is none yet.
    async fn check_create_route(&self, network: &Network) -> (&'static str, Verdict) {
        let operation = "CreateRoute";
        let (Some(vpc), Some(table)) = (network.vpc.found(), network.route_table.found()) else {
            return (operation, Verdict::Skipped);
        };
        if table.default_route.is_some() {
            return (
                operation,
                Verdict::Note("can only be tried while there is no default route".to_owned()),
            );
        }
        let attached = filter("attachment.vpc-id", [vpc.id.as_str()]);
        let answer = self.ec2().describe_internet_gateways().filters(attached).send().await;
        let target = match answer.map_err(|error| Call::read("DescribeInternetGateways").failed(error)) {
            Ok(answer) => answer
                .internet_gateways
                .unwrap_or_default()
                .into_iter()
                .find_map(|found| found.internet_gateway_id),
            Err(failure) => return (operation, bad(failure)),
        };
        let Some(target) = target else {
            return (operation, Verdict::Skipped);
        };
        let request = self
            .ec2_once()
            .create_route()
            .route_table_id(table.id.as_str())
            .destination_cidr_block("0.0.0.0/0")
            .gateway_id(target);
        dry(operation, request.dry_run(true).send().await)
    }

    async fn check_authorize(&self, network: &Network, owner: &Owner) -> Vec<(&'static str, Verdict)> {
        let (out, inward) = ("AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress");
        let Some(group) = network.group.found() else {
            return vec![(out, Verdict::Skipped), (inward, Verdict::Skipped)];
        };
        let peer = Peer::Group(group.id.clone());
        let new = NewRule {
            group: &group.id,
            egress: true,
            port: SOME_PORT,
            peer: &peer,
            purpose: LeaseKind::Service,
        };
        let permission = new.permission(&self.stack().shell.rule_description);
        let tags = self.tags_for(ResourceType::SecurityGroupRule, owner, &self.stack().name);
        let egress = self.ec2_once().authorize_security_group_egress().group_id(group.id.as_str());
        let egress = egress.ip_permissions(permission.clone()).tag_specifications(tags.clone()).dry_run(true);
        let ingress = self.ec2_once().authorize_security_group_ingress().group_id(group.id.as_str());
        let ingress = ingress.ip_permissions(permission).tag_specifications(tags).dry_run(true);
        let (egress, ingress) = futures::join!(egress.send(), ingress.send());
        vec![dry(out, egress), dry(inward, ingress)]
    }

    async fn check_create_endpoint(&self, network: &Network, owner: &Owner) -> (&'static str, Verdict) {
        let operation = "CreateVpcEndpoint";
        let stack = self.stack();
        let subnet = stack.service.instances.first().and_then(|instance| network.subnet(&instance.subnet));
        let (Some(vpc), Some(group), Some(subnet), Some(service)) =
            (network.vpc.found(), network.group.found(), subnet, stack.shell.endpoints.first())
        else {
            return (operation, Verdict::Skipped);
        };
        let subnets = [subnet.id.clone()];
        let new =
            NewEndpoint { vpc: &vpc.id, service: &service.service, subnets: &subnets, group: &group.id };
        // Its private name may be taken already; that is no matter of permissions.
        let request = self.new_endpoint(owner, new).private_dns_enabled(false);
        dry(operation, request.dry_run(true).send().await)
    }

    async fn check_run_instances(
        &self,
        network: &Network,
        owner: &Owner,
        image: Option<&ImageId>,
    ) -> (&'static str, Verdict) {
        let operation = "RunInstances";
        let service = &self.stack().service;
        let slot = service.instances.first();
        let subnet = slot.and_then(|slot| network.subnet(&slot.subnet));
        let (Some(slot), Some(subnet), Some(group), Some(image)) =
            (slot, subnet, network.group.found(), image)
        else {
            return (operation, Verdict::Skipped);
        };
        let spec = ServiceSpec {
            image: image.clone(),
            image_name: service.image.clone(),
            instance_type: service.instance_type.clone(),
            market: service.market,
        };
        let new = NewInstance {
            name: &slot.name,
            subnet: &subnet.id,
            private_ip: slot.private_ip,
            group: &group.id,
            spec: &spec,
        };
        // The profile may not be there yet, and the address may be taken: no matter of permissions either.
        let request =
            self.new_instance(owner, new).set_iam_instance_profile(None).set_private_ip_address(None);
        dry(operation, request.dry_run(true).send().await)
    }

    async fn check_removing(&self, network: &Network) -> Vec<(&'static str, Verdict)> {
        let looked = futures::try_join!(
            self.addresses(),
            self.gateways(),
            self.own_rules(),
            self.endpoint_ids(),
            self.instances()
        );
        let (addresses, gateways, rules, endpoints, instances) = match looked {
            Ok(looked) => looked,
            Err(failure) => return vec![(failure.operation, bad(failure))],
        };
        let route = network.route_table.found().filter(|table| {
            let target = table.default_route.as_ref().map(|route| &route.target);
            gateways.iter().any(|gateway| target == Some(&RouteTarget::NatGateway(gateway.id.clone())))
        });
        let ec2 = self.ec2();
        let (address, gateway, route, rule, endpoint, instance, tags) = futures::join!(
            tried("ReleaseAddress", addresses.first(), async |address| {
                ec2.release_address().allocation_id(address.id.as_str()).dry_run(true).send().await
            }),
            tried("DeleteNatGateway", gateways.first(), async |gateway| {
                ec2.delete_nat_gateway().nat_gateway_id(gateway.id.as_str()).dry_run(true).send().await
            }),
            tried("DeleteRoute", route, async |table| {
                let request =
                    ec2.delete_route().route_table_id(table.id.as_str()).destination_cidr_block("0.0.0.0/0");
                request.dry_run(true).send().await
            }),
            tried(
                "RevokeSecurityGroupEgress",
                rules.iter().find(|rule| rule.is_egress() == Some(true)),
                async |rule| {
                    let request =
                        ec2.revoke_security_group_egress().set_group_id(rule.group_id().map(str::to_owned));
                    let request = request.set_security_group_rule_ids(
                        rule.security_group_rule_id().map(|id| vec![id.to_owned()]),
                    );
                    request.dry_run(true).send().await
                }
            ),
            tried("DeleteVpcEndpoints", endpoints.first(), async |id| {
                ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).dry_run(true).send().await
            }),
            tried("TerminateInstances", instances.first(), async |instance| {
                ec2.terminate_instances().instance_ids(instance.id.as_str()).dry_run(true).send().await
            }),
            tried("CreateTags", addresses.first(), async |address| {
                let tag = Tag::builder().key(EXPIRES_AT).value(NEVER).build();
                ec2.create_tags().resources(address.id.as_str()).tags(tag).dry_run(true).send().await
            }),
        );
        vec![address, gateway, route, rule, endpoint, instance, tags]
    }

    /// Endpoints that are ours.
    async fn endpoint_ids(&self) -> Result<Vec<String>, Failure> {
        let request = self.ec2().describe_vpc_endpoints().set_filters(Some(self.ours().into()));
        let answer = request.filters(filter("vpc-endpoint-state", ["pending", "available"])).send().await;
        let answer = answer.map_err(|error| Call::read("DescribeVpcEndpoints").failed(error))?;
        let ours = answer.vpc_endpoints().iter().filter(|endpoint| self.owner(endpoint.tags()).is_some());
        Ok(ours.filter_map(|endpoint| endpoint.vpc_endpoint_id().map(str::to_owned)).collect())
    }
}

/// A dry run on something of ours, if there is any.
async fn tried<T, O, E>(
    operation: &'static str,
    on: Option<&T>,
    call: impl AsyncFnOnce(&T) -> Result<O, SdkError<E, HttpResponse>>,
) -> (&'static str, Verdict)
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match on {
        Some(on) => dry(operation, call(on).await),
        None => (operation, Verdict::Note("can only be tried on one that is there".to_owned())),
    }
}

/// What the answer to a dry run says.
fn dry<O, E>(operation: &'static str, answer: Result<O, SdkError<E, HttpResponse>>) -> (&'static str, Verdict)
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let verdict = match answer.map_err(|error| Call::read(operation).failed(error)) {
        Ok(_) => Verdict::Note("carried out, although a dry run: not the real AWS".to_owned()),
        Err(failure) if failure.is(&["DryRunOperation"]) => allowed(),
        Err(failure) if failure.kind == FailureKind::AccessDenied => {
            let operation = operation.to_owned();
            Verdict::Bad(Problem::Trouble(Trouble::AccessDenied { operation }))
        }
        Err(failure) => Verdict::Note(format!("not refused, but not proved either: {}", failure.code)),
    };
    (operation, verdict)
}

fn allowed() -> Verdict {
    Verdict::Good("allowed".to_owned())
}
