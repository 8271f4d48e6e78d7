//! `/session start`: the way into an instance, for the asker alone.
//!
//! doorman starts no session on anybody's behalf. It says whether the instance can be reached, what is
//! missing if not, and hands over a console link and a command line that carry no credential: who uses
//! them signs in to AWS as themselves.

use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::agent::Ping;
use doorman_cloud::kinds::instance::{Instance, InstanceState};
use doorman_cloud::lease::{Lease, LeaseKind, Phase};
use doorman_cloud::recipes::Access;
use doorman_cloud::switchboard::Observed;
use doorman_config::{Locale, Settings, ShellMode, Stack, text};

use crate::context::Context;
use crate::input::{nearest, quoted};
use crate::message::{Message, Panel, Tone};
use crate::outcome::Outcome;
use crate::request::Request;
use crate::scene;
use crate::words::texts::say;
use crate::words::{buttons, leases, places, sentence, when};

/// How one thing that a session needs stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// As it has to be.
    Good,
    /// On its way there.
    Coming,
    /// Not there, and nobody is working on it.
    Missing,
    /// Could not be looked at.
    Unknown,
}

impl State {
    fn sign(self) -> &'static str {
        match self {
            State::Good => "✅",
            State::Coming => "⏳",
            State::Missing => "❌",
            State::Unknown => "❔",
        }
    }
}

/// How many of the checks are about the instance itself; they come first.
const OF_THE_INSTANCE: usize = 3;

/// `/session start`
pub(crate) async fn handle(cx: &Context, request: &Request, typed: &str) -> Outcome {
    let (locale, keeper) = (request.locale, cx.keeper());
    let (view, old) = match keeper.look().await {
        Ok(view) => (view, None),
        Err(failure) => {
            scene::log_blind(request, &failure);
            let last = View::clone(&keeper.watch().borrow());
            match &last.observed {
                // What was seen a moment ago is of more use to somebody who needs a shell than nothing.
                Some(observed) => {
                    let why = sentence::failure(locale, failure.kind).what;
                    let args = [("at", when::relative(observed.at).into()), ("why", why.into())];
                    let old = say(locale, "session-old", &args);
                    (last, Some(old))
                }
                None => return Outcome::show(sentence::cannot_look(locale, failure.kind, request.id)),
            }
        }
    };
    let Some(observed) = view.observed.as_deref() else {
        return Outcome::show(Message::text(say(locale, "common-not-looked", &[])));
    };
    let name = match find(&cx.settings().stack, observed, typed) {
        Ok(name) => name,
        Err(nearest) => return Outcome::show(Message::text(unknown(cx.settings(), locale, typed, nearest))),
    };
    let way = Way {
        request,
        stack: &cx.settings().stack,
        region: keeper.aws().region(),
        profile: keeper.aws().profile(),
        view: &view,
        observed,
        name: &name,
    };
    Outcome::show(way.message(old))
}

/// The name of the instance that was meant by its name or id, or the name nearest to it.
fn find(stack: &Stack, observed: &Observed, typed: &str) -> Result<String, Option<String>> {
    if let Some(instance) =
        observed.instances.iter().find(|instance| text::alike(instance.id.as_str(), typed))
    {
        return Ok(instance.name.clone());
    }
    let names = stack.service.instances.iter().map(|slot| slot.name.clone());
    let exactly = names.clone().find(|name| name == typed);
    match exactly.or_else(|| names.clone().find(|name| text::alike(name, typed))) {
        Some(name) => Ok(name),
        None => Err(nearest(typed, names)),
    }
}

fn unknown(settings: &Settings, locale: Locale, typed: &str, nearest: Option<String>) -> String {
    let names: Vec<String> =
        settings.stack.service.instances.iter().map(|slot| format!("`{}`", slot.name)).collect();
    let typed = quoted(typed);
    match nearest {
        Some(nearest) => {
            let args =
                [("typed", typed.into()), ("nearest", nearest.into()), ("names", names.join(", ").into())];
            say(locale, "session-unknown-near", &args)
        }
        None => {
            say(locale, "session-unknown", &[("typed", typed.into()), ("names", names.join(", ").into())])
        }
    }
}

