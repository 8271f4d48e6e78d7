//! What a failed call means for what comes next.
//!
//! Sources of the codes: the EC2 error reference, the common errors of the Query API, and what the
//! providers of other tools learned the hard way (a released address answers `AuthFailure` while a
//! gateway still holds it).

use std::error::Error;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use chrono::{NaiveDateTime, TimeDelta};

use crate::failure::{Failure, FailureKind, NO_CREDENTIALS};

/// Put on an answer: by how many seconds the time that the call was signed at was ahead of AWS's.
pub(super) const AHEAD: &str = "x-doorman-signed-ahead";
/// What is signed at a time that differs by more from AWS's is refused (Signature Version 4: five minutes).
const TIME_LIMIT: TimeDelta = TimeDelta::minutes(4);
/// How AWS says so whatever the code.
const TIME_REFUSED: [&str; 2] = ["Signature expired", "Signature not yet current"];
/// The codes of a signature that does not hold, for whatever reason.
const MAY_BE_TIME: [&str; 3] = ["AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException"];

/// A call, as far as its failures depend on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    operation: &'static str,
    effect: Effect,
}

/// What happens if a call is made twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Changes nothing.
    Read,
    /// The same as once: a removal, or a creation with a client token or a unique name.
    Repeatable,
    /// A second thing: a creation without a client token.
    Blind,
}

impl Call {
    /// A call that changes nothing.
    pub(crate) fn read(operation: &'static str) -> Self {
        Self { operation, effect: Effect::Read }
    }

    /// A mutation that may be repeated.
    pub(crate) fn repeatable(operation: &'static str) -> Self {
        Self { operation, effect: Effect::Repeatable }
    }

    /// A mutation that must not be repeated without a look.
    pub(crate) fn blind(operation: &'static str) -> Self {
        Self { operation, effect: Effect::Blind }
    }

    /// What its failure means.
    pub(crate) fn failed<E>(self, error: SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let message = error.message().map_or_else(|| chain(&error), str::to_owned);
        let (kind, code) = self.meaning(&error);
        Failure { operation: self.operation, kind, code, message: shortened(message) }
    }

    /// What a call about one thing answered; `None`: one of these codes says that it is not there.
    pub(crate) fn found<T, E>(
        self,
        answer: Result<T, SdkError<E, HttpResponse>>,
        gone: &[&str],
    ) -> Result<Option<T>, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match answer.map_err(|error| self.failed(error)) {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) if failure.is(gone) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    fn meaning<E>(self, error: &SdkError<E, HttpResponse>) -> (FailureKind, String)
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let Some(cause) = causes(error).find_map(|cause| cause.downcast_ref::<CredentialsError>()) {
            return without_credentials(cause);
        }
        match error {
            SdkError::ConstructionFailure(_) => (FailureKind::Refused, "ConstructionFailure".to_owned()),
            SdkError::TimeoutError(_) => (self.lost(), "Timeout".to_owned()),
            SdkError::DispatchFailure(failure) => self.undelivered(failure.as_connector_error(), error),
            SdkError::ResponseError(response) => {
                (self.by_status(response.raw().status().as_u16(), false), "UnreadableResponse".to_owned())
            }
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let code = error.code().map_or_else(|| format!("Http{status}"), str::to_owned);
                let kind = wrong_clock(service.raw(), &code, error.message().unwrap_or_default())
                    .or_else(|| by_code(&code))
                    .unwrap_or_else(|| self.by_status(status, error.code().is_some()));
                (kind, code)
            }
            _ => (self.lost(), "Unknown".to_owned()),
        }
    }

    /// A failure of a call that was answered with success.
    pub(crate) fn refused(self, code: &str, message: &str) -> Failure {
        Failure {
            operation: self.operation,
            kind: by_code(code).unwrap_or(FailureKind::Refused),
            code: code.to_owned(),
            message: shortened(message.to_owned()),
        }
    }

    /// The request went out and no answer came back.
    fn lost(self) -> FailureKind {
        match self.effect {
            Effect::Read => FailureKind::Away,
            Effect::Repeatable | Effect::Blind => FailureKind::Unknown,
        }
    }

    /// The connection failed, before or after the request went out.
    fn undelivered(
        self,
        connector: Option<&ConnectorError>,
        error: &(dyn Error + 'static),
    ) -> (FailureKind, String) {
        if connector.is_some_and(ConnectorError::is_user) {
            (FailureKind::Refused, "InvalidRequest".to_owned())
        } else if never_connected(error) {
            (FailureKind::Away, "ConnectionFailed".to_owned())
        } else {
            (self.lost(), "ConnectionLost".to_owned())
        }
    }

    /// AWS had an internal error, or something before it did.
    fn broken(self) -> FailureKind {
        match self.effect {
            Effect::Read | Effect::Repeatable => FailureKind::Away,
            Effect::Blind => FailureKind::Unknown,
        }
    }

    fn by_status(self, status: u16, has_code: bool) -> FailureKind {
        match status {
            // It was done, and the answer cannot be read: cut off, a proxy's, a captive portal's.
            200..=299 => self.lost(),
            429 => FailureKind::Throttled,
            500..=599 => self.broken(),
            // Refused in AWS's own words is final; by somebody in between it may not be.
            _ if has_code => FailureKind::Refused,
            _ => FailureKind::Away,
        }
    }
}

