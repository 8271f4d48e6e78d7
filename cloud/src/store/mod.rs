//! The lease store: one SQLite file, held by one process.
//!
//! Everything doorman must remember across a restart is here and nothing else; what can be read from
//! AWS is read from AWS. Every question is asked of one stack ([`StackStore`]). The file is opened in exclusive mode, so that two bots started by mistake do
//! not both act on it.

mod apart;
mod backup;
mod cards;
mod hang;
mod known;
mod leases;
mod owed;
#[cfg(test)]
mod tests;
mod trouble;

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{MutexGuard, watch};
use tracing::{info, warn};

use crate::clock::{Clock, Hold};

pub use apart::{NotApart, apart};
pub use backup::BackupError;
pub use cards::{Card, Taken};
pub use trouble::WriteTrouble;

use owed::OfStack;

/// Every schema so far, oldest first. A schema that was released is never changed, only followed by another.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long to wait for another process to let go of the file before saying that it is in use.
const BUSY_TIMEOUT: Duration = Duration::from_millis(1500);

/// The store. Clones share one connection.
#[derive(Clone, Debug)]
pub struct Store {
    /// One, because exclusive mode is a property of the connection that took the lock; `None` when closed.
    connection: Arc<tokio::sync::Mutex<Option<SqliteConnection>>>,
    /// Where its file is.
    path: Arc<Path>,
    /// Held while the file is worked on.
    clock: Clock,
    /// Why the last write failed, if it did.
    trouble: watch::Sender<Option<WriteTrouble>>,
    /// Whether a statement has not come back.
    hangs: watch::Sender<bool>,
    /// What was read and written of late.
    known: Arc<Mutex<known::Known>>,
    /// What could not be written yet.
    owed: Arc<Mutex<owed::Debts>>,
    /// Held while a lease is written, so that an older state of it never follows a newer one.
    writing: Arc<tokio::sync::Mutex<()>>,
}

/// The connection while it is used, and the clock held meanwhile.
struct Db<'a> {
    connection: MutexGuard<'a, Option<SqliteConnection>>,
    _hold: Hold,
}

impl Deref for Db<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("looked at when it was taken")
    }
}

impl DerefMut for Db<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("looked at when it was taken")
    }
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
    /// A copy of it would destroy it.
    #[error(transparent)]
    NotApart(#[from] NotApart),
    /// It cannot be written at present.
    #[error("the lease store cannot be written, because {trouble}")]
    Unwritable {
        /// Why.
        trouble: WriteTrouble,
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
    /// Opens the store, creating or migrating it as needed.
    ///
    /// # Errors
    /// A [`StoreError`] that names the file and what to do.
    pub async fn open(path: &Path) -> Result<Store, StoreError> {
        Store::open_as(path, None, &MIGRATIONS).await
    }

    /// The same, for a store of which copies are kept at `backup`: before it is migrated, one is made of it as it
    /// was, named after that and its schema. Where that leads to the store itself, it is not opened.
    ///
    /// `clock` is held whenever the file is worked on.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_backed_up(
        path: &Path,
        backup: Option<&Path>,
        clock: &Clock,
    ) -> Result<Store, StoreError> {
        let _hold = clock.hold();
        let store = Store::open_as(path, backup, &MIGRATIONS).await?;
        Ok(Store { clock: clock.clone(), ..store })
    }

    /// As a program that knows these migrations would.
    async fn open_as(path: &Path, backup: Option<&Path>, migrations: &Migrator) -> Result<Store, StoreError> {
        if let Some(backup) = backup {
            apart(path, backup)?;
        }
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
        let mut db =
            SqliteConnection::connect_with(&options).await.map_err(|error| classify(error, &shown))?;
        if let Some(backup) = backup {
            back_up_before(&mut db, path, backup, migrations)
                .await
                .map_err(|error| classify(error, &shown))?;
        }
        // Not `run`, whose future cannot be spawned (rust-lang/rust#96865).
        match migrations.run_direct(None, &mut db, false).await {
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
            sqlx::query("BEGIN IMMEDIATE").execute(&mut db).await?;
            sqlx::query("COMMIT").execute(&mut db).await
        };
        take.await.map_err(|error| classify(error, &shown))?;
        let (connection, clock) = (Arc::new(tokio::sync::Mutex::new(Some(db))), Clock::system());
        let (trouble, hangs, known) = (watch::Sender::new(None), watch::Sender::new(false), Arc::default());
        let (owed, writing) = Default::default();
        Ok(Store { connection, path: path.into(), clock, trouble, hangs, known, owed, writing })
    }

    /// Closes the file; what follows fails. A disk that hangs is not waited for.
    pub async fn close(&self) {
        *self.known() = known::Known::default();
        let close = async {
            let mut connection = self.connection.lock().await;
            let _hold = self.clock.hold();
            match connection.take() {
                Some(db) => db.close().await,
                None => Ok(()),
            }
        };
        if let Err(error) = self.answer(close).await {
            warn!("the lease store was not closed cleanly, which it survives: {error}");
        }
    }

    /// What was read and written of late.
    fn known(&self) -> std::sync::MutexGuard<'_, known::Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, for one statement or transaction.
    async fn db(&self) -> Result<Db<'_>, sqlx::Error> {
        let connection = self.connection.lock().await;
        if connection.is_none() {
            return Err(sqlx::Error::PoolClosed);
        }
        Ok(Db { connection, _hold: self.clock.hold() })
    }

    /// What is kept of one stack. Every question about leases, notices, notes and cards is asked of a stack.
    pub fn of(&self, stack: &str) -> StackStore {
        StackStore { store: self.clone(), stack: stack.into() }
    }

    async fn write_told(&self, (stack, key): &OfStack, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
        let query = sqlx::query("INSERT OR IGNORE INTO told (stack, key, at) VALUES (?, ?, ?)");
        let query = query.bind(stack).bind(key).bind(at.to_rfc3339());
        self.answer(async { query.execute(&mut *self.db().await?).await.map(drop) }).await
    }

    async fn write_note(&self, (stack, key): &OfStack, value: &str) -> Result<(), sqlx::Error> {
        let query = sqlx::query(
            "INSERT INTO note (stack, key, value) VALUES (?, ?, ?)
             ON CONFLICT (stack, key) DO UPDATE SET value = excluded.value",
        );
        let query = query.bind(stack).bind(key).bind(value);
        self.answer(async { query.execute(&mut *self.db().await?).await.map(drop) }).await
    }
}

