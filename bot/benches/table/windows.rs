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

/// Bots side by side, each with a world of its own.
const BOTS: usize = 10;
/// Windows of each, one after another.
const WINDOWS: usize = 20;
/// Ends are at whole seconds, so these stay open for two to three seconds.
const SETTINGS: &str = "[stack.nat]\ndefault = \"3s\"\nminimum = \"1s\"\n";
/// Added to every call of AWS.
const LATENCY: Duration = Duration::from_millis(100);
const GOAL: Duration = Duration::from_secs(1);

/// Settings of windows that are measured on a bad day. A creation whose answer is lost is looked for for
/// 15 seconds, so these are long enough to have a gateway all the same.
const BAD_DAY: &str = "[stack.nat]\ndefault = \"25s\"\nminimum = \"1s\"\n";
/// Of all calls one in twenty goes wrong.
const NTH: usize = 20;

/// Windows of 2 to 3 seconds when nothing goes wrong, and windows of 25 seconds while one call in twenty does.
pub(crate) async fn measure(table: &mut Table) {
    let late = Samples::of(join_all((0..BOTS).map(|_| one_bot(SETTINGS, false))).await.into_iter().flatten());
    let measured =
        format!("p50 {}, p99 {}, at most {}", ms(late.median()), ms(late.percentile(99)), ms(late.longest()));
    let what = format!("lateness of closing, {} windows", late.count());
    table.goal(&what, measured, "≤ 1 s", late.longest() <= GOAL);

    let late = Samples::of(join_all((0..BOTS).map(|_| one_bot(BAD_DAY, true))).await.into_iter().flatten());
    let measured =
        format!("p50 {}, p99 {}, at most {}", ms(late.median()), ms(late.percentile(99)), ms(late.longest()));
    table.tell(&format!("the same, 5 % of all calls failing, {} windows", late.count()), measured);
}

async fn one_bot(settings: &str, bad_day: bool) -> Vec<Duration> {
    let bot = Bot::start_with(settings).await;
    bot.world.aws.set_timing(Timing::instant());
    bot.world.aws.set_latency(LATENCY);
    bot.quiet().await;
    if bad_day {
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
        bot.world.aws.faults().every(NTH, kinds);
    }
    let mut late = Vec::new();
    for _ in 0..WINDOWS {
        bot.world.aws.clear_calls();
        let window = bot.ask("/nat open").await;
        let end = end(&bot).await;
        bot.reads(&window.id, "Nothing keeps billing").await;
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
    let calls = bot.world.aws.calls();
    // Of the faults here, those that leave no answer or a broken one come after the effect.
    let took = |outcome: &str| ["ok", "dropped", "garbled"].contains(&outcome);
    let deleted = calls.iter().find(|call| call.operation == "DeleteNatGateway" && took(&call.outcome));
    let deleted = deleted.expect("the gateway was deleted by the bot");
    deleted.at + TimeDelta::from_std(deleted.finished - deleted.started).expect("a short time")
}
