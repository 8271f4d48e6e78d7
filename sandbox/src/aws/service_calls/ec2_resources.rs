//! What an EC2 call is about, for the permissions it needs.
//!
//! `Describe…` is about no resource: only a policy's `*` allows it, and no condition on tags can. A call
//! that is about several needs the permission for each. Of what does not exist only the ARN can be told;
//! whether it may be touched, its tags cannot decide.

use serde_json::Value;

use crate::aws::iam::authority::Resource;
use crate::aws::select::Described;
use crate::aws::world::{Table, World};

/// The resources of a call.
pub(super) fn of(world: &World, operation: &str, input: &Value) -> Vec<Resource> {
    let ids = |member: &str| -> Vec<String> {
        match &input[member] {
            Value::String(one) => vec![one.clone()],
            Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    match operation {
        "DeleteNatGateway" => each(world, "natgateway", &world.nat_gateways, &ids("NatGatewayId")),
        "ReleaseAddress" => each(world, "elastic-ip", &world.addresses, &ids("AllocationId")),
        "DeleteRoute" => each(world, "route-table", &world.route_tables, &ids("RouteTableId")),
        // The rules it takes away are no resources of this action.
        "RevokeSecurityGroupEgress" | "RevokeSecurityGroupIngress" => {
            each(world, "security-group", &world.groups, &ids("GroupId"))
        }
        "DeleteVpcEndpoints" => each(world, "vpc-endpoint", &world.endpoints, &ids("VpcEndpointIds")),
        name if name.starts_with("Describe") => vec![Resource::nothing()],
        _ => vec![Resource::default()],
    }
}

fn each<T: Described>(world: &World, kind: &str, table: &Table<T>, ids: &[String]) -> Vec<Resource> {
    let resource = |id: &String| Resource {
        arn: Some(format!("arn:aws:ec2:{}:{}:{kind}/{id}", world.region, world.account_id)),
        tags: table.get(id).map(|thing| thing.tags().clone()),
    };
    if ids.is_empty() { vec![Resource::default()] } else { ids.iter().map(resource).collect() }
}
