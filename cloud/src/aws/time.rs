//! AWS's time, learned from the `Date` of its answers.
//!
//! doorman lives by its own clock, which may be wrong. Calls are signed by AWS's, because AWS refuses what is signed at
//! another time, and what AWS says of times is read into doorman's, so that all spans are between times of one clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use chrono::{DateTime, TimeDelta, Utc};
use tracing::warn;

use super::calls;
use super::failure::AHEAD;
use crate::clock::Clock;

/// Two clocks that differ by no more agree well enough for everything doorman does.
pub const CLOCKS_AGREE: TimeDelta = TimeDelta::seconds(5);

/// AWS's time by doorman's clock; clones learn together. Installed in every client as an interceptor.
#[derive(Clone, Debug)]
pub(super) struct AwsTime {
    clock: Clock,
    /// By how many milliseconds doorman's clock is ahead of AWS's.
    ahead_ms: Arc<AtomicI64>,
}

impl AwsTime {
    /// Until AWS answers, the clock counts as right.
    pub(super) fn by(clock: &Clock) -> AwsTime {
        AwsTime { clock: clock.clone(), ahead_ms: Arc::default() }
    }

    /// By how much doorman's clock is ahead of AWS's, as far as answers can tell; negative: behind.
    pub(super) fn ahead(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// An answer of that date, which has no parts of seconds, to what was sent and received at these times of doorman's.
    /// What was learned before stays as long as it is possible: a clock that is right is never corrected.
    fn learn(&self, sent: DateTime<Utc>, received: DateTime<Utc>, date: DateTime<Utc>) {
        let (least, most) = (sent - date - TimeDelta::seconds(1), received - date);
        // The clock was set back in between.
        if least > most {
            return;
        }
        let before = self.ahead();
        let now = if (least..=most).contains(&before) { before } else { least + (most - least) / 2 };
        self.ahead_ms.store(now.num_milliseconds(), Ordering::Relaxed);
        if before.abs() <= CLOCKS_AGREE && now.abs() > CLOCKS_AGREE {
            warn!("the clock of this machine differs from AWS's by {} s", now.num_seconds());
        }
    }
}

/// What calls are signed by, and by what credentials expire. The SDK's own default is the machine's clock.
impl TimeSource for AwsTime {
    fn now(&self) -> SystemTime {
        (self.clock.now() - self.ahead()).into()
    }
}

/// When a request was sent, by doorman's clock, and by how much that was believed to be ahead.
#[derive(Clone, Copy, Debug)]
struct Sent {
    at: DateTime<Utc>,
    ahead: TimeDelta,
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for AwsTime {
    fn name(&self) -> &'static str {
        "doorman::AwsTime"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Sent { at: self.clock.now(), ahead: self.ahead() });
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if let Some((sent, date)) = bag.load::<Sent>().zip(date(response)) {
            let signed_ahead = sent.at - sent.ahead - date;
            response.headers_mut().insert(AHEAD, signed_ahead.num_seconds().to_string());
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(response) = context.response() else { return Ok(()) };
        // What something between doorman and AWS answers is not AWS's time.
        let is_of_aws = matches!(context.output_or_error(), Some(Ok(_))) || calls::code(response).is_some();
        if let Some((sent, date)) = bag.load::<Sent>().zip(date(response)).filter(|_| is_of_aws) {
            self.learn(sent.at, self.clock.now(), date);
        }
        Ok(())
    }
}

/// The time at which an answer was written.
fn date(response: &HttpResponse) -> Option<DateTime<Utc>> {
    let date = DateTime::parse_from_rfc2822(response.headers().get("date")?).ok()?;
    Some(date.to_utc())
}

#[cfg(test)]
mod tests {
    use chrono::SubsecRound;
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-22T03:00:00Z".parse().expect("a date")
    }

    #[test]
    fn a_clock_that_is_right_is_never_corrected() {
        let time = AwsTime::by(&Clock::standing_at(noon()));
        for (sent, received) in [(0, 0), (100, 950), (999, 1_000), (400, 60_000)] {
            let at = |ms| noon() + TimeDelta::milliseconds(ms);
            for answered in [sent, received] {
                time.learn(at(sent), at(received), at(answered).trunc_subsecs(0));
                assert_eq!(time.ahead(), TimeDelta::zero(), "{sent} {received} {answered}");
            }
        }
    }

    #[test]
    fn a_clock_that_is_set_back_between_question_and_answer_teaches_nothing() {
        let time = AwsTime::by(&Clock::standing_at(noon()));
        time.learn(noon() + TimeDelta::hours(1), noon(), noon());
        assert_eq!(time.ahead(), TimeDelta::zero());
    }

    proptest! {
        #[test]
        fn a_wrong_clock_is_known_within_a_second_and_an_answer_more_than_it_takes(
            ahead_ms in -3_600_000..3_600_000_i64,
            at_ms in 0..2_000_i64,
            took_ms in 0..5_000_i64,
        ) {
            let time = AwsTime::by(&Clock::standing_at(noon()));
            let ahead = TimeDelta::milliseconds(ahead_ms);
            let sent = noon() + TimeDelta::milliseconds(at_ms);
            let received = sent + TimeDelta::milliseconds(took_ms);
            time.learn(sent + ahead, received + ahead, sent.trunc_subsecs(0));
            let wrong = (time.ahead() - ahead).abs();
            prop_assert!(wrong <= TimeDelta::milliseconds(1_001 + took_ms), "{wrong}");
        }
    }
}
