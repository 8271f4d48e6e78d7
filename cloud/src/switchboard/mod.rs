//! Where all kinds come together: one line for each, and whoever adds a kind is led here by the compiler.
//!
//! [`Observed`] is what AWS says is there, a [shelf](crate::kinds::shelf) a kind. What carries doorman's tags has an
//! owner; what people made by hand has none and is used and reported, never touched. Everything that is not about a
//! kind itself is a loop over the shelves (`inventory`, `meter`).

pub mod inventory;
pub mod meter;
pub mod network;
pub mod step;

pub mod aws;

use chrono::{DateTime, Utc};
use strum::EnumCount;

use crate::failure::Failure;
use crate::ids::{InstanceId, LeaseId};
use crate::kind::Kind;
use crate::kinds::address::Address;
use crate::kinds::agent::{Agent, Ping};
use crate::kinds::backstop_role::BackstopRole;
use crate::kinds::endpoint::Endpoint;
use crate::kinds::gateway::NatGateway;
use crate::kinds::group::Group;
use crate::kinds::instance::{Instance, InstanceState};
use crate::kinds::interface::Interface;
use crate::kinds::profile::Profile;
use crate::kinds::role::Role;
use crate::kinds::route::RouteTable;
use crate::kinds::rule::Rule;
use crate::kinds::runbook::Runbook;
use crate::kinds::schedule::Schedule;
use crate::kinds::shelf::{AnyShelf, Shelf, Thing};
use crate::kinds::subnet::Subnet;
use crate::kinds::volume::Volume;
use crate::kinds::vpc::Vpc;
use crate::kinds::{Resource, Standing};
use crate::lease::LeaseKind;
use crate::prices::Prices;
use crate::record::Sorted;

/// What AWS says is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// When the last look began. A shelf that was not part of it says when it was looked at itself.
    pub at: DateTime<Utc>,
    /// Instances that are ours and not yet terminated.
    pub instances: Shelf<Instance>,
    /// Root volumes that are ours.
    pub volumes: Shelf<Volume>,
    /// NAT gateways that are ours, in any state AWS still shows.
    pub gateways: Shelf<NatGateway>,
    /// Elastic IPs that are ours.
    pub addresses: Shelf<Address>,
    /// Interface endpoints for the services the settings name, ours and others'.
    pub endpoints: Shelf<Endpoint>,
    /// Route tables of the name in the settings.
    pub tables: Shelf<RouteTable>,
    /// Security group rules that are ours.
    pub rules: Shelf<Rule>,
    /// The IAM role for shell access, if it is there.
    pub roles: Shelf<Role>,
    /// The instance profile for shell access, if it is there.
    pub profiles: Shelf<Profile>,
    /// Schedules of the backstop that are ours.
    pub schedules: Shelf<Schedule>,
    /// Runbooks of the backstop, as this version of doorman writes them.
    pub runbooks: Shelf<Runbook>,
    /// The role of the backstop, if it is there.
    pub backstop_roles: Shelf<BackstopRole>,
    /// VPCs of the name in the settings.
    pub vpcs: Shelf<Vpc>,
    /// Subnets of the names in the settings.
    pub subnets: Shelf<Subnet>,
    /// Security groups of the name in the settings.
    pub groups: Shelf<Group>,
    /// What holds the fixed private addresses of the settings, or addresses around them, ours or not.
    pub interfaces: Shelf<Interface>,
    /// What Systems Manager says of instances that have registered.
    pub agents: Shelf<Agent>,
}

impl Observed {
    /// A look that found nothing, not even the network.
    pub fn empty(at: DateTime<Utc>) -> Observed {
        fn empty<R: Resource>(at: DateTime<Utc>) -> Shelf<R> {
            Shelf::new(at, Ok(Sorted::none()))
        }
        Observed {
            at,
            instances: empty(at),
            volumes: empty(at),
            gateways: empty(at),
            addresses: empty(at),
            endpoints: empty(at),
            tables: empty(at),
            rules: empty(at),
            roles: empty(at),
            profiles: empty(at),
            schedules: empty(at),
            runbooks: empty(at),
            backstop_roles: empty(at),
            vpcs: empty(at),
            subnets: empty(at),
            groups: empty(at),
            interfaces: empty(at),
            agents: empty(at),
        }
    }

    /// All shelves, in the order of [`Kind`]. Taken apart without `..`: a field that is not named here does not
    /// compile.
    pub fn shelves(&self) -> [&dyn AnyShelf; Kind::COUNT] {
        let Observed {
            at: _,
            instances,
            volumes,
            gateways,
            addresses,
            endpoints,
            tables,
            rules,
            roles,
            profiles,
            schedules,
            runbooks,
            backstop_roles,
            vpcs,
            subnets,
            groups,
            interfaces,
            agents,
        } = self;
        [
            instances,
            volumes,
            gateways,
            addresses,
            endpoints,
            tables,
            rules,
            roles,
            profiles,
            schedules,
            runbooks,
            backstop_roles,
            vpcs,
            subnets,
            groups,
            interfaces,
            agents,
        ]
    }

