//! The program itself: its commands, its exit codes, its signals.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use doorman_cloud::clock::Clock;
use doorman_stage::program::{Process, command};
use doorman_stage::{Stage, Time};

use crate::{DOORMAN, SHORT_WINDOWS};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn settings_with_five_mistakes_are_five_lines_and_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = "[discord]\nguild_id = \"12\"\nlocale = \"fr\"\n\
                    [stack.nat]\ndefault = \"30mm\"\n\
                    [reports]\ntimezone = \"Asia/Soul\"\n\
                    [[policy.grant]]\nrole_id = \"1180000000000000005\"\nverbs = [\"stauts\"]\n";
    std::fs::write(file.path(), settings).unwrap();
    let output = command(DOORMAN).arg("--config").arg(file.path()).output().unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for path in ["discord.guild_id", "discord.locale", "stack.nat.default", "reports.timezone", "verbs[0]"] {
        assert!(text.contains(path), "{path} is missing in:\n{text}");
    }
}

#[test]
fn no_token_is_one_sentence_and_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = "[discord]\nguild_id = \"1180000000000000001\"\nchannel_id = \"1180000000000000002\"\n\
                    [[policy.grant]]\nrole_id = \"1180000000000000005\"\nverbs = [\"status\"]\n";
    std::fs::write(file.path(), settings).unwrap();
    let output = command(DOORMAN).args(["run", "--config"]).arg(file.path()).output().unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("DISCORD_TOKEN"), "{text}");
}

#[test]
fn an_empty_endpoint_is_a_sentence_and_no_panic() {
    for verb in ["run", "check"] {
        let output = command(DOORMAN).arg(verb).env("AWS_ENDPOINT_URL", "").output().unwrap();
        let text = text(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("AWS_ENDPOINT_URL is set to nothing"), "{text}");
    }
}

#[test]
#[cfg(unix)]
fn the_demo_serves_its_page_and_ends_on_sigterm() {
    let mut demo =
        Process::start(command(DOORMAN).args(["demo", "--listen", "127.0.0.1:0"]).stderr(Stdio::null()));
    let line = demo.line();
    let host = line.trim().strip_prefix("doorman demo: http://").expect("its address");
    let mut connection = std::net::TcpStream::connect(host).unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    std::io::Write::write_all(&mut connection, request.as_bytes()).unwrap();
    let page = std::io::read_to_string(connection).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");

    let began = Instant::now();
    assert_eq!(demo.terminate(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_closed_on_time_though_the_process_was_killed_while_it_was_open() {
    let stage = Stage::builder().time(Time::Machine(50.0)).program(DOORMAN).more_settings(SHORT_WINDOWS);
    let mut stage = stage.set().await;
    let asked = Clock::system().now();
    stage.says_briefly("operator", "/nat open").await;
    let end = stage.until_of(&stage.posted("The NAT window is open").await);
    // By the settings a window takes 25 seconds; its end is a whole second, and it begins a moment after it was asked for.
    assert!((TimeDelta::seconds(24)..TimeDelta::seconds(30)).contains(&(end - asked)), "{}", end - asked);
    stage.kill_bot().await;

    stage.start_bot().await;
    stage.posted("Nothing keeps billing").await;
    // What deleting a gateway and releasing its address takes at that speed.
    let late = Clock::system().now() - end;
    assert!((TimeDelta::zero()..TimeDelta::seconds(15)).contains(&late), "{late}");
    assert_eq!(stage.billing(), Vec::<String>::new());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(unix)]
async fn systemd_is_told_that_it_has_begun_that_it_goes_on_and_that_it_ends() {
    let stage = Stage::builder().time(Time::Machine(1.0)).program(DOORMAN).set_without_bot().await;
    let path = stage.folder().join("notify");
    let socket = tokio::net::UnixDatagram::bind(&path).expect("a socket");
    let mut command = stage.command(&["run"]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "1500000").stderr(Stdio::null());
    let mut bot = Process::start(&mut command);
    let told = async |words: &str| {
        let mut buffer = [0; 4096];
        let listening = async {
            loop {
                let length = socket.recv(&mut buffer).await.expect("a datagram");
                let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if said.lines().any(|line| line == words) {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), listening).await.expect(words);
    };
    told("READY=1").await;
    let began = Instant::now();
    for _ in 0..4 {
        told("WATCHDOG=1").await;
    }
    assert!(began.elapsed() >= Duration::from_secs(1), "a third of the time between two of them");
    told("STATUS=well; windows open: 0").await;
    let (ended, _) = tokio::join!(tokio::task::spawn_blocking(move || bot.terminate()), told("STOPPING=1"));
    assert_eq!(ended.expect("no panic"), Some(0));
    stage.finish().await;
}
