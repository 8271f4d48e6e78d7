//! The plan by itself, over generated worlds: whatever is there, carrying the plan out again and again
//! ends at what is desired, never touches what is foreign, never makes a second gateway or address, and
//! ends at nothing once the lease is over.

mod carry_out;
pub(crate) mod worlds;

use chrono::TimeDelta;
use doorman_config::ShellMode;
use proptest::prelude::*;
use strum::VariantArray;

use self::carry_out::carry_out;
use self::worlds::{a_hand, any_mode, goal, hide, install_runbooks, place, stack, worlds};
use super::{is_complete, plan};
use crate::by_hand::{self, Obstacle};
use crate::kind::Kind;
use crate::kinds::Standing;
use crate::kinds::backstop_role::BackstopRole;
use crate::kinds::endpoint::EndpointState;
use crate::kinds::gateway::{self, GatewayState};
use crate::kinds::model::{now, owner_of};
use crate::kinds::route::RouteTarget;
use crate::kinds::schedule::rules::is_without_runbook;
use crate::kinds::shelf::Thing;
use crate::lease::{LeaseKind, Trouble};
use crate::plan::{Desired, Goal, Plan};
use crate::switchboard::Observed;
use crate::switchboard::step::{Aim, AnyAct};

/// What is not ours, to be compared before and after.
fn foreign(world: &Observed) -> impl PartialEq + std::fmt::Debug + use<> {
    let things = world.things(None).filter(|thing| thing.facts.owner.is_none());
    // An endpoint of others' that is being deleted goes, without anybody doing anything.
    let deleting =
        |id: &str| world.endpoints.iter().any(|e| e.id.as_str() == id && e.state == EndpointState::Deleting);
    let read_only = [Kind::Agent, Kind::NetworkInterface, Kind::Runbook];
    let things = things.filter(|thing| !read_only.contains(&thing.kind) && !deleting(thing.id));
    let things: Vec<(Kind, String)> = things.map(|thing| (thing.kind, thing.id.to_owned())).collect();
    let lets: Vec<_> = world.groups.iter().map(|group| group.lets.clone()).collect();
    let ours: Vec<_> = world.gateways.iter().map(|g| g.id.clone()).collect();
    let route = world.route_table().found().and_then(|t| t.default_route.clone()).map(|route| route.target);
    let route = route.filter(|target| !matches!(target, RouteTarget::NatGateway(id) if ours.contains(id)));
    let roles: Vec<_> = world.roles.iter().filter(|role| role.owner.is_none()).cloned().collect();
    let profiles: Vec<_> = world.profiles.iter().filter(|p| p.owner.is_none()).cloned().collect();
    (things, lets, route, roles, profiles)
}

/// Everything that is ours and not over.
fn ours(world: &Observed) -> Vec<String> {
    let ours = world
        .things(None)
        .filter(|thing| thing.facts.owner.is_some() && thing.facts.standing != Standing::Over);
    ours.map(|thing| format!("{} {}", thing.kind.as_str(), thing.id)).collect()
}

/// Plans and carries out until nothing is left to do; returns the last plan.
fn converge(desired: &Desired, world: &mut Observed, mode: ShellMode) -> Plan {
    let (stack, mut hand) = (stack(mode), a_hand());
    let before = foreign(world);
    let mut created = (0, 0);
    for _ in 0..40 {
        let plan = plan(desired, world, &stack, now());
        for step in &plan.steps {
            created.0 += usize::from(step.operation() == "CreateNatGateway");
            created.1 += usize::from(step.operation() == "AllocateAddress");
        }
        assert!(created.0 <= 1 && created.1 <= 1, "a second gateway or address was planned: {plan:#?}");
        carry_out(world, &plan, &mut hand);
        assert_eq!(foreign(world), before, "something foreign was touched by {plan:#?}");
        if plan.is_settled() {
            return plan;
        }
    }
    panic!("does not converge: {:#?}\n{world:#?}", plan(desired, world, &stack, now()));
}

fn wanting(goals: impl IntoIterator<Item = Goal>) -> Desired {
    Desired { goals: goals.into_iter().collect(), ..nobody() }
}

/// All leases there are in a world are over.
fn nobody() -> Desired {
    let all = LeaseKind::VARIANTS
        .iter()
        .flat_map(|of| ["wanted", "forgotten"].map(|name| owner_of(name, *of).lease));
    Desired { over: all.collect(), ..Desired::default() }
}

