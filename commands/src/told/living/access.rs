//! How shell access stands, as the messages of the pair and of a shell window tell it.

use doorman_cloud::kinds::endpoint::EndpointState;
use doorman_cloud::recipes::Access;

use super::about::Mark;
use crate::scene::Scene;
use crate::words::texts::say;

/// How far building the endpoints and their rules has come.
pub(super) struct Steps {
    pub(super) endpoints: Mark,
    pub(super) rules: Mark,
    ready: usize,
}

impl Steps {
    /// By the last look; nothing before the first one.
    pub(super) fn of(scene: &Scene<'_>) -> Option<Steps> {
        let (observed, stack) = (scene.observed()?, scene.stack());
        let access = Access::of(observed, stack);
        let available = |service: &str| {
            let mut endpoints = observed.endpoints.iter();
            endpoints.any(|found| found.service == service && found.state == EndpointState::Available)
        };
        Some(Steps {
            endpoints: Mark::of(access.endpoints),
            rules: Mark::of(access.rules),
            ready: stack.shell.endpoints.iter().filter(|wanted| available(&wanted.service)).count(),
        })
    }

    /// A line each.
    pub(super) fn lines(&self, scene: &Scene<'_>) -> [String; 2] {
        let (locale, count) = (scene.locale, scene.stack().shell.endpoints.len());
        let endpoints = [("ready", self.ready.into()), ("count", count.into())];
        [
            self.endpoints.line(&say(locale, "service-step-endpoints", &endpoints)),
            self.rules.line(&say(locale, "service-step-rules", &[])),
        ]
    }
}
