//! `[store]`: where the leases are kept.

use std::path::PathBuf;

use crate::read::Section;

/// The SQLite database of leases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Its file, made when it is not there; a relative path starts at the directory doorman runs in.
    /// Default: `doorman.db`.
    pub path: PathBuf,
    /// Where a copy of it is kept, renewed every hour while doorman runs; `None` (in the file: empty) is
    /// nowhere. Default: nowhere.
    pub backup: Option<PathBuf>,
}

impl Default for Store {
    fn default() -> Self {
        Self { path: PathBuf::from("doorman.db"), backup: None }
    }
}

impl Store {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let default = Self::default();
        let backup = section.get::<PathBuf>("backup").filter(|path| !path.as_os_str().is_empty());
        let store = Self { path: section.get_or("path", default.path), backup };
        section.check("path", !store.path.as_os_str().is_empty(), || "empty; name a file".to_owned());
        section.check("backup", store.backup.as_ref() != Some(&store.path), || {
            "the same file as store.path; name another one, best on another disk".to_owned()
        });
        store
    }
}