/// What an error code means whatever the call; `None`: nothing special.
pub(crate) fn by_code(code: &str) -> Option<FailureKind> {
    let kind = match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "EC2ThrottledException"
        | "BandwidthLimitExceeded"
        | "SlowDown"
        | "PriorRequestNotComplete" => FailureKind::Throttled,

        "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => FailureKind::Credentials,

        "RequestExpired" | "RequestTimeTooSkewed" | "RequestInTheFuture" => FailureKind::Clock { ahead_s: 0 },

        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" | "NotAuthorized" => {
            FailureKind::AccessDenied
        }

        // Somebody else's change is being made at the same moment.
        "ConcurrentModification"
        | "ConcurrentModificationException"
        | "EntityTemporarilyUnmodifiable"
        | "ConcurrentTagAccess"
        | "OperationNotPermitted.InProgress"
        | "ResourceInUse.InProgress" => FailureKind::NotYet,

        "LimitExceeded"
        | "LimitExceededException"
        | "MaxSpotInstanceCountExceeded"
        | "ServiceQuotaExceededException" => FailureKind::Quota,
        code if code.ends_with("LimitExceeded") => FailureKind::Quota,

        code if code.starts_with("Insufficient") && code.ends_with("Capacity") => FailureKind::NoCapacity,
        _ => return None,
    };
    Some(kind)
}

/// Whether a call was refused for the time that it was signed at, which AWS says in the code, in the message, or not at
/// all: then its own time is.
fn wrong_clock(response: &HttpResponse, code: &str, message: &str) -> Option<FailureKind> {
    let by_date = response.headers().get(AHEAD).and_then(|ahead| ahead.parse().ok()).unwrap_or_default();
    let by_date = TimeDelta::seconds(by_date);
    let far = by_date.abs() >= TIME_LIMIT;
    let said = by_code(code).is_some_and(|kind| matches!(kind, FailureKind::Clock { .. }))
        || TIME_REFUSED.iter().any(|words| message.contains(words));
    if !(said || far && MAY_BE_TIME.contains(&code)) {
        return None;
    }
    let ahead = if far { by_date } else { ahead_in(message).unwrap_or_default() };
    Some(FailureKind::Clock { ahead_s: ahead.num_seconds() })
}

/// By how much a signature was ahead of AWS's time, from a message such as `Signature expired: 20261122T030000Z is now
/// earlier than 20261122T035500Z (20261122T040000Z - 5 min.)`.
fn ahead_in(message: &str) -> Option<TimeDelta> {
    let read = |word: &str| {
        let stamp = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%M%SZ").ok()
    };
    let times: Vec<NaiveDateTime> = message.split_whitespace().filter_map(read).collect();
    Some(*times.first()? - *times.get(2)?)
}

impl Failure {
    /// Whether AWS gave one of these codes.
    pub(crate) fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str())
    }

    /// The same failure, if it gave one of these codes, as one that passes by itself.
    pub(crate) fn not_yet_if(mut self, codes: &[&str]) -> Self {
        if self.is(codes) {
            self.kind = FailureKind::NotYet;
        }
        self
    }
}

/// The call was never made, because it could not be signed. A provider of credentials that is out of reach for a
/// moment is not the same as credentials that are missing or refused.
fn without_credentials(error: &CredentialsError) -> (FailureKind, String) {
    let kind = match error {
        CredentialsError::ProviderTimedOut(_) => FailureKind::Away,
        CredentialsError::ProviderError(_) => provider_failure(error),
        _ => FailureKind::Credentials,
    };
    (kind, NO_CREDENTIALS.to_owned())
}

fn provider_failure(error: &CredentialsError) -> FailureKind {
    let assuming =
        causes(error).find_map(|cause| cause.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>());
    match assuming.map(|error| Call::read("AssumeRole").meaning(error).0) {
        Some(kind) if kind.passes() => kind,
        None if causes(error).any(|cause| cause.is::<ConnectorError>()) => FailureKind::Away,
        Some(_) | None => FailureKind::Credentials,
    }
}

