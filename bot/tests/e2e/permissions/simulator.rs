//! `@cloud-copilot/iam-simulate`, an evaluator of IAM policies that nobody here wrote, with AWS's own list of actions,
//! resources and condition keys. It is run by Node as a program of its own.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use doorman_sandbox::aws::Demand;
use serde::Deserialize;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// The folder with the `node_modules` that it is in.
const FOLDER: &str = "DOORMAN_IAM_SIMULATE";
/// `1`: what a test needs is there, or the test fails.
const REQUIRE_TOOLS: &str = "DOORMAN_REQUIRE_TOOLS";
/// How to get it.
const INSTALL: &str = "install it with `npm install @cloud-copilot/iam-simulate@0.1.173` and set DOORMAN_IAM_SIMULATE to that folder";

/// Where it is.
pub(super) struct Simulator {
    folder: PathBuf,
}

/// What it says of one demand.
#[derive(Debug, Deserialize)]
pub(super) struct Judged {
    /// Whether it is allowed.
    pub(super) allowed: bool,
    /// Why it cannot be judged: no such action, resource or key, as it says.
    pub(super) errors: Vec<String>,
}

impl Simulator {
    /// `None`, said loudly: it is not here.
    pub(super) fn found() -> Option<Simulator> {
        match std::env::var_os(FOLDER) {
            Some(folder) => Some(Simulator { folder: folder.into() }),
            None => {
                assert!(
                    std::env::var(REQUIRE_TOOLS).as_deref() != Ok("1"),
                    "iam-simulate is not here; {INSTALL}"
                );
                // Written past the capturing of the test runner, which hides what passing tests print.
                _ = writeln!(io::stderr(), "SKIPPED: the second opinion on the policies: {INSTALL}");
                None
            }
        }
    }

    /// What it says of each demand under these policies, in their order.
    pub(super) async fn judge(&self, policies: &[String], demands: &[&Demand]) -> Vec<Judged> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/permissions/judge.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .env(FOLDER, &self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node is there");
        let asked = json!({ "policies": policies, "demands": demands }).to_string();
        let mut input = process.stdin.take().expect("a pipe");
        // It reads everything before it writes anything.
        input.write_all(asked.as_bytes()).await.expect("written");
        drop(input);
        let output = process.wait_with_output().await.expect("it ends");
        assert!(output.status.success(), "{INSTALL}");
        serde_json::from_slice(&output.stdout).expect("a verdict for each")
    }
}
