//! What the plan may ask for, and what can come of it.
//!
//! A [`Step`] is one AWS mutation with everything it needs. Applying one yields [`Change`]s, which are
//! folded into the observation so that the next steps can be planned without another look, or a
//! [`Failure`] that says whether the call may have taken effect.

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use crate::ids::{
    AllocationId, EndpointId, GroupId, InstanceId, LeaseId, NatGatewayId, RouteTableId, RuleId, ScheduleName,
    SubnetId, VolumeId, VpcId,
};
use crate::lease::{LeaseKind, ServiceSpec};
use crate::observed::{
    Address, Endpoint, EndpointState, GatewayState, Instance, InstanceState, Lookup, NatGateway, Observed,
    Peer, Profile, Role, Route, RouteTarget, Rule, Schedule,
};
use crate::tags::Owner;

/// One AWS mutation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Allocate an Elastic IP. Has no client token: never repeated without a look.
    AllocateAddress {
        /// For whom.
        owner: Owner,
    },
    /// Give an Elastic IP back.
    ReleaseAddress {
        /// Which.
        id: AllocationId,
    },
    /// Create the NAT gateway.
    CreateNatGateway {
        /// For whom.
        owner: Owner,
        /// The public subnet.
        subnet: SubnetId,
        /// Its address.
        allocation: AllocationId,
        /// How many gateways of this lease came before; part of the client token.
        attempt: u32,
    },
    /// Delete a NAT gateway of ours.
    DeleteNatGateway {
        /// Which.
        id: NatGatewayId,
    },
    /// Add the default route.
    CreateRoute {
        /// The private route table.
        table: RouteTableId,
        /// Where it leads.
        gateway: NatGatewayId,
    },
    /// Point our own stale default route to another gateway.
    ReplaceRoute {
        /// The private route table.
        table: RouteTableId,
        /// Where it leads.
        gateway: NatGatewayId,
    },
    /// Remove our default route.
    DeleteRoute {
        /// The private route table.
        table: RouteTableId,
    },
    /// Add a rule to the service security group.
    AuthorizeRule {
        /// For whom.
        owner: Owner,
        /// The group.
        group: GroupId,
        /// Out or in.
        egress: bool,
        /// TCP port.
        port: u16,
        /// The other side.
        peer: Peer,
        /// What the rule is for; its description.
        purpose: LeaseKind,
    },
    /// Remove a rule of ours.
    RevokeRule {
        /// The group.
        group: GroupId,
        /// Out or in.
        egress: bool,
        /// Which.
        id: RuleId,
    },
    /// Create the IAM role.
    CreateRole {
        /// For whom.
        owner: Owner,
    },
    /// Attach the policy to our role.
    AttachRolePolicy,
    /// Create the instance profile.
    CreateInstanceProfile {
        /// For whom.
        owner: Owner,
    },
    /// Put the role into our profile.
    AddRoleToInstanceProfile,
    /// Detach the policy from our role.
    DetachRolePolicy,
    /// Take the role out of our profile.
    RemoveRoleFromInstanceProfile,
    /// Delete our profile.
    DeleteInstanceProfile,
    /// Delete our role.
    DeleteRole,
    /// Create an interface endpoint.
    CreateEndpoint {
        /// For whom.
        owner: Owner,
        /// The VPC.
        vpc: VpcId,
        /// Short service name, such as `ssm`.
        service: String,
        /// One subnet a zone.
        subnets: Vec<SubnetId>,
        /// Its security group.
        group: GroupId,
        /// How many endpoints of this lease and service came before; part of the client token.
        attempt: u32,
    },
    /// Delete an interface endpoint of ours.
    DeleteEndpoint {
        /// Which.
        id: EndpointId,
    },
    /// Start a new instance.
    RunInstance {
        /// For whom.
        owner: Owner,
        /// Its `Name`.
        name: String,
        /// Its subnet.
        subnet: SubnetId,
        /// Its fixed private address.
        private_ip: Ipv4Addr,
        /// Its security group.
        group: GroupId,
        /// What it is made of.
        spec: ServiceSpec,
        /// How many instances of this lease came before; part of the client token.
        attempt: u32,
    },
    /// Start a stopped instance of ours.
    StartInstance {
        /// Which.
        id: InstanceId,
    },
    /// Reboot an instance whose agent sleeps.
    RebootInstance {
        /// Which.
        id: InstanceId,
    },
    /// Attach the profile to an instance of ours that lost it.
    AssociateProfile {
        /// Which.
        id: InstanceId,
    },
    /// Terminate an instance of ours.
    TerminateInstance {
        /// Which.
        id: InstanceId,
    },
    /// Delete a root volume of ours that outlived its instance.
    DeleteVolume {
        /// Which.
        id: VolumeId,
    },
    /// Install the runbook of the backstop. Named by its content: the same again is a conflict.
    CreateRunbook,
    /// Arm the backstop of a window. The name is unique: the same again is a conflict.
    CreateSchedule {
        /// For which lease and end.
        schedule: Schedule,
        /// The role it runs under.
        role_arn: String,
        /// The private route table.
        table: RouteTableId,
        /// The service security group.
        group: GroupId,
    },
    /// Take back a schedule of ours.
    DeleteSchedule {
        /// Which.
        name: ScheduleName,
        /// The lease it was armed for.
        lease: LeaseId,
    },
    /// Write a new expiry on what a lease owns.
    Retag {
        /// EC2 resource ids.
        ids: Vec<String>,
        /// With the new expiry.
        owner: Owner,
    },
}

