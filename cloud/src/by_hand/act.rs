//! What every kind that can be changed, or is waited for, says of how that is done by hand.

use super::hand::Hand;
use crate::kinds::{Act, Change, Resource};
use crate::plan::Until;
use crate::switchboard::Observed;
use crate::tags::Owner;

/// How an act is done by hand, and what comes of it when nothing goes wrong.
pub(crate) trait ByHand: Act {
    /// Writes the line of the AWS CLI that does the same as the act's call, and says what it changes. What it makes is
    /// called by the mark that the line gave it.
    fn by_hand(self, owner: &Owner, seen: &mut Observed, hand: &mut Hand) -> Change<Self::Of>;
}

/// How something is waited for by hand, and what comes to pass.
pub(crate) trait Awaited: Resource {
    /// Writes the lines that wait for what is `seen` of that name, and has it come to pass. What is not on its way
    /// there is left as it is.
    fn by_hand(name: &str, until: Until, seen: &mut Observed, hand: &mut Hand);
}
