//! `doorman check --fix`: the role of the backstop is made, or put right.
//!
//! It works as the keeper does: look, do what is missing, look again, until the look shows what was wanted.
//! So it does not matter whether an answer was lost, whether it was stopped half-way before, or how long IAM
//! takes to show what it was told. Meant for somebody who may change IAM, which the bot may not.

use aws_sdk_iam::types::Tag;
use chrono::TimeDelta;

use super::{Check, Fix, FixError, Flaw, GONE, Proposal};
use crate::aws::Call;
use crate::backstop::{POLICY_NAME, Place, role_policy, trust_policy};
use crate::clock::Clock;
use crate::failure::{Failure, FailureKind};
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};

/// How long IAM may take to show what it was told. It usually takes a few seconds (IAM User Guide,
/// "Troubleshooting IAM": changes are not always immediately visible).
const PATIENCE: TimeDelta = TimeDelta::seconds(45);
/// Between two looks.
const PAUSE: TimeDelta = TimeDelta::seconds(2);

impl Check<'_> {
    /// What would have to be done for the backstop's role to be as it should. Makes only reading calls.
    ///
    /// # Errors
    ///
    /// When AWS does not let the role or its policy be read, or cannot be reached.
    pub async fn propose_fix(&self) -> Result<Fix, Failure> {
        if !self.stack.backstop.enabled {
            return Ok(Fix::Off);
        }
        let (account_id, _) = self.identity().await?;
        let place = Place { account_id: &account_id, region: self.aws.region() };
        let look = self.backstop_role_look(place).await?;
        if let Some(failure) = look.unread {
            return Err(failure);
        }
        Ok(match (look.flaws.is_empty(), look.ours) {
            (true, _) => Fix::Nothing,
            (false, false) => Fix::NotOurs,
            (false, true) => {
                let role = self.stack.backstop.role.clone();
                let (trust, policy) = (trust_policy(place), role_policy(place, &role));
                Fix::Needed(Box::new(Proposal { account_id, role, flaws: look.flaws, trust, policy }))
            }
        })
    }

    /// Does it. Returns once AWS shows the role as it should be. Doing it again does no harm.
    ///
    /// # Errors
    ///
    /// When AWS refuses or is away, when the role turns out to be somebody else's, or when AWS goes on showing
    /// something else.
    pub async fn apply_fix(&self, proposal: &Proposal, clock: &Clock) -> Result<(), FixError> {
        let place = Place { account_id: &proposal.account_id, region: self.aws.region() };
        let until = clock.now() + PATIENCE;
        let mut mended = false;
        loop {
            let look = self.backstop_role_look(place).await.map_err(FixError::Aws)?;
            if let Some(failure) = look.unread {
                return Err(FixError::Aws(failure));
            }
            if look.flaws.is_empty() {
                return Ok(());
            }
            if !look.ours {
                return Err(FixError::NotOurs);
            }
            if mended {
                if clock.now() >= until {
                    return Err(FixError::NotSeen);
                }
                clock.sleep(PAUSE).await;
            }
            for flaw in &look.flaws {
                self.mend(flaw, proposal).await.or_else(passing).map_err(FixError::Aws)?;
            }
            mended = true;
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
