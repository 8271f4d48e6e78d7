//! The files of the page, part of the binary.

use axum::{
    http::{HeaderMap, Method, StatusCode, Uri, header},
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
    "english.js": SCRIPT,
    "forms.js": SCRIPT,
    "korean.js": SCRIPT,
    "markdown.js": SCRIPT,
    "message.js": SCRIPT,
    "server.js": SCRIPT,
    "trouble.js": SCRIPT,
    "words.js": SCRIPT,
};

/// Answers every path that is not the API's.
pub(super) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = if uri.path() == "/" { "/index.html" } else { uri.path() };
    match ASSETS.iter().find(|(served, _, _)| *served == path) {
        Some((_, kind, body)) if *kind == HTML => {
            let (language, loading) = first_words(&headers);
            let body = body.replace("{lang}", language).replace("{loading}", loading);
            ([(header::CONTENT_TYPE, *kind), (header::VARY, "accept-language")], body).into_response()
        }
        Some((_, kind, body)) => ([(header::CONTENT_TYPE, *kind)], *body).into_response(),
        None => (StatusCode::NOT_FOUND, "no such page").into_response(),
    }
}

/// The language of the browser, and what the page says in it before its scripts have come.
fn first_words(headers: &HeaderMap) -> (&'static str, &'static str) {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    // Browsers name what they like best first.
    let known = wanted.unwrap_or_default().split(',').find_map(|language| {
        let language = language.trim().to_ascii_lowercase();
        ["ko", "en"].into_iter().find(|known| language.starts_with(known))
    });
    match known {
        Some("ko") => ("ko", "불러오는 중 …"),
        _ => ("en-US", "Loading …"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(path: &str) -> &'static str {
        let found = ASSETS.iter().find(|(served, _, _)| *served == path);
        found.unwrap_or_else(|| panic!("no {path}")).2
    }

    #[test]
    fn the_page_loads_in_the_language_of_the_browser() {
        let first = |wanted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, wanted.parse().expect("a header"));
            first_words(&headers).0
        };
        let cases = [
            ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
            ("en-GB, ko", "en-US"),
            ("fr, ko;q=0.5", "ko"),
            ("fr", "en-US"),
        ];
        for (wanted, language) in cases {
            assert_eq!(first(wanted), language, "{wanted}");
        }
        assert!(asset("/index.html").contains("{loading}"), "there is a place for it");
    }

    /// On a slow line each script that is only found in another one costs a round trip more.
    #[test]
    fn every_script_is_asked_for_at_once() {
        for (path, _, _) in ASSETS.iter().filter(|(path, kind, _)| *kind == SCRIPT && *path != "/app.js") {
            let ahead = format!("<link rel=\"modulepreload\" href=\"{path}\">");
            assert!(asset("/index.html").contains(&ahead), "{path} is not asked for ahead");
        }
    }

    #[test]
    fn every_refusal_has_korean_words() {
        let source = include_str!("../discord/people/refused.rs");
        let variants = source.split("#[error(\"").skip(1).filter_map(|rest| rest.lines().nth(1));
        let names = variants.map(|line| line.trim().trim_end_matches(',').split(' ').next().expect("a name"));
        let mut count = 0;
        for name in names {
            let kebab = name.char_indices().fold(String::new(), |mut kebab, (at, letter)| {
                if letter.is_uppercase() && at > 0 {
                    kebab.push('-');
                }
                kebab.push(letter.to_ascii_lowercase());
                kebab
            });
            let known = [format!("  \"{kebab}\": ("), format!("  {kebab}: (")];
            assert!(known.iter().any(|key| asset("/korean.js").contains(key)), "no Korean for {kebab}");
            count += 1;
        }
        assert!(count > 30, "only {count} were found");
    }

    /// What one language has a word for, the other has, too.
    #[test]
    fn both_languages_have_the_same_words() {
        let words = |path: &str| {
            let (_, table) = asset(path).split_once("export const ").expect("a table");
            let keys =
                table.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(':').map(|(key, _)| key));
            let mut keys: Vec<_> = keys.filter(|key| !key.starts_with([' ', '"'])).collect();
            keys.sort_unstable();
            keys
        };
        assert_eq!(words("/english.js"), words("/korean.js"));
    }

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
