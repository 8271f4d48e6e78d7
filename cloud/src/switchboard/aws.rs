//! Looking at all kinds, or some, and carrying out any act.

use aws_sdk_ec2::types::Tag;
use chrono::{DateTime, Utc};
use doorman_config::Stack;
use strum::VariantArray;
use tracing::warn;

use super::Observed;
use super::step::{AnyAct, AnyChange, Step};
use crate::aws::{Aws, Call};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::shelf::Shelf;
use crate::kinds::{Do, Look, Resource};
use crate::place::Place;
use crate::record::Record;
use crate::tags::{EXPIRES_AT, expiry_tag};

/// A look at everything, begun at one instant: the only thing that proves anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    seen: Observed,
    place: Option<Place>,
}

impl Round {
    /// What it showed.
    pub fn seen(&self) -> &Observed {
        &self.seen
    }

    /// In which account and region it was; `None`: AWS did not say, and the look proves nothing.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// One that was made up.
    #[cfg(test)]
    pub(crate) fn of(seen: Observed) -> Round {
        Round { seen, place: None }
    }

    /// The same, for whoever needs no proof any more.
    pub fn into_seen(self) -> Observed {
        self.seen
    }
}

/// Looks at everything: all reading calls at once, none waiting for another's answer. `at` is when the look begins.
///
/// What one service refuses to show does not hide the rest: a window must be closed also while IAM is away, or while
/// somebody took the right to list volumes.
///
/// # Errors
///
/// When nothing that bills can be seen. And as soon as a call cannot be signed: then none can, and each would find
/// that out by asking for credentials itself.
pub async fn look(aws: &Aws, stack: &Stack, record: &Record, at: DateTime<Utc>) -> Result<Round, Failure> {
    let mut observed = Observed::empty(at);
    let (place, ()) =
        futures::try_join!(place(aws), look_at(aws, stack, record, at, Kind::VARIANTS, &mut observed))?;
    match blindness(&observed) {
        Some(failure) => Err(failure),
        None => Ok(Round { seen: observed, place }),
    }
}

/// Why nothing that bills could be seen; `None`: some of it was.
pub fn blindness(observed: &Observed) -> Option<Failure> {
    let mut bills = observed.shelves().into_iter().filter(|shelf| shelf.kind().bills());
    // One reason is enough, and the gateway is what costs most.
    let why = observed.shelf(Kind::NatGateway).unseen();
    bills.all(|shelf| shelf.unseen().is_some()).then(|| why.cloned()).flatten()
}

/// Where the credentials of this moment lead.
async fn place(aws: &Aws) -> Result<Option<Place>, Failure> {
    let answer = aws.sts().get_caller_identity().send().await;
    match answer.map_err(|error| Call::read("GetCallerIdentity").failed(error)) {
        Ok(caller) => {
            let named = caller.arn().zip(caller.account());
            Ok(named.and_then(|(arn, account)| Place::of_caller(arn, account, aws.region())))
        }
        Err(failure) if failure.is_without_credentials() => Err(failure),
        Err(failure) => {
            warn!(code = %failure.code, "AWS does not say whose account this is: {failure}");
            Ok(None)
        }
    }
}

/// Looks at some kinds only and puts what they show in the place of what was seen of them before. Enough for waiting
/// until something comes to pass; a [`Round`] proves that it did.
///
/// # Errors
///
/// As soon as a call cannot be signed.
pub async fn look_at(
    aws: &Aws,
    stack: &Stack,
    record: &Record,
    at: DateTime<Utc>,
    kinds: &[Kind],
    into: &mut Observed,
) -> Result<(), Failure> {
    // Every kind by name, without `..`: one that is not looked at here does not compile.
    let Observed {
        at: looked_at,
        instances,
        volumes,
        gateways,
        addresses,
        endpoints,
        tables,
        rules,
        roles,
        profiles,
        schedules,
        runbooks,
        backstop_roles,
        vpcs,
        subnets,
        groups,
        interfaces,
        agents,
    } = into;
    *looked_at = at;
    let ask = Ask { aws, stack, record, at, kinds };
    futures::try_join!(
        ask.of(instances),
        ask.of(volumes),
        ask.of(gateways),
        ask.of(addresses),
        ask.of(endpoints),
        ask.of(tables),
        ask.of(rules),
        ask.of(roles),
        ask.of(profiles),
        ask.of(schedules),
        ask.of(runbooks),
        ask.of(backstop_roles),
        ask.of(vpcs),
        ask.of(subnets),
        ask.of(groups),
        ask.of(interfaces),
        ask.of(agents),
    )?;
    into.narrow();
    Ok(())
}

/// What is asked for in a look.
#[derive(Clone, Copy)]
struct Ask<'a> {
    aws: &'a Aws,
    stack: &'a Stack,
    record: &'a Record,
    at: DateTime<Utc>,
    kinds: &'a [Kind],
}

impl Ask<'_> {
    /// Looks at a kind if it is asked for. `Err`: what stands in the way of it stands in the way of all.
    async fn of<R: Look + Resource>(self, shelf: &mut Shelf<R>) -> Result<(), Failure> {
        if !self.kinds.contains(&R::KIND) {
            return Ok(());
        }
        match R::look(self.aws, self.stack, self.record).await {
            Err(failure) if failure.is_without_credentials() => Err(failure),
            seen => {
                *shelf = Shelf::new(self.at, seen);
                Ok(())
            }
        }
    }
}

/// Makes one mutation. Making it again does no harm.
///
/// # Errors
///
/// The [`Failure`] says whether the call may have taken effect and whether trying again can help.
pub async fn apply(aws: &Aws, step: &Step) -> Result<AnyChange, Failure> {
    let owner = &step.owner;
    Ok(match &step.act {
        AnyAct::Instance(act) => AnyChange::Instance(act.carry_out(aws, owner).await?),
        AnyAct::Volume(act) => AnyChange::Volume(act.carry_out(aws, owner).await?),
        AnyAct::Gateway(act) => AnyChange::Gateway(act.carry_out(aws, owner).await?),
        AnyAct::Address(act) => AnyChange::Address(act.carry_out(aws, owner).await?),
        AnyAct::Endpoint(act) => AnyChange::Endpoint(act.carry_out(aws, owner).await?),
        AnyAct::Route(act) => AnyChange::Route(act.carry_out(aws, owner).await?),
        AnyAct::Rule(act) => AnyChange::Rule(act.carry_out(aws, owner).await?),
        AnyAct::Role(act) => AnyChange::Role(act.carry_out(aws, owner).await?),
        AnyAct::Profile(act) => AnyChange::Profile(act.carry_out(aws, owner).await?),
        AnyAct::Schedule(act) => AnyChange::Schedule(act.carry_out(aws, owner).await?),
        AnyAct::Retag { ids, expires_at } => retag(aws, ids, *expires_at).await?,
    })
}

async fn retag(aws: &Aws, ids: &[String], expires_at: Option<DateTime<Utc>>) -> Result<AnyChange, Failure> {
    let expiry = Tag::builder().key(EXPIRES_AT).value(expiry_tag(expires_at)).build();
    let request = aws.ec2().create_tags().set_resources(Some(ids.to_vec())).tags(expiry);
    match request.send().await.map_err(|error| Call::repeatable("CreateTags").failed(error)) {
        Ok(_) => Ok(AnyChange::Retagged { ids: ids.to_vec(), expires_at }),
        // All or nothing: one of them is gone. The next look says which.
        Err(failure) if failure.code.contains("NotFound") || failure.is(&["InvalidID"]) => {
            Ok(AnyChange::LookAgain)
        }
        Err(failure) => Err(failure),
    }
}
