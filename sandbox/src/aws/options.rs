//! What the sandbox's AWS is started with.

use std::net::SocketAddr;
use std::time::Duration;

use crate::Now;

/// How to start an [`Aws`](super::Aws).
pub struct AwsOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The time of this world. It may run faster than real time, never backwards.
    pub now: Now,
    /// How long things take.
    pub timing: Timing,
    /// What exists at the start.
    pub seed: Seed,
    /// The one region this account has anything in.
    pub region: String,
    /// Twelve digits.
    pub account_id: String,
}

impl AwsOptions {
    /// The reference network in Seoul, on a free port of loopback, with realistic durations.
    pub fn new(now: Now) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            now,
            timing: Timing::default(),
            seed: Seed::ReferenceNetwork,
            region: "ap-northeast-2".to_owned(),
            account_id: "123456789012".to_owned(),
        }
    }
}

/// What exists at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// An account with nothing in it, not even a default VPC.
    Empty,
    /// The network of the reference stack: `My-VPC`, six subnets, `my-igw`, two route tables, three groups.
    ReferenceNetwork,
}

/// How long things take, in the world's time. The defaults are what was measured against AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// A NAT gateway from created to available (or failed).
    pub nat_pending: Duration,
    /// A NAT gateway from deleting to deleted.
    pub nat_deleting: Duration,
    /// How long an address stays locked after its gateway is deleted.
    pub address_lock_after_delete: Duration,
    /// An interface endpoint from pending to available.
    pub endpoint_pending: Duration,
    /// An interface endpoint from deleting to gone.
    pub endpoint_deleting: Duration,
    /// An instance from pending to running.
    pub instance_pending: Duration,
    /// An instance from shutting-down to terminated, and from stopping to stopped.
    pub instance_terminating: Duration,
    /// The agent's first attempt to reach Systems Manager, counted from running or from a reboot.
    pub agent_registration: Duration,
    /// How long EC2 does not know a new instance profile yet.
    pub profile_propagation: Duration,
    /// How long services cannot assume a new role yet.
    pub role_propagation: Duration,
    /// How exact schedules are: one fires up to this much after its time, less a second.
    pub schedule_precision: Duration,
    /// What Automation takes for a step beyond what the step itself waits for.
    pub automation_step: Duration,
    /// How long any new thing is "not found" and missing from Describe.
    pub consistency: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            nat_pending: Duration::from_secs(95),
            nat_deleting: Duration::from_secs(50),
            address_lock_after_delete: Duration::from_secs(10),
            endpoint_pending: Duration::from_secs(75),
            endpoint_deleting: Duration::from_secs(30),
            instance_pending: Duration::from_secs(12),
            instance_terminating: Duration::from_secs(25),
            agent_registration: Duration::from_secs(40),
            profile_propagation: Duration::from_secs(8),
            role_propagation: Duration::from_secs(8),
            schedule_precision: Duration::from_secs(60),
            automation_step: Duration::from_secs(1),
            consistency: Duration::ZERO,
        }
    }
}

impl Timing {
    /// Everything happens by the next call: for tests that are not about waiting.
    pub fn instant() -> Self {
        Self {
            nat_pending: Duration::ZERO,
            nat_deleting: Duration::ZERO,
            address_lock_after_delete: Duration::ZERO,
            endpoint_pending: Duration::ZERO,
            endpoint_deleting: Duration::ZERO,
            instance_pending: Duration::ZERO,
            instance_terminating: Duration::ZERO,
            agent_registration: Duration::ZERO,
            profile_propagation: Duration::ZERO,
            role_propagation: Duration::ZERO,
            schedule_precision: Duration::ZERO,
            automation_step: Duration::ZERO,
            consistency: Duration::ZERO,
        }
    }
}
