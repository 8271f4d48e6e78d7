//! The reference stack as it might be observed, for tests of what is said about it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::failure::{Failure, FailureKind};
use doorman_cloud::ids::{LeaseId, SubnetId};
use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::address::Address;
use doorman_cloud::kinds::agent::{Agent, Ping};
use doorman_cloud::kinds::endpoint::{Endpoint, EndpointState};
use doorman_cloud::kinds::gateway::{GatewayState, NatGateway};
use doorman_cloud::kinds::instance::{Instance, InstanceState};
use doorman_cloud::kinds::profile::Profile;
use doorman_cloud::kinds::role::Role;
use doorman_cloud::kinds::route::{Route, RouteTarget};
use doorman_cloud::kinds::rule::{Peer, Permission, Rule};
use doorman_cloud::kinds::subnet::Subnet;
use doorman_cloud::kinds::volume::Volume;
use doorman_cloud::kinds::vpc::Vpc;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Made, MessageRef, PairSpec, Person, Phase, Spec};
use doorman_cloud::plan::Desired;
use doorman_cloud::prices::{Price, Prices};
use doorman_cloud::receipt;
use doorman_cloud::recipes::plan;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::inventory::made as made_of;
use doorman_cloud::tags::Owner;
use doorman_config::{Locale, Market, Settings, ShellMode};

use super::network::{group, route_table};
use crate::message::{Does, Message};
use crate::scene::Scene;
use crate::testbed::people::settings;

/// A Sunday, 14:30 in Seoul.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T05:30:00Z".parse().expect("a time")
}

/// That many minutes before [`now`].
pub(crate) fn ago(minutes: i64) -> DateTime<Utc> {
    now() - TimeDelta::minutes(minutes)
}

/// Somebody.
pub(crate) fn person(id: u64) -> Person {
    Person { id, name: format!("person {id}") }
}

/// A stack with what is leased in it.
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) observed: Observed,
    pub(crate) leases: Vec<Lease>,
}

impl World {
    /// The network, and nothing in it.
    pub(crate) fn empty() -> World {
        let subnet = |name: &str, id: &str, zone: &str, cidr: &str| {
            let (name, zone, cidr) = (name.to_owned(), zone.to_owned(), cidr.to_owned());
            Subnet { id: SubnetId::from(id), name, vpc: Some("vpc-1".into()), zone, cidr }
        };
        let mut observed = Observed::empty(now());
        observed.vpcs.put(Vpc { id: "vpc-1".into(), cidr: "10.20.0.0/16".to_owned() });
        for subnet in [
            subnet("my-subnet-public01", "subnet-pub1", "ap-northeast-2a", "10.20.110.0/24"),
            subnet("my-subnet-private01", "subnet-1", "ap-northeast-2a", "10.20.10.0/24"),
            subnet("my-subnet-private02", "subnet-2", "ap-northeast-2b", "10.20.20.0/24"),
        ] {
            observed.subnets.put(subnet);
        }
        observed.tables.put(route_table());
        observed.groups.put(group());
        World { settings: settings(), observed, leases: Vec::new() }
    }

    /// The pair, leased three hours ago and complete.
    pub(crate) fn with_pair() -> World {
        let mut world = World::empty();
        world.lease_pair(Phase::Ready, 180);
        world.build_shell(178);
        world.build_instances(175);
        world.record();
        world
    }

    /// The pair without shell access, which has windows of its own, three hours ago and complete.
    pub(crate) fn with_pair_and_shell_windows() -> World {
        let mut world = World::empty();
        world.settings.stack.shell.mode = ShellMode::Window;
        world.lease_pair(Phase::Ready, 180);
        let owner = Owner::of("main", &world.leases[0]);
        world.observed.roles.put(role(Some(&owner)));
        world.observed.profiles.put(profile(Some(&owner)));
        world.build_instances(175);
        world.record();
        world
    }

    /// A shell window, opened so many minutes ago and for twenty more, with all that belongs to it.
    pub(crate) fn open_shell(&mut self, phase: Phase, minutes: i64) {
        let lease = Lease {
            expires_at: Some(now() + TimeDelta::minutes(20)),
            ..lease(LeaseKind::ShellWindow, "01shell", phase, minutes)
        };
        let owner = Owner::of("main", &lease);
        self.leases.push(lease);
        if phase != Phase::Opening {
            self.build_access(&owner, minutes);
        }
    }

    /// Takes the shell window away and closes its lease, with a receipt.
    pub(crate) fn close_shell(&mut self, reason: CloseReason) {
        self.observed.endpoints.clear();
        self.observed.rules.clear();
        let at = self.observed.at;
        let lease =
            self.leases.iter_mut().find(|lease| lease.kind == LeaseKind::ShellWindow).expect("a window");
        for made in &mut lease.made {
            made.gone_at = Some(ago(1));
        }
        (lease.closing, lease.phase) = (Some((ago(5), reason)), Phase::Closed);
        lease.receipt = Some(receipt::of(lease, at, Prices::shipped("ap-northeast-2")));
    }

