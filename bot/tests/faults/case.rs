//! A story, a call of it, and how that call goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use doorman_sandbox::aws::Call;

use crate::story::Story;
use crate::way::{Store, Way};
use crate::world::Change;

/// One run of a story.
pub(crate) struct Case {
    pub(crate) story: &'static Story,
    pub(crate) what: What,
}

/// What happens in a run. A call is told by its operation and how many of it came before.
pub(crate) enum What {
    /// Nothing.
    Nothing,
    /// A call goes wrong.
    Fault(String, usize, Way),
    /// At a call the world changes beside the bot; without one from the start.
    World(Option<(String, usize)>, Change),
}

impl Case {
    /// Nothing goes wrong.
    pub(crate) fn undisturbed(story: &'static Story) -> Case {
        Case { story, what: What::Nothing }
    }

    /// If the process is gone in the course of it, what it finds when it comes back.
    pub(crate) fn kills(&self) -> Option<Store> {
        match &self.what {
            What::Nothing => None,
            What::Fault(_, _, way) => way.kills(),
            What::World(_, change) => change.restarts().then_some(Store::Kept),
        }
    }

    /// How the world changes.
    pub(crate) fn change(&self) -> Option<Change> {
        match &self.what {
            What::Nothing | What::Fault(..) => None,
            What::World(_, change) => Some(*change),
        }
    }

    /// Whether what somebody asked for may be forgotten in the course of it, or be nothing where the bot is then.
    pub(crate) fn forgets(&self) -> bool {
        match &self.what {
            What::Nothing => false,
            What::Fault(_, _, way) => way.kills().is_some_and(|store| store != Store::Kept),
            What::World(_, change) => change.restarts() || *change == Change::TagRewritten,
        }
    }

    /// Its line in the table.
    pub(crate) fn kind(&self) -> String {
        match &self.what {
            What::Nothing => "undisturbed".to_owned(),
            What::Fault(_, _, way) => way.name().to_owned(),
            What::World(_, change) => format!("world: {}", change.name()),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Nothing => f.write_str(self.story.name),
            What::Fault(operation, skip, way) => {
                write!(f, "{}: {operation} #{skip} {}", self.story.name, way.name())
            }
            What::World(Some((operation, skip)), change) => {
                write!(f, "{}: {operation} #{skip} world: {}", self.story.name, change.name())
            }
            What::World(None, change) => write!(f, "{}: world: {}", self.story.name, change.name()),
        }
    }
}

/// Every way in which the world can change at every call of a story that changes something, and at its last look.
pub(crate) fn all_worlds(story: &'static Story, calls: &[Call]) -> Vec<Case> {
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    let mut points = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let skip = made.entry(call.operation.as_str()).or_default();
        if call.mutating || at + 1 == calls.len() {
            points.push((call.operation.clone(), *skip));
        }
        *skip += 1;
    }
    let changes = Change::ALL.into_iter().flat_map(|change| {
        let points = match change.is_from_the_start() {
            true => vec![None],
            false => points.iter().cloned().map(Some).collect(),
        };
        points.into_iter().map(move |point| Case { story, what: What::World(point, change) })
    });
    changes.collect()
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
            ways.into_iter().map(|way| Case { story, what: What::Fault(operation.to_owned(), *skip, way) }),
        );
        *skip += 1;
    }
    cases
}
