//! A disk that hangs: it neither does what it is asked to nor refuses.
//!
//! A network volume that is gone does that, and a disk that is dying. Whoever waits for it waits for ever, and with it
//! everything behind the one connection. So nobody waits longer than [`PATIENCE`]; from then on the store says at once
//! that its disk hangs, until the statement that did not come back has. What leads to an end is [owed](super::owed)
//! meanwhile, as on a full disk.

use std::future::Future;
use std::io;
use std::time::Duration;

use sqlx::Connection;
use tracing::info;

use super::{Store, WriteTrouble};

/// How long anybody waits for the disk, in the machine's time, which is that of disks. A busy one takes seconds
/// to write a few pages safely; a minute would be late for a window.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Waits for an answer of the file, but not for ever.
    ///
    /// # Errors
    /// What went wrong; `TimedOut` of [`sqlx::Error::Io`] when the disk hangs. Whether what was asked for is done then,
    /// nobody knows.
    pub(super) async fn answer<T, E: From<sqlx::Error>>(
        &self,
        asked: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if self.hangs() {
            return Err(hung().into());
        }
        let mut hangs = self.hangs.subscribe();
        // Somebody who asked before has waited long enough for all.
        let others = async { _ = hangs.wait_for(|hangs| *hangs).await.map(drop) };
        tokio::select! {
            biased;
            answer = asked => answer,
            () = others => Err(hung().into()),
            () = tokio::time::sleep(PATIENCE) => {
                self.hang();
                Err(hung().into())
            }
        }
    }

    /// Whether a statement has not come back yet.
    pub(super) fn hangs(&self) -> bool {
        *self.hangs.borrow()
    }

    fn hang(&self) {
        if self.hangs.send_replace(true) {
            return;
        }
        self.set_trouble(Some(WriteTrouble::Hung));
        let store = self.clone();
        tokio::spawn(async move {
            // Behind whoever has the connection, and behind the statement that was left alone on it.
            let mut connection = store.connection.lock().await;
            if let Some(db) = connection.as_mut() {
                _ = db.ping().await;
            }
            drop(connection);
            store.hangs.send_replace(false);
            info!("the disk of the lease store answers again");
        });
    }
}

fn hung() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}

/// Whether that is what went wrong.
pub(super) fn is_hung(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}
