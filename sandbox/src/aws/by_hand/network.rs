//! What people do to the network.

use super::{ByHand, Done, first_element, id_of, no_such};
use crate::aws::cidr::Cidr;
use crate::aws::ec2::network_interfaces::Interface;
use crate::aws::ec2::routes::{self, Target};
use crate::aws::ec2::security_group_rules::Peer;
use crate::aws::ec2::{addresses, nat_gateways, vpc_endpoints};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::tags::Tags;
use crate::aws::world::World;

impl ByHand<'_> {
    /// Adds a route to the table of that name.
    ///
    /// # Errors
    /// When there is no such table, or such a route already.
    pub fn create_route(&self, table: &str, destination: &str, target: Target) -> Done {
        self.change(|world| {
            let table = id_of(&world.route_tables, "route table", table)?;
            routes::insert(world, &table, block(destination)?, target)
        })
    }

    /// Takes a route out of the table of that name.
    ///
    /// # Errors
    /// When there is no such table or route.
    pub fn delete_route(&self, table: &str, destination: &str) -> Done {
        self.change(|world| {
            let table = id_of(&world.route_tables, "route table", table)?;
            routes::remove(world, &table, block(destination)?)
        })
    }

    /// Makes a NAT gateway with an address of its own, both with only a `Name`; answers both ids.
    ///
    /// # Errors
    /// When there is no such subnet, or a quota is reached.
    pub fn create_nat_gateway(&self, name: &str, subnet: &str) -> Done<(String, String)> {
        let subnet = self.state.look(|world| id_of(&world.subnets, "subnet", subnet))?;
        let address = self.change(|world| Ok(addresses::make(world, named(name))))?;
        let tag =
            [("TagSpecification.1.ResourceType", "natgateway"), ("TagSpecification.1.Tag.1.Key", "Name")];
        let rest =
            [("TagSpecification.1.Tag.1.Value", name), ("SubnetId", &subnet), ("AllocationId", &address)];
        let answer = self.ec2("CreateNatGateway", &[tag.as_slice(), &rest].concat())?;
        Ok((first_element(&answer, "natGatewayId")?, address))
    }

    /// Starts the deletion of a NAT gateway, by id.
    ///
    /// # Errors
    /// When there is no such gateway.
    pub fn delete_nat_gateway(&self, id: &str) -> Done {
        self.change(|world| {
            world.find(&world.nat_gateways, id)?;
            nat_gateways::begin_delete(world, id);
            Ok(())
        })
    }

    /// Releases an address, by id.
    ///
    /// # Errors
    /// When there is no such address, or it is in use.
    pub fn release_address(&self, id: &str) -> Done {
        self.ec2("ReleaseAddress", &[("AllocationId", id)]).map(drop)
    }

    /// Starts the deletion of an endpoint, by id.
    ///
    /// # Errors
    /// When there is no such endpoint.
    pub fn delete_vpc_endpoint(&self, id: &str) -> Done {
        self.change(|world| {
            world.find(&world.endpoints, id)?;
            vpc_endpoints::begin_delete(world, id);
            Ok(())
        })
    }

    /// Deletes a rule of a security group, by the rule's id.
    ///
    /// # Errors
    /// When there is no such rule.
    pub fn delete_security_group_rule(&self, id: &str) -> Done {
        self.change(|world| world.rules.remove(id).map(drop).ok_or_else(|| no_such("rule", id)))
    }

    /// Gives the VPC, subnet, route table or group of that name another one.
    ///
    /// # Errors
    /// When nothing has that name.
    pub fn rename(&self, name: &str, to: &str) -> Done {
        self.change(|world| {
            let tags = find_tags(world, name).ok_or_else(|| no_such("thing", name))?;
            tags.insert("Name".to_owned(), to.to_owned());
            if let Some(group) = world.groups.values_mut().find(|group| group.name == name) {
                // A group's own name cannot be changed in AWS: a person makes another one.
                to.clone_into(&mut group.name);
            }
            Ok(())
        })
    }

    /// Deletes the VPC of that name with its subnets, route tables and groups.
    ///
    /// # Errors
    /// When there is no such VPC, or something still lives in it.
    pub fn delete_vpc(&self, name: &str) -> Done {
        self.change(|world| {
            let id = id_of(&world.vpcs, "VPC", name)?;
            unused(world, "vpc", &id, |interface| interface.vpc == id)?;
            world.vpcs.remove(&id);
            world.subnets.retain(|_, subnet| subnet.vpc != id);
            world.route_tables.retain(|_, table| table.vpc != id);
            world.groups.retain(|_, group| group.vpc != id);
            let groups = &world.groups;
            world.rules.retain(|_, rule| groups.contains_key(&rule.group));
            for gateway in world.internet_gateways.values_mut() {
                gateway.vpc.take_if(|vpc| *vpc == id);
            }
            Ok(())
        })
    }

    /// Deletes the subnet of that name.
    ///
    /// # Errors
    /// When there is no such subnet, or something still lives in it.
    pub fn delete_subnet(&self, name: &str) -> Done {
        self.change(|world| {
            let id = id_of(&world.subnets, "subnet", name)?;
            unused(world, "subnet", &id, |interface| interface.subnet == id)?;
            world.subnets.remove(&id);
            for table in world.route_tables.values_mut() {
                table.associations.retain(|one| one.subnet.as_deref() != Some(&id));
            }
            Ok(())
        })
    }

    /// Takes the subnet of that name out of its route table; it falls back to the main one.
    ///
    /// # Errors
    /// When there is no such subnet.
    pub fn disassociate(&self, subnet: &str) -> Done {
        self.change(|world| {
            let id = id_of(&world.subnets, "subnet", subnet)?;
            for table in world.route_tables.values_mut() {
                table.associations.retain(|one| one.subnet.as_deref() != Some(&id));
            }
            Ok(())
        })
    }

    /// Deletes the route table of that name; its subnets fall back to the main one.
    ///
    /// # Errors
    /// When there is no such table.
    pub fn delete_route_table(&self, name: &str) -> Done {
        self.change(|world| {
            let id = id_of(&world.route_tables, "route table", name)?;
            world.route_tables.remove(&id);
            Ok(())
        })
    }

    /// Deletes the security group of that name, and the rules of others that refer to it.
    ///
    /// # Errors
    /// When there is no such group, or an interface still has it.
    pub fn delete_security_group(&self, name: &str) -> Done {
        self.change(|world| {
            let group = world.groups.values().find(|group| group.name == name || group.id == name);
            let id = group.map(|group| group.id.clone()).ok_or_else(|| no_such("security group", name))?;
            unused(world, "sg", &id, |interface| interface.groups.contains(&id))?;
            world.groups.remove(&id);
            let refers = |peer: &Peer| *peer == Peer::Group(id.clone());
            world.rules.retain(|_, rule| rule.group != id && !refers(&rule.peer));
            Ok(())
        })
    }
}

fn named(name: &str) -> Tags {
    Tags::from([("Name".to_owned(), name.to_owned())])
}

fn block(text: &str) -> Answer<Cidr> {
    text.parse().map_err(|_| Refusal::invalid_value(format!("{text} is not an IPv4 block")))
}

fn find_tags<'w>(world: &'w mut World, name: &str) -> Option<&'w mut Tags> {
    let vpcs = world.vpcs.values_mut().map(|thing| &mut thing.tags);
    let subnets = world.subnets.values_mut().map(|thing| &mut thing.tags);
    let tables = world.route_tables.values_mut().map(|thing| &mut thing.tags);
    let groups = world.groups.values_mut().map(|thing| &mut thing.tags);
    let mut all = vpcs.chain(subnets).chain(tables).chain(groups);
    all.find(|tags| tags.get("Name").is_some_and(|tag| tag == name))
}

fn unused(world: &World, kind: &str, id: &str, uses: impl Fn(&Interface) -> bool) -> Answer<()> {
    if world.interfaces.values().any(uses) {
        let message = format!("The {kind} '{id}' has dependencies and cannot be deleted.");
        return Err(Refusal::new("DependencyViolation", message));
    }
    Ok(())
}
