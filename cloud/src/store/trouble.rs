//! A store that can be read but not written: its disk is full, or refuses.

use std::fmt;

use tokio::sync::watch;
use tracing::{error, info};

use super::{Store, StoreError};

/// Why the store cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteTrouble {
    /// The disk is full.
    Full,
    /// The disk, or the file system, refuses.
    Refused,
    /// The disk does not answer.
    Hung,
}

impl fmt::Display for WriteTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WriteTrouble::Full => "its disk is full",
            WriteTrouble::Refused => "its disk refuses",
            WriteTrouble::Hung => "its disk hangs",
        })
    }
}

/// What a failed query says about writing; `None`: something else is wrong.
///
/// SQLite's primary result codes (<https://www.sqlite.org/rescode.html>): read-only, I/O error, full, cannot open.
pub(super) fn of(error: &sqlx::Error) -> Option<WriteTrouble> {
    if super::hang::is_hung(error) {
        return Some(WriteTrouble::Hung);
    }
    match super::primary_code(error)? {
        13 => Some(WriteTrouble::Full),
        8 | 10 | 14 => Some(WriteTrouble::Refused),
        _ => None,
    }
}

impl Store {
    /// Whether the store can be written at present, as far as was tried; anew when that changes.
    pub fn trouble(&self) -> watch::Receiver<Option<WriteTrouble>> {
        self.trouble.subscribe()
    }

    /// Takes note of a write that failed. One that did not proves nothing: on a full disk small ones still find
    /// room for a while.
    pub(super) fn wrote<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|source| match of(&source) {
            Some(trouble) => {
                self.set_trouble(Some(trouble));
                StoreError::Unwritable { trouble, source }
            }
            None => source.into(),
        })
    }

    /// Takes note of whether the store can be written.
    pub(super) fn set_trouble(&self, now: Option<WriteTrouble>) {
        self.trouble.send_if_modified(|before| {
            match (&before, now) {
                (None, Some(trouble)) => error!(
                    "the lease store cannot be written, because {trouble}: nothing new is opened, and what is \
                     open is closed in time all the same"
                ),
                (Some(_), None) => info!("the lease store can be written again"),
                (None, None) | (Some(_), Some(_)) => {}
            }
            std::mem::replace(before, now) != now
        });
    }
}
