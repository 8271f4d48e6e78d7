//! The lease store: one SQLite file, held by one process.
//!
//! Everything doorman must remember across a restart is here and nothing else; what can be read from
//! AWS is read from AWS. The file is opened in exclusive mode, so that two bots started by mistake do
//! not both act on it.

mod cards;
mod leases;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Pool, Sqlite};

use crate::clock::Clock;

pub use cards::{Card, Taken};

/// How long to wait for another process to let go of the file before saying that it is in use.
const BUSY_TIMEOUT: Duration = Duration::from_millis(1500);

/// The store. Clones share one connection.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool<Sqlite>,
}

/// Why the store cannot be used. Each is one sentence with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds it.
    #[error(
        "the lease store {0} is in use by another process; stop the other doorman, or give this one its own [store] path"
    )]
    Locked(String),
    /// It is not a database, or a damaged one.
    #[error(
        "the lease store {0} is damaged or not a doorman store; move it away and start again: doorman finds what it opened by its tags"
    )]
    Corrupt(String),
    /// It was written by a newer version.
    #[error("the lease store {0} was written by a newer doorman; run that version, or move the file away")]
    Newer(String),
    /// The file cannot be opened or created.
    #[error(
        "the lease store {path} cannot be opened; check that its folder exists and that doorman may write there"
    )]
    Unreadable {
        /// Its path.
        path: String,
        /// What SQLite said.
        #[source]
        source: sqlx::Error,
    },
    /// A query failed.
    #[error("the lease store did not answer")]
    Query(#[from] sqlx::Error),
    /// A row could not be understood.
    #[error("the lease store holds something unreadable in {0}")]
    Row(&'static str),
}

impl Store {
    /// Opens the store, creating or migrating it as needed. `clock` is held while the file is worked on.
    ///
    /// # Errors
    /// A [`StoreError`] that names the file and what to do.
    pub async fn open(path: &Path, clock: &Clock) -> Result<Store, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .locking_mode(SqliteLockingMode::Exclusive)
            // A lease must survive a power cut that follows it: the next thing made for it will bill.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let shown = path.display().to_string();
        let opening = clock.hold();
        let (clock, hold) = (clock.clone(), Arc::new(Mutex::new(None)));
        let released = Arc::clone(&hold);
        // One connection: exclusive mode is a property of the connection that took the lock.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(30))
            .test_before_acquire(false)
            .before_acquire(move |_, _| {
                *hold.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock.hold());
                Box::pin(async { Ok(true) })
            })
            .after_release(move |_, _| {
                *released.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Box::pin(async { Ok(true) })
            })
            .connect_with(options)
            .await
            .map_err(|error| classify(error, &shown))?;
        match sqlx::migrate!("./migrations").run(&pool).await {
            Ok(()) => {}
            Err(MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_)) => {
                return Err(StoreError::Newer(shown));
            }
            Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                return Err(classify(error, &shown));
            }
            Err(_) => return Err(StoreError::Corrupt(shown)),
        }
        // Takes the exclusive lock now rather than at the first lease.
        let take = async {
            sqlx::query("BEGIN IMMEDIATE").execute(&pool).await?;
            sqlx::query("COMMIT").execute(&pool).await
        };
        take.await.map_err(|error| classify(error, &shown))?;
        drop(opening);
        Ok(Store { pool })
    }

    /// Closes the file; what follows fails.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether a notice was posted before.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn was_told(&self, key: &str) -> Result<bool, StoreError> {
        let row =
            sqlx::query("SELECT 1 FROM told WHERE key = ?").bind(key).fetch_optional(&self.pool).await?;
        Ok(row.is_some())
    }

    /// Remembers that a notice was posted.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn mark_told(&self, key: &str, at: chrono::DateTime<chrono::Utc>) -> Result<(), StoreError> {
        let query = sqlx::query("INSERT OR IGNORE INTO told (key, at) VALUES (?, ?)");
        query.bind(key).bind(at.to_rfc3339()).execute(&self.pool).await?;
        Ok(())
    }

    /// A small fact.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn note(&self, key: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM note WHERE key = ?");
        Ok(query.bind(key).fetch_optional(&self.pool).await?)
    }

    /// Remembers a small fact.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn set_note(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        );
        query.bind(key).bind(value).execute(&self.pool).await?;
        Ok(())
    }
}

/// SQLite's primary result codes (<https://www.sqlite.org/rescode.html>): busy, locked; corrupt, not a database.
fn classify(error: sqlx::Error, path: &str) -> StoreError {
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => StoreError::Locked(path.to_owned()),
        Some(11 | 26) => StoreError::Corrupt(path.to_owned()),
        _ => StoreError::Unreadable { path: path.to_owned(), source: error },
    }
}
