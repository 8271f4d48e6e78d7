//! AWS, as far as a plan can tell: steps take effect, what is waited for comes to pass.

use doorman_cloud::observed::{
    Address, Endpoint, EndpointState, GatewayState, Instance, InstanceState, Lookup, NatGateway, Observed,
    Occupant, Ping, Profile, Role, RouteTable, RouteTarget, Rule,
};
use doorman_cloud::plan::{Plan, Wait};
use doorman_cloud::step::{Change, Step};
use doorman_config::Stack;

use crate::worlds::now;

/// AWS for one round: steps take effect, what is waited for comes to pass.
pub(crate) fn carry_out(world: &mut Observed, plan: &Plan, stack: &Stack, serial: &mut u32) {
    let mut next = |prefix: &str| {
        *serial += 1;
        format!("{prefix}-new{serial}")
    };
    for step in &plan.steps {
        let change = match step.clone() {
            Step::AllocateAddress { owner } => Change::Address(Address {
                id: next("eipalloc").into(),
                public_ip: String::new(),
                associated: false,
                owner,
            }),
            Step::ReleaseAddress { id } => {
                assert!(
                    !world.gateways.iter().any(|g| g.state.is_alive() && g.allocation.as_ref() == Some(&id)),
                    "an address is not released while its gateway lives"
                );
                Change::AddressGone(id)
            }
            Step::CreateNatGateway { owner, subnet, allocation, .. } => Change::Gateway(NatGateway {
                id: next("nat").into(),
                state: GatewayState::Pending,
                failure_code: None,
                created_at: now(),
                allocation: Some(allocation),
                public_ip: None,
                subnet,
                owner,
            }),
            Step::DeleteNatGateway { id } => Change::GatewayDeleting(id),
            Step::CreateRoute { gateway, .. } => {
                let table = world.network.route_table.found().expect("a table");
                assert!(table.default_route.is_none(), "CreateRoute over an existing route");
                Change::routed_to(gateway)
            }
            Step::ReplaceRoute { gateway, .. } => Change::routed_to(gateway),
            Step::DeleteRoute { .. } => Change::DefaultRoute(None),
            Step::AuthorizeRule { owner, egress, port, peer, .. } => Change::Rule(Rule {
                id: next("sgr").into(),
                egress,
                protocol: "tcp".to_owned(),
                ports: Some((port, port)),
                peer,
                owner: Some(owner),
            }),
            Step::RevokeRule { id, .. } => Change::RuleGone(id),
            Step::CreateRole { owner } => Change::Role(Some(Role { has_policy: false, owner: Some(owner) })),
            Step::AttachRolePolicy => {
                Change::Role(world.role.clone().map(|role| Role { has_policy: true, ..role }))
            }
            Step::DetachRolePolicy => {
                Change::Role(world.role.clone().map(|role| Role { has_policy: false, ..role }))
            }
            Step::CreateInstanceProfile { owner } => {
                Change::Profile(Some(Profile { has_role: false, owner: Some(owner) }))
            }
            Step::AddRoleToInstanceProfile => {
                Change::Profile(world.profile.clone().map(|p| Profile { has_role: true, ..p }))
            }
            Step::RemoveRoleFromInstanceProfile => {
                Change::Profile(world.profile.clone().map(|p| Profile { has_role: false, ..p }))
            }
            Step::DeleteInstanceProfile => Change::Profile(None),
            Step::DeleteRole => {
                assert!(world.profile.as_ref().is_none_or(|p| !p.has_role), "DeleteConflict");
                Change::Role(None)
            }
            Step::CreateEndpoint { owner, service, subnets, .. } => {
                assert!(
                    !world
                        .endpoints
                        .iter()
                        .any(|e| e.service == service && e.private_dns && e.state != EndpointState::Failed),
                    "private-dns conflict"
                );
                Change::Endpoint(Endpoint {
                    id: next("vpce").into(),
                    service,
                    state: EndpointState::Pending,
                    private_dns: true,
                    subnets,
                    created_at: now(),
                    owner: Some(owner),
                })
            }
            Step::DeleteEndpoint { id } => Change::EndpointDeleting(id),
            Step::RunInstance { owner, name, subnet, private_ip, spec, .. } => {
                assert!(!world.occupants.contains_key(&private_ip), "InvalidIPAddress.InUse");
                let id = next("i");
                world.occupants.insert(private_ip, Occupant { id: id.clone() });
                Change::Instance(Instance {
                    id: id.into(),
                    name,
                    state: InstanceState::Pending,
                    instance_type: spec.instance_type,
                    image: spec.image,
                    spot: false,
                    private_ip: Some(private_ip),
                    subnet,
                    launched_at: now(),
                    profile: Some(stack.shell.role.clone()),
                    owner,
                })
            }
            Step::StartInstance { id } => {
                with_instance(world, id.as_str(), |i| i.state = InstanceState::Pending)
            }
            Step::RebootInstance { id } => Change::Rebooted(id),
            Step::AssociateProfile { id } => {
                with_instance(world, id.as_str(), |i| i.profile = Some("profile".to_owned()))
            }
            Step::TerminateInstance { id } => Change::InstanceTerminating(id),
            Step::DeleteVolume { id } => Change::VolumeGone(id),
            Step::CreateRunbook => Change::Runbook,
            Step::CreateSchedule { schedule, .. } => Change::Schedule(schedule),
            Step::DeleteSchedule { name, .. } => Change::ScheduleGone(name),
            Step::Retag { ids, owner } => Change::Retagged { ids, expires_at: owner.expires_at },
        };
        world.fold(change);
    }
    for wait in &plan.waits {
        come_to_pass(world, wait);
    }
}

