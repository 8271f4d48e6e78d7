//! `/help`: the commands from their definitions, marked by what the asker may do.

use doorman_cloud::lease::LeaseKind;
use doorman_config::{Locale, Settings};

use crate::definitions::{self, OptionDefinition};
use crate::message::{Message, Panel};
use crate::policy;
use crate::request::Request;
use crate::table::Name;
use crate::words::leases::called;
use crate::words::texts::say;
use crate::words::when;

/// The private message with the commands.
pub(crate) fn message(settings: &Settings, request: &Request) -> Message {
    let locale = request.locale;
    let allowed = |name: &Name| name.spec().verb.is_none_or(|verb| policy::may(settings, request, verb));
    let (may, may_not): (Vec<Name>, Vec<Name>) = Name::ALL.iter().copied().partition(allowed);
    let mut lines = vec![say(locale, "help-intro", &[]), String::new(), say(locale, "help-may", &[])];
    lines.extend(may.into_iter().map(|name| line(name, locale)));
    if !may_not.is_empty() {
        lines.push(String::new());
        lines.push(say(locale, "help-may-not", &[]));
        lines.extend(may_not.into_iter().map(|name| closed_line(settings, name, locale)));
    }
    let longest = longest(settings, request);
    if !longest.is_empty() {
        lines.push(String::new());
        lines.push(say(locale, "help-durations", &[("longest", longest.join(", ").into())]));
    }
    let title = say(locale, "help-title", &[]);
    let panel =
        Panel { title, body: lines.join("\n"), footer: say(locale, "help-footer", &[]), ..Panel::default() };
    Message { panel: Some(panel), ..Message::default() }
}

/// The longest window that the asker may have of each kind that they may have: `NAT window 2h`.
fn longest(settings: &Settings, request: &Request) -> Vec<String> {
    let locale = request.locale;
    let windows = LeaseKind::ALL.iter().copied().filter(|kind| kind.terms().ends);
    let may = windows.filter(|kind| policy::may(settings, request, kind.terms().verb));
    let offered = may.filter(|kind| policy::offered(settings, *kind, locale).is_ok());
    offered
        .map(|kind| {
            let longest = when::length(locale, policy::longest_window(settings, request, kind));
            format!("{} `{longest}`", called(locale, kind))
        })
        .collect()
}

/// `/nat extend duration` – Keep the open NAT window open for longer
fn line(name: Name, locale: Locale) -> String {
    let description = definitions::description(name);
    let mut words = definitions::line(name, locale);
    for OptionDefinition { names, required, .. } in definitions::options(name) {
        let option = names.in_locale(locale);
        words.push_str(&if required { format!(" {option}") } else { format!(" [{option}]") });
    }
    format!("✅ `{words}` – {}", description.in_locale(locale))
}

/// As [`line`], for a command that is closed to the asker, with who may.
fn closed_line(settings: &Settings, name: Name, locale: Locale) -> String {
    let roles = name.spec().verb.map(|verb| policy::roles_with(settings, verb)).unwrap_or_default();
    let command = definitions::line(name, locale);
    match roles.as_slice() {
        [] => say(locale, "help-nobody", &[("command", command.into())]),
        _ => say(locale, "help-roles", &[("command", command.into()), ("roles", roles.join(", ").into())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testbed::people::{OPERATOR, command, request, settings};

    fn body(roles: &[u64], locale: Locale) -> String {
        let request = Request { locale, ..request(roles, command("/help")) };
        message(&settings(), &request).panel.expect("a panel").body
    }

    #[test]
    fn an_operator_is_shown_everything_as_open() {
        let body = body(&[OPERATOR], Locale::EnUs);
        for name in Name::ALL.iter().copied() {
            assert!(
                body.contains(&format!("✅ `{}", definitions::line(name, Locale::EnUs))),
                "{name:?}: {body}"
            );
        }
        assert!(
            !body.contains('🔒') && body.contains("`/nat extend duration`") && body.contains("2h"),
            "{body}"
        );
    }

    #[test]
    fn a_viewer_is_told_which_role_the_rest_needs() {
        let body = body(&[], Locale::Ko);
        assert!(body.contains("✅ `/상태`") && body.contains("✅ `/도움말 [직접실행]`"), "{body}");
        assert!(body.contains(&format!("🔒 `/nat 열기` – <@&{OPERATOR}>")), "{body}");
        assert!(body.contains("✅ `/nat 기록") && body.matches("✅ `/nat").count() == 1, "{body}");
    }
}
