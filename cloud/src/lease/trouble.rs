//! What stands in the way.

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, FailureKind};
use crate::kind::Kind;

/// What a call was about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// What people call it, else AWS's id of it.
    pub name: String,
}

/// What stands in the way of building something, in a form that can be told in any language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "kebab-case")]
pub enum Trouble {
    /// A part of the network the settings name does not exist.
    Missing {
        /// `vpc`, `subnet`, `route-table` or `security-group`.
        what: String,
        /// Its `Name` tag (or group name) in the settings.
        name: String,
    },
    /// Several things carry the name the settings give.
    Ambiguous {
        /// As in [`Trouble::Missing`].
        what: String,
        /// The name they share.
        name: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The private route table already has a default route that is not ours.
    ForeignRoute {
        /// Name of the route table.
        table: String,
        /// What the route points to.
        target: String,
    },
    /// The fixed address of an instance is held by something that is not ours.
    AddressTaken {
        /// The private address.
        address: String,
        /// Id of what holds it.
        holder: String,
        /// Name of the instance that should have it.
        wanted_for: String,
    },
    /// The role is there, made by hand, and lacks the policy.
    RoleWithoutPolicy {
        /// Role name.
        role: String,
        /// Policy name.
        policy: String,
    },
    /// The role was made by doorman, and others than EC2 instances may take it by now.
    RoleForOthers {
        /// Role name.
        role: String,
    },
    /// The policy that the role of the instances must stay within is not there, or not as doorman writes it.
    NoBoundary {
        /// Policy name.
        policy: String,
    },
    /// The instance profile is there, made by hand, and the role is not in it.
    ProfileWithoutRole {
        /// Profile name, which is also the role's.
        profile: String,
    },
    /// An interface endpoint that people made serves a service, and its group lets an instance not in.
    EndpointShut {
        /// Its id.
        endpoint: String,
        /// Short service name, such as `ssm`.
        service: String,
        /// Id of its security group.
        group: String,
        /// The instance that is not let in.
        instance: String,
    },
    /// It is used by an instance that is not over, so it stays until that has gone.
    InUse {
        /// What it is.
        kind: Kind,
        /// What people call it.
        name: String,
        /// Name of the instance; its id if it has none.
        by: String,
        /// The stack that the instance is of.
        stack: String,
    },
    /// The gateway came up as `failed`.
    GatewayFailed {
        /// AWS's FailureCode.
        code: String,
    },
    /// A quota is used up.
    Quota {
        /// AWS's error code, such as `AddressLimitExceeded`.
        code: String,
    },
    /// AWS has no capacity for the type in the zone.
    NoCapacity {
        /// The instance that could not be started.
        instance: String,
    },
    /// The credentials are missing, expired or wrong.
    Credentials,
    /// doorman's clock is wrong, so AWS refuses what it signs.
    Clock {
        /// By how many seconds it is ahead of AWS's; negative: behind; 0: AWS did not say.
        ahead_s: i64,
    },
    /// The credentials do not allow the call.
    AccessDenied {
        /// The AWS operation, such as `AllocateAddress`.
        operation: String,
        /// On what, if it was on one thing.
        #[serde(default)]
        on: Option<Subject>,
    },
    /// AWS refused the call for another reason.
    Refused {
        /// The AWS operation.
        operation: String,
        /// AWS's error code.
        code: String,
        /// On what, if it was on one thing.
        #[serde(default)]
        on: Option<Subject>,
    },
    /// Something of a lease that is not over and that nobody here knows is there: of a restored store, or of another
    /// doorman.
    UnknownLease {
        /// Its id.
        lease: String,
    },
    /// Something of the lease is there, and its tags no longer say that doorman manages it.
    Disowned {
        /// What.
        kind: Kind,
        /// AWS's id of it.
        id: String,
    },
    /// It did not become ready in time.
    TimedOut,
}

impl Trouble {
    /// A failure as what stands in the way; `on`: what the call was about.
    pub(crate) fn of(failure: &Failure, on: Option<Subject>) -> Trouble {
        let (operation, code) = (failure.operation.to_owned(), failure.code.clone());
        match failure.kind {
            FailureKind::Quota => Trouble::Quota { code },
            FailureKind::NoCapacity => {
                Trouble::NoCapacity { instance: on.map(|on| on.name).unwrap_or_default() }
            }
            FailureKind::Credentials => Trouble::Credentials,
            FailureKind::Clock { ahead_s } => Trouble::Clock { ahead_s },
            FailureKind::AccessDenied => Trouble::AccessDenied { operation, on },
            FailureKind::Refused
            | FailureKind::Unknown
            | FailureKind::Throttled
            | FailureKind::NotYet
            | FailureKind::Away => Trouble::Refused { operation, code, on },
        }
    }
}
