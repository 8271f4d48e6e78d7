//! What went wrong, as a sentence, and what to do about it as another. AWS's own text is for the log only.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::catalog::NoOffer;
use doorman_cloud::failure::FailureKind;
use doorman_cloud::keeper::{Blind, Failing, View};
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{Subject, Trouble};
use doorman_cloud::plan::{Drift, How};
use doorman_config::Locale;

use crate::message::Message;
use crate::words::texts::{Value, say};
use crate::words::{kinds, when};

/// What stands in the way, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// One sentence.
    pub(crate) what: String,
    /// One or two sentences.
    pub(crate) remedy: String,
}

impl Told {
    fn new(locale: Locale, what: &str, remedy: &str, args: &[(&str, Value)]) -> Told {
        Told { what: say(locale, what, args), remedy: say(locale, remedy, &[]) }
    }

    /// Both, the remedy on a line of its own.
    pub(crate) fn text(&self) -> String {
        format!("{}\n→ {}", self.what, self.remedy)
    }
}

/// What stands in the way of building.
pub(crate) fn trouble(locale: Locale, trouble: &Trouble) -> Told {
    let told = |what, remedy, args: &[(&str, Value)]| Told::new(locale, what, remedy, args);
    match trouble {
        Trouble::Missing { what, name } => told(
            "trouble-missing",
            "trouble-missing-remedy",
            &[("what", part(locale, what).into()), ("name", name.into())],
        ),
        Trouble::Ambiguous { what, name, ids } => told(
            "trouble-ambiguous",
            "trouble-ambiguous-remedy",
            &[("what", part(locale, what).into()), ("name", name.into()), ("ids", ids.join(", ").into())],
        ),
        Trouble::ForeignRoute { table, target } => told(
            "trouble-foreign-route",
            "trouble-foreign-route-remedy",
            &[("table", table.into()), ("target", target.into())],
        ),
        Trouble::AddressTaken { address, holder, wanted_for } => told(
            "trouble-address-taken",
            "trouble-address-taken-remedy",
            &[("address", address.into()), ("holder", holder.into()), ("instance", wanted_for.into())],
        ),
        Trouble::RoleWithoutPolicy { role, policy } => told(
            "trouble-role-without-policy",
            "trouble-role-without-policy-remedy",
            &[("role", role.into()), ("policy", policy.into())],
        ),
        Trouble::RoleForOthers { role } => {
            told("trouble-role-for-others", "trouble-role-for-others-remedy", &[("role", role.into())])
        }
        Trouble::NoBoundary { policy } => {
            told("trouble-no-boundary", "trouble-no-boundary-remedy", &[("policy", policy.into())])
        }
        Trouble::ProfileWithoutRole { profile } => told(
            "trouble-profile-without-role",
            "trouble-profile-without-role-remedy",
            &[("profile", profile.into())],
        ),
        Trouble::EndpointShut { endpoint, service, group, instance } => told(
            "trouble-endpoint-shut",
            "trouble-endpoint-shut-remedy",
            &[
                ("endpoint", endpoint.into()),
                ("service", service.into()),
                ("group", group.into()),
                ("instance", instance.into()),
            ],
        ),
        Trouble::InUse { kind, name, by, stack } => told(
            "trouble-in-use",
            "trouble-in-use-remedy",
            &[("thing", thing(locale, *kind, name).into()), ("by", by.into()), ("stack", stack.into())],
        ),
        Trouble::GatewayFailed { code } => gateway_failed(locale, code),
        Trouble::Quota { code } => quota(locale, code),
        Trouble::NoCapacity { instance } => {
            told("trouble-no-capacity", "trouble-no-capacity-remedy", &[("instance", instance.into())])
        }
        Trouble::Credentials => told("trouble-credentials", "trouble-credentials-remedy", &[]),
        Trouble::Clock { ahead_s } => clock(locale, *ahead_s),
        Trouble::AccessDenied { operation, on } => denied(locale, operation, on.as_ref()),
        Trouble::Refused { operation, code, on } => refused(locale, operation, code, on.as_ref()),
        Trouble::UnknownLease { lease } => {
            told("trouble-unknown-lease", "trouble-unknown-lease-remedy", &[("lease", lease.into())])
        }
        Trouble::Disowned { kind, id } => told(
            "trouble-disowned",
            "trouble-disowned-remedy",
            &[("kind", kinds::one(locale, *kind).into()), ("id", id.into())],
        ),
        Trouble::TimedOut => told("trouble-timed-out", "trouble-timed-out-remedy", &[]),
    }
}

