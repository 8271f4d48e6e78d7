//! `plan` by itself, over generated worlds: whatever is there, carrying the plan out again and again
//! ends at what is desired, never touches what is foreign, never makes a second gateway or address, and
//! ends at nothing once the lease is over.

mod aws;
mod worlds;

use chrono::TimeDelta;
use doorman_cloud::lease::LeaseKind;
use doorman_cloud::observed::{EndpointState, GatewayState, Observed, RouteTarget, Sight};
use doorman_cloud::plan::{Desired, Goal, Plan, is_complete, plan};
use doorman_cloud::step::Step;
use doorman_config::Stack;
use proptest::prelude::*;

use aws::carry_out;
use worlds::{SIGHTS, goal, hide, now, worlds};

/// What is not ours, to be compared before and after.
fn foreign(world: &Observed) -> impl PartialEq + std::fmt::Debug + use<> {
    let rules: Vec<_> = world.rules.iter().filter(|r| r.owner.is_none()).cloned().collect();
    let endpoints: Vec<_> = world
        .endpoints
        .iter()
        .filter(|e| e.owner.is_none() && e.state != EndpointState::Deleting)
        .map(|e| e.id.clone())
        .collect();
    let ours: Vec<_> = world.gateways.iter().map(|g| g.id.clone()).collect();
    let route =
        world.network.route_table.found().and_then(|t| t.default_route.clone()).map(|route| route.target);
    let route = route.filter(|target| !matches!(target, RouteTarget::NatGateway(id) if ours.contains(id)));
    let role = world.role.clone().filter(|role| role.owner.is_none());
    let profile = world.profile.clone().filter(|profile| profile.owner.is_none());
    (rules, endpoints, route, role, profile)
}

fn ours(world: &Observed) -> Vec<String> {
    let gateways = world.gateways.iter().filter(|g| g.state.is_alive()).map(|g| g.id.to_string());
    let addresses = world.addresses.iter().map(|a| a.id.to_string());
    let rules = world.rules.iter().filter(|r| r.owner.is_some()).map(|r| r.id.to_string());
    let instances = world.instances.iter().map(|i| i.id.to_string());
    let endpoints = world.endpoints.iter().filter(|e| e.owner.is_some()).map(|e| e.id.to_string());
    let role = world.role.iter().filter(|r| r.owner.is_some()).map(|_| "role".to_owned());
    let profile = world.profile.iter().filter(|p| p.owner.is_some()).map(|_| "profile".to_owned());
    gateways
        .chain(addresses)
        .chain(rules)
        .chain(instances)
        .chain(endpoints)
        .chain(role)
        .chain(profile)
        .collect()
}

