//! Cards: what a pair of Confirm and Cancel buttons stands for, so that buttons outlive a restart and the
//! first press wins.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::leases::{person, time};
use super::{StackStore, StoreError};
use crate::lease::Person;

/// A question that was put to people.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// In the custom ids of its buttons.
    pub id: String,
    /// What Confirm would do.
    pub payload: serde_json::Value,
    /// Who asked.
    pub asked_by: Person,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// What became of pressing a card's button.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// This press was the first.
    Now(Card),
    /// Somebody pressed before.
    Before {
        /// Who.
        by: Person,
        /// When.
        at: DateTime<Utc>,
    },
    /// No such card.
    Unknown,
}

/// A card that is remembered because it could not be written.
#[derive(Clone, Debug)]
pub(super) struct Held {
    card: Card,
    spent: Option<(Person, DateTime<Utc>)>,
}

impl Held {
    fn take(&mut self, by: &Person, at: DateTime<Utc>) -> Taken {
        match &self.spent {
            Some((by, at)) => Taken::Before { by: by.clone(), at: *at },
            None => {
                self.spent = Some((by.clone(), at));
                Taken::Now(self.card.clone())
            }
        }
    }
}

impl StackStore {
    /// Stores a card before its buttons are shown; on a full disk, until the process ends.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn put_card(&self, card: &Card) -> Result<(), StoreError> {
        let put = sqlx::query(
            "INSERT INTO card (id, stack, payload, asked_by_id, asked_by_name, made_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&card.id)
        .bind(self.stack())
        .bind(card.payload.to_string())
        .bind(card.asked_by.id.to_string())
        .bind(&card.asked_by.name)
        .bind(card.made_at.to_rfc3339());
        let put = self.answer(async { put.execute(&mut *self.db().await?).await }).await;
        match self.wrote(put) {
            // One of these buttons takes things away: that must not wait for space.
            Err(StoreError::Unwritable { .. }) => {
                let held = Held { card: card.clone(), spent: None };
                self.debts().cards.insert(card.id.clone(), held);
                Ok(())
            }
            put => put.map(drop),
        }
    }

    /// A card, spent or not; it stays as it is. `None`: there is none.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn card(&self, id: &str) -> Result<Option<Card>, StoreError> {
        if let Some(held) = self.debts().cards.get(id) {
            return Ok(Some(held.card.clone()));
        }
        self.card_row(id).await?.as_ref().map(card).transpose()
    }

    /// Spends a card: only the first press gets it.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Row`]
    pub async fn take_card(&self, id: &str, by: &Person, at: DateTime<Utc>) -> Result<Taken, StoreError> {
        if let Some(held) = self.debts().cards.get_mut(id) {
            return Ok(held.take(by, at));
        }
        let spent = sqlx::query(
            "UPDATE card SET spent_by_id = ?, spent_by_name = ?, spent_at = ?
             WHERE stack = ? AND id = ? AND spent_at IS NULL",
        )
        .bind(by.id.to_string())
        .bind(&by.name)
        .bind(at.to_rfc3339())
        .bind(self.stack())
        .bind(id);
        let spent = self.answer(async { spent.execute(&mut *self.db().await?).await }).await;
        let spent = match self.wrote(spent) {
            Ok(spent) => spent.rows_affected() > 0,
            Err(StoreError::Unwritable { .. }) => return self.take_unwritten(id, by, at).await,
            Err(error) => return Err(error),
        };
        let Some(row) = self.card_row(id).await? else {
            return Ok(Taken::Unknown);
        };
        if spent { Ok(Taken::Now(card(&row)?)) } else { before(&row) }
    }

    /// Spends a card that the disk has, without the disk.
    async fn take_unwritten(&self, id: &str, by: &Person, at: DateTime<Utc>) -> Result<Taken, StoreError> {
        let Some(row) = self.card_row(id).await? else {
            return Ok(Taken::Unknown);
        };
        if time(&row, "spent_at")?.is_some() {
            return before(&row);
        }
        let held = Held { card: card(&row)?, spent: None };
        // Somebody may have been faster while the row was read.
        Ok(self.debts().cards.entry(id.to_owned()).or_insert(held).take(by, at))
    }

    async fn card_row(&self, id: &str) -> Result<Option<SqliteRow>, StoreError> {
        let query = sqlx::query("SELECT * FROM card WHERE stack = ? AND id = ?").bind(self.stack()).bind(id);
        Ok(self.answer(async { query.fetch_optional(&mut *self.db().await?).await }).await?)
    }
}

fn card(row: &SqliteRow) -> Result<Card, StoreError> {
    Ok(Card {
        id: row.try_get("id")?,
        payload: serde_json::from_str(row.try_get("payload")?).map_err(|_| StoreError::Row("card"))?,
        asked_by: person(row, "asked_by")?,
        made_at: time(row, "made_at")?.ok_or(StoreError::Row("card"))?,
    })
}

fn before(row: &SqliteRow) -> Result<Taken, StoreError> {
    let at = time(row, "spent_at")?.ok_or(StoreError::Row("card"))?;
    Ok(Taken::Before { by: person(row, "spent_by")?, at })
}
