//! The instance profile by hand.

use super::{Act, Profile};
use crate::by_hand::act::ByHand;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::ids::ProfileName;
use crate::kinds::Change;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, seen: &mut Observed, hand: &mut Hand) -> Change<Profile> {
        let of =
            |command: &str, profile: &ProfileName| Cli::iam(command).with("--instance-profile-name", profile);
        match self {
            Act::Create { profile } => {
                let cli = of("create-instance-profile", &profile);
                hand.runs(cli.tagged_in_iam(owner, profile.as_str()), Tries::Once);
                Change::Is(Profile { name: profile, has_role: false, owner: Some(owner.clone()) })
            }
            Act::AddRole { profile, role } => {
                let cli = of("add-role-to-instance-profile", &profile).with("--role-name", &role);
                hand.runs(cli, Tries::Again);
                with(&profile, seen, true)
            }
            Act::RemoveRole { profile, role } => {
                let cli = of("remove-role-from-instance-profile", &profile).with("--role-name", &role);
                hand.runs(cli, Tries::Once);
                with(&profile, seen, false)
            }
            Act::Delete { profile } => {
                // What was just taken out of it is not out of it everywhere at once.
                hand.runs(of("delete-instance-profile", &profile), Tries::Again);
                Change::Gone(profile)
            }
        }
    }
}

fn with(profile: &ProfileName, seen: &Observed, has_role: bool) -> Change<Profile> {
    let profile = seen.profiles.get(profile);
    profile.map_or(Change::LookAgain, |profile| Change::Is(Profile { has_role, ..profile.clone() }))
}
