//! Whom a text mentions, and whom it may notify.

use serde_json::Value;

use super::{
    GuildFacts,
    state::{Person, State},
};

/// The people and roles found. The bot is taken to have MENTION_EVERYONE, so that a careless one is seen.
pub(super) struct Mentions<'a> {
    pub(super) users: Vec<&'a Person>,
    pub(super) roles: Vec<u64>,
    pub(super) everyone: bool,
}

impl Mentions<'_> {
    /// As `MessageView::pings` says it.
    pub(super) fn pings(&self) -> Vec<String> {
        let users = self.users.iter().map(|person| person.key.clone());
        let roles = self.roles.iter().map(|role| format!("role:{role}"));
        users.chain(roles).chain(self.everyone.then(|| "everyone".to_owned())).collect()
    }
}

/// Finds `<@id>`, `<@!id>`, `<@&id>`, `@everyone` and `@here`, and keeps what `allowed_mentions` allows; without
/// it everything is allowed. Source: Discord, "Allowed Mentions Object".
pub(super) fn resolve<'a>(
    content: &str,
    allowed: Option<&Value>,
    facts: &GuildFacts,
    state: &'a State,
) -> Mentions<'a> {
    let allows = |kind: &str, id: Option<u64>| {
        let Some(allowed) = allowed else { return true };
        let listed = |list: &Value, wanted: &str| {
            list.as_array().is_some_and(|list| list.iter().any(|entry| entry.as_str() == Some(wanted)))
        };
        listed(&allowed["parse"], kind) || id.is_some_and(|id| listed(&allowed[kind], &id.to_string()))
    };
    let known_roles = state.role_ids(facts);
    let mut mentions = Mentions { users: Vec::new(), roles: Vec::new(), everyone: false };
    for (start, _) in content.match_indices("<@") {
        let inner = &content[start + 2..];
        let Some((inner, _)) = inner.split_once('>') else {
            continue;
        };
        if let Some(role) = inner.strip_prefix('&').and_then(|id| id.parse().ok()) {
            if known_roles.contains(&role) && allows("roles", Some(role)) && !mentions.roles.contains(&role) {
                mentions.roles.push(role);
            }
        } else if let Ok(id) = inner.trim_start_matches('!').parse() {
            let person = state.people.iter().find(|person| person.id == id);
            if let Some(person) = person.filter(|_| allows("users", Some(id)))
                && !mentions.users.iter().any(|known| known.id == id)
            {
                mentions.users.push(person);
            }
        }
    }
    mentions.everyone =
        (content.contains("@everyone") || content.contains("@here")) && allows("everyone", None);
    mentions
}
