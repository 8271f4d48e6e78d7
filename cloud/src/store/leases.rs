//! Leases in the store.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::Locale;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::known::Shelf;
use super::{StackStore, Store, StoreError};
use crate::ids::{Installation, LeaseId};
use crate::kind::Kind;
use crate::lease::{Extension, Lease, LeaseKind, Made, MessageRef, Person, Phase, Spec};
use crate::prices::Price;

/// For how long a closed lease is kept in memory, so that what shows it, and what sees to it that it was told, needs no
/// read.
const KEPT: TimeDelta = TimeDelta::hours(2);
/// Nobody asks whether something was posted that was due longer ago.
const TOLD_OF_LATE: TimeDelta = TimeDelta::days(2);

impl StackStore {
    /// Stores a new lease, unless one of its kind is open in the stack; then that one is returned.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Unwritable`], [`StoreError::Row`]
    pub async fn put_lease(&self, lease: &Lease) -> Result<Option<Lease>, StoreError> {
        let writing = self.writing.lock().await;
        // A lease whose end is still owed must not stand in the way of the next one.
        let put = match self.pay().await {
            Ok(()) => self.wrote(self.write_lease(Some(self.stack()), lease).await),
            Err(error) => Err(error),
        };
        if let Ok(true) = put {
            self.known().put(Some(self.stack()), lease);
        }
        drop(writing);
        let unwritable = match put {
            Ok(true) => return Ok(None),
            Ok(false) => false,
            // What was found by its tags is there already; not to know of it would not end it.
            Err(StoreError::Unwritable { .. }) if lease.phase != Phase::Opening => true,
            Err(error) => {
                self.revoke(lease, &error);
                return Err(error);
            }
        };
        let open = self.open_leases().await?.into_iter().find(|open| open.kind == lease.kind);
        if open.is_none() && unwritable {
            self.owe(lease, Some(self.stack()));
        }
        Ok(open)
    }

