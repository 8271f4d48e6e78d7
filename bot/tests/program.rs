//! The program itself: its commands, its exit codes, its signals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn doorman() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorman"));
    for name in [
        "DISCORD_TOKEN",
        "DISCORD_TOKEN_FILE",
        "DISCORD_API_URL",
        "AWS_ENDPOINT_URL",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    command
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The demo with its address, ended when dropped.
struct Demo {
    child: Child,
    address: String,
}

impl Demo {
    fn start() -> Demo {
        let mut command = doorman();
        command
            .args(["demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("a line");
        let address = line
            .trim()
            .strip_prefix("doorman demo: ")
            .expect("the address")
            .to_owned();
        Demo { child, address }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[test]
fn settings_with_five_mistakes_are_five_lines_and_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = "[discord]\nguild_id = \"12\"\nlocale = \"fr\"\n\
                    [stack.nat]\ndefault = \"30mm\"\n\
                    [reports]\ntimezone = \"Asia/Soul\"\n\
                    [[policy.grant]]\nrole_id = \"1180000000000000005\"\nverbs = [\"stauts\"]\n";
    std::fs::write(file.path(), settings).unwrap();
    let output = doorman().arg("--config").arg(file.path()).output().unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for path in [
        "discord.guild_id",
        "discord.locale",
        "stack.nat.default",
        "reports.timezone",
        "verbs[0]",
    ] {
        assert!(text.contains(path), "{path} is missing in:\n{text}");
    }
}

#[test]
fn no_token_is_one_sentence_and_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = "[discord]\nguild_id = \"1180000000000000001\"\nchannel_id = \"1180000000000000002\"\n\
                    [[policy.grant]]\nrole_id = \"1180000000000000005\"\nverbs = [\"status\"]\n";
    std::fs::write(file.path(), settings).unwrap();
    let output = doorman()
        .args(["run", "--config"])
        .arg(file.path())
        .output()
        .unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("DISCORD_TOKEN"), "{text}");
}

#[test]
#[cfg(unix)]
fn the_demo_serves_its_page_and_ends_on_sigterm() {
    let mut demo = Demo::start();
    let host = demo.address.strip_prefix("http://").unwrap().to_owned();
    let mut connection = std::net::TcpStream::connect(&host).unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    std::io::Write::write_all(&mut connection, request.as_bytes()).unwrap();
    let page = std::io::read_to_string(connection).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");

    let began = Instant::now();
    let killed = Command::new("kill")
        .args(["-TERM", &demo.child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let status = demo.child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}