    /// The lease of that kind.
    pub(crate) fn lease(&self, kind: LeaseKind) -> &Lease {
        self.leases.iter().find(|lease| lease.kind == kind).expect("a lease")
    }

    /// Leases the pair.
    pub(crate) fn lease_pair(&mut self, phase: Phase, minutes: i64) {
        let lease = lease(LeaseKind::Pair, "01pair", phase, minutes);
        self.leases.push(Lease { spec: Spec::Pair(spec()), ..lease });
    }

    /// Role, profile, endpoints and rules of the pair's lease.
    pub(crate) fn build_shell(&mut self, minutes: i64) {
        let owner = Owner::of("main", &self.leases[0]);
        self.observed.roles.put(role(Some(&owner)));
        self.observed.profiles.put(profile(Some(&owner)));
        self.build_access(&owner, minutes);
    }

    fn build_access(&mut self, owner: &Owner, minutes: i64) {
        let observed = &mut self.observed;
        for service in ["ssm", "ssmmessages", "ec2messages"] {
            observed.endpoints.put(endpoint(service, minutes, Some(owner)));
        }
        for egress in [false, true] {
            observed.rules.put(Rule {
                id: format!("sgr-{egress}").into(),
                name: "tcp 443".to_owned(),
                group: "sg-1".into(),
                lets: Permission::tcp(egress, 443, Peer::Group("sg-1".into())),
                owner: owner.clone(),
            });
        }
    }

    /// Both instances, running and answering, with their volumes.
    pub(crate) fn build_instances(&mut self, minutes: i64) {
        let owner = Owner::of("main", &self.leases[0]);
        for (number, slot) in (1..).zip(self.settings.stack.service.instances.clone()) {
            let id = format!("i-{number}");
            self.observed.instances.put(Instance {
                id: id.clone().into(),
                name: slot.name,
                state: InstanceState::Running,
                instance_type: "t3.micro".to_owned(),
                image: "ami-1".into(),
                root_device: None,
                spot: false,
                private_ip: Some(slot.private_ip),
                subnet: format!("subnet-{number}").into(),
                vpc: Some("vpc-1".into()),
                groups: Vec::new(),
                launched_at: ago(minutes),
                profile: Some("MySSMRoleForServiceInstance".to_owned()),
                owner: owner.clone(),
            });
            self.observed.volumes.put(Volume {
                id: format!("vol-{number}").into(),
                size_gib: 30,
                kind: "gp3".to_owned(),
                attached: true,
                created_at: ago(minutes),
                owner: owner.clone(),
            });
            self.observed.agents.put(Agent { instance: id.into(), ping: Ping::Online });
        }
    }

    /// A window, open for ten minutes and for twenty more.
    pub(crate) fn open_window(&mut self) {
        let lease = Lease {
            expires_at: Some(now() + TimeDelta::minutes(20)),
            ..lease(LeaseKind::NatWindow, "01window", Phase::Ready, 10)
        };
        let owner = Owner::of("main", &lease);
        self.leases.push(lease);
        let observed = &mut self.observed;
        observed.addresses.put(Address {
            id: "eipalloc-1".into(),
            public_ip: "203.0.113.20".to_owned(),
            associated: true,
            owner: owner.clone(),
        });
        observed.gateways.put(NatGateway {
            id: "nat-1".into(),
            name: "My-NAT".to_owned(),
            state: GatewayState::Available,
            failure_code: None,
            created_at: ago(10),
            allocation: Some("eipalloc-1".into()),
            public_ip: Some("203.0.113.20".to_owned()),
            subnet: "subnet-pub1".into(),
            owner: owner.clone(),
        });
        let target = RouteTarget::NatGateway("nat-1".into());
        observed.tables[0].default_route = Some(Route { target, blackhole: false });
        for port in [80, 443] {
            observed.rules.put(Rule {
                id: format!("sgr-{port}").into(),
                name: "tcp port".to_owned(),
                group: "sg-1".into(),
                lets: Permission::tcp(true, port, Peer::anywhere()),
                owner: owner.clone(),
            });
        }
        self.record();
    }

    /// Writes down what was made for each lease, as the keeper does.
    pub(crate) fn record(&mut self) {
        for lease in &mut self.leases {
            lease.made = made_of(&lease.id, &self.observed, Prices::shipped("ap-northeast-2"));
        }
    }

