//! Whose a thing is: what its tags say, held against who this doorman is and what is on record.
//!
//! Tags are how things are found, also without a store. But anybody may rewrite them, and what does not carry them any
//! more is not gone. So what was made for an open lease is asked for by its id when no list has it, and the record, which
//! nobody else writes, says for which lease it was made. Whether doorman may touch it, `ManagedBy` says alone: who takes
//! that away has taken the thing.

use std::collections::BTreeMap;

use crate::ids::Installation;
use crate::kind::Kind;
use crate::lease::{Lease, LeaseKind, Phase};
use crate::tags::{LEASE, MANAGED_BY, MANAGED_BY_DOORMAN, Owner, expiry_of};

/// Who this doorman is, and what it has on record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    stack: String,
    installation: Option<Installation>,
    made: BTreeMap<(Kind, String), Entry>,
}

/// Something that was made.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    owner: Owner,
    /// Whether it may still be there: its lease is open, and it was not seen gone.
    open: bool,
}

/// Whose a thing is.
#[derive(Clone, Debug, PartialEq)]
pub enum Whose {
    /// This stack's.
    Ours(Owner),
    /// This stack's by the record, and its tags no longer say that doorman manages it: neither gone nor to be touched.
    Disowned(Owner),
    /// Another stack's, or that of another doorman.
    Elsewhere(Owner),
    /// Made by hand.
    Nobodys,
}

impl Record {
    /// Nothing on record: things are told by their tags alone.
    pub fn empty(stack: &str, installation: Option<Installation>) -> Record {
        Record { stack: stack.to_owned(), installation, made: BTreeMap::new() }
    }

    /// With everything that was made for these leases.
    pub fn of(stack: &str, installation: Option<Installation>, leases: &[Lease]) -> Record {
        let made = leases.iter().flat_map(|lease| {
            let (owner, open) = (Owner::of(stack, lease), lease.phase != Phase::Closed);
            lease.made.iter().map(move |made| {
                let entry = Entry { owner: owner.clone(), open: open && made.gone_at.is_none() };
                ((made.kind, made.id.clone()), entry)
            })
        });
        Record { made: made.collect(), ..Record::empty(stack, installation) }
    }

    /// Whose a thing with that id and these tags is.
    pub fn whose<'a>(
        &self,
        kind: Kind,
        id: &str,
        tags: impl IntoIterator<Item = (&'a str, &'a str)>,
        untagged: LeaseKind,
    ) -> Whose {
        let tags: Vec<(&str, &str)> = tags.into_iter().collect();
        let managed = tags.contains(&(MANAGED_BY, MANAGED_BY_DOORMAN));
        // A name is used again: that something of that name was made is no proof of what has it now.
        let another = |owner: &Owner| {
            kind.is_by_name()
                && tags.iter().any(|(key, lease)| *key == LEASE && *lease != owner.lease.as_str())
        };
        let recorded = self.made.get(&(kind, id.to_owned())).map(|entry| entry.owner.clone());
        let recorded = recorded.filter(|owner| !another(owner));
        match (managed, recorded) {
            (true, Some(owner)) => Whose::Ours(Owner { expires_at: expiry_of(&tags), ..owner }),
            (false, Some(owner)) => Whose::Disowned(owner),
            (_, None) => match Owner::from_tags(tags, untagged) {
                Some(owner) if self.is_here(&owner) => Whose::Ours(owner),
                Some(owner) => Whose::Elsewhere(owner),
                None => Whose::Nobodys,
            },
        }
    }

    /// Whether tags speak of this stack of this installation. What does not say which installation made it belongs to
    /// whoever has a stack of that name.
    fn is_here(&self, owner: &Owner) -> bool {
        let same = self.installation.as_ref().zip(owner.installation.as_ref()).is_none_or(|(a, b)| a == b);
        owner.stack == self.stack && same
    }

    /// What of a kind is on record, may still be there, and is not among what was listed: to be asked for by id.
    pub fn unlisted<'a>(&self, kind: Kind, listed: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let listed: Vec<&str> = listed.into_iter().collect();
        let open = self.made.iter().filter(|((of, _), entry)| *of == kind && entry.open);
        open.filter(|((_, id), _)| !listed.contains(&id.as_str())).map(|((_, id), _)| id.clone()).collect()
    }

    /// Whether anything of a kind is on record that may still be there.
    pub fn has(&self, kind: Kind) -> bool {
        self.made.iter().any(|((of, _), entry)| *of == kind && entry.open)
    }
}

/// Things of a kind, by whose they are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sorted<R> {
    /// Ours, and, where that counts, what doorman does not manage.
    pub(crate) here: Vec<R>,
    /// Ours by the record, and no longer by their tags.
    pub(crate) disowned: Vec<R>,
    /// Of other stacks and other doormen.
    pub(crate) elsewhere: Vec<R>,
}

impl<R> Sorted<R> {
    /// Nothing.
    pub(crate) fn none() -> Sorted<R> {
        Sorted { here: Vec::new(), disowned: Vec::new(), elsewhere: Vec::new() }
    }

    /// What is made by hand only.
    pub(crate) fn by_hand(here: Vec<R>) -> Sorted<R> {
        Sorted { here, ..Sorted::none() }
    }

    /// Adds a thing, read with an owner in the place where it belongs. `by_hand` says whether one that has none counts.
    pub(crate) fn add(&mut self, whose: Whose, read: impl Fn(Option<Owner>) -> Option<R>, by_hand: bool) {
        let ours = match whose {
            Whose::Ours(owner) => Some(owner),
            Whose::Disowned(owner) => {
                self.disowned.extend(read(Some(owner)));
                None
            }
            Whose::Elsewhere(owner) => {
                self.elsewhere.extend(read(Some(owner)));
                None
            }
            Whose::Nobodys => None,
        };
        // What is not this doorman's to manage is as if made by hand.
        self.here.extend((ours.is_some() || by_hand).then(|| read(ours)).flatten());
    }
}
