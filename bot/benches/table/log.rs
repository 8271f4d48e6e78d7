//! What the sandbox's call log says about a job: how many calls, and how many after one another.

use std::time::{Duration, Instant};

use doorman_sandbox::aws::Call;

/// What a job cost in calls.
pub(crate) struct Cost {
    /// Calls made, looks included that followed when it was over.
    pub(crate) calls: usize,
    /// Operations that had to wait for one another until the outcome was proved, one for each round.
    pub(crate) path: Vec<String>,
    /// From the beginning until the outcome was proved.
    pub(crate) proved: Duration,
}

impl Cost {
    /// Of the job that began at `began` and made these calls.
    pub(crate) fn of(calls: &[Call], began: Instant) -> Cost {
        let proved = proved(calls).unwrap_or(began);
        let until_then: Vec<&Call> = calls.iter().filter(|call| call.finished <= proved).collect();
        Cost { calls: calls.len(), path: longest_chain(&until_then), proved: proved - began }
    }
}

/// When the first look after the last change was complete: with it the outcome is proved. All calls, when
/// nothing was changed.
fn proved(calls: &[Call]) -> Option<Instant> {
    let changed = calls.iter().filter(|call| call.mutating).map(|call| call.finished).max();
    let Some(changed) = changed else {
        return calls.iter().map(|call| call.finished).max();
    };
    let mut after: Vec<&Call> = calls.iter().filter(|call| call.started >= changed).collect();
    after.sort_by_key(|call| call.started);
    // The look is what was started before anything of it was answered.
    let answered = after.iter().map(|call| call.finished).min().unwrap_or(changed);
    let look = after.iter().take_while(|call| call.started < answered);
    Some(look.map(|call| call.finished).max().unwrap_or(changed))
}

/// The most calls of which each began after the one before was answered: the critical path, one call for each
/// round, when all calls take about as long.
fn longest_chain(calls: &[&Call]) -> Vec<String> {
    let mut calls = calls.to_vec();
    calls.sort_by_key(|call| call.finished);
    // Taking what ends first leaves the most room for what follows.
    let mut path = Vec::new();
    let mut free_from: Option<Instant> = None;
    for call in calls {
        if free_from.is_none_or(|free| call.started >= free) {
            path.push(call.operation.clone());
            free_from = Some(call.finished);
        }
    }
    path
}
