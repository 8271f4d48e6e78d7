//! Schedules of the backstop by hand.

use serde_json::json;

use super::aws::{AT, DESCRIPTION, Input, RETRIES, RETRY_FOR_S, START_RUNBOOK, UTC};
use super::{Act, Schedule};
use crate::backstop::{AFTER_END, Parameters, TOLD_LETTERS, told_text};
use crate::by_hand::act::ByHand;
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::ids::DocumentName;
use crate::kinds::Change;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, _: &mut Observed, hand: &mut Hand) -> Change<Schedule> {
        match self {
            Act::Create { schedule, role_arn, document, parameters } => {
                create(&schedule, owner, &role_arn, &document, &parameters, hand);
                Change::Is(schedule)
            }
            Act::Delete { name, group } => {
                let cli = Cli::scheduler("delete-schedule").with("--group-name", &group);
                hand.runs(cli.with("--name", &name), Tries::Once);
                Change::Gone(name)
            }
        }
    }
}

fn create(
    schedule: &Schedule,
    owner: &Owner,
    role_arn: &str,
    document: &DocumentName,
    parameters: &Parameters,
    hand: &mut Hand,
) {
    let name = name(schedule, parameters, hand);
    let target = json!({
        "Arn": START_RUNBOOK,
        "RoleArn": role_arn,
        "Input": json!(Input::new(owner, role_arn, document, parameters)).to_string(),
        "RetryPolicy": { "MaximumEventAgeInSeconds": RETRY_FOR_S, "MaximumRetryAttempts": RETRIES },
    });
    let at = (schedule.lease_ends_at + AFTER_END).format(AT);
    let cli = Cli::scheduler("create-schedule")
        .with("--group-name", &schedule.group)
        .with("--name", name)
        .with("--description", DESCRIPTION)
        .with("--schedule-expression", at)
        .with("--schedule-expression-timezone", UTC)
        .with("--flexible-time-window", "Mode=OFF")
        .with("--action-after-completion", "DELETE")
        .json("--target", &target);
    hand.runs(cli, Tries::Once);
}

/// Its name says what its runbook is told, as a digest. Of what is not there yet only the shell can make one.
fn name(schedule: &Schedule, parameters: &Parameters, hand: &mut Hand) -> String {
    let (name, told) = (schedule.name.as_str(), told_text(parameters));
    match name.rsplit_once('.') {
        Some((stem, _)) if hand.is_marked(&told) => {
            format!("{stem}.{}", hand.digests("told", &told, TOLD_LETTERS))
        }
        Some(_) | None => name.to_owned(),
    }
}