/// What the way into one instance is made from.
struct Way<'a> {
    request: &'a Request,
    stack: &'a Stack,
    region: &'a str,
    profile: Option<&'a str>,
    view: &'a View,
    observed: &'a Observed,
    name: &'a str,
}

impl Way<'_> {
    /// The private reply; `old` says that AWS could not be asked just now.
    fn message(&self, old: Option<String>) -> Message {
        let locale = self.request.locale;
        let checks = self.checks();
        // What could not be asked for is no reason to hold anybody back.
        let sure = checks.iter().all(|(state, _)| *state == State::Good);
        let ready = checks.iter().all(|(state, _)| matches!(state, State::Good | State::Unknown));
        let mut lines: Vec<String> = old.into_iter().collect();
        lines.extend(checks.iter().map(|(state, line)| format!("{} {line}", state.sign())));
        let mut buttons = Vec::new();
        if !sure {
            lines.push(String::new());
            lines.push(self.what_to_do(&checks));
        }
        if let Some(instance) = self.observed.instance(self.name) {
            let command = places::session_command(self.region, &instance.id, self.profile);
            lines.push(String::new());
            lines.push(match ready {
                true => say(locale, "session-command", &[]),
                false => say(locale, "session-command-later", &[]),
            });
            lines.push(format!("```sh\n{command}\n```"));
            lines.push(say(locale, "session-needs", &[]));
            let label = say(locale, "session-button-console", &[]);
            buttons.extend(buttons::link(label, places::session_console(self.region, &instance.id)));
        }
        let args = [("name", self.name.into())];
        let (title, tone) = match ready {
            true => (say(locale, "session-ready-title", &args), Tone::Good),
            false => (say(locale, "session-not-ready-title", &args), Tone::Warn),
        };
        let panel = Panel { title, body: lines.join("\n"), tone, ..Panel::default() };
        Message { panel: Some(panel), buttons, ..Message::default() }
    }

    /// Everything a session needs, in the order in which it has to be there.
    fn checks(&self) -> Vec<(State, String)> {
        let (locale, stack, observed) = (self.request.locale, self.stack, self.observed);
        let absent = self.absent(LeaseKind::Pair);
        let (of, shell_absent) =
            (|good: bool| if good { State::Good } else { absent }, self.absent(self.access()));
        let of_shell = |good: bool| if good { State::Good } else { shell_absent };
        let known = |known: bool, state: State| if known { state } else { State::Unknown };
        let shell = Access::of(observed, stack);
        let role = &stack.shell.role;
        let instance = observed.instance(self.name);
        let attached = instance.is_some_and(|instance| instance.profile.as_ref() == Some(role));
        let services: Vec<&str> =
            stack.shell.endpoints.iter().map(|endpoint| endpoint.service.as_str()).collect();
        let group = &stack.service.security_group;
        let (running, state) = match instance.map(|instance| instance.state) {
            Some(InstanceState::Running) => (State::Good, "session-instance-running"),
            Some(InstanceState::Pending) => (State::Coming, "session-instance-pending"),
            Some(InstanceState::Stopping) => (absent, "session-instance-stopping"),
            Some(InstanceState::Stopped) => (absent, "session-instance-stopped"),
            Some(InstanceState::ShuttingDown) | None => (absent, "session-instance-missing"),
        };
        let profile = known(
            observed.knows(Kind::Role) && observed.knows(Kind::Profile),
            of(shell.role && shell.profile),
        );
        let agent = known(observed.knows(Kind::Agent), agent(observed, instance, shell_absent));
        let mut checks = vec![
            (running, say(locale, state, &[("name", self.name.into())])),
            (profile, say(locale, "session-role", &[("role", role.into())])),
            (of(attached), say(locale, "session-attached", &[])),
            (
                of_shell(shell.endpoints),
                say(locale, "session-endpoints", &[("services", services.join(", ").into())]),
            ),
            (
                of_shell(shell.rules && !self.is_outside(instance)),
                say(locale, "session-rules", &[("group", group.into())]),
            ),
        ];
        // What is in the way though all of that works is what has to be said.
        if self.is_outside(instance) {
            let args = [("name", self.name.into()), ("group", group.into())];
            checks.push((State::Missing, say(locale, "session-not-in-group", &args)));
        }
        checks.extend(self.shut().into_iter().map(|told| (State::Missing, told.what)));
        checks.push((agent, say(locale, "session-agent", &[])));
        checks
    }

    /// Whether somebody took the instance out of the group whose rules let it reach the endpoints.
    fn is_outside(&self, instance: Option<&Instance>) -> bool {
        let group = self.observed.group();
        group.found().zip(instance).is_some_and(|(group, instance)| instance.left_group(&group.id))
    }

    /// What keeps the instances from endpoints that work.
    fn shut(&self) -> Vec<sentence::Told> {
        let shut = Access::shut(self.observed, self.stack).into_iter();
        shut.map(|trouble| sentence::trouble(self.request.locale, &trouble)).collect()
    }

    /// The kind of lease that the endpoints and their rules belong to.
    fn access(&self) -> LeaseKind {
        match self.stack.shell.mode {
            ShellMode::Always => LeaseKind::Pair,
            ShellMode::Window => LeaseKind::ShellWindow,
        }
    }

    /// How what is not there stands: it comes while its lease is being built.
    fn absent(&self, of: LeaseKind) -> State {
        let building = self.view.lease(of).is_some_and(|lease| lease.phase == Phase::Opening);
        if building { State::Coming } else { State::Missing }
    }

    /// What to do about what is missing: one thing, the first that helps.
    fn what_to_do(&self, checks: &[(State, String)]) -> String {
        let locale = self.request.locale;
        let fine = |checks: &[(State, String)]| {
            checks.iter().all(|(state, _)| matches!(state, State::Good | State::Unknown))
        };
        let Some(lease) = self.view.lease(LeaseKind::Pair) else {
            return say(locale, "session-do-launch", &[]);
        };
        match lease.phase {
            Phase::Opening => self.wait_for(lease),
            Phase::Closing | Phase::Closed => say(locale, "session-do-after-closing", &[]),
            // Nothing that doorman could repair.
            Phase::Ready if !self.shut().is_empty() => {
                let told = self.shut().into_iter().map(|told| format!("→ {}", told.remedy));
                told.collect::<Vec<_>>().join("\n")
            }
            Phase::Ready if self.is_outside(self.observed.instance(self.name)) => say(
                locale,
                "session-do-put-into-group",
                &[("group", (&self.stack.service.security_group).into())],
            ),
            Phase::Ready if fine(checks) => say(locale, "session-do-try", &[]),
            Phase::Ready => match self.access() {
                LeaseKind::ShellWindow if fine(&checks[..OF_THE_INSTANCE]) => {
                    self.what_to_do_about_the_window(checks)
                }
                LeaseKind::ShellWindow | LeaseKind::Pair | LeaseKind::NatWindow => {
                    say(locale, "session-do-repair", &[])
                }
            },
        }
    }

    /// The same where all that is missing belongs to a shell window.
    fn what_to_do_about_the_window(&self, checks: &[(State, String)]) -> String {
        let locale = self.request.locale;
        let Some(lease) = self.view.lease(LeaseKind::ShellWindow) else {
            return say(locale, "session-do-open-shell", &[]);
        };
        let silent = checks[..checks.len() - 1].iter().all(|(state, _)| *state == State::Good);
        match lease.phase {
            Phase::Opening => self.wait_for(lease),
            Phase::Closing | Phase::Closed => say(locale, "session-do-after-shell-closing", &[]),
            Phase::Ready if silent => say(locale, "window-shell-silent", &[]),
            Phase::Ready => {
                say(locale, "session-do-repair-shell", &[("link", leases::link(self.request, lease).into())])
            }
        }
    }

    /// That it is being built, since when, and where that is told.
    fn wait_for(&self, lease: &Lease) -> String {
        let (locale, since) = (self.request.locale, when::moment(lease.building_since));
        let place = self.request.guild_id.zip(lease.message);
        match place.map(|(guild, message)| places::message(guild, message)) {
            Some(url) => say(locale, "session-do-wait-link", &[("since", since.into()), ("url", url.into())]),
            None => say(locale, "session-do-wait", &[("since", since.into())]),
        }
    }
}

fn agent(observed: &Observed, instance: Option<&Instance>, absent: State) -> State {
    match instance.and_then(|instance| observed.ping(&instance.id)) {
        Some(Ping::Online) => State::Good,
        Some(Ping::Lost) | None => absent,
    }
}

#[cfg(test)]
mod tests;
