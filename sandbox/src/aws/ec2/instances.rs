//! Instances: their states over time, and describing them.

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use super::network_interfaces::write_groups;
use super::{profile_associations, volumes};
use crate::aws::catalog::InstanceType;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, select};
use crate::aws::ssm::agent::Agent;
use crate::aws::tags::{self, Tags};
use crate::aws::world::{AFTERLIFE, World};
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[read("DescribeInstances", describe)];

#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) reservation: String,
    pub(crate) launch_index: usize,
    pub(crate) image: String,
    /// The device that its root volume is.
    pub(crate) root_device: String,
    pub(crate) kind: &'static InstanceType,
    pub(crate) vpc: String,
    pub(crate) subnet: String,
    pub(crate) zone: String,
    pub(crate) private: Ipv4Addr,
    pub(crate) interface: String,
    pub(crate) groups: Vec<String>,
    pub(crate) state: State,
    /// When it entered its state.
    pub(crate) since: DateTime<Utc>,
    /// What happens next by itself, and when.
    pub(crate) next: Option<(DateTime<Utc>, State)>,
    /// Why it stopped or was terminated: code and message.
    pub(crate) reason: Option<(&'static str, &'static str)>,
    pub(crate) token: Option<String>,
    pub(crate) spot: Option<Spot>,
    pub(crate) metadata: Metadata,
    pub(crate) protected: bool,
    pub(crate) ebs_optimized: bool,
    pub(crate) monitoring: bool,
    pub(crate) agent: Agent,
    pub(crate) tags: Tags,
    /// When it was launched, or started again.
    pub(crate) launched: DateTime<Utc>,
    pub(crate) created: DateTime<Utc>,
}

/// The market an instance was bought on, when it is not on-demand.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) request: String,
    pub(crate) persistent: bool,
}

/// How the instance's metadata service may be asked.
#[derive(Debug, Clone)]
pub(crate) struct Metadata {
    pub(crate) tokens: String,
    pub(crate) hop_limit: u32,
    pub(crate) endpoint: String,
    pub(crate) tags: String,
}

/// The states of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Running,
    ShuttingDown,
    Terminated,
    Stopping,
    Stopped,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Running => "running",
            State::ShuttingDown => "shutting-down",
            State::Terminated => "terminated",
            State::Stopping => "stopping",
            State::Stopped => "stopped",
        }
    }

    fn code(self) -> u32 {
        match self {
            State::Pending => 0,
            State::Running => 16,
            State::ShuttingDown => 32,
            State::Terminated => 48,
            State::Stopping => 64,
            State::Stopped => 80,
        }
    }

    /// Neither terminated nor on the way there.
    pub(crate) fn alive(self) -> bool {
        !matches!(self, State::ShuttingDown | State::Terminated)
    }

    /// Whether it counts against the quota of vCPUs, and is billed.
    pub(crate) fn runs(self) -> bool {
        matches!(self, State::Pending | State::Running)
    }

    pub(crate) fn write(self, xml: &mut Xml, element: &str) {
        xml.node(element, |xml| {
            xml.text("code", self.code()).text("name", self.name());
        });
    }
}

impl Instance {
    /// When it next changes by itself.
    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        let agent = if self.state == State::Running { self.agent.due() } else { None };
        self.next.map(|(at, _)| at).into_iter().chain(agent).min()
    }

    pub(crate) fn enter(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.since = now;
        self.next = None;
    }
}

