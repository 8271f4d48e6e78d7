//! The steps of a NAT window, applied and seen.

use doorman_cloud::failure::FailureKind;
use doorman_cloud::ids::{NatGatewayId, SubnetId};
use doorman_cloud::kinds::gateway::{self, GatewayState};
use doorman_cloud::kinds::route::{RouteTable, RouteTarget};
use doorman_cloud::kinds::rule::{self, Peer, Permission};
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::step::{AnyAct, Step};
use doorman_cloud::tags::Owner;
use doorman_sandbox::aws::Timing;

use crate::world::{
    World, allocate, create_route, delete_gateway, delete_route, moment, owner, refuse, release,
    replace_route, retag, revoke, step,
};

fn public_subnet(observed: &Observed) -> SubnetId {
    observed.network().subnet("my-subnet-public01").expect("the public subnet").id.clone()
}

fn table(observed: &Observed) -> RouteTable {
    observed.network().route_table.found().expect("the private table").clone()
}

fn create_gateway(observed: &Observed, attempt: u32) -> Step {
    step(AnyAct::Gateway(gateway::Act::Create {
        private_ip: None,
        name: "My-NAT".to_owned(),
        subnet: public_subnet(observed),
        allocation: observed.addresses[0].id.clone(),
        attempt,
    }))
}

fn rule(observed: &Observed, port: u16) -> Step {
    step(AnyAct::Rule(rule::Act::Authorize {
        group: observed.network().group.found().expect("the group").id.clone(),
        lets: Permission::tcp(true, port, Peer::anywhere()),
        name: format!("My-NAT out tcp {port}"),
        description: "for package management".to_owned(),
    }))
}

/// A world with an address and an available gateway.
async fn with_gateway(timing: Timing) -> (World, Observed, NatGatewayId) {
    let world = World::with(timing).await;
    let mut observed = world.look().await;
    world.apply(&allocate(), &mut observed).await;
    world.apply(&create_gateway(&observed, 0), &mut observed).await;
    world.pass(120);
    let observed = world.look().await;
    let id = observed.gateways[0].id.clone();
    (world, observed, id)
}

#[tokio::test]
async fn an_address_is_ours_from_the_call_that_makes_it() {
    let world = World::start().await;
    let mut observed = world.look().await;
    world.apply(&allocate(), &mut observed).await;

    let seen = world.look().await;
    assert_eq!(seen.addresses, observed.addresses, "what was folded is what is seen");
    assert_eq!(seen.addresses[0].owner, owner());
    assert!(!seen.addresses[0].associated);
    let item = &world.alive("elastic-ip")[0];
    assert_eq!(item.name.as_deref(), Some("My-NAT"));
    assert_eq!(item.tags["doorman:expires-at"], "2026-11-23T09:30:00Z");
}

#[tokio::test]
async fn a_gateway_goes_from_pending_to_available() {
    let world = World::start().await;
    let mut observed = world.look().await;
    world.apply(&allocate(), &mut observed).await;
    world.apply(&create_gateway(&observed, 0), &mut observed).await;
    assert_eq!(observed.gateways[0].state, GatewayState::Pending);
    assert_eq!(world.look().await.gateways[0].state, GatewayState::Pending);

    world.pass(120);
    let seen = world.look().await;
    let gateway = &seen.gateways[0];
    assert_eq!(gateway.state, GatewayState::Available);
    assert_eq!(gateway.allocation.as_ref(), Some(&seen.addresses[0].id));
    assert_eq!(gateway.public_ip.as_deref(), Some(seen.addresses[0].public_ip.as_str()));
    assert_eq!(gateway.subnet, public_subnet(&seen));
    assert_eq!(gateway.created_at, moment("2026-11-23T09:00:00Z"));
    assert_eq!(gateway.owner, owner());
    assert!(seen.addresses[0].associated);
}

#[tokio::test]
async fn the_same_attempt_makes_the_same_gateway() {
    let world = World::start().await;
    let mut observed = world.look().await;
    world.apply(&allocate(), &mut observed).await;
    let step = create_gateway(&observed, 0);
    world.apply(&step, &mut observed).await;
    world.apply(&step, &mut observed).await;
    assert_eq!(world.alive("nat-gateway").len(), 1);
    assert_eq!(observed.gateways.len(), 1);
}

