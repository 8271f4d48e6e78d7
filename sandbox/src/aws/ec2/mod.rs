//! Elastic Compute Cloud: the ec2 query protocol, version 2016-11-15. One file per kind of resource.

pub(crate) mod account;
pub(crate) mod addresses;
mod block_devices;
pub(crate) mod images;
pub(crate) mod instance_power;
pub(crate) mod instance_types;
pub(crate) mod instances;
pub(crate) mod internet_gateways;
pub(crate) mod nat_gateways;
pub(crate) mod network_interfaces;
pub(crate) mod profile_associations;
pub(crate) mod route_tables;
pub(crate) mod routes;
pub(crate) mod run_instances;
pub(crate) mod security_group_rules;
pub(crate) mod security_groups;
pub(crate) mod subnets;
pub(crate) mod tagging;
pub(crate) mod volumes;
pub(crate) mod vpc_endpoints;
pub(crate) mod vpcs;

use super::operation::Operation;

const KINDS: &[&[Operation]] = &[
    account::OPERATIONS,
    addresses::OPERATIONS,
    internet_gateways::OPERATIONS,
    nat_gateways::OPERATIONS,
    network_interfaces::OPERATIONS,
    route_tables::OPERATIONS,
    routes::OPERATIONS,
    security_group_rules::OPERATIONS,
    security_groups::OPERATIONS,
    subnets::OPERATIONS,
    tagging::OPERATIONS,
    images::OPERATIONS,
    instance_power::OPERATIONS,
    instance_types::OPERATIONS,
    instances::OPERATIONS,
    profile_associations::OPERATIONS,
    run_instances::OPERATIONS,
    volumes::OPERATIONS,
    vpc_endpoints::OPERATIONS,
    vpcs::OPERATIONS,
];

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<&'static Operation> {
    KINDS.iter().flat_map(|kind| kind.iter()).find(|operation| operation.name == name)
}