impl Described for Instance {
    const IDS: &'static str = "InstanceId";
    const IDS_OR_PAGES: bool = true;
    const FILTERS: &'static [&'static str] = &[
        "architecture",
        "availability-zone",
        "client-token",
        "iam-instance-profile.arn",
        "iam-instance-profile.id",
        "image-id",
        "instance-id",
        "instance-lifecycle",
        "instance-state-code",
        "instance-state-name",
        "instance-type",
        "instance.group-id",
        "instance.group-name",
        "network-interface.addresses.private-ip-address",
        "network-interface.group-id",
        "network-interface.network-interface-id",
        "network-interface.subnet-id",
        "network-interface.vpc-id",
        "owner-id",
        "private-dns-name",
        "private-ip-address",
        "reservation-id",
        "spot-instance-request-id",
        "subnet-id",
        "vpc-id",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn gone(&self, now: DateTime<Utc>) -> bool {
        self.state == State::Terminated && now >= self.since + AFTERLIFE
    }

    fn values(&self, world: &World, filter: &str) -> Vec<String> {
        // A terminated instance no longer has a place in the network.
        let placed = |value: &str| {
            if self.state == State::Terminated { Vec::new() } else { vec![value.to_owned()] }
        };
        let profile = profile_associations::of(world, &self.id);
        match filter {
            "architecture" => vec![self.kind.architecture.to_owned()],
            "availability-zone" => vec![self.zone.clone()],
            "client-token" => self.token.iter().cloned().collect(),
            "iam-instance-profile.arn" => profile.iter().map(|one| one.profile_arn.clone()).collect(),
            "iam-instance-profile.id" => profile.iter().map(|one| one.profile_id.clone()).collect(),
            "image-id" => vec![self.image.clone()],
            "instance-lifecycle" => self.spot.iter().map(|_| "spot".to_owned()).collect(),
            "instance-state-code" => vec![self.state.code().to_string()],
            "instance-state-name" => vec![self.state.name().to_owned()],
            "instance-type" => vec![self.kind.name.to_owned()],
            "instance.group-id" | "network-interface.group-id" => {
                if self.state == State::Terminated {
                    Vec::new()
                } else {
                    self.groups.clone()
                }
            }
            "instance.group-name" => {
                let groups = self.groups.iter().filter_map(|id| world.groups.get(id));
                groups.map(|group| group.name.clone()).filter(|_| self.state != State::Terminated).collect()
            }
            "network-interface.addresses.private-ip-address" | "private-ip-address" => {
                placed(&self.private.to_string())
            }
            "network-interface.network-interface-id" => placed(&self.interface),
            "network-interface.subnet-id" | "subnet-id" => placed(&self.subnet),
            "network-interface.vpc-id" | "vpc-id" => placed(&self.vpc),
            "owner-id" => vec![world.account_id.clone()],
            "private-dns-name" => {
                let interface = world.interfaces.get(&self.interface);
                interface.iter().map(|interface| interface.private_dns_name(world)).collect()
            }
            "reservation-id" => vec![self.reservation.clone()],
            "spot-instance-request-id" => self.spot.iter().map(|spot| spot.request.clone()).collect(),
            _ => vec![self.id.clone()],
        }
    }

    fn unknown(id: &str) -> Refusal {
        let digits = id.strip_prefix("i-").unwrap_or_default();
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return Refusal::new("InvalidInstanceID.Malformed", format!("Invalid id: \"{id}\""));
        }
        Refusal::new("InvalidInstanceID.NotFound", format!("The instance ID '{id}' does not exist"))
    }

    fn write(&self, world: &World, xml: &mut Xml) {
        let interface = world.interfaces.get(&self.interface);
        xml.text("instanceId", &self.id).text("imageId", &self.image);
        self.state.write(xml, "instanceState");
        xml.text("privateDnsName", interface.map(|one| one.private_dns_name(world)).unwrap_or_default())
            .text("dnsName", "")
            .text("reason", self.reason.map(|(_, message)| message).unwrap_or_default())
            .text("amiLaunchIndex", self.launch_index)
            .text("instanceType", self.kind.name)
            .time("launchTime", self.launched)
            .node("placement", |xml| {
                xml.text("availabilityZone", &self.zone).text("groupName", "").text("tenancy", "default");
            })
            .node("monitoring", |xml| {
                xml.text("state", if self.monitoring { "enabled" } else { "disabled" });
            });
        if let Some(interface) = interface {
            xml.text("subnetId", &self.subnet)
                .text("vpcId", &self.vpc)
                .text("privateIpAddress", interface.address);
            write_groups(world, xml, &self.groups);
        }
        if let Some((code, message)) = self.reason {
            xml.node("stateReason", |xml| {
                xml.text("code", code).text("message", message);
            });
        }
        xml.text("architecture", self.kind.architecture)
            .text("rootDeviceType", "ebs")
            .text("rootDeviceName", &self.root_device);
        let of_this = |volume: &&volumes::Volume| {
            volume.attachment.as_ref().is_some_and(|attachment| attachment.instance == self.id)
        };
        xml.items("blockDeviceMapping", world.volumes.values().filter(of_this), |xml, volume| {
            if let Some(attachment) = &volume.attachment {
                xml.text("deviceName", &attachment.device).node("ebs", |xml| {
                    xml.text("volumeId", &volume.id)
                        .text("status", "attached")
                        .time("attachTime", attachment.at)
                        .text("deleteOnTermination", attachment.delete_on_termination);
                });
            }
        });
        xml.text("virtualizationType", "hvm")
            .text("clientToken", self.token.as_deref().unwrap_or_default())
            .text("hypervisor", "xen");
        if let Some(spot) = &self.spot {
            xml.text("instanceLifecycle", "spot").text("spotInstanceRequestId", &spot.request);
        }
        xml.items("networkInterfaceSet", interface, |xml, interface| {
            interface.write_common(world, xml);
            xml.node("attachment", |xml| {
                xml.time("attachTime", interface.created)
                    .text("deleteOnTermination", true)
                    .text("deviceIndex", 0)
                    .text("status", "attached");
            });
        });
        if let Some(association) = profile_associations::of(world, &self.id) {
            xml.node("iamInstanceProfile", |xml| {
                xml.text("arn", &association.profile_arn).text("id", &association.profile_id);
            });
        }
        xml.text("ebsOptimized", self.ebs_optimized)
            .text("enaSupport", true)
            .text("sourceDestCheck", true)
            .text("platformDetails", "Linux/UNIX")
            .text("usageOperation", "RunInstances")
            .node("metadataOptions", |xml| {
                xml.text("state", "applied")
                    .text("httpTokens", &self.metadata.tokens)
                    .text("httpPutResponseHopLimit", self.metadata.hop_limit)
                    .text("httpEndpoint", &self.metadata.endpoint)
                    .text("instanceMetadataTags", &self.metadata.tags);
            });
        tags::write(xml, &self.tags);
    }
}

