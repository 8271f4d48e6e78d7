//! The ids that the IAM policies name, looked up by the names in the settings.

use crate::check::Problem;
use crate::observed::Lookup;
use crate::policy::{Ids, NetworkIds, Purpose};

use super::super::Aws;
use super::super::network::Named;
use super::problem;

impl Aws {
    /// What the policies for these purposes name: the account, and what of the network one of them needs.
    ///
    /// # Errors
    ///
    /// Why AWS could not be asked.
    pub async fn policy_ids(&self, purposes: &[Purpose]) -> Result<Ids, Problem> {
        let (account, _) = self.identity().await.map_err(problem)?;
        if !purposes.iter().any(|purpose| purpose.names_the_network()) {
            return Ok(Ids { account, network: None });
        }
        let (vpcs, tables, groups) =
            futures::try_join!(self.vpcs(), self.route_tables(), self.groups()).map_err(problem)?;
        let network = Named { vpcs, subnets: Vec::new(), tables, groups }.network(&[]);
        let network = NetworkIds {
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
