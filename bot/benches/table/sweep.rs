//! What a sweep costs: the look that the keeper takes every minute, whether or not there is anything to do.

use std::time::Duration;

use chrono::TimeDelta;
use doorman_cloud::clock::Clock;
use doorman_cloud::ids::LeaseId;
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{Lease, LeaseKind, Made, Person, Phase, Receipt};
use doorman_cloud::prices::Price;
use doorman_cloud::store::Store;
use doorman_cloud::switchboard::inventory::parts;
use doorman_config::Locale;
use tokio::time::sleep;

use crate::process::Bot;
use crate::report::{Samples, Table, ms};

/// Leases in the store, all closed within the last hour, which is as long as they are still looked at.
const LEASES: usize = 200;
/// How many sweeps are measured; there is one a minute.
const SWEEPS: usize = 3;
/// Between two sweeps nothing is asked for longer than this, and within one never.
const APART: TimeDelta = TimeDelta::seconds(5);

pub(crate) async fn measure(table: &mut Table) {
    for leases in [0, LEASES] {
        let bot = Bot::start_on("", async |store| fill(store, leases).await).await;
        bot.quiet().await;
        bot.stage.world.aws.clear_calls();
        while sweeps(&bot).len() <= SWEEPS {
            sleep(Duration::from_secs(1)).await;
        }
        let sweeps = sweeps(&bot);
        let calls = sweeps[0].0;
        let took = Samples::of(sweeps.iter().take(SWEEPS).map(|(_, took)| *took));
        let measured = format!("{calls} calls, {}, at most {}", ms(took.median()), ms(took.longest()));
        table.tell(&format!("a sweep over {leases} leases"), measured);
    }
}

/// Calls and time of each sweep so far, from its first request to its last answer.
fn sweeps(bot: &Bot) -> Vec<(usize, Duration)> {
    let calls = bot.stage.world.aws.calls();
    let sweeps = calls.chunk_by(|one, next| next.at - one.at < APART);
    sweeps
        .map(|calls| {
            let began = calls.iter().map(|call| call.started).min().expect("not empty");
            let ended = calls.iter().map(|call| call.finished).max().expect("not empty");
            (calls.len(), ended - began)
        })
        .collect()
}

/// Windows as they are after an hour of testing something.
async fn fill(store: &Store, leases: usize) {
    let now = Clock::system().now();
    for number in 0..leases {
        let opened_at = now - TimeDelta::seconds(3000) + TimeDelta::seconds(number as i64);
        let id = LeaseId::generate(opened_at);
        let made = |kind: Kind| Made {
            kind,
            id: format!("{}-{number}", kind.as_str()),
            name: "My-NAT".to_owned(),
            made_at: opened_at,
            gone_at: Some(opened_at + TimeDelta::minutes(5)),
            price: kind.billing().map_or(Price::Free, |by| Price::Hourly { usd: 0.01, by }),
        };
        let kinds = [Kind::Address, Kind::NatGateway, Kind::Rule, Kind::Schedule];
        let mut lease = Lease {
            expires_at: Some(opened_at + TimeDelta::minutes(5)),
            ..Lease::new(
                id,
                LeaseKind::NatWindow,
                Person { id: 7, name: "operator".to_owned() },
                opened_at,
                Locale::EnUs,
            )
        };
        store.of("main").put_lease(&lease).await.expect("a lease");
        lease.made = kinds.into_iter().map(made).collect();
        lease.phase = Phase::Closed;
        lease.receipt = Some(Receipt {
            closed_at: opened_at + TimeDelta::minutes(5),
            late_s: 0,
            items: Vec::new(),
            usd: 0.07,
            prices_as_of: None,
            looked_at: opened_at + TimeDelta::minutes(5),
            gone: parts(&lease),
            left: Vec::new(),
        });
        store.save_lease(&lease).await.expect("a receipt");
        store.of("main").mark_told(&format!("receipt:{}", lease.id), now).await.expect("told");
    }
}
