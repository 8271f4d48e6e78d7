//! The expiry written on what a lease owns follows the lease: whoever finds only the tags must not close
//! an extended window early.

use crate::kind::Tagged;
use crate::kinds::Standing;
use crate::plan::{Desired, Plan};
use crate::switchboard::Observed;
use crate::switchboard::step::{Aim, AnyAct, Step};

pub(super) fn plan(plan: &mut Plan, desired: &Desired, seen: &Observed) {
    for goal in &desired.goals {
        let expires_at = goal.owner.expires_at;
        let stale = seen.of(&goal.owner.lease).filter(|thing| {
            thing.facts.standing != Standing::Leaving
                && thing.facts.owner.is_some_and(|owner| owner.expires_at != expires_at)
                && match thing.kind.tagged() {
                    Tagged::ByEc2 => true,
                    Tagged::Never => false,
                }
        });
        let ids: Vec<String> = stale.map(|thing| thing.id.to_owned()).collect();
        if !ids.is_empty() {
            let act = AnyAct::Retag { ids, expires_at };
            plan.step(Step { owner: goal.owner.clone(), aim: Aim::Retag, act });
        }
    }
}
