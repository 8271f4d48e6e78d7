//! How soon people get a sign of life, and what answering costs in memory.

use std::time::Duration;

use crate::process::Bot;
use crate::report::{Samples, Table, ms};

/// Interactions one after another.
const IN_A_ROW: usize = 1_000;
/// Interactions at once.
const AT_ONCE: usize = 500;
/// What is typed, in turn: a look with a picture, a look without, a lease that is not there, an answer at once.
const LINES: [&str; 4] = ["/status", "/cost now", "/nat extend duration:30m", "/help"];
/// How slow AWS is while a launch is under way.
const LATENCY: Duration = Duration::from_millis(100);
const IDLE_MB_GOAL: f64 = 40.0;
const IN_A_ROW_GOAL: Duration = Duration::from_millis(10);
const AT_ONCE_GOAL: Duration = Duration::from_secs(1);

/// Memory idle, then one after another, memory again, then at once.
pub(crate) async fn measure(table: &mut Table) {
    let bot = Bot::start().await;
    bot.quiet().await;
    if let (Some(mb), Some(own)) = (bot.memory_mb("VmRSS"), bot.memory_mb("RssAnon")) {
        let measured = format!("{mb:.1} MB, {own:.1} MB of it not the program's file");
        table.goal("memory, idle", measured, "≤ 40 MB", mb <= IDLE_MB_GOAL);
    }

    let mut taken = Vec::new();
    for line in LINES.iter().cycle().take(IN_A_ROW) {
        let interaction = bot.stage.types("operator", line).await;
        taken.extend(acknowledged(&bot, &interaction).await);
        // The next one only when this one is over.
        bot.stage.reply_to(&interaction).await;
    }
    let what = format!("acknowledgement, {IN_A_ROW} one after another");
    tell(table, &what, &Samples::of(taken), "p99 ≤ 10 ms", (IN_A_ROW, IN_A_ROW_GOAL));
    bot.quiet().await;
    if let Some(mb) = bot.memory_mb("VmRSS") {
        table.tell(&format!("memory after {IN_A_ROW} interactions"), format!("{mb:.1} MB"));
    }

    launch_under_way(&bot).await;
    let mut interactions = Vec::new();
    for line in LINES.iter().cycle().take(AT_ONCE) {
        interactions.push(bot.stage.types("operator", line).await);
    }
    let (mut taken, mut answered) = (Vec::new(), Vec::new());
    for interaction in &interactions {
        if let Some(after) = acknowledged(&bot, interaction).await {
            taken.push(after);
            answered.push(interaction);
        }
    }
    let what = format!("acknowledgement, {AT_ONCE} at once during a launch");
    tell(table, &what, &Samples::of(taken), "p99 ≤ 1 s", (AT_ONCE, AT_ONCE_GOAL));
    for interaction in answered {
        bot.stage.reply_to(interaction).await;
    }
    if let Some(mb) = bot.memory_mb("VmHWM") {
        table.tell("memory at its most, until then", format!("{mb:.1} MB"));
    }
}

/// As Discord measures it: from sending the event until it has the callback. `None`: not in time.
async fn acknowledged(bot: &Bot, interaction: &str) -> Option<Duration> {
    let acknowledged = bot.stage.world.discord.acknowledged(interaction).await.ok()?;
    Some(Duration::from_micros(acknowledged.microseconds))
}

/// Those not acknowledged in time make the goal missed, whatever the others took.
fn tell(table: &mut Table, what: &str, taken: &Samples, goal: &str, (sent, limit): (usize, Duration)) {
    let mut measured = format!("p50 {}, p99 {}", ms(taken.median()), ms(taken.percentile(99)));
    let missed = sent - taken.count();
    if missed > 0 {
        measured.push_str(&format!(", {missed} not within 3 s"));
    }
    table.goal(what, measured, goal, missed == 0 && taken.percentile(99) <= limit);
}

/// Launches the pair, with AWS as slow as it is, and returns when the first things are being made. The
/// endpoints then take more than a minute.
async fn launch_under_way(bot: &Bot) {
    bot.stage.world.aws.set_latency(LATENCY);
    let card = bot.ask("/launch service").await;
    bot.stage.presses("operator", &card.id, "Confirm").await;
    bot.finds("a part of the launch", |item| item.managed.then_some(())).await;
}
