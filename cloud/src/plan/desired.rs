//! What the open leases want to exist.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::ids::{InstanceId, LeaseId, NatGatewayId};
use crate::kind::Kind;
use crate::lease::{Lease, LeaseKind, Made, Phase, Spec};
use crate::tags::Owner;

/// What one lease wants to exist.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The lease, as its tags.
    pub owner: Owner,
    /// Whether missing things are built. After it was ready once they are only reported.
    pub build: bool,
    /// Since when it is being built.
    pub building_since: DateTime<Utc>,
    /// What was made for it before: tells attempts apart.
    pub made: Vec<Made>,
    /// What was asked for beyond the kind of lease.
    pub spec: Spec,
}

/// Everything that is wanted, and what is known to be ours beyond its tags.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Desired {
    /// What each open lease wants, at most one of a kind.
    pub goals: Vec<Goal>,
    /// Gateways we made, from the store: a route to one of them is ours, also when it is a blackhole.
    pub our_gateways: BTreeMap<NatGatewayId, Owner>,
    /// The kinds of leases known, open or closed lately: a schedule does not say it itself.
    pub kinds: BTreeMap<LeaseId, LeaseKind>,
    /// Leases of which everything may go: they are closed or closing by the store, or past the end in their tags. What is
    /// of another lease that nobody here knows stays.
    pub over: BTreeSet<LeaseId>,
    /// Instances that were rebooted since building began: once is a remedy, twice is a habit.
    pub rebooted: BTreeSet<InstanceId>,
}

impl Goal {
    /// The kind of lease.
    pub fn kind(&self) -> LeaseKind {
        self.owner.of
    }

    /// Whether a thing belongs to this goal.
    pub fn owns(&self, owner: &Owner) -> bool {
        self.owner.lease == owner.lease
    }

    /// How many of the kind, and of the name if there may be several, were made for the lease before, apart from those
    /// that count as the present one. A repeated call has the same number, a new attempt another.
    pub(crate) fn attempts(&self, kind: Kind, name: Option<&str>) -> u32 {
        let same = |made: &&Made| made.kind == kind && name.is_none_or(|name| made.name == name);
        u32::try_from(self.made.iter().filter(same).count()).unwrap_or(u32::MAX)
    }
}

impl Desired {
    /// What the open leases of a stack want at `now`. A lease past its end, or closing, wants nothing.
    pub fn of(stack: &str, leases: &[Lease], now: DateTime<Utc>) -> Desired {
        let wanting = leases.iter().filter(|lease| wants_something(lease, now));
        let goals = wanting.map(|lease| Goal {
            owner: Owner::of(stack, lease),
            build: lease.phase == Phase::Opening,
            building_since: lease.building_since,
            made: lease.made.clone(),
            spec: lease.spec.clone(),
        });
        let gateways = leases.iter().flat_map(|lease| {
            let gateways = lease.made.iter().filter(|made| made.kind == Kind::NatGateway);
            gateways.map(|made| (NatGatewayId(made.id.clone()), Owner::of(stack, lease)))
        });
        Desired {
            goals: goals.collect(),
            our_gateways: gateways.collect(),
            kinds: leases.iter().map(|lease| (lease.id.clone(), lease.kind)).collect(),
            over: leases.iter().filter(|lease| !wants_something(lease, now)).map(|l| l.id.clone()).collect(),
            rebooted: BTreeSet::new(),
        }
    }

    /// What the open lease of a kind wants.
    pub fn goal(&self, kind: LeaseKind) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.kind() == kind)
    }

    /// The goal of the lease a thing was made for, if it has one.
    pub(crate) fn goal_of(&self, owner: &Owner) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.owns(owner))
    }

    /// Whether somebody wants what was made for that lease.
    pub(crate) fn wants(&self, owner: &Owner) -> bool {
        self.goal_of(owner).is_some()
    }

    /// Whether what was made for that lease may go.
    pub(crate) fn is_over(&self, owner: &Owner) -> bool {
        !self.wants(owner) && self.over.contains(&owner.lease)
    }

    /// The same, with everything missing only reported.
    pub(crate) fn only_looking(&self) -> Desired {
        let mut looking = self.clone();
        looking.goals.iter_mut().for_each(|goal| goal.build = false);
        looking
    }
}

fn wants_something(lease: &Lease, now: DateTime<Utc>) -> bool {
    matches!(lease.phase, Phase::Opening | Phase::Ready) && lease.expires_at.is_none_or(|end| now < end)
}