    /// Remembers which message tells of a lease.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Unwritable`]
    pub async fn follow_lease(&self, lease: &LeaseId, message: MessageRef) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE lease SET channel_id = ?, message_id = ? WHERE stack = ? AND id = ?")
            .bind(message.channel_id.to_string())
            .bind(message.message_id.to_string())
            .bind(self.stack())
            .bind(lease.as_str());
        self.wrote(self.answer(async { query.execute(&mut *self.db().await?).await }).await)?;
        self.known().followed(lease, message);
        Ok(())
    }

    /// Whether the store has a lease, open or closed.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn knows_lease(&self, id: &LeaseId) -> Result<bool, StoreError> {
        self.known_of(|shelf| shelf.knows(id)).await
    }

    /// Leases that are not closed.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Row`], as long as they were never read.
    pub async fn open_leases(&self) -> Result<Vec<Lease>, StoreError> {
        self.known_of(|shelf| shelf.open()).await
    }

    /// Leases that were open at some time since then, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Row`]; not for those of late, once they were read.
    pub async fn leases_since(&self, since: DateTime<Utc>) -> Result<Vec<Lease>, StoreError> {
        if let Some(known) = self.known_of(|shelf| shelf.since(since)).await? {
            return Ok(known);
        }
        let read = self.answer(self.read_since(since)).await?;
        // A long look back is for a report, and nothing to keep.
        if since >= self.clock.now() - KEPT
            && let Some(shelf) = self.known().of(self.stack())
        {
            shelf.reach_back(&read, since);
        }
        Ok(read)
    }

    /// What is known of the stack, which is read before it is asked for the first time.
    pub(super) async fn known_of<T>(&self, look: impl Fn(&mut Shelf) -> T) -> Result<T, StoreError> {
        loop {
            let changes = {
                let mut known = self.known();
                if let Some(shelf) = known.of(self.stack()) {
                    return Ok(look(shelf));
                }
                known.changes()
            };
            let read = self.answer(self.read()).await?;
            let mut known = self.known();
            // What was written meanwhile may be missing in it.
            if known.changes() == changes {
                known.learn(self.stack(), read);
            }
        }
    }

    async fn read(&self) -> Result<Shelf, StoreError> {
        let now = self.clock.now();
        let since = now - KEPT;
        let leases = self.read_since(since).await?;
        let ids = sqlx::query_scalar("SELECT id FROM lease WHERE stack = ?");
        let ids: Vec<String> = ids.bind(self.stack()).fetch_all(&mut *self.db().await?).await?;
        let told = sqlx::query_scalar("SELECT key FROM told WHERE stack = ? AND at >= ?");
        let told = told.bind(self.stack()).bind((now - TOLD_OF_LATE).to_rfc3339());
        let told: Vec<String> = told.fetch_all(&mut *self.db().await?).await?;
        let unwritten = self.without_row(self.stack()).into_iter().map(|lease| lease.id);
        let ids = ids.into_iter().map(LeaseId).chain(unwritten).collect();
        Ok(Shelf::new(leases, since, ids, told.into_iter().collect()))
    }

    async fn read_since(&self, since: DateTime<Utc>) -> Result<Vec<Lease>, StoreError> {
        // Each half by its own index.
        let query = sqlx::query(
            "SELECT *, rowid AS made_as FROM lease WHERE stack = ? AND phase <> 'closed'
             UNION ALL SELECT *, rowid FROM lease WHERE stack = ? AND phase = 'closed' AND closed_at >= ?
             ORDER BY opened_at, made_as",
        );
        let query = query.bind(self.stack()).bind(self.stack()).bind(since.to_rfc3339());
        let rows = query.fetch_all(&mut *self.db().await?).await?;
        let mut leases = self.leases(rows).await?;
        leases.extend(self.without_row(self.stack()));
        Ok(leases)
    }

    /// The latest leases of a kind, open and closed, newest first, at most `most`.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Row`]
    pub async fn latest_leases(&self, kind: LeaseKind, most: u32) -> Result<Vec<Lease>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM lease WHERE stack = ? AND kind = ? ORDER BY opened_at DESC, rowid DESC LIMIT ?",
        );
        let query = query.bind(self.stack()).bind(kind.as_str()).bind(most);
        let read = async {
            let rows = query.fetch_all(&mut *self.db().await?).await?;
            self.leases(rows).await
        };
        self.answer(read).await
    }
}

