//! The ids of the sandbox's guild, and where a person may be when using the bot.

/// Ids (snowflakes) and the bot's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuildFacts {
    /// The guild ("server").
    pub guild_id: u64,
    /// Its one text channel.
    pub channel_id: u64,
    /// The bot's application.
    pub application_id: u64,
    /// The bot's user.
    pub bot_user_id: u64,
    /// The role of those who may operate.
    pub operator_role_id: u64,
    /// The role of those who may look.
    pub viewer_role_id: u64,
    /// The token the bot must present, without the `Bot ` prefix.
    pub token: String,
}

impl Default for GuildFacts {
    fn default() -> Self {
        Self {
            guild_id: 1_180_000_000_000_000_001,
            channel_id: 1_180_000_000_000_000_002,
            application_id: 1_180_000_000_000_000_003,
            bot_user_id: 1_180_000_000_000_000_003,
            operator_role_id: 1_180_000_000_000_000_005,
            viewer_role_id: 1_180_000_000_000_000_006,
            // Three dot-separated parts like a real one: the first is the user id in base64.
            token: "MTE4MDAwMDAwMDAwMDAwMDAwMw.Sandbx.loopback-only-not-a-secret-of-anyone".to_owned(),
        }
    }
}

/// Where a person uses a command from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The guild's channel.
    Here,
    /// A direct message with the bot: the interaction carries a `user` and no guild.
    DirectMessage,
    /// Another guild. The person's role ids are kept, which real guilds never share, so that a bot
    /// that looks at role ids without looking at the guild is caught.
    OtherGuild,
}

impl Place {
    /// The channel's id, and the guild's when there is one.
    pub(super) fn ids(self, facts: &GuildFacts) -> (u64, Option<u64>) {
        match self {
            Self::Here => (facts.channel_id, Some(facts.guild_id)),
            Self::DirectMessage => (1_180_000_000_000_000_901, None),
            Self::OtherGuild => (1_180_000_000_000_000_912, Some(1_180_000_000_000_000_911)),
        }
    }
}
