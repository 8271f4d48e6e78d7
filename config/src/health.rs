//! `[health]`: where monitors may ask how doorman is.

use std::net::SocketAddr;

use crate::read::Section;

/// The health page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// The address `/healthz` is served at; `None` (in the file: empty) is nowhere. Default: nowhere.
    pub listen: Option<SocketAddr>,
}

impl Health {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let mut health = Self::default();
        if let Some(text) = section.get::<String>("listen") {
            match parse(&text) {
                Ok(listen) => health.listen = listen,
                Err(message) => section.wrong("listen", message),
            }
        }
        health
    }
}

/// An address and port, or nothing.
pub(crate) fn parse(text: &str) -> Result<Option<SocketAddr>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| format!("`{text}` is not an address and port; write one such as `127.0.0.1:8086`")),
    }
}
