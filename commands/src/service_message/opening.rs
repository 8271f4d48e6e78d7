//! The pair while it is being built: a checklist that advances.

use doorman_cloud::kinds::endpoint::EndpointState;
use doorman_cloud::lease::Lease;
use doorman_cloud::recipes::{Access, REBOOT_AFTER};
use doorman_cloud::switchboard::Observed;

use super::{all_run, launched_by, price, with_hindrances};
use crate::message::{Message, Panel, Tone};
use crate::scene::Scene;
use crate::status::rows::{Machine, Row, Shell};
use crate::texts::say;
use crate::when;
use crate::window::Mark;

pub(super) fn message(scene: &Scene<'_>, lease: &Lease) -> Message {
    let locale = scene.locale;
    let mut lines = Vec::new();
    match scene.observed() {
        Some(observed) => {
            let steps = Steps::of(scene, observed);
            lines.extend(steps.lines(scene));
            lines.push(String::new());
            lines.push(say(
                locale,
                "service-started",
                &[("since", when::relative(lease.building_since).into())],
            ));
            lines.extend(steps.why_it_takes(scene));
        }
        None => lines.push(say(locale, "common-not-looked", &[])),
    }
    with_hindrances(scene, &mut lines);
    let title = match lease.ready_at {
        None => say(locale, "service-opening-title", &[]),
        Some(_) => say(locale, "service-repairing-title", &[]),
    };
    let mut fields = vec![launched_by(scene, lease)];
    fields.extend(lease.ready_at.map(|_| price(scene)));
    let body = lines.join("\n");
    let panel = Panel { title, body, tone: Tone::Busy, fields, footer: String::new() };
    Message { panel: Some(panel), ..Message::default() }
}

/// How far building has come, by the last look.
struct Steps {
    role: Mark,
    endpoints: Mark,
    endpoints_ready: usize,
    rules: Mark,
    instances: Mark,
    agents: Mark,
    rows: Vec<Row>,
}

impl Steps {
    fn of(scene: &Scene<'_>, observed: &Observed) -> Steps {
        let stack = scene.stack();
        let shell = Access::of(observed, stack);
        let done = |done: bool| if done { Mark::Done } else { Mark::Busy };
        let rows = Row::all(scene);
        let begun = rows.iter().any(|row| row.machine != Machine::Expected);
        let any_runs = rows.iter().any(|row| row.machine == Machine::Running);
        Steps {
            role: done(shell.role && shell.profile),
            endpoints: done(shell.endpoints),
            endpoints_ready: stack
                .shell
                .endpoints
                .iter()
                .filter(|wanted| {
                    observed.endpoints.iter().any(|endpoint| {
                        endpoint.service == wanted.service && endpoint.state == EndpointState::Available
                    })
                })
                .count(),
            rules: done(shell.rules),
            instances: match (all_run(scene, &rows), begun || shell.is_ready()) {
                (true, _) => Mark::Done,
                (false, true) => Mark::Busy,
                (false, false) => Mark::Later,
            },
            agents: match any_runs {
                true => done(all_run(scene, &rows) && rows.iter().all(Row::is_well)),
                false => Mark::Later,
            },
            rows,
        }
    }

    fn lines(&self, scene: &Scene<'_>) -> Vec<String> {
        let (locale, stack) = (scene.locale, scene.stack());
        let endpoints =
            [("ready", self.endpoints_ready.into()), ("count", stack.shell.endpoints.len().into())];
        let running = self.rows.iter().filter(|row| row.machine == Machine::Running).count();
        let instances = [("ready", running.into()), ("count", stack.service.instances.len().into())];
        let online = self.rows.iter().filter(|row| row.shell == Shell::Ready).count();
        let agents = [("ready", online.into()), ("count", stack.service.instances.len().into())];
        [
            (self.role, say(locale, "service-step-role", &[])),
            (self.endpoints, say(locale, "service-step-endpoints", &endpoints)),
            (self.rules, say(locale, "service-step-rules", &[])),
            (self.instances, say(locale, "service-step-instances", &instances)),
            (self.agents, say(locale, "service-step-agents", &agents)),
        ]
        .into_iter()
        .map(|(mark, what)| format!("{} {what}", mark.sign()))
        .collect()
    }

    /// What is waited for, and how long that usually takes.
    fn why_it_takes(&self, scene: &Scene<'_>) -> Option<String> {
        let locale = scene.locale;
        if self.endpoints != Mark::Done {
            Some(say(locale, "service-slow-endpoints", &[]))
        } else if self.instances != Mark::Done {
            Some(say(locale, "service-slow-instances", &[]))
        } else if self.agents != Mark::Done {
            let minutes = REBOOT_AFTER.num_minutes();
            Some(say(locale, "service-slow-agents", &[("minutes", minutes.into())]))
        } else {
            None
        }
    }
}
