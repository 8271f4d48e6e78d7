//! What people do in the console while the bot is at work. It reaches the world directly: no fault stops
//! it, and the call log does not show it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::Value;

use super::catalog::Image;
use super::ec2;
use super::ec2::instances::State as InstanceState;
use super::ec2::routes::{self, Target};
use super::ec2::{addresses, nat_gateways, vpc_endpoints};
use super::iam;
use super::iam::authority::User;
use super::iam::policy::{Place, Policy};
use super::input::Form;
use super::json::{JsonOperation, JsonRun};
use super::operation::{Operation, Run};
use super::refusal::{Answer, Refusal};
use super::scheduler;
use super::select::Described;
use super::ssm;
use super::state::State;
use super::tags::Tags;
use super::world::{Table, World};
use super::xml::Xml;

/// The hands of a person with every permission.
pub struct ByHand<'a> {
    state: &'a State,
}

/// The console said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ByHandError {
    /// AWS's error code; `NoSuchName` when nothing has that name.
    pub code: String,
    /// The message beside it.
    pub message: String,
}

impl From<Refusal> for ByHandError {
    fn from(Refusal { code, message, .. }: Refusal) -> Self {
        Self { code, message }
    }
}

type Done<T = ()> = Result<T, ByHandError>;

impl<'a> ByHand<'a> {
    pub(crate) fn new(state: &'a State) -> Self {
        Self { state }
    }

