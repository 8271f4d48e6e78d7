//! The gateway: one socket's conversation. Source: Discord, "Gateway" (v10, JSON).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::{
    extract::{
        Query, State as Extract, WebSocketUpgrade,
        ws::{CloseFrame, Message as Frame, WebSocket},
    },
    response::{IntoResponse, Response},
};
use flate2::{Compress, Compression, FlushCompress};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{
    broadcast::error::RecvError,
    mpsc::{UnboundedSender, unbounded_channel},
};

use super::{
    faults::SocketFault,
    session::{AWAY, LinkId, NoResume, secret},
    shape,
    state::Shared,
};

/// GUILDS: without it no GUILD_CREATE is sent.
const INTENT_GUILDS: u64 = 1;
/// GUILD_MEMBERS, GUILD_PRESENCES and MESSAGE_CONTENT must be switched on for an application first.
const PRIVILEGED_INTENTS: u64 = 1 << 1 | 1 << 8 | 1 << 15;
/// Every intent there is: 0–16, 20, 21, 24, 25.
const KNOWN_INTENTS: u64 = 0x1_FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;
/// The largest payload a bot may send, in bytes.
const PAYLOAD_LIMIT: usize = 4096;

#[derive(Deserialize)]
pub(super) struct Params {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

pub(super) async fn upgrade(
    Extract(shared): Extract<Arc<Shared>>,
    Query(params): Query<Params>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if shared.faults.is_away() {
        return AWAY.into_response();
    }
    upgrade.on_upgrade(move |socket| async move {
        let mut wire = Wire::new(socket, params.compress.as_deref() == Some("zlib-stream"));
        if params.v.as_deref().is_some_and(|version| version != "10") {
            shared.state.lock().violation("the gateway was opened with a version other than v=10".to_owned());
            return wire.close(4012, "Invalid API version").await;
        }
        if params.encoding.as_deref().is_some_and(|encoding| encoding != "json") {
            shared
                .state
                .lock()
                .violation("the gateway was opened with an encoding other than json".to_owned());
            return wire.close(4002, "Error while decoding payload.").await;
        }
        let link = NEXT_LINK.fetch_add(1, Ordering::Relaxed);
        let keep = converse(&shared, link, &mut wire).await;
        shared.state.lock().unlink(link, keep);
        shared.changed();
    })
}

static NEXT_LINK: AtomicU64 = AtomicU64::new(1);

/// Talks until the socket ends. Returns whether the session may be resumed on another one.
async fn converse(shared: &Arc<Shared>, link: LinkId, wire: &mut Wire) -> bool {
    let mut faults = shared.faults.socket_faults();
    let (events, mut outgoing) = unbounded_channel();
    let mut identified = false;
    let hello = json!({ "heartbeat_interval": shared.faults.heartbeat_interval_ms(), "_trace": ["sandbox"] });
    if wire.send(op(10, hello)).await.is_err() {
        return true;
    }
    loop {
        let step = tokio::select! {
            fault = faults.recv() => match fault {
                Ok(SocketFault::Cut) | Err(RecvError::Closed) => return true,
                Ok(SocketFault::Close(code)) => {
                    wire.close(code, "closed by the sandbox").await;
                    return true;
                }
                Ok(SocketFault::Reconnect) => Step::Send(op(7, Value::Null)),
                Ok(SocketFault::InvalidSession(resumable)) => {
                    if !resumable {
                        shared.state.lock().unlink(link, false);
                        identified = false;
                    }
                    Step::Send(op(9, json!(resumable)))
                }
                Err(RecvError::Lagged(_)) => Step::Nothing,
            },
            Some(event) = outgoing.recv() => Step::Send(event),
            frame = wire.socket.recv() => match frame {
                Some(Ok(Frame::Text(text))) => receive(shared, link, &events, &mut identified, text.as_str()),
                Some(Ok(Frame::Binary(bytes))) => match std::str::from_utf8(&bytes) {
                    Ok(text) => receive(shared, link, &events, &mut identified, text),
                    Err(_) => Step::close(4002, "Error while decoding payload."),
                },
                // Source: "closing with 1000 or 1001 invalidates the session".
                Some(Ok(Frame::Close(frame))) => {
                    return frame.is_none_or(|frame| !matches!(frame.code, 1000 | 1001));
                }
                Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => Step::Nothing,
                Some(Err(_)) | None => return true,
            },
        };
        match step {
            Step::Nothing => {}
            Step::Send(text) => {
                if wire.send(text).await.is_err() {
                    return true;
                }
            }
            Step::Close { code, reason, broken } => {
                if broken {
                    shared.state.lock().violation(format!("the gateway was closed with {code}: {reason}"));
                }
                wire.close(code, reason).await;
                // Source: "Gateway Close Event Codes", column "Reconnect".
                return !matches!(code, 4004 | 4007 | 4009 | 4010..=4014);
            }
        }
    }
}

/// What to do after looking at a frame.
enum Step {
    Nothing,
    Send(String),
    Close { code: u16, reason: &'static str, broken: bool },
}

impl Step {
    fn close(code: u16, reason: &'static str) -> Self {
        Self::Close { code, reason, broken: true }
    }
}

fn op(code: u8, data: Value) -> String {
    json!({ "op": code, "d": data, "s": null, "t": null }).to_string()
}

/// Handles one payload from the bot.
fn receive(
    shared: &Shared,
    link: LinkId,
    events: &UnboundedSender<String>,
    identified: &mut bool,
    text: &str,
) -> Step {
    if text.len() > PAYLOAD_LIMIT {
        return Step::close(4002, "Error while decoding payload.");
    }
    let Ok(payload) = serde_json::from_str::<Value>(text) else {
        return Step::close(4002, "Error while decoding payload.");
    };
    let data = &payload["d"];
    match payload["op"].as_u64() {
        Some(1) if shared.faults.answers_heartbeats() => Step::Send(op(11, Value::Null)),
        Some(1) => Step::Nothing,
        Some(2 | 6) if *identified => Step::close(4005, "Already authenticated."),
        Some(2) => {
            let step = identify(shared, (link, events.clone()), data);
            *identified = matches!(step, Step::Nothing);
            step
        }
        Some(6) => {
            let step = resume(shared, (link, events.clone()), data);
            *identified = matches!(step, Step::Nothing);
            step
        }
        Some(3 | 4 | 8 | 31) if !*identified => Step::close(4003, "Not authenticated."),
        // Presence, voice state, member chunks and sounds: nothing in this guild comes of them.
        Some(3 | 4 | 8 | 31) => Step::Nothing,
        Some(_) => Step::close(4001, "Unknown opcode."),
        None => Step::close(4002, "Error while decoding payload."),
    }
}

fn token_fits(shared: &Shared, data: &Value) -> bool {
    data["token"]
        .as_str()
        .is_some_and(|token| token.strip_prefix("Bot ").unwrap_or(token) == shared.facts.token)
}

fn identify(shared: &Shared, link: (LinkId, UnboundedSender<String>), data: &Value) -> Step {
    shared.faults.rate_limits.forget_refusals();
    if !token_fits(shared, data) {
        return Step::close(4004, "Authentication failed.");
    }
    if !data["properties"].is_object() {
        return Step::close(4002, "Error while decoding payload.");
    }
    let Some(intents) = data["intents"].as_u64().filter(|intents| intents & !KNOWN_INTENTS == 0) else {
        return Step::close(4013, "Invalid intent(s).");
    };
    if intents & PRIVILEGED_INTENTS != 0 {
        return Step::close(4014, "Disallowed intent(s).");
    }
    let shard = data.get("shard").filter(|shard| !shard.is_null()).cloned();
    if shard.as_ref().is_some_and(|shard| !valid_shard(shard)) {
        return Step::close(4010, "Invalid shard.");
    }
    let mut state = shared.state.lock();
    let session = state.open_session(link);
    let mut ready = json!({
        "v": 10,
        "user_settings": {},
        "user": shape::bot_user_self(&shared.facts),
        "session_type": "normal",
        "session_id": session,
        "resume_gateway_url": gateway_url(shared),
        "relationships": [],
        "private_channels": [],
        "presences": [],
        "guilds": [{ "id": shared.facts.guild_id.to_string(), "unavailable": true }],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": [],
        "auth": {},
        "application": { "id": shared.facts.application_id.to_string(), "flags": shape::APPLICATION_FLAGS },
        "_trace": [format!("[\"sandbox-{}\"]", secret(6))],
    });
    if let Some(shard) = shard {
        ready["shard"] = shard;
    }
    state.send_to(&session, "READY", &ready);
    if intents & INTENT_GUILDS != 0 {
        let guild = shape::guild_create(&shared.facts, &state);
        state.send_to(&session, "GUILD_CREATE", &guild);
    }
    drop(state);
    shared.changed();
    Step::Nothing
}

fn valid_shard(shard: &Value) -> bool {
    match (shard[0].as_u64(), shard[1].as_u64()) {
        (Some(id), Some(count)) => id < count,
        _ => false,
    }
}

fn resume(shared: &Shared, link: (LinkId, UnboundedSender<String>), data: &Value) -> Step {
    if !token_fits(shared, data) {
        return Step::close(4004, "Authentication failed.");
    }
    let (Some(session), Some(seq)) = (data["session_id"].as_str(), data["seq"].as_u64()) else {
        return Step::close(4002, "Error while decoding payload.");
    };
    let resumed = shared.state.lock().resume_session(session, seq, link);
    match resumed {
        Ok(()) => {
            shared.changed();
            Step::Nothing
        }
        Err(NoResume::Gone) => Step::Send(op(9, json!(false))),
        Err(NoResume::InvalidSeq) => Step::close(4007, "Invalid seq."),
    }
}

/// The address handed out by `GET /gateway`.
pub(super) fn gateway_url(shared: &Shared) -> String {
    format!("{}/gateway", shared.base_url.replacen("http", "ws", 1))
}

/// A socket and, when the bot asked for `compress=zlib-stream`, the one compression context of its life.
struct Wire {
    socket: WebSocket,
    zlib: Option<Compress>,
}

impl Wire {
    fn new(socket: WebSocket, zlib_stream: bool) -> Self {
        Self { socket, zlib: zlib_stream.then(|| Compress::new(Compression::default(), true)) }
    }

    async fn send(&mut self, text: String) -> Result<(), axum::Error> {
        let frame = match &mut self.zlib {
            Some(zlib) => Frame::Binary(deflate(zlib, text.as_bytes()).into()),
            None => Frame::Text(text.into()),
        };
        self.socket.send(frame).await
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        // The other side may already be gone; there is nobody left to tell.
        let _gone = self.socket.send(Frame::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
}

/// Compresses one payload, ending it with the sync flush that marks a payload's end in a zlib stream.
fn deflate(zlib: &mut Compress, mut input: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(input.len() / 2 + 64);
    loop {
        let before = zlib.total_in();
        zlib.compress_vec(input, &mut output, FlushCompress::Sync)
            .expect("deflating into a vector cannot fail");
        let taken = usize::try_from(zlib.total_in() - before).expect("no more than was given");
        input = &input[taken..];
        if input.is_empty() && output.len() < output.capacity() {
            return output;
        }
        output.reserve(1024);
    }
}