impl Step {
    /// The AWS operation behind the step, as AWS names it.
    pub fn operation(&self) -> &'static str {
        match self {
            Step::AllocateAddress { .. } => "AllocateAddress",
            Step::ReleaseAddress { .. } => "ReleaseAddress",
            Step::CreateNatGateway { .. } => "CreateNatGateway",
            Step::DeleteNatGateway { .. } => "DeleteNatGateway",
            Step::CreateRoute { .. } => "CreateRoute",
            Step::ReplaceRoute { .. } => "ReplaceRoute",
            Step::DeleteRoute { .. } => "DeleteRoute",
            Step::AuthorizeRule { egress: true, .. } => "AuthorizeSecurityGroupEgress",
            Step::AuthorizeRule { egress: false, .. } => "AuthorizeSecurityGroupIngress",
            Step::RevokeRule { egress: true, .. } => "RevokeSecurityGroupEgress",
            Step::RevokeRule { egress: false, .. } => "RevokeSecurityGroupIngress",
            Step::CreateRole { .. } => "CreateRole",
            Step::AttachRolePolicy => "AttachRolePolicy",
            Step::CreateInstanceProfile { .. } => "CreateInstanceProfile",
            Step::AddRoleToInstanceProfile => "AddRoleToInstanceProfile",
            Step::DetachRolePolicy => "DetachRolePolicy",
            Step::RemoveRoleFromInstanceProfile => "RemoveRoleFromInstanceProfile",
            Step::DeleteInstanceProfile => "DeleteInstanceProfile",
            Step::DeleteRole => "DeleteRole",
            Step::CreateEndpoint { .. } => "CreateVpcEndpoint",
            Step::DeleteEndpoint { .. } => "DeleteVpcEndpoints",
            Step::RunInstance { .. } => "RunInstances",
            Step::StartInstance { .. } => "StartInstances",
            Step::RebootInstance { .. } => "RebootInstances",
            Step::AssociateProfile { .. } => "AssociateIamInstanceProfile",
            Step::TerminateInstance { .. } => "TerminateInstances",
            Step::DeleteVolume { .. } => "DeleteVolume",
            Step::CreateRunbook => "CreateDocument",
            Step::CreateSchedule { .. } => "CreateSchedule",
            Step::DeleteSchedule { .. } => "DeleteSchedule",
            Step::Retag { .. } => "CreateTags",
        }
    }

    /// The kind of lease the step is for; `None` where its call does not tell.
    pub fn concerns(&self) -> Option<LeaseKind> {
        match self {
            Step::AllocateAddress { .. }
            | Step::ReleaseAddress { .. }
            | Step::CreateNatGateway { .. }
            | Step::DeleteNatGateway { .. }
            | Step::CreateRoute { .. }
            | Step::ReplaceRoute { .. }
            | Step::DeleteRoute { .. }
            | Step::CreateRunbook
            | Step::CreateSchedule { .. }
            | Step::DeleteSchedule { .. } => Some(LeaseKind::NatWindow),
            Step::AuthorizeRule { purpose, .. } => Some(*purpose),
            Step::CreateRole { .. }
            | Step::AttachRolePolicy
            | Step::DetachRolePolicy
            | Step::CreateInstanceProfile { .. }
            | Step::AddRoleToInstanceProfile
            | Step::RemoveRoleFromInstanceProfile
            | Step::DeleteInstanceProfile
            | Step::DeleteRole
            | Step::CreateEndpoint { .. }
            | Step::DeleteEndpoint { .. }
            | Step::RunInstance { .. }
            | Step::StartInstance { .. }
            | Step::RebootInstance { .. }
            | Step::AssociateProfile { .. }
            | Step::TerminateInstance { .. }
            | Step::DeleteVolume { .. } => Some(LeaseKind::Service),
            Step::RevokeRule { .. } | Step::Retag { .. } => None,
        }
    }

    /// The kind of lease the step builds for; `None` for steps that take down or keep up.
    pub fn builds(&self) -> Option<LeaseKind> {
        match self {
            Step::AllocateAddress { .. }
            | Step::CreateNatGateway { .. }
            | Step::CreateRoute { .. }
            | Step::ReplaceRoute { .. }
            | Step::AuthorizeRule { .. }
            | Step::CreateRole { .. }
            | Step::AttachRolePolicy
            | Step::CreateInstanceProfile { .. }
            | Step::AddRoleToInstanceProfile
            | Step::CreateEndpoint { .. }
            | Step::RunInstance { .. }
            | Step::StartInstance { .. }
            | Step::RebootInstance { .. }
            | Step::AssociateProfile { .. } => self.concerns(),
            Step::ReleaseAddress { .. }
            | Step::DeleteNatGateway { .. }
            | Step::DeleteRoute { .. }
            | Step::RevokeRule { .. }
            | Step::DetachRolePolicy
            | Step::RemoveRoleFromInstanceProfile
            | Step::DeleteInstanceProfile
            | Step::DeleteRole
            | Step::DeleteEndpoint { .. }
            | Step::TerminateInstance { .. }
            | Step::DeleteVolume { .. }
            | Step::CreateRunbook
            | Step::CreateSchedule { .. }
            | Step::DeleteSchedule { .. }
            | Step::Retag { .. } => None,
        }
    }

    /// The same step whatever the end of its lease is by now: an extension must not make what is under way
    /// look like something else, and have it done twice.
    pub fn identity(&self) -> Step {
        let mut step = self.clone();
        match &mut step {
            Step::AllocateAddress { owner }
            | Step::CreateNatGateway { owner, .. }
            | Step::AuthorizeRule { owner, .. }
            | Step::CreateRole { owner }
            | Step::CreateInstanceProfile { owner }
            | Step::CreateEndpoint { owner, .. }
            | Step::RunInstance { owner, .. } => owner.expires_at = None,
            _ => {}
        }
        step
    }

    /// Whether this has to wait for the end of a step under way: what that makes needs the backstop from its first
    /// moment on.
    pub fn waits_for(&self, under_way: &Step) -> bool {
        matches!(self, Step::DeleteSchedule { .. }) && under_way.builds() == Some(LeaseKind::NatWindow)
    }

    /// The lease of which AWS must show everything before this is done: what is built may be there already, and
    /// what is there without being shown may still need its backstop. `None` for other steps, which do no harm.
    pub fn rests_on(&self) -> Option<&LeaseId> {
        match self {
            Step::AllocateAddress { owner }
            | Step::CreateNatGateway { owner, .. }
            | Step::AuthorizeRule { owner, .. }
            | Step::CreateRole { owner }
            | Step::CreateInstanceProfile { owner }
            | Step::CreateEndpoint { owner, .. }
            | Step::RunInstance { owner, .. } => Some(&owner.lease),
            Step::DeleteSchedule { lease, .. } => Some(lease),
            _ => None,
        }
    }
}

