//! An account of the sandbox, and doorman's view of it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::aws::{Aws, Options};
use doorman_cloud::backstop;
use doorman_cloud::check::{Check, Finding};
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::Failure;
use doorman_cloud::ids::{AllocationId, EndpointId, GroupId, NatGatewayId, RuleId, VolumeId};
use doorman_cloud::kinds::route::RouteTable;
use doorman_cloud::kinds::{address, endpoint, gateway, instance, profile, role, route, rule, volume};
use doorman_cloud::lease::LeaseKind;
use doorman_cloud::record::Record;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::aws::{apply, look};
use doorman_cloud::switchboard::step::{Aim, AnyAct, AnyChange, Step};
use doorman_cloud::tags::Owner;
use doorman_config::{Settings, Stack};
use doorman_sandbox::aws::{self as sandbox, AwsOptions, FaultKind, FaultRule, Item, Timing};
use serde_json::json;

/// The access key that everything is asked with.
pub(crate) const ACCESS_KEY: &str = "AKIDEXAMPLE";

/// How long one attempt may take in these tests: a real limit, only shorter.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(400);

/// Settings with every default, which is the reference stack.
pub(crate) fn settings() -> Settings {
    Settings::from_toml(
        "[discord]\nguild_id = '1100000000000000001'\nchannel_id = '1100000000000000002'\n\
         [[policy.grant]]\nrole_id = '1100000000000000003'\nverbs = ['nat']\n",
    )
    .expect("complete settings")
}

/// The sandbox's account with time that stands still until it is moved, and a connection to it.
pub(crate) struct World {
    pub(crate) sandbox: sandbox::Aws,
    pub(crate) aws: Aws,
    pub(crate) clock: Clock,
    pub(crate) stack: Stack,
}

impl World {
    /// The reference network, where everything takes the time it takes at AWS.
    pub(crate) async fn start() -> Self {
        Self::with(Timing::default()).await
    }

    pub(crate) async fn with(timing: Timing) -> Self {
        let world = Self::bare(timing).await;
        set_up(&world.sandbox);
        // By now it has been there for a while.
        world.clock.advance(TimeDelta::hours(1));
        world
    }

    /// The same before anybody has set doorman up in it.
    pub(crate) async fn bare(timing: Timing) -> Self {
        let clock = Clock::standing_at(moment("2026-11-23T08:00:00Z"));
        let time = clock.clone();
        let options = AwsOptions { timing, ..AwsOptions::new(Arc::new(move || time.now())) };
        let sandbox = sandbox::Aws::start(options).await.expect("the sandbox starts");
        let aws = Aws::connect(&settings(), &clock, local(sandbox.url())).await;
        Self { sandbox, aws, clock, stack: settings().stack }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub(crate) async fn look(&self) -> Observed {
        look(&self.aws, &self.stack, &record(), self.clock.now()).await.expect("an observation").into_seen()
    }

    /// Applies a step and folds what it did into what is known.
    pub(crate) async fn apply(&self, step: &Step, observed: &mut Observed) -> AnyChange {
        let change = apply(&self.aws, step).await.unwrap_or_else(|failure| panic!("{step:?}: {failure}"));
        observed.fold(change.clone());
        change
    }

    pub(crate) async fn check(&self) -> Vec<Finding> {
        self.checker().all().await
    }

    pub(crate) fn checker(&self) -> Check<'_> {
        Check::new(&self.aws, &self.stack, self.clock.now())
    }

    pub(crate) async fn refused(&self, step: &Step) -> Failure {
        match apply(&self.aws, step).await {
            Ok(change) => panic!("{step:?} went through: {change:?}"),
            Err(failure) => failure,
        }
    }

    /// The next call of that operation meets the fault.
    pub(crate) fn fault(&self, operation: &str, kind: FaultKind) {
        self.faults(operation, kind, 1);
    }

    pub(crate) fn faults(&self, operation: &str, kind: FaultKind, times: usize) {
        self.sandbox.faults().add(FaultRule { operation: operation.to_owned(), skip: 0, times, kind });
    }

    /// What exists of a kind in the account, in the states that are not over.
    pub(crate) fn alive(&self, kind: &str) -> Vec<Item> {
        let over = ["deleted", "terminated"];
        let all = self.sandbox.inventory().into_iter();
        all.filter(|item| item.kind == kind && !over.contains(&item.state.as_str())).collect()
    }

    /// How often an operation reached the account.
    pub(crate) fn times(&self, operation: &str) -> usize {
        self.sandbox.calls().iter().filter(|call| call.operation == operation).count()
    }
}

pub(crate) fn local(url: String) -> Options {
    Options {
        endpoint_url: Some(url),
        static_credentials: Some((ACCESS_KEY.to_owned(), "example".to_owned())),
        attempt: Some(ATTEMPT),
    }
}

pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// Nothing on record.
pub(crate) fn record() -> Record {
    Record::empty(&settings().stack.name, None)
}

/// A lease's tags.
pub(crate) fn owner() -> Owner {
    Owner {
        stack: settings().stack.name,
        lease: "01jnas2v8m3k4q5r6s7t8v9w0x".into(),
        of: LeaseKind::NatWindow,
        expires_at: Some(moment("2026-11-23T09:30:00Z")),
        opened_by: "1100000000000000009".to_owned(),
        installation: None,
    }
}

pub(crate) fn refuse(status: u16, code: &str, message: &str) -> FaultKind {
    FaultKind::Refuse { status, code: code.to_owned(), message: message.to_owned() }
}

/// Name of the role for shell access, and of its profile.
pub(crate) const ROLE: &str = "MySSMRoleForServiceInstance";
const POLICY: &str = "AmazonSSMManagedInstanceCore";

pub(crate) fn step(act: AnyAct) -> Step {
    Step { owner: owner(), aim: Aim::Build, act }
}

pub(crate) fn allocate() -> Step {
    step(AnyAct::Address(address::Act::Allocate { name: "My-NAT".to_owned() }))
}

pub(crate) fn release(id: AllocationId) -> Step {
    step(AnyAct::Address(address::Act::Release { id }))
}

pub(crate) fn delete_gateway(id: NatGatewayId) -> Step {
    step(AnyAct::Gateway(gateway::Act::Delete { id }))
}

pub(crate) fn create_route(table: RouteTable, gateway: NatGatewayId) -> Step {
    step(AnyAct::Route(route::Act::Create { table, gateway }))
}

pub(crate) fn replace_route(table: RouteTable, gateway: NatGatewayId) -> Step {
    step(AnyAct::Route(route::Act::Replace { table, gateway }))
}

pub(crate) fn delete_route(table: RouteTable) -> Step {
    step(AnyAct::Route(route::Act::Delete { table }))
}

pub(crate) fn revoke(group: GroupId, id: RuleId) -> Step {
    step(AnyAct::Rule(rule::Act::Revoke { group, egress: true, id }))
}

pub(crate) fn retag(ids: Vec<String>, owner: &Owner) -> Step {
    step(AnyAct::Retag { ids, expires_at: owner.expires_at })
}

pub(crate) fn of_instance(act: instance::Act) -> Step {
    step(AnyAct::Instance(act))
}

pub(crate) fn delete_volume(id: VolumeId) -> Step {
    step(AnyAct::Volume(volume::Act::Delete { id }))
}

pub(crate) fn delete_endpoint(id: EndpointId) -> Step {
    step(AnyAct::Endpoint(endpoint::Act::Delete { id }))
}

pub(crate) fn create_role() -> Step {
    let description = "Allows EC2 instances to call AWS services on your behalf.".to_owned();
    step(AnyAct::Role(role::Act::Create { role: ROLE.into(), description }))
}

pub(crate) fn attach_policy() -> Step {
    step(AnyAct::Role(role::Act::AttachPolicy { role: ROLE.into(), policy: POLICY.to_owned() }))
}

pub(crate) fn detach_policy() -> Step {
    step(AnyAct::Role(role::Act::DetachPolicy { role: ROLE.into(), policy: POLICY.to_owned() }))
}

pub(crate) fn delete_role() -> Step {
    step(AnyAct::Role(role::Act::Delete { role: ROLE.into() }))
}

pub(crate) fn create_profile() -> Step {
    step(AnyAct::Profile(profile::Act::Create { profile: ROLE.into() }))
}

pub(crate) fn add_role() -> Step {
    step(AnyAct::Profile(profile::Act::AddRole { profile: ROLE.into(), role: ROLE.into() }))
}

pub(crate) fn remove_role() -> Step {
    step(AnyAct::Profile(profile::Act::RemoveRole { profile: ROLE.into(), role: ROLE.into() }))
}

pub(crate) fn delete_profile() -> Step {
    step(AnyAct::Profile(profile::Act::Delete { profile: ROLE.into() }))
}

/// What a person makes once, beside the role of the backstop.
fn set_up(sandbox: &sandbox::Aws) {
    let by_hand = sandbox.by_hand();
    by_hand.scheduler("CreateScheduleGroup", &json!({ "Name": backstop::GROUP })).expect("a group");
    for runbook in LeaseKind::ALL.iter().filter_map(|kind| backstop::runbook(*kind)) {
        let document = json!({
            "Name": runbook.name(), "Content": runbook.content, "DocumentType": "Automation",
        });
        by_hand.ssm("CreateDocument", &document).expect("a runbook");
    }
    let boundary = role::boundary_policy().to_string();
    let policy = [("PolicyName", role::BOUNDARY), ("PolicyDocument", boundary.as_str())];
    by_hand.iam("CreatePolicy", &policy).expect("a policy");
}
