//! The role for shell access by hand.

use super::{Act, Role, TRUST, boundary_arn};
use crate::by_hand::act::ByHand;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::ids::RoleName;
use crate::kinds::Change;
use crate::kinds::role::aws::policy_arn;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, seen: &mut Observed, hand: &mut Hand) -> Change<Role> {
        match self {
            Act::Create { role, description } => {
                let cli = Cli::iam("create-role")
                    .with("--role-name", &role)
                    .text("--description", "Description", &description)
                    .with("--assume-role-policy-document", TRUST)
                    .with("--permissions-boundary", boundary_arn(&hand.place().account_id))
                    .tagged_in_iam(owner, role.as_str());
                hand.runs(cli, Tries::Once);
                Change::Is(Role {
                    name: role,
                    has_policy: false,
                    only_for_instances: true,
                    bounded: true,
                    owner: Some(owner.clone()),
                })
            }
            Act::AttachPolicy { role, policy } => {
                let cli = Cli::iam("attach-role-policy").with("--role-name", &role);
                hand.runs(cli.with("--policy-arn", policy_arn(&policy)), Tries::Again);
                with(&role, seen, true)
            }
            Act::DetachPolicy { role, policy } => {
                let cli = Cli::iam("detach-role-policy").with("--role-name", &role);
                hand.runs(cli.with("--policy-arn", policy_arn(&policy)), Tries::Once);
                with(&role, seen, false)
            }
            Act::Delete { role } => {
                // What was just detached is not detached everywhere at once.
                hand.runs(Cli::iam("delete-role").with("--role-name", &role), Tries::Again);
                Change::Gone(role)
            }
        }
    }
}

fn with(role: &RoleName, seen: &Observed, has_policy: bool) -> Change<Role> {
    let role = seen.roles.get(role);
    role.map_or(Change::LookAgain, |role| Change::Is(Role { has_policy, ..role.clone() }))
}
