//! What a member may do in a channel, and what of that the bot needs.

use serde_json::Value;

/// What the bot does in its channel, and the bit of the permission
/// (<https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags>).
pub(crate) const NEEDED: [(&str, u64); 5] = [
    ("View Channel", 1 << 10),
    ("Send Messages", 1 << 11),
    ("Embed Links", 1 << 14),
    ("Attach Files", 1 << 15),
    ("Read Message History", 1 << 16),
];
const ADMINISTRATOR: u64 = 1 << 3;

/// Which of the [`NEEDED`] the bot, a member of the guild, lacks in a channel; `me` is its user id.
pub(crate) fn lacks(guild: &Value, member: &Value, channel: &Value, me: u64) -> Vec<&'static str> {
    let has = permissions(guild, member, channel, me);
    NEEDED.iter().filter(|(_, bit)| has & bit == 0).map(|(name, _)| *name).collect()
}

/// What a member may do in a channel
/// (<https://discord.com/developers/docs/topics/permissions#permission-overwrites>).
fn permissions(guild: &Value, member: &Value, channel: &Value, me: u64) -> u64 {
    let guild_id = text(guild, "id");
    let mine: Vec<&str> = array(member, "roles").iter().filter_map(Value::as_str).collect();
    let mut has = 0;
    for role in array(guild, "roles") {
        let id = text(role, "id");
        if id == guild_id || mine.contains(&id) {
            has |= bits(role, "permissions");
        }
    }
    if has & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let overwrites = array(channel, "permission_overwrites");
    let mut apply = |about: &dyn Fn(&str) -> bool| {
        let (mut deny, mut allow) = (0, 0);
        for overwrite in overwrites.iter().filter(|overwrite| about(text(overwrite, "id"))) {
            deny |= bits(overwrite, "deny");
            allow |= bits(overwrite, "allow");
        }
        has = has & !deny | allow;
    };
    let me = me.to_string();
    apply(&|id| id == guild_id);
    apply(&|id| id != guild_id && mine.contains(&id));
    apply(&|id| id == me);
    has
}

/// A field that is text; empty without it.
pub(crate) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// A field that is a list; empty without it.
pub(crate) fn array<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

/// Permissions are numbers written as text.
fn bits(value: &Value, field: &str) -> u64 {
    text(value, field).parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn overwrites_of_the_channel_count_in_discords_order() {
        let guild = json!({ "id": "1", "roles": [
            { "id": "1", "permissions": "3072" }, { "id": "5", "permissions": "16384" },
            { "id": "6", "permissions": "32768" },
        ]});
        let member = json!({ "roles": ["5"] });
        let channel = |overwrites: Value| json!({ "permission_overwrites": overwrites });
        assert_eq!(permissions(&guild, &member, &channel(json!([])), 9), 3072 | 16384);
        let hidden = json!([{ "id": "1", "deny": "1024", "allow": "0" }]);
        assert_eq!(permissions(&guild, &member, &channel(hidden), 9), 2048 | 16384);
        let let_in = json!([
            { "id": "9", "deny": "0", "allow": "65536" },
            { "id": "5", "deny": "2048", "allow": "1024" }, { "id": "1", "deny": "1024", "allow": "0" },
        ]);
        assert_eq!(permissions(&guild, &member, &channel(let_in), 9), 1024 | 16384 | 65536);
        let admin = json!({ "id": "1", "roles": [{ "id": "1", "permissions": "8" }] });
        assert_eq!(permissions(&admin, &member, &channel(json!([])), 9), u64::MAX);
    }
}