#[tokio::test]
async fn a_token_spent_on_other_tags_asks_for_a_look() {
    let world = World::start().await;
    let mut observed = world.look().await;
    world.apply(&allocate(), &mut observed).await;
    world.apply(&create_gateway(&observed, 0), &mut observed).await;
    // The window was extended between two tries of the same attempt.
    let step = create_gateway(&observed, 0);
    let extended = Owner { expires_at: Some(moment("2026-11-23T11:00:00Z")), ..step.owner.clone() };
    let again = Step { owner: extended, ..step };
    let failure = world.refused(&again).await;
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::NotYet, "IdempotentParameterMismatch"));
}

#[tokio::test]
async fn a_route_of_ours_leads_to_the_gateway_and_goes_black_with_it() {
    let (world, mut observed, gateway) = with_gateway(Timing::default()).await;
    let create = create_route(table(&observed), gateway.clone());
    world.apply(&create, &mut observed).await;
    let route = |observed: &Observed| {
        observed.network().route_table.found().expect("the table").default_route.clone()
    };
    let seen = world.look().await;
    assert_eq!(route(&seen), route(&observed));
    assert_eq!(route(&seen).expect("a route").target, RouteTarget::NatGateway(gateway.clone()));

    assert!(world.apply(&create, &mut observed).await.asks_for_a_look(), "it is there already");

    world.apply(&delete_gateway(gateway), &mut observed).await;
    assert_eq!(observed.gateways[0].state, GatewayState::Deleting);
    world.pass(60);
    let seen = world.look().await;
    assert_eq!(seen.gateways[0].state, GatewayState::Deleted);
    assert!(route(&seen).expect("a route").blackhole);

    let delete = delete_route(table(&observed));
    world.apply(&delete, &mut observed).await;
    assert_eq!(route(&observed), None);
    assert_eq!(route(&world.look().await), None);
    assert!(world.apply(&delete, &mut observed).await.asks_for_a_look(), "a look says that it is gone");
}

#[tokio::test]
async fn a_stale_route_is_pointed_to_the_new_gateway() {
    let (world, mut observed, old) = with_gateway(Timing::default()).await;
    world.apply(&create_route(table(&observed), old.clone()), &mut observed).await;
    world.apply(&delete_gateway(old), &mut observed).await;
    world.pass(120);
    world.apply(&create_gateway(&observed, 1), &mut observed).await;
    world.pass(120);
    let mut observed = world.look().await;
    let new = observed.gateways.iter().find(|g| g.state == GatewayState::Available).expect("one").id.clone();
    world.apply(&replace_route(table(&observed), new.clone()), &mut observed).await;
    let seen = world.look().await;
    let route =
        seen.network().route_table.found().and_then(|table| table.default_route.clone()).expect("a route");
    assert_eq!((route.target, route.blackhole), (RouteTarget::NatGateway(new.clone()), false));

    world.apply(&delete_route(table(&observed)), &mut observed).await;
    let replace = replace_route(table(&observed), new);
    assert!(world.apply(&replace, &mut observed).await.asks_for_a_look(), "nothing to replace");
}

#[tokio::test]
async fn rules_of_ours_have_an_owner_and_are_not_counted_twice() {
    let world = World::start().await;
    let mut observed = world.look().await;
    let by_hand = |observed: &Observed| {
        let group = observed.network().group.found().expect("the group").clone();
        observed.by_hand(&group).cloned().collect::<Vec<_>>()
    };
    let before = by_hand(&observed);
    for port in [80, 443] {
        let step = rule(&observed, port);
        world.apply(&step, &mut observed).await;
        assert!(world.apply(&step, &mut observed).await.asks_for_a_look(), "it is there already");
    }
    let seen = world.look().await;
    assert_eq!(by_hand(&seen), before);
    let folded = seen.rules.iter().all(|rule| observed.rules.get(&rule.id) == Some(rule));
    assert!(folded, "what was folded is what is seen");
    assert_eq!(seen.rules.len(), 2);
    let item = world.alive("security-group-rule").into_iter().find(|item| item.managed).expect("a rule");
    assert!(item.detail.contains("for package management") || item.tags.contains_key("Name"), "{item:?}");

    let group = observed.network().group.found().expect("the group").id.clone();
    for rule in &seen.rules {
        let step = revoke(group.clone(), rule.id.clone());
        world.apply(&step, &mut observed).await;
        world.apply(&step, &mut observed).await;
    }
    let after = world.look().await;
    assert!(after.rules.is_empty());
    assert_eq!(by_hand(&after), before);
}

