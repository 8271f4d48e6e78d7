//! The file, which is there whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

use tempfile::Builder;

/// The folder a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes the file beside its place, and puts it there when all of it is on the disk. What is there is replaced only if
/// that is meant.
///
/// # Errors
///
/// When it cannot be written, or something is there (`AlreadyExists`); then what is there is as it was.
pub(super) fn write(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    let mut builder = Builder::new();
    builder.prefix(".doorman-init-");
    // There is no secret in it, and who runs the bot need not be who sets it up.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder(path))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let placed = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    placed.map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_replaced_only_if_that_is_meant() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("doorman.toml");
        write(&path, "one", false).unwrap();
        assert_eq!(write(&path, "two", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        write(&path, "three", true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
        let there: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
        assert_eq!(there.len(), 1, "nothing else is left: {there:?}");
    }

    #[test]
    fn a_bare_name_is_in_the_folder_it_is_run_in() {
        assert_eq!(folder(Path::new("doorman.toml")), Path::new("."));
        assert_eq!(folder(Path::new("/etc/doorman/doorman.toml")), Path::new("/etc/doorman"));
    }
}
