//! Root volumes in the model.

use proptest::prelude::*;

use super::{Act, Volume};
use crate::kind::Kind;
use crate::kinds::model::{Refused, a_lease, now, owner};
use crate::switchboard::Observed;

/// Volumes that outlived their instances.
pub(crate) fn anything() -> impl Strategy<Value = Vec<Volume>> {
    prop::collection::vec(a_lease(), 0..2).prop_map(|leases| {
        let volume = |(n, lease)| Volume {
            id: format!("vol-{n}").into(),
            size_gib: 30,
            kind: "gp3".to_owned(),
            attached: false,
            created_at: now(),
            owner: owner(lease, Kind::Volume),
        };
        leases.into_iter().enumerate().map(volume).collect()
    })
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        let Act::Delete { id } = self;
        assert!(world.volumes.get(id).is_none_or(|volume| !volume.attached), "VolumeInUse");
    }
}
