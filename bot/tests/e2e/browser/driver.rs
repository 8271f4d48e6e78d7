//! A headless Chromium, driven by the W3C WebDriver protocol (<https://www.w3.org/TR/webdriver2/>).
//!
//! Half a dozen commands over plain HTTP. The client crates for it bring features into shared
//! dependencies by which the AWS SDK would be compiled twice, once with and once without tests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// How long anything on the page may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between looks at the page.
const LOOK: Duration = Duration::from_millis(100);

/// How long a page may take on a line that is slow on purpose.
const SLOW_PATIENCE: Duration = Duration::from_secs(120);

/// Whose browser it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// What it likes to read, best first, as browsers list it.
    pub(crate) languages: &'static str,
    /// Its width and height in CSS pixels when it is a phone.
    pub(crate) phone: Option<(u32, u32)>,
    /// The IANA name of the time zone of its machine.
    pub(crate) zone: &'static str,
}

impl Default for Look {
    fn default() -> Look {
        Look { languages: "en-US,en", phone: None, zone: "Asia/Seoul" }
    }
}

pub(crate) struct Browser {
    driver: Child,
    client: reqwest::Client,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A new browser with an empty profile; `None`, said loudly, where there is none to start.
    pub(crate) async fn start() -> Option<Browser> {
        Browser::of(Look::default()).await
    }

