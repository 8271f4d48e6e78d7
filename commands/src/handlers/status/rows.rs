//! The instances as people see them: one row for each place of the pair, and for what else is ours.

use std::net::Ipv4Addr;

use doorman_cloud::ids::SubnetId;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::agent::Ping;
use doorman_cloud::kinds::instance::{Instance, InstanceState};
use doorman_cloud::lease::{LeaseKind, Phase};
use doorman_cloud::switchboard::Observed;
use doorman_config::Locale;

use crate::scene::{Scene, kept};
use crate::words::texts::say;

/// How a machine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// Being made; AWS shows nothing of it yet.
    Expected,
    /// Booting.
    Starting,
    /// Running.
    Running,
    /// Being stopped, or stopped: its volume bills.
    Stopped,
    /// Being terminated.
    Leaving,
    /// Should be there and is not.
    Missing,
}

/// How the shell of a machine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    /// Answers.
    Ready,
    /// Runs, but has not answered yet.
    Waiting,
    /// Answered once, and no longer.
    Lost,
    /// There is no way to it: no shell window is open, and nobody made endpoints.
    Closed,
    /// Systems Manager could not be asked.
    Unknown,
    /// The machine does not run.
    Off,
}

/// One instance, or the place of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Its `Name`.
    pub(crate) name: String,
    /// Its private address.
    pub(crate) address: Option<Ipv4Addr>,
    /// Its subnet, if that was found.
    pub(crate) subnet: Option<SubnetId>,
    /// Its availability zone.
    pub(crate) zone: Option<String>,
    /// The machine.
    pub(crate) machine: Machine,
    /// Its shell.
    pub(crate) shell: Shell,
    /// Type, and whether it is a spot instance: `t3.micro`, `t3.micro spot`. Empty for what is not there.
    pub(crate) detail: String,
}

impl Row {
    /// Every row: the places of the pair first, then what else of doorman's is there.
    pub(crate) fn all(scene: &Scene<'_>) -> Vec<Row> {
        let Some(observed) = scene.observed() else {
            return Vec::new();
        };
        let slots = &scene.stack().service.instances;
        let leaving = |name: &str| observed.instances.iter().find(|instance| instance.name == name);
        let absent = kept(scene.view, LeaseKind::Pair).map(|lease| match lease.phase {
            Phase::Opening => Machine::Expected,
            Phase::Ready | Phase::Closing | Phase::Closed => Machine::Missing,
        });
        let mut rows: Vec<Row> = Vec::new();
        for slot in slots {
            let instance = observed.instance(&slot.name).or_else(|| leaving(&slot.name));
            let subnet = observed.subnet(&slot.subnet).found().copied();
            match (instance, absent) {
                (Some(instance), _) => rows.push(Row::of(scene, observed, instance)),
                (None, Some(machine)) => rows.push(Row {
                    name: slot.name.clone(),
                    address: Some(slot.private_ip),
                    subnet: subnet.map(|subnet| subnet.id.clone()),
                    zone: subnet.map(|subnet| subnet.zone.clone()),
                    machine,
                    shell: Shell::Off,
                    detail: String::new(),
                }),
                (None, None) => {}
            }
        }
        let shown = |instance: &Instance| slots.iter().any(|slot| slot.name == instance.name);
        let others = observed.instances.iter().filter(|instance| !shown(instance));
        rows.extend(others.map(|instance| Row::of(scene, observed, instance)));
        rows
    }

    fn of(scene: &Scene<'_>, observed: &Observed, instance: &Instance) -> Row {
        let zone = observed.subnets.get(&instance.subnet).map(|subnet| subnet.zone.clone());
        let machine = match instance.state {
            InstanceState::Pending => Machine::Starting,
            InstanceState::Running => Machine::Running,
            InstanceState::Stopping | InstanceState::Stopped => Machine::Stopped,
            InstanceState::ShuttingDown => Machine::Leaving,
        };
        let shell = match (machine, observed.ping(&instance.id)) {
            (Machine::Running, _) if !scene.has_access() => Shell::Closed,
            (Machine::Running, _) if !observed.knows(Kind::Agent) => Shell::Unknown,
            (Machine::Running, Some(Ping::Online)) => Shell::Ready,
            (Machine::Running, Some(Ping::Lost)) => Shell::Lost,
            (Machine::Running, None) => Shell::Waiting,
            _ => Shell::Off,
        };
        let spot = if instance.spot { " spot" } else { "" };
        Row {
            name: instance.name.clone(),
            address: instance.private_ip,
            subnet: Some(instance.subnet.clone()),
            zone: zone.into_iter().next(),
            machine,
            shell,
            detail: format!("{}{spot}", instance.instance_type),
        }
    }

    /// Whether it runs and, as far as is known, answers.
    pub(crate) fn is_well(&self) -> bool {
        self.machine == Machine::Running && matches!(self.shell, Shell::Ready | Shell::Unknown)
    }

    /// One line of Markdown: `🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a`.
    pub(crate) fn line(&self, locale: Locale) -> String {
        let sign = match (self.machine, self.shell) {
            (Machine::Running, Shell::Ready | Shell::Closed) => "🟢",
            (Machine::Running, _) | (Machine::Starting | Machine::Expected | Machine::Leaving, _) => "🟡",
            (Machine::Stopped, _) => "⚪",
            (Machine::Missing, _) => "🔴",
        };
        let state = match self.shell.words(locale) {
            Some(shell) => format!("{}, {shell}", self.machine.words(locale)),
            None => self.machine.words(locale),
        };
        let mut parts = vec![format!("{sign} **{}**", self.name), state];
        parts.extend((!self.detail.is_empty()).then(|| self.detail.clone()));
        parts.extend(self.zone.clone());
        parts.join(" · ")
    }
}

impl Machine {
    /// In words.
    pub(crate) fn words(self, locale: Locale) -> String {
        let key = match self {
            Machine::Expected => "status-machine-expected",
            Machine::Starting => "status-machine-starting",
            Machine::Running => "status-machine-running",
            Machine::Stopped => "status-machine-stopped",
            Machine::Leaving => "status-machine-leaving",
            Machine::Missing => "status-machine-missing",
        };
        say(locale, key, &[])
    }
}

impl Shell {
    /// In words; `None` where there is nothing to say.
    pub(crate) fn words(self, locale: Locale) -> Option<String> {
        let key = match self {
            Shell::Ready => "status-shell-ready",
            Shell::Waiting => "status-shell-waiting",
            Shell::Lost => "status-shell-lost",
            Shell::Closed => "status-shell-closed",
            Shell::Unknown => "status-shell-unknown",
            Shell::Off => return None,
        };
        Some(say(locale, key, &[]))
    }
}
