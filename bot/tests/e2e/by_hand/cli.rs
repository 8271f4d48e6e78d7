//! The AWS CLI (PyPI `awscli`), as somebody has it who types the lines.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use doorman_stage::Stage;
use doorman_stage::program::command;

use crate::DOORMAN;

/// Path of the program; without it, `aws` on the `PATH`.
const PROGRAM: &str = "DOORMAN_AWS_CLI";
/// `1`: what a test needs is there, or the test fails.
const REQUIRE_TOOLS: &str = "DOORMAN_REQUIRE_TOOLS";
/// How to get it.
const INSTALL: &str = "install it with `pip install awscli`, or set DOORMAN_AWS_CLI to its path";

/// Where the AWS CLI is. `None`, said loudly: there is none here.
pub(super) fn found() -> Option<Cli> {
    let named = std::env::var(PROGRAM);
    let program = named.as_deref().unwrap_or("aws");
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let runs = asked.is_ok_and(|status| status.success());
    assert!(runs || named.is_err(), "{program} cannot be run; {INSTALL}");
    if !runs {
        let why = format!("{program} is not on the PATH; {INSTALL}");
        assert!(std::env::var(REQUIRE_TOOLS).as_deref() != Ok("1"), "{why}");
        // Written past the capturing of the test runner, which hides what passing tests print.
        _ = writeln!(io::stderr(), "SKIPPED: the end-to-end tests with the AWS CLI: {why}");
        return None;
    }
    Some(Cli { program: program.into() })
}

/// The AWS CLI.
#[derive(Clone)]
pub(super) struct Cli {
    program: PathBuf,
}

impl Cli {
    /// What `doorman plan` prints with these arguments, run line by line in a shell, by whoever has the bot's credentials
    /// and nothing else.
    pub(super) async fn runs(&self, stage: &Stage, arguments: &[&str]) -> String {
        let script = printed(stage, arguments).await;
        // The program that the script calls `aws`.
        let mut path = vec![self.program.parent().expect("a folder").to_owned()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let file = stage.folder().join("by-hand.sh");
        std::fs::write(&file, &script).expect("a file");
        // None of the settings that the machine may have.
        let mut lines = command("sh");
        stage.equips_as_the_bot(&mut lines);
        lines
            .arg(&file)
            .env("PATH", std::env::join_paths(path).expect("folders"))
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null());
        let done = output(lines).await;
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}\nin\n{script}");
        script
    }
}

/// What `doorman plan` prints.
async fn printed(stage: &Stage, arguments: &[&str]) -> String {
    let (code, script, said) = plan(stage, arguments).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{script}");
    script
}

/// `doorman plan` with these arguments: its exit code, what it prints, and what it complains of.
pub(super) async fn plan(stage: &Stage, arguments: &[&str]) -> (Option<i32>, String, String) {
    let done = output(stage.program(DOORMAN, &[&["plan"], arguments].concat())).await;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}

async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("it starts")
}
