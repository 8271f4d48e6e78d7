//! Runbooks of the backstop in the model.

use super::{Act, Runbook};
use crate::kinds::Change;
use crate::kinds::model::{Happens, Serial};
use crate::switchboard::Observed;
use crate::tags::Owner;

impl Happens for Act {
    fn happens(self, _: &Owner, _: &mut Observed, _: &mut Serial) -> Change<Runbook> {
        match self {
            Act::Create { name, .. } => Change::Is(Runbook { name }),
        }
    }
}