    /// Takes the pair away and closes its lease, with a receipt.
    pub(crate) fn close_pair(&mut self, reason: CloseReason) {
        let observed = &mut self.observed;
        observed.instances.clear();
        observed.volumes.clear();
        observed.endpoints.clear();
        observed.rules.clear();
        observed.agents.clear();
        observed.roles.clear();
        observed.profiles.clear();
        let lease = &mut self.leases[0];
        for made in &mut lease.made {
            made.gone_at = Some(ago(1));
        }
        lease.closing = Some((ago(5), reason));
        lease.phase = Phase::Closed;
        lease.receipt = Some(receipt::of(lease, observed.at, Prices::shipped("ap-northeast-2")));
    }

    /// What the keeper would know of it.
    pub(crate) fn view(&self) -> View {
        let desired = Desired::of("main", &self.leases, now());
        View {
            at: now(),
            observed: Some(Arc::new(self.observed.clone())),
            plan: plan(&desired, &self.observed, &self.settings.stack, now()),
            leases: self.leases.clone(),
            unknown: Default::default(),
            place: None,
            blind: None,
            failing: Vec::new(),
            working: Vec::new(),
        }
    }

    /// A scene of it.
    pub(crate) fn scene<'a>(&'a self, view: &'a View, locale: Locale) -> Scene<'a> {
        Scene { settings: &self.settings, view, locale, now: now() }
    }
}

/// An endpoint in both private subnets, made that many minutes ago.
pub(crate) fn endpoint(service: &str, minutes: i64, owner: Option<&Owner>) -> Endpoint {
    Endpoint {
        id: format!("vpce-{service}").into(),
        service: service.to_owned(),
        vpc: Some("vpc-1".into()),
        state: EndpointState::Available,
        private_dns: true,
        subnets: vec!["subnet-1".into(), "subnet-2".into()],
        groups: Vec::new(),
        others_let: Vec::new(),
        created_at: ago(minutes),
        owner: owner.cloned(),
    }
}

/// The role of the instances.
pub(crate) fn role(owner: Option<&Owner>) -> Role {
    Role {
        name: settings().stack.shell.role.as_str().into(),
        has_policy: true,
        only_for_instances: true,
        bounded: true,
        owner: owner.cloned(),
    }
}

/// The instance profile, with its role.
pub(crate) fn profile(owner: Option<&Owner>) -> Profile {
    Profile { name: settings().stack.shell.role.as_str().into(), has_role: true, owner: owner.cloned() }
}

/// What the pair of [`World::with_pair`] is made of.
pub(crate) fn spec() -> PairSpec {
    PairSpec {
        image: "ami-1".into(),
        root: None,
        image_name: "ubuntu-24.04".to_owned(),
        instance_type: "t3.micro".to_owned(),
        market: Market::OnDemand,
    }
}

/// A lease, asked for by person 7 that many minutes ago.
pub(crate) fn lease(kind: LeaseKind, id: &str, phase: Phase, minutes: i64) -> Lease {
    Lease {
        phase,
        ready_at: (phase != Phase::Opening).then(|| ago(minutes - 3)),
        message: Some(MessageRef { channel_id: 3, message_id: 4 }),
        ..Lease::new(LeaseId::from(id), kind, person(7), ago(minutes), Locale::EnUs)
    }
}

/// Something that was made and is gone again.
pub(crate) fn made(kind: Kind, from: i64, to: i64, usd_per_hour: f64) -> Made {
    Made {
        kind,
        id: format!("{kind:?}-{from}"),
        name: "gone".to_owned(),
        made_at: ago(from),
        gone_at: Some(ago(to)),
        price: Price::Hourly { usd: usd_per_hour, by: kind.billing().expect("something that bills") },
    }
}

/// A message as text, for snapshots.
pub(crate) fn shown(message: &Message) -> String {
    let mut parts = Vec::new();
    if !message.text.is_empty() {
        parts.push(message.text.clone());
    }
    if let Some(panel) = &message.panel {
        parts.push(format!("[{:?}] {}", panel.tone, panel.title));
        parts.push(panel.body.clone());
        parts.extend(panel.fields.iter().map(|field| format!("| {}: {}", field.name, field.value)));
        parts.extend((!panel.footer.is_empty()).then(|| format!("_{}_", panel.footer)));
    }
    for button in &message.buttons {
        let does = match &button.does {
            Does::Press(id) => id,
            Does::Open(url) => url,
        };
        parts.push(format!("({}) {:?} {does}", button.label, button.style));
    }
    parts.join("\n")
}

/// A call that was not answered.
pub(crate) fn away() -> Failure {
    let (code, message) = ("ConnectionFailed".to_owned(), String::new());
    Failure { operation: "DescribeInstanceInformation", kind: FailureKind::Away, code, message }
}
