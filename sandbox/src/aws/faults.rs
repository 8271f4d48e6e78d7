//! Faults that a test or a demo scripts: what goes wrong, with which call, how often.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;

/// The faults in force. Rules are tried in the order they were added; the first that applies to a call is
/// used up by one and is the only one that call meets.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Mutex<Vec<FaultRule>>,
    met: watch::Sender<usize>,
    every: Mutex<Option<Every>>,
    away: AtomicBool,
}

/// A share of all calls that goes wrong.
#[derive(Debug)]
struct Every {
    nth: usize,
    kinds: Vec<FaultKind>,
    seen: usize,
}

/// One fault, and which calls meet it.
#[derive(Debug, Clone)]
pub struct FaultRule {
    /// The operation, such as `CreateNatGateway`, or `*` for every one.
    pub operation: String,
    /// How many matching calls go through first.
    pub skip: usize,
    /// How many calls then meet the fault.
    pub times: usize,
    /// What happens to them.
    pub kind: FaultKind,
}

/// What a fault does to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// An error answer, before anything took effect.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// AWS's error code, such as `RequestLimitExceeded` or `ExpiredToken`.
        code: String,
        /// The message beside it.
        message: String,
    },
    /// The call takes effect, then the connection is reset.
    LoseAnswer,
    /// The call takes effect, and the answer is an internal error.
    FailAfterEffect,
    /// The call takes effect, and the answer is cut and not understandable.
    GarbleAnswer,
    /// The call takes no effect and is never answered.
    Hang,
    /// The call takes effect and is never answered.
    HangAfterEffect,
    /// The call is carried out that much later, in real time.
    Delay(Duration),
    /// For `CreateNatGateway`: accepted, and the gateway fails instead of becoming available.
    GatewayFails {
        /// The gateway's failure code, such as `InsufficientFreeAddressesInSubnet`.
        code: String,
        /// The gateway's failure message.
        message: String,
    },
}

impl Faults {
    /// Adds a rule behind the others.
    pub fn add(&self, rule: FaultRule) {
        self.rules.lock().push(rule);
    }

    /// From now on every `nth` call meets a fault, whatever the operation: these kinds, by turns. No kinds: none.
    pub fn every(&self, nth: usize, kinds: Vec<FaultKind>) {
        *self.every.lock() = (nth > 0 && !kinds.is_empty()).then_some(Every { nth, kinds, seen: 0 });
    }

    /// While away, every connection is reset and nothing takes effect.
    pub fn away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Takes all rules back, and comes back if away.
    pub fn clear(&self) {
        self.rules.lock().clear();
        self.every(0, Vec::new());
        self.away(false);
    }

    /// How many calls have met a fault so far.
    pub fn met(&self) -> watch::Receiver<usize> {
        self.met.subscribe()
    }

    pub(crate) fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    /// The fault that this call meets, using it up.
    pub(crate) fn next(&self, operation: &str) -> Option<FaultKind> {
        for rule in self.rules.lock().iter_mut() {
            if rule.operation != "*" && rule.operation != operation {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if rule.times > 0 {
                rule.times -= 1;
                self.met.send_modify(|count| *count += 1);
                return Some(rule.kind.clone());
            }
        }
        let mut every = self.every.lock();
        let every = every.as_mut()?;
        every.seen += 1;
        let met = every.seen.is_multiple_of(every.nth).then(|| every.seen / every.nth - 1)?;
        self.met.send_modify(|count| *count += 1);
        Some(every.kinds[met % every.kinds.len()].clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_all_calls_goes_wrong_by_turns() {
        let faults = Faults::default();
        faults.every(3, vec![FaultKind::Hang, FaultKind::LoseAnswer]);
        let met: Vec<_> = (0..9).filter_map(|_| faults.next("A")).collect();
        assert_eq!(met, [FaultKind::Hang, FaultKind::LoseAnswer, FaultKind::Hang]);
        faults.clear();
        assert!((0..9).all(|_| faults.next("A").is_none()));
    }

    #[test]
    fn a_rule_lets_some_through_and_then_wears_out() {
        let faults = Faults::default();
        faults.add(FaultRule { operation: "A".to_owned(), skip: 1, times: 2, kind: FaultKind::Hang });
        let met: Vec<bool> =
            ["A", "B", "A", "A", "A"].iter().map(|name| faults.next(name).is_some()).collect();
        assert_eq!(met, [false, false, true, true, false]);
    }
}
