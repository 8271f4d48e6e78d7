//! The files of the page, part of the binary.

use axum::{
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

/// A file of the page: where it is served, what it is, what is in it.
type Asset = (&'static str, &'static str, &'static str);

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! assets {
    ($($path:literal: $kind:expr),* $(,)?) => {
        &[$((concat!("/", $path), $kind, include_str!(concat!("static/", $path)))),*]
    };
}

static ASSETS: &[Asset] = assets! {
    "index.html": HTML,
    "icon.svg": "image/svg+xml",
    "style.css": CSS,
    "message.css": CSS,
    "aws.css": CSS,
    "app.js": SCRIPT,
    "aws.js": SCRIPT,
    "channel.js": SCRIPT,
    "clock.js": SCRIPT,
    "commandline.js": SCRIPT,
    "components.js": SCRIPT,
    "composer.js": SCRIPT,
    "dom.js": SCRIPT,
    "embeds.js": SCRIPT,
    "markdown.js": SCRIPT,
    "message.js": SCRIPT,
    "server.js": SCRIPT,
    "words.js": SCRIPT,
};

/// Answers every path that is not the API's.
pub(super) async fn serve(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = if uri.path() == "/" {
        "/index.html"
    } else {
        uri.path()
    };
    match ASSETS.iter().find(|(served, _, _)| *served == path) {
        Some((_, kind, body)) => ([(header::CONTENT_TYPE, *kind)], *body).into_response(),
        None => (StatusCode::NOT_FOUND, "no such page").into_response(),
    }
}
