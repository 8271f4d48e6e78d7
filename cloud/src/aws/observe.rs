//! One look: every reading call at once, none waiting for another's answer.

use chrono::{DateTime, Utc};
use futures::TryFutureExt;
use tracing::warn;

use crate::observed::Observed;
use crate::step::Failure;

use super::Aws;
use super::network::Named;

impl Aws {
    /// Looks at the stack. `at` is when the look begins.
    ///
    /// # Errors
    ///
    /// When EC2 cannot be asked everything. When IAM or Systems Manager cannot, the observation says that
    /// their part is unknown: a window must be closed also while they are away.
    pub async fn observe(&self, at: DateTime<Utc>) -> Result<Observed, Failure> {
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
        ) = futures::try_join!(
            self.vpcs(),
            self.subnets(),
            self.route_tables(),
            self.groups(),
            self.own_rules(),
            self.holders(),
            self.addresses(),
            self.gateways(),
            self.instances(),
            self.volumes(),
            self.endpoints(),
            self.role_and_profile().map_ok(Some).or_else(unknown),
            self.agents().map_ok(Some).or_else(unknown),
        )?;
        let named = Named { vpcs, subnets, tables, groups };
        let network = named.network(&self.subnet_names());
        let roles_known = roles.is_some();
        let (role, profile) = roles.unwrap_or_default();
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
            roles_known,
            role,
            profile,
            agents_known: agents.is_some(),
            agents: agents.unwrap_or_default(),
        })
    }
}

async fn unknown<T>(failure: Failure) -> Result<Option<T>, Failure> {
    warn!(aws.operation = failure.operation, aws.code = failure.code, "part of the look failed: {failure}");
    Ok(None)
}
