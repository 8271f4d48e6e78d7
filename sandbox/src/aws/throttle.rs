//! How many requests EC2 takes: for each operation a bucket of tokens that fills again. Source: Amazon EC2 Developer Guide,
//! "Request throttling for the Amazon EC2 API", request token limits. The operations that have buckets of their own there
//! are in the class of their like here.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use super::refusal::{Answer, Refusal};
use super::request::{Body, Request, Service};

/// A bucket of one operation.
#[derive(Clone, Copy)]
struct Size {
    /// Tokens in a full one.
    most: f64,
    /// Tokens that come back each second.
    refill: f64,
}

/// Reading operations.
const READING: Size = Size { most: 100.0, refill: 20.0 };
/// Reading operations that are asked for everything at once.
const READING_ALL: Size = Size { most: 50.0, refill: 10.0 };
/// Operations that change something.
const CHANGING: Size = Size { most: 50.0, refill: 5.0 };

/// What a parameter of a reading operation begins with that asks for less than everything.
const NARROWS: [&str; 2] = ["Filter", "MaxResults"];

struct Bucket {
    tokens: f64,
    filled: (DateTime<Utc>, Instant),
}

/// The buckets of an account, by operation and class.
#[derive(Default)]
pub(crate) struct Throttle {
    buckets: BTreeMap<(String, bool), Bucket>,
}

impl Throttle {
    /// Takes a token for a request, unless none is left. A second has passed when one has on AWS's clock, or on ours.
    pub(crate) fn take(&mut self, request: &Request, changes: bool, now: DateTime<Utc>) -> Answer<()> {
        let Body::Query(parameters) = &request.body else { return Ok(()) };
        if request.service != Service::Ec2 {
            return Ok(());
        }
        let narrows = |name: &String| {
            NARROWS.iter().any(|narrow| name.starts_with(narrow))
                || name.contains("Id.")
                || name.ends_with("Id")
        };
        let all = !changes && !parameters.keys().any(narrows);
        let size = match (changes, all) {
            (true, _) => CHANGING,
            (false, true) => READING_ALL,
            (false, false) => READING,
        };
        let full = || Bucket { tokens: size.most, filled: (now, Instant::now()) };
        let bucket = self.buckets.entry((request.operation.clone(), all)).or_insert_with(full);
        let (at, ours) = bucket.filled;
        let passed = (now - at).max(TimeDelta::from_std(ours.elapsed()).unwrap_or(TimeDelta::MAX));
        bucket.tokens = (bucket.tokens + passed.as_seconds_f64().max(0.0) * size.refill).min(size.most);
        bucket.filled = (now, Instant::now());
        if bucket.tokens < 1.0 {
            return Err(Refusal::new("RequestLimitExceeded", "Request limit exceeded.").status(503));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn request(operation: &str, parameters: &[&str]) -> Request {
        let body = parameters.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        Request {
            service: Service::Ec2,
            operation: operation.to_owned(),
            access_key: String::new(),
            region: String::new(),
            body: Body::Query(body),
        }
    }

    /// How many of a thousand requests at once are taken.
    fn taken(throttle: &mut Throttle, request: &Request, changes: bool, now: DateTime<Utc>) -> usize {
        (0..1000).filter(|_| throttle.take(request, changes, now).is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn each_operation_has_a_bucket_that_fills_again_by_either_clock() {
        let (mut throttle, now) = (Throttle::default(), DateTime::UNIX_EPOCH);
        let (all, some) = (request("DescribeVpcs", &[]), request("DescribeVpcs", &["Filter.1.Name"]));
        assert_eq!(taken(&mut throttle, &all, false, now), 50);
        assert_eq!(taken(&mut throttle, &some, false, now), 100);
        assert_eq!(taken(&mut throttle, &request("DescribeSubnets", &["SubnetId.1"]), false, now), 100);
        assert_eq!(taken(&mut throttle, &request("CreateTags", &[]), true, now), 50);
        assert_eq!(taken(&mut throttle, &all, false, now + TimeDelta::seconds(2)), 20);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(taken(&mut throttle, &all, false, now + TimeDelta::seconds(2)), 30);
        let refusal = throttle.take(&all, false, now + TimeDelta::seconds(2)).expect_err("too many");
        assert_eq!((refusal.code.as_str(), refusal.status), ("RequestLimitExceeded", 503));
    }
}
