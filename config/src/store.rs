//! `[store]`: where the leases are kept.

use std::path::PathBuf;

use crate::read::Section;

/// The SQLite database of leases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Its file, made when it is not there; a relative path starts at the directory doorman runs in.
    /// Default: `doorman.db`.
    pub path: PathBuf,
}

impl Default for Store {
    fn default() -> Self {
        Self { path: PathBuf::from("doorman.db") }
    }
}

impl Store {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let store = Self { path: section.get_or("path", Self::default().path) };
        section.check("path", !store.path.as_os_str().is_empty(), || "empty; name a file".to_owned());
        store
    }
}
