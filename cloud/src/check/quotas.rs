//! Whether the quotas leave room for a window and a pair.

use aws_sdk_ec2::types as sdk;
use doorman_config::Market;

use super::{Check, Finding, Problem, Verdict, bad, finding};
use crate::aws::tagging::{filter, pairs};
use crate::aws::{Call, all};
use crate::failure::Failure;
use crate::lease::LeaseKind;
use crate::switchboard::network::Network;
use crate::tags::Owner;

/// A quota of Service Quotas.
#[derive(Clone, Copy, Debug)]
struct Quota {
    service: &'static str,
    code: &'static str,
}

/// Elastic IPs in the region.
const ADDRESSES: Quota = Quota { service: "ec2", code: "L-0263D0A3" };
/// NAT gateways in a zone.
const GATEWAYS: Quota = Quota { service: "vpc", code: "L-FE5A380F" };
/// vCPUs of running on-demand instances of the standard families.
const ON_DEMAND_VCPUS: Quota = Quota { service: "ec2", code: "L-1216C47A" };
/// vCPUs of spot instances of the standard families.
const SPOT_VCPUS: Quota = Quota { service: "ec2", code: "L-34B43A08" };
/// First letters of the standard families: A, C, D, H, I, M, R, T, Z.
const STANDARD: &str = "acdhimrtz";

