//! What there is of a lease: loops over everything that was seen.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Observed;
use crate::ids::LeaseId;
use crate::kind::Kind;
use crate::kinds::Standing;
use crate::kinds::route::RouteTarget;
use crate::kinds::shelf::Thing;
use crate::lease::{Lease, Made};
use crate::prices::{Price, Prices};
use crate::tags::Owner;

/// In the place of an id: it could not be looked for.
pub const NOT_SEEN: &str = "?";

/// Something of a lease that is still there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// What it is.
    pub kind: Kind,
    /// AWS's id of it; [`NOT_SEEN`] if it could not be looked for.
    pub id: String,
    /// Whether its tags no longer say that doorman manages it, so that it is not doorman's to remove.
    pub disowned: bool,
}

impl Left {
    /// What is doorman's to remove.
    pub fn of(kind: Kind, id: &str) -> Left {
        Left { kind, id: id.to_owned(), disowned: false }
    }
}

/// The kinds of thing a lease may leave behind, each looked for before it is called closed, in the order in which
/// people read them.
pub fn parts(lease: &Lease) -> Vec<Kind> {
    let mut parts = lease.kind.terms().parts.to_vec();
    if lease.made.iter().any(|made| made.kind == Kind::Schedule) {
        parts.push(Kind::Schedule);
    }
    parts
}

/// What of a lease an observation still shows; of what there is only one, also what it took over from an earlier lease.
pub fn left(lease: &Lease, observed: &Observed) -> Vec<Left> {
    let left = |thing: Thing<'_>| Left::of(thing.kind, thing.id);
    let used = |thing: &Thing<'_>| {
        thing.facts.owner.is_some_and(|owner| {
            // The ids of leases sort by when they were asked for.
            let earlier = || owner.of == lease.kind && owner.lease < lease.id;
            owner.lease == lease.id || (thing.kind.is_taken_over() && earlier())
        })
    };
    let alive = observed.things(None).filter(|thing| thing.facts.standing != Standing::Over);
    let taken = disowned(lease, observed).map(left).map(|left| Left { disowned: true, ..left });
    let things = alive.filter(used).map(left).chain(taken);
    // A route carries no tags: it is of the lease when it leads to a gateway of the lease.
    let routes = routed_to(lease, observed).map(|id| Left::of(Kind::Route, &id));
    // What could not be looked for is not called gone.
    let unknown = parts(lease).into_iter().filter(|kind| !observed.knows(*kind));
    let unknown = unknown.map(|kind| Left::of(kind, NOT_SEEN));
    things.chain(routes).chain(unknown).collect()
}

/// What of a lease is there and no longer says that doorman manages it.
pub fn disowned<'a>(lease: &'a Lease, observed: &'a Observed) -> impl Iterator<Item = Thing<'a>> {
    observed.disowned(None).filter(|thing| {
        thing.facts.standing != Standing::Over
            && thing.facts.owner.is_some_and(|owner| owner.lease == lease.id)
    })
}

/// The gateways of the lease, seen now or on record, to which a default route leads, whatever its table is called.
fn routed_to<'a>(lease: &'a Lease, observed: &'a Observed) -> impl Iterator<Item = String> + 'a {
    let routes = observed.tables.iter().filter_map(|table| table.default_route.as_ref());
    routes.filter_map(|route| {
        let RouteTarget::NatGateway(id) = &route.target else { return None };
        let seen = observed.gateways.get(id).is_some_and(|gateway| gateway.owner.lease == lease.id);
        let on_record = lease.made.iter().any(|made| made.kind == Kind::NatGateway && made.id == id.as_str());
        (seen || on_record).then(|| id.to_string())
    })
}

/// What an observation shows of a lease, as records to keep: everything that carries its tags, in any state.
pub fn made(lease: &LeaseId, observed: &Observed, list: Option<&Prices>) -> Vec<Made> {
    let of_lease = |thing: &Thing<'_>| thing.facts.owner.is_some_and(|owner| owner.lease == *lease);
    let things = observed.things(list).filter(of_lease);
    things
        .map(|thing| Made {
            kind: thing.kind,
            id: thing.id.to_owned(),
            name: thing.facts.name.to_owned(),
            made_at: thing.facts.since.unwrap_or(observed.at),
            gone_at: None,
            price: thing.cost.price,
        })
        .collect()
}

