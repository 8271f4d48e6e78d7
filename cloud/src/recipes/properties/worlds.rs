//! Worlds to plan in: the reference network with anything in it.

use doorman_config::{ShellMode, Stack};
use proptest::prelude::*;

use crate::backstop::runbooks;
use crate::by_hand::hand::Hand;
use crate::failure::{Failure, FailureKind};
use crate::ids::{ProfileName, RoleName};
use crate::kind::Kind;
use crate::kinds::backstop_role::BackstopRole;
use crate::kinds::group::Group;
use crate::kinds::model::{now, owner_of};
use crate::kinds::route::RouteTable;
use crate::kinds::runbook::Runbook;
use crate::kinds::subnet::{Subnet, names};
use crate::kinds::vpc::Vpc;
use crate::kinds::{address, endpoint, gateway, instance, profile, role, route, rule, schedule, volume};
use crate::lease::{LeaseKind, PairSpec, Spec};
use crate::place::Place;
use crate::plan::Goal;
use crate::switchboard::Observed;

/// The stack in each mode of shell access.
pub(crate) fn stack(mode: ShellMode) -> Stack {
    let mut stack = Stack::default();
    stack.shell.mode = mode;
    stack
}

/// Who does it.
pub(super) fn a_hand() -> Hand {
    Hand::new(place(), "wanted")
}

/// Where.
pub(crate) fn place() -> Place {
    let (partition, account_id) = ("aws".to_owned(), "123456789012".to_owned());
    Place { partition, account_id, region: "ap-northeast-2".to_owned() }
}

pub(super) fn any_mode() -> impl Strategy<Value = ShellMode> {
    prop_oneof![Just(ShellMode::Always), Just(ShellMode::Window)]
}

/// A lease that is to be built.
pub(crate) fn goal(lease: &str, kind: LeaseKind) -> Goal {
    let spec = PairSpec {
        image: "ami-1".into(),
        root: None,
        image_name: "ubuntu-24.04".to_owned(),
        instance_type: "t3.micro".to_owned(),
        market: doorman_config::Market::OnDemand,
    };
    let spec = if kind == LeaseKind::Pair { Spec::Pair(spec) } else { Spec::Plain };
    Goal { owner: owner_of(lease, kind), build: true, building_since: now(), made: Vec::new(), spec }
}

/// The reference network, empty.
pub(crate) fn empty(stack: &Stack) -> Observed {
    let mut world = Observed::empty(now());
    world.vpcs.put(Vpc { id: "vpc-1".into(), cidr: "10.20.0.0/16".to_owned() });
    for name in names(stack) {
        let zone = if name.ends_with('1') { "ap-northeast-2a" } else { "ap-northeast-2b" };
        world.subnets.put(Subnet {
            id: name.into(),
            name: name.to_owned(),
            vpc: Some("vpc-1".into()),
            zone: zone.to_owned(),
            cidr: String::new(),
        });
    }
    world.tables.put(RouteTable {
        id: "rtb-1".into(),
        named: true,
        vpc: Some("vpc-1".into()),
        subnets: Vec::new(),
        is_main: true,
        default_route: None,
    });
    world.groups.put(Group { id: "sg-1".into(), vpc: Some("vpc-1".into()), lets: Vec::new() });
    world
}

/// Any world: half-made, doubled, left over, or made by hand.
pub(super) fn worlds() -> impl Strategy<Value = Observed> {
    let stack = Stack::default();
    let services = stack.shell.endpoints.iter().map(|endpoint| endpoint.service.clone()).collect();
    let name = stack.shell.role.clone();
    let parts = (
        gateway::model::anything(),
        address::model::anything(),
        rule::model::anything("sg-1"),
        instance::model::anything(stack.service.instances.clone()),
        endpoint::model::anything(services),
        role::model::anything(RoleName::from(&*name)),
        volume::model::anything(),
        schedule::model::anything(),
        prop::option::of(any::<bool>()),
    );
    parts.prop_flat_map(move |parts| {
        let gateways: Vec<_> = parts.0.iter().map(|(gateway, _)| gateway.clone()).collect();
        let profile = profile::model::any_for(parts.5.as_ref(), ProfileName::from(&*name));
        let route = route::model::to_any_of(&gateways);
        (Just(parts), profile, route).prop_map(|(parts, profile, route)| {
            let stack = stack_of_both();
            let mut world = empty(&stack);
            let (
                gateways,
                addresses,
                (ours, by_hand),
                instances,
                endpoints,
                role,
                volumes,
                schedules,
                backstop,
            ) = parts;
            for (gateway, address) in gateways {
                address.into_iter().for_each(|address| world.addresses.put(address));
                world.gateways.put(gateway);
            }
            addresses.into_iter().for_each(|address| world.addresses.put(address));
            ours.into_iter().for_each(|rule| world.rules.put(rule));
            world.groups.iter_mut().for_each(|group| group.lets.clone_from(&by_hand));
            instances.into_iter().for_each(|(instance, online)| {
                instance::model::put(&mut world, instance, online);
            });
            endpoints.into_iter().for_each(|endpoint| world.endpoints.put(endpoint));
            role.into_iter().for_each(|role| world.roles.put(role));
            profile.into_iter().for_each(|profile| world.profiles.put(profile));
            volumes.into_iter().for_each(|volume| world.volumes.put(volume));
            schedules.into_iter().for_each(|schedule| world.schedules.put(schedule));
            world.tables.iter_mut().for_each(|table| table.default_route.clone_from(&route));
            if let Some(installed) = backstop {
                let name = RoleName::from(&*stack.backstop.role);
                world.backstop_roles.put(BackstopRole { name, arn: "arn".to_owned() });
                if installed {
                    install_runbooks(&mut world);
                }
            }
            world
        })
    })
}

/// Every runbook there may be need of, as doorman writes it.
pub(crate) fn install_runbooks(world: &mut Observed) {
    for runbook in runbooks(&stack_of_both()) {
        world.runbooks.put(Runbook { name: runbook.name().into(), sound: true });
    }
}

/// A stack for which every runbook there is may be needed.
fn stack_of_both() -> Stack {
    stack(ShellMode::Window)
}

/// The world as it looks when a kind cannot be looked at.
pub(super) fn hide(world: &mut Observed, kind: Kind) {
    let (code, message) = ("AccessDenied".to_owned(), String::new());
    world.hide(kind, Failure { operation: "Describe", kind: FailureKind::AccessDenied, code, message });
}
