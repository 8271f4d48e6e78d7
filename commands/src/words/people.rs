//! Who, as Discord shows them. Mentions are off in everything the bot sends: these render and ping nobody, but for those
//! whom a [`Message`](crate::message::Message) names in its `mentions`.

use doorman_cloud::lease::{Lease, Person};
use doorman_config::RoleId;

/// A person. One whose id was lost with their tag is shown by the name that is left.
pub(crate) fn mention(person: &Person) -> String {
    match person.id {
        0 if person.name.is_empty() => "?".to_owned(),
        0 => person.name.clone(),
        id => format!("<@{id}>"),
    }
}

/// More people than this are not called because of one lease.
const MOST_CALLED: usize = 10;

/// Whom it concerns what becomes of a lease: who asked for it and who extended it, each once, the first ones first.
pub(crate) fn concerned(lease: &Lease) -> Vec<u64> {
    let mut ids: Vec<u64> = Vec::new();
    let people = [&lease.opened_by].into_iter().chain(lease.extensions.iter().map(|extension| &extension.by));
    for person in people {
        // A person whose id was lost cannot be called.
        if person.id != 0 && !ids.contains(&person.id) {
            ids.push(person.id);
        }
    }
    ids.truncate(MOST_CALLED);
    ids
}

/// Those people as a text mentions them.
pub(crate) fn calls(ids: &[u64]) -> String {
    ids.iter().map(|id| format!("<@{id}>")).collect::<Vec<_>>().join(" ")
}

/// A role. The one whose id is the server's own is everybody, and mentioned as such.
pub(crate) fn role(role: RoleId, guild_id: u64) -> String {
    if role.0 == guild_id { "@everyone".to_owned() } else { format!("<@&{role}>") }
}
