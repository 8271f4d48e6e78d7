//! What a job asks of AWS, and how long it takes when AWS answers every call after 100 ms and does everything
//! it does by itself at once: what is left is the bot's own way through the calls.

use std::time::{Duration, Instant};

use doorman_sandbox::aws::Timing;

use crate::log::Cost;
use crate::process::Bot;
use crate::report::{Samples, Table, ms};

/// Added to every call.
const LATENCY: Duration = Duration::from_millis(100);
/// How often each job is done, each time by a bot of its own.
const RUNS: usize = 5;

/// What the message of a window says while it is open.
const OPEN: &str = "The NAT window is open";

/// A job, and the fewest rounds of calls in which it can be done. A round is any number of calls at once; the
/// next needs an answer of it. Looking first is part of every job, because what is there decides what is to be
/// done, and looking last is, because ready and closed mean proved.
struct Job {
    name: &'static str,
    /// The least possible.
    least: usize,
    /// How many more than the least are within the goal.
    spare: usize,
}

/// Everything there is to tell is in one look.
const STATUS: Job = Job { name: "/status", least: 1, spare: 0 };
/// Look · arm the schedule, before anything that bills · allocate the address (beside it the rules) · create the gateway,
/// which needs the address · see it available · create the route, which needs it available · prove.
const NAT_OPEN: Job = Job { name: "/nat open, the first ever", least: 7, spare: 1 };
/// Look · delete route, rules and gateway · see the gateway deleted · release the address, which the gateway held
/// until then · delete the schedule, last · prove.
const NAT_CLOSE: Job = Job { name: "/nat close", least: 6, spare: 1 };
/// Look, and beside it ask what is offered and under which image.
const LAUNCH_CARD: Job = Job { name: "/launch service: card", least: 1, spare: 1 };
/// Look · create role, profile, endpoints and rules · attach policy and role, beside it see the endpoints
/// available · run the instances, which need all that · prove.
const LAUNCH: Job = Job { name: "/launch service: Confirm", least: 5, spare: 1 };

/// What a job was measured to cost, and when its outcome was told, for every run.
struct Measured {
    job: Job,
    runs: Vec<(Cost, Duration)>,
}

pub(crate) async fn measure(table: &mut Table) {
    let mut all =
        [STATUS, NAT_OPEN, NAT_CLOSE, LAUNCH_CARD, LAUNCH].map(|job| Measured { job, runs: Vec::new() });
    for _ in 0..RUNS {
        let bot = Bot::start().await;
        bot.stage.world.aws.set_timing(Timing::instant());
        bot.stage.world.aws.set_latency(LATENCY);
        let [status, open, close, card, launch] = &mut all;

        status.run(&bot, async || drop(bot.ask("/status").await)).await;
        let window = open
            .run(&bot, async || {
                let window = bot.ask("/nat open").await;
                bot.stage.reads(&window.id, OPEN).await
            })
            .await;
        close
            .run(&bot, async || {
                bot.ask("/nat close").await;
                bot.stage.reads(&window.id, "Nothing keeps billing").await
            })
            .await;
        let asked = card.run(&bot, async || bot.ask("/launch service").await).await;
        launch
            .run(&bot, async || {
                let pressed = bot.stage.presses("operator", &asked.id, "Confirm").await;
                let told = bot.stage.reply_to(&pressed).await;
                bot.stage.reads(&told.id, "is ready").await
            })
            .await;
    }
    for measured in all {
        measured.tell(table);
    }
}

impl Measured {
    /// Does the job, and notes what it cost until its outcome was told.
    async fn run<T>(&mut self, bot: &Bot, job: impl AsyncFnOnce() -> T) -> T {
        bot.quiet().await;
        bot.stage.world.aws.clear_calls();
        let began = Instant::now();
        let outcome = job().await;
        let told = began.elapsed();
        bot.quiet().await;
        self.runs.push((Cost::of(&bot.stage.world.aws.calls(), began), told));
        outcome
    }

    fn tell(mut self, table: &mut Table) {
        let Job { name, least, spare } = self.job;
        let proved = Samples::of(self.runs.iter().map(|(cost, _)| cost.proved));
        let told = Samples::of(self.runs.iter().map(|(_, told)| *told));
        // A busy machine can spread one round until it looks like two; the run in the middle is not misled.
        self.runs.sort_by_key(|(cost, _)| (cost.path.len(), cost.calls));
        let (typical, _) = &self.runs[self.runs.len() / 2];
        let rounds = typical.path.len();
        let measured = format!(
            "{} calls, {rounds} {}, proved after {}, told after {}",
            typical.calls,
            if rounds == 1 { "round" } else { "rounds" },
            ms(proved.median()),
            ms(told.median())
        );
        let most = least + spare;
        let goal =
            if spare == 0 { format!("{least} round") } else { format!("≤ {most} rounds (least {least})") };
        table.goal(name, measured, &goal, rounds <= most);
        eprintln!("    {}", typical.path.join(" → "));
    }
}