/// Plans and carries out until nothing is left to do; returns the last plan.
fn converge(desired: &Desired, world: &mut Observed) -> Plan {
    let (stack, mut serial) = (Stack::default(), 0);
    let before = foreign(world);
    let mut created = (0, 0);
    for _ in 0..40 {
        let plan = plan(desired, world, &stack, now());
        for step in &plan.steps {
            created.0 += usize::from(matches!(step, Step::CreateNatGateway { .. }));
            created.1 += usize::from(matches!(step, Step::AllocateAddress { .. }));
        }
        assert!(created.0 <= 1 && created.1 <= 1, "a second gateway or address was planned: {plan:#?}");
        carry_out(world, &plan, &stack, &mut serial);
        assert_eq!(foreign(world), before, "something foreign was touched by {plan:#?}");
        if plan.is_settled() {
            return plan;
        }
    }
    panic!("does not converge: {:#?}\n{world:#?}", plan(desired, world, &stack, now()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_nobody_wants_ends_at_nothing(mut world in worlds()) {
        let plan = converge(&Desired::default(), &mut world);
        prop_assert_eq!(ours(&world), Vec::<String>::new());
        prop_assert_eq!(&world.schedules, &Vec::new());
        prop_assert!(plan.drift.is_empty() && plan.troubles.is_empty());
    }

    #[test]
    fn a_window_is_built_or_the_obstacle_named(mut world in worlds()) {
        let desired = Desired { window: Some(goal("wanted")), ..Desired::default() };
        let plan = converge(&desired, &mut world);
        let complete = is_complete(LeaseKind::NatWindow, &desired, &world, &Stack::default(), now());
        prop_assert_eq!(complete, plan.troubles.is_empty(), "{:#?}", plan);
        let alive = world.gateways.iter().filter(|g| g.state.is_alive()).count();
        prop_assert!(alive <= 1 && world.addresses.len() <= 1, "{:#?}", world);
        if plan.troubles.is_empty() {
            let armed: Vec<_> = world.schedules.iter().map(|schedule| schedule.lease_ends_at).collect();
            let end = now() + TimeDelta::minutes(30);
            let expected = if world.backstop.role_arn.is_some() { vec![end] } else { Vec::new() };
            prop_assert!(armed == expected || world.backstop.role_arn.is_none(), "{:?}", armed);
        }
    }

    /// If doorman died at any instant of opening, AWS would close what is there.
    #[test]
    fn nothing_of_a_window_is_made_before_its_backstop(mut world in worlds()) {
        let desired = Desired { window: Some(goal("wanted")), ..Desired::default() };
        world.backstop.role_arn = Some("arn".to_owned());
        let (stack, mut serial) = (Stack::default(), 0);
        for _ in 0..40 {
            let plan = plan(&desired, &world, &stack, now());
            let builds = plan.steps.iter().any(|step| step.builds().is_some());
            let armed = world.schedules.iter().any(|schedule| schedule.lease.as_str() == "wanted");
            prop_assert!(armed || !builds, "{:#?}", plan);
            carry_out(&mut world, &plan, &stack, &mut serial);
        }
    }

    /// Whatever cannot be seen, what can be is taken down, and nothing is built or called missing.
    #[test]
    fn what_cannot_be_seen_hides_nothing_else(mut world in worlds(), hidden in prop::sample::select(SIGHTS.to_vec()), wanted in any::<bool>()) {
        hide(&mut world, hidden);
        let window = wanted.then(|| goal("wanted"));
        let service = wanted.then(|| goal("wanted"));
        let desired = Desired { window, service, ..Desired::default() };
        let plan = plan(&desired, &world, &Stack::default(), now());
        for kind in LeaseKind::ALL {
            if Sight::needed_by(kind).contains(&hidden) {
                prop_assert!(plan.steps.iter().all(|step| step.builds() != Some(kind)), "{:#?}", plan);
                prop_assert!(plan.drift.iter().all(|(of, _)| *of != kind), "{:#?}", plan);
                prop_assert!(plan.troubles.iter().all(|(of, _)| *of != kind), "{:#?}", plan);
                prop_assert!(!is_complete(kind, &desired, &world, &Stack::default(), now()));
            }
        }
        if !wanted {
            for gateway in world.gateways.iter().filter(|g| matches!(g.state, GatewayState::Pending | GatewayState::Available)) {
                let delete = Step::DeleteNatGateway { id: gateway.id.clone() };
                prop_assert!(plan.steps.contains(&delete), "{:#?}", plan);
            }
        }
    }

    #[test]
    fn a_pair_is_built_or_the_obstacle_named(mut world in worlds()) {
        let desired = Desired { service: Some(goal("wanted")), ..Desired::default() };
        let plan = converge(&desired, &mut world);
        let complete = is_complete(LeaseKind::Service, &desired, &world, &Stack::default(), now());
        prop_assert_eq!(complete, plan.troubles.is_empty(), "{:#?}", plan);
    }

    #[test]
    fn a_ready_lease_is_never_rebuilt_unasked(mut world in worlds()) {
        let ready = |lease| Some(Goal { build: false, ..goal(lease) });
        let desired = Desired { window: ready("wanted"), service: ready("wanted"), ..Desired::default() };
        let before: Vec<String> = ours(&world);
        converge(&desired, &mut world);
        let new: Vec<String> = ours(&world).into_iter().filter(|id| !before.contains(id)).collect();
        prop_assert_eq!(new, Vec::<String>::new());
    }
}
