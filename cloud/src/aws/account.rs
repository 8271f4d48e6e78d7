//! Whose the credentials are.

use super::clients::Aws;
use super::failure::Call;
use crate::failure::Failure;

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
}
