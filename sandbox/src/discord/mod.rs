//! A strict Discord on loopback: REST v10 and the gateway as far as a slash-command bot uses them, with
//! one guild, one text channel and a few people who type and press (and, to look at, further ones: `elsewhere.rs`).
//!
//! Words used here. A *person* is a member of the guild, known by a short key (`operator`, `viewer`,
//! `outsider`). A *line* is what a person types. An *interaction* is what Discord makes of a line or a
//! press and sends to the bot; it must be *acknowledged* within three real seconds, and its *token* lives
//! for fifteen minutes of the sandbox's time. A *violation* is a rule of Discord's that the bot broke: it
//! is answered with Discord's own error, and also remembered, because a bot that retries or shrugs hides it.
//!
//! Where things are: `rest/` answers the bot's requests, `gateway.rs` and `session.rs` carry events to it,
//! `people/` does what a person's client does, `rules/` knows the limits, `shape.rs` and `render.rs` write
//! Discord's JSON, `state.rs` is the world.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::ListenerExt;
use parking_lot::Mutex;
use tokio::{net::TcpListener, sync::watch, task::AbortHandle};

use crate::Now;

mod body;
mod draft;
mod elsewhere;
mod error;
mod facts;
mod faults;
mod gateway;
mod limits;
mod mentions;
mod people;
mod render;
mod rest;
mod rules;
mod session;
mod shape;
mod state;
mod view;

pub use facts::{GuildFacts, Place};
pub use faults::DiscordFaults;
pub use people::Refused;
pub use view::{
    AckKind, Acknowledged, Attachment, AttachmentView, ChannelView, Choice, Invoked, MessageView, PersonView,
    Sent,
};

use state::Shared;

/// How long Discord waits for the first answer to an interaction.
///
/// Source: Discord, "Receiving and Responding", "you must send an initial response within 3 seconds".
pub const ACK_DEADLINE: Duration = Duration::from_secs(3);

/// What a [`Discord`] is started with.
pub struct DiscordOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The sandbox's time: message timestamps, snowflakes and the life of interaction tokens.
    pub now: Now,
    /// How long the bot has to acknowledge an interaction, in real time. Normally [`ACK_DEADLINE`].
    pub ack_deadline: Duration,
    /// The ids and the token of the one guild there is.
    pub guild: GuildFacts,
}

/// The running Discord. Clones are handles to the same one; it stops when the last of them is dropped.
#[derive(Clone)]
pub struct Discord {
    guard: Arc<Guard>,
}

struct Guard {
    shared: Arc<Shared>,
    /// What the server listens on; it outlives it.
    listener: std::net::TcpListener,
    server: Mutex<Option<AbortHandle>>,
}

impl Guard {
    /// Serves from the runtime this is called in, and from no other any more.
    fn serve(&self) -> io::Result<()> {
        // An event is one small write: waiting to send it with the next would cost 40 ms each.
        let listener = TcpListener::from_std(self.listener.try_clone()?)?.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "cannot set TCP_NODELAY");
            }
        });
        let app = rest::router(Arc::clone(&self.shared));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!("the sandbox's Discord stopped serving: {error}");
            }
        });
        if let Some(old) = self.server.lock().replace(server.abort_handle()) {
            old.abort();
        }
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(server) = self.server.lock().take() {
            server.abort();
        }
        // Connections outlive the listener: cut the sockets and refuse what still comes over kept-alive ones.
        self.shared.faults.away(true);
    }
}

impl Discord {
    /// Starts listening and serving.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(options: DiscordOptions) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let shared = Arc::new(Shared::new(options, listener.local_addr()?));
        let guard = Guard { shared, listener, server: Mutex::default() };
        guard.serve()?;
        Ok(Self { guard: Arc::new(guard) })
    }

    /// Goes on in the runtime this is called in, when the one it was started in is gone. Connections ended with
    /// that one.
    ///
    /// # Errors
    /// When the runtime cannot take over the listener.
    pub fn move_here(&self) -> io::Result<()> {
        self.guard.serve()
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.guard.shared
    }

    /// `http://127.0.0.1:PORT`, the value for `DISCORD_API_URL`.
    pub fn url(&self) -> String {
        self.shared().base_url.clone()
    }

    /// The ids and the token of the guild.
    pub fn facts(&self) -> &GuildFacts {
        &self.shared().facts
    }

    /// What can be made to go wrong.
    pub fn faults(&self) -> &DiscordFaults {
        &self.shared().faults
    }

    /// Changes its value at every visible change: messages, people, commands, acknowledgements, presence.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared().changes.subscribe()
    }

    /// Resolves when a bot is connected and its commands are registered.
    pub async fn bot_online(&self) {
        let shared = self.shared();
        shared
            .wait_for(|state| {
                (state.online() && (state.registered || !state.global_commands.is_empty())).then_some(())
            })
            .await;
    }

    /// Every rule of Discord's that the bot broke so far, in words.
    pub fn violations(&self) -> Vec<String> {
        let now = self.shared().now();
        let state = self.shared().state.lock();
        let abandoned = state.messages.values().filter(|message| message.abandoned(now)).map(|message| {
            format!("the deferred reply {} was still thinking when its token expired", message.id)
        });
        state.violations.iter().cloned().chain(abandoned).collect()
    }
}
