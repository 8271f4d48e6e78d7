//! The completion of an option that is being typed: what its row suggests, narrowed to what is typed so far.

use chrono::{DateTime, Utc};
use doorman_cloud::keeper::View;
use doorman_config::Settings;

use crate::input::plain;
use crate::policy;
use crate::request::{Action, Request};
use crate::scene::Scene;
use crate::suggest::{Asking, LONGEST, Suggestion};
use crate::table::{Name, Values};

/// Discord shows no more.
const MOST: usize = 25;

/// The suggestions for a completion; none for anybody who may not use the command.
pub(crate) fn suggested(
    settings: &Settings,
    view: &View,
    request: &Request,
    now: DateTime<Utc>,
) -> Vec<Suggestion> {
    let Action::Complete { typed, option } = &request.action else {
        return Vec::new();
    };
    let Some(spec) = Name::of(&typed.path).map(Name::spec) else {
        return Vec::new();
    };
    if spec.verb.is_some_and(|verb| policy::check(settings, request, verb).is_err()) {
        return Vec::new();
    }
    let so_far = typed.option(option).unwrap_or_default();
    let row = spec.options.iter().find(|row| row.name == option);
    let candidates = match row.map(|row| row.values) {
        Some(Values::Suggested(suggest)) => {
            let scene = Scene { settings, view, locale: request.locale, now };
            suggest(&Asking { scene, request, typed: &so_far })
        }
        Some(Values::Any | Values::OneOf(_)) | None => Vec::new(),
    };
    narrowed(candidates, &so_far)
}

/// Those that contain what is typed, those that begin with it first.
fn narrowed(candidates: Vec<Suggestion>, typed: &str) -> Vec<Suggestion> {
    let typed = plain(typed);
    let mut found: Vec<Suggestion> = candidates
        .into_iter()
        .filter(|candidate| candidate.value.chars().count() <= LONGEST)
        .filter(|candidate| plain(&candidate.value).contains(&typed))
        .collect();
    found.sort_by_key(|candidate| !plain(&candidate.value).starts_with(&typed));
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use doorman_cloud::catalog;
    use doorman_cloud::kinds::subnet::Subnet;

    use super::*;
    use crate::testbed::people::{GUILD, OPERATOR, nothing, request, settings, typed, view};
    use crate::testbed::world::now;

    fn values_of(roles: &[u64], line: &str, option: &str) -> Vec<(String, String)> {
        let complete = Action::Complete { typed: typed(line), option: option.to_owned() };
        let mut observed = nothing();
        observed.subnets.put(Subnet {
            id: "subnet-1".into(),
            name: "my-subnet-private01".to_owned(),
            vpc: Some("vpc-1".into()),
            zone: "ap-northeast-2a".to_owned(),
            cidr: String::new(),
        });
        let found = super::suggested(&settings(), &view(observed, &[]), &request(roles, complete), now());
        found.into_iter().map(|one| (one.name, one.value)).collect()
    }

    fn values(line: &str, option: &str) -> Vec<String> {
        values_of(&[OPERATOR], line, option).into_iter().map(|(_, value)| value).collect()
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
    fn what_is_typed_on_another_keyboard_narrows_down_all_the_same() {
        assert_eq!(values("/launch service type:ｔ４ｇ．ｍｉ", "type"), ["t4g.micro"]);
        assert_eq!(
            values("/session start instance:\u{200b}service\u{2011}02", "instance"),
            ["my-service-02"]
        );
    }

    #[test]
    fn instances_come_with_state_and_zone() {
        let found = values_of(&[OPERATOR], "/session start", "instance");
        assert_eq!(
            found,
            [
                ("my-service-01 · not launched · ap-northeast-2a".to_owned(), "my-service-01".to_owned()),
                ("my-service-02 · not launched".to_owned(), "my-service-02".to_owned()),
            ]
        );
    }

    #[test]
    fn types_say_how_large_they_are_and_what_they_cost() {
        let found = values_of(&[OPERATOR], "/launch service type:t4g.small", "type");
        assert_eq!(found[0].0, "t4g.small · 2 vCPU · 2 GiB · $0.0208/h");
    }

    #[test]
    fn lengths_say_until_when_and_for_how_much_and_none_is_longer_than_the_asker_may() {
        let found = values_of(&[OPERATOR], "/nat open", "duration");
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "30m · until 15:00 · $0.0615",
                "15m · until 14:45 · $0.0602",
                "1h · until 15:30 · $0.064",
                "2h · until 16:30 · $0.128",
            ]
        );
        // What is typed comes first, as it is typed.
        let typed = values_of(&[OPERATOR], "/nat open duration:90", "duration");
        assert_eq!(typed[0], ("1h30m · until 16:00 · $0.1255".to_owned(), "90".to_owned()));
        assert!(values_of(&[OPERATOR], "/nat open duration:5h", "duration").is_empty());
        assert!(values_of(&[], "/nat open", "duration").is_empty());
    }

    #[test]
    fn who_may_not_is_suggested_nothing() {
        assert!(values_of(&[], "/session start", "instance").is_empty());
        let complete = Action::Complete { typed: typed("/launch service"), option: "type".to_owned() };
        let here = request(&[OPERATOR], complete);
        for guild_id in [None, Some(GUILD + 1)] {
            let elsewhere = Request { guild_id, ..here.clone() };
            assert!(super::suggested(&settings(), &view(nothing(), &[]), &elsewhere, now()).is_empty());
        }
    }
}
