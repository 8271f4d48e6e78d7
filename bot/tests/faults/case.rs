//! A story, a call of it, and how that call goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use doorman_sandbox::aws::Call;

use crate::story::Story;
use crate::way::{Store, Way};

/// One run of a story.
pub(crate) struct Case {
    pub(crate) story: &'static Story,
    /// The operation, how many of it go well first, and how the next goes wrong.
    pub(crate) fault: Option<(String, usize, Way)>,
}

impl Case {
    /// Nothing goes wrong.
    pub(crate) fn undisturbed(story: &'static Story) -> Case {
        Case { story, fault: None }
    }

    /// If the process is gone in the course of it, what it finds when it comes back.
    pub(crate) fn kills(&self) -> Option<Store> {
        self.fault.as_ref().and_then(|(_, _, way)| way.kills())
    }

    /// Its line in the table.
    pub(crate) fn kind(&self) -> String {
        self.fault.as_ref().map_or("undisturbed", |(_, _, way)| way.name()).to_owned()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            Some((operation, skip, way)) => {
                write!(f, "{}: {operation} #{skip} {}", self.story.name, way.name())
            }
            None => f.write_str(self.story.name),
        }
    }
}

/// Every case of a story that made these calls when nothing went wrong.
///
/// Every call that changes something goes wrong in every way. Of the looks, which are the same calls again and
/// again, those count that see the world for the first time after a change of it, and the last; they go wrong in
/// two ways each, by turns.
pub(crate) fn all(story: &'static Story, calls: &[Call]) -> Vec<Case> {
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen: BTreeSet<(&str, usize)> = BTreeSet::new();
    let last: BTreeMap<&str, usize> =
        calls.iter().enumerate().map(|(at, call)| (call.operation.as_str(), at)).collect();
    let (mut cases, mut changes) = (Vec::new(), 0);
    let mut turn = 0;
    for (at, call) in calls.iter().enumerate() {
        let operation = call.operation.as_str();
        let skip = made.entry(operation).or_default();
        let ways: Vec<Way> = if call.mutating {
            changes += 1;
            let creates =
                ["Create", "Allocate", "Run", "Authorize"].iter().any(|verb| operation.starts_with(verb));
            Way::OF_CHANGES.into_iter().chain(creates.then_some(Way::Quota)).collect()
        } else if story.looks && (seen.insert((operation, changes)) || last[operation] == at) {
            turn += 2;
            [turn - 2, turn - 1].map(|turn| Way::OF_LOOKS[turn % Way::OF_LOOKS.len()]).to_vec()
        } else {
            Vec::new()
        };
        cases.extend(
            ways.into_iter().map(|way| Case { story, fault: Some((operation.to_owned(), *skip, way)) }),
        );
        *skip += 1;
    }
    cases
}
