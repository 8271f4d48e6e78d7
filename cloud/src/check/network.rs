//! The network of the settings: whether each name is one thing, and what private DNS and the window need of
//! it.

use aws_sdk_ec2::types::VpcAttributeName;

use super::{Check, Finding, Problem, Verdict, bad, finding};
use crate::aws::Call;
use crate::failure::Failure;
use crate::ids::VpcId;
use crate::kind::Kind;
use crate::kinds::Lookup;
use crate::kinds::gateway::GatewayState;
use crate::kinds::route::{Route, RouteTarget};
use crate::kinds::subnet;
use crate::lease::Trouble;
use crate::switchboard::Observed;

impl Check<'_> {
    pub(super) async fn check_network(&self, observed: &Observed) -> Vec<Finding> {
        let (stack, network) = (self.stack, observed.network());
        let mut findings = vec![named("vpc", &stack.vpc, &network.vpc, |vpc| vpc.cidr.clone())];
        for name in subnet::names(stack) {
            let say = |subnet: &&subnet::Subnet| format!("{} in {}", subnet.cidr, subnet.zone);
            findings.push(named("subnet", name, &observed.subnet(name), say));
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
            let verdict = self.check_default_route(observed, table.default_route.as_ref());
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
            .aws
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
    fn check_default_route(&self, observed: &Observed, route: Option<&Route>) -> Verdict {
        let gateway = match route.map(|route| &route.target) {
            None => return Verdict::Good("none, as it should be".to_owned()),
            Some(RouteTarget::NatGateway(id)) => id,
            Some(RouteTarget::Other(id)) => return self.foreign_route(id),
        };
        let Some(gateways) = observed.gateways.seen() else {
            return self.unseen(observed, Kind::NatGateway);
        };
        match gateways.iter().find(|found| found.id == *gateway) {
            Some(found) if found.state == GatewayState::Available => {
                Verdict::Good(format!("{gateway}, an open window"))
            }
            Some(_) => Verdict::Note(format!("{gateway}, a window that is being closed")),
            None => self.foreign_route(gateway.as_str()),
        }
    }

    fn foreign_route(&self, target: &str) -> Verdict {
        let table = self.stack.nat.route_table.clone();
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
