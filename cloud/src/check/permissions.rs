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

use super::{Check, Finding, Problem, Verdict, bad, finding};
use crate::aws::Call;
use crate::aws::tagging::{filter, tags_for};
use crate::failure::FailureKind;
use crate::ids::ImageId;
use crate::kind::Kind;
use crate::kinds::endpoint::{self, Endpoint};
use crate::kinds::instance::{self, NewVolume};
use crate::kinds::route::RouteTarget;
use crate::kinds::rule::aws::permission;
use crate::kinds::rule::{Peer, Permission};
use crate::lease::{LeaseKind, PairSpec, Trouble};
use crate::switchboard::Observed;
use crate::switchboard::network::Network;
use crate::tags::{EXPIRES_AT, NEVER, Owner};

/// A port that no window and no shell asks for, so that a rule for it is never there already.
const SOME_PORT: u16 = 9;

impl Check<'_> {
    /// Permissions that reading proves.
    pub(super) fn check_reading(&self, observed: &Observed) -> Vec<Finding> {
        let of = |kinds: &[Kind]| {
            let failure = observed.unknown().find(|(kind, _)| kinds.contains(kind));
            failure.map_or_else(allowed, |(_, failure)| bad(failure.clone()))
        };
        vec![
            finding("permission iam:GetRole", of(&[Kind::Role, Kind::Profile])),
            finding("permission ssm:DescribeInstanceInformation", of(&[Kind::Agent])),
        ]
    }

    /// Permissions that dry runs prove.
    pub(super) async fn check_writing(&self, observed: &Observed, image: Option<&ImageId>) -> Vec<Finding> {
        let network = observed.network();
        let (making, removing) =
            futures::join!(self.check_making(&network, image), self.check_removing(observed, &network));
        making
            .into_iter()
            .chain(removing)
            .map(|(operation, verdict)| finding(format!("permission ec2:{operation}"), verdict))
            .collect()
    }

    async fn check_making(&self, network: &Network, image: Option<&ImageId>) -> Vec<(&'static str, Verdict)> {
        // Should an emulator carry the dry run out, the sweep takes what it made for long due.
        let owner = Owner {
            stack: self.stack.name.clone(),
            lease: "check".into(),
            of: LeaseKind::NatWindow,
            expires_at: Some(DateTime::UNIX_EPOCH),
            opened_by: "check".to_owned(),
            installation: None,
        };
        let (address, gateway, route, rules, endpoint, instance) = futures::join!(
            async {
                let tags = tags_for(ResourceType::ElasticIp, &owner, &self.stack.nat.name);
                let request =
                    self.aws.ec2_once().allocate_address().domain(DomainType::Vpc).tag_specifications(tags);
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
        let Some(subnet) = network.subnet(&self.stack.nat.subnet) else {
            return (operation, Verdict::Skipped);
        };
        let request = self
            .aws
            .ec2_once()
            .create_nat_gateway()
            .connectivity_type(ConnectivityType::Private)
            .subnet_id(subnet.id.as_str())
            .tag_specifications(tags_for(ResourceType::Natgateway, owner, &self.stack.nat.name));
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
        let answer = self.aws.ec2().describe_internet_gateways().filters(attached).send().await;
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
            .aws
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
        let lets = Permission::tcp(true, SOME_PORT, peer);
        let permission = permission(&lets, &self.stack.shell.rule_description);
        let tags = tags_for(ResourceType::SecurityGroupRule, owner, &self.stack.name);
        let egress = self.aws.ec2_once().authorize_security_group_egress().group_id(group.id.as_str());
        let egress = egress.ip_permissions(permission.clone()).tag_specifications(tags.clone()).dry_run(true);
        let ingress = self.aws.ec2_once().authorize_security_group_ingress().group_id(group.id.as_str());
        let ingress = ingress.ip_permissions(permission).tag_specifications(tags).dry_run(true);
        let (egress, ingress) = futures::join!(egress.send(), ingress.send());
        vec![dry(out, egress), dry(inward, ingress)]
    }

    async fn check_create_endpoint(&self, network: &Network, owner: &Owner) -> (&'static str, Verdict) {
        let operation = "CreateVpcEndpoint";
        let stack = self.stack;
        let subnet = stack.service.instances.first().and_then(|instance| network.subnet(&instance.subnet));
        let (Some(vpc), Some(group), Some(subnet), Some(service)) =
            (network.vpc.found(), network.group.found(), subnet, stack.shell.endpoints.first())
        else {
            return (operation, Verdict::Skipped);
        };
        let new = endpoint::New {
            addresses: Vec::new(),
            name: service.name.clone(),
            service: service.service.clone(),
            vpc: vpc.id.clone(),
            subnets: vec![subnet.id.clone()],
            group: group.id.clone(),
        };
        // Its private name may be taken already; that is no matter of permissions.
        let request = endpoint::aws::request(self.aws, owner, &new).private_dns_enabled(false);
        dry(operation, request.dry_run(true).send().await)
    }

    async fn check_run_instances(
        &self,
        network: &Network,
        owner: &Owner,
        image: Option<&ImageId>,
    ) -> (&'static str, Verdict) {
        let operation = "RunInstances";
        let service = &self.stack.service;
        let slot = service.instances.first();
        let subnet = slot.and_then(|slot| network.subnet(&slot.subnet));
        let (Some(slot), Some(subnet), Some(group), Some(image)) =
            (slot, subnet, network.group.found(), image)
        else {
            return (operation, Verdict::Skipped);
        };
        let spec = PairSpec {
            image: image.clone(),
            root: None,
            image_name: service.image.clone(),
            instance_type: service.instance_type.clone(),
            market: service.market,
        };
        let (size_gib, kind) = (service.volume.size_gib, service.volume.kind.clone());
        // The profile may not be there yet, and the address may be taken: no matter of permissions either.
        let new = instance::New {
            name: slot.name.clone(),
            subnet: subnet.id.clone(),
            private_ip: None,
            group: group.id.clone(),
            spec,
            volume: NewVolume { size_gib, kind, device: service.volume.device.clone() },
            profile: None,
        };
        let request = instance::aws::request(self.aws, owner, &new);
        dry(operation, request.dry_run(true).send().await)
    }

    async fn check_removing(&self, observed: &Observed, network: &Network) -> Vec<(&'static str, Verdict)> {
        let removed = [Kind::Address, Kind::NatGateway, Kind::Rule, Kind::Endpoint, Kind::Instance];
        if let Some((_, failure)) = observed.unknown().find(|(kind, _)| removed.contains(kind)) {
            return vec![(failure.operation, bad(failure.clone()))];
        }
        let (addresses, gateways) = (&observed.addresses, &observed.gateways);
        let ours = |endpoint: &&Endpoint| endpoint.owner.is_some() && endpoint.is_kept();
        let route = network.route_table.found().filter(|table| {
            let target = table.default_route.as_ref().map(|route| &route.target);
            gateways.iter().any(|gateway| target == Some(&RouteTarget::NatGateway(gateway.id.clone())))
        });
        let ec2 = self.aws.ec2();
        let (address, gateway, route, rule, endpoint, instance, tags) = futures::join!(
            tried("ReleaseAddress", addresses.iter().next(), async |address| {
                ec2.release_address().allocation_id(address.id.as_str()).dry_run(true).send().await
            }),
            tried("DeleteNatGateway", gateways.iter().next(), async |gateway| {
                ec2.delete_nat_gateway().nat_gateway_id(gateway.id.as_str()).dry_run(true).send().await
            }),
            tried("DeleteRoute", route, async |table| {
                let request =
                    ec2.delete_route().route_table_id(table.id.as_str()).destination_cidr_block("0.0.0.0/0");
                request.dry_run(true).send().await
            }),
            tried(
                "RevokeSecurityGroupEgress",
                observed.rules.iter().find(|rule| rule.lets.egress),
                async |rule| {
                    let request = ec2.revoke_security_group_egress().group_id(rule.group.as_str());
                    request.security_group_rule_ids(rule.id.as_str()).dry_run(true).send().await
                }
            ),
            tried("DeleteVpcEndpoints", observed.endpoints.iter().find(ours), async |endpoint| {
                ec2.delete_vpc_endpoints().vpc_endpoint_ids(endpoint.id.as_str()).dry_run(true).send().await
            }),
            tried("TerminateInstances", observed.instances.iter().next(), async |instance| {
                ec2.terminate_instances().instance_ids(instance.id.as_str()).dry_run(true).send().await
            }),
            tried("CreateTags", addresses.iter().next(), async |address| {
                let tag = Tag::builder().key(EXPIRES_AT).value(NEVER).build();
                ec2.create_tags().resources(address.id.as_str()).tags(tag).dry_run(true).send().await
            }),
        );
        vec![address, gateway, route, rule, endpoint, instance, tags]
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
            Verdict::Bad(Problem::Trouble(Trouble::AccessDenied { operation, on: None }))
        }
        Err(failure) => Verdict::Note(format!("not refused, but not proved either: {}", failure.code)),
    };
    (operation, verdict)
}

fn allowed() -> Verdict {
    Verdict::Good("allowed".to_owned())
}
