//! Gateway sessions: what outlives a socket, so that a bot can resume.

use std::collections::VecDeque;

use axum::http::StatusCode;
use rand::{Rng, distr::Alphanumeric};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::state::State;

/// Events kept for a resume. Discord does not say how many it keeps; a bot away for longer starts afresh.
const REPLAY_KEPT: usize = 500;
/// Sessions kept without a socket.
const SESSIONS_KEPT: usize = 16;

/// A number for one socket, so that a late goodbye of an old one does not disconnect its successor.
pub(super) type LinkId = u64;

pub(super) struct Session {
    pub(super) id: String,
    seq: u64,
    log: VecDeque<(u64, String)>,
    link: Option<(LinkId, UnboundedSender<String>)>,
}

/// Why a session cannot be resumed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoResume {
    /// Unknown or too old: op 9.
    Gone,
    /// A sequence number from the future: close 4007.
    InvalidSeq,
}

impl Session {
    pub(super) fn connected(&self) -> bool {
        self.link.as_ref().is_some_and(|(_, link)| !link.is_closed())
    }

    /// Numbers an event, remembers it for a resume and sends it when there is a socket.
    fn send(&mut self, event: &str, data: &Value) -> bool {
        self.seq += 1;
        let text = json!({ "op": 0, "t": event, "s": self.seq, "d": data }).to_string();
        self.log.push_back((self.seq, text.clone()));
        if self.log.len() > REPLAY_KEPT {
            self.log.pop_front();
        }
        self.link.as_ref().is_some_and(|(_, link)| link.send(text).is_ok())
    }
}

impl State {
    /// Opens a session on a socket and returns its id.
    pub(super) fn open_session(&mut self, link: (LinkId, UnboundedSender<String>)) -> String {
        let id = secret(32);
        let session = Session { id: id.clone(), seq: 0, log: VecDeque::new(), link: Some(link) };
        self.sessions.push(session);
        while self.sessions.iter().filter(|session| !session.connected()).count() > SESSIONS_KEPT {
            let oldest = self.sessions.iter().position(|session| !session.connected());
            self.sessions.remove(oldest.expect("there are more than SESSIONS_KEPT of them"));
        }
        id
    }

    /// Puts a session on a new socket and replays what it missed after `seq`.
    pub(super) fn resume_session(
        &mut self,
        id: &str,
        seq: u64,
        link: (LinkId, UnboundedSender<String>),
    ) -> Result<(), NoResume> {
        let session = self.sessions.iter_mut().find(|session| session.id == id).ok_or(NoResume::Gone)?;
        if seq > session.seq {
            return Err(NoResume::InvalidSeq);
        }
        let oldest = session.log.front().map_or(session.seq + 1, |(first, _)| *first);
        if seq + 1 < oldest {
            return Err(NoResume::Gone);
        }
        for (_, text) in session.log.iter().filter(|(number, _)| *number > seq) {
            // A socket that closes right here leaves the event in the log for the next resume.
            let _closed = link.1.send(text.clone());
        }
        session.link = Some(link);
        session.send("RESUMED", &json!({}));
        Ok(())
    }

    /// A socket ended. `keep` says whether its session may be resumed.
    pub(super) fn unlink(&mut self, link: LinkId, keep: bool) {
        if keep {
            for session in &mut self.sessions {
                session.link.take_if(|(id, _)| *id == link);
            }
        } else {
            self.sessions.retain(|session| session.link.as_ref().is_none_or(|(id, _)| *id != link));
        }
    }

    /// Sends an event to one session.
    pub(super) fn send_to(&mut self, session: &str, event: &str, data: &Value) {
        if let Some(session) = self.sessions.iter_mut().find(|known| known.id == session) {
            session.send(event, data);
        }
    }

    /// Sends an event to every session. Returns whether any of them had a socket.
    pub(super) fn send_to_all(&mut self, event: &str, data: &Value) -> bool {
        let mut delivered = false;
        for session in &mut self.sessions {
            delivered |= session.send(event, data);
        }
        delivered
    }
}

/// A random string, for tokens and session ids.
pub(super) fn secret(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}

/// What a refused gateway or REST request is answered with while Discord is away.
pub(super) const AWAY: (StatusCode, &str) =
    (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error or disconnect/reset before headers");
