//! Counts and traces every request that goes to AWS.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tracing::debug;

use super::failure;
use crate::failure::FailureKind;

/// Requests by operation; clones count together. Installed in every client as an interceptor.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    by_operation: Arc<Mutex<BTreeMap<String, u64>>>,
    answered: Family<Answer, Counter>,
}

/// What a request came to. Both labels have few values: operations that are called, and the words of [`result`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    operation: String,
    result: &'static str,
}

impl Calls {
    /// Has the requests among the metrics.
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Requests sent to AWS, retries included, by operation and what they came to";
        registry.register("aws_calls", help, self.answered.clone());
    }

    /// Requests of all operations.
    pub(super) fn total(&self) -> u64 {
        self.lock().values().sum()
    }

    /// Requests by operation.
    pub(super) fn by_operation(&self) -> BTreeMap<String, u64> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.by_operation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When an operation began.
#[derive(Debug)]
struct Began(Instant);

impl Storable for Began {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "doorman::Calls"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Began(Instant::now()));
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        *self.lock().entry(operation(bag).to_owned()).or_default() += 1;
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let result = match context.output_or_error() {
            Some(Ok(_)) => "ok",
            Some(Err(error)) => result(error, context.response()),
            None => "lost",
        };
        self.answered.get_or_create(&Answer { operation: operation(bag).to_owned(), result }).inc();
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let took = bag.load::<Began>().map(|began| began.0.elapsed()).unwrap_or_default();
        let ok = matches!(context.output_or_error(), Some(Ok(_)));
        debug!(aws.operation = operation(bag), aws.duration_ms = took.as_millis(), aws.ok = ok, "called AWS");
        Ok(())
    }
}

fn operation(bag: &ConfigBag) -> &str {
    bag.load::<Metadata>().map_or("unknown", Metadata::name)
}

/// What a failed request came to, in a word.
fn result<E>(error: &OrchestratorError<E>, response: Option<&HttpResponse>) -> &'static str {
    if error.is_timeout_error() {
        return "timeout";
    }
    let Some(response) = response else {
        return if error.is_connector_error() { "unreachable" } else { "unsent" };
    };
    let status = response.status().as_u16();
    let code = code(response);
    let code = code.as_deref().unwrap_or_default();
    match failure::by_code(code) {
        Some(FailureKind::Throttled) => "throttled",
        Some(FailureKind::NotYet) => "not_yet",
        Some(FailureKind::Quota) => "quota",
        Some(FailureKind::NoCapacity) => "no_capacity",
        Some(FailureKind::Credentials) => "credentials",
        Some(FailureKind::Clock { .. }) => "clock",
        Some(FailureKind::AccessDenied) => "access_denied",
        Some(FailureKind::Refused | FailureKind::Unknown | FailureKind::Away) | None => match status {
            _ if code.ends_with("NotFound") || code == "NoSuchEntity" => "not_found",
            200..=299 => "unreadable",
            429 => "throttled",
            500..=599 => "away",
            _ => "refused",
        },
    }
}

/// AWS's error code, where each of its protocols has it: `<Code>` in XML (EC2, IAM, STS), a header or `__type` in
/// JSON (Systems Manager, Scheduler, Service Quotas).
pub(super) fn code(response: &HttpResponse) -> Option<String> {
    // Some add the address of an explanation after a colon, and some the name of their shapes before a hash.
    let bare = |code: &str| {
        let code = code.rsplit_once('#').map_or(code, |(_, code)| code);
        code.split(':').next().unwrap_or_default().trim().to_owned()
    };
    if let Some(header) = response.headers().get("x-amzn-errortype") {
        return Some(bare(header));
    }
    let body = std::str::from_utf8(response.body().bytes()?).ok()?;
    if let Some((_, rest)) = body.split_once("<Code>") {
        return rest.split_once("</Code>").map(|(code, _)| code.trim().to_owned());
    }
    let json: serde_json::Value = serde_json::from_str(body).ok()?;
    json["__type"].as_str().map(bare)
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn response(status: u16, header: Option<&'static str>, body: &str) -> HttpResponse {
        let status = StatusCode::try_from(status).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        if let Some(header) = header {
            response.headers_mut().insert("x-amzn-errortype", header);
        }
        response
    }

    #[test]
    fn a_refusal_is_told_by_its_code_in_every_protocol_and_else_by_its_status() {
        let xml =
            |code: &str| format!("<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>");
        let json = r#"{"__type":"com.amazonaws.ssm#ThrottlingException","message":"x"}"#.to_owned();
        for (status, header, body, expected) in [
            (503, None, xml("RequestLimitExceeded"), "throttled"),
            (400, None, xml("AddressLimitExceeded"), "quota"),
            (403, None, xml("UnauthorizedOperation"), "access_denied"),
            (400, None, xml("InvalidAllocationID.NotFound"), "not_found"),
            (400, None, xml("InvalidParameterValue"), "refused"),
            (500, None, xml("InternalError"), "away"),
            (400, None, json, "throttled"),
            (403, Some("AccessDeniedException:http://internal/"), String::new(), "access_denied"),
            (502, None, "<html>Bad Gateway</html>".to_owned(), "away"),
            (200, None, "<cut".to_owned(), "unreadable"),
        ] {
            let error = OrchestratorError::<()>::operation(());
            let response = response(status, header, &body);
            assert_eq!(result(&error, Some(&response)), expected, "{status} {header:?} {body}");
        }
    }

    #[test]
    fn without_an_answer_it_is_told_how_far_it_got() {
        let timeout = OrchestratorError::<()>::timeout("late".into());
        assert_eq!(result(&timeout, Some(&response(200, None, ""))), "timeout");
        assert_eq!(result(&OrchestratorError::<()>::other("no credentials"), None), "unsent");
    }
}
