//! The reference stack as it might be observed, for tests of what is said about it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::ids::{GroupId, LeaseId, SubnetId};
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{
    CloseReason, Lease, LeaseKind, Made, MadeKind, MessageRef, Person, Phase, ServiceSpec,
};
use doorman_cloud::observed::{
    Address, Endpoint, EndpointState, GatewayState, Group, Instance, InstanceState, Lookup, NatGateway,
    Network, Observed, Peer, Ping, Profile, Role, Route, RouteTable, RouteTarget, Rule, Subnet, Volume, Vpc,
};
use doorman_cloud::plan::{Desired, plan};
use doorman_cloud::prices::Prices;
use doorman_cloud::receipt;
use doorman_cloud::step::{Failure, FailureKind};
use doorman_config::{Locale, Market, Settings};

use super::Scene;
use crate::admit::fixtures::settings;
use crate::message::{Does, Message};

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
            let subnet = Subnet { id: SubnetId::from(id), zone: zone.to_owned(), cidr: cidr.to_owned() };
            (name.to_owned(), Lookup::Found(subnet))
        };
        let network = Network {
            vpc: Lookup::Found(Vpc { id: "vpc-1".into(), cidr: "10.20.0.0/16".to_owned() }),
            subnets: [
                subnet("my-subnet-public01", "subnet-pub1", "ap-northeast-2a", "10.20.110.0/24"),
                subnet("my-subnet-private01", "subnet-1", "ap-northeast-2a", "10.20.10.0/24"),
                subnet("my-subnet-private02", "subnet-2", "ap-northeast-2b", "10.20.20.0/24"),
            ]
            .into(),
            route_table: Lookup::Found(RouteTable { id: "rtb-1".into(), default_route: None }),
            group: Lookup::Found(Group { id: GroupId::from("sg-1") }),
        };
        let observed = Observed { network, ..Observed::empty(now()) };
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

    /// Leases the pair.
    pub(crate) fn lease_pair(&mut self, phase: Phase, minutes: i64) {
        let lease = lease(LeaseKind::Service, "01pair", phase, minutes);
        self.leases.push(Lease { service: Some(spec()), ..lease });
    }

    /// Role, profile, endpoints and rules of the pair's lease.
    pub(crate) fn build_shell(&mut self, minutes: i64) {
        let owner = self.leases[0].owner();
        let observed = &mut self.observed;
        observed.role = Some(Role { has_policy: true, owner: Some(owner.clone()) });
        observed.profile = Some(Profile { has_role: true, owner: Some(owner.clone()) });
        for service in ["ssm", "ssmmessages", "ec2messages"] {
            observed.endpoints.push(Endpoint {
                id: format!("vpce-{service}").into(),
                service: service.to_owned(),
                state: EndpointState::Available,
                private_dns: true,
                subnets: vec!["subnet-1".into(), "subnet-2".into()],
                created_at: ago(minutes),
                owner: Some(owner.clone()),
            });
        }
        for egress in [false, true] {
            observed.rules.push(Rule {
                id: format!("sgr-{egress}").into(),
                egress,
                protocol: "tcp".to_owned(),
                ports: Some((443, 443)),
                peer: Peer::Group("sg-1".into()),
                owner: Some(owner.clone()),
            });
        }
    }

    /// Both instances, running and answering, with their volumes.
    pub(crate) fn build_instances(&mut self, minutes: i64) {
        let owner = self.leases[0].owner();
        for (number, slot) in (1..).zip(self.settings.stack.service.instances.clone()) {
            let id = format!("i-{number}");
            self.observed.instances.push(Instance {
                id: id.clone().into(),
                name: slot.name,
                state: InstanceState::Running,
                instance_type: "t3.micro".to_owned(),
                image: "ami-1".into(),
                spot: false,
                private_ip: Some(slot.private_ip),
                subnet: format!("subnet-{number}").into(),
                launched_at: ago(minutes),
                profile: Some("MySSMRoleForServiceInstance".to_owned()),
                owner: owner.clone(),
            });
            self.observed.volumes.push(Volume {
                id: format!("vol-{number}").into(),
                size_gib: 30,
                kind: "gp3".to_owned(),
                attached: true,
                created_at: ago(minutes),
                owner: owner.clone(),
            });
            self.observed.agents.insert(id.into(), Ping::Online);
        }
    }

    /// A window, open for ten minutes and for twenty more.
    pub(crate) fn open_window(&mut self) {
        let lease = Lease {
            expires_at: Some(now() + TimeDelta::minutes(20)),
            ..lease(LeaseKind::NatWindow, "01window", Phase::Ready, 10)
        };
        let owner = lease.owner();
        self.leases.push(lease);
        let observed = &mut self.observed;
        observed.addresses.push(Address {
            id: "eipalloc-1".into(),
            public_ip: "203.0.113.20".to_owned(),
            associated: true,
            owner: owner.clone(),
        });
        observed.gateways.push(NatGateway {
            id: "nat-1".into(),
            state: GatewayState::Available,
            failure_code: None,
            created_at: ago(10),
            allocation: Some("eipalloc-1".into()),
            public_ip: Some("203.0.113.20".to_owned()),
            subnet: "subnet-pub1".into(),
            owner: owner.clone(),
        });
        if let Lookup::Found(table) = &mut observed.network.route_table {
            let target = RouteTarget::NatGateway("nat-1".into());
            table.default_route = Some(Route { target, blackhole: false });
        }
        for port in [80, 443] {
            observed.rules.push(Rule {
                id: format!("sgr-{port}").into(),
                egress: true,
                protocol: "tcp".to_owned(),
                ports: Some((port, port)),
                peer: Peer::Cidr("0.0.0.0/0".to_owned()),
                owner: Some(owner.clone()),
            });
        }
        self.record();
    }

    /// Writes down what was made for each lease, as the keeper does.
    pub(crate) fn record(&mut self) {
        let (observed, stack) = (&self.observed, &self.settings.stack);
        for lease in &mut self.leases {
            lease.made = receipt::made(lease, observed, stack, Prices::shipped("ap-northeast-2"));
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
        (observed.role, observed.profile) = (None, None);
        let lease = &mut self.leases[0];
        for made in &mut lease.made {
            made.gone_at = Some(ago(1));
        }
        lease.closing = Some((ago(5), reason));
        lease.phase = Phase::Closed;
        lease.receipt = Some(receipt::write(lease, observed, Prices::shipped("ap-northeast-2")));
    }

    /// What the keeper would know of it.
    pub(crate) fn view(&self) -> View {
        let desired = Desired::of(&self.leases, now());
        View {
            at: now(),
            observed: Some(Arc::new(self.observed.clone())),
            plan: plan(&desired, &self.observed, &self.settings.stack, now()),
            leases: self.leases.clone(),
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

/// What the pair of [`World::with_pair`] is made of.
pub(crate) fn spec() -> ServiceSpec {
    ServiceSpec {
        image: "ami-1".into(),
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
pub(crate) fn made(kind: MadeKind, from: i64, to: i64, usd_per_hour: f64) -> Made {
    Made {
        kind,
        id: format!("{}-{from}", kind.as_str()),
        name: "gone".to_owned(),
        made_at: ago(from),
        gone_at: Some(ago(to)),
        usd_per_hour,
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
