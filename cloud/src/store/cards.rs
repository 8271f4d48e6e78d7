//! Cards: what a pair of Confirm and Cancel buttons stands for, so that buttons outlive a restart and the
//! first press wins.

use chrono::{DateTime, Utc};
use doorman_config::Locale;
use sqlx::Row;

use super::leases::{person, time};
use super::{Store, StoreError};
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
    /// In which language.
    pub locale: Locale,
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

impl Store {
    /// Stores a card before its buttons are shown.
    ///
    /// # Errors
    /// [`StoreError::Query`]
    pub async fn put_card(&self, card: &Card) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO card (id, payload, asked_by_id, asked_by_name, locale, made_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&card.id)
        .bind(card.payload.to_string())
        .bind(card.asked_by.id.to_string())
        .bind(&card.asked_by.name)
        .bind(card.locale.as_str())
        .bind(card.made_at.to_rfc3339())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Spends a card: only the first press gets it.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Row`]
    pub async fn take_card(&self, id: &str, by: &Person, at: DateTime<Utc>) -> Result<Taken, StoreError> {
        let spent = sqlx::query(
            "UPDATE card SET spent_by_id = ?, spent_by_name = ?, spent_at = ? WHERE id = ? AND spent_at IS NULL",
        )
        .bind(by.id.to_string())
        .bind(&by.name)
        .bind(at.to_rfc3339())
        .bind(id)
        .execute(&self.pool)
        .await?;
        let Some(row) =
            sqlx::query("SELECT * FROM card WHERE id = ?").bind(id).fetch_optional(&self.pool).await?
        else {
            return Ok(Taken::Unknown);
        };
        if spent.rows_affected() == 0 {
            let at = time(&row, "spent_at")?.ok_or(StoreError::Row("card"))?;
            return Ok(Taken::Before { by: person(&row, "spent_by")?, at });
        }
        Ok(Taken::Now(Card {
            id: row.try_get("id")?,
            payload: serde_json::from_str(row.try_get("payload")?).map_err(|_| StoreError::Row("card"))?,
            asked_by: person(&row, "asked_by")?,
            locale: Locale::from_discord(row.try_get("locale")?),
            made_at: time(&row, "made_at")?.ok_or(StoreError::Row("card"))?,
        }))
    }
}