    /// The same of somebody else's.
    pub(crate) async fn of(look: Look) -> Option<Browser> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .env("TZ", look.zone)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = match started {
            Ok(driver) => driver,
            Err(error) => {
                let why = format!("no chromedriver ({error}); apt-get install chromium chromium-driver");
                assert!(std::env::var_os("DOORMAN_REQUIRE_TOOLS").is_none(), "{why}");
                // Past the test runner's capturing, so that a skipped test is seen in a passing run.
                _ = std::fs::write("/dev/stderr", format!("SKIPPED: the browser test: {why}\n"));
                return None;
            }
        };
        let lines = BufReader::new(driver.stdout.take().expect("piped")).lines();
        let mut ports = lines.map_while(Result::ok).filter_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        let base = format!("http://127.0.0.1:{}", ports.next().expect("it says its port"));
        let profile = tempfile::tempdir().expect("a folder");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1360,1180",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let mut options = json!({ "args": args, "prefs": { "intl.accept_languages": look.languages } });
        if let Some((width, height)) = look.phone {
            let metrics = json!({ "width": width, "height": height, "pixelRatio": 2.0, "touch": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let made = post(&client, &format!("{base}/session"), &wanted).await;
        let session = made["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {made}"));
        let session = format!("{base}/session/{session}");
        Some(Browser { driver, client, session, _profile: profile })
    }

    async fn command(&self, path: &str, body: Value) -> Value {
        post(&self.client, &format!("{}/{path}", self.session), &body).await
    }

    pub(crate) async fn open(&self, address: &str) {
        self.command("url", json!({ "url": address })).await;
    }

    /// From now on every request takes so long before anything comes back.
    pub(crate) async fn slow_line(&self, latency: Duration) {
        let conditions = json!({
            "offline": false, "latency": latency.as_millis(), "download_throughput": -1, "upload_throughput": -1,
        });
        self.command("chromium/network_conditions", json!({ "network_conditions": conditions })).await;
    }

    /// What the console has been told since it was last asked, in the words of the browser.
    pub(crate) async fn console(&self) -> Vec<String> {
        let entries = self.command("se/log", json!({ "type": "browser" })).await;
        let entries = entries.as_array().unwrap_or_else(|| panic!("no console: {entries}"));
        entries.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.command("refresh", json!({})).await;
    }

    /// Runs a script that calls its last argument with its answer.
    pub(crate) async fn script_async(&self, script: &str) -> Value {
        self.command("execute/async", json!({ "script": script, "args": [] })).await
    }

    /// What a script returns.
    pub(crate) async fn answer(&self, script: &str) -> Value {
        self.script(script, json!([])).await
    }

    /// Presses keys, whatever has the focus.
    pub(crate) async fn keys(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
            })
            .collect();
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.command("actions", json!({ "actions": actions })).await;
    }

    /// Presses Shift and Tab.
    pub(crate) async fn shift_tab(&self) {
        let stroke = |kind: &str, key: &str| json!({ "type": kind, "value": key });
        let strokes = [
            stroke("keyDown", "\u{e008}"),
            stroke("keyDown", "\u{e004}"),
            stroke("keyUp", "\u{e004}"),
            stroke("keyUp", "\u{e008}"),
        ];
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.command("actions", json!({ "actions": actions })).await;
    }

    /// Clicks what the selector finds first.
    pub(crate) async fn click(&self, selector: &str) {
        let found = self.element(selector).await;
        let answer = self.command(&format!("element/{found}/click"), json!({})).await;
        assert!(answer.is_null(), "{selector} cannot be clicked: {answer}");
    }

    async fn script(&self, script: &str, args: Value) -> Value {
        self.command("execute/sync", json!({ "script": script, "args": args })).await
    }

    /// Waits until an expression is true on the page.
    pub(crate) async fn wait(&self, expression: &str) {
        self.wait_for(PATIENCE, expression).await;
    }

    /// The same on a line that is slow on purpose.
    pub(crate) async fn wait_long(&self, expression: &str) {
        self.wait_for(SLOW_PATIENCE, expression).await;
    }

    async fn wait_for(&self, patience: Duration, expression: &str) {
        let looking = async {
            while self.script(&format!("return Boolean({expression})"), json!([])).await != Value::Bool(true)
            {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(patience, looking).await.is_err() {
            panic!("never on the page: {expression}\n{}", self.text("body").await);
        }
    }

    /// Waits until the channel says so.
    pub(crate) async fn sees(&self, words: &str) {
        let words = serde_json::to_string(words).expect("text");
        self.wait(&format!("document.querySelector('[data-testid=channel]').innerText.includes({words})"))
            .await;
    }

    /// What a part of the page says.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let text = self
            .script("return document.querySelector(arguments[0])?.innerText ?? ''", json!([selector]))
            .await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Types a line into the composer with real key strokes, and sends it.
    pub(crate) async fn types(&self, line: &str) {
        let composer = self.element("[data-testid=composer]").await;
        self.command(&format!("element/{composer}/value"), json!({ "text": format!("{line}\u{e007}") }))
            .await;
    }

    /// Presses the last button that says so, with a real click.
    pub(crate) async fn press(&self, label: &str) {
        let mark = "const all = [...document.querySelectorAll('[data-testid=button]')].filter(b => b.innerText.trim() === arguments[0] && !b.disabled);
                    const button = all.at(-1); if (!button) return false; button.scrollIntoView({block: 'center'}); button.id = 'to-press'; return true";
        let looking = async {
            while self.script(mark, json!([label])).await != Value::Bool(true) {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("no button {label}"));
        let button = self.element("#to-press").await;
        self.command(&format!("element/{button}/click"), json!({})).await;
    }

    /// Chooses a value of a menu.
    pub(crate) async fn choose(&self, selector: &str, value: &str) {
        let script = "const menu = document.querySelector(arguments[0]); menu.value = arguments[1];
                      menu.dispatchEvent(new Event('change', {bubbles: true})); return menu.value";
        let chosen = self.script(script, json!([selector, value])).await;
        assert_eq!(chosen, value, "{selector} has no {value}");
    }

    /// Writes what the page looks like to a file of that name in the folder `DOORMAN_SCREENSHOTS`, if it is set.
    pub(crate) async fn keep_screenshot(&self, name: &str) {
        use base64::Engine;
        let Some(folder) = std::env::var_os("DOORMAN_SCREENSHOTS") else { return };
        let address = format!("{}/screenshot", self.session);
        let answer: Value = self.client.get(address).send().await.expect("sent").json().await.expect("JSON");
        let encoded = answer["value"].as_str().expect("a picture");
        let picture = base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64");
        std::fs::write(Path::new(&folder).join(name).with_extension("png"), picture).expect("written");
    }

    async fn element(&self, selector: &str) -> String {
        let found = self.command("element", json!({ "using": "css selector", "value": selector })).await;
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        id.unwrap_or_else(|| panic!("no {selector}: {found}")).to_owned()
    }
}

impl Drop for Browser {
    /// The browser outlives a driver that is only killed, and goes on asking for its page at a port that may be
    /// somebody else's by then. It ends with the session.
    fn drop(&mut self) {
        let (host, id) =
            self.session.strip_prefix("http://").and_then(|at| at.split_once('/')).expect("a URL");
        let request = format!("DELETE /{id} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        _ = TcpStream::connect(host).and_then(|mut connection| {
            connection.set_read_timeout(Some(Duration::from_secs(10)))?;
            connection.write_all(request.as_bytes())?;
            connection.read(&mut [0; 64])
        });
        _ = self.driver.kill();
        _ = self.driver.wait();
    }
}

async fn post(client: &reqwest::Client, address: &str, body: &Value) -> Value {
    let answer =
        client.post(address).json(body).send().await.unwrap_or_else(|error| panic!("{address}: {error}"));
    let mut answer: Value = answer.json().await.unwrap_or_else(|error| panic!("{address}: {error}"));
    answer["value"].take()
}
