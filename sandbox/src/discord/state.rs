//! The world: people, messages, interactions, commands and gateway sessions, under one lock.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    net::SocketAddr,
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::{sync::watch, time::Instant};

use super::{
    AckKind, Acknowledged, Discord, DiscordFaults, DiscordOptions, GuildFacts, Place,
    elsewhere::{MoreChannel, MoreGuild},
    session::Session,
};
use crate::Now;

/// How long an interaction's token lives. Source: Discord, "Followup Messages".
pub(super) const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);

/// The first millisecond of 2015, from which snowflakes count. Source: Discord, "Snowflakes".
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

/// How many violations are kept: enough to read, not enough for a bot in a loop to fill the memory.
const VIOLATIONS_KEPT: usize = 1_000;

pub(super) struct Shared {
    pub(super) facts: GuildFacts,
    pub(super) base_url: String,
    pub(super) ack_deadline: Duration,
    pub(super) changes: watch::Sender<u64>,
    pub(super) faults: DiscordFaults,
    pub(super) state: Mutex<State>,
    now: Now,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) people: Vec<Person>,
    pub(super) messages: BTreeMap<u64, Message>,
    pub(super) interactions: HashMap<u64, Interaction>,
    /// The guild's command definitions, as Discord returns them.
    pub(super) commands: Vec<Value>,
    pub(super) global_commands: Vec<Value>,
    /// Whether a bot has ever registered guild commands.
    pub(super) registered: bool,
    /// When the guild's commands of the last day were created, for the daily limit.
    pub(super) creations: VecDeque<DateTime<Utc>>,
    pub(super) sessions: Vec<Session>,
    pub(super) violations: Vec<String>,
    /// Messages posted with `enforce_nonce`, newest last.
    pub(super) nonces: VecDeque<Nonce>,
    pub(super) more_guilds: Vec<MoreGuild>,
    pub(super) more_channels: Vec<MoreChannel>,
    /// Whether the bot is not in its guild.
    pub(super) expelled: bool,
    last_id: u64,
}

pub(super) struct Nonce {
    pub(super) nonce: String,
    pub(super) message: u64,
    pub(super) at: DateTime<Utc>,
}

#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: u64,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) locale: String,
    pub(super) roles: Vec<u64>,
}

/// A message of the bot's; people here type only commands.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) channel_id: u64,
    pub(super) guild_id: Option<u64>,
    pub(super) content: String,
    pub(super) embeds: Vec<Value>,
    pub(super) components: Vec<Value>,
    pub(super) attachments: Vec<File>,
    /// Message flags other than EPHEMERAL and LOADING, which `private_to` and `thinking` say.
    pub(super) flags: u64,
    pub(super) nonce: Option<Value>,
    pub(super) allowed_mentions: Option<Value>,
    pub(super) private_to: Option<String>,
    /// The interaction it answers.
    pub(super) interaction: Option<u64>,
    pub(super) reply_to: Option<u64>,
    /// While deferred and not completed: when the token that could complete it expires.
    pub(super) thinking_until: Option<DateTime<Utc>>,
    pub(super) thinking: bool,
    /// Stands for the client's "The application did not respond"; the bot cannot reach it.
    pub(super) failed: bool,
    pub(super) pings: Vec<String>,
    pub(super) deleted: Option<DeletedBy>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) edited_at: Option<DateTime<Utc>>,
    pub(super) edits: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DeletedBy {
    Bot,
    Person,
}

#[derive(Clone)]
pub(super) struct File {
    pub(super) id: u64,
    pub(super) filename: String,
    pub(super) description: Option<String>,
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

pub(super) struct Interaction {
    pub(super) id: u64,
    pub(super) token: String,
    pub(super) kind: Kind,
    pub(super) person: String,
    pub(super) line: String,
    pub(super) place: Place,
    /// The message whose component was pressed.
    pub(super) source: Option<u64>,
    /// Name of the command, for `interaction.name` of the reply.
    pub(super) command: String,
    pub(super) dispatched: Instant,
    pub(super) created_at: DateTime<Utc>,
    /// Not answered in time for a reason that is not the bot's: it was not connected, or a fault was injected.
    pub(super) excused: bool,
    pub(super) outcome: Outcome,
    /// `@original`.
    pub(super) original: Option<u64>,
    /// Type of the option being typed, for autocomplete.
    pub(super) option_kind: u64,
    pub(super) choices: Option<Vec<Value>>,
    pub(super) modal: Option<Value>,
}

/// What an interaction is. Source: Discord, "Interaction Type".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Command = 2,
    Component = 3,
    Autocomplete = 4,
    ModalSubmit = 5,
}

#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Waiting,
    Answered(Acknowledged),
    Failed,
}

impl Interaction {
    pub(super) fn expires_at(&self) -> DateTime<Utc> {
        self.created_at + TOKEN_LIFE
    }

    /// The installation that authorises it: the guild's, or none in a direct message.
    pub(super) fn installed_in(&self, facts: &GuildFacts) -> String {
        self.place.ids(facts).1.unwrap_or(0).to_string()
    }

    /// The kind of the first answer, when there was one.
    pub(super) fn answer(&self) -> Option<AckKind> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer.kind),
            Outcome::Waiting | Outcome::Failed => None,
        }
    }
}

