//! Two copies on one store: the second one waits, says so, and takes over.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use doorman_cloud::clock::Clock;
use doorman_stage::program::Process;
use doorman_stage::{Stage, Time};

use crate::signs::{ask, free_address, until_status};
use crate::{DOORMAN, SHORT_WINDOWS};

#[tokio::test(flavor = "multi_thread")]
async fn the_second_copy_waits_without_a_word_to_discord_and_takes_over() {
    let stage = Stage::builder().time(Time::Machine(50.0)).program(DOORMAN).more_settings(SHORT_WINDOWS);
    let stage = stage.set_without_bot().await;
    // Both by the same settings, as copies are: the address of the page, too.
    let listen = free_address();
    let copy = || {
        let mut command = stage.command(&["run"]);
        command.env("DOORMAN_HEALTH_LISTEN", listen.to_string()).stderr(Stdio::null());
        command
    };

    let mut first = Process::start(&mut copy());
    until_status(listen, 200).await;
    stage.says_briefly("operator", "/nat open").await;
    let end = stage.until_of(&stage.posted("The NAT window is open").await);

    let mut second = Process::start(&mut copy());
    let line = second.line();
    assert!(line.contains("in use by another doorman") && line.contains("takes over"), "{line}");

    // A third one with a page of its own says it there, and ends at once when it is told to. Its Discord and
    // its AWS are where somebody counts who knocks.
    let elsewhere = free_address();
    let door = TcpListener::bind("127.0.0.1:0").expect("a port");
    door.set_nonblocking(true).expect("a socket");
    let nobody = format!("http://{}", door.local_addr().expect("an address"));
    let mut third = copy();
    third.env("DOORMAN_HEALTH_LISTEN", elsewhere.to_string());
    third.env("DISCORD_API_URL", &nobody).env("AWS_ENDPOINT_URL", &nobody);
    let mut third = Process::start(&mut third);
    assert!(third.line().contains("in use by another doorman"));
    let waiting = until_status(elsewhere, 503).await;
    assert_eq!((&waiting["state"], &waiting["alive"]), (&"waiting for the store".into(), &true.into()));
    assert_eq!((&waiting["discord"], &waiting["aws"]), (&false.into(), &false.into()), "{waiting}");
    assert_eq!(ask(elsewhere, "/livez").await.0, 200);
    let began = Instant::now();
    assert_eq!(third.terminate(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());

    let knocked = door.accept().expect_err("nobody knocked");
    assert_eq!(knocked.kind(), std::io::ErrorKind::WouldBlock);

    first.kill();
    let taken = until_status(listen, 200).await;
    assert_eq!(taken["state"], "running");
    stage.posted("Nothing keeps billing").await;
    let late = Clock::system().now() - end;
    assert!((TimeDelta::zero()..TimeDelta::seconds(20)).contains(&late), "{late}");
    assert_eq!(stage.billing(), Vec::<String>::new());
    assert_eq!(second.terminate(), Some(0));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_line_holds_the_address_of_the_sign_of_life() {
    let stage = Stage::builder().time(Time::Machine(1.0)).program(DOORMAN).set_without_bot().await;
    let (listen, nobody) = (free_address(), free_address());
    let log = std::fs::File::create(stage.folder().join("log")).expect("a file");
    let mut command = stage.command(&["run"]);
    command
        .env("DOORMAN_HEALTH_LISTEN", listen.to_string())
        .env("DOORMAN_PING_URL", format!("http://{nobody}/4f1c-secret"))
        .env("RUST_LOG", "trace,serenity=error")
        .stderr(log);
    let mut process = Process::start(&mut command);
    until_status(listen, 200).await;
    let read = || std::fs::read_to_string(stage.folder().join("log")).expect("the log");
    let began = Instant::now();
    while !read().contains("the sign of life does not arrive") {
        assert!(began.elapsed() < Duration::from_secs(30), "never said:\n{}", read());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(process.terminate(), Some(0));
    assert!(
        !read().contains("4f1c-secret"),
        "{}",
        read().lines().find(|l| l.contains("4f1c")).unwrap_or_default()
    );
    stage.finish().await;
}
