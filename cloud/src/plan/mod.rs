//! The plan: from what is desired and what is there to what may be done now.
//!
//! [`plan`] does no I/O and takes the time as an argument. It is called again after every answer, so it
//! says only what may start *now*; order comes from what each resource needs to be there (or gone)
//! first, not from a list of steps. Everything that carries our tags and that no goal wants is taken
//! down, whatever it was made for: closing, cleaning up after a crash and ending an unknown lease found
//! by its tags are the same rules.

mod backstop;
mod expiry;
mod nat;
mod rules;
mod service;
mod shell;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use doorman_config::Stack;

pub use self::service::REBOOT_AFTER;
pub use self::shell::ShellState;

use crate::ids::{InstanceId, NatGatewayId};
use crate::lease::{Lease, LeaseKind, Made, MadeKind, Phase, ServiceSpec, Trouble};
use crate::observed::{Lookup, Network, Observed, Sight};
use crate::step::Step;
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
    /// What the pair is made of.
    pub service: Option<ServiceSpec>,
}

/// Everything that is wanted, and what is known to be ours beyond its tags.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Desired {
    /// The NAT window, if one is open.
    pub window: Option<Goal>,
    /// The service pair, if it is leased.
    pub service: Option<Goal>,
    /// Gateways we made, from the store: a blackhole route to one of them is ours.
    pub our_gateways: BTreeSet<NatGatewayId>,
    /// Instances that were rebooted since building began: once is a remedy, twice is a habit.
    pub rebooted: BTreeSet<InstanceId>,
}

impl Goal {
    /// Whether a resource belongs to this goal.
    fn owns(&self, owner: &Owner) -> bool {
        self.owner.lease == owner.lease
    }

    /// How many of the kind and name were made for the lease before, apart from those that count as
    /// the present one. A repeated call has the same number, a new attempt another.
    fn attempts(&self, kind: MadeKind, name: &str) -> u32 {
        let count = self.made.iter().filter(|made| made.kind == kind && made.name == name).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

impl Desired {
    /// What the open leases want at `now`. A lease past its end, or closing, wants nothing.
    pub fn of(leases: &[Lease], now: DateTime<Utc>) -> Desired {
        let goal = |kind| {
            let lease = leases.iter().find(|lease| lease.kind == kind && wants_something(lease, now))?;
            Some(Goal {
                owner: lease.owner(),
                build: lease.phase == Phase::Opening,
                building_since: lease.building_since,
                made: lease.made.clone(),
                service: lease.service.clone(),
            })
        };
        Desired {
            window: goal(LeaseKind::NatWindow),
            service: goal(LeaseKind::Service),
            rebooted: BTreeSet::new(),
            our_gateways: leases
                .iter()
                .flat_map(|lease| &lease.made)
                .filter(|made| made.kind == MadeKind::NatGateway)
                .map(|made| NatGatewayId(made.id.clone()))
                .collect(),
        }
    }
}

fn wants_something(lease: &Lease, now: DateTime<Utc>) -> bool {
    matches!(lease.phase, Phase::Opening | Phase::Ready) && lease.expires_at.is_none_or(|end| now < end)
}

/// What may be done now to get from `observed` to `desired`.
pub fn plan(desired: &Desired, observed: &Observed, stack: &Stack, now: DateTime<Utc>) -> Plan {
    let mut plan = Plan::default();
    backstop::plan(&mut plan, desired, observed, stack);
    nat::plan(&mut plan, desired, observed, stack, now);
    service::plan(&mut plan, desired, observed, stack, now);
    shell::take_down(&mut plan, desired.service.as_ref(), observed);
    rules::take_down(&mut plan, desired, observed);
    expiry::plan(&mut plan, desired, observed);
    plan
}

/// Whether all that the lease of that kind wants is there: nothing would be reported as drift.
pub fn is_complete(
    kind: LeaseKind,
    desired: &Desired,
    observed: &Observed,
    stack: &Stack,
    now: DateTime<Utc>,
) -> bool {
    let agents = kind != LeaseKind::Service || observed.knows(Sight::Agents);
    if !(agents && observed.knows_all_of(kind)) {
        return false; // what could not be asked for is not proved
    }
    let mut only_looking = desired.clone();
    for goal in only_looking.window.iter_mut().chain(&mut only_looking.service) {
        goal.build = false;
    }
    !plan(&only_looking, observed, stack, now).drift.iter().any(|(of, _)| *of == kind)
}

/// What may be done now, and what is not as it should be.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Plan {
    /// Mutations that may start now, independent of each other.
    pub steps: Vec<Step>,
    /// What has to happen by itself first.
    pub waits: Vec<Wait>,
    /// What is not as a ready lease of that kind wants it, and is not mended unasked.
    pub drift: Vec<(LeaseKind, Drift)>,
    /// What stands in the way of building; nothing is built past it.
    pub troubles: Vec<(LeaseKind, Trouble)>,
}

impl Plan {
    /// Whether there is nothing to do and nothing to wait for.
    pub fn is_settled(&self) -> bool {
        self.steps.is_empty() && self.waits.is_empty()
    }