/// Brings a record up to what an observation shows of the same thing: when it was gone, and that it was never charged
/// for, as of a gateway that failed.
pub fn update(made: &mut Made, observed: &Observed, shown: &[Made]) {
    let shown = shown.iter().find(|shown| shown.kind == made.kind && shown.id == made.id);
    if shown.is_some_and(|shown| shown.price == Price::Free) {
        made.price = Price::Free;
    }
    // When it was made, by the clock that says when it is gone: one of both may have been put right meanwhile. An instance
    // says when it was started last.
    let since = observed.shelf(made.kind).things(None).into_iter().find(|thing| thing.id == made.id);
    if let Some(since) = since.and_then(|thing| thing.facts.since).filter(|_| made.gone_at.is_none()) {
        made.made_at = if made.kind == Kind::Instance { made.made_at.min(since) } else { since };
    }
    match (is_gone(made, observed, shown), made.gone_at) {
        (Some(true), None) => made.gone_at = Some(observed.at),
        // It was taken for gone and is there.
        (Some(false), Some(_)) => made.gone_at = None,
        (Some(true), Some(_)) | (Some(false), None) | (None, _) => {}
    }
}

/// Whether something made for a lease is gone by an observation; `None`: that does not say. What is on record is asked for
/// by its id when no list has it, so what is not there is gone.
fn is_gone(made: &Made, observed: &Observed, shown: Option<&Made>) -> Option<bool> {
    let shelf = observed.shelf(made.kind);
    // What another lease has made anew under the same name is not what this one made.
    let anew = |thing: &Thing<'_>| made.kind.is_by_name() && thing.facts.owner.is_some() && shown.is_none();
    let there =
        |thing: &Thing<'_>| thing.id == made.id && thing.facts.standing != Standing::Over && !anew(thing);
    let seen = [shelf.things(None), shelf.disowned_things(None)];
    shelf.unseen().is_none().then(|| !seen.iter().flatten().any(there))
}

/// Every lease the tags tell of that is more than the net under one, with what they say together.
pub fn found(observed: &Observed) -> BTreeMap<LeaseId, Owner> {
    // A schedule alone is nothing that somebody leased.
    together(observed, |kind, owner| owner.of.terms().parts.contains(&kind))
}

/// Every lease the tags tell of, with what they say together.
pub fn seen(observed: &Observed) -> BTreeMap<LeaseId, Owner> {
    together(observed, |_, _| true)
}

/// How long after the end of a lease its net has surely done its work.
const NET_IS_DONE: TimeDelta = TimeDelta::minutes(15);

/// Of different expiries the latest counts, because extending re-tags one by one. A net has yet to do its work when the
/// lease is over.
fn together(observed: &Observed, counts: impl Fn(Kind, &Owner) -> bool) -> BTreeMap<LeaseId, Owner> {
    let mut found: BTreeMap<LeaseId, Owner> = BTreeMap::new();
    let alive = observed.things(None).filter(|thing| thing.facts.standing != Standing::Over);
    let owned = alive.filter_map(|thing| Some((thing.kind, thing.facts.owner?.clone())));
    for (kind, mut owner) in owned.filter(|(kind, owner)| counts(*kind, owner)) {
        if kind == Kind::Schedule {
            owner.expires_at = owner.expires_at.map(|end| end.checked_add_signed(NET_IS_DONE).unwrap_or(end));
        }
        let entry = found.entry(owner.lease.clone()).or_insert_with(|| owner.clone());
        // `None` (until terminated) is the latest of all.
        entry.expires_at = entry.expires_at.zip(owner.expires_at).map(|(a, b)| a.max(b));
    }
    found
}

/// When the first thing of a lease was made, by what AWS says of those of which it does.
pub fn made_since(lease: &LeaseId, observed: &Observed) -> Option<DateTime<Utc>> {
    observed.of(lease).filter_map(|thing| thing.facts.since).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{Failure, FailureKind};
    use crate::kinds::address::Address;
    use crate::kinds::model::{now, owner};

    fn address() -> Address {
        let owner = owner("wanted", Kind::Address);
        Address { id: "eipalloc-1".into(), public_ip: "203.0.113.20".to_owned(), associated: false, owner }
    }

    fn recorded(gone_at: Option<DateTime<Utc>>) -> Made {
        Made {
            kind: Kind::Address,
            id: "eipalloc-1".to_owned(),
            name: "203.0.113.20".to_owned(),
            made_at: now(),
            gone_at,
            price: Price::Free,
        }
    }

    #[test]
    fn what_was_taken_for_gone_and_is_seen_again_is_not_gone() {
        let mut seen = Observed::empty(now());
        let mut made = recorded(None);
        update(&mut made, &seen, &[]);
        assert_eq!(made.gone_at, Some(now()));
        seen.addresses.put(address());
        update(&mut made, &seen, &[]);
        assert_eq!(made.gone_at, None);
    }

    #[test]
    fn what_cannot_be_seen_is_as_it_was() {
        let mut seen = Observed::empty(now());
        let (code, message) = ("AccessDenied".to_owned(), String::new());
        let kind = FailureKind::AccessDenied;
        seen.hide(Kind::Address, Failure { operation: "DescribeAddresses", kind, code, message });
        for gone_at in [None, Some(now())] {
            let mut made = recorded(gone_at);
            update(&mut made, &seen, &[]);
            assert_eq!(made.gone_at, gone_at);
        }
    }
}