impl Check<'_> {
    /// `vcpus`: of one instance, if its type is known.
    pub(super) async fn check_quotas(&self, network: &Network, vcpus: Option<u32>) -> Vec<Finding> {
        let zone = network.subnet(&self.stack.nat.subnet).map(|subnet| subnet.zone.clone());
        let (addresses, gateways, vcpus) = futures::join!(
            self.check_addresses(),
            async {
                match zone {
                    Some(zone) => vec![self.check_gateways(&zone).await],
                    None => vec![finding("quota NAT gateways", Verdict::Skipped)],
                }
            },
            async {
                match vcpus {
                    Some(vcpus) => self.check_vcpus(vcpus).await,
                    None => vec![finding("quota vCPUs", Verdict::Skipped)],
                }
            },
        );
        std::iter::once(addresses).chain(gateways).chain(vcpus).collect()
    }

    async fn check_addresses(&self) -> Finding {
        let used = async {
            let answer = self.aws.ec2().describe_addresses().send().await;
            let answer = answer.map_err(|error| Call::read("DescribeAddresses").failed(error))?;
            let ours = answer.addresses().iter().any(|address| self.is_ours(address.tags()));
            Ok((count(answer.addresses().len()), u32::from(!ours)))
        };
        self.room("quota Elastic IPs".to_owned(), ADDRESSES, used).await
    }

    async fn check_gateways(&self, zone: &str) -> Finding {
        let used = async {
            let alive = filter("state", ["pending", "available", "deleting"]);
            let gateways =
                self.aws.ec2().describe_nat_gateways().filter(alive).into_paginator().items().send();
            let subnets = self.aws.ec2().describe_subnets().into_paginator().items().send();
            let (gateways, subnets): (Vec<sdk::NatGateway>, Vec<sdk::Subnet>) =
                futures::try_join!(all("DescribeNatGateways", gateways), all("DescribeSubnets", subnets))?;
            let in_zone = |gateway: &&sdk::NatGateway| {
                subnets.iter().any(|subnet| {
                    subnet.subnet_id() == gateway.subnet_id() && subnet.availability_zone() == Some(zone)
                })
            };
            let there: Vec<_> = gateways.iter().filter(in_zone).collect();
            let ours = there.iter().any(|gateway| self.is_ours(gateway.tags()));
            Ok((count(there.len()), u32::from(!ours)))
        };
        self.room(format!("quota NAT gateways in {zone}"), GATEWAYS, used).await
    }

    async fn check_vcpus(&self, vcpus: u32) -> Vec<Finding> {
        let service = &self.stack.service;
        if !is_standard(&service.instance_type) {
            return Vec::new(); // Other families have quotas of their own, one for each.
        }
        let spot = service.market == Market::Spot;
        let used = async {
            let running = filter("instance-state-name", ["pending", "running"]);
            let request = self.aws.ec2().describe_instances().filters(running);
            let reservations = all("DescribeInstances", request.into_paginator().items().send()).await?;
            let instances: Vec<_> = reservations.iter().flat_map(sdk::Reservation::instances).collect();
            let of_market = instances.iter().filter(|instance| {
                let is_spot = instance.instance_lifecycle() == Some(&sdk::InstanceLifecycleType::Spot);
                is_spot == spot && instance.instance_type().is_some_and(|kind| is_standard(kind.as_str()))
            });
            let ours = instances.iter().filter(|instance| self.is_ours(instance.tags())).count();
            let missing = service.instances.len().saturating_sub(ours);
            Ok((of_market.map(|instance| vcpus_of(instance)).sum(), count(missing) * vcpus))
        };
        let (name, quota) = if spot { ("spot", SPOT_VCPUS) } else { ("on-demand", ON_DEMAND_VCPUS) };
        vec![self.room(format!("quota vCPUs, {name} standard"), quota, used).await]
    }

    /// Whose a thing is matters here, not what it was made for.
    fn is_ours(&self, tags: &[sdk::Tag]) -> bool {
        let owner = Owner::from_tags(pairs(tags), LeaseKind::NatWindow);
        owner.is_some_and(|owner| owner.stack == self.stack.name)
    }

    /// `used`: what there is, and how much more is needed.
    async fn room(
        &self,
        what: String,
        quota: Quota,
        used: impl Future<Output = Result<(u32, u32), Failure>>,
    ) -> Finding {
        let verdict = match futures::join!(used, self.limit(quota)) {
            (Err(failure), _) => bad(failure),
            (Ok((used, _)), Err(failure)) => {
                Verdict::Note(format!("{used} used; the limit cannot be read: {}", failure.code))
            }
            (Ok((used, more)), Ok(limit)) if used + more > limit => {
                Verdict::Bad(Problem::NoRoom { used, limit, quota_code: quota.code.to_owned() })
            }
            (Ok((used, _)), Ok(limit)) => Verdict::Good(format!("{used} of {limit} used")),
        };
        finding(what, verdict)
    }

    /// The account's own limit, else AWS's default.
    async fn limit(&self, quota: Quota) -> Result<u32, Failure> {
        let call = Call::read("GetServiceQuota");
        let request =
            self.aws.quotas().get_service_quota().service_code(quota.service).quota_code(quota.code);
        let value = match request.send().await.map_err(|error| call.failed(error)) {
            Ok(answer) => answer.quota().and_then(|quota| quota.value()),
            Err(failure) if failure.is(&["NoSuchResourceException"]) => {
                let request = self.aws.quotas().get_aws_default_service_quota();
                let answer = request.service_code(quota.service).quota_code(quota.code).send().await;
                let answer = answer.map_err(|error| Call::read("GetAWSDefaultServiceQuota").failed(error))?;
                answer.quota().and_then(|quota| quota.value())
            }
            Err(failure) => return Err(failure),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "quotas are small whole numbers"
        )]
        value.map(|value| value as u32).ok_or_else(|| call.refused("NoValue", "the answer holds no value"))
    }
}

fn is_standard(instance_type: &str) -> bool {
    let family = instance_type.split('.').next().unwrap_or_default();
    let letters = family.trim_end_matches(|c: char| !c.is_ascii_digit());
    let letters = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    letters.len() == 1 && STANDARD.contains(letters)
}

fn vcpus_of(instance: &sdk::Instance) -> u32 {
    let Some(options) = instance.cpu_options() else {
        return 0;
    };
    let vcpus = options.core_count().unwrap_or_default() * options.threads_per_core().unwrap_or(1);
    u32::try_from(vcpus).unwrap_or_default()
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::is_standard;

    #[test]
    fn standard_families_are_those_of_one_of_the_letters() {
        for standard in ["t3.micro", "t4g.small", "m5.large", "c7gn.xlarge", "r6i.large", "i4i.large"] {
            assert!(is_standard(standard), "{standard}");
        }
        for other in
            ["g4dn.xlarge", "p3.2xlarge", "inf1.xlarge", "trn1.2xlarge", "x1.16xlarge", "hpc6a.48xlarge", ""]
        {
            assert!(!is_standard(other), "{other}");
        }
    }
}
