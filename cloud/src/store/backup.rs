//! Copies of the store, made while it is in use.
//!
//! The file is locked by one process and part of what it holds may still be in its write-ahead log, so copying
//! it from outside is refused by the one and loses the other. SQLite itself writes a whole and consistent copy
//! with `VACUUM INTO`; it is made beside the old one and takes its place in one step.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::SqliteConnection;

use super::Store;
use super::apart::{NEW, NotApart, apart, folder_of, with_suffix};

/// Why there is no new copy. The old one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It would take the place of the store.
    #[error(transparent)]
    NotApart(#[from] NotApart),
    /// SQLite could not write it.
    #[error("the lease store cannot be copied to {}", path.display())]
    Copy {
        /// Where to.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// It could not be put in place.
    #[error("the copy of the lease store cannot be put in place at {}", path.display())]
    Place {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Store {
    /// Makes `to` a copy of the store as it is now, whole or not at all.
    ///
    /// # Errors
    /// [`BackupError`]: what was there before still is.
    pub async fn back_up(&self, to: &Path) -> Result<(), BackupError> {
        let db = self.db().await;
        let mut db = db.map_err(|source| BackupError::Copy { path: to.to_owned(), source })?;
        copy(&mut db, &self.path, to).await
    }
}

/// The copy that is kept of a store before it is migrated from `schema`, for going back to the older program.
pub(super) fn before_migration(backup: &Path, schema: i64) -> PathBuf {
    with_suffix(backup, &format!(".schema-{schema}"))
}

/// Makes `to` a copy of the store at `path`, which `db` has open.
pub(super) async fn copy(db: &mut SqliteConnection, path: &Path, to: &Path) -> Result<(), BackupError> {
    apart(path, to)?;
    let new = with_suffix(to, NEW);
    let place = |source| BackupError::Place { path: to.to_owned(), source };
    // Left by a process that died while copying; SQLite does not write over it.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(place(error)),
        _ => {}
    }
    let name = new.to_str().ok_or_else(|| place(io::Error::other("its name is not valid UTF-8")))?;
    let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(db).await;
    if let Err(source) = copied {
        // Half a copy only takes up space, and that may be what is missing.
        _ = fs::remove_file(&new);
        return Err(BackupError::Copy { path: to.to_owned(), source });
    }
    let to = to.to_owned();
    let moved = tokio::task::spawn_blocking(move || put_in_place(&new, &to));
    moved.await.map_err(io::Error::other).flatten().map_err(place)
}

/// On disk before it takes the place of the old one: a power cut leaves the one or the other.
fn put_in_place(new: &Path, to: &Path) -> io::Result<()> {
    File::open(new)?.sync_all()?;
    fs::rename(new, to)?;
    File::open(folder_of(to))?.sync_all()
}
