//! What somebody asked for, and how far it has come.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::{Locale, Market};
use serde::{Deserialize, Serialize};

use crate::ids::{ImageId, LeaseId};
use crate::receipt::Receipt;
use crate::tags::Owner;

/// One kind of thing that can be leased; at most one lease of a kind is open in a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaseKind {
    /// A NAT window: the private subnets reach the internet.
    NatWindow,
    /// The service pair with its shell access.
    Service,
}

impl LeaseKind {
    /// All of them.
    pub const ALL: [LeaseKind; 2] = [LeaseKind::NatWindow, LeaseKind::Service];

    /// As it is written in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            LeaseKind::NatWindow => "nat-window",
            LeaseKind::Service => "service",
        }
    }
}

/// Somebody in Discord, as far as doorman needs to know them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Discord user id.
    pub id: u64,
    /// Display name at the time.
    pub name: String,
}

/// What the service pair is made of; everything else about it is in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServiceSpec {
    /// The image to boot.
    pub image: ImageId,
    /// What the image was called when it was asked for, such as `ubuntu-24.04`.
    pub image_name: String,
    /// EC2 instance type.
    pub instance_type: String,
    /// On-demand or spot.
    pub market: Market,
}

/// How far a lease has come. Only ever moves down this list, but for a repair: `Ready` → `Opening`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Being built; the keeper creates what is missing.
    Opening,
    /// Was proved complete once; what goes missing is reported, not rebuilt.
    Ready,
    /// Being taken down until nothing is left.
    Closing,
    /// Over, with a receipt.
    Closed,
}

impl Phase {
    /// As it is written in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Opening => "opening",
            Phase::Ready => "ready",
            Phase::Closing => "closing",
            Phase::Closed => "closed",
        }
    }
}

/// Why a lease is being closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum CloseReason {
    /// Its time was over.
    Expired,
    /// Somebody asked.
    Asked {
        /// Who.
        by: Person,
    },
    /// It could not be built.
    Failed {
        /// What stood in the way.
        trouble: Trouble,
    },
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
    /// The instance profile is there, made by hand, and the role is not in it.
    ProfileWithoutRole {
        /// Profile name, which is also the role's.
        profile: String,
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
    /// The credentials do not allow the call.
    AccessDenied {
        /// The AWS operation, such as `AllocateAddress`.
        operation: String,
    },
    /// AWS refused the call for another reason.
    Refused {
        /// The AWS operation.
        operation: String,
        /// AWS's error code.
        code: String,
    },
    /// It did not become ready in time.
    TimedOut,
}

/// A lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// Its id, also in the tags of what is made for it.
    pub id: LeaseId,
    /// What is leased.
    pub kind: LeaseKind,
    /// How far it has come.
    pub phase: Phase,
    /// Who asked for it.
    pub opened_by: Person,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Language of who asked.
    pub locale: Locale,
    /// When it must be over; `None`: when somebody terminates it.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it is being built (or repaired).
    pub building_since: DateTime<Utc>,
    /// When it was first proved complete.
    pub ready_at: Option<DateTime<Utc>>,
    /// When and why closing began.
    pub closing: Option<(DateTime<Utc>, CloseReason)>,
    /// What the pair is made of, for [`LeaseKind::Service`].
    pub service: Option<ServiceSpec>,
    /// Every extension, oldest first.
    pub extensions: Vec<Extension>,
    /// Everything made for it, oldest first.
    pub made: Vec<Made>,
    /// What stopped the last repair; a lease that was ready once is not torn down for it.
    pub setback: Option<Trouble>,
    /// The Discord message that tells of it.
    pub message: Option<MessageRef>,
    /// The closing statement.
    pub receipt: Option<Receipt>,
}

impl Lease {
    /// A lease that was asked for just now and has no end yet.
    pub fn new(
        id: LeaseId,
        kind: LeaseKind,
        opened_by: Person,
        opened_at: DateTime<Utc>,
        locale: Locale,
    ) -> Lease {
        Lease {
            id,
            kind,
            phase: Phase::Opening,
            opened_by,
            opened_at,
            locale,
            expires_at: None,
            building_since: opened_at,
            ready_at: None,
            closing: None,
            service: None,
            extensions: Vec::new(),
            made: Vec::new(),
            setback: None,
            message: None,
            receipt: None,
        }
    }

    /// The owner tags of what is made for this lease.
    pub fn owner(&self) -> Owner {
        Owner {
            lease: self.id.clone(),
            expires_at: self.expires_at,
            opened_by: self.opened_by.id.to_string(),
        }
    }

    /// How much time is left; `None` when it has no end.
    pub fn left(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.expires_at.map(|end| (end - now).max(TimeDelta::zero()))
    }
}

/// One extension of a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Who asked.
    pub by: Person,
    /// When.
    pub at: DateTime<Utc>,
    /// The new end.
    pub until: DateTime<Utc>,
}

/// One AWS resource that was made for a lease: the proof that it is ours, and what it cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// What it is.
    pub kind: MadeKind,
    /// AWS's id of it.
    pub id: String,
    /// Its name: the `Name` tag, or the short service name of an endpoint.
    pub name: String,
    /// When it was made (or first seen, if adopted).
    pub made_at: DateTime<Utc>,
    /// When it was first seen gone.
    pub gone_at: Option<DateTime<Utc>>,
    /// List price while it exists; 0 for what is free.
    pub usd_per_hour: f64,
}

/// What can be [made](Made) for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeKind {
    /// An Elastic IP.
    Address,
    /// A NAT gateway.
    NatGateway,
    /// A security group rule.
    Rule,
    /// An interface endpoint.
    Endpoint,
    /// An instance.
    Instance,
    /// An instance's root volume.
    Volume,
    /// A schedule of the backstop.
    Schedule,
}

impl MadeKind {
    /// As it is written in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            MadeKind::Address => "address",
            MadeKind::NatGateway => "nat-gateway",
            MadeKind::Rule => "rule",
            MadeKind::Endpoint => "endpoint",
            MadeKind::Instance => "instance",
            MadeKind::Volume => "volume",
            MadeKind::Schedule => "schedule",
        }
    }

    /// Whether AWS charges for it.
    pub fn bills(self) -> bool {
        match self {
            MadeKind::Address
            | MadeKind::NatGateway
            | MadeKind::Endpoint
            | MadeKind::Instance
            | MadeKind::Volume => true,
            MadeKind::Rule | MadeKind::Schedule => false,
        }
    }

    /// Gateways and endpoints bill by the started hour, the rest by the second.
    pub fn bills_started_hours(self) -> bool {
        matches!(self, MadeKind::NatGateway | MadeKind::Endpoint)
    }
}

/// Where a message of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// Discord channel id.
    pub channel_id: u64,
    /// Discord message id.
    pub message_id: u64,
}
