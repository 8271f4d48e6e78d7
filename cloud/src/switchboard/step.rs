//! What the plan may ask for, and what can come of it.
//!
//! A [`Step`] is one AWS mutation with everything it needs, in an envelope that says for whom and to what end. Applying
//! one yields an [`AnyChange`], which is folded into the observation so that the next steps can be planned without
//! another look, or a [failure](crate::failure::Failure) that says whether the call may have taken effect.

use chrono::{DateTime, Utc};

use super::Observed;
use crate::ids::LeaseId;
use crate::kind::Kind;
use crate::kinds::address::{self, Address};
use crate::kinds::endpoint::{self, Endpoint};
use crate::kinds::gateway::{self, NatGateway};
use crate::kinds::instance::{self, Instance};
use crate::kinds::profile::{self, Profile};
use crate::kinds::role::{self, Role};
use crate::kinds::route::{self, RouteTable};
use crate::kinds::rule::{self, Rule};
use crate::kinds::schedule::{self, Schedule};
use crate::kinds::volume::{self, Volume};
use crate::kinds::{Act, Change};
use crate::lease::{LeaseKind, Subject};
use crate::tags::Owner;

/// One AWS mutation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// For which lease.
    pub owner: Owner,
    /// To what end.
    pub aim: Aim,
    /// What is done.
    pub act: AnyAct,
}

/// To what end a step is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aim {
    /// To build what a lease wants.
    Build,
    /// To put the net under it.
    Cover,
    /// To take the net away.
    Uncover,
    /// To take down what nobody wants.
    Remove,
    /// To keep what is written on things true.
    Retag,
}

/// What may be done: an act of a kind, or new tags.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AnyAct {
    /// To an instance.
    Instance(instance::Act),
    /// To a volume.
    Volume(volume::Act),
    /// To a NAT gateway.
    Gateway(gateway::Act),
    /// To an Elastic IP.
    Address(address::Act),
    /// To an interface endpoint.
    Endpoint(endpoint::Act),
    /// To the default route.
    Route(route::Act),
    /// To a security group rule.
    Rule(rule::Act),
    /// To the role for shell access.
    Role(role::Act),
    /// To the instance profile for shell access.
    Profile(profile::Act),
    /// To a schedule of the backstop.
    Schedule(schedule::Act),
    /// Write a new expiry on what EC2 knows.
    Retag {
        /// EC2 resource ids.
        ids: Vec<String>,
        /// The new expiry.
        expires_at: Option<DateTime<Utc>>,
    },
}

impl Step {
    /// The AWS operation behind the step, as AWS names it.
    pub fn operation(&self) -> &'static str {
        match &self.act {
            AnyAct::Instance(act) => act.operation(),
            AnyAct::Volume(act) => act.operation(),
            AnyAct::Gateway(act) => act.operation(),
            AnyAct::Address(act) => act.operation(),
            AnyAct::Endpoint(act) => act.operation(),
            AnyAct::Route(act) => act.operation(),
            AnyAct::Rule(act) => act.operation(),
            AnyAct::Role(act) => act.operation(),
            AnyAct::Profile(act) => act.operation(),
            AnyAct::Schedule(act) => act.operation(),
            AnyAct::Retag { .. } => "CreateTags",
        }
    }

    /// What it is done to, for people: a name, else an id.
    pub fn name(&self) -> &str {
        match &self.act {
            AnyAct::Instance(act) => act.name(),
            AnyAct::Volume(act) => act.name(),
            AnyAct::Gateway(act) => act.name(),
            AnyAct::Address(act) => act.name(),
            AnyAct::Endpoint(act) => act.name(),
            AnyAct::Route(act) => act.name(),
            AnyAct::Rule(act) => act.name(),
            AnyAct::Role(act) => act.name(),
            AnyAct::Profile(act) => act.name(),
            AnyAct::Schedule(act) => act.name(),
            AnyAct::Retag { .. } => self.owner.lease.as_str(),
        }
    }

    /// The kind of thing it is done to; `None`: several.
    pub fn kind(&self) -> Option<Kind> {
        match &self.act {
            AnyAct::Instance(_) => Some(Kind::Instance),
            AnyAct::Volume(_) => Some(Kind::Volume),
            AnyAct::Gateway(_) => Some(Kind::NatGateway),
            AnyAct::Address(_) => Some(Kind::Address),
            AnyAct::Endpoint(_) => Some(Kind::Endpoint),
            AnyAct::Route(_) => Some(Kind::Route),
            AnyAct::Rule(_) => Some(Kind::Rule),
            AnyAct::Role(_) => Some(Kind::Role),
            AnyAct::Profile(_) => Some(Kind::Profile),
            AnyAct::Schedule(_) => Some(Kind::Schedule),
            AnyAct::Retag { .. } => None,
        }
    }

    /// What it is done to, as people call it; `None`: several things.
    pub fn subject(&self, seen: Option<&Observed>) -> Option<Subject> {
        let (kind, id) = (self.kind()?, self.name());
        let things = seen.into_iter().flat_map(|seen| seen.shelf(kind).things(None));
        let name = things.filter(|thing| thing.id == id).map(|thing| thing.facts.name).next();
        let name = name.filter(|name| !name.is_empty()).unwrap_or(id).to_owned();
        Some(Subject { kind, name })
    }

    /// The kind of lease it is for.
    pub fn of(&self) -> LeaseKind {
        self.owner.of
    }

    /// Whether it builds something, rather than taking down or keeping up.
    pub fn builds(&self) -> bool {
        self.aim == Aim::Build
    }

    /// The same step whatever the end of its lease is by now: an extension must not make what is under way
    /// look like something else, and have it done twice.
    pub fn identity(&self) -> Step {
        let mut step = self.clone();
        step.owner.expires_at = None;
        step
    }

    /// Whether this has to wait for the end of a step under way: what that makes needs the backstop from its first
    /// moment on.
    pub fn waits_for(&self, under_way: &Step) -> bool {
        self.aim == Aim::Uncover && under_way.builds() && under_way.owner.lease == self.owner.lease
    }

    /// The lease of which AWS must show everything before this is done: what is built may be there already, and
    /// what is there without being shown may still need its backstop. `None` for other steps, which do no harm.
    pub fn rests_on(&self) -> Option<&LeaseId> {
        match self.aim {
            Aim::Build | Aim::Uncover => Some(&self.owner.lease),
            Aim::Cover | Aim::Remove | Aim::Retag => None,
        }
    }
}