    /// Any EC2 operation of the sandbox, with parameters as on the wire; answers its XML.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn ec2(&self, operation: &str, parameters: &[(&str, &str)]) -> Done<String> {
        self.call(ec2::operation(operation), operation, parameters)
    }

    /// Any IAM operation of the sandbox, with parameters as on the wire; answers its XML.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn iam(&self, operation: &str, parameters: &[(&str, &str)]) -> Done<String> {
        self.call(iam::operation(operation), operation, parameters)
    }

    /// Any operation of Systems Manager that the sandbox has, with its members as on the wire.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn ssm(&self, operation: &str, members: &Value) -> Done<Value> {
        self.call_json(ssm::operation(operation), operation, members)
    }

    /// Any operation of the Scheduler that the sandbox has, with what path, query and body carry as members.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn scheduler(&self, operation: &str, members: &Value) -> Done<Value> {
        self.call_json(scheduler::operation(operation), operation, members)
    }

    /// From now on, whoever has that access key may do what these policies allow, and nothing else. They are one
    /// user's, and as many as they like.
    ///
    /// # Errors
    /// When IAM would refuse a document.
    pub fn grant(&self, access_key: &str, policies: &[String]) -> Done {
        self.change(|world| {
            let read = |text: &String| Policy::read(text, Place::Identity).map(Arc::new);
            let policies = policies.iter().map(read).collect::<Answer<Vec<_>>>()?;
            world.users.insert(access_key.to_owned(), User { policies });
            Ok(())
        })
    }

    /// Makes a role that has been there for a while, so that services can assume it: with its trust policy and its
    /// inline policies, each a name and a document; answers its ARN.
    ///
    /// # Errors
    /// When the name is taken, or IAM would refuse a document.
    pub fn create_role(&self, name: &str, trust: &str, policies: &[(&str, &str)]) -> Done<String> {
        self.change(|world| iam::roles::make(world, name, trust, policies))
    }

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

    /// Launches an instance that is none of the bot's, of the smallest Ubuntu kind; answers its id.
    ///
    /// # Errors
    /// When there is no such subnet, or the address cannot be had.
    pub fn run_foreign_instance(&self, name: &str, subnet: &str, address: &str) -> Done<String> {
        let (subnet, image) = self.state.look(|world| {
            let image = world.images.values().find(|image| image.architecture == "x86_64");
            (id_of(&world.subnets, "subnet", subnet), image.map(|image| image.id.clone()).unwrap_or_default())
        });
        let subnet = subnet?;
        let answer = self.ec2(
            "RunInstances",
            &[
                ("ImageId", &image),
                ("InstanceType", "t3.nano"),
                ("MinCount", "1"),
                ("MaxCount", "1"),
                ("SubnetId", &subnet),
                ("PrivateIpAddress", address),
                ("TagSpecification.1.ResourceType", "instance"),
                ("TagSpecification.1.Tag.1.Key", "Name"),
                ("TagSpecification.1.Tag.1.Value", name),
            ],
        )?;
        first_element(&answer, "instanceId")
    }

    /// Stops a running instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it cannot be stopped.
    pub fn stop_instance(&self, id: &str) -> Done {
        self.ec2("StopInstances", &[("InstanceId.1", id)]).map(drop)
    }

    /// Starts a stopped instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it cannot be started.
    pub fn start_instance(&self, id: &str) -> Done {
        self.ec2("StartInstances", &[("InstanceId.1", id)]).map(drop)
    }

    /// Terminates an instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it is protected.
    pub fn terminate_instance(&self, id: &str) -> Done {
        self.ec2("TerminateInstances", &[("InstanceId.1", id)]).map(drop)
    }

    /// Switches a schedule off, by name.
    ///
    /// # Errors
    /// When there is no such schedule.
    pub fn disable_schedule(&self, name: &str) -> Done {
        self.change(|world| {
            let schedule = world.schedules.values_mut().find(|schedule| schedule.name == name);
            schedule.ok_or_else(|| no_such("schedule", name))?.disable();
            Ok(())
        })
    }

    /// Lets chance choose that address for whatever AWS places in its subnet without being told where, as long as it is
    /// free.
    ///
    /// # Errors
    /// Never.
    pub fn chance(&self, address: Ipv4Addr) -> Done {
        self.change(|world| {
            world.chance.push(address);
            Ok(())
        })
    }

    /// Switches the protection of an instance against termination on or off, by id.
    ///
    /// # Errors
    /// When there is no such instance.
    pub fn protect_instance(&self, id: &str, protected: bool) -> Done {
        self.change(|world| {
            let instance = world.instances.get_mut(id).ok_or_else(|| no_such("instance", id))?;
            instance.protected = protected;
            Ok(())
        })
    }

    /// Takes the instance profile from an instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it has none.
    pub fn take_profile(&self, id: &str) -> Done {
        self.change(|world| {
            let before = world.profile_associations.len();
            world.profile_associations.retain(|_, association| association.instance != id);
            let taken = world.profile_associations.len() < before;
            if taken { Ok(()) } else { Err(no_such("instance with a profile", id)) }
        })
    }

    /// Has the volumes of an instance outlive it, by the instance's id.
    ///
    /// # Errors
    /// When there is no such instance with a volume.
    pub fn keep_volumes(&self, id: &str) -> Done {
        self.change(|world| {
            let attachments = world.volumes.values_mut().filter_map(|volume| volume.attachment.as_mut());
            let mut kept = attachments.filter(|attachment| attachment.instance == id).peekable();
            kept.peek().ok_or_else(|| no_such("instance with a volume", id))?;
            kept.for_each(|attachment| attachment.delete_on_termination = false);
            Ok(())
        })
    }

    /// AWS takes a spot instance back, by id.
    ///
    /// # Errors
    /// When there is no such running spot instance.
    pub fn interrupt_spot(&self, id: &str) -> Done {
        self.change(|world| {
            let (now, time) = (world.clock, world.timing.instance_terminating);
            let running = |one: &&mut ec2::instances::Instance| {
                one.spot.is_some() && one.state == InstanceState::Running
            };
            let instance = world.instances.get_mut(id).filter(running);
            let instance = instance.ok_or_else(|| no_such("running spot instance", id))?;
            instance.enter(InstanceState::ShuttingDown, now);
            instance.next = Some((now + time, InstanceState::Terminated));
            instance.reason = Some((
                "Server.SpotInstanceTermination",
                "Server.SpotInstanceTermination: Instance terminated due to capacity constraints",
            ));
            Ok(())
        })
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
            let refers = |peer: &ec2::security_group_rules::Peer| {
                *peer == ec2::security_group_rules::Peer::Group(id.clone())
            };
            world.rules.retain(|_, rule| rule.group != id && !refers(&rule.peer));
            Ok(())
        })
    }

    /// Publishes an image for x86_64 with a root device of that name and a snapshot of that size.
    ///
    /// # Errors
    /// Never.
    pub fn publish_image(&self, id: &str, root_device: &str, snapshot_gib: u32) -> Done {
        self.change(|world| {
            world.images.insert(id.to_owned(), Image::of_others(id, root_device, snapshot_gib));
            Ok(())
        })
    }

    /// Withdraws an image, by id. Parameters no longer name it.
    ///
    /// # Errors
    /// When there is no such image.
    pub fn remove_image(&self, id: &str) -> Done {
        self.change(|world| world.images.remove(id).map(drop).ok_or_else(|| no_such("image", id)))
    }

    /// Changes a quota of the account, by its code.
    ///
    /// # Errors
    /// When the sandbox has no such quota.
    pub fn set_quota(&self, code: &str, value: f64) -> Done {
        self.change(|world| if world.quotas.set(code, value) { Ok(()) } else { Err(no_such("quota", code)) })
    }

    fn change<T>(&self, by: impl FnOnce(&mut World) -> Answer<T>) -> Done<T> {
        Ok(self.state.change(by)?)
    }

    fn call_json(&self, operation: Option<&JsonOperation>, name: &str, members: &Value) -> Done<Value> {
        match operation.ok_or_else(|| no_such("operation", name))?.run {
            JsonRun::Read(run) => Ok(self.state.look(|world| run(world, members))?),
            JsonRun::Change(run) => self.change(|world| run(world, members)),
        }
    }

    fn call(&self, operation: Option<&Operation>, name: &str, parameters: &[(&str, &str)]) -> Done<String> {
        let operation = operation.ok_or_else(|| no_such("operation", name))?;
        let values: BTreeMap<String, String> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let form = Form::new(values);
        let checked = |answer: Xml| form.nothing_unread().map(|()| answer.into_string());
        match operation.run {
            Run::Read(run) => Ok(self.state.look(|world| run(world, &form.input()).and_then(checked))?),
            Run::Change(run) => self.change(|world| run(world, &form.input()).and_then(checked)),
        }
    }
}

