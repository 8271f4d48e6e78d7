//! The keeper against the strict AWS of the sandbox: a window from lease to receipt.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::aws::{Aws, Options};
use doorman_cloud::clock::Clock;
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::{LeaseKind, Person, Phase};
use doorman_cloud::store::Store;
use doorman_config::{Locale, Settings};
use doorman_sandbox::aws::{Aws as SandboxAws, AwsOptions, Seed};
use tokio_util::sync::CancellationToken;

struct Stage {
    clock: Clock,
    aws: SandboxAws,
    keeper: Keeper,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

fn settings() -> Settings {
    let text = "[discord]\nguild_id = \"11111111111111111\"\nchannel_id = \"22222222222222222\"\n\
                [[policy.grant]]\nrole_id = \"33333333333333333\"\nverbs = [\"nat\"]\n";
    Settings::from_toml(text).expect("the smallest settings are complete")
}

fn noon() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().expect("a date")
}

fn ann() -> Person {
    Person { id: 7, name: "Ann".to_owned() }
}

impl Stage {
    /// Everything up and the keeper running, on time that goes 200 times as fast.
    async fn set() -> Stage {
        let clock = Clock::standing_at(noon());
        clock.set_rate(200.0);
        let now = {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        };
        let mut options = AwsOptions::new(now);
        options.seed = Seed::ReferenceNetwork;
        let aws = SandboxAws::start(options).await.expect("a free port on loopback");
        let settings = settings();
        let options = Options {
            endpoint_url: Some(aws.url()),
            static_credentials: Some(("AKIAEXAMPLE".to_owned(), "secret".to_owned())),
            ..Options::default()
        };
        let client = Aws::connect(&settings, options).await;
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("doorman.db")).await.expect("a new store");
        let keeper = Keeper::new(client, store, &settings, clock.clone());
        let stop = CancellationToken::new();
        tokio::spawn({
            let (keeper, stop) = (keeper.clone(), stop.clone());
            async move { keeper.run(stop).await }
        });
        Stage { clock, aws, keeper, stop, _folder: folder }
    }

    async fn until(&self, what: &str, holds: impl Fn(&View) -> bool) -> Arc<View> {
        let mut views = self.keeper.watch();
        let wait = views.wait_for(|view| holds(view));
        match tokio::time::timeout(Duration::from_secs(30), wait).await {
            Ok(view) => Arc::clone(&view.expect("the keeper runs")),
            Err(_) => panic!("never: {what}; last: {:#?}", self.keeper.watch().borrow()),
        }
    }

    fn billing(&self) -> Vec<String> {
        let inventory = self.aws.inventory();
        let billing = inventory.into_iter().filter(|item| item.managed && item.usd_per_hour.is_some());
        billing.map(|item| format!("{} {}", item.kind, item.state)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_opens_and_closes_by_itself() {
    let stage = Stage::set().await;
    let until = stage.clock.now() + TimeDelta::minutes(30);
    stage.keeper.open_window(&ann(), Locale::EnUs, until).await.expect("leased");
    let open = stage
        .until("ready", |view| view.lease(LeaseKind::NatWindow).is_some_and(|l| l.phase == Phase::Ready))
        .await;
    println!("ready after {}", open.at - noon());
    let mut billing = stage.billing();
    billing.sort();
    assert_eq!(billing, ["elastic-ip associated", "nat-gateway available"]);
    let closed = stage.until("closed", |view| view.leases.iter().any(|l| l.receipt.is_some())).await;
    let receipt = closed.leases[0].receipt.clone().expect("a receipt");
    println!("{receipt:#?}");
    assert_eq!(stage.billing(), Vec::<String>::new());
    stage.stop.cancel();
    println!("{} calls", stage.aws.calls().len());
}
