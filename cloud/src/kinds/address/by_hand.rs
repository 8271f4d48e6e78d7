//! Elastic IPs by hand.

use super::{Act, Address};
use crate::by_hand::act::ByHand;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::kinds::Change;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, _: &mut Observed, hand: &mut Hand) -> Change<Address> {
        match self {
            Act::Allocate { name } => {
                let cli = Cli::ec2("allocate-address").with("--domain", "vpc");
                let cli = cli.tagged(&["elastic-ip"], owner, &name);
                let id = hand.makes("address", cli, "AllocationId", Tries::Once).into();
                Change::Is(Address { id, public_ip: String::new(), associated: false, owner: owner.clone() })
            }
            Act::Release { id } => {
                // Its gateway lets go of it a while after it is gone.
                hand.runs(Cli::ec2("release-address").with("--allocation-id", &id), Tries::Again);
                Change::Gone(id)
            }
        }
    }
}