/// Leases of these kinds; those that want something are called so.
fn all_wanted(build: bool) -> Desired {
    wanting(LeaseKind::VARIANTS.iter().map(|kind| Goal { build, ..goal("wanted", *kind) }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_nobody_wants_ends_at_nothing(mut world in worlds(), mode in any_mode()) {
        let plan = converge(&nobody(), &mut world, mode);
        prop_assert_eq!(ours(&world), Vec::<String>::new());
        prop_assert!(plan.drift.is_empty() && plan.troubles.is_empty());
    }

    /// Of a lease that is not over, and that nobody here knows, everything stays.
    #[test]
    fn what_nobody_knows_is_not_touched(mut world in worlds(), mode in any_mode()) {
        let before = ours(&world);
        let plan = converge(&Desired::default(), &mut world, mode);
        prop_assert_eq!(ours(&world), before);
        prop_assert!(plan.drift.is_empty() && plan.troubles.is_empty());
    }

    /// Nothing is built beside it either.
    #[test]
    fn nothing_is_built_beside_what_nobody_knows(mut world in worlds(), mode in any_mode()) {
        let goal = goal("wanted", LeaseKind::NatWindow);
        let unknown = |world: &Observed| {
            let of = |thing: &Thing<'_>| thing.facts.owner.is_some_and(|owner| !goal.owns(owner));
            let of_kind = |thing: &Thing<'_>| [Kind::Address, Kind::NatGateway].contains(&thing.kind);
            world.things(None).any(|t| of_kind(&t) && of(&t) && t.facts.standing != Standing::Over)
        };
        let there = unknown(&world);
        let desired = Desired { goals: vec![goal.clone()], ..Desired::default() };
        let before = world.gateways.len();
        let plan = converge(&desired, &mut world, mode);
        let told = plan.troubles.iter().any(|(_, trouble)| matches!(trouble, Trouble::UnknownLease { .. }));
        prop_assert_eq!(told, there, "{:#?}", plan);
        prop_assert!(!there || world.gateways.len() <= before);
    }

    #[test]
    fn a_window_is_built_or_the_obstacle_named(mut world in worlds(), mode in any_mode()) {
        let desired = wanting([goal("wanted", LeaseKind::NatWindow)]);
        let plan = converge(&desired, &mut world, mode);
        let complete = is_complete(LeaseKind::NatWindow, &desired, &world, &stack(mode), now());
        prop_assert_eq!(complete, plan.troubles.is_empty(), "{:#?}", plan);
        let alive = world.gateways.iter().filter(|g| g.state.is_alive()).count();
        prop_assert!(alive <= 1 && world.addresses.len() <= 1, "{:#?}", world);
        if plan.troubles.is_empty() {
            let armed: Vec<_> = world.schedules.iter().map(|schedule| schedule.lease_ends_at).collect();
            let covered =
                !world.backstop_roles.is_empty() && !is_without_runbook(LeaseKind::NatWindow, &world);
            let end = now() + TimeDelta::minutes(30);
            prop_assert!(!covered || armed == [end], "{:?}", armed);
        }
    }

    #[test]
    fn a_shell_window_is_built_or_the_obstacle_named(mut world in worlds()) {
        let (kind, mode) = (LeaseKind::ShellWindow, ShellMode::Window);
        let desired = wanting([goal("wanted", kind)]);
        let plan = converge(&desired, &mut world, mode);
        prop_assert_eq!(is_complete(kind, &desired, &world, &stack(mode), now()), plan.troubles.is_empty(), "{:#?}", plan);
    }

    /// If doorman died at any instant of opening, AWS would close what is there.
    #[test]
    fn nothing_of_a_window_is_made_before_its_backstop(
        mut world in worlds(),
        kind in prop_oneof![Just(LeaseKind::NatWindow), Just(LeaseKind::ShellWindow)],
    ) {
        let desired = wanting([goal("wanted", kind)]);
        let name = stack(ShellMode::Window).backstop.role.as_str().into();
        world.backstop_roles.put(BackstopRole { name, arn: "arn".to_owned() });
        install_runbooks(&mut world);
        let (stack, mut hand) = (stack(ShellMode::Window), a_hand());
        for _ in 0..40 {
            let plan = plan(&desired, &world, &stack, now());
            let builds = plan.steps.iter().any(|step| step.aim == Aim::Build);
            let armed = world.schedules.iter().any(|schedule| schedule.owner.lease.as_str().starts_with("wanted"));
            prop_assert!(armed || !builds, "{:#?}", plan);
            carry_out(&mut world, &plan, &mut hand);
        }
    }

    /// Whatever cannot be seen, what can be is taken down, and nothing is built or called missing.
    #[test]
    fn what_cannot_be_seen_hides_nothing_else(
        mut world in worlds(),
        hidden in prop::sample::select(Kind::VARIANTS.to_vec()),
        wanted in any::<bool>(),
        build in any::<bool>(),
        mode in any_mode(),
    ) {
        hide(&mut world, hidden);
        let desired = if wanted { all_wanted(build) } else { nobody() };
        let plan = plan(&desired, &world, &stack(mode), now());
        for kind in LeaseKind::VARIANTS {
            if kind.terms().stands_on.contains(&hidden) {
                prop_assert!(plan.steps.iter().all(|step| !(step.builds() && step.of() == *kind)), "{:#?}", plan);
                prop_assert!(plan.drift.iter().all(|(of, _)| of != kind), "{:#?}", plan);
                prop_assert!(plan.troubles.iter().all(|(of, _)| of != kind), "{:#?}", plan);
                prop_assert!(!is_complete(*kind, &desired, &world, &stack(mode), now()));
            }
        }
        if !wanted {
            for gateway in world.gateways.iter().filter(|g| matches!(g.state, GatewayState::Pending | GatewayState::Available)) {
                let delete = AnyAct::Gateway(gateway::Act::Delete { id: gateway.id.clone() });
                prop_assert!(plan.steps.iter().any(|step| step.act == delete), "{:#?}", plan);
            }
        }
    }

    #[test]
    fn a_pair_is_built_or_the_obstacle_named(mut world in worlds(), mode in any_mode()) {
        let desired = wanting([goal("wanted", LeaseKind::Pair)]);
        let plan = converge(&desired, &mut world, mode);
        let complete = is_complete(LeaseKind::Pair, &desired, &world, &stack(mode), now());
        prop_assert_eq!(complete, plan.troubles.is_empty(), "{:#?}", plan);
    }

    #[test]
    fn everything_at_once_is_built_or_the_obstacle_named(mut world in worlds()) {
        let mode = ShellMode::Window;
        let desired = all_wanted(true);
        let plan = converge(&desired, &mut world, mode);
        for kind in LeaseKind::VARIANTS {
            let complete = is_complete(*kind, &desired, &world, &stack(mode), now());
            let obstacle = plan.troubles.iter().any(|(of, _)| of == kind);
            prop_assert_eq!(complete, !obstacle, "{:?} {:#?}", kind, plan);
        }
    }

    #[test]
    fn a_ready_lease_is_never_rebuilt_unasked(mut world in worlds(), mode in any_mode()) {
        let before: Vec<String> = ours(&world);
        converge(&all_wanted(false), &mut world, mode);
        let made = |thing: &String| !before.contains(thing) && !thing.starts_with(Kind::Schedule.as_str());
        let new: Vec<String> = ours(&world).into_iter().filter(made).collect();
        prop_assert_eq!(new, Vec::<String>::new());
    }

    /// Whatever is there, the script that opens a lease comes to an end, and names nothing by a mark; or it is said what stands
    /// in the way.
    #[test]
    fn a_lease_is_opened_by_hand_or_the_obstacle_named(
        world in worlds(),
        kind in prop::sample::select(LeaseKind::ALL.to_vec()),
        mode in any_mode(),
    ) {
        let Goal { owner, spec, .. } = goal("wanted", kind);
        match by_hand::open(owner, spec, world, place(), &stack(mode), now()) {
            Ok(script) => prop_assert!(!script.contains(" of wanted"), "{}", script),
            Err(obstacle) => prop_assert!(matches!(obstacle, Obstacle::Troubles(_)), "{:?}", obstacle),
        }
    }

    /// The one that closes always does.
    #[test]
    fn whatever_is_there_is_closed_by_hand(
        world in worlds(),
        kind in prop::sample::select(LeaseKind::ALL.to_vec()),
        mode in any_mode(),
    ) {
        let bills = ours(&world).iter().any(|thing| thing.starts_with("nat-gateway"));
        let script = by_hand::close(kind, None, world, place(), &stack(mode), now());
        let script = script.map_err(|obstacle| TestCaseError::fail(format!("{obstacle:?}")))?;
        prop_assert!(script.is_some() || kind != LeaseKind::NatWindow || !bills);
    }

    /// Shelves of different age: what a look at only some kinds leads to takes away nothing that a look at all would
    /// keep.
    #[test]
    fn a_look_at_some_kinds_removes_nothing_that_a_look_at_all_would_keep(
        before in worlds(),
        hidden in prop::collection::vec(any::<bool>(), Kind::VARIANTS.len()),
        wanted in any::<bool>(),
        mode in any_mode(),
    ) {
        let desired = if wanted { all_wanted(true) } else { nobody() };
        // The world goes on by a round; of what became of it only some kinds are looked at.
        let mut after = before.clone();
        let first = plan(&desired, &before, &stack(mode), now());
        carry_out(&mut after, &first, &mut a_hand());
        let mut partly = after.clone();
        for (kind, _) in Kind::VARIANTS.iter().zip(hidden).filter(|(_, stale)| *stale) {
            partly.take_shelf(*kind, &before);
        }
        let full = plan(&desired, &after, &stack(mode), now());
        for step in plan(&desired, &partly, &stack(mode), now()).steps.iter().filter(|step| step.aim == Aim::Remove) {
            let planned = |of: &Plan| of.steps.iter().any(|other| other.act == step.act);
            // Asked for already, or asked for again: neither takes away what would stay.
            prop_assert!(planned(&full) || planned(&first) || !is_kept(&desired, &after, step.name()), "{:#?}", step);
        }
    }
}

/// Whether something of that id or name is there that somebody wants.
fn is_kept(desired: &Desired, world: &Observed, id: &str) -> bool {
    world.things(None).any(|thing| {
        (thing.id == id || thing.facts.name == id)
            && thing.facts.standing != Standing::Over
            && thing.facts.owner.is_some_and(|owner| desired.goal_of(owner).is_some())
    })
}
