//! That a copy of the store is kept apart from the store.
//!
//! A copy takes the place of the last one by being renamed, and what is half written is removed. Were one of the
//! names involved another way to the store's own files, the store would be lost by it, so that is looked at before
//! each copy. Texts do not tell: `./doorman.db`, a link and a folder with two names lead to the same file.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is added to the name of a copy while it is being made.
pub(super) const NEW: &str = ".new";
/// What SQLite keeps beside the file itself (<https://www.sqlite.org/tempfiles.html>).
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];
/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// A copy would destroy the store.
#[derive(Debug, thiserror::Error)]
#[error(
    "store.backup {} cannot be used: {} is {}, a file of the lease store itself, and a copy would destroy it; \
     name another file, best on another disk",
    backup.display(),
    written.display(),
    of_store.display()
)]
pub struct NotApart {
    /// Where copies were to be kept.
    pub backup: PathBuf,
    /// What would be written or removed.
    pub written: PathBuf,
    /// What that is.
    pub of_store: PathBuf,
}

/// Checks that making a copy of the store at `backup` leaves the store itself alone. Neither needs to be there.
///
/// # Errors
/// [`NotApart`] with the two names of one file.
pub fn apart(store: &Path, backup: &Path) -> Result<(), NotApart> {
    let mut ours = files_of(store);
    // SQLite follows a link and keeps its other files beside what it leads to.
    ours.extend(files_of(&led_to(store)));
    for written in [backup.to_owned(), with_suffix(backup, NEW)] {
        let Some(place) = Place::of(&written) else { continue };
        if let Some((of_store, _)) = ours.iter().find(|(_, of_store)| *of_store == place) {
            return Err(NotApart { backup: backup.to_owned(), written, of_store: of_store.clone() });
        }
    }
    Ok(())
}

fn files_of(store: &Path) -> Vec<(PathBuf, Place)> {
    let paths = BESIDE.iter().map(|suffix| with_suffix(store, suffix));
    paths.filter_map(|path| Place::of(&path).map(|place| (path, place))).collect()
}

/// What a path leads to, whatever it is called.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// A file that is there.
    File(FileId),
    /// One that is not: its folder, and its name in it.
    Name(FileId, OsString),
}

impl Place {
    /// `None`: nothing can be written there.
    fn of(path: &Path) -> Option<Place> {
        let path = led_to(path);
        match id(&path) {
            Ok(id) => Some(Place::File(id)),
            Err(_) => Some(Place::Name(id(folder_of(&path)).ok()?, path.file_name()?.to_owned())),
        }
    }
}

/// Where a link leads in the end, whether or not anything is there; the path itself if it is none.
fn led_to(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            Err(_) => break,
        }
    }
    path
}

/// Device and inode.
#[cfg(unix)]
type FileId = (u64, u64);
#[cfg(not(unix))]
type FileId = PathBuf;

/// Which file it is. Without opening it: closing it again would let go of SQLite's locks on it
/// (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
#[cfg(unix)]
fn id(path: &Path) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt;

    let about = fs::metadata(path)?;
    Ok((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn id(path: &Path) -> io::Result<FileId> {
    fs::canonicalize(path)
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path with something added to its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
