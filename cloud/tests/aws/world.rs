//! An account of the sandbox, and doorman's view of it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::aws::{Aws, Options};
use doorman_cloud::clock::Clock;
use doorman_cloud::observed::Observed;
use doorman_cloud::step::{Change, Failure, Step};
use doorman_cloud::tags::Owner;
use doorman_config::Settings;
use doorman_sandbox::aws::{self as sandbox, AwsOptions, FaultKind, FaultRule, Item, Timing};

/// How long one attempt may take in these tests: a real limit, only shorter.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(400);

/// Settings with every default, which is the reference stack.
pub(crate) fn settings() -> Settings {
    Settings::from_toml(
        "[discord]\nguild_id = '1100000000000000001'\nchannel_id = '1100000000000000002'\n\
         [[policy.grant]]\nrole_id = '1100000000000000003'\nverbs = ['nat']\n",
    )
    .expect("complete settings")
}

/// The sandbox's account with time that stands still until it is moved, and a connection to it.
pub(crate) struct World {
    pub(crate) sandbox: sandbox::Aws,
    pub(crate) aws: Aws,
    pub(crate) clock: Clock,
}

impl World {
    /// The reference network, where everything takes the time it takes at AWS.
    pub(crate) async fn start() -> Self {
        Self::with(Timing::default()).await
    }

    pub(crate) async fn with(timing: Timing) -> Self {
        let clock = Clock::standing_at(moment("2026-11-23T09:00:00Z"));
        let time = clock.clone();
        let options = AwsOptions { timing, ..AwsOptions::new(Arc::new(move || time.now())) };
        let sandbox = sandbox::Aws::start(options).await.expect("the sandbox starts");
        let aws = Aws::connect(&settings(), &clock, local(sandbox.url())).await;
        Self { sandbox, aws, clock }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub(crate) async fn look(&self) -> Observed {
        self.aws.observe(self.clock.now()).await.expect("an observation")
    }

    /// Applies a step and folds what it did into what is known.
    pub(crate) async fn apply(&self, step: &Step, observed: &mut Observed) -> Vec<Change> {
        let changes = self.aws.apply(step).await.unwrap_or_else(|failure| panic!("{step:?}: {failure}"));
        changes.iter().cloned().for_each(|change| observed.fold(change));
        changes
    }

    pub(crate) async fn refused(&self, step: &Step) -> Failure {
        match self.aws.apply(step).await {
            Ok(changes) => panic!("{step:?} went through: {changes:?}"),
            Err(failure) => failure,
        }
    }

    /// The next call of that operation meets the fault.
    pub(crate) fn fault(&self, operation: &str, kind: FaultKind) {
        self.faults(operation, kind, 1);
    }

    pub(crate) fn faults(&self, operation: &str, kind: FaultKind, times: usize) {
        self.sandbox.faults().add(FaultRule { operation: operation.to_owned(), skip: 0, times, kind });
    }

    /// What exists of a kind in the account, in the states that are not over.
    pub(crate) fn alive(&self, kind: &str) -> Vec<Item> {
        let over = ["deleted", "terminated"];
        let all = self.sandbox.inventory().into_iter();
        all.filter(|item| item.kind == kind && !over.contains(&item.state.as_str())).collect()
    }

    /// How often an operation reached the account.
    pub(crate) fn times(&self, operation: &str) -> usize {
        self.sandbox.calls().iter().filter(|call| call.operation == operation).count()
    }
}

pub(crate) fn local(url: String) -> Options {
    Options {
        endpoint_url: Some(url),
        static_credentials: Some(("AKIDEXAMPLE".to_owned(), "example".to_owned())),
        attempt: Some(ATTEMPT),
    }
}

pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// A lease's tags.
pub(crate) fn owner() -> Owner {
    Owner {
        lease: "01jnas2v8m3k4q5r6s7t8v9w0x".into(),
        expires_at: Some(moment("2026-11-23T09:30:00Z")),
        opened_by: "1100000000000000009".to_owned(),
    }
}

pub(crate) fn refuse(status: u16, code: &str, message: &str) -> FaultKind {
    FaultKind::Refuse { status, code: code.to_owned(), message: message.to_owned() }
}
