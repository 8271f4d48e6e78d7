//! The only code that names the AWS SDK.
//!
//! [`Aws::observe`] is one parallel round of reading calls turned into plain data, [`Aws::apply`] is one
//! mutation, [`Aws::offer`] and [`Aws::check`] answer questions. There is one file for each kind of
//! resource, with how it is listed, read and changed; `observe` and `apply` only bring them together.
//!
//! EC2 does not model its errors, so what a failure means is decided by its code in `failure`. Calls
//! that can be repeated blindly are retried by the SDK for a moment; a creation that has no client
//! token is sent once, because a repetition after a lost answer would make a second one.

mod address;
mod agent;
mod apply;
mod calls;
mod check;
mod connect;
mod endpoint;
mod failure;
mod gateway;
mod group;
mod instance;
mod network;
mod observe;
mod offer;
mod role;
mod route;
mod runbook;
mod schedule;
mod tagging;
mod volume;
mod whole;

use std::sync::Arc;

use doorman_config::Stack;

pub use self::connect::Options;

use self::calls::Calls;

/// AWS, as far as one stack needs it; clones share everything.
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
    stack: Stack,
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

    fn ec2(&self) -> &aws_sdk_ec2::Client {
        &self.inner.ec2
    }

    fn ec2_once(&self) -> &aws_sdk_ec2::Client {
        &self.inner.ec2_once
    }

    fn iam(&self) -> &aws_sdk_iam::Client {
        &self.inner.iam
    }

    fn scheduler(&self) -> &aws_sdk_scheduler::Client {
        &self.inner.scheduler
    }

    fn ssm(&self) -> &aws_sdk_ssm::Client {
        &self.inner.ssm
    }

    fn stack(&self) -> &Stack {
        &self.inner.stack
    }
}
