//! Servers and channels beside the ones the bot works in. They can be looked at by whoever chooses where a bot shall
//! work, and nothing happens in them.

use super::Discord;

/// A guild that the bot was invited to, beside its own.
pub(super) struct MoreGuild {
    pub(super) id: u64,
    pub(super) name: String,
}

/// A channel of any of the guilds.
pub(super) struct MoreChannel {
    pub(super) id: u64,
    pub(super) guild: u64,
    pub(super) name: String,
    /// As Discord numbers them: 0 text, 2 voice, 4 category
    /// (<https://discord.com/developers/docs/resources/channel#channel-object-channel-types>).
    pub(super) kind: u64,
    /// What it takes from everyone, as bits of permissions.
    pub(super) denied: u64,
}

impl Discord {
    /// Somebody invites the bot to another guild; answers its id.
    pub fn add_guild(&self, name: &str) -> u64 {
        let shared = self.shared();
        let now = shared.now();
        let mut state = shared.state.lock();
        let id = state.snowflake(now);
        state.more_guilds.push(MoreGuild { id, name: name.to_owned() });
        id
    }

    /// Somebody makes a channel of that kind (0 text, 2 voice, 4 category) in one of the guilds, which takes the
    /// `denied` permissions from everyone; answers its id.
    pub fn add_channel(&self, guild: u64, name: &str, kind: u64, denied: u64) -> u64 {
        let shared = self.shared();
        let now = shared.now();
        let mut state = shared.state.lock();
        let id = state.snowflake(now);
        state.more_channels.push(MoreChannel { id, guild, name: name.to_owned(), kind, denied });
        id
    }

    /// Somebody removes the bot from its guild, or invites it again. Only what it can look at changes: whoever wants to
    /// see it work invites it first.
    pub fn set_invited(&self, invited: bool) {
        self.shared().state.lock().expelled = !invited;
    }
}
