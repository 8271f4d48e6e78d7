//! Elastic IP addresses.

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use crate::aws::catalog::ELASTIC_IPS;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, done, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, select};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeAddresses", describe_addresses),
    change("AllocateAddress", allocate),
    change("ReleaseAddress", release),
];

#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) id: String,
    pub(crate) public_ip: Ipv4Addr,
    pub(crate) association: Option<Association>,
    /// AWS holds on to an address for a while after its gateway is gone.
    pub(crate) locked_until: Option<DateTime<Utc>>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

/// What an address is used by.
#[derive(Debug, Clone)]
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) interface: String,
    pub(crate) private: Ipv4Addr,
}

impl Described for Address {
    const IDS: &'static str = "AllocationId";
    const FILTERS: &'static [&'static str] = &[
        "allocation-id",
        "association-id",
        "instance-id",
        "network-border-group",
        "network-interface-id",
        "network-interface-owner-id",
        "private-ip-address",
        "public-ip",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        let association = self.association.iter();
        match filter {
            "association-id" => association.map(|one| one.id.clone()).collect(),
            "instance-id" => Vec::new(),
            "network-border-group" => vec![world.region.clone()],
            "network-interface-id" => association.map(|one| one.interface.clone()).collect(),
            "network-interface-owner-id" => association.map(|_| world.account_id.clone()).collect(),
            "private-ip-address" => association.map(|one| one.private.to_string()).collect(),
            "public-ip" => vec![self.public_ip.to_string()],
            _ => vec![self.id.clone()],
        }
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("InvalidAllocationID.NotFound", format!("The allocation ID '{id}' does not exist"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        xml.text("publicIp", self.public_ip)
            .text("allocationId", &self.id)
            .text("domain", "vpc")
            .text("publicIpv4Pool", "amazon")
            .text("networkBorderGroup", &world.region);
        if let Some(association) = &self.association {
            xml.text("associationId", &association.id)
                .text("networkInterfaceId", &association.interface)
                .text("networkInterfaceOwnerId", &world.account_id)
                .text("privateIpAddress", association.private);
        }
        tags::write(xml, &self.tags);
    }
}

fn describe_addresses(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let wanted = input.list("PublicIp");
    let is = |address: &Address, public_ip: &String| address.public_ip.to_string() == *public_ip;
    let all: Vec<&Address> = world.addresses.values().filter(|address| world.shows(*address)).collect();
    if let Some(unknown) = wanted.iter().find(|one| !all.iter().any(|address| is(address, one))) {
        return Err(Refusal::new("InvalidAddress.NotFound", format!("Address '{unknown}' not found.")));
    }
    let named = |address: &&Address| wanted.is_empty() || wanted.iter().any(|one| is(address, one));
    let page = select(world, input, all.into_iter().filter(named))?;
    Ok(Xml::build(|xml| {
        xml.items("addressesSet", page.items, |xml, address| address.write(world, xml));
    }))
}

fn allocate(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let domain = input.text("Domain");
    if domain.as_deref().is_some_and(|domain| domain != "vpc") {
        return Err(Refusal::invalid_value(
            "Value for parameter domain is invalid: only 'vpc' is supported.",
        ));
    }
    let border = input.text("NetworkBorderGroup");
    if border.is_some_and(|border| border != world.region) {
        return Err(Refusal::invalid_value("The network border group does not exist."));
    }
    let tags = tags::on_create(input, &["elastic-ip"], "elastic-ip")?;
    if !world.quotas.allows(ELASTIC_IPS, world.addresses.len() + 1) {
        return Err(Refusal::new(
            "AddressLimitExceeded",
            "The maximum number of addresses has been reached.",
        ));
    }
    let id = make(world, tags);
    let address = &world.addresses[&id];
    Ok(Xml::build(|xml| {
        xml.text("publicIp", address.public_ip)
            .text("allocationId", &address.id)
            .text("domain", "vpc")
            .text("publicIpv4Pool", "amazon")
            .text("networkBorderGroup", &world.region);
    }))
}

/// Allocates an address from the block kept for documentation, so that it is nobody's.
pub(crate) fn make(world: &mut World, tags: Tags) -> String {
    let id = world.new_id("eipalloc");
    let start = world.scramble() % 254;
    let taken: Vec<Ipv4Addr> = world.addresses.values().map(|address| address.public_ip).collect();
    let candidates = (0..254_u64).map(|step| u8::try_from((start + step) % 254 + 1).unwrap_or(1));
    let public_ip = candidates
        .map(|last| Ipv4Addr::new(203, 0, 113, last))
        .find(|address| !taken.contains(address))
        .unwrap_or(Ipv4Addr::new(198, 51, 100, 1));
    let address = Address {
        id: id.clone(),
        public_ip,
        association: None,
        locked_until: None,
        tags,
        created: world.clock,
    };
    world.addresses.insert(id.clone(), address);
    id
}

fn release(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let border = input.text("NetworkBorderGroup");
    if border.is_some_and(|border| border != world.region) {
        return Err(Refusal::invalid_value("The network border group does not exist."));
    }
    if input.text("PublicIp").is_some() {
        return Err(Refusal::combination(
            "You must specify an allocation id when releasing a VPC elastic IP address",
        ));
    }
    let address = world.find(&world.addresses, &input.need("AllocationId")?)?;
    let locked = address.locked_until.is_some_and(|until| world.clock < until);
    if address.association.is_some() || locked {
        // What AWS really says while a NAT gateway holds the address: misleading, and seen in practice.
        return Err(Refusal::new(
            "AuthFailure",
            "You do not have permission to access the specified resource.",
        ));
    }
    let id = address.id.clone();
    world.addresses.remove(&id);
    Ok(done())
}
