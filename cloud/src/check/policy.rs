//! The ids that the IAM policies name, looked up by the names in the settings.

use super::{Check, Problem, problem};
use crate::kind::Kind;
use crate::kinds::Lookup;
use crate::policy::{Ids, NetworkIds, Purpose};
use crate::switchboard::Observed;
use crate::switchboard::aws::look_at;

/// What of the network the documents name.
const NAMED: [Kind; 4] = [Kind::Vpc, Kind::Subnet, Kind::Route, Kind::SecurityGroup];

impl Check<'_> {
    /// What the policies for these purposes name: the account, and what of the network one of them needs.
    ///
    /// # Errors
    ///
    /// Why AWS could not be asked.
    pub async fn policy_ids(&self, purposes: &[Purpose]) -> Result<Ids, Problem> {
        let account = self.aws.identity().await.map_err(problem)?.account_id;
        if !purposes.iter().any(|purpose| purpose.names_the_network()) {
            return Ok(Ids { account, network: None });
        }
        let mut observed = Observed::empty(self.now);
        look_at(self.aws, self.stack, &self.record(), self.now, &NAMED, &mut observed)
            .await
            .map_err(problem)?;
        if let Some((_, failure)) = observed.unknown().next() {
            return Err(problem(failure.clone()));
        }
        let network = observed.network();
        let subnets = network.subnets.into_iter();
        let subnets = subnets.map(|(name, subnet)| (name, id(subnet, |subnet| subnet.id.to_string())));
        let network = NetworkIds {
            subnets: subnets.collect(),
            vpc: id(network.vpc, |vpc| vpc.id.to_string()),
            route_table: id(network.route_table, |table| table.id.to_string()),
            security_group: id(network.group, |group| group.id.to_string()),
        };
        Ok(Ids { account, network: Some(network) })
    }
}

fn id<T>(lookup: Lookup<T>, of: impl Fn(&T) -> String) -> Lookup<String> {
    match lookup {
        Lookup::Found(thing) => Lookup::Found(of(&thing)),
        Lookup::Missing => Lookup::Missing,
        Lookup::Ambiguous(ids) => Lookup::Ambiguous(ids),
    }
}
