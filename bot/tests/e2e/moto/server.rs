//! `moto_server` as a child process, and EC2 and IAM as they are asked past the bot: in plain requests, so
//! that what is found there does not depend on the code that is tested.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::Stdio;
use std::time::Duration;

use doorman_cloud::aws;
use doorman_cloud::kinds::role::{BOUNDARY, boundary_policy};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Path of the program; without it, `moto_server` on the `PATH`.
const PROGRAM: &str = "DOORMAN_MOTO_SERVER";
/// `1`: what a test needs is there, or the test fails.
const REQUIRE_TOOLS: &str = "DOORMAN_REQUIRE_TOOLS";
/// How to get it.
const INSTALL: &str = "install it with `pip install 'moto[server]'`, or set DOORMAN_MOTO_SERVER to its path";
/// How long it may take to start: two seconds on an idle machine, and the tests never have one.
const START: Duration = Duration::from_secs(120);
/// The region of the shipped settings.
const REGION: &str = "ap-northeast-2";
const ACCESS_KEY: &str = "AKIADOORMANMOTO00000";

/// A running server with a world of its own; gone when dropped.
pub(super) struct Moto {
    url: String,
    http: reqwest::Client,
    _process: Child,
}

impl Moto {
    /// Starts one with the reference network in it. `None`, said loudly: there is no such program here.
    pub(super) async fn with_reference_network() -> Option<Moto> {
        let moto = Moto::start().await?;
        super::seed::reference_network(&moto).await;
        // What `doorman check --fix` makes, as far as a pair needs it.
        let boundary = boundary_policy().to_string();
        moto.iam("CreatePolicy", &[("PolicyName", BOUNDARY), ("PolicyDocument", &boundary)]).await;
        Some(moto)
    }

    async fn start() -> Option<Moto> {
        let named = std::env::var(PROGRAM);
        let program = named.as_deref().unwrap_or("moto_server");
        let spawned = Command::new(program)
            // It takes a free port and says which: nobody can take it in between.
            .args(["-H", "127.0.0.1", "-p", "0"])
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut process = match spawned {
            Ok(process) => process,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_err() => {
                let why = format!("{program} is not on the PATH; {INSTALL}");
                assert!(std::env::var(REQUIRE_TOOLS).as_deref() != Ok("1"), "{why}");
                // Written past the capturing of the test runner, which hides what passing tests print.
                _ = writeln!(io::stderr(), "SKIPPED: the end-to-end tests against moto: {why}");
                return None;
            }
            Err(error) => panic!("{program} cannot be started ({error}); {INSTALL}"),
        };
        let said = BufReader::new(process.stderr.take().expect("a pipe"));
        let url = tokio::time::timeout(START, address(said)).await.expect("moto_server starts");
        // On loopback whatever the machine's proxies are.
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Some(Moto { url, http, _process: process })
    }

    /// How the bot reaches it.
    pub(super) fn aws_options(&self) -> aws::Options {
        aws::Options {
            endpoint_url: Some(self.url.clone()),
            static_credentials: Some((ACCESS_KEY.to_owned(), "moto".to_owned())),
            ..aws::Options::default()
        }
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        self.url.trim_end_matches('/').to_owned()
    }

    /// A client that reaches it.
    pub(super) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// One call of EC2's Query API.
    pub(super) async fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call(&format!("{REGION}/ec2"), "2016-11-15", action, parameters).await
    }

    /// One call of IAM's Query API.
    pub(super) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call("us-east-1/iam", "2010-05-08", action, parameters).await
    }

    async fn call(&self, scope: &str, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        // moto reads the service and the region off the scope, and checks no signature.
        let scope = format!("Credential={ACCESS_KEY}/20261122/{scope}/aws4_request");
        let authorization = format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0");
        let mut form = vec![("Action", action), ("Version", version)];
        form.extend(parameters);
        let request = self.http.post(&self.url).header("Authorization", authorization).form(&form);
        let answer = request.send().await.expect("moto answers");
        let status = answer.status();
        let text = answer.text().await.expect("moto answers in full");
        assert!(status.is_success(), "{action} {parameters:?}: {status} {text}");
        Answer(text)
    }
}

/// The address on which the server says that it listens; from then on what it says is read and dropped, or it
/// would stop at a full pipe.
async fn address(mut said: BufReader<tokio::process::ChildStderr>) -> String {
    let mut all = String::new();
    loop {
        let before = all.len();
        let read = said.read_line(&mut all).await.expect("text");
        assert!(read > 0, "moto_server ended at the start:\n{all}");
        if let Some((_, url)) = all[before..].split_once("Running on ") {
            tokio::spawn(async move { tokio::io::copy(&mut said, &mut tokio::io::sink()).await });
            return url.trim().to_owned();
        }
    }
}

/// An answer in XML, of which the tests read single elements. Names of elements are asked for that occur once
/// in each thing described.
pub(super) struct Answer(String);

impl Answer {
    /// The text of every element of that name.
    pub(super) fn all(&self, element: &str) -> Vec<&str> {
        let opened = self.0.split(&format!("<{element}>")).skip(1).collect::<Vec<_>>();
        opened.into_iter().filter_map(|rest| rest.split('<').next()).map(str::trim).collect()
    }

    /// The text of the first element of that name.
    pub(super) fn one(&self, element: &str) -> String {
        let first = self.all(element).into_iter().next();
        first.unwrap_or_else(|| panic!("no {element} in {}", self.0)).to_owned()
    }

    /// Two elements of each thing described, side by side.
    pub(super) fn pairs<'a>(&'a self, one: &str, other: &str) -> Vec<(&'a str, &'a str)> {
        let (ones, others) = (self.all(one), self.all(other));
        assert_eq!(ones.len(), others.len(), "{one} and {other} in {}", self.0);
        ones.into_iter().zip(others).collect()
    }

    /// What is inside the first element of that name.
    pub(super) fn inside(&self, element: &str) -> Answer {
        let rest = self.0.split_once(&format!("<{element}>")).map(|(_, rest)| rest);
        let inside = rest.and_then(|rest| rest.split_once(&format!("</{element}>")));
        Answer(inside.unwrap_or_else(|| panic!("no {element} in {}", self.0)).0.to_owned())
    }

    /// The tags of the one thing described.
    pub(super) fn tags(&self) -> BTreeMap<String, String> {
        let set = self.inside("tagSet");
        let tags = set.pairs("key", "value").into_iter();
        tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }
}
