//! What systemd is told, where it runs the process (`Type=notify`): that it has begun, how it is, that it ends, and, with
//! `WatchdogSec`, that its loops go round. A process whose loops do not is killed and started again by that. Elsewhere
//! nothing is told.
//!
//! <https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::health::{Health, Report};
use crate::supervise::Pulse;

/// How often it is told how the process is, where there is no watchdog to be told more often.
const EVERY: Duration = Duration::from_secs(30);
/// systemd asks for twice in the time it waits; thrice lets one be late.
const A_TIME: u32 = 3;

/// Something that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum News {
    /// The process does its work, or waits for the store.
    Ready,
    /// How it is, in a sentence.
    Status(String),
    /// Its loops go round.
    Alive,
    /// It ends.
    Stopping,
}

/// Whether systemd waits to be told.
pub fn listens() -> bool {
    std::env::var_os("NOTIFY_SOCKET").is_some()
}

/// The process has begun: it has the store, or waits for it.
pub fn ready() {
    tell(&[News::Ready]);
}

/// The process ends.
pub fn stopping() {
    tell(&[News::Stopping]);
}

/// Tells how the process is until `stop`.
pub async fn run(health: Health, pulse: Pulse, stop: CancellationToken) {
    let every = watchdog().map_or(EVERY, |within| within / A_TIME);
    stop.run_until_cancelled(watch(every, pulse, || health.report(), tell)).await;
}

async fn watch(every: Duration, pulse: Pulse, report: impl Fn() -> Report, tell: impl Fn(&[News])) {
    loop {
        pulse.beat().await;
        let report = report();
        let status = News::Status(words(&report));
        // Only silence tells that something hangs.
        if report.alive {
            tell(&[status, News::Alive])
        } else {
            tell(&[status])
        }
        sleep(every).await;
    }
}

fn words(report: &Report) -> String {
    match report.problems.as_slice() {
        [] => format!("well; windows open: {}", report.windows_open),
        problems => problems.join("; "),
    }
}

/// For how long systemd waits for a sign, if it does.
#[cfg(unix)]
fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

#[cfg(unix)]
fn tell(news: &[News]) {
    use sd_notify::NotifyState;

    let states: Vec<NotifyState<'_>> = news
        .iter()
        .map(|news| match news {
            News::Ready => NotifyState::Ready,
            News::Status(words) => NotifyState::Status(words),
            News::Alive => NotifyState::Watchdog,
            News::Stopping => NotifyState::Stopping,
        })
        .collect();
    if let Err(error) = sd_notify::notify(&states) {
        tracing::warn!("systemd cannot be told how it is: {error}");
    }
}

#[cfg(not(unix))]
fn watchdog() -> Option<Duration> {
    None
}

#[cfg(not(unix))]
fn tell(_: &[News]) {}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use chrono::DateTime;
    use doorman_cloud::clock::Clock;
    use parking_lot::Mutex;

    use super::*;
    use crate::discord::connection::Connection;
    use crate::supervise::{Probe, Task, Vitals};

    #[tokio::test(start_paused = true)]
    async fn a_process_whose_loops_stand_still_keeps_silent() {
        let clock = Clock::standing_at(DateTime::UNIX_EPOCH);
        let vitals = Vitals::new(Probe::default());
        let health = Health::new(clock.clone(), Connection::new(clock), vitals.clone());
        let (alive, told) = (AtomicBool::new(true), Mutex::new(Vec::new()));
        let every = Duration::from_secs(10);
        let stop = CancellationToken::new();
        let watching = vitals.keep(Task::Watchdog, &stop, |pulse| {
            let report = || Report { alive: alive.load(Ordering::Relaxed), ..health.report() };
            watch(every, pulse, report, |news| told.lock().extend_from_slice(news))
        });
        let after = async {
            let signs = || told.lock().iter().filter(|news| **news == News::Alive).count();
            sleep(every * 5 / 2).await;
            assert_eq!(signs(), 3);
            alive.store(false, Ordering::Relaxed);
            sleep(every * 5).await;
            assert_eq!(signs(), 3, "only silence tells");
            assert_eq!(told.lock().last(), Some(&News::Status("doorman is starting".to_owned())));
        };
        tokio::select! {
            _ = watching => panic!("it goes on"),
            () = after => {}
        }
    }
}
