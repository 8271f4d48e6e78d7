//! Values suggested while somebody types, from what is known already: AWS is not asked for it.

use doorman_cloud::catalog;
use doorman_cloud::keeper::View;
use doorman_cloud::kinds::instance::{Instance, InstanceState};
use doorman_config::{Locale, Settings};

use crate::parse::Name;
use crate::policy;
use crate::request::{Action, Request};
use crate::texts::say;

/// Discord shows no more.
const MOST: usize = 25;
/// Discord takes no longer names and values.
const LONGEST: usize = 100;

/// A value an option might become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// As shown. At most 100 characters.
    pub name: String,
    /// As sent. At most 100 characters.
    pub value: String,
}

impl Suggestion {
    fn plain(value: &str) -> Suggestion {
        Suggestion { name: value.to_owned(), value: value.to_owned() }
    }
}

/// The suggestions for a completion; none for anybody who may not use the command.
pub(crate) fn suggest(settings: &Settings, view: &View, request: &Request) -> Vec<Suggestion> {
    let Action::Complete { typed, option } = &request.action else {
        return Vec::new();
    };
    let Some(name) = Name::of(&typed.path) else {
        return Vec::new();
    };
    if name.verb().is_some_and(|verb| policy::check(settings, request, verb).is_err()) {
        return Vec::new();
    }
    let service = &settings.stack.service;
    let candidates = match (name, option.as_str()) {
        (Name::LaunchService, "type") => with_default(&service.instance_type, &catalog::TYPES),
        (Name::LaunchService, "image") => with_default(&service.image, &catalog::IMAGES),
        (Name::SessionStart, "instance") => instances(settings, view, request.locale),
        (
            Name::LaunchService
            | Name::TerminateService
            | Name::NatOpen
            | Name::NatExtend
            | Name::NatClose
            | Name::NatHistory
            | Name::SessionStart
            | Name::Status
            | Name::CostNow
            | Name::Help,
            _,
        ) => Vec::new(),
    };
    narrowed(candidates, typed.option(option).unwrap_or_default())
}

/// The default first, so that the first suggestion is what an empty option means.
fn with_default(default: &str, known: &[&str]) -> Vec<Suggestion> {
    let others = known.iter().copied().filter(|value| *value != default);
    std::iter::once(default).chain(others).map(Suggestion::plain).collect()
}

/// The pair's instances: name, state and zone.
fn instances(settings: &Settings, view: &View, locale: Locale) -> Vec<Suggestion> {
    let observed = view.observed.as_deref();
    let slots = settings.stack.service.instances.iter();
    slots
        .map(|slot| {
            let state = observed.map(|observed| state(locale, observed.instance(&slot.name)));
            let zone = observed.and_then(|observed| observed.subnet(&slot.subnet).found().copied());
            let parts = [Some(slot.name.clone()), state, zone.map(|subnet| subnet.zone.clone())];
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            Suggestion { name: name.chars().take(LONGEST).collect(), value: slot.name.clone() }
        })
        .collect()
}

fn state(locale: Locale, instance: Option<&Instance>) -> String {
    let key = match instance.map(|instance| instance.state) {
        Some(InstanceState::Pending) => "session-state-pending",
        Some(InstanceState::Running) => "session-state-running",
        Some(InstanceState::Stopping | InstanceState::Stopped) => "session-state-stopped",
        Some(InstanceState::ShuttingDown) | None => "session-state-missing",
    };
    say(locale, key, &[])
}

/// Those that contain what is typed, those that begin with it first.
fn narrowed(candidates: Vec<Suggestion>, typed: &str) -> Vec<Suggestion> {
    let typed = typed.trim().to_lowercase();
    let mut found: Vec<Suggestion> = candidates
        .into_iter()
        .filter(|candidate| candidate.value.chars().count() <= LONGEST)
        .filter(|candidate| candidate.value.to_lowercase().contains(&typed))
        .collect();
    found.sort_by_key(|candidate| !candidate.value.to_lowercase().starts_with(&typed));
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use doorman_cloud::kinds::subnet::Subnet;

    use super::*;
    use crate::admit::fixtures::{GUILD, OPERATOR, nothing, request, settings, typed, view};

    fn suggested(roles: &[u64], line: &str, option: &str) -> Vec<(String, String)> {
        let complete = Action::Complete { typed: typed(line), option: option.to_owned() };
        let mut observed = nothing();
        observed.subnets.put(Subnet {
            id: "subnet-1".into(),
            name: "my-subnet-private01".to_owned(),
            vpc: Some("vpc-1".into()),
            zone: "ap-northeast-2a".to_owned(),
            cidr: String::new(),
        });
        let found = suggest(&settings(), &view(observed, &[]), &request(roles, complete));
        found.into_iter().map(|one| (one.name, one.value)).collect()
    }

    fn values(line: &str, option: &str) -> Vec<String> {
        suggested(&[OPERATOR], line, option).into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn types_and_images_begin_with_the_default_and_narrow_down() {
        let all = values("/launch service", "type");
        assert_eq!((all[0].as_str(), all.len()), ("t3.micro", catalog::TYPES.len()));
        assert_eq!(values("/launch service type:t4", "type"), ["t4g.micro", "t4g.small", "t4g.medium"]);
        assert_eq!(values("/launch service image:22", "image"), ["ubuntu-22.04"]);
        assert!(values("/launch service type:zzz", "type").is_empty());
    }

    #[test]
    fn instances_come_with_state_and_zone() {
        let found = suggested(&[OPERATOR], "/session start", "instance");
        assert_eq!(
            found,
            [
                ("my-service-01 · not launched · ap-northeast-2a".to_owned(), "my-service-01".to_owned()),
                ("my-service-02 · not launched".to_owned(), "my-service-02".to_owned()),
            ]
        );
    }

    #[test]
    fn who_may_not_is_suggested_nothing() {
        assert!(suggested(&[], "/session start", "instance").is_empty());
        let complete = Action::Complete { typed: typed("/launch service"), option: "type".to_owned() };
        let here = request(&[OPERATOR], complete);
        for guild_id in [None, Some(GUILD + 1)] {
            let elsewhere = Request { guild_id, ..here.clone() };
            assert!(suggest(&settings(), &view(nothing(), &[]), &elsewhere).is_empty());
        }
    }
}