#[tokio::test]
async fn an_address_is_released_when_its_gateway_has_let_go() {
    let (world, mut observed, gateway) = with_gateway(Timing::default()).await;
    let release = release(observed.addresses[0].id.clone());
    let failure = world.refused(&release).await;
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::NotYet, "AuthFailure"));

    world.apply(&delete_gateway(gateway), &mut observed).await;
    world.pass(51);
    assert_eq!(world.refused(&release).await.kind, FailureKind::NotYet, "held a little longer than it says");
    world.pass(20);
    world.apply(&release, &mut observed).await;
    assert!(observed.addresses.is_empty());
    assert!(world.look().await.addresses.is_empty());
    world.apply(&release, &mut observed).await;
}

#[tokio::test]
async fn what_is_not_found_is_looked_for_and_not_called_gone() {
    let timing = Timing { consistency: std::time::Duration::from_secs(5), ..Timing::default() };
    let world = World::with(timing).await;
    let mut observed = world.look().await;
    // Just made: it bills already.
    world.apply(&allocate(), &mut observed).await;
    world.apply(&rule(&observed, 443), &mut observed).await;
    let made = observed.rules[0].id.clone();
    let (group, table) = (observed.network().group.found().expect("the group").id.clone(), table(&observed));
    for step in [
        release(observed.addresses[0].id.clone()),
        revoke(group, made),
        delete_gateway("nat-0123456789abcdef0".into()),
        delete_route(table),
    ] {
        let before = observed.clone();
        assert!(world.apply(&step, &mut observed).await.asks_for_a_look(), "{step:?}");
        assert_eq!(observed, before, "{step:?}");
    }
}

#[tokio::test]
async fn what_was_just_made_may_not_be_known_yet() {
    let timing = Timing { consistency: std::time::Duration::from_secs(5), ..Timing::default() };
    let world = World::with(timing).await;
    let mut observed = world.look().await;
    world.apply(&allocate(), &mut observed).await;
    assert!(world.look().await.addresses.is_empty());
    let failure = world.refused(&create_gateway(&observed, 0)).await;
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::NotYet, "InvalidAllocationID.NotFound"));
    world.pass(6);
    world.apply(&create_gateway(&observed, 0), &mut observed).await;
}

#[tokio::test]
async fn extending_a_lease_writes_the_new_expiry_on_all_it_owns() {
    let (world, mut observed, gateway) = with_gateway(Timing::default()).await;
    world.apply(&rule(&observed, 443), &mut observed).await;
    let rule = observed.rules[0].id.clone();
    let ids = vec![observed.addresses[0].id.to_string(), gateway.to_string(), rule.to_string()];
    let extended = Owner { expires_at: Some(moment("2026-11-23T10:00:00Z")), ..owner() };
    world.sandbox.clear_calls();
    world.apply(&retag(ids.clone(), &extended), &mut observed).await;
    assert_eq!(world.times("CreateTags"), 1);

    let seen = world.look().await;
    assert_eq!(seen.addresses[0].owner, extended);
    assert_eq!(seen.gateways[0].owner, extended);
    assert_eq!(seen.rules.get(&rule).map(|rule| &rule.owner), Some(&extended));
    assert_eq!((&seen.addresses, &seen.gateways), (&observed.addresses, &observed.gateways));

    let with_a_ghost = [ids, vec!["nat-0123456789abcdef0".to_owned()]].concat();
    let step = retag(with_a_ghost, &extended);
    assert!(world.apply(&step, &mut observed).await.asks_for_a_look());
}

#[tokio::test]
async fn a_quota_is_told_as_such() {
    let world = World::start().await;
    world.fault("AllocateAddress", refuse(400, "AddressLimitExceeded", "Too many addresses allocated."));
    let failure = world.refused(&allocate()).await;
    assert_eq!(failure.kind, FailureKind::Quota);
    assert_eq!(failure.operation, "AllocateAddress");
}