/// What applying a step did to the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// An address is there.
    Address(Address),
    /// An address is gone.
    AddressGone(AllocationId),
    /// A gateway is there, in the state it says.
    Gateway(NatGateway),
    /// A gateway is on its way out.
    GatewayDeleting(NatGatewayId),
    /// The private table has this default route now.
    DefaultRoute(Option<Route>),
    /// A rule is there.
    Rule(Rule),
    /// A rule is gone.
    RuleGone(RuleId),
    /// The role is there, or gone.
    Role(Option<Role>),
    /// The profile is there, or gone.
    Profile(Option<Profile>),
    /// An endpoint is there, in the state it says.
    Endpoint(Endpoint),
    /// An endpoint is on its way out.
    EndpointDeleting(EndpointId),
    /// An instance is there, in the state it says.
    Instance(Instance),
    /// An instance is on its way out.
    InstanceTerminating(InstanceId),
    /// An instance was told to reboot.
    Rebooted(InstanceId),
    /// A volume is gone.
    VolumeGone(VolumeId),
    /// The runbook of the backstop is there.
    Runbook,
    /// A schedule is there.
    Schedule(Schedule),
    /// A schedule is gone.
    ScheduleGone(ScheduleName),
    /// Resources carry this expiry now.
    Retagged {
        /// EC2 resource ids.
        ids: Vec<String>,
        /// The new expiry.
        expires_at: Option<DateTime<Utc>>,
    },
    /// Something is not as it was observed; only a new look can tell. What AWS calls not found may be gone, or made
    /// so lately that not all of AWS knows of it.
    LookAgain,
}

impl Change {
    /// The route the private table has after pointing it to a gateway of ours.
    pub fn routed_to(gateway: NatGatewayId) -> Change {
        Change::DefaultRoute(Some(Route { target: RouteTarget::NatGateway(gateway), blackhole: false }))
    }
}

