//! Agents in the model.

use super::{Agent, Ping};
use crate::kinds::model::ComesToPass;
use crate::plan::Until;
use crate::switchboard::Observed;

impl ComesToPass for Agent {
    fn comes_to_pass(world: &mut Observed, name: &str, _: Until) {
        let ids = world.instances.iter().filter(|i| i.name == name).map(|i| i.id.clone());
        for instance in ids.collect::<Vec<_>>() {
            world.agents.put(Agent { instance, ping: Ping::Online });
        }
    }
}
