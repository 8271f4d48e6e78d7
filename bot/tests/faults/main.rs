//! Nothing keeps billing, whatever fails: stories told once for every AWS call they make, in every way that
//! call can go wrong.
//!
//! A **story** is what people do (`story.rs`). A **way** is how one call goes wrong (`way.rs`): refused, lost,
//! hung, or the process gone right before or right after it. A **case** is a story, a call of it and a way
//! (`case.rs`). Each runs the whole bot on a stage of its own, on time that jumps (`life.rs`), and ends with the
//! same promises as every other stage: [`doorman_stage::Promise`].
//!
//! Beside single calls, the **world** changes (`world.rs`): at every call tags, names, settings, account, region, store and
//! other people's things are different from what they were, for each story. One in eight of these cases is run; which is
//! told by a seed (`DOORMAN_SEED`), and `DOORMAN_WORLDS=all` runs all.
//!
//! `DOORMAN_FAULTS=<words>` runs only the cases whose names contain them and prints what happened in each;
//! with `RUST_LOG` and `--nocapture` also what the bot logs.

mod case;
mod life;
mod story;
mod way;
mod world;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use case::Case;
use doorman_sandbox::aws::Call;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use story::STORIES;

/// Of the changes of the world one in so many is tried, unless all are asked for.
const SAMPLE: u32 = 8;
/// Which are tried; another one by `DOORMAN_SEED`.
const SEED: u64 = 8;

/// Says something although the test runner keeps what tests print.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn run(case: &Case) -> Result<Vec<Call>, String> {
    let result = std::panic::catch_unwind(|| life::run(case));
    result.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or(panic.downcast_ref::<&str>().copied());
        Err(format!("panicked: {}", words.unwrap_or("without a word")))
    })
}

#[test]
fn nothing_keeps_billing_whatever_fails() {
    let only = std::env::var("DOORMAN_FAULTS").unwrap_or_default();
    if std::env::var_os("RUST_LOG").is_some() {
        tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    }
    let whole = std::env::var_os("DOORMAN_WORLDS").is_some_and(|which| which == "all");
    let seed = std::env::var("DOORMAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let mut rng = StdRng::seed_from_u64(seed);
    say(&format!("changes of the world: {}, seed {seed}", if whole { "all" } else { "a sample" }));
    let mut cases = Vec::new();
    for story in STORIES {
        let calls = run(&Case::undisturbed(story)).unwrap_or_else(|wrong| panic!("{}: {wrong}", story.name));
        let before = cases.len();
        cases.extend(case::all(story, &calls));
        let worlds = case::all_worlds(story, &calls);
        let all = worlds.len();
        cases.extend(worlds.into_iter().filter(|_| whole || rng.random_ratio(1, SAMPLE)));
        let new = cases.len() - before;
        say(&format!(
            "{}: {} calls, {new} cases, of {all} changes of the world a sample",
            story.name,
            calls.len()
        ));
    }
    cases.retain(|case| only.is_empty() || case.to_string().contains(&only));

    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    // Each is one thread, and waits for the threads of its store now and then.
    let workers = 3 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run(case);
                    if !only.is_empty() {
                        say(&format!("{case}: {}", result.as_ref().err().map_or("well", String::as_str)));
                    }
                    if let Err(what) = result {
                        wrong.lock().expect("no panic").push(format!("{case}: {what}"));
                    }
                }
            });
        }
    });

    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for case in &cases {
        *counts.entry((case.story.name, case.kind())).or_default() += 1;
    }
    say(&format!("{} cases", cases.len()));
    for ((story, kind), count) in counts {
        say(&format!("{count:>6}  {story}: {kind}"));
    }
    let mut wrong = wrong.into_inner().expect("no panic");
    wrong.sort();
    let shown: Vec<_> = wrong.iter().take(20).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {} went wrong:\n{}", wrong.len(), cases.len(), shown.join("\n"));
}
