//! `doorman check --fix`: the role of the backstop, its runbooks, the group of its schedules, and the policy that the
//! role of the instances stays within, are made, or put right.
//!
//! It works as the keeper does: look, do what is missing, look again, until the look shows what was wanted.
//! So it does not matter whether an answer was lost, whether it was stopped half-way before, or how long IAM
//! takes to show what it was told. Meant for somebody who may change IAM, which the bot may not.

use aws_sdk_iam::types::Tag;
use chrono::TimeDelta;
use serde_json::Value;

use super::{Check, Fix, FixError, Flaw, Proposal};
use crate::aws::Call;
use crate::backstop::{POLICY_NAME, Place, trust_policy};
use crate::clock::Clock;
use crate::failure::{Failure, FailureKind};
use crate::kind::Kind;
use crate::kinds::role::aws::GONE;
use crate::switchboard::Observed;
use crate::switchboard::aws::look_at;
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};

/// How long IAM may take to show what it was told. It usually takes a few seconds (IAM User Guide,
/// "Troubleshooting IAM": changes are not always immediately visible).
const PATIENCE: TimeDelta = TimeDelta::seconds(45);
/// What the role names of the network.
const NAMED: [Kind; 3] = [Kind::Vpc, Kind::Route, Kind::SecurityGroup];
/// Between two looks.
const PAUSE: TimeDelta = TimeDelta::seconds(2);

impl Check<'_> {
    /// What would have to be done for everything that only a person makes to be as it should. Makes only reading calls.
    ///
    /// # Errors
    ///
    /// When AWS does not let something be read, or cannot be reached.
    pub async fn propose_fix(&self) -> Result<Fix, Failure> {
        let account_id = self.aws.account().await?.to_owned();
        let place = Place { account_id: &account_id, region: self.aws.region() };
        let enabled = self.stack.backstop.enabled;
        let trust = trust_policy(place);
        let (mut flaws, mut policy) = (Vec::new(), Value::Null);
        if enabled {
            let wanted = self.seen_policy(place).await?;
            let look = self.backstop_role_look(&trust, wanted.as_ref()).await?;
            if let Some(failure) = look.unread {
                return Err(failure);
            }
            if !look.flaws.is_empty() && !look.ours {
                return Ok(Fix::NotOurs);
            }
            flaws = look.flaws;
            let Some(wanted) = wanted else { return Ok(Fix::NoNetwork) };
            policy = wanted;
        }
        let parts = self.missing_parts().await?;
        let role = self.stack.backstop.role.clone();
        let proposal = Proposal { account_id, role, flaws, trust, policy, parts };
        Ok(match proposal.is_empty() {
            false => Fix::Needed(Box::new(proposal)),
            true if enabled => Fix::Nothing,
            true => Fix::Off,
        })
    }

    /// What the role should be allowed to do, by a fresh look at the network that it names.
    async fn seen_policy(&self, place: Place<'_>) -> Result<Option<Value>, Failure> {
        let mut observed = Observed::empty(self.now);
        look_at(self.aws, self.stack, &self.record(), self.now, &NAMED, &mut observed).await?;
        if let Some((_, failure)) = observed.unknown().next() {
            return Err(failure.clone());
        }
        Ok(self.wanted_policy(place, &observed))
    }

    /// Does it. Returns once AWS shows everything as it should be. Doing it again does no harm.
    ///
    /// # Errors
    ///
    /// When AWS refuses or is away, when the role turns out to be somebody else's, or when AWS goes on showing
    /// something else.
    pub async fn apply_fix(&self, proposal: &Proposal, clock: &Clock) -> Result<(), FixError> {
        let until = clock.now() + PATIENCE;
        let mut mended = false;
        loop {
            let flaws = self.flaws_left(proposal).await?;
            let parts = self.missing_parts().await.map_err(FixError::Aws)?;
            if flaws.is_empty() && parts.is_empty() {
                return Ok(());
            }
            if mended {
                if clock.now() >= until {
                    return Err(FixError::NotSeen);
                }
                clock.sleep(PAUSE).await;
            }
            for flaw in &flaws {
                self.mend(flaw, proposal).await.or_else(passing).map_err(FixError::Aws)?;
            }
            for part in parts {
                let made = self.make_part(part, &proposal.account_id).await;
                made.or_else(passing).map_err(FixError::Aws)?;
            }
            mended = true;
        }
    }

    /// What is still wrong with the role, where there is to be one.
    async fn flaws_left(&self, proposal: &Proposal) -> Result<Vec<Flaw>, FixError> {
        if !self.stack.backstop.enabled {
            return Ok(Vec::new());
        }
        let look = self.backstop_role_look(&proposal.trust, Some(&proposal.policy)).await;
        let look = look.map_err(FixError::Aws)?;
        match look.unread {
            Some(failure) => Err(FixError::Aws(failure)),
            None if !look.flaws.is_empty() && !look.ours => Err(FixError::NotOurs),
            None => Ok(look.flaws),
        }
    }

    async fn mend(&self, flaw: &Flaw, proposal: &Proposal) -> Result<(), Failure> {
        match flaw {
            Flaw::NoRole => {
                self.create_backstop_role(proposal).await?;
                self.put_backstop_policy(proposal).await
            }
            Flaw::Trust(_) => self.update_backstop_trust(proposal).await,
            Flaw::NoPolicy | Flaw::Policy(_) => self.put_backstop_policy(proposal).await,
        }
    }

    async fn create_backstop_role(&self, proposal: &Proposal) -> Result<(), Failure> {
        let call = Call::repeatable("CreateRole");
        let tag = Tag::builder()
            .key(MANAGED_BY)
            .value(MANAGED_BY_DOORMAN)
            .build()
            .map_err(|error| call.refused("InvalidRequest", &error.to_string()))?;
        let request = self
            .aws
            .iam()
            .create_role()
            .role_name(&proposal.role)
            .description("Lets AWS close a window of doorman, should doorman be gone.")
            .assume_role_policy_document(proposal.trust.to_string())
            .tags(tag);
        let answer = request.send().await;
        // There already: ours, if an answer was lost, or somebody else's. The next look says, before anything
        // is written into it.
        answer.map(drop).map_err(|error| call.failed(error).not_yet_if(&["EntityAlreadyExists"]))
    }

    async fn update_backstop_trust(&self, proposal: &Proposal) -> Result<(), Failure> {
        let request = self
            .aws
            .iam()
            .update_assume_role_policy()
            .role_name(&proposal.role)
            .policy_document(proposal.trust.to_string());
        let call = Call::repeatable("UpdateAssumeRolePolicy");
        request.send().await.map(drop).map_err(|error| call.failed(error).not_yet_if(&GONE))
    }

    async fn put_backstop_policy(&self, proposal: &Proposal) -> Result<(), Failure> {
        let request = self
            .aws
            .iam()
            .put_role_policy()
            .role_name(&proposal.role)
            .policy_name(POLICY_NAME)
            .policy_document(proposal.policy.to_string());
        let call = Call::repeatable("PutRolePolicy");
        request.send().await.map(drop).map_err(|error| call.failed(error).not_yet_if(&GONE))
    }
}

/// What passes by itself, or may have taken effect, is for the next look.
fn passing(failure: Failure) -> Result<(), Failure> {
    match failure.kind {
        FailureKind::NotYet | FailureKind::Unknown => Ok(()),
        _ => Err(failure),
    }
}