    /// Whether all that a kind of lease is built of could be looked at. Nothing is built, and nothing called
    /// missing, by a look that did not show it.
    fn sees_all(&mut self, kind: LeaseKind, goal: &Goal, observed: &Observed) -> bool {
        let sees_all = observed.knows_all_of(kind);
        if !sees_all && goal.build {
            self.wait(Wait::Seen(kind));
        }
        sees_all
    }

    fn step(&mut self, step: Step) {
        if !self.steps.contains(&step) {
            self.steps.push(step);
        }
    }

    fn wait(&mut self, wait: Wait) {
        if !self.waits.contains(&wait) {
            self.waits.push(wait);
        }
    }

    fn drift(&mut self, kind: LeaseKind, drift: Drift) {
        let drift = (kind, drift);
        if !self.drift.contains(&drift) {
            self.drift.push(drift);
        }
    }

    fn trouble(&mut self, kind: LeaseKind, trouble: Trouble) {
        let trouble = (kind, trouble);
        if !self.troubles.contains(&trouble) {
            self.troubles.push(trouble);
        }
    }
}

/// Something AWS does by itself, that the plan waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// A gateway becomes available.
    GatewayAvailable(NatGatewayId),
    /// A gateway is deleted.
    GatewayDeleted(NatGatewayId),
    /// An endpoint becomes available.
    EndpointAvailable(String),
    /// An endpoint is deleted.
    EndpointDeleted(String),
    /// An instance runs.
    InstanceRunning(String),
    /// An instance is stopped, so that it can be started.
    InstanceStopped(String),
    /// An instance is terminated.
    InstanceTerminated(String),
    /// An instance answers to Systems Manager.
    AgentOnline(String),
    /// A fixed address is free again.
    AddressFree(String),
    /// The backstop is armed, or has kept people waiting for too long.
    BackstopArmed,
    /// What could not be looked at for a kind of lease can be seen again.
    Seen(LeaseKind),
}

impl Wait {
    /// Whether it belongs to building something (not to taking something down).
    pub fn builds(&self) -> bool {
        match self {
            Wait::GatewayAvailable(_)
            | Wait::EndpointAvailable(_)
            | Wait::InstanceRunning(_)
            | Wait::InstanceStopped(_)
            | Wait::AgentOnline(_)
            | Wait::AddressFree(_)
            | Wait::BackstopArmed
            | Wait::Seen(_) => true,
            Wait::GatewayDeleted(_) | Wait::EndpointDeleted(_) | Wait::InstanceTerminated(_) => false,
        }
    }
}

/// Something that is not as a ready lease wants it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Drift {
    /// The gateway of the window is gone.
    GatewayMissing,
    /// The Elastic IP of the window is gone.
    AddressMissing,
    /// The default route is gone or leads nowhere.
    RouteMissing,
    /// The default route was pointed elsewhere.
    RouteForeign(String),
    /// An outbound rule of the window is gone.
    RuleMissing {
        /// The TCP port.
        port: u16,
        /// Whether it is about traffic going out.
        egress: bool,
    },
    /// An instance of the pair is gone.
    InstanceMissing(String),
    /// An instance of the pair is stopped.
    InstanceStopped(String),
    /// An instance lost its profile.
    ProfileDetached(String),
    /// An instance does not answer to Systems Manager.
    AgentOffline(String),
    /// An endpoint is gone; its short service name.
    EndpointMissing(String),
    /// The role or its policy is gone.
    RoleMissing,
    /// The instance profile or its role is gone.
    ProfileMissing,
    /// A part of the network the settings name cannot be used.
    Network(Trouble),
}

/// What of the named network cannot be used.
fn network_trouble<'a>(
    network: &Network,
    stack: &Stack,
    subnets: impl IntoIterator<Item = &'a str>,
) -> Vec<Trouble> {
    fn of<T>(what: &str, name: &str, lookup: &Lookup<T>) -> Option<Trouble> {
        let (what, name) = (what.to_owned(), name.to_owned());
        match lookup {
            Lookup::Found(_) => None,
            Lookup::Missing => Some(Trouble::Missing { what, name }),
            Lookup::Ambiguous(ids) => Some(Trouble::Ambiguous { what, name, ids: ids.clone() }),
        }
    }
    if let Some(trouble) = of("vpc", &stack.vpc, &network.vpc) {
        return vec![trouble]; // without it nothing else can be found
    }
    let missing = Lookup::Missing;
    let names: BTreeSet<&str> = subnets.into_iter().collect();
    names
        .into_iter()
        .filter_map(|name| of("subnet", name, network.subnets.get(name).unwrap_or(&missing)))
        .chain(of("route-table", &stack.nat.route_table, &network.route_table))
        .chain(of("security-group", &stack.service.security_group, &network.group))
        .collect()
}
