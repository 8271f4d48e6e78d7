//! Who, as Discord shows them. Mentions are off in everything the bot sends: these render and ping nobody.

use doorman_cloud::lease::Person;
use doorman_config::RoleId;

/// A person. One whose id was lost with their tag is shown by the name that is left.
pub(crate) fn mention(person: &Person) -> String {
    match person.id {
        0 if person.name.is_empty() => "?".to_owned(),
        0 => person.name.clone(),
        id => format!("<@{id}>"),
    }
}

/// A role. The one whose id is the server's own is everybody, and mentioned as such.
pub(crate) fn role(role: RoleId, guild_id: u64) -> String {
    if role.0 == guild_id { "@everyone".to_owned() } else { format!("<@&{role}>") }
}