fn with_instance(world: &Observed, id: &str, change: impl FnOnce(&mut Instance)) -> Change {
    let mut instance = world.instances.iter().find(|i| i.id.as_str() == id).expect("there").clone();
    change(&mut instance);
    Change::Instance(instance)
}

fn come_to_pass(world: &mut Observed, wait: &Wait) {
    match wait {
        Wait::GatewayAvailable(id) => {
            world.gateways.iter_mut().filter(|g| g.id == *id).for_each(|g| g.state = GatewayState::Available);
        }
        Wait::GatewayDeleted(id) => {
            world.gateways.iter_mut().filter(|g| g.id == *id).for_each(|g| g.state = GatewayState::Deleted);
            if let Lookup::Found(RouteTable { default_route: Some(route), .. }) =
                &mut world.network.route_table
            {
                route.blackhole |= route.target == RouteTarget::NatGateway(id.clone());
            }
        }
        Wait::EndpointAvailable(service) => {
            let pending = world
                .endpoints
                .iter_mut()
                .filter(|e| e.service == *service && e.state == EndpointState::Pending);
            pending.for_each(|e| e.state = EndpointState::Available);
        }
        Wait::EndpointDeleted(service) => {
            world.endpoints.retain(|e| e.service != *service || e.state != EndpointState::Deleting);
        }
        Wait::InstanceRunning(name) => set_state(world, name, InstanceState::Pending, InstanceState::Running),
        Wait::InstanceStopped(name) => {
            set_state(world, name, InstanceState::Stopping, InstanceState::Stopped)
        }
        Wait::InstanceTerminated(name) => {
            let gone = |i: &Instance| i.name == *name && i.state == InstanceState::ShuttingDown;
            let addresses: Vec<_> =
                world.instances.iter().filter(|i| gone(i)).filter_map(|i| i.private_ip).collect();
            world.instances.retain(|i| !gone(i));
            addresses.iter().for_each(|address| {
                world.occupants.remove(address);
            });
        }
        Wait::AgentOnline(name) => {
            let ids: Vec<_> =
                world.instances.iter().filter(|i| i.name == *name).map(|i| i.id.clone()).collect();
            world.agents.extend(ids.into_iter().map(|id| (id, Ping::Online)));
        }
        Wait::AddressFree(_) | Wait::BackstopArmed | Wait::Seen(_) => {}
    }
}

fn set_state(world: &mut Observed, name: &str, from: InstanceState, to: InstanceState) {
    world.instances.iter_mut().filter(|i| i.name == name && i.state == from).for_each(|i| i.state = to);
}
