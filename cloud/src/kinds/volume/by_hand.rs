//! Root volumes by hand.

use super::{Act, Volume};
use crate::by_hand::act::ByHand;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::kinds::Change;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, _: &Owner, _: &mut Observed, hand: &mut Hand) -> Change<Volume> {
        match self {
            Act::Delete { id } => {
                // Its instance may still be letting go of it.
                hand.runs(Cli::ec2("delete-volume").with("--volume-id", &id), Tries::Again);
                Change::Gone(id)
            }
        }
    }
}
