//! A server with an operator role, a role for short windows and everybody, for tests.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::keeper::View;
use doorman_cloud::kinds::vpc::Vpc;
use doorman_cloud::lease::{Lease, LeaseKind, MessageRef, Person, Phase};
use doorman_cloud::plan::Plan;
use doorman_cloud::switchboard::Observed;
use doorman_config::{Locale, Settings};

use crate::message::{Button, Does, Message};
use crate::request::{Action, Request, Typed};
use crate::testbed::network::{group, route_table};

/// The server of the settings.
pub(crate) const GUILD: u64 = 100_000_000_000_000_001;
/// May everything; windows up to two hours.
pub(crate) const OPERATOR: u64 = 200_000_000_000_000_001;
/// May open windows up to 20 minutes.
pub(crate) const HELPER: u64 = 200_000_000_000_000_002;

/// Settings with those roles; everybody may look.
pub(crate) fn settings() -> Settings {
    let text = format!(
        r#"
        [discord]
        guild_id = "{GUILD}"
        channel_id = "300000000000000001"

        [[policy.grant]]
        role_id = "{GUILD}"
        verbs = ["status", "cost"]

        [[policy.grant]]
        role_id = "{OPERATOR}"
        verbs = ["launch", "terminate", "nat", "shell", "session"]
        max_window = "2h"

        [[policy.grant]]
        role_id = "{HELPER}"
        verbs = ["nat"]
        max_window = "20m"
        "#
    );
    Settings::from_toml(&text).expect("right settings")
}

/// A moment to count from.
pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

/// Somebody.
pub(crate) fn ana() -> Person {
    Person { id: 400_000_000_000_000_001, name: "Ana".to_owned() }
}

/// What somebody with those roles did in the server, in English.
pub(crate) fn request(roles: &[u64], action: Action) -> Request {
    Request {
        id: 500_000_000_000_000_001,
        guild_id: Some(GUILD),
        channel_id: 300_000_000_000_000_001,
        person: ana(),
        roles: roles.to_vec(),
        locale: Locale::EnUs,
        action,
    }
}

/// A command as typed, with options like `duration:30m`.
pub(crate) fn typed(line: &str) -> Typed {
    let words = line.trim_start_matches('/').split_whitespace();
    let (options, path): (Vec<&str>, Vec<&str>) = words.partition(|word| word.contains(':'));
    let option = |word: &str| word.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()));
    Typed {
        path: path.into_iter().map(str::to_owned).collect(),
        options: options.into_iter().filter_map(option).collect(),
    }
}

/// As [`typed`], sent.
pub(crate) fn command(line: &str) -> Action {
    Action::Command(typed(line))
}

/// A pressed button.
pub(crate) fn press(custom_id: &str) -> Action {
    Action::Press { custom_id: custom_id.to_owned(), message: MessageRef { channel_id: 3, message_id: 6 } }
}

/// An open lease of half an hour.
pub(crate) fn lease(kind: LeaseKind) -> Lease {
    let now = noon();
    Lease {
        phase: Phase::Ready,
        expires_at: Some(now + TimeDelta::minutes(30)),
        ready_at: Some(now + TimeDelta::minutes(2)),
        ..Lease::new("01k0lease".into(), kind, ana(), now, Locale::EnUs)
    }
}

/// A look at the network with nothing of doorman's in it.
pub(crate) fn nothing() -> Observed {
    let mut observed = Observed::empty(noon());
    observed.vpcs.put(Vpc { id: "vpc-1".into(), cidr: "10.20.0.0/16".to_owned() });
    observed.tables.put(route_table());
    observed.groups.put(group());
    observed
}

/// What the keeper knows after that look.
pub(crate) fn view(observed: Observed, leases: &[Lease]) -> View {
    View {
        at: observed.at,
        observed: Some(Arc::new(observed)),
        plan: Plan::default(),
        leases: leases.to_vec(),
        unknown: Default::default(),
        place: None,
        blind: None,
        failing: Vec::new(),
        working: Vec::new(),
    }
}

/// A message as one text: what a person would read, top to bottom.
pub(crate) fn read(message: &Message) -> String {
    let panel = message.panel.as_ref().expect("a panel");
    let mut lines = vec![format!("# {}", panel.title), panel.body.clone()];
    lines.extend(panel.fields.iter().map(|field| format!("[{}] {}", field.name, field.value)));
    if !panel.footer.is_empty() {
        lines.push(format!("-- {}", panel.footer));
    }
    let button = |button: &Button| match &button.does {
        Does::Press(id) => format!("({}) {id}", button.label),
        Does::Open(url) => format!("({}) {url}", button.label),
    };
    lines.extend(message.buttons.iter().map(button));
    lines.join("\n")
}