fn named(name: &str) -> Tags {
    Tags::from([("Name".to_owned(), name.to_owned())])
}

fn no_such(kind: &str, name: &str) -> Refusal {
    Refusal::new("NoSuchName", format!("there is no {kind} {name}"))
}

/// The text of the first element of that name in an answer.
fn first_element(xml: &str, name: &str) -> Done<String> {
    let after = xml.split_once(&format!("<{name}>")).map(|(_, after)| after);
    let text = after.and_then(|after| after.split_once('<')).map(|(text, _)| text.to_owned());
    Ok(text.ok_or_else(|| no_such("element", name))?)
}

fn block(text: &str) -> Answer<super::cidr::Cidr> {
    text.parse().map_err(|_| Refusal::invalid_value(format!("{text} is not an IPv4 block")))
}

/// The id of the thing that has this name or id and is still there.
fn id_of<T: Described>(table: &Table<T>, kind: &str, name: &str) -> Answer<String> {
    let is = |thing: &&T| thing.id() == name || thing.tags().get("Name").is_some_and(|tag| tag == name);
    table.values().rfind(is).map(|thing| thing.id().to_owned()).ok_or_else(|| no_such(kind, name))
}

fn find_tags<'w>(world: &'w mut World, name: &str) -> Option<&'w mut Tags> {
    let vpcs = world.vpcs.values_mut().map(|thing| &mut thing.tags);
    let subnets = world.subnets.values_mut().map(|thing| &mut thing.tags);
    let tables = world.route_tables.values_mut().map(|thing| &mut thing.tags);
    let groups = world.groups.values_mut().map(|thing| &mut thing.tags);
    let mut all = vpcs.chain(subnets).chain(tables).chain(groups);
    all.find(|tags| tags.get("Name").is_some_and(|tag| tag == name))
}

fn unused(
    world: &World,
    kind: &str,
    id: &str,
    uses: impl Fn(&ec2::network_interfaces::Interface) -> bool,
) -> Answer<()> {
    if world.interfaces.values().any(uses) {
        let message = format!("The {kind} '{id}' has dependencies and cannot be deleted.");
        return Err(Refusal::new("DependencyViolation", message));
    }
    Ok(())
}