    /// The same, to be changed.
    fn shelves_mut(&mut self) -> [&mut dyn AnyShelf; Kind::COUNT] {
        let Observed {
            at: _,
            instances,
            volumes,
            gateways,
            addresses,
            endpoints,
            tables,
            rules,
            roles,
            profiles,
            schedules,
            runbooks,
            backstop_roles,
            vpcs,
            subnets,
            groups,
            interfaces,
            agents,
        } = self;
        [
            instances,
            volumes,
            gateways,
            addresses,
            endpoints,
            tables,
            rules,
            roles,
            profiles,
            schedules,
            runbooks,
            backstop_roles,
            vpcs,
            subnets,
            groups,
            interfaces,
            agents,
        ]
    }

    /// The shelf of a kind.
    pub fn shelf(&self, kind: Kind) -> &dyn AnyShelf {
        // The order of `Kind` is that of the array: a test holds the two together.
        self.shelves()[kind as usize]
    }

    /// Everything that was seen, in the order of [`Kind`]. Without a list nothing has a price.
    pub fn things(&self, list: Option<&Prices>) -> impl Iterator<Item = Thing<'_>> {
        self.shelves().into_iter().flat_map(move |shelf| shelf.things(list))
    }

    /// What is ours by the record, and its tags no longer say that doorman manages it.
    pub fn disowned(&self, list: Option<&Prices>) -> impl Iterator<Item = Thing<'_>> {
        self.shelves().into_iter().flat_map(move |shelf| shelf.disowned_things(list))
    }

    /// What carries the tags of a lease and is not over, whatever the store knows of it.
    pub fn of<'a>(&'a self, lease: &'a LeaseId) -> impl Iterator<Item = Thing<'a>> {
        self.things(None).filter(|thing| {
            thing.facts.standing != Standing::Over
                && thing.facts.owner.is_some_and(|owner| owner.lease == *lease)
        })
    }

    /// Whether a kind could be looked at.
    pub fn knows(&self, kind: Kind) -> bool {
        self.shelf(kind).unseen().is_none()
    }

    /// What could not be looked at, and why.
    pub fn unknown(&self) -> impl Iterator<Item = (Kind, &Failure)> {
        self.shelves().into_iter().filter_map(|shelf| Some((shelf.kind(), shelf.unseen()?)))
    }

    /// Whether all that a kind of lease is built of could be looked at.
    pub fn knows_all_of(&self, kind: LeaseKind) -> bool {
        kind.terms().stands_on.iter().all(|kind| self.knows(*kind))
    }

    /// Whether everything that bills could be looked for.
    pub fn knows_all_that_bills(&self) -> bool {
        self.shelves().into_iter().filter(|shelf| shelf.kind().bills()).all(|shelf| shelf.unseen().is_none())
    }

    /// Whether anything that carries the tags of that lease is there, whatever the store knows of it.
    pub fn shows(&self, lease: &LeaseId) -> bool {
        self.of(lease).next().is_some()
    }

    /// Makes a kind one that could not be looked at.
    pub fn hide(&mut self, kind: Kind, why: Failure) {
        self.shelves_mut()[kind as usize].hide(why);
    }

    /// Puts the shelf of a kind in the place of ours, as if it had not been looked at since.
    #[cfg(test)]
    pub(crate) fn take_shelf(&mut self, kind: Kind, from: &Observed) {
        let from = from.clone();
        match kind {
            Kind::Instance => self.instances = from.instances,
            Kind::Volume => self.volumes = from.volumes,
            Kind::NatGateway => self.gateways = from.gateways,
            Kind::Address => self.addresses = from.addresses,
            Kind::Endpoint => self.endpoints = from.endpoints,
            Kind::Route => self.tables = from.tables,
            Kind::Rule => self.rules = from.rules,
            Kind::Role => self.roles = from.roles,
            Kind::Profile => self.profiles = from.profiles,
            Kind::Schedule => self.schedules = from.schedules,
            Kind::Runbook => self.runbooks = from.runbooks,
            Kind::BackstopRole => self.backstop_roles = from.backstop_roles,
            Kind::Vpc => self.vpcs = from.vpcs,
            Kind::Subnet => self.subnets = from.subnets,
            Kind::SecurityGroup => self.groups = from.groups,
            Kind::NetworkInterface => self.interfaces = from.interfaces,
            Kind::Agent => self.agents = from.agents,
        }
    }

    /// Writes an expiry on what has one of these ids.
    pub(crate) fn retag(&mut self, ids: &[String], expires_at: Option<DateTime<Utc>>) {
        self.shelves_mut().into_iter().for_each(|shelf| shelf.retag(ids, expires_at));
    }

    /// The instance of ours with that `Name`, the youngest if there are several.
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances
            .iter()
            .filter(|i| i.name == name && i.state != InstanceState::ShuttingDown)
            .max_by_key(|i| i.launched_at)
    }

    /// What Systems Manager says of an instance's agent; `None`: it has not registered.
    pub fn ping(&self, id: &InstanceId) -> Option<Ping> {
        self.agents.get(id).map(|agent| agent.ping)
    }

    /// Whether the instance runs and answers to Systems Manager.
    pub fn is_online(&self, id: &InstanceId) -> bool {
        self.ping(id) == Some(Ping::Online)
            && self.instances.iter().any(|i| i.id == *id && i.state == InstanceState::Running)
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn the_shelves_stand_in_the_order_of_the_kinds() {
        let mut observed = Observed::empty(DateTime::UNIX_EPOCH);
        let kinds = observed.shelves().map(AnyShelf::kind);
        assert_eq!(kinds[..], *Kind::VARIANTS);
        let changed = observed.shelves_mut().map(|shelf| shelf.kind());
        assert_eq!(changed[..], *Kind::VARIANTS);
    }
}
