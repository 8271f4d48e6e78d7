//! Root volumes in the model.

use proptest::prelude::*;

use super::{Act, Volume};
use crate::kind::Kind;
use crate::kinds::Change;
use crate::kinds::model::{Happens, Serial, a_lease, now, owner};
use crate::switchboard::Observed;
use crate::tags::Owner;

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

impl Happens for Act {
    fn happens(self, _: &Owner, world: &mut Observed, _: &mut Serial) -> Change<Volume> {
        match self {
            Act::Delete { id } => {
                assert!(world.volumes.get(&id).is_none_or(|volume| !volume.attached), "VolumeInUse");
                Change::Gone(id)
            }
        }
    }
}
