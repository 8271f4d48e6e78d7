//! The words for each kind of thing, and the page of the AWS console where a person finds it.

use doorman_cloud::kind::Kind;
use doorman_cloud::switchboard::network::Network;
use doorman_config::{Locale, Settings};

use crate::words::places;
use crate::words::texts::say;

/// One thing of the kind.
pub(crate) fn one(locale: Locale, kind: Kind) -> String {
    let key = match kind {
        Kind::Address => "receipt-kind-address",
        Kind::NatGateway => "receipt-kind-gateway",
        Kind::Route => "receipt-kind-route",
        Kind::Rule => "receipt-kind-rule",
        Kind::Endpoint => "receipt-kind-endpoint",
        Kind::Instance => "receipt-kind-instance",
        Kind::Volume => "receipt-kind-volume",
        Kind::Role => "receipt-kind-role",
        Kind::Profile => "receipt-kind-profile",
        Kind::Schedule => "receipt-kind-schedule",
        Kind::Runbook => "receipt-kind-runbook",
        Kind::BackstopRole => "receipt-kind-backstop-role",
        Kind::Vpc => "trouble-part-vpc",
        Kind::Subnet => "trouble-part-subnet",
        Kind::SecurityGroup => "trouble-part-security-group",
        Kind::NetworkInterface => "receipt-kind-interface",
        Kind::Agent => "receipt-kind-agent",
    };
    say(locale, key, &[])
}

/// All of the kind that a lease has.
pub(crate) fn all(locale: Locale, kind: Kind) -> String {
    let key = match kind {
        Kind::Address => "receipt-part-address",
        Kind::NatGateway => "receipt-part-gateway",
        Kind::Route => "receipt-part-route",
        Kind::Rule => "receipt-part-rules",
        Kind::Endpoint => "receipt-part-endpoints",
        Kind::Instance => "receipt-part-instances",
        Kind::Volume => "receipt-part-volumes",
        Kind::Role => "receipt-part-role",
        Kind::Profile => "receipt-part-profile",
        Kind::Schedule => "receipt-part-schedule",
        Kind::Runbook
        | Kind::BackstopRole
        | Kind::Vpc
        | Kind::Subnet
        | Kind::SecurityGroup
        | Kind::NetworkInterface
        | Kind::Agent => return one(locale, kind),
    };
    say(locale, key, &[])
}

/// The page of the only thing of its kind, or the list of them.
pub(crate) fn console(
    settings: &Settings,
    network: Option<&Network>,
    kind: Kind,
    only: Option<&str>,
) -> String {
    let region = settings.aws.region.as_str();
    let vpc =
        |page: &str, only: Option<&str>, list: &str| places::console(region, "vpcconsole", page, only, list);
    let ec2 = |page: &str, only: Option<&str>, list: &str| places::console(region, "ec2", page, only, list);
    let group = network.and_then(|network| network.group.found()).map(|group| group.id.as_str());
    match kind {
        Kind::NatGateway => vpc("NatGatewayDetails:natGatewayId=", only, "NatGateways:"),
        Kind::Address => vpc("ElasticIpDetails:AllocationId=", only, "Addresses:"),
        // A route and rules have no pages of their own: they are removed where they are.
        Kind::Route => {
            let table = network.and_then(|network| network.route_table.found());
            let id = table.map(|table| table.id.as_str());
            vpc("RouteTableDetails:RouteTableId=", id, "RouteTables:")
        }
        Kind::Rule | Kind::SecurityGroup => vpc("SecurityGroup:groupId=", group, "SecurityGroups:"),
        Kind::Instance | Kind::Agent => ec2("InstanceDetails:instanceId=", only, "Instances:"),
        Kind::Volume => ec2("VolumeDetails:volumeId=", only, "Volumes:"),
        Kind::Endpoint => vpc("EndpointDetails:vpcEndpointId=", only, "Endpoints:"),
        // A profile is on the page of the role of its name.
        Kind::Role | Kind::Profile => places::role_console(&settings.stack.shell.role),
        Kind::BackstopRole => places::role_console(&settings.stack.backstop.role),
        Kind::Schedule => places::console(region, "scheduler", "", None, "schedules"),
        Kind::Runbook => places::console(region, "systems-manager", "", None, "documents"),
        Kind::Vpc => vpc("VpcDetails:VpcId=", only, "vpcs:"),
        Kind::Subnet => vpc("SubnetDetails:subnetId=", only, "subnets:"),
        Kind::NetworkInterface => ec2("NetworkInterface:networkInterfaceId=", only, "NIC:"),
    }
}