/// A part of the network in the reader's words.
fn part(locale: Locale, what: &str) -> String {
    match what {
        "vpc" => say(locale, "trouble-part-vpc", &[]),
        "subnet" => say(locale, "trouble-part-subnet", &[]),
        "route-table" => say(locale, "trouble-part-route-table", &[]),
        "security-group" => say(locale, "trouble-part-security-group", &[]),
        other => other.to_owned(),
    }
}

/// That doorman's clock is wrong, and by how much as far as AWS says. The seconds are left out of what is not a matter of
/// seconds: they change with every answer.
fn clock(locale: Locale, ahead_s: i64) -> Told {
    let minutes = TimeDelta::minutes((ahead_s.abs() + 30) / 60);
    let by = if minutes.is_zero() { TimeDelta::seconds(ahead_s.abs()) } else { minutes };
    let what = match ahead_s {
        0 => "trouble-clock",
        1.. => "trouble-clock-ahead",
        ..0 => "trouble-clock-behind",
    };
    Told::new(locale, what, "trouble-clock-remedy", &[("by", when::length(locale, by).into())])
}

/// A thing by its kind and name.
pub(crate) fn thing(locale: Locale, kind: Kind, name: &str) -> String {
    format!("{} `{name}`", kinds::one(locale, kind))
}

fn denied(locale: Locale, operation: &str, on: Option<&Subject>) -> Told {
    let operation = ("operation", Value::from(operation));
    let remedy = "trouble-access-denied-remedy";
    match on {
        Some(on) => {
            let thing = thing(locale, on.kind, &on.name);
            Told::new(locale, "trouble-access-denied-on", remedy, &[operation, ("thing", thing.into())])
        }
        None => Told::new(locale, "trouble-access-denied", remedy, &[operation]),
    }
}

/// What AWS's error codes say about what they were given for. Sources: the EC2 and the IAM API's lists of error codes.
fn refused(locale: Locale, operation: &str, code: &str, on: Option<&Subject>) -> Told {
    let (what, remedy) = match (code, on.map(|on| on.kind)) {
        ("PendingVerification" | "Blocked", _) => ("trouble-account", "trouble-account-remedy"),
        ("OptInRequired", _) => ("trouble-subscription", "trouble-subscription-remedy"),
        ("OperationNotPermitted", Some(Kind::Instance)) => ("trouble-protected", "trouble-protected-remedy"),
        ("DeleteConflict", Some(Kind::Role | Kind::Profile)) => {
            ("trouble-attached", "trouble-attached-remedy")
        }
        ("DependencyViolation" | "DeleteConflict" | "ResourceInUseException", Some(_)) => {
            ("trouble-depended-on", "trouble-depended-on-remedy")
        }
        (
            "AuthFailure"
            | "InvalidIPAddress.InUse"
            | "InvalidAddress.InUse"
            | "InvalidAddress.Locked"
            | "VolumeInUse",
            Some(_),
        ) => ("trouble-held", "trouble-held-remedy"),
        (_, Some(_)) => ("trouble-refused-on", "trouble-refused-remedy"),
        (_, None) => ("trouble-refused", "trouble-refused-remedy"),
    };
    let mut args = vec![("operation", operation.into()), ("code", code.into())];
    args.extend(on.map(|on| ("thing", thing(locale, on.kind, &on.name).into())));
    Told::new(locale, what, remedy, &args)
}

/// FailureCodes of NAT gateways:
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html>
fn gateway_failed(locale: Locale, code: &str) -> Told {
    let remedy = match code {
        "InsufficientFreeAddressesInSubnet" => "trouble-gateway-failed-no-addresses-remedy",
        "Gateway.NotAttached" => "trouble-gateway-failed-no-internet-remedy",
        "InvalidSubnetID.NotFound" => "trouble-missing-remedy",
        _ => "trouble-gateway-failed-remedy",
    };
    Told::new(locale, "trouble-gateway-failed", remedy, &[("code", code.into())])
}

