//! Schedules of the backstop in the model.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Act, Schedule};
use crate::backstop::{GROUP, Parameters, schedule_name};
use crate::kind::Kind;
use crate::kinds::model::{Refused, a_lease, now, owner};
use crate::switchboard::Observed;
use crate::tags::Owner;

/// Schedules of present and of earlier ends.
pub(crate) fn anything() -> impl Strategy<Value = Vec<Schedule>> {
    prop::collection::vec((a_lease(), 0..3_i64, 0..3_usize), 0..3).prop_map(|seeds| {
        let schedule = |(lease, earlier, gateway): (_, _, usize)| {
            let lease_ends_at = now() + TimeDelta::minutes(30 - 10 * earlier);
            let owner = Owner { expires_at: Some(lease_ends_at), ..owner(lease, Kind::Schedule) };
            let ids = (gateway > 0).then(|| ("GatewayId".to_owned(), vec![format!("nat-{gateway}")]));
            let told: Parameters = ids.into_iter().collect();
            let name = schedule_name(&owner.stack, &owner.lease, lease_ends_at, &told);
            Schedule { name, group: GROUP.to_owned(), lease_ends_at, sound: true, owner }
        };
        seeds.into_iter().map(schedule).collect()
    })
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        if let Act::Create { document, .. } = self {
            assert!(world.runbooks.get(document).is_some(), "a schedule for a runbook that is not there");
        }
    }
}
