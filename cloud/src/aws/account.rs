//! Whose the credentials are.

use super::clients::Aws;
use super::failure::Call;
use crate::failure::{Failure, FailureKind};

/// Whose some credentials are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account, twelve digits.
    pub account_id: String,
    /// The ARN of the user or role.
    pub arn: String,
}

impl Identity {
    /// The user's or role's own name, without the account: the last part of the ARN.
    pub fn who(&self) -> &str {
        self.arn.rsplit(':').next().unwrap_or_default()
    }
}

impl Aws {
    /// The account that the credentials belong to, twelve digits. Asked for once: credentials may change, their account
    /// does not.
    pub(crate) async fn account(&self) -> Result<&str, Failure> {
        let asked = self.inner.account.get_or_try_init(async || {
            let call = Call::read("GetCallerIdentity");
            let answer = self.sts().get_caller_identity().send().await.map_err(|error| call.failed(error))?;
            answer.account.ok_or_else(|| call.refused("NoValue", "the answer holds no account"))
        });
        asked.await.map(String::as_str)
    }

    /// Whose the credentials are.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked, or does not take them.
    pub async fn identity(&self) -> Result<Identity, Failure> {
        let ask = async || {
            let call = Call::read("GetCallerIdentity");
            self.sts().get_caller_identity().send().await.map_err(|error| call.failed(error))
        };
        let answer = match ask().await {
            // The answer says what time it is, and the next call is signed by that.
            Err(Failure { kind: FailureKind::Clock { .. }, .. }) => ask().await?,
            answer => answer?,
        };
        let (account_id, arn) = (answer.account.unwrap_or_default(), answer.arn.unwrap_or_default());
        Ok(Identity { account_id, arn })
    }
}