/// What is kept of one stack. Clones share the store.
#[derive(Clone, Debug)]
pub struct StackStore {
    store: Store,
    stack: Arc<str>,
}

impl Deref for StackStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl StackStore {
    /// The name of the stack.
    pub fn stack(&self) -> &str {
        &self.stack
    }

    fn key(&self, key: &str) -> OfStack {
        (self.stack.to_string(), key.to_owned())
    }

    /// Whether a notice was posted before.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn was_told(&self, key: &str) -> Result<bool, StoreError> {
        if self.debts().told.contains_key(&self.key(key))
            || self.known_of(|shelf| shelf.was_told(key)).await?
        {
            return Ok(true);
        }
        // What is asked for now can hardly have been posted so long ago that it is not known.
        if self.hangs() {
            return Ok(false);
        }
        let query =
            sqlx::query("SELECT 1 FROM told WHERE stack = ? AND key = ?").bind(self.stack()).bind(key);
        let row = self.answer(async { query.fetch_optional(&mut *self.db().await?).await }).await?;
        Ok(row.is_some())
    }

    /// Remembers that a notice was posted; on a full disk, until the process ends or there is space.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn mark_told(&self, key: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let of_stack = self.key(key);
        match self.wrote(self.write_told(&of_stack, at).await) {
            Err(StoreError::Unwritable { .. }) => _ = self.debts().told.insert(of_stack, at),
            result => result?,
        }
        self.known().told(self.stack(), key);
        Ok(())
    }

    /// A small fact.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn note(&self, key: &str) -> Result<Option<String>, StoreError> {
        if let Some(owed) = self.debts().notes.get(&self.key(key)) {
            return Ok(Some(owed.clone()));
        }
        let query = sqlx::query_scalar("SELECT value FROM note WHERE stack = ? AND key = ?");
        let query = query.bind(self.stack()).bind(key);
        Ok(self.answer(async { query.fetch_optional(&mut *self.db().await?).await }).await?)
    }

    /// Remembers a small fact; on a full disk, until the process ends or there is space.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn set_note(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let key = self.key(key);
        let written = self.wrote(self.write_note(&key, value).await);
        let mut debts = self.debts();
        match written {
            Err(StoreError::Unwritable { .. }) => _ = debts.notes.insert(key, value.to_owned()),
            Ok(()) => _ = debts.notes.remove(&key),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Keeps a copy of a store that is about to be migrated. Without one the migration goes on: it is one transaction,
/// and closing in time matters more than the way back to an older program.
async fn back_up_before(
    db: &mut SqliteConnection,
    path: &Path,
    backup: &Path,
    migrations: &Migrator,
) -> Result<(), sqlx::Error> {
    let migrated = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
    if sqlx::query(migrated).fetch_optional(&mut *db).await?.is_none() {
        return Ok(());
    }
    let schema: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut *db).await?;
    let Some(schema) = schema.filter(|schema| migrations.iter().any(|next| next.version > *schema)) else {
        return Ok(());
    };
    let to = backup::before_migration(backup, schema);
    match backup::copy(db, path, &to).await {
        Ok(()) => info!("kept the lease store as it was before its migration in {}", to.display()),
        Err(error) => warn!("no copy of the lease store is kept from before its migration: {error}"),
    }
    Ok(())
}

/// SQLite's primary result codes (<https://www.sqlite.org/rescode.html>): busy, locked; corrupt, not a database.
fn classify(error: sqlx::Error, path: &str) -> StoreError {
    match primary_code(&error) {
        Some(5 | 6) => StoreError::Locked(path.to_owned()),
        Some(11 | 26) => StoreError::Corrupt(path.to_owned()),
        _ => StoreError::Unreadable { path: path.to_owned(), source: error },
    }
}

/// The result code without what extends it.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<u32>().ok().map(|code| code & 0xff)
}