/// How a step failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed ({code}): {message}")]
pub struct Failure {
    /// The AWS operation.
    pub operation: &'static str,
    /// What kind of failure; what the keeper goes by.
    pub kind: FailureKind,
    /// AWS's error code, or one of the SDK's words.
    pub code: String,
    /// AWS's message; for the log only.
    pub message: String,
}

/// What a failure means for what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The answer was lost: the call may have taken effect. Look before repeating.
    Unknown,
    /// Too many calls; try later.
    Throttled,
    /// Something it needs has not spread through AWS yet, or is still held; try again soon.
    NotYet,
    /// AWS is not reachable, or has an internal error.
    Away,
    /// A quota is used up.
    Quota,
    /// No capacity.
    NoCapacity,
    /// Credentials are missing, expired or wrong.
    Credentials,
    /// The credentials do not allow it.
    AccessDenied,
    /// Refused for another reason; repeating will not help.
    Refused,
}

impl FailureKind {
    /// Whether trying the same again later can succeed without anybody doing anything.
    pub fn passes(self) -> bool {
        matches!(
            self,
            FailureKind::Unknown | FailureKind::Throttled | FailureKind::NotYet | FailureKind::Away
        )
    }
}

impl Observed {
    /// Takes a change over, so that planning can go on without another look.
    pub fn fold(&mut self, change: Change) {
        match change {
            Change::Address(new) => {
                self.addresses.retain(|a| a.id != new.id);
                self.addresses.push(new);
            }
            Change::AddressGone(id) => self.addresses.retain(|a| a.id != id),
            Change::Gateway(new) => {
                for address in self.addresses.iter_mut().filter(|a| Some(&a.id) == new.allocation.as_ref()) {
                    address.associated = true;
                }
                self.gateways.retain(|g| g.id != new.id);
                self.gateways.push(new);
            }
            Change::GatewayDeleting(id) => {
                for gateway in self.gateways.iter_mut().filter(|g| g.id == id) {
                    gateway.state = GatewayState::Deleting;
                }
            }
            Change::DefaultRoute(route) => {
                if let Lookup::Found(table) = &mut self.network.route_table {
                    table.default_route = route;
                }
            }
            Change::Rule(new) => {
                self.rules.retain(|r| r.id != new.id);
                self.rules.push(new);
            }
            Change::RuleGone(id) => self.rules.retain(|r| r.id != id),
            Change::Role(role) => self.role = role,
            Change::Profile(profile) => self.profile = profile,
            Change::Endpoint(new) => {
                self.endpoints.retain(|e| e.id != new.id);
                self.endpoints.push(new);
            }
            Change::EndpointDeleting(id) => {
                for endpoint in self.endpoints.iter_mut().filter(|e| e.id == id) {
                    endpoint.state = EndpointState::Deleting;
                }
            }
            Change::Instance(new) => {
                self.instances.retain(|i| i.id != new.id);
                self.instances.push(new);
            }
            Change::InstanceTerminating(id) => {
                for instance in self.instances.iter_mut().filter(|i| i.id == id) {
                    instance.state = InstanceState::ShuttingDown;
                }
            }
            Change::VolumeGone(id) => self.volumes.retain(|v| v.id != id),
            Change::Runbook => self.backstop.runbook = true,
            Change::Schedule(new) => {
                self.schedules.retain(|s| s.name != new.name);
                self.schedules.push(new);
            }
            Change::ScheduleGone(name) => self.schedules.retain(|s| s.name != name),
            Change::Retagged { ids, expires_at } => self.retagged(&ids, expires_at),
            Change::Rebooted(_) | Change::LookAgain => {}
        }
    }

    fn retagged(&mut self, ids: &[String], expires_at: Option<DateTime<Utc>>) {
        let owners = self
            .addresses
            .iter_mut()
            .map(|a| (a.id.as_str(), &mut a.owner))
            .chain(self.gateways.iter_mut().map(|g| (g.id.as_str(), &mut g.owner)))
            .chain(self.rules.iter_mut().filter_map(|r| Some((r.id.as_str(), r.owner.as_mut()?))))
            .chain(self.instances.iter_mut().map(|i| (i.id.as_str(), &mut i.owner)))
            .chain(self.volumes.iter_mut().map(|v| (v.id.as_str(), &mut v.owner)))
            .chain(self.endpoints.iter_mut().filter_map(|e| Some((e.id.as_str(), e.owner.as_mut()?))));
        for (_, owner) in owners.filter(|(id, _)| ids.iter().any(|tagged| tagged == id)) {
            owner.expires_at = expires_at;
        }
    }
}