impl Store {
    /// The stacks in which leases are open, and how many.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn stacks_in_use(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let query = "SELECT stack, count(*) FROM lease WHERE phase <> 'closed' GROUP BY stack ORDER BY stack";
        let rows = sqlx::query(query).fetch_all(&mut *self.db().await?).await?;
        let counted = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)?.unsigned_abs())));
        counted.collect()
    }

    /// Writes the state of a lease: everything but its id, stack, kind and who opened it.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Unwritable`]
    pub async fn save_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let _writing = self.writing.lock().await;
        let without_row = self.debts().leases.contains_key(&lease.id);
        if without_row {
            self.pay().await?;
        }
        self.wrote(self.write_lease(None, lease).await)?;
        self.known().put(None, lease);
        Ok(())
    }

    /// Writes a lease in one transaction, as a new one of `stack` if that is given; `false` if it is new and one of
    /// its kind is open.
    ///
    /// The transaction is not one of sqlx's: those lose count when SQLite itself rolls back, as it does when the
    /// disk is full at the commit, and whatever is written after that goes into a transaction that nobody ends.
    pub(super) async fn write_lease(&self, stack: Option<&str>, lease: &Lease) -> Result<bool, sqlx::Error> {
        let (store, stack, lease) = (self.clone(), stack.map(str::to_owned), lease.clone());
        let writing = async move {
            let mut connection = store.db().await?;
            sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
            let written = async {
                let written = write(&mut connection, stack.as_deref(), &lease).await?;
                sqlx::query("COMMIT").execute(&mut *connection).await?;
                Ok(written)
            };
            let written = written.await;
            if written.is_err() {
                // Fails where SQLite has done it already.
                _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
            }
            written
        };
        // A task of its own, because whoever asked may go away, and this must not be left halfway.
        self.answer(async { tokio::spawn(writing).await.unwrap_or(Err(sqlx::Error::WorkerCrashed)) }).await
    }

    async fn leases(&self, rows: Vec<SqliteRow>) -> Result<Vec<Lease>, StoreError> {
        let mut leases = Vec::with_capacity(rows.len());
        for row in rows {
            let stored = self.lease(&row).await?;
            leases.push(self.as_owed(stored));
        }
        Ok(leases)
    }

    async fn lease(&self, row: &SqliteRow) -> Result<Lease, StoreError> {
        const BAD: StoreError = StoreError::Row("lease");
        let id: String = row.try_get("id")?;
        let closing_at = time(row, "closing_at")?;
        let message = row.try_get::<Option<String>, _>("channel_id")?.zip(row.try_get("message_id")?);
        Ok(Lease {
            kind: word(row, "kind")?,
            phase: word(row, "phase")?,
            opened_by: person(row, "opened_by")?,
            opened_at: time(row, "opened_at")?.ok_or(BAD)?,
            locale: Locale::from_discord(row.try_get("locale")?),
            expires_at: time(row, "expires_at")?,
            building_since: time(row, "building_since")?.ok_or(BAD)?,
            ready_at: time(row, "ready_at")?,
            closing: closing_at.zip(from_json(row, "closing_reason")?),
            spec: from_json::<Spec>(row, "spec")?.unwrap_or_default(),
            setback: from_json(row, "setback")?,
            extensions: self.extensions(&id).await?,
            made: self.made(&id).await?,
            message: message
                .map(|(channel, message): (String, String)| {
                    Ok::<_, StoreError>(MessageRef {
                        channel_id: channel.parse().map_err(|_| BAD)?,
                        message_id: message.parse().map_err(|_| BAD)?,
                    })
                })
                .transpose()?,
            receipt: from_json(row, "receipt")?,
            place: from_json(row, "place")?,
            installation: row.try_get::<Option<String>, _>("installation")?.map(Installation),
            id: LeaseId(id),
        })
    }

    async fn extensions(&self, lease: &str) -> Result<Vec<Extension>, StoreError> {
        let query = sqlx::query("SELECT * FROM extension WHERE lease = ? ORDER BY at, rowid");
        let rows = query.bind(lease).fetch_all(&mut *self.db().await?).await?;
        rows.iter()
            .map(|row| {
                Ok(Extension {
                    by: person(row, "by")?,
                    at: time(row, "at")?.ok_or(StoreError::Row("extension"))?,
                    until: time(row, "until")?.ok_or(StoreError::Row("extension"))?,
                })
            })
            .collect()
    }

    async fn made(&self, lease: &str) -> Result<Vec<Made>, StoreError> {
        let query = sqlx::query("SELECT * FROM made WHERE lease = ? ORDER BY made_at, rowid");
        let rows = query.bind(lease).fetch_all(&mut *self.db().await?).await?;
        rows.iter()
            .map(|row| {
                Ok(Made {
                    kind: word::<Kind>(row, "kind")?,
                    id: row.try_get("id")?,
                    name: row.try_get("name")?,
                    made_at: time(row, "made_at")?.ok_or(StoreError::Row("made"))?,
                    gone_at: time(row, "gone_at")?,
                    price: from_json::<Price>(row, "price")?.ok_or(StoreError::Row("made"))?,
                })
            })
            .collect()
    }
}

