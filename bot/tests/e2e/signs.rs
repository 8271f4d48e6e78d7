//! Signs of life: the page, the numbers, and the sign that is sent out.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use doorman_stage::{Stage, Time};
use serde_json::Value;

/// How fast these stages live: fast enough to wait for, slow enough for a sweep a second to be one a minute.
const RATE: f64 = 30.0;

/// An address that nobody listens on.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// What a page answers: its status and its text.
pub(crate) async fn ask(listen: SocketAddr, path: &str) -> (u16, String) {
    let answer = reqwest::Client::builder().no_proxy().build().expect("a client");
    match answer.get(format!("http://{listen}{path}")).send().await {
        Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap_or_default()),
        Err(_) => (0, String::new()),
    }
}

/// Waits until `/healthz` answers with that status, and gives what it says.
pub(crate) async fn until_status(listen: SocketAddr, status: u16) -> Value {
    for _ in 0..600 {
        let (found, text) = ask(listen, "/healthz").await;
        if found == status {
            return serde_json::from_str(&text).expect("JSON");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never {status}: {:?}", ask(listen, "/healthz").await);
}

/// A stage whose bot has a page.
async fn stage(change: impl FnOnce(&mut doorman_config::Settings) + Send) -> (Stage, SocketAddr) {
    let listen = free_address();
    let stage = Stage::builder().time(Time::Running(RATE)).settings(|settings| {
        settings.health.listen = Some(listen);
        change(settings);
    });
    (stage.set().await, listen)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_how_the_bot_is_and_an_outage_of_aws_does_not_make_it_dead() {
    let (stage, listen) = stage(|_| {}).await;
    let well = until_status(listen, 200).await;
    assert_eq!(
        (&well["healthy"], &well["alive"], &well["state"]),
        (&true.into(), &true.into(), &"running".into())
    );
    assert_eq!((&well["discord"], &well["aws"], &well["store"]), (&true.into(), &true.into(), &"ok".into()));
    assert_eq!((&well["closing_late"], &well["problems"]), (&0.into(), &Value::Array(Vec::new())));

    stage.world.aws.faults().away(true);
    let ill = until_status(listen, 503).await;
    assert_eq!(
        (&ill["aws"], &ill["discord"], &ill["alive"]),
        (&false.into(), &true.into(), &true.into()),
        "{ill}"
    );
    assert!(ill["aws_seen_s"].as_i64().expect("seconds") >= 180, "{ill}");
    assert!(ill["problems"][0].as_str().expect("a sentence").contains("AWS was last seen"), "{ill}");
    // Half an hour of it, and more than a loop that stands still would be given: what an orchestrator asks still
    // says that a restart would not help.
    stage.later(30);
    let seen = || async { until_status(listen, 503).await["aws_seen_s"].as_i64().expect("seconds") };
    let before = seen().await;
    while seen().await < before + 400 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(ask(listen, "/livez").await.0, 200);
    assert!(doorman::health::page::ask(listen).await.is_ok(), "what HEALTHCHECK asks");
    stage.world.aws.faults().away(false);
    until_status(listen, 200).await;
    stage.finish().await;
    assert!(doorman::health::page::ask(listen).await.is_err(), "nobody is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_by_how_much_the_clock_is_wrong() {
    let listen = free_address();
    // So slow that what a call takes on a busy machine is less than a second of it.
    let behind = Stage::builder().time(Time::Running(2.0)).clock_ahead(chrono::TimeDelta::minutes(-1));
    let stage = behind.settings(|settings| settings.health.listen = Some(listen)).set().await;
    let well = until_status(listen, 200).await;
    assert!((-61..=-59).contains(&well["clock_ahead_s"].as_i64().expect("seconds")), "{well}");
    assert!(well["warnings"][0].as_str().expect("a sentence").contains("s behind AWS's"), "{well}");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_count_calls_commands_and_lateness() {
    let (stage, listen) = stage(|settings| settings.stack.backstop.enabled = false).await;
    until_status(listen, 200).await;
    stage.refuse("AllocateAddress", 1, 503, "RequestLimitExceeded");
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.says("outsider", "/nat close").await;
    let mut page = ask(listen, "/metrics").await;
    // An interaction is counted when its answer is with Discord, where it can be read before that.
    while !page.1.contains(r#"outcome="refused""#) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        page = ask(listen, "/metrics").await;
    }
    let (status, text) = page;
    assert_eq!(status, 200);
    let value = |name: &str| -> f64 {
        let line = text.lines().find(|line| line.split(' ').next() == Some(name));
        let line = line.or_else(|| text.lines().find(|line| line.starts_with(&format!("{name} "))));
        let line = line.unwrap_or_else(|| panic!("{name} is missing in:\n{text}"));
        line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
    };
    assert_eq!(value("doorman_windows_open"), 1.0);
    assert_eq!(value("doorman_healthy"), 1.0);
    assert_eq!(value("doorman_closing_late_seconds"), 0.0);
    assert!(value("doorman_aws_look_age_seconds") < 180.0);
    assert_eq!(value(r#"doorman_aws_calls_total{operation="CreateNatGateway",result="ok"}"#), 1.0);
    assert_eq!(value(r#"doorman_aws_calls_total{operation="AllocateAddress",result="throttled"}"#), 1.0);
    assert!(value(r#"doorman_aws_calls_total{operation="DescribeNatGateways",result="ok"}"#) > 1.0);
    assert_eq!(value(r#"doorman_interactions_total{command="nat open",outcome="answered"}"#), 1.0);
    assert_eq!(value(r#"doorman_interactions_total{command="nat close",outcome="refused"}"#), 1.0);
    assert_eq!(value("doorman_acknowledgement_seconds_count"), 2.0);
    assert!(text.ends_with("# EOF\n"), "{text}");
    // Neither who nor what they typed.
    assert!(!text.contains("30m") && !text.contains("operator"), "{text}");

    // Closing cannot begin: lateness is seen though the lease is not closing.
    stage.world.aws.faults().away(true);
    stage.later(60);
    let late = until_status(listen, 503).await;
    assert!(late["seconds_late"].as_i64().expect("seconds") >= 1_700, "{late}");
    assert_eq!(late["closing_late"], 1, "{late}");
    stage.world.aws.faults().away(false);
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_of_life_is_sent_every_minute_and_only_while_healthy() {
    let count = Arc::new(AtomicUsize::new(0));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/ping/secret", listener.local_addr().expect("an address"));
    let counted = Arc::clone(&count);
    let called = get(move || async move { _ = counted.fetch_add(1, Ordering::SeqCst) });
    tokio::spawn(axum::serve(listener, Router::new().route("/ping/secret", called)).into_future());

    let ping = doorman_config::secrets::PingUrl::parse(&url).expect("a URL");
    let (stage, listen) = stage(|settings| settings.health.ping_url = Some(ping)).await;
    let calls = || count.load(Ordering::SeqCst);
    let until = async |wanted: usize| {
        for _ in 0..600 {
            if calls() >= wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("only {} calls", calls());
    };
    until_status(listen, 200).await;
    until(1).await;
    let (began, before) = (stage.world.clock.now(), calls());
    until(before + 3).await;
    let took = (stage.world.clock.now() - began).num_seconds();
    assert!(took >= 115, "three calls in {took} s");

    stage.world.aws.faults().away(true);
    until_status(listen, 503).await;
    // One may have been on its way.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let silent = calls();
    stage.later(10);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(calls(), silent, "silence is what the other side waits for");

    stage.world.aws.faults().away(false);
    until(silent + 1).await;
    stage.finish().await;
}
