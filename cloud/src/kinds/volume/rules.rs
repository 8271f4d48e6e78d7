//! When a root volume goes.

use super::{Act, Volume};
use crate::plan::Removal;
use crate::switchboard::step::AnyAct;

/// A volume goes with its instance; one that outlived it has to be deleted.
pub(crate) fn removal(volume: &Volume) -> Removal {
    match volume.attached {
        true => Removal::Itself,
        false => Removal::by(AnyAct::Volume(Act::Delete { id: volume.id.clone() })),
    }
}
