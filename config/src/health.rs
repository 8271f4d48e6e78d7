//! `[health]`: where monitors may ask how doorman is, and whom it tells by itself that it is well.

use std::net::SocketAddr;

use crate::read::Section;
use crate::secrets::PingUrl;

/// The health page, and the sign of life sent out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// The address `/healthz` is served at; `None` (in the file: empty) is nowhere. Default: nowhere.
    pub listen: Option<SocketAddr>,
    /// What is called every minute while doorman is well, so that somebody outside notices its silence.
    /// Default: none.
    pub ping_url: Option<PingUrl>,
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
        let ping = section.get::<String>("ping_url").filter(|text| !text.trim().is_empty());
        match ping.map(|text| PingUrl::parse(&text)).transpose() {
            Ok(ping) => health.ping_url = ping,
            Err(problem) => section.wrong("ping_url", problem),
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
