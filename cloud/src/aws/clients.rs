//! The clients of the services, and how often they were used.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::registry::Registry;
use tokio::sync::OnceCell;

use super::calls::Calls;
use super::sign_in::SignIn;
use super::tagging::moment;
use super::time::AwsTime;

/// A connection to AWS in one region; clones share everything.
#[derive(Clone, Debug)]
pub struct Aws {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    /// For what may be repeated: reads, removals, creations with a client token.
    pub(super) ec2: aws_sdk_ec2::Client,
    /// For creations without a client token: sends once.
    pub(super) ec2_once: aws_sdk_ec2::Client,
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) scheduler: aws_sdk_scheduler::Client,
    pub(super) ssm: aws_sdk_ssm::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) quotas: aws_sdk_servicequotas::Client,
    pub(super) region: String,
    pub(super) profile: Option<String>,
    pub(super) sign_in: Option<SignIn>,
    /// Once it was asked for.
    pub(super) account: OnceCell<String>,
    pub(super) calls: Calls,
    pub(super) time: AwsTime,
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

    /// How a person signs in again when there are no credentials, if theirs come from such a profile.
    pub fn sign_in(&self) -> Option<&SignIn> {
        self.inner.sign_in.as_ref()
    }

    /// Requests sent so far, retries included.
    pub fn calls(&self) -> u64 {
        self.inner.calls.total()
    }

    /// Requests sent so far by operation, such as `DescribeVpcs`.
    pub fn calls_by_operation(&self) -> std::collections::BTreeMap<String, u64> {
        self.inner.calls.by_operation()
    }

    /// Has the requests to AWS among the metrics, retries included: `aws_calls_total` by operation and result.
    pub fn register(&self, registry: &mut Registry) {
        self.inner.calls.register(registry);
    }

    /// By how much doorman's clock is ahead of AWS's, as far as answers can tell; negative: behind.
    pub fn clock_ahead(&self) -> TimeDelta {
        self.inner.time.ahead()
    }

    /// A moment that AWS tells of, by doorman's clock: whatever is counted from it is counted by one clock.
    pub(crate) fn moment(&self, time: Option<&aws_smithy_types::DateTime>) -> DateTime<Utc> {
        let told = moment(time);
        if time.is_some() { told + self.clock_ahead() } else { told }
    }

    /// A moment of doorman's clock by AWS's.
    pub(crate) fn by_their_clock(&self, ours: DateTime<Utc>) -> DateTime<Utc> {
        ours - self.clock_ahead()
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
