//! `cargo bench -p doorman`: one table of how fast, how small and how punctual doorman is.
//!
//! What is measured is the program itself, `doorman run` as a process of its own, as it would run in
//! production; Discord and AWS are those of the sandbox, on loopback, in this process. All time is real time.
//! `cargo bench -p doorman -- jobs windows` measures only these parts; there are also `starts`, `answers` and
//! `sweep`.
//! Nothing is asserted: a machine that is busy with something else is slow, not wrong. `docs/BENCHMARK.md`
//! says how each row is measured and keeps a table.

mod answers;
mod jobs;
mod log;
mod process;
mod report;
mod sweep;
mod windows;

use doorman_cloud::clock::Clock;
use report::Table;

#[tokio::main]
async fn main() {
    // cargo adds options of its own.
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|name| name == part);

    let mut table = Table::default();
    if wanted("starts") {
        process::starts(&mut table).await;
    }
    if wanted("answers") {
        answers::measure(&mut table).await;
    }
    if wanted("jobs") {
        jobs::measure(&mut table).await;
    }
    if wanted("sweep") {
        sweep::measure(&mut table).await;
    }
    if wanted("windows") {
        windows::measure(&mut table).await;
    }

    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let build = if cfg!(debug_assertions) { "unoptimised" } else { "optimised" };
    let (version, today) = (env!("CARGO_PKG_VERSION"), Clock::system().now().date_naive());
    println!("doorman {version}, {build}, {cores} cores, {today}\n\n{table}");
}
