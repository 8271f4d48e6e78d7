//! From an HTTP request to "this operation of that service, with these parameters".

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, Uri};
use serde_json::Value;

use super::refusal::{Answer, Refusal};
use super::rest::{self, Route};
use super::scheduler;

/// The services of the sandbox, each with the protocol it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Ec2,
    Iam,
    Sts,
    Ssm,
    Quotas,
    Scheduler,
}

/// How a service is spoken to.
enum Protocol {
    /// The query protocols; calls must name this version.
    Query { version: &'static str },
    /// awsJson 1.1; this comes before the operation in `X-Amz-Target`.
    Json { target: &'static str },
    /// REST-JSON.
    Rest { routes: &'static [Route] },
}

impl Service {
    const ALL: [Service; 6] =
        [Service::Ec2, Service::Iam, Service::Sts, Service::Ssm, Service::Quotas, Service::Scheduler];

    /// The name it has in signatures.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Service::Ec2 => "ec2",
            Service::Iam => "iam",
            Service::Sts => "sts",
            Service::Ssm => "ssm",
            Service::Quotas => "servicequotas",
            Service::Scheduler => "scheduler",
        }
    }

    fn protocol(self) -> Protocol {
        match self {
            Service::Ec2 => Protocol::Query { version: "2016-11-15" },
            Service::Iam => Protocol::Query { version: "2010-05-08" },
            Service::Sts => Protocol::Query { version: "2011-06-15" },
            Service::Ssm => Protocol::Json { target: "AmazonSSM" },
            Service::Quotas => Protocol::Json { target: "ServiceQuotasV20190624" },
            Service::Scheduler => Protocol::Rest { routes: scheduler::ROUTES },
        }
    }

    /// IAM and STS answer for every region; the others live in one.
    pub(crate) fn regional(self) -> bool {
        !matches!(self, Service::Iam | Service::Sts)
    }
}

/// A call, understood as far as any service needs it.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) service: Service,
    pub(crate) operation: String,
    /// Who signed it. Signatures are not checked: the sandbox knows no secrets.
    pub(crate) access_key: String,
    /// For which region.
    pub(crate) region: String,
    pub(crate) body: Body,
}

/// The parameters, by protocol.
#[derive(Debug)]
pub(crate) enum Body {
    Query(BTreeMap<String, String>),
    Json(Value),
}

/// A request that is no call of any service, and the shape in which to say so.
pub(crate) struct NotACall {
    pub(crate) service: Service,
    pub(crate) refusal: Refusal,
}

impl Request {
    /// Reads a request.
    pub(crate) fn read(
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Self, NotACall> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some(scope) = Scope::read(header("authorization")) else {
            let refusal =
                Refusal::new("MissingAuthenticationToken", "Missing Authentication Token").status(403);
            return Err(NotACall { service: Service::Ec2, refusal });
        };
        let Some(service) = Service::ALL.into_iter().find(|service| service.name() == scope.service) else {
            let message = format!("The sandbox has no service {}.", scope.service);
            return Err(NotACall { service: Service::Ec2, refusal: Refusal::new("UnknownService", message) });
        };
        let refuse = |refusal| NotACall { service, refusal };
        if !is_region(scope.region) {
            let message = format!("Credential should be scoped to a valid region, not '{}'.", scope.region);
            return Err(refuse(Refusal::new("SignatureDoesNotMatch", message).status(403)));
        }
        let (operation, body) = match service.protocol() {
            Protocol::Query { version } => read_query(version, header("content-type"), body),
            Protocol::Json { target } => {
                read_json(target, header("x-amz-target"), header("content-type"), body)
            }
            Protocol::Rest { routes } => rest::read(routes, method, uri, header("content-type"), body),
        }
        .map_err(refuse)?;
        let (access_key, region) = (scope.access_key.to_owned(), scope.region.to_owned());
        Ok(Self { service, operation, access_key, region, body })
    }
}

/// Whether that is how AWS names its regions: `ap-northeast-2`, `us-gov-west-1`.
fn is_region(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let words = |parts: &[&str]| parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_lowercase()));
    parts.len() >= 3 && words(&parts[..parts.len() - 1]) && parts[parts.len() - 1].parse::<u8>().is_ok()
}

fn read_query(expected_version: &str, content_type: &str, body: &[u8]) -> Answer<(String, Body)> {
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        return Err(Refusal::new("InvalidRequest", "The body must be application/x-www-form-urlencoded."));
    }
    let mut values: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let action =
        values.remove("Action").ok_or_else(|| Refusal::new("MissingAction", "The request has no Action."))?;
    let version = values.remove("Version").unwrap_or_default();
    if version != expected_version {
        let message = format!("The action {action} is not valid for version {version}.");
        return Err(Refusal::new("InvalidAction", message));
    }
    Ok((action, Body::Query(values)))
}

fn read_json(prefix: &str, target: &str, content_type: &str, body: &[u8]) -> Answer<(String, Body)> {
    let unknown = || Refusal::new("UnknownOperationException", format!("There is no operation '{target}'."));
    let operation =
        target.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')).ok_or_else(unknown)?;
    if content_type != "application/x-amz-json-1.1" {
        return Err(Refusal::new("SerializationException", "The body must be application/x-amz-json-1.1."));
    }
    let value = serde_json::from_slice(body)
        .map_err(|error| Refusal::new("SerializationException", format!("The body is not JSON: {error}")))?;
    Ok((operation.to_owned(), Body::Json(value)))
}

/// The part of a version 4 signature that says who, where and what for.
struct Scope<'a> {
    access_key: &'a str,
    region: &'a str,
    service: &'a str,
}

impl<'a> Scope<'a> {
    fn read(authorization: &'a str) -> Option<Self> {
        let credential = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?.split_once("Credential=")?.1;
        let mut parts = credential.split([',', ' ']).next()?.split('/');
        let access_key = parts.next()?;
        let _date = parts.next()?;
        Some(Self { access_key, region: parts.next()?, service: parts.next()? })
    }
}