/// What applying a step did to the world.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyChange {
    /// To instances.
    Instance(Change<Instance>),
    /// To volumes.
    Volume(Change<Volume>),
    /// To NAT gateways.
    Gateway(Change<NatGateway>),
    /// To Elastic IPs.
    Address(Change<Address>),
    /// To interface endpoints.
    Endpoint(Change<Endpoint>),
    /// To the default route.
    Route(Change<RouteTable>),
    /// To security group rules.
    Rule(Change<Rule>),
    /// To the role for shell access.
    Role(Change<Role>),
    /// To the instance profile for shell access.
    Profile(Change<Profile>),
    /// To schedules of the backstop.
    Schedule(Change<Schedule>),
    /// Resources carry this expiry now.
    Retagged {
        /// EC2 resource ids.
        ids: Vec<String>,
        /// The new expiry.
        expires_at: Option<DateTime<Utc>>,
    },
    /// Only a look can tell which of several things is gone.
    LookAgain,
}

impl AnyChange {
    /// Whether only a new look can tell what came of it.
    pub fn asks_for_a_look(&self) -> bool {
        match self {
            AnyChange::Instance(change) => *change == Change::LookAgain,
            AnyChange::Volume(change) => *change == Change::LookAgain,
            AnyChange::Gateway(change) => *change == Change::LookAgain,
            AnyChange::Address(change) => *change == Change::LookAgain,
            AnyChange::Endpoint(change) => *change == Change::LookAgain,
            AnyChange::Route(change) => *change == Change::LookAgain,
            AnyChange::Rule(change) => *change == Change::LookAgain,
            AnyChange::Role(change) => *change == Change::LookAgain,
            AnyChange::Profile(change) => *change == Change::LookAgain,
            AnyChange::Schedule(change) => *change == Change::LookAgain,
            AnyChange::Retagged { .. } => false,
            AnyChange::LookAgain => true,
        }
    }

    /// The kind of thing it is about; `None`: several.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            AnyChange::Instance(_) => Some(Kind::Instance),
            AnyChange::Volume(_) => Some(Kind::Volume),
            AnyChange::Gateway(_) => Some(Kind::NatGateway),
            AnyChange::Address(_) => Some(Kind::Address),
            AnyChange::Endpoint(_) => Some(Kind::Endpoint),
            AnyChange::Route(_) => Some(Kind::Route),
            AnyChange::Rule(_) => Some(Kind::Rule),
            AnyChange::Role(_) => Some(Kind::Role),
            AnyChange::Profile(_) => Some(Kind::Profile),
            AnyChange::Schedule(_) => Some(Kind::Schedule),
            AnyChange::Retagged { .. } | AnyChange::LookAgain => None,
        }
    }
}

impl Observed {
    /// Takes a change over, so that planning can go on without another look.
    pub fn fold(&mut self, change: AnyChange) {
        match change {
            AnyChange::Instance(change) => self.instances.fold(change),
            AnyChange::Volume(change) => self.volumes.fold(change),
            AnyChange::Gateway(change) => self.gateways.fold(change),
            AnyChange::Address(change) => self.addresses.fold(change),
            AnyChange::Endpoint(change) => self.endpoints.fold(change),
            AnyChange::Route(change) => self.tables.fold(change),
            AnyChange::Rule(change) => self.rules.fold(change),
            AnyChange::Role(change) => self.roles.fold(change),
            AnyChange::Profile(change) => self.profiles.fold(change),
            AnyChange::Schedule(change) => self.schedules.fold(change),
            AnyChange::Retagged { ids, expires_at } => self.retag(&ids, expires_at),
            AnyChange::LookAgain => {}
        }
    }

    /// Whether a change shows already, or something later about the same thing.
    pub fn shows_change(&self, change: &AnyChange) -> bool {
        match change {
            AnyChange::Instance(change) => self.instances.shows(change),
            AnyChange::Volume(change) => self.volumes.shows(change),
            AnyChange::Gateway(change) => self.gateways.shows(change),
            AnyChange::Address(change) => self.addresses.shows(change),
            AnyChange::Endpoint(change) => self.endpoints.shows(change),
            AnyChange::Route(change) => self.tables.shows(change),
            AnyChange::Rule(change) => self.rules.shows(change),
            AnyChange::Role(change) => self.roles.shows(change),
            AnyChange::Profile(change) => self.profiles.shows(change),
            AnyChange::Schedule(change) => self.schedules.shows(change),
            AnyChange::Retagged { .. } | AnyChange::LookAgain => true,
        }
    }
}
