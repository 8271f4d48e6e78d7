//! What conditions can ask of the things of EC2 that are there.

use super::{carried, known};
use crate::aws::catalog::CANONICAL;
use crate::aws::iam::condition::Context;
use crate::aws::select::Described;
use crate::aws::world::{Table, World};

/// The ARN of a thing of EC2, or of those to be made, whose id is `*`.
pub(super) fn arn(world: &World, kind: &str, id: &str) -> String {
    // Images belong to no account in their ARN.
    let account = if kind == "image" || kind == "snapshot" { "" } else { &world.account_id };
    format!("arn:aws:ec2:{}:{account}:{kind}/{id}", world.region)
}

/// What is known of the thing of that kind and id; none when it is not there.
pub(super) fn of(world: &World, kind: &str, id: &str) -> Option<Context> {
    let vpc = |id: &str| arn(world, "vpc", id);
    match kind {
        "vpc" => there(&world.vpcs, id, |vpc| known([("ec2:VpcID", vpc.id.clone())])),
        "subnet" => there(&world.subnets, id, |subnet| {
            known([
                ("ec2:SubnetID", subnet.id.clone()),
                ("ec2:Vpc", vpc(&subnet.vpc)),
                ("ec2:AvailabilityZone", subnet.zone.clone()),
            ])
        }),
        "route-table" => there(&world.route_tables, id, |table| {
            known([("ec2:RouteTableID", table.id.clone()), ("ec2:Vpc", vpc(&table.vpc))])
        }),
        "security-group" => there(&world.groups, id, |group| {
            known([("ec2:SecurityGroupID", group.id.clone()), ("ec2:Vpc", vpc(&group.vpc))])
        }),
        "security-group-rule" => there(&world.rules, id, |_| Context::new()),
        "network-interface" => there(&world.interfaces, id, |interface| {
            known([
                ("ec2:NetworkInterfaceID", interface.id.clone()),
                ("ec2:Subnet", arn(world, "subnet", &interface.subnet)),
                ("ec2:Vpc", vpc(&interface.vpc)),
            ])
        }),
        "elastic-ip" => there(&world.addresses, id, |address| {
            known([
                ("ec2:AllocationId", address.id.clone()),
                ("ec2:Domain", "vpc".to_owned()),
                ("ec2:PublicIpAddress", address.public_ip.to_string()),
            ])
        }),
        "natgateway" => there(&world.nat_gateways, id, |_| Context::new()),
        "instance" => there(&world.instances, id, |instance| {
            known([
                ("ec2:InstanceID", instance.id.clone()),
                ("ec2:InstanceType", instance.kind.name.to_owned()),
                ("ec2:AvailabilityZone", instance.zone.clone()),
                ("ec2:MetadataHttpTokens", instance.metadata.tokens.clone()),
            ])
        }),
        "volume" => there(&world.volumes, id, |volume| {
            known([
                ("ec2:VolumeID", volume.id.clone()),
                ("ec2:VolumeSize", volume.size_gib.to_string()),
                ("ec2:VolumeType", volume.kind.clone()),
                ("ec2:AvailabilityZone", volume.zone.clone()),
            ])
        }),
        "vpc-endpoint" => there(&world.endpoints, id, |endpoint| service(&endpoint.service)),
        "image" => there(&world.images, id, |image| {
            known([
                ("ec2:ImageID", image.id.clone()),
                ("ec2:Owner", CANONICAL.to_owned()),
                ("ec2:Public", "true".to_owned()),
                ("ec2:ImageType", "machine".to_owned()),
            ])
        }),
        _ => None,
    }
}

/// The service of an endpoint, and whose it is: AWS's, as its name says.
pub(super) fn service(name: &str) -> Context {
    let owner = if name.starts_with("com.amazonaws.vpce.") { "aws-marketplace" } else { "amazon" };
    known([("ec2:VpceServiceName", name.to_owned()), ("ec2:VpceServiceOwner", owner.to_owned())])
}

fn there<T: Described>(table: &Table<T>, id: &str, facts: impl Fn(&T) -> Context) -> Option<Context> {
    let thing = table.get(id)?;
    let mut context = facts(thing);
    context.extend(carried("ec2", thing.tags()));
    Some(context)
}
