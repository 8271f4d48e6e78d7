//! A small client that sends what an SDK would, and a clock that stands still until it is told to move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_sandbox::aws::{Aws, AwsOptions, Timing};
use serde_json::Value;

/// The sandbox with a clock and a client for it.
pub(crate) struct Lab {
    pub(crate) aws: Aws,
    http: reqwest::Client,
    seconds: Arc<AtomicI64>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) error_type: Option<String>,
}

const EPOCH: &str = "2026-11-22T09:00:00Z";

pub(crate) fn start_of_time() -> DateTime<Utc> {
    EPOCH.parse().unwrap()
}

impl Lab {
    /// The reference network, with realistic durations.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The reference network, where everything happens by the next call.
    pub(crate) async fn instant() -> Self {
        Self::with(|options| options.timing = Timing::instant()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut AwsOptions)) -> Self {
        let seconds = Arc::new(AtomicI64::new(0));
        let clock = seconds.clone();
        let now = move || start_of_time() + TimeDelta::milliseconds(clock.load(Ordering::SeqCst));
        let mut options = AwsOptions::new(Arc::new(now));
        change(&mut options);
        let aws = Aws::start(options).await.unwrap();
        Self { aws, http: reqwest::Client::new(), seconds }
    }

    /// Lets the world's time pass.
    pub(crate) fn pass(&self, time: Duration) {
        self.seconds.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn pass_secs(&self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// A request of a query-protocol service, before it is sent.
    pub(crate) fn request(
        &self,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> reqwest::RequestBuilder {
        let version = match service {
            "ec2" => "2016-11-15",
            "iam" => "2010-05-08",
            _ => "2011-06-15",
        };
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Version", version).extend_pairs(parameters);
        self.signed(service).header("content-type", "application/x-www-form-urlencoded").body(form.finish())
    }

    pub(crate) fn signed(&self, service: &str) -> reqwest::RequestBuilder {
        self.signed_at(service, reqwest::Method::POST, "/")
    }

    fn signed_at(&self, service: &str, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let scope = format!("AKIDEXAMPLE/20261122/ap-northeast-2/{service}/aws4_request");
        self.http.request(method, format!("{}{path}", self.aws.url())).header(
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0"),
        )
    }

    pub(crate) async fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Reply {
        send(self.request("ec2", action, parameters)).await.unwrap()
    }

    pub(crate) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Reply {
        send(self.request("iam", action, parameters)).await.unwrap()
    }

    pub(crate) async fn json(&self, service: &str, target: &str, body: Value) -> Reply {
        let request = self.signed(service).header("content-type", "application/x-amz-json-1.1");
        send(request.header("x-amz-target", target).body(body.to_string())).await.unwrap()
    }

    /// A request of the Scheduler, before it is sent.
    pub(crate) fn scheduler_request(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::RequestBuilder {
        let request = self.signed_at("scheduler", method.parse().unwrap(), path);
        match body {
            None => request,
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
        }
    }

    pub(crate) async fn scheduler(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        send(self.scheduler_request(method, path, body)).await.unwrap()
    }

    pub(crate) async fn ssm(&self, operation: &str, body: Value) -> Reply {
        self.json("ssm", &format!("AmazonSSM.{operation}"), body).await
    }

    /// The states of everything of that kind.
    pub(crate) fn states(&self, kind: &str) -> Vec<String> {
        let items = self.aws.inventory().into_iter().filter(|item| item.kind == kind);
        items.map(|item| item.state).collect()
    }

    /// The id of the one thing of a Describe call that has this name.
    pub(crate) async fn id(&self, action: &str, element: &str, name: &str) -> String {
        let filter = [("Filter.1.Name", "tag:Name"), ("Filter.1.Value.1", name)];
        self.ec2(action, &filter).await.ok().first(element)
    }

    pub(crate) async fn subnet(&self, name: &str) -> String {
        self.id("DescribeSubnets", "subnetId", name).await
    }

    pub(crate) async fn group(&self, name: &str) -> String {
        self.id("DescribeSecurityGroups", "groupId", name).await
    }

    pub(crate) async fn route_table(&self, name: &str) -> String {
        self.id("DescribeRouteTables", "routeTableId", name).await
    }

    pub(crate) async fn vpc(&self) -> String {
        self.id("DescribeVpcs", "vpcId", "My-VPC").await
    }

    /// An address that the bot would have allocated.
    pub(crate) async fn address(&self) -> String {
        let tags = tagged("elastic-ip", "My-NAT");
        self.ec2("AllocateAddress", &with(&tags, &[("Domain", "vpc")])).await.ok().first("allocationId")
    }

    /// A gateway that the bot would have made, still pending.
    pub(crate) async fn gateway(&self, address: &str) -> String {
        let subnet = self.subnet("my-subnet-public01").await;
        let tags = tagged("natgateway", "My-NAT");
        let place = [("SubnetId", subnet.as_str()), ("AllocationId", address)];
        self.ec2("CreateNatGateway", &with(&tags, &place)).await.ok().first("natGatewayId")
    }

    pub(crate) async fn gateway_state(&self, id: &str) -> String {
        self.ec2("DescribeNatGateways", &[("NatGatewayId.1", id)]).await.ok().first("state")
    }
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(request: reqwest::RequestBuilder) -> reqwest::Result<Reply> {
    let response = request.send().await?;
    let error_type =
        response.headers().get("x-amzn-errortype").map(|value| value.to_str().unwrap().to_owned());
    Ok(Reply { status: response.status().as_u16(), error_type, body: response.text().await? })
}

/// The tags of something the bot makes.
pub(crate) fn tagged<'a>(kind: &'a str, name: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("TagSpecification.1.ResourceType", kind),
        ("TagSpecification.1.Tag.1.Key", "ManagedBy"),
        ("TagSpecification.1.Tag.1.Value", "doorman"),
        ("TagSpecification.1.Tag.2.Key", "Name"),
        ("TagSpecification.1.Tag.2.Value", name),
    ]
}

/// Both lists of parameters.
pub(crate) fn with<'a>(some: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [some, more].concat()
}

impl Reply {
    /// This answer, which must be a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// The error code of this answer, which must not be a success.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        assert_ne!(self.status, 200, "{}", self.body);
        match &self.error_type {
            Some(code) => code.clone(),
            None => self.first("Code"),
        }
    }

    /// The texts of all elements of that name that have no children.
    pub(crate) fn all(&self, element: &str) -> Vec<String> {
        let open = format!("<{element}>");
        let parts = self.body.split(&open).skip(1).map(|part| part.split('<').next().unwrap_or_default());
        parts.map(str::to_owned).collect()
    }

    /// The text of the first element of that name.
    #[track_caller]
    pub(crate) fn first(&self, element: &str) -> String {
        self.all(element).into_iter().next().unwrap_or_else(|| panic!("no <{element}> in {}", self.body))
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}