fn quota(locale: Locale, code: &str) -> Told {
    let what = match code {
        "AddressLimitExceeded" => "trouble-quota-address",
        "NatGatewayLimitExceeded" => "trouble-quota-gateway",
        "VcpuLimitExceeded" | "InstanceLimitExceeded" => "trouble-quota-vcpu",
        "MaxSpotInstanceCountExceeded" => "trouble-quota-spot",
        "VpcEndpointLimitExceeded" => "trouble-quota-endpoint",
        "RulesPerSecurityGroupLimitExceeded" => "trouble-quota-rules",
        _ => "trouble-quota",
    };
    Told::new(locale, what, "trouble-quota-remedy", &[("code", code.into())])
}

/// Why an image and a type cannot be had.
pub(crate) fn no_offer(locale: Locale, no: &NoOffer) -> Told {
    let told = |what, remedy, args: &[(&str, Value)]| Told {
        what: say(locale, what, args),
        remedy: say(locale, remedy, args),
    };
    match no {
        NoOffer::UnknownType { instance_type, nearest: Some(nearest) } => told(
            "trouble-unknown-type",
            "trouble-unknown-type-near-remedy",
            &[("type", instance_type.into()), ("nearest", nearest.into())],
        ),
        NoOffer::UnknownType { instance_type, nearest: None } => {
            told("trouble-unknown-type", "trouble-unknown-type-remedy", &[("type", instance_type.into())])
        }
        NoOffer::NotInZone { instance_type, zones, instead: Some(instead) } => told(
            "trouble-not-in-zone",
            "trouble-not-in-zone-instead-remedy",
            &[
                ("type", instance_type.into()),
                ("zones", zones.join(", ").into()),
                ("instead", instead.into()),
            ],
        ),
        NoOffer::NotInZone { instance_type, zones, instead: None } => told(
            "trouble-not-in-zone",
            "trouble-not-in-zone-remedy",
            &[("type", instance_type.into()), ("zones", zones.join(", ").into())],
        ),
        NoOffer::UnknownImage { image } => {
            told("trouble-unknown-image", "trouble-unknown-image-remedy", &[("image", image.into())])
        }
        NoOffer::Mismatch { image, image_is, instance_type, type_is } => told(
            "trouble-mismatch",
            "trouble-mismatch-remedy",
            &[
                ("image", image.into()),
                ("imageis", image_is.as_str().into()),
                ("type", instance_type.into()),
                ("typeis", type_is.as_str().into()),
            ],
        ),
    }
}

/// Why AWS could not be asked, or refused.
pub(crate) fn failure(locale: Locale, kind: FailureKind) -> Told {
    let (what, remedy) = match kind {
        FailureKind::Unknown => ("trouble-answer-lost", "trouble-passes-remedy"),
        FailureKind::Throttled => ("trouble-throttled", "trouble-passes-remedy"),
        FailureKind::NotYet => ("trouble-not-yet", "trouble-passes-remedy"),
        FailureKind::Away => ("trouble-away", "trouble-passes-remedy"),
        FailureKind::Quota => ("trouble-quota-any", "trouble-quota-remedy"),
        FailureKind::NoCapacity => ("trouble-no-capacity-any", "trouble-no-capacity-remedy"),
        FailureKind::Credentials => ("trouble-credentials", "trouble-credentials-remedy"),
        FailureKind::Clock { ahead_s } => return clock(locale, ahead_s),
        FailureKind::AccessDenied => ("trouble-denied-any", "trouble-access-denied-remedy"),
        FailureKind::Refused => ("trouble-refused-any", "trouble-refused-remedy"),
    };
    Told::new(locale, what, remedy, &[])
}

/// That a command could not look at AWS: why, what to do, and where the log has more.
pub(crate) fn cannot_look(locale: Locale, kind: FailureKind, reference: u64) -> Message {
    let told = failure(locale, kind).text();
    let reference = say(locale, "common-reference", &[("reference", reference.to_string().into())]);
    Message::text(format!("{told}\n-# {reference}"))
}