/// Writes a lease with all that belongs to it.
async fn write(
    connection: &mut SqliteConnection,
    stack: Option<&str>,
    lease: &Lease,
) -> Result<bool, sqlx::Error> {
    if let Some(stack) = stack {
        let inserted = sqlx::query(
            "INSERT INTO lease (id, stack, kind, phase, opened_by_id, opened_by_name, opened_at, locale, building_since)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(lease.id.as_str())
        .bind(stack)
        .bind(lease.kind.as_str())
        .bind(lease.phase.as_str())
        .bind(lease.opened_by.id.to_string())
        .bind(&lease.opened_by.name)
        .bind(lease.opened_at.to_rfc3339())
        .bind(lease.locale.as_str())
        .bind(lease.building_since.to_rfc3339())
        .execute(&mut *connection)
        .await?;
        // It may be there already: nobody waited for the answer when the disk hung.
        if inserted.rows_affected() == 0 {
            let there = sqlx::query("SELECT 1 FROM lease WHERE stack = ? AND id = ?");
            let there = there.bind(stack).bind(lease.id.as_str()).fetch_optional(&mut *connection).await?;
            if there.is_none() {
                return Ok(false);
            }
        }
    }
    sqlx::query(
        "UPDATE lease SET phase = ?, expires_at = ?, building_since = ?, ready_at = ?, closing_at = ?,
             closing_reason = ?, spec = ?, setback = ?, closed_at = ?, receipt = ?, place = ?, installation = ?
         WHERE id = ?",
    )
    .bind(lease.phase.as_str())
    .bind(lease.expires_at.map(|t| t.to_rfc3339()))
    .bind(lease.building_since.to_rfc3339())
    .bind(lease.ready_at.map(|t| t.to_rfc3339()))
    .bind(lease.closing.as_ref().map(|(at, _)| at.to_rfc3339()))
    .bind(json(lease.closing.as_ref().map(|(_, why)| why)))
    .bind(json(Some(&lease.spec)))
    .bind(json(lease.setback.as_ref()))
    .bind(lease.receipt.as_ref().map(|receipt| receipt.closed_at.to_rfc3339()))
    .bind(json(lease.receipt.as_ref()))
    .bind(json(lease.place.as_ref()))
    .bind(lease.installation.as_ref().map(Installation::as_str))
    .bind(lease.id.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM extension WHERE lease = ?")
        .bind(lease.id.as_str())
        .execute(&mut *connection)
        .await?;
    for extension in &lease.extensions {
        sqlx::query("INSERT INTO extension (lease, at, by_id, by_name, until) VALUES (?, ?, ?, ?, ?)")
            .bind(lease.id.as_str())
            .bind(extension.at.to_rfc3339())
            .bind(extension.by.id.to_string())
            .bind(&extension.by.name)
            .bind(extension.until.to_rfc3339())
            .execute(&mut *connection)
            .await?;
    }
    for made in &lease.made {
        sqlx::query(
            "INSERT INTO made (lease, kind, id, name, made_at, gone_at, price) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (lease, kind, id) DO UPDATE SET gone_at = excluded.gone_at, price = excluded.price",
        )
        .bind(lease.id.as_str())
        .bind(made.kind.as_str())
        .bind(&made.id)
        .bind(&made.name)
        .bind(made.made_at.to_rfc3339())
        .bind(made.gone_at.map(|t| t.to_rfc3339()))
        .bind(json(Some(&made.price)))
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}

/// A word of an enum, by its serde name.
fn word<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StoreError::Row(column))
}

pub(super) fn time(row: &SqliteRow, column: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| {
        let parsed = DateTime::parse_from_rfc3339(&text).map_err(|_| StoreError::Row(column))?;
        Ok(parsed.with_timezone(&Utc))
    })
    .transpose()
}

pub(super) fn person(row: &SqliteRow, prefix: &'static str) -> Result<Person, StoreError> {
    let id: String = row.try_get(format!("{prefix}_id").as_str())?;
    let name = row.try_get(format!("{prefix}_name").as_str())?;
    Ok(Person { id: id.parse().map_err(|_| StoreError::Row(prefix))?, name })
}

fn json<T: Serialize>(value: Option<&T>) -> Option<String> {
    value.map(|value| serde_json::to_string(value).expect("plain data serialises"))
}

fn from_json<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Row(column))).transpose()
}
