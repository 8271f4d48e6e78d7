//! A part of the process breaks: it begins again, and nothing else stops meanwhile; one that breaks again and again ends
//! the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use doorman::StartError;
use doorman::supervise::{Place, Probe, Task};
use doorman_stage::{Stage, Time, text};
use futures::FutureExt;
use serde_json::Value;

use crate::signs::{ask, free_address, until_status};

const OPEN: &str = "The NAT window is open";
const CLOSED: &str = "NAT window closed, nothing of it is left";

/// One that panics where it is asked to, by how often that place was reached.
fn panics(wanted: impl Fn(Place, usize) -> bool + Send + Sync + 'static) -> Probe {
    let reached: Mutex<Vec<Place>> = Mutex::default();
    Probe::new(move |place| {
        let times = {
            let mut reached = reached.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            reached.push(place);
            reached.iter().filter(|before| **before == place).count()
        };
        let panics = wanted(place, times);
        async move { assert!(!panics, "the test breaks {place:?}") }.boxed()
    })
}

/// An address that answers to signs of life.
async fn heard() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/ping/secret", listener.local_addr().expect("an address"));
    let router = Router::new().route("/ping/secret", get(async || ()));
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_breaks_once_and_a_window_is_told_of_and_closed_all_the_same() {
    let (listen, ping) = (free_address(), heard().await);
    let ping = doorman_config::secrets::PingUrl::parse(&ping).expect("a URL");
    let stage = Stage::builder().time(Time::Running(60.0)).settings(|settings| {
        settings.health.listen = Some(listen);
        settings.health.ping_url = Some(ping);
        settings.store.backup = Some(settings.store.path.with_extension("copy"));
    });
    let mut stage = stage.set_without_bot().await;
    // At its first beat nothing has happened yet.
    stage.probe = panics(|place, times| match place {
        Place::Round(_) => times == 2,
        Place::Telling => times <= 3,
    });
    stage.start_bot().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    stage.later(19);
    stage.posted("closes in").await;
    stage.later(9);
    stage.reads(&reply.id, CLOSED).await;
    stage.nothing_left().await;

    // A copy of the store is looked after once a minute of the stage, the rest sooner.
    let panicked = |signs: &Value| -> BTreeMap<String, u64> {
        let tasks = signs["tasks"].as_object().expect("tasks");
        tasks.iter().map(|(task, sign)| (task.clone(), sign["panics"].as_u64().expect("a count"))).collect()
    };
    let tasks = ["backup", "daily", "gateway", "herald", "keeper", "outages", "ping"];
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let signs = until_status(listen, 200).await;
        let panicked = panicked(&signs);
        if tasks.iter().all(|task| panicked.get(*task).is_some_and(|times| *times >= 1)) {
            assert_eq!(panicked["herald"], 4, "a round and three tellings: {panicked:?}");
            break;
        }
        assert!(Instant::now() < deadline, "{signs}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (_, numbers) = ask(listen, "/metrics").await;
    for number in
        [r#"doorman_task_panics_total{task="herald"} 4"#, r#"doorman_task_beat_age_seconds{task="keeper"} "#]
    {
        assert!(numbers.contains(number), "{number} in {numbers}");
    }
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_closed_on_time_though_nothing_can_be_told_of_it() {
    let broken = Arc::new(AtomicBool::new(true));
    let mut stage = Stage::builder().set_without_bot().await;
    let breaks = Arc::clone(&broken);
    stage.probe = panics(move |place, _| {
        breaks.load(Ordering::SeqCst) && matches!(place, Place::Round(Task::Herald) | Place::Telling)
    });
    stage.start_bot().await;
    let reply = stage.says("operator", "/nat open 5m").await;
    stage.see("a gateway", |stage| (stage.billing().len() == 2).then_some(())).await;
    stage.nothing_left().await;
    broken.store(false, Ordering::SeqCst);
    stage.reads(&reply.id, CLOSED).await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_that_breaks_while_it_closes_goes_on_closing() {
    let closing = Arc::new(AtomicBool::new(false));
    let mut stage = Stage::builder().set_without_bot().await;
    let breaks = Arc::clone(&closing);
    stage.probe =
        panics(move |place, _| place == Place::Round(Task::Keeper) && breaks.swap(false, Ordering::SeqCst));
    stage.start_bot().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    stage.presses("operator", &reply.id, "Close now").await;
    for part in ["nat-gateway deleting", "elastic-ip"] {
        // Once while the gateway goes, and once when the address is next.
        let begun =
            |stage: &Stage| stage.billing().iter().all(|item| !item.starts_with("nat-gateway available"));
        stage.see(part, |stage| begun(stage).then_some(())).await;
        closing.store(true, Ordering::SeqCst);
    }
    stage.reads(&reply.id, CLOSED).await;
    stage.nothing_left().await;
    stage.finish().await;
}

/// Waits until a bot on time that jumps has ended by itself.
async fn ends(stage: &mut Stage) -> Result<(), StartError> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !stage.is_bot_gone() {
        assert!(Instant::now() < deadline, "it goes on");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    stage.bot_ends().await
}

#[tokio::test(start_paused = true)]
async fn a_task_that_breaks_again_and_again_ends_the_process_with_a_sentence() {
    // Not the daily summary, whose scheduler beats once a second of real time, which here is hours.
    for task in [Task::Keeper, Task::Herald, Task::Outages, Task::Gateway, Task::Ping, Task::Backup] {
        let ping = doorman_config::secrets::PingUrl::parse("http://127.0.0.1:9/").expect("a URL");
        let stage = Stage::builder().time(Time::Jumping).settings(|settings| {
            settings.health.ping_url = Some(ping);
            settings.store.backup = Some(settings.store.path.with_extension("copy"));
        });
        let mut stage = stage.set_without_bot().await;
        stage.probe = panics(move |place, _| place == Place::Round(task));
        stage.launch_bot();
        let why = ends(&mut stage).await.expect_err("it cannot go on");
        assert!(matches!(why, StartError::Broken(broken) if broken == task), "{why}");
        assert!(why.to_string().contains(&format!("the task {task} panicked again and again")), "{why}");
        // The one after it is well.
        stage.probe = Probe::default();
        stage.start_bot().await;
        stage.finish().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_open_is_closed_before_a_process_ends_whose_herald_is_broken() {
    let mut stage = Stage::builder().time(Time::Jumping).set_without_bot().await;
    let broken = Arc::new(AtomicBool::new(false));
    let breaks = Arc::clone(&broken);
    stage.probe =
        panics(move |place, _| place == Place::Round(Task::Herald) && breaks.load(Ordering::SeqCst));
    stage.start_bot().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    broken.store(true, Ordering::SeqCst);
    let why = ends(&mut stage).await.expect_err("it cannot go on");
    assert!(matches!(why, StartError::Broken(Task::Herald)), "{why}");
    assert_eq!(stage.billing(), Vec::<String>::new());
    // The next one tells what came of it.
    stage.probe = Probe::default();
    stage.start_bot().await;
    assert!(text(&stage.reads(&reply.id, CLOSED).await).contains("Nothing keeps billing"));
    stage.finish().await;
}

#[tokio::test(start_paused = true)]
async fn a_task_that_hangs_is_seen_and_keeps_nothing_from_being_closed() {
    let listen = free_address();
    let stage = Stage::builder().time(Time::Jumping);
    let mut stage = stage.settings(|settings| settings.health.listen = Some(listen)).set_without_bot().await;
    stage.probe = Probe::new(|place| {
        let hangs = place == Place::Round(Task::Outages);
        async move {
            if hangs {
                std::future::pending().await
            }
        }
        .boxed()
    });
    stage.start_bot().await;
    let reply = stage.says("operator", "/nat open 5m").await;
    stage.reads(&reply.id, OPEN).await;
    assert_eq!(ask(listen, "/livez").await.0, 200);
    tokio::time::sleep(Duration::from_secs(11 * 60)).await;
    stage.reads(&reply.id, CLOSED).await;
    let (status, said) = ask(listen, "/livez").await;
    assert!(status == 503 && said.contains("the task outages has stood still for"), "{status}: {said}");
    stage.finish().await;
}
