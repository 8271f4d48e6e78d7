//! The network of the settings: whether each name is one thing, and what private DNS and the window need of
//! it.

use aws_sdk_ec2::types::VpcAttributeName;

use crate::check::{Finding, Problem, Verdict};
use crate::ids::VpcId;
use crate::lease::Trouble;
use crate::observed::{GatewayState, Lookup, Network, Route, RouteTarget};
use crate::step::Failure;

use super::super::Aws;
use super::super::failure::Call;
use super::{bad, finding};

impl Aws {
    pub(super) async fn check_network(&self, network: &Network) -> Vec<Finding> {
        let stack = self.stack();
        let mut findings = vec![named("vpc", &stack.vpc, &network.vpc, |vpc| vpc.cidr.clone())];
        for (name, subnet) in &network.subnets {
            findings
                .push(named("subnet", name, subnet, |subnet| format!("{} in {}", subnet.cidr, subnet.zone)));
        }
        let table = &network.route_table;
        findings.push(named("route-table", &stack.nat.route_table, table, |table| table.id.to_string()));
        let group = &network.group;
        findings.push(named("security-group", &stack.service.security_group, group, |group| {
            group.id.to_string()
        }));
        let Some(vpc) = network.vpc.found() else {
            return findings;
        };

        let attributes = ["enableDnsSupport", "enableDnsHostnames"];
        let verdicts = futures::join!(
            self.check_attribute(&vpc.id, attributes[0]),
            self.check_attribute(&vpc.id, attributes[1]),
        );
        for (attribute, verdict) in attributes.into_iter().zip(<[Verdict; 2]>::from(verdicts)) {
            findings.push(finding(format!("vpc attribute {attribute}"), verdict));
        }
        if let Some(table) = network.route_table.found() {
            let verdict = self.check_default_route(table.default_route.as_ref()).await;
            findings.push(finding(format!("default route of {}", stack.nat.route_table), verdict));
        }
        findings
    }

    async fn check_attribute(&self, vpc: &VpcId, attribute: &str) -> Verdict {
        match self.vpc_attribute(vpc, attribute).await {
            Ok(true) => Verdict::Good("on".to_owned()),
            Ok(false) => Verdict::Bad(Problem::VpcAttributeOff(attribute.to_owned())),
            Err(failure) => bad(failure),
        }
    }

    async fn vpc_attribute(&self, vpc: &VpcId, attribute: &str) -> Result<bool, Failure> {
        let request = self
            .ec2()
            .describe_vpc_attribute()
            .vpc_id(vpc.as_str())
            .attribute(VpcAttributeName::from(attribute));
        let answer =
            request.send().await.map_err(|error| Call::read("DescribeVpcAttribute").failed(error))?;
        let value = answer.enable_dns_support().or(answer.enable_dns_hostnames());
        Ok(value.and_then(|value| value.value()).unwrap_or_default())
    }

    /// A window needs the place of the default route.
    async fn check_default_route(&self, route: Option<&Route>) -> Verdict {
        let gateway = match route.map(|route| &route.target) {
            None => return Verdict::Good("none, as it should be".to_owned()),
            Some(RouteTarget::NatGateway(id)) => id,
            Some(RouteTarget::Other(id)) => return self.foreign_route(id),
        };
        match self.gateways().await {
            Ok(gateways) => match gateways.iter().find(|found| found.id == *gateway) {
                Some(found) if found.state == GatewayState::Available => {
                    Verdict::Good(format!("{gateway}, an open window"))
                }
                Some(_) => Verdict::Note(format!("{gateway}, a window that is being closed")),
                None => self.foreign_route(gateway.as_str()),
            },
            Err(failure) => bad(failure),
        }
    }

    fn foreign_route(&self, target: &str) -> Verdict {
        let table = self.stack().nat.route_table.clone();
        Verdict::Bad(Problem::Trouble(Trouble::ForeignRoute { table, target: target.to_owned() }))
    }
}

fn named<T>(what: &str, name: &str, lookup: &Lookup<T>, say: impl Fn(&T) -> String) -> Finding {
    let (kind, wanted) = (what.to_owned(), name.to_owned());
    let verdict = match lookup {
        Lookup::Found(thing) => Verdict::Good(say(thing)),
        Lookup::Missing => Verdict::Bad(Problem::Trouble(Trouble::Missing { what: kind, name: wanted })),
        Lookup::Ambiguous(ids) => {
            Verdict::Bad(Problem::Trouble(Trouble::Ambiguous { what: kind, name: wanted, ids: ids.clone() }))
        }
    };
    finding(format!("{what} {name}"), verdict)
}
