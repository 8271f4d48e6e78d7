//! One look: every reading call at once, none waiting for another's answer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::observed::{Observed, Sight};
use crate::step::Failure;

use super::Aws;
use super::failure::NO_CREDENTIALS;
use super::network::Named;

impl Aws {
    /// Looks at the stack. `at` is when the look begins.
    ///
    /// What one service refuses to show does not hide the rest: a window must be closed also while IAM is
    /// away, or while somebody took the right to list volumes.
    ///
    /// # Errors
    ///
    /// When neither gateways nor addresses nor instances can be seen: then nothing that bills can. And as soon as
    /// a call cannot be signed: then none can, and each would find that out by asking for credentials itself.
    pub async fn observe(&self, at: DateTime<Utc>) -> Result<Observed, Failure> {
        let mut unknown = Unknown(BTreeMap::new());
        let (
            vpcs,
            subnets,
            tables,
            groups,
            own_rules,
            holders,
            addresses,
            gateways,
            instances,
            volumes,
            endpoints,
            roles,
            agents,
            schedules,
            backstop,
        ) = futures::try_join!(
            part(self.vpcs()),
            part(self.subnets()),
            part(self.route_tables()),
            part(self.groups()),
            part(self.own_rules()),
            part(self.holders()),
            part(self.addresses()),
            part(self.gateways()),
            part(self.instances()),
            part(self.volumes()),
            part(self.endpoints()),
            part(self.role_and_profile()),
            part(self.agents()),
            part(self.schedules()),
            part(self.backstop()),
        )?;
        let addresses = unknown.unless(Sight::Addresses, addresses);
        let gateways = unknown.unless(Sight::Gateways, gateways);
        let instances = unknown.unless(Sight::Instances, instances);
        if unknown.0.len() == 3 {
            // One reason is enough, and the gateway is what costs most.
            return Err(unknown.0.remove(&Sight::Gateways).expect("three are unknown"));
        }
        let named = Named {
            vpcs: unknown.unless(Sight::Network, vpcs),
            subnets: unknown.unless(Sight::Network, subnets),
            tables: unknown.unless(Sight::Routes, tables),
            groups: unknown.unless(Sight::Rules, groups),
        };
        let own_rules = unknown.unless(Sight::Rules, own_rules);
        let holders = unknown.unless(Sight::Occupants, holders);
        let volumes = unknown.unless(Sight::Volumes, volumes);
        let endpoints = unknown.unless(Sight::Endpoints, endpoints);
        let (role, profile) = unknown.unless(Sight::Roles, roles);
        let agents = unknown.unless(Sight::Agents, agents);
        let schedules = unknown.unless(Sight::Schedules, schedules);
        let backstop = unknown.unless(Sight::Backstop, backstop);
        let network = named.network(&self.subnet_names());
        Ok(Observed {
            at,
            rules: self.rules(&named.group(), &own_rules),
            occupants: self.occupants(&network.vpc, &holders),
            endpoints: self.endpoints_in(&network.vpc, &endpoints),
            network,
            addresses,
            gateways,
            instances,
            volumes,
            role,
            profile,
            agents,
            schedules,
            backstop,
            unknown: unknown.0,
        })
    }
}

/// What came of a part of the look; `Err`: what stands in the way of it stands in the way of all.
async fn part<T>(asked: impl Future<Output = Result<T, Failure>>) -> Result<Result<T, Failure>, Failure> {
    match asked.await {
        Err(failure) if failure.is(&[NO_CREDENTIALS]) => Err(failure),
        seen => Ok(seen),
    }
}

/// What could not be looked at.
struct Unknown(BTreeMap<Sight, Failure>);

impl Unknown {
    fn unless<T: Default>(&mut self, sight: Sight, seen: Result<T, Failure>) -> T {
        seen.unwrap_or_else(|failure| {
            self.0.insert(sight, failure);
            T::default()
        })
    }
}
