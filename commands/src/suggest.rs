//! Values suggested while somebody types, from what is known already: AWS is not asked for it.

use doorman_cloud::catalog;
use doorman_cloud::keeper::View;
use doorman_cloud::kinds::instance::{Instance, InstanceState};
use doorman_config::{Locale, Settings};

use crate::words::texts::say;

/// Discord takes no longer names and values.
pub(crate) const LONGEST: usize = 100;

/// What an option might become, by what the keeper knows.
pub(crate) type Suggest = fn(&Settings, &View, Locale) -> Vec<Suggestion>;

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

/// The default first, so that the first suggestion is what an empty option means.
fn with_default(default: &str, known: &[&str]) -> Vec<Suggestion> {
    let others = known.iter().copied().filter(|value| *value != default);
    std::iter::once(default).chain(others).map(Suggestion::plain).collect()
}

/// The types that have a price, the one of the settings first.
pub(crate) fn types(settings: &Settings, _: &View, _: Locale) -> Vec<Suggestion> {
    with_default(&settings.stack.service.instance_type, &catalog::TYPES)
}

/// The images that doorman knows by name, the one of the settings first.
pub(crate) fn images(settings: &Settings, _: &View, _: Locale) -> Vec<Suggestion> {
    with_default(&settings.stack.service.image, &catalog::IMAGES)
}

/// The pair's instances: name, state and zone.
pub(crate) fn instances(settings: &Settings, view: &View, locale: Locale) -> Vec<Suggestion> {
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
