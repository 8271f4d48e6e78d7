//! What a look showed of one kind: the things, when, or why not.

use chrono::{DateTime, Utc};

use super::{Change, Cost, Facts, Resource, Standing};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::prices::Prices;
use crate::record::Sorted;

/// The things of one kind, as AWS showed them last.
///
/// What could not be looked at is empty and says nothing: it is neither missing nor gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelf<R> {
    things: Vec<R>,
    disowned: Vec<R>,
    elsewhere: Vec<R>,
    looked_at: DateTime<Utc>,
    unseen: Option<Failure>,
}

impl<R: Resource> Shelf<R> {
    /// What a look that began at `looked_at` showed.
    pub(crate) fn new(looked_at: DateTime<Utc>, seen: Result<Sorted<R>, Failure>) -> Shelf<R> {
        let (seen, unseen) = match seen {
            Ok(seen) => (seen, None),
            Err(failure) => (Sorted::none(), Some(failure)),
        };
        let Sorted { here: things, disowned, elsewhere } = seen;
        Shelf { things, disowned, elsewhere, looked_at, unseen }
    }

    /// The things; `None`: they could not be looked at.
    pub fn seen(&self) -> Option<&[R]> {
        self.unseen.is_none().then_some(&self.things[..])
    }

    /// The things that were seen; none if they could not be looked at.
    pub fn iter(&self) -> std::slice::Iter<'_, R> {
        self.things.iter()
    }

    /// What is of other stacks and other doormen: never touched, and not told of as ours.
    pub fn elsewhere(&self) -> &[R] {
        &self.elsewhere
    }

    /// The same, to be changed: for what a model or a test does to the world.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, R> {
        self.things.iter_mut()
    }

    /// The thing of that id, if it was seen.
    pub fn get(&self, id: &R::Id) -> Option<&R> {
        self.iter().find(|thing| thing.id() == id)
    }

    /// How many were seen.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether none was seen. That is no proof that there is none: see [`seen`](Self::seen).
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// Puts a thing there, in the place of what has its id.
    pub fn put(&mut self, thing: R) {
        self.things.retain(|there| there.id() != thing.id());
        self.things.push(thing);
    }

    /// Takes one away, and gives it.
    pub fn remove(&mut self, at: usize) -> R {
        self.things.remove(at)
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.things.clear();
    }

    /// Takes away what does not fit.
    pub fn retain(&mut self, fits: impl FnMut(&R) -> bool) {
        self.things.retain(fits);
    }

    /// Takes a change over, so that planning can go on without another look.
    pub fn fold(&mut self, change: Change<R>) {
        match change {
            Change::Is(thing) => self.put(thing),
            Change::Leaving(id) => self.things.iter_mut().filter(|t| *t.id() == id).for_each(R::leave),
            Change::Gone(id) => self.things.retain(|thing| *thing.id() != id),
            Change::LookAgain => {}
        }
    }

    /// Whether a change shows already, or something later about the same thing.
    pub fn shows(&self, change: &Change<R>) -> bool {
        match change {
            Change::Is(made) => self.get(made.id()).is_some_and(|there| there.is_same(made)),
            Change::Leaving(id) => self
                .get(id)
                .is_none_or(|there| matches!(there.facts().standing, Standing::Leaving | Standing::Over)),
            Change::Gone(id) => self.get(id).is_none(),
            Change::LookAgain => true,
        }
    }
}

/// In the order in which AWS lists them.
impl<R> std::ops::Index<usize> for Shelf<R> {
    type Output = R;

    fn index(&self, at: usize) -> &R {
        &self.things[at]
    }
}

impl<R> std::ops::IndexMut<usize> for Shelf<R> {
    fn index_mut(&mut self, at: usize) -> &mut R {
        &mut self.things[at]
    }
}

impl<'a, R> IntoIterator for &'a Shelf<R> {
    type Item = &'a R;
    type IntoIter = std::slice::Iter<'a, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.things.iter()
    }
}

impl<'a, R> IntoIterator for &'a mut Shelf<R> {
    type Item = &'a mut R;
    type IntoIter = std::slice::IterMut<'a, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.things.iter_mut()
    }
}

/// Any thing, as far as everything that is not about its kind needs to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing<'a> {
    /// What it is.
    pub kind: Kind,
    /// AWS's id of it.
    pub id: &'a str,
    /// Whose it is, since when, and how it stands.
    pub facts: Facts<'a>,
    /// What it costs.
    pub cost: Cost,
}

impl<'a> Thing<'a> {
    fn of<R: Resource>(thing: &'a R, list: Option<&Prices>) -> Thing<'a> {
        let (id, facts, cost) = (thing.id().as_ref(), thing.facts(), thing.cost(list));
        Thing { kind: R::KIND, id, facts, cost }
    }
}

/// A shelf of any kind: what loops over everything see. The only trait object, and nothing acts through it.
pub trait AnyShelf: Send + Sync {
    /// The kind.
    fn kind(&self) -> Kind;
    /// The things on it.
    fn things(&self, list: Option<&Prices>) -> Vec<Thing<'_>>;
    /// What is ours by the record only.
    fn disowned_things(&self, list: Option<&Prices>) -> Vec<Thing<'_>>;
    /// When it was looked at.
    fn looked_at(&self) -> DateTime<Utc>;
    /// Why it could not be; `None`: it was.
    fn unseen(&self) -> Option<&Failure>;
    /// Writes an expiry on those of these ids.
    fn retag(&mut self, ids: &[String], expires_at: Option<DateTime<Utc>>);
    /// Makes it one that could not be looked at.
    fn hide(&mut self, why: Failure);
}

impl<R: Resource> AnyShelf for Shelf<R> {
    fn kind(&self) -> Kind {
        R::KIND
    }

    fn things(&self, list: Option<&Prices>) -> Vec<Thing<'_>> {
        self.things.iter().map(|thing| Thing::of(thing, list)).collect()
    }

    fn disowned_things(&self, list: Option<&Prices>) -> Vec<Thing<'_>> {
        self.disowned.iter().map(|thing| Thing::of(thing, list)).collect()
    }

    fn looked_at(&self) -> DateTime<Utc> {
        self.looked_at
    }

    fn unseen(&self) -> Option<&Failure> {
        self.unseen.as_ref()
    }

    fn retag(&mut self, ids: &[String], expires_at: Option<DateTime<Utc>>) {
        for thing in &mut self.things {
            let tagged = ids.iter().any(|id| id == thing.id().as_ref());
            if let Some(owner) = thing.owner_mut().filter(|_| tagged) {
                owner.expires_at = expires_at;
            }
        }
    }

    fn hide(&mut self, why: Failure) {
        self.things.clear();
        self.disowned.clear();
        self.elsewhere.clear();
        self.unseen = Some(why);
    }
}