impl Message {
    /// A new, empty message of the bot's.
    pub(super) fn new(id: u64, channel_id: u64, guild_id: Option<u64>, now: DateTime<Utc>) -> Self {
        Self {
            id,
            channel_id,
            guild_id,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            flags: 0,
            nonce: None,
            allowed_mentions: None,
            private_to: None,
            interaction: None,
            reply_to: None,
            thinking_until: None,
            thinking: false,
            failed: false,
            pings: Vec::new(),
            deleted: None,
            created_at: now,
            edited_at: None,
            edits: 0,
        }
    }

    /// Deferred, never completed, and now nobody can complete it.
    pub(super) fn abandoned(&self, now: DateTime<Utc>) -> bool {
        self.thinking && self.deleted.is_none() && self.thinking_until.is_some_and(|until| now >= until)
    }
}

impl State {
    pub(super) fn online(&self) -> bool {
        self.sessions.iter().any(Session::connected)
    }

    pub(super) fn person(&self, key: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.key == key)
    }

    /// A new snowflake, larger than every one before.
    pub(super) fn snowflake(&mut self, now: DateTime<Utc>) -> u64 {
        let since_epoch_ms = u64::try_from(now.timestamp_millis() - DISCORD_EPOCH_MS).unwrap_or(0);
        self.last_id = (since_epoch_ms << 22).max(self.last_id + 1);
        self.last_id
    }

    pub(super) fn violation(&mut self, what: String) {
        tracing::warn!("a rule of Discord's was broken: {what}");
        if self.violations.len() < VIOLATIONS_KEPT {
            self.violations.push(what);
        }
    }

    /// The interaction a path names, when the token is its own.
    pub(super) fn interaction(&mut self, id: u64, token: &str) -> Option<&mut Interaction> {
        self.interactions.get_mut(&id).filter(|interaction| interaction.token == token)
    }

    pub(super) fn interaction_by_token(&self, token: &str) -> Option<&Interaction> {
        self.interactions.values().find(|interaction| interaction.token == token)
    }

    /// Role ids that exist in the guild, beside `@everyone`.
    pub(super) fn role_ids(&self, facts: &GuildFacts) -> Vec<u64> {
        let mut ids = vec![facts.operator_role_id, facts.viewer_role_id];
        let mut seen: HashSet<u64> = ids.iter().copied().collect();
        for role in self.people.iter().flat_map(|person| &person.roles) {
            if seen.insert(*role) {
                ids.push(*role);
            }
        }
        ids
    }
}

impl Shared {
    pub(super) fn new(options: DiscordOptions, address: SocketAddr) -> Self {
        let DiscordOptions { now, ack_deadline, guild: facts, .. } = options;
        let mut state = State::default();
        let (operator, viewer) = (facts.operator_role_id, facts.viewer_role_id);
        for (key, roles) in
            [("operator", vec![operator, viewer]), ("viewer", vec![viewer]), ("outsider", vec![])]
        {
            add_person(&mut state, key, &roles, "ko");
        }
        Self {
            facts,
            base_url: format!("http://{address}"),
            ack_deadline,
            changes: watch::Sender::new(0),
            faults: DiscordFaults::new(),
            state: Mutex::new(state),
            now,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// Tells every watcher that something visible changed.
    pub(super) fn changed(&self) {
        self.changes.send_modify(|version| *version += 1);
    }

    /// Waits until `look` finds something.
    pub(super) async fn wait_for<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            if let Some(found) = look(&self.state.lock()) {
                return found;
            }
            if changes.changed().await.is_err() {
                unreachable!("the sender lives in self");
            }
        }
    }
}

fn add_person(state: &mut State, key: &str, roles: &[u64], locale: &str) {
    let roles = roles.to_vec();
    match state.people.iter_mut().find(|person| person.key == key) {
        Some(person) => {
            person.roles = roles;
            person.locale = locale.to_owned();
        }
        None => {
            let id = 1_180_000_000_000_000_100 + state.people.len() as u64;
            let (key, locale) = (key.to_owned(), locale.to_owned());
            state.people.push(Person { id, name: key.clone(), key, locale, roles });
        }
    }
}

impl Discord {
    /// Adds a member, or changes the roles and the locale of one there is.
    ///
    /// `operator` (both roles), `viewer` and `outsider` (no role) exist from the start, with Korean clients.
    pub fn add_person(&self, key: &str, roles: &[u64], locale: &str) {
        add_person(&mut self.shared().state.lock(), key, roles, locale);
        self.shared().changed();
    }

    /// Sets the language of a person's client. A person who does not exist stays that way.
    pub fn set_locale(&self, person: &str, locale: &str) {
        if let Some(person) = self.shared().state.lock().people.iter_mut().find(|known| known.key == person) {
            person.locale = locale.to_owned();
        }
        self.shared().changed();
    }

    /// Deletes a message as a moderator would. What the bot then tries with it is not held against it.
    pub fn delete_message(&self, id: &str) {
        let mut state = self.shared().state.lock();
        if let Some(message) = id.parse().ok().and_then(|id| state.messages.get_mut(&id)) {
            message.deleted = Some(DeletedBy::Person);
        }
        drop(state);
        self.shared().changed();
    }
}