/// The instance of that id, if it is shown.
pub(crate) fn find<'w>(world: &'w World, id: &str) -> Answer<&'w Instance> {
    world.find(&world.instances, id)
}

fn describe(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let page = select(world, input, world.instances.values().filter(|instance| world.shows(*instance)))?;
    Ok(Xml::build(|xml| {
        write_reservations(world, xml, &page.items);
        xml.maybe("nextToken", page.next);
    }))
}

fn write_reservations(world: &World, xml: &mut Xml, instances: &[&Instance]) {
    let mut reservations: Vec<&str> = Vec::new();
    for instance in instances {
        if !reservations.contains(&instance.reservation.as_str()) {
            reservations.push(&instance.reservation);
        }
    }
    xml.items("reservationSet", reservations, |xml, reservation| {
        let of_this = instances.iter().filter(|instance| instance.reservation == reservation);
        xml.text("reservationId", reservation).text("ownerId", &world.account_id).items(
            "groupSet",
            [(); 0],
            |_, ()| (),
        );
        xml.items("instancesSet", of_this, |xml, instance| instance.write(world, xml));
    });
}

/// Lets every instance that is due take its next state.
pub(crate) fn settle(world: &mut World) {
    let now = world.clock;
    let due = world.instances.values().filter(|instance| instance.next.is_some_and(|(at, _)| at <= now));
    for id in due.map(|instance| instance.id.clone()).collect::<Vec<_>>() {
        let first_ping = now + world.timing.agent_registration;
        let Some(instance) = world.instances.get_mut(&id) else {
            continue;
        };
        let Some((_, state)) = instance.next else { continue };
        instance.enter(state, now);
        match state {
            State::Running => instance.agent.boot(first_ping),
            State::Stopped => instance.agent.halt(),
            State::Terminated => {
                instance.agent = Agent::default();
                let interface = instance.interface.clone();
                world.interfaces.remove(&interface);
                world.profile_associations.retain(|_, association| association.instance != id);
                volumes::release_of(world, &id);
            }
            State::Pending | State::ShuttingDown | State::Stopping => {}
        }
    }
}
