//! Where in AWS something is: a lease opened in one place is judged only by what was seen in that place.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An account and a region of AWS.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// Twelve digits.
    pub account_id: String,
    /// Such as `ap-northeast-2`.
    pub region: String,
}

impl Place {
    /// The place of a caller, by the ARN that Security Token Service gives it.
    pub(crate) fn of_caller(arn: &str, account_id: &str, region: &str) -> Option<Place> {
        let partition = arn.strip_prefix("arn:")?.split(':').next()?;
        let (partition, account_id, region) = (partition.into(), account_id.into(), region.into());
        Some(Place { partition, account_id, region })
    }

    /// Whether both are in the same account.
    pub fn is_same_account(&self, other: &Place) -> bool {
        (&self.partition, &self.account_id) == (&other.partition, &other.account_id)
    }
}

/// For the log: account ids are not for public messages.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {} ({}), region {}", self.account_id, self.partition, self.region)
    }
}
