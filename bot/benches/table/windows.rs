//! How late windows close.
//!
//! The windows are short, so that two hundred fit into a minute or so; that they end, and when, goes the same
//! way as for a window of hours: one timer for the next end.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_sandbox::aws::{FaultKind, Item, Timing};
use futures::future::join_all;

use crate::process::Bot;
use crate::report::{Samples, Table, ms};

/// How windows are measured.
struct Day {
    /// Bots side by side, each with a world of its own.
    bots: usize,
    /// Windows of each, one after another.
    windows: usize,
    settings: &'static str,
    /// Of all calls one in so many goes wrong.
    failing: Option<usize>,
}

/// Ends are at whole seconds, so these stay open for two to three seconds.
const GOOD: Day = Day {
    bots: 10,
    windows: 20,
    settings: "[stack.nat]\ndefault = \"3s\"\nminimum = \"1s\"\n",
    failing: None,
};
/// A creation whose answer is lost is looked for for 15 seconds, so these are long enough to have a gateway all the
/// same.
const BAD: Day = Day {
    bots: 20,
    windows: 10,
    settings: "[stack.nat]\ndefault = \"25s\"\nminimum = \"1s\"\n",
    failing: Some(20),
};
/// Added to every call of AWS.
const LATENCY: Duration = Duration::from_millis(100);
const GOAL: Duration = Duration::from_secs(1);

/// On a good day, and on a bad one.
pub(crate) async fn measure(table: &mut Table) {
    let late = lateness(&GOOD).await;
    let what = format!("lateness of closing, {} windows", late.count());
    table.goal(&what, told(&late), "≤ 1 s", late.longest() <= GOAL);

    let late = lateness(&BAD).await;
    table.tell(&format!("the same, 5 % of all calls failing, {} windows", late.count()), told(&late));
}

fn told(late: &Samples) -> String {
    format!("p50 {}, p99 {}, at most {}", ms(late.median()), ms(late.percentile(99)), ms(late.longest()))
}

async fn lateness(day: &Day) -> Samples {
    Samples::of(join_all((0..day.bots).map(|_| one_bot(day))).await.into_iter().flatten())
}

async fn one_bot(day: &Day) -> Vec<Duration> {
    let bot = Bot::start_with(day.settings).await;
    bot.stage.world.aws.set_timing(Timing::instant());
    bot.stage.world.aws.set_latency(LATENCY);
    bot.quiet().await;
    if let Some(nth) = day.failing {
        let refuse = |status, code: &str| FaultKind::Refuse {
            status,
            code: code.to_owned(),
            message: "Refused by the benchmark.".to_owned(),
        };
        let kinds = vec![
            refuse(503, "RequestLimitExceeded"),
            FaultKind::LoseAnswer,
            refuse(500, "InternalError"),
            FaultKind::GarbleAnswer,
        ];
        bot.stage.world.aws.faults().every(nth, kinds);
    }
    let mut late = Vec::new();
    for _ in 0..day.windows {
        bot.stage.world.aws.clear_calls();
        let window = bot.ask("/nat open").await;
        let end = end(&bot).await;
        bot.stage.reads(&window.id, "Nothing keeps billing").await;
        let late_by = accepted(&bot).signed_duration_since(end);
        late.push(late_by.to_std().expect("never closed before its end"));
    }
    late
}

/// When the window ends, as the tags of its gateway say.
async fn end(bot: &Bot) -> DateTime<Utc> {
    let is_ours = |item: &Item| item.kind == "nat-gateway" && item.state != "deleted";
    let end = |item: &Item| item.tags.get("doorman:expires-at")?.parse().ok();
    bot.finds("the gateway", |item| is_ours(item).then(|| end(item)).flatten()).await
}

/// When AWS took the call that deletes the gateway: from then on it does not bill.
fn accepted(bot: &Bot) -> DateTime<Utc> {
    let calls = bot.stage.world.aws.calls();
    // Of the faults here, those that leave no answer or a broken one come after the effect.
    let took = |outcome: &str| ["ok", "dropped", "garbled"].contains(&outcome);
    let deleted = calls.iter().find(|call| call.operation == "DeleteNatGateway" && took(&call.outcome));
    let deleted = deleted.expect("the gateway was deleted by the bot");
    deleted.at + TimeDelta::from_std(deleted.finished - deleted.started).expect("a short time")
}
