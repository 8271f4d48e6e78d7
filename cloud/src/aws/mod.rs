//! AWS, as far as every kind of resource needs it: clients, what a failure means, tags, whole answers, and what is
//! offered. It knows no resource; how one is listed and changed is in the `aws.rs` of its kind.
//!
//! EC2 does not model its errors, so what a failure means is decided by its code in `failure`. Calls
//! that can be repeated blindly are retried by the SDK for a moment; a creation that has no client
//! token is sent once, because a repetition after a lost answer would make a second one.

mod calls;
mod connect;
mod failure;
mod offer;
mod pages;
pub(crate) mod tagging;
mod whole;

use std::sync::Arc;

pub use self::connect::Options;

pub(crate) use self::failure::{Call, NO_CREDENTIALS};
pub(crate) use self::pages::all;

use self::calls::Calls;

/// A connection to AWS in one region; clones share everything.
#[derive(Clone, Debug)]
pub struct Aws {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// For what may be repeated: reads, removals, creations with a client token.
    ec2: aws_sdk_ec2::Client,
    /// For creations without a client token: sends once.
    ec2_once: aws_sdk_ec2::Client,
    iam: aws_sdk_iam::Client,
    scheduler: aws_sdk_scheduler::Client,
    ssm: aws_sdk_ssm::Client,
    sts: aws_sdk_sts::Client,
    quotas: aws_sdk_servicequotas::Client,
    region: String,
    profile: Option<String>,
    calls: Calls,
}

impl Aws {
    /// The region everything is in.
    pub fn region(&self) -> &str {
        &self.inner.region
    }

    /// The profile the credentials come from, if the settings name one.
    pub fn profile(&self) -> Option<&str> {
        self.inner.profile.as_deref()
    }

    /// Requests sent so far, retries included.
    pub fn calls(&self) -> u64 {
        self.inner.calls.total()
    }

    /// Requests sent so far by operation, such as `DescribeVpcs`.
    pub fn calls_by_operation(&self) -> std::collections::BTreeMap<String, u64> {
        self.inner.calls.by_operation()
    }

    pub(crate) fn ec2(&self) -> &aws_sdk_ec2::Client {
        &self.inner.ec2
    }

    pub(crate) fn ec2_once(&self) -> &aws_sdk_ec2::Client {
        &self.inner.ec2_once
    }

    pub(crate) fn iam(&self) -> &aws_sdk_iam::Client {
        &self.inner.iam
    }

    pub(crate) fn scheduler(&self) -> &aws_sdk_scheduler::Client {
        &self.inner.scheduler
    }

    pub(crate) fn ssm(&self) -> &aws_sdk_ssm::Client {
        &self.inner.ssm
    }

    pub(crate) fn sts(&self) -> &aws_sdk_sts::Client {
        &self.inner.sts
    }

    pub(crate) fn quotas(&self) -> &aws_sdk_servicequotas::Client {
        &self.inner.quotas
    }
}
