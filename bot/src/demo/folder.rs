//! Where the demo keeps its leases.

use std::io;
use std::path::PathBuf;

use tracing::warn;

/// A folder that is gone when the demo is over.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    /// An empty one among the machine's temporary files.
    pub(super) fn make() -> io::Result<Folder> {
        let name = format!("doorman-demo-{:016x}", rand::random::<u64>());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            warn!("cannot remove {}: {error}", self.0.display());
        }
    }
}
