//! Who may talk to the page, and what a browser may do with its answers.
//!
//! Anyone's web page can make a browser send requests to a loopback port. Three things keep such a page from
//! pressing buttons here: the `Host` must be a loopback name (a name rebound to 127.0.0.1 is not), a POST must
//! carry `application/json` (which another origin cannot send without asking first, and nobody here says yes), and a POST
//! that names its origin must name this one.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Everything from this origin, nothing from any other, no inline script or style.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Sent with every answer; an answer that already has one of them keeps its own.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    // The page is part of the binary: a newer binary must not meet an older page.
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
];

/// The names under which the page answers: `localhost`, any loopback address, and the address it listens on.
#[derive(Debug)]
pub(super) struct Hosts {
    listening: IpAddr,
}

impl Hosts {
    pub(super) fn of(listening: SocketAddr) -> Self {
        Self { listening: listening.ip() }
    }

    /// Whether `host`, with or without a port, is one of ours. The port is not compared: it says nothing about
    /// who resolved the name, and may be another one behind a forwarded port.
    fn allow(&self, host: &str) -> bool {
        let name = without_port(host);
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match bare.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || address == self.listening,
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        }
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !inside_brackets(name) => {
            name
        }
        _ => host,
    }
}

/// Whether cutting at the last colon cut an IPv6 address in two.
fn inside_brackets(name: &str) -> bool {
    name.starts_with('[') && !name.ends_with(']')
}

/// Middleware: refuses requests that cannot come from the page, and hardens every answer.
pub(super) async fn check(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&hosts, &request) {
        Some((status, sentence)) => (status, sentence).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    response
}

fn refusal(hosts: &Hosts, request: &Request) -> Option<(StatusCode, &'static str)> {
    // HTTP/2 has no Host header but an authority.
    let host = text(request.headers(), &header::HOST).or_else(|| request.uri().host());
    let Some(host) = host.filter(|host| hosts.allow(host)) else {
        return Some((
            StatusCode::MISDIRECTED_REQUEST,
            "this page answers only to loopback names, such as localhost",
        ));
    };
    if *request.method() != Method::POST {
        return None;
    }
    if let Some(origin) = request.headers().get(header::ORIGIN)
        && origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://")) != Some(host)
    {
        return Some((StatusCode::FORBIDDEN, "requests from other origins are refused"));
    }
    let json = text(request.headers(), &header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"));
    (!json).then_some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json"))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::post};
    use reqwest::{Client, RequestBuilder};

    use super::*;

    #[test]
    fn only_loopback_names_and_the_own_address_are_allowed() {
        let hosts = Hosts::of(SocketAddr::from(([192, 168, 0, 7], 80)));
        let ours = [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8080",
            "[::1]",
            "192.168.0.7:80",
        ];
        for host in ours {
            assert!(hosts.allow(host), "{host} should be allowed");
        }
        let others = [
            "",
            "example.com",
            "localhost.example.com:80",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "localhost:80:evil",
            "[::1",
            "::ffff",
            "0.0.0.0",
        ];
        for host in others {
            assert!(!hosts.allow(host), "{host} should be refused");
        }
    }

    /// A server behind the guard that answers every POST to `/` with 200, and its address.
    async fn guarded() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let guard = axum::middleware::from_fn_with_state(Arc::new(Hosts::of(address)), check);
        let app = Router::new().route("/", post(async || "done")).layer(guard);
        tokio::spawn(async { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    async fn status(request: RequestBuilder) -> u16 {
        request.send().await.expect("an answer").status().as_u16()
    }

    #[tokio::test]
    async fn a_post_needs_json_a_loopback_name_and_this_origin() {
        let url = guarded().await;
        let client = Client::new();
        let json = || client.post(&url).header("content-type", "application/json; charset=utf-8").body("{}");
        assert_eq!(status(json()).await, 200);
        assert_eq!(status(json().header("origin", &url)).await, 200);
        assert_eq!(status(json().header("origin", "http://example.com")).await, 403);
        assert_eq!(status(json().header("origin", "null")).await, 403);
        assert_eq!(status(json().header("host", "example.com")).await, 421);
        let form = client.post(&url).header("content-type", "application/x-www-form-urlencoded").body("a=b");
        assert_eq!(status(form).await, 415);
        assert_eq!(status(client.post(&url).header("content-type", "text/plain").body("{}")).await, 415);
        assert_eq!(status(client.post(&url)).await, 415);
    }

    #[tokio::test]
    async fn every_answer_is_hardened_refusals_too() {
        let url = guarded().await;
        for host in ["localhost", "example.com"] {
            let answer = Client::new().get(&url).header("host", host).send().await.expect("an answer");
            for (name, value) in HEADERS {
                assert_eq!(answer.headers().get(&name), Some(&value), "{name}");
            }
        }
    }
}
