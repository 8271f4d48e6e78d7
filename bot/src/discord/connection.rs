//! Whether Discord's gateway is connected, for everybody who has to know.

use chrono::{DateTime, Utc};
use doorman_cloud::clock::Clock;
use tokio::sync::watch;

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// It has not been made yet since the process began.
    Never,
    /// It stands.
    Up,
    /// It was lost, or could not be made for long.
    Lost {
        /// When that was noticed.
        since: DateTime<Utc>,
    },
}

/// The state of the one connection; clones share it.
#[derive(Clone, Debug)]
pub struct Connection {
    clock: Clock,
    link: watch::Sender<Link>,
}

impl Connection {
    /// Not made yet; `clock` says when it is lost.
    pub fn new(clock: Clock) -> Connection {
        Connection { clock, link: watch::Sender::new(Link::Never) }
    }

    /// How it is.
    pub fn link(&self) -> Link {
        *self.link.borrow()
    }

    /// How it is, anew after each change.
    pub fn watch(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    /// It stands. Says whether it did not before.
    pub fn up(&self) -> bool {
        self.link.send_if_modified(|link| std::mem::replace(link, Link::Up) != Link::Up)
    }

    /// It is lost, from now on unless it was before. Says whether that is news.
    pub fn lost(&self) -> bool {
        let now = self.clock.now();
        self.link.send_if_modified(|link| {
            let news = !matches!(link, Link::Lost { .. });
            if news {
                *link = Link::Lost { since: now };
            }
            news
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn it_is_lost_since_it_was_first_noticed() {
        let clock = Clock::standing_at(DateTime::UNIX_EPOCH);
        let connection = Connection::new(clock.clone());
        assert!(connection.up() && !connection.up());
        assert!(connection.lost());
        clock.advance(TimeDelta::minutes(5));
        assert!(!connection.lost());
        assert_eq!(connection.link(), Link::Lost { since: DateTime::UNIX_EPOCH });
        assert!(connection.up());
    }
}