/// What keeps AWS from being seen or changed: that it has not answered for some time, so that what is shown may be
/// old, and which calls fail.
pub(crate) fn hindrances<'a>(
    locale: Locale,
    view: &View,
    calls: impl IntoIterator<Item = &'a Failing>,
) -> Vec<String> {
    let (mut lines, mut remedies): (Vec<String>, Vec<String>) = Default::default();
    lines.extend(view.blind.iter().map(|since| blind(locale, since)));
    for call in calls {
        let told = cause(locale, call, view.at);
        let args = [
            ("operation", call.operation.into()),
            ("why", told.what.into()),
            ("since", when::moment(call.since).into()),
        ];
        lines.push(say(locale, "trouble-failing", &args));
        if call.needs_somebody(view.at) && !remedies.contains(&told.remedy) {
            remedies.push(told.remedy);
        }
    }
    lines.extend(remedies.into_iter().map(|remedy| format!("→ {remedy}")));
    lines
}

fn blind(locale: Locale, blind: &Blind) -> String {
    let why = failure(locale, blind.failure.kind).what;
    say(locale, "trouble-blind", &[("since", when::moment(blind.since).into()), ("why", why.into())])
}

/// Why a call fails: what usually passes by itself is said to, until it has not.
fn cause(locale: Locale, failing: &Failing, now: DateTime<Utc>) -> Told {
    let Failing { operation, code, .. } = failing;
    match failing.kind {
        FailureKind::AccessDenied => denied(locale, operation, failing.on.as_ref()),
        FailureKind::Quota => quota(locale, code),
        FailureKind::Refused => refused(locale, operation, code, failing.on.as_ref()),
        FailureKind::NotYet if failing.needs_somebody(now) => {
            refused(locale, operation, code, failing.on.as_ref())
        }
        FailureKind::Unknown
        | FailureKind::Throttled
        | FailureKind::NotYet
        | FailureKind::Away
        | FailureKind::NoCapacity
        | FailureKind::Credentials
        | FailureKind::Clock { .. } => failure(locale, failing.kind),
    }
}

/// Something that is not as a ready lease wants it, in plain words. What has no sentence of its own is told as its kind,
/// its name and what is wrong.
pub(crate) fn drift(locale: Locale, drift: &Drift) -> String {
    let name = ("name", Value::from(&drift.name));
    let key = match (&drift.how, drift.kind) {
        (How::Blocked(trouble), _) => return self::trouble(locale, trouble).what,
        (How::Closed { port, egress }, _) => {
            let key = if *egress { "trouble-drift-rule-out" } else { "trouble-drift-rule-in" };
            // As text: a port is a name, not an amount.
            return say(locale, key, &[("port", port.to_string().into()), name]);
        }
        (How::Elsewhere(target), _) => {
            let args = [("name", Value::from(&drift.name)), ("target", target.into())];
            return say(locale, "trouble-drift-route-foreign", &args);
        }
        (How::Missing, Kind::NatGateway) => "trouble-drift-gateway",
        (How::Missing, Kind::Address) => return say(locale, "trouble-drift-address", &[]),
        (How::Missing, Kind::Route) => "trouble-drift-route",
        (How::Missing, Kind::Instance) => "trouble-drift-instance",
        (How::Missing, Kind::Endpoint) => "trouble-drift-endpoint",
        (How::Missing, Kind::Role) => "trouble-drift-role",
        (How::Missing, Kind::Profile) => "trouble-drift-profile",
        (How::Missing, kind) => return of_kind(locale, kind, "trouble-drift-missing", name),
        (How::Stopped, Kind::Instance) => "trouble-drift-stopped",
        (How::Stopped, kind) => return of_kind(locale, kind, "trouble-drift-any-stopped", name),
        (How::Detached, Kind::Instance) => "trouble-drift-detached",
        (How::Detached, kind) => return of_kind(locale, kind, "trouble-drift-any-detached", name),
        (How::Silent, _) => "trouble-drift-agent",
    };
    say(locale, key, &[name])
}

fn of_kind(locale: Locale, kind: Kind, key: &str, name: (&str, Value)) -> String {
    say(locale, key, &[("kind", kinds::one(locale, kind).into()), name])
}

/// For a button whose card or lease is no more, or never was.
pub(crate) fn stale_button(locale: Locale) -> Message {
    Message::text(say(locale, "admit-stale-button", &[]))
}

/// For what is our own fault; the log has the rest under that number.
pub(crate) fn broken(locale: Locale, reference: u64) -> Message {
    Message::text(say(locale, "common-broken", &[("reference", reference.to_string().into())]))
}

#[cfg(test)]
mod tests;
