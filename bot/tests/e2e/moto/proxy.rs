//! A proxy in front of moto that refuses, delays and drops: somebody else's reading of AWS, on a bad network.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use doorman_cloud::aws;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::server::Moto;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// AWS's own words for too many calls; moto never hears of it.
    Refused,
    /// The connection is reset before moto hears of it.
    DroppedBefore,
    /// moto does it, and the connection is reset before the answer.
    DroppedAfter,
    /// moto does it later.
    Delayed,
}

/// Longer than a call normally takes, shorter than anybody gives up.
const DELAY: Duration = Duration::from_millis(1500);
/// As EC2 says it.
const THROTTLED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error>\
    <Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors>\
    <RequestID>00000000-0000-0000-0000-000000000000</RequestID></Response>";

/// All of them, in the order in which they come by turns.
const ALL: [Fault; 4] = [Fault::Refused, Fault::DroppedBefore, Fault::DroppedAfter, Fault::Delayed];

/// Which calls go wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aim {
    /// The first so many of an operation.
    First(usize, &'static str, Fault),
    /// Every so manieth call, whatever it is, in all ways by turns.
    Every(usize),
}

/// What has happened so far.
#[derive(Debug)]
struct Course {
    aim: Aim,
    /// Calls that could have gone wrong.
    seen: usize,
    /// Calls that did.
    met: usize,
    /// Nothing gets through.
    away: bool,
}

impl Course {
    fn next(&mut self, is: impl Fn(&str) -> bool) -> Option<Fault> {
        if self.away {
            return Some(Fault::DroppedBefore);
        }
        let fault = match self.aim {
            Aim::First(times, operation, fault) if is(operation) && self.seen < times => Some(fault),
            Aim::First(..) => return None,
            Aim::Every(nth) => (self.seen + 1).is_multiple_of(nth).then(|| ALL[self.met % ALL.len()]),
        };
        self.seen += 1;
        self.met += usize::from(fault.is_some());
        fault
    }
}

/// A running proxy; gone when dropped.
pub(super) struct Proxy {
    url: String,
    course: Arc<Mutex<Course>>,
    serving: tokio::task::AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Proxy {
    /// Lets everything through but what it aims at.
    pub(super) async fn start(moto: &Moto, aim: Aim) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let course = Arc::new(Mutex::new(Course { aim, seen: 0, met: 0, away: false }));
        let relay = Relay { http: moto.http(), moto: moto.url(), course: Arc::clone(&course) };
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let relay = relay.clone();
                tokio::spawn(async move { relay.serve(stream).await });
            }
        });
        Proxy { url, course, serving: serving.abort_handle() }
    }

    /// How the bot reaches moto through it.
    pub(super) fn aws_options(&self, moto: &Moto) -> aws::Options {
        aws::Options { endpoint_url: Some(self.url.clone()), ..moto.aws_options() }
    }

    /// Lets nothing through for a while.
    pub(super) fn away(&self, away: bool) {
        self.course.lock().expect("no panic").away = away;
    }

    /// How many calls went wrong.
    pub(super) fn met(&self) -> usize {
        self.course.lock().expect("no panic").met
    }
}

#[derive(Clone)]
struct Relay {
    http: reqwest::Client,
    moto: String,
    course: Arc<Mutex<Course>>,
}

/// A request, as far as it is passed on.
struct Request {
    method: reqwest::Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Relay {
    /// One request on one connection.
    async fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        let request = read(&mut stream).await?;
        let fault = self.fault_for(&request);
        match fault {
            Some(Fault::DroppedBefore) => return stream.get_ref().set_zero_linger(),
            Some(Fault::Refused) => return answer(&mut stream, 503, "text/xml", THROTTLED.as_bytes()).await,
            Some(Fault::Delayed) => tokio::time::sleep(DELAY).await,
            Some(Fault::DroppedAfter) | None => {}
        }
        let mut passed = self.http.request(request.method, format!("{}{}", self.moto, request.path));
        for (name, value) in request.headers {
            passed = passed.header(name, value);
        }
        let answered = passed.body(request.body).send().await.map_err(io::Error::other)?;
        let status = answered.status().as_u16();
        let kind = answered.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or("application/octet-stream").to_owned();
        let body = answered.bytes().await.map_err(io::Error::other)?;
        match fault {
            Some(Fault::DroppedAfter) => stream.get_ref().set_zero_linger(),
            _ => answer(&mut stream, status, &kind, &body).await,
        }
    }

    fn fault_for(&self, request: &Request) -> Option<Fault> {
        let form = String::from_utf8_lossy(&request.body);
        let is =
            |operation: &str| form.split('&').any(|pair| pair.strip_prefix("Action=") == Some(operation));
        self.course.lock().expect("no panic").next(is)
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let method = method.parse().map_err(io::Error::other)?;
    let (path, mut headers, mut length) = (path.to_owned(), Vec::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        match name.as_str() {
            "content-length" => length = value.parse().map_err(io::Error::other)?,
            "connection" | "transfer-encoding" => {}
            _ => headers.push((name, value)),
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Request { method, path, headers, body })
}

async fn answer(stream: &mut BufReader<TcpStream>, status: u16, kind: &str, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.shutdown().await
}