/// Whether the failure came before a connection stood, so that the request cannot have had any effect.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| {
            matches!(
                e.kind(),
                io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::AddrNotAvailable
            )
        }) || {
            // The connector's own types are private to the SDK. Its words for opening a connection, looking
            // up the name and the time limit on both are these; a change of them makes an `Away` an
            // `Unknown`, no worse.
            let words = cause.to_string();
            words.contains("(Connect)") || words.contains("HTTP connect") || words.contains("dns error")
        }
    })
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// What an error says, with what it was caused by.
fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Without the encoded authorization context, which is long and of no use in a log.
fn shortened(mut message: String) -> String {
    if let Some(at) = message.find("Encoded authorization failure message") {
        message.truncate(at);
    }
    message.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_the_references_say() {
        let table: [(FailureKind, &[&str]); 7] = [
            (
                FailureKind::Throttled,
                &["Throttling", "ThrottlingException", "RequestLimitExceeded", "EC2ThrottledException"],
            ),
            (
                FailureKind::Credentials,
                &[
                    "AuthFailure",
                    "ExpiredToken",
                    "ExpiredTokenException",
                    "InvalidClientTokenId",
                    "UnrecognizedClientException",
                    "SignatureDoesNotMatch",
                ],
            ),
            (FailureKind::Clock { ahead_s: 0 }, &["RequestExpired", "RequestTimeTooSkewed"]),
            (FailureKind::AccessDenied, &["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"]),
            (
                FailureKind::Quota,
                &[
                    "AddressLimitExceeded",
                    "NatGatewayLimitExceeded",
                    "VpcEndpointLimitExceeded",
                    "RulesPerSecurityGroupLimitExceeded",
                    "InstanceLimitExceeded",
                    "VcpuLimitExceeded",
                    "MaxSpotInstanceCountExceeded",
                    "LimitExceeded",
                ],
            ),
            (FailureKind::NoCapacity, &["InsufficientInstanceCapacity", "InsufficientAddressCapacity"]),
            (FailureKind::NotYet, &["ConcurrentModification", "EntityTemporarilyUnmodifiable"]),
        ];
        for (kind, codes) in table {
            for code in codes {
                assert_eq!(by_code(code), Some(kind), "{code}");
            }
        }
        for code in ["InvalidParameterValue", "DryRunOperation", "InvalidAMIID.NotFound", "InternalError", ""]
        {
            assert_eq!(by_code(code), None, "{code}");
        }
    }

    #[test]
    fn an_answer_without_a_code_goes_by_its_status_and_the_call() {
        let (read, again, once) = (Call::read("R"), Call::repeatable("M"), Call::blind("C"));
        let table = [
            (429, true, [FailureKind::Throttled; 3]),
            (500, true, [FailureKind::Away, FailureKind::Away, FailureKind::Unknown]),
            (503, false, [FailureKind::Away, FailureKind::Away, FailureKind::Unknown]),
            (400, true, [FailureKind::Refused; 3]),
            (407, false, [FailureKind::Away; 3]),
        ];
        for (status, has_code, kinds) in table {
            assert_eq!([read, again, once].map(|call| call.by_status(status, has_code)), kinds, "{status}");
        }
        assert_eq!(
            [read, again, once].map(|call| call.by_status(200, false)),
            [FailureKind::Away, FailureKind::Unknown, FailureKind::Unknown]
        );
        assert_eq!(once.by_status(502, false), FailureKind::Unknown);
    }

    #[test]
    fn a_wrong_clock_is_not_wrong_credentials() {
        let response = |ahead: Option<&'static str>| {
            let status = aws_smithy_runtime_api::http::StatusCode::try_from(403).expect("a status");
            let mut response = HttpResponse::new(status, aws_smithy_types::body::SdkBody::empty());
            if let Some(ahead) = ahead {
                response.headers_mut().insert(AHEAD, ahead);
            }
            response
        };
        let expired = "Signature expired: 20261122T030000Z is now earlier than 20261122T035500Z \
                       (20261122T040000Z - 5 min.)";
        let early = "Signature not yet current: 20261122T050000Z is still later than 20261122T040500Z \
                     (20261122T040000Z + 5 min.)";
        let mismatch = "The request signature we calculated does not match the signature you provided.";
        for (ahead, code, message, expected) in [
            (Some("-3600"), "RequestExpired", "Request has expired.", Some(-3600)),
            (Some("0"), "RequestExpired", "Request has expired.", Some(0)),
            (None, "RequestTimeTooSkewed", "", Some(0)),
            (None, "SignatureDoesNotMatch", expired, Some(-3600)),
            (None, "InvalidSignatureException", expired, Some(-3600)),
            (Some("3602"), "InvalidSignatureException", early, Some(3602)),
            (None, "InvalidSignatureException", early, Some(3600)),
            (Some("900"), "AuthFailure", "AWS was not able to validate the credentials", Some(900)),
            (Some("900"), "UnauthorizedOperation", "You are not authorized.", None),
            (Some("1"), "SignatureDoesNotMatch", mismatch, None),
            (None, "AuthFailure", "AWS was not able to validate the credentials", None),
        ] {
            let kind = wrong_clock(&response(ahead), code, message);
            let expected = expected.map(|ahead_s| FailureKind::Clock { ahead_s });
            assert_eq!(kind, expected, "{ahead:?} {code} {message}");
        }
    }

    #[test]
    fn messages_lose_what_only_aws_can_read() {
        let message = "You are not authorized. Encoded authorization failure message: xYz123".to_owned();
        assert_eq!(shortened(message), "You are not authorized.");
    }
}
