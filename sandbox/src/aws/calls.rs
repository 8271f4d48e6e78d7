//! The log of calls: what was asked, when, and how it ended.

use std::time::Instant;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use super::iam::authority::Demand;

/// One call that arrived.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service it was for, by its signing name: `ec2`, `iam`, `sts`, `ssm`, `scheduler`,
    /// `servicequotas`.
    pub service: &'static str,
    /// The operation, such as `CreateNatGateway`.
    pub operation: String,
    /// When it arrived, in real time.
    pub started: Instant,
    /// When its answer left, in real time.
    pub finished: Instant,
    /// When it arrived, in the world's time.
    pub at: DateTime<Utc>,
    /// `ok`, AWS's error code, `dropped` when no answer was given, or `garbled`.
    pub outcome: String,
    /// Whether it could have changed something: a changing operation that is not a dry run.
    pub mutating: bool,
    /// The ARN of who made it; empty when nobody got to ask.
    pub principal: String,
    /// The permissions that it needs.
    pub demands: Vec<Demand>,
    /// The first of them that whoever made it does not have.
    pub denied: Option<Demand>,
}

#[derive(Default)]
pub(crate) struct Calls {
    log: Mutex<Vec<Call>>,
}

impl Calls {
    /// Every finished call, in the order of arrival.
    pub(crate) fn all(&self) -> Vec<Call> {
        let mut all = self.log.lock().clone();
        all.sort_by_key(|call| call.started);
        all
    }

    pub(crate) fn clear(&self) {
        self.log.lock().clear();
    }
}

/// A call on its way. It reaches the log when dropped, so that one whose client gave up is there too.
pub(crate) struct Pending<'a> {
    calls: &'a Calls,
    call: Call,
}

impl<'a> Pending<'a> {
    pub(crate) fn new(
        calls: &'a Calls,
        service: &'static str,
        operation: &str,
        mutating: bool,
        at: DateTime<Utc>,
    ) -> Self {
        let started = Instant::now();
        let outcome = "dropped".to_owned();
        let call = Call {
            service,
            operation: operation.to_owned(),
            started,
            finished: started,
            at,
            outcome,
            mutating,
            principal: String::new(),
            demands: Vec::new(),
            denied: None,
        };
        Self { calls, call }
    }

    /// Says who makes it, what it needs, and what of that is missing.
    pub(crate) fn asks(&mut self, principal: String, demands: Vec<Demand>, denied: Option<Demand>) {
        self.call.principal = principal;
        self.call.demands = demands;
        self.call.denied = denied;
    }

    /// Says how it ended; until then it counts as dropped.
    pub(crate) fn ended(&mut self, outcome: &str) {
        outcome.clone_into(&mut self.call.outcome);
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.call.finished = Instant::now();
        self.calls.log.lock().push(self.call.clone());
    }
}
