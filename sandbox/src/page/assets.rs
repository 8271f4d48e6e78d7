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
    "forms.js": SCRIPT,
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
    let path = if uri.path() == "/" { "/index.html" } else { uri.path() };
    match ASSETS.iter().find(|(served, _, _)| *served == path) {
        Some((_, kind, body)) => ([(header::CONTENT_TYPE, *kind)], *body).into_response(),
        None => (StatusCode::NOT_FOUND, "no such page").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quoted strings of `source` that follow `marker`.
    fn quoted_after<'a>(source: &'a str, marker: &str) -> Vec<&'a str> {
        let found = source.split(marker).skip(1);
        found.map(|rest| rest.split('"').next().expect("split yields at least one part")).collect()
    }

    #[test]
    fn everything_the_page_asks_for_is_served_and_nothing_else() {
        let mut asked = vec!["/index.html".to_owned()];
        for (_, _, body) in ASSETS {
            for marker in ["href=\"", "src=\""] {
                asked.extend(quoted_after(body, marker).into_iter().map(str::to_owned));
            }
            for marker in ["from \"./", "import \"./"] {
                asked.extend(quoted_after(body, marker).into_iter().map(|file| format!("/{file}")));
            }
        }
        let mut served: Vec<_> = ASSETS.iter().map(|(path, _, _)| (*path).to_owned()).collect();
        asked.sort();
        asked.dedup();
        served.sort();
        assert_eq!(asked, served);
    }

    #[test]
    fn nothing_is_parsed_as_html_or_run_from_text() {
        for (path, _, body) in ASSETS {
            for forbidden in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "DOMParser",
            ] {
                assert!(!body.contains(forbidden), "{path} uses {forbidden}");
            }
        }
    }

    #[test]
    fn the_page_has_no_inline_script_or_style_which_its_policy_would_block() {
        for (path, _, body) in ASSETS.iter().filter(|(_, kind, _)| *kind == HTML) {
            for forbidden in [" style=", "<style", " onclick=", "<script>"] {
                assert!(!body.contains(forbidden), "{path} has {forbidden}");
            }
        }
    }
}
