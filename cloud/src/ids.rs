//! Ids as types of their own, so that an allocation is never released as a gateway.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as AWS (or doorman) writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(id: T) -> Self {
                Self(id.into())
            }
        }
    )*};
}

ids! {
    /// A lease: a ULID in lower case, short enough for tags and client tokens.
    LeaseId;
    /// One doorman, whatever becomes of its store: the id of its Discord application.
    Installation;
    /// `vpc-…`
    VpcId;
    /// `subnet-…`
    SubnetId;
    /// `rtb-…`
    RouteTableId;
    /// `sg-…`
    GroupId;
    /// `sgr-…`
    RuleId;
    /// `eipalloc-…`
    AllocationId;
    /// `nat-…`
    NatGatewayId;
    /// `i-…`
    InstanceId;
    /// `vpce-…`
    EndpointId;
    /// `vol-…`
    VolumeId;
    /// `ami-…`
    ImageId;
    /// The name of an IAM role.
    RoleName;
    /// The name of an IAM instance profile.
    ProfileName;
    /// `eni-…`
    InterfaceId;
    /// `doorman-…`, the name of a Systems Manager document.
    DocumentName;
    /// `doorman-…`, the name of an EventBridge Scheduler schedule.
    ScheduleName;
}

impl LeaseId {
    /// A new id; ids sort by the time they were made.
    pub fn generate(at: chrono::DateTime<chrono::Utc>) -> Self {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        Self(ulid::Ulid::from_parts(millis, rand::random::<u128>()).to_string().to_lowercase())
    }
}
