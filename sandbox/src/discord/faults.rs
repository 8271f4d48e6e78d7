//! What can be made to go wrong: Discord away, single requests refused or answered in vain, rate limits,
//! slowness, broken sockets, withdrawn permissions.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use axum::{http::StatusCode, response::IntoResponse, response::Response};
use parking_lot::Mutex;
use tokio::sync::broadcast;

use super::{error::ApiError, limits::RateLimits};

/// Permissions the bot has in the channel unless withdrawn: VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS,
/// ATTACH_FILES, READ_MESSAGE_HISTORY. Source: Discord, "Bitwise Permission Flags".
const BOT_PERMISSIONS: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16;

/// Discord's own interval, in milliseconds.
const HEARTBEAT_INTERVAL_MS: u64 = 41_250;

/// Scripted faults of the sandbox's Discord. They last until taken back or, where `times` is asked for, spent.
pub struct DiscordFaults {
    away: AtomicBool,
    deaf: AtomicBool,
    latency_ms: AtomicU64,
    heartbeat_ms: AtomicU64,
    permissions: AtomicU64,
    scripted: Mutex<Vec<Scripted>>,
    pub(super) rate_limits: RateLimits,
    sockets: broadcast::Sender<SocketFault>,
}

/// Something done to every open socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SocketFault {
    Cut,
    Close(u16),
    Reconnect,
    InvalidSession(bool),
}

#[derive(Debug)]
struct Scripted {
    method: String,
    path_contains: String,
    times: usize,
    effect: Effect,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Effect {
    /// Refused before it took effect.
    Refuse(u16),
    /// The same, with a JSON error code of Discord's.
    RefuseAs { status: u16, code: u32 },
    /// Refused with 429.
    RateLimit(Duration),
    /// Carried out, and answered with 504.
    LoseAnswer,
    /// Looked at so much later (real time): what was sent after it is carried out before it.
    Linger(Duration),
}

impl Effect {
    /// The answer, for effects that come before the request is carried out.
    pub(super) fn before(self) -> Option<Response> {
        match self {
            Self::RateLimit(after) => {
                Some(ApiError::rate_limited(after.as_secs_f64(), false).blameless().into_response())
            }
            Self::Refuse(429) => Some(ApiError::rate_limited(1.0, false).blameless().into_response()),
            Self::Refuse(status) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let reason = status.canonical_reason().unwrap_or("Error");
                let message = format!("{}: {reason}", status.as_u16());
                Some(ApiError::new(status, 0, &message).blameless().into_response())
            }
            Self::RefuseAs { status, code } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Some(ApiError::new(status, code, words_of(code)).blameless().into_response())
            }
            Self::LoseAnswer | Self::Linger(_) => None,
        }
    }

    /// How long the request is on its way.
    pub(super) fn lingers(self) -> Option<Duration> {
        match self {
            Self::Linger(time) => Some(time),
            Self::Refuse(_) | Self::RefuseAs { .. } | Self::RateLimit(_) | Self::LoseAnswer => None,
        }
    }

    /// The answer, for effects that come after the request was carried out.
    pub(super) fn after(self) -> Option<Response> {
        let error = ApiError::new(StatusCode::GATEWAY_TIMEOUT, 0, "504: Gateway Timeout").blameless();
        (self == Self::LoseAnswer).then(|| error.into_response())
    }
}

/// Discord's words for a code. Source: Discord, "Opcodes and Status Codes", JSON error codes.
fn words_of(code: u32) -> &'static str {
    match code {
        10_003 => "Unknown Channel",
        10_008 => "Unknown Message",
        30_046 => "Maximum number of edits to messages older than 1 hour reached. Try again later.",
        40_333 => "internal network error",
        50_001 => "Missing Access",
        50_013 => "Missing Permissions",
        50_035 => "Invalid Form Body",
        _ => "Refused by the test",
    }
}

impl DiscordFaults {
    pub(super) fn new() -> Self {
        Self {
            away: AtomicBool::new(false),
            deaf: AtomicBool::new(false),
            latency_ms: AtomicU64::new(0),
            heartbeat_ms: AtomicU64::new(HEARTBEAT_INTERVAL_MS),
            permissions: AtomicU64::new(BOT_PERMISSIONS),
            scripted: Mutex::default(),
            rate_limits: RateLimits::default(),
            sockets: broadcast::Sender::new(16),
        }
    }

