//! Network interfaces: of instances, of NAT gateways and of endpoints. Nobody makes them by themselves here.

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use super::addresses::Address;
use crate::aws::operation::{Operation, read};
use crate::aws::refusal::Refusal;
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[read("DescribeNetworkInterfaces", |world, input| {
    describe(world, input, &world.interfaces, "networkInterfaceSet")
})];

#[derive(Debug, Clone)]
pub(crate) struct Interface {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) subnet: String,
    pub(crate) address: Ipv4Addr,
    pub(crate) groups: Vec<String>,
    pub(crate) owner: Owner,
    pub(crate) description: String,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

/// What an interface belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// An instance, and the id of the attachment.
    Instance {
        id: String,
        attachment: String,
    },
    NatGateway(String),
    Endpoint(String),
}

impl Interface {
    fn kind(&self) -> &'static str {
        match self.owner {
            Owner::Instance { .. } => "interface",
            Owner::NatGateway(_) => "nat_gateway",
            Owner::Endpoint(_) => "vpc_endpoint",
        }
    }

    /// `ip-10-20-10-31.ap-northeast-2.compute.internal`
    pub(crate) fn private_dns_name(&self, world: &World) -> String {
        format!("ip-{}.{}.compute.internal", self.address.to_string().replace('.', "-"), world.region)
    }

    /// The public address: id of its association, and the address.
    fn public<'w>(&self, world: &'w World) -> Option<(&'w str, &'w Address)> {
        world.addresses.values().find_map(|address| {
            let association = address.association.as_ref()?;
            (association.interface == self.id).then_some((association.id.as_str(), address))
        })
    }

    /// A locally administered address made from the id, as AWS's are made up too.
    fn mac_address(&self) -> String {
        let digits = &self.id[self.id.len() - 10..];
        let pairs: Vec<&str> = (0..5).map(|at| &digits[at * 2..at * 2 + 2]).collect();
        format!("0a:{}", pairs.join(":"))
    }

    pub(crate) fn write_groups(&self, world: &World, xml: &mut Xml) {
        write_groups(world, xml, &self.groups);
    }

    /// What instances and interfaces say about it in the same words.
    pub(crate) fn write_common(&self, world: &World, xml: &mut Xml) {
        xml.text("networkInterfaceId", &self.id)
            .text("subnetId", &self.subnet)
            .text("vpcId", &self.vpc)
            .text("description", &self.description)
            .text("ownerId", &world.account_id)
            .text("status", "in-use")
            .text("macAddress", self.mac_address())
            .text("privateIpAddress", self.address)
            .text("privateDnsName", self.private_dns_name(world))
            .text("sourceDestCheck", matches!(self.owner, Owner::Instance { .. }))
            .text("interfaceType", self.kind());
        self.write_groups(world, xml);
        let association = |xml: &mut Xml| {
            if let Some((id, address)) = self.public(world) {
                xml.node("association", |xml| {
                    xml.text("publicIp", address.public_ip)
                        .text("allocationId", &address.id)
                        .text("associationId", id)
                        .text("ipOwnerId", &world.account_id);
                });
            }
        };
        association(xml);
        xml.items("privateIpAddressesSet", [self], |xml, one| {
            xml.text("privateIpAddress", one.address)
                .text("privateDnsName", one.private_dns_name(world))
                .text("primary", true);
            association(xml);
        });
    }
}

/// `<groupSet>` of ids and names.
pub(crate) fn write_groups(world: &World, xml: &mut Xml, groups: &[String]) {
    xml.items("groupSet", groups, |xml, id| {
        xml.text("groupId", id).maybe("groupName", world.groups.get(id).map(|group| &group.name));
    });
}

impl Described for Interface {
    const IDS: &'static str = "NetworkInterfaceId";
    const FILTERS: &'static [&'static str] = &[
        "addresses.primary",
        "addresses.private-ip-address",
        "association.allocation-id",
        "association.association-id",
        "association.public-ip",
        "attachment.instance-id",
        "attachment.status",
        "availability-zone",
        "description",
        "group-id",
        "interface-type",
        "network-interface-id",
        "owner-id",
        "private-ip-address",
        "requester-managed",
        "status",
        "subnet-id",
        "vpc-id",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        let public = self.public(world);
        match filter {
            "addresses.primary" => vec!["true".to_owned()],
            "addresses.private-ip-address" | "private-ip-address" => vec![self.address.to_string()],
            "association.allocation-id" => public.iter().map(|(_, address)| address.id.clone()).collect(),
            "association.association-id" => public.iter().map(|(id, _)| (*id).to_owned()).collect(),
            "association.public-ip" => {
                public.iter().map(|(_, address)| address.public_ip.to_string()).collect()
            }
            "attachment.instance-id" => match &self.owner {
                Owner::Instance { id, .. } => vec![id.clone()],
                Owner::NatGateway(_) | Owner::Endpoint(_) => Vec::new(),
            },
            "attachment.status" => vec!["attached".to_owned()],
            "availability-zone" => {
                world.subnets.get(&self.subnet).iter().map(|one| one.zone.clone()).collect()
            }
            "description" => vec![self.description.clone()],
            "group-id" => self.groups.clone(),
            "interface-type" => vec![self.kind().to_owned()],
            "owner-id" => vec![world.account_id.clone()],
            "requester-managed" => vec![(!matches!(self.owner, Owner::Instance { .. })).to_string()],
            "status" => vec!["in-use".to_owned()],
            "subnet-id" => vec![self.subnet.clone()],
            "vpc-id" => vec![self.vpc.clone()],
            _ => vec![self.id.clone()],
        }
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new(
            "InvalidNetworkInterfaceID.NotFound",
            format!("The networkInterface ID '{id}' does not exist"),
        )
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        self.write_common(world, xml);
        xml.maybe("availabilityZone", world.subnets.get(&self.subnet).map(|subnet| &subnet.zone))
            .text("requesterManaged", !matches!(self.owner, Owner::Instance { .. }));
        xml.node("attachment", |xml| match &self.owner {
            Owner::Instance { id, attachment } => {
                xml.text("attachmentId", attachment)
                    .text("instanceId", id)
                    .text("instanceOwnerId", &world.account_id)
                    .text("deviceIndex", 0)
                    .text("status", "attached")
                    .time("attachTime", self.created)
                    .text("deleteOnTermination", true);
            }
            Owner::NatGateway(_) | Owner::Endpoint(_) => {
                xml.text("attachmentId", self.id.replacen("eni-", "ela-attach-", 1))
                    .text("instanceOwnerId", "amazon-aws")
                    .text("deviceIndex", 1)
                    .text("status", "attached")
                    .text("deleteOnTermination", false);
            }
        });
        tags::write(xml, &self.tags);
    }
}