    /// While away, REST answers 503, and gateway sockets are cut and refused. Sessions can be resumed after.
    pub fn away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
        if away {
            self.every_socket(SocketFault::Cut);
        }
    }

    /// The next `times` requests of `method` (`*` for any) whose path contains `path_contains` are refused
    /// with `status` and have no effect. 429 carries a `retry_after` of one second.
    pub fn fail_next(&self, method: &str, path_contains: &str, status: u16, times: usize) {
        self.script(method, path_contains, Effect::Refuse(status), times);
    }

    /// The same with a JSON error code of Discord's, such as 40333 under 403. With 429 there is no `retry_after`: the
    /// limit of edits of an old message (30046) is none that a time is given for.
    pub fn refuse_next(&self, method: &str, path_contains: &str, status: u16, code: u32, times: usize) {
        self.script(method, path_contains, Effect::RefuseAs { status, code }, times);
    }

    /// The next `times` such requests are refused with 429 and this `retry_after`.
    pub fn rate_limit_next(&self, method: &str, path_contains: &str, retry_after: Duration, times: usize) {
        self.script(method, path_contains, Effect::RateLimit(retry_after), times);
    }

    /// Enforces rate limits (by the sandbox's clock; off at the start): 50 requests a second overall, and five in five
    /// seconds for the messages of a channel or an interaction, per method. Going on before the time that a refusal said
    /// is a violation.
    pub fn enforce_rate_limits(&self, enforced: bool) {
        self.rate_limits.enforce(enforced);
    }

    /// The next `times` such requests take effect, and are answered with 504.
    pub fn lose_answer(&self, method: &str, path_contains: &str, times: usize) {
        self.script(method, path_contains, Effect::LoseAnswer, times);
    }

    /// The next `times` such requests are on their way for this long (real time): later ones overtake them.
    pub fn linger_next(&self, method: &str, path_contains: &str, time: Duration, times: usize) {
        self.script(method, path_contains, Effect::Linger(time), times);
    }

    /// Every REST request waits this long (real time) before it is looked at.
    pub fn latency(&self, latency: Duration) {
        let millis = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        self.latency_ms.store(millis, Ordering::SeqCst);
    }

    /// What the bot may do in the channel, as Discord's permission bits.
    pub fn permissions(&self, bits: u64) {
        self.permissions.store(bits, Ordering::SeqCst);
    }

    /// Cuts every gateway socket, without a close frame. Sessions can be resumed.
    pub fn cut_sockets(&self) {
        self.every_socket(SocketFault::Cut);
    }

    /// Closes every gateway socket with a close code. Sessions can be resumed.
    pub fn close_sockets(&self, code: u16) {
        self.every_socket(SocketFault::Close(code));
    }

    /// Asks every bot to reconnect and resume (op 7).
    pub fn ask_to_reconnect(&self) {
        self.every_socket(SocketFault::Reconnect);
    }

    /// Tells every bot that its session is invalid (op 9), and whether it may resume it nevertheless.
    pub fn invalidate_sessions(&self, resumable: bool) {
        self.every_socket(SocketFault::InvalidSession(resumable));
    }

    /// Sets the heartbeat interval asked of sockets that open from now on, and whether heartbeats are
    /// answered at all.
    pub fn heartbeats(&self, interval: Duration, answered: bool) {
        let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        self.heartbeat_ms.store(millis, Ordering::SeqCst);
        self.deaf.store(!answered, Ordering::SeqCst);
    }

    /// Takes every lasting fault back and forgets what was scripted. A limit is no fault and stays.
    pub fn clear(&self) {
        self.away(false);
        self.latency(Duration::ZERO);
        self.permissions(BOT_PERMISSIONS);
        self.heartbeats(Duration::from_millis(HEARTBEAT_INTERVAL_MS), true);
        self.scripted.lock().clear();
    }

    /// Whether anything scripted is still unspent: a test that scripted a fault wants it to have happened.
    pub fn pending(&self) -> usize {
        self.scripted.lock().iter().map(|fault| fault.times).sum()
    }

    pub(super) fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    pub(super) fn slowness(&self) -> Duration {
        Duration::from_millis(self.latency_ms.load(Ordering::SeqCst))
    }

    pub(super) fn bot_permissions(&self) -> u64 {
        self.permissions.load(Ordering::SeqCst)
    }

    pub(super) fn heartbeat_interval_ms(&self) -> u64 {
        self.heartbeat_ms.load(Ordering::SeqCst)
    }

    pub(super) fn answers_heartbeats(&self) -> bool {
        !self.deaf.load(Ordering::SeqCst)
    }

    pub(super) fn socket_faults(&self) -> broadcast::Receiver<SocketFault> {
        self.sockets.subscribe()
    }

    /// Takes the first scripted fault that fits this request.
    pub(super) fn take(&self, method: &str, path: &str) -> Option<Effect> {
        let mut scripted = self.scripted.lock();
        let fits = |fault: &Scripted| {
            (fault.method == "*" || fault.method.eq_ignore_ascii_case(method))
                && path.contains(&fault.path_contains)
        };
        let index = scripted.iter().position(fits)?;
        let effect = scripted[index].effect;
        scripted[index].times -= 1;
        if scripted[index].times == 0 {
            scripted.remove(index);
        }
        Some(effect)
    }

    fn script(&self, method: &str, path_contains: &str, effect: Effect, times: usize) {
        if times > 0 {
            let (method, path_contains) = (method.to_owned(), path_contains.to_owned());
            self.scripted.lock().push(Scripted { method, path_contains, times, effect });
        }
    }

    fn every_socket(&self, fault: SocketFault) {
        // Nobody listens when no bot is connected.
        let _listeners = self.sockets.send(fault);
    }
}
