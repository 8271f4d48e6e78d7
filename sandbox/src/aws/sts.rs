//! Security Token Service: awsQuery, version 2011-06-15.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::iam::authority::Principal;
use super::iam::roles;
use super::input::Input;
use super::operation::{Operation, change, read};
use super::refusal::{Answer, Refusal};
use super::request::Service;
use super::world::World;
use super::xml::Xml;

const OPERATIONS: &[Operation] =
    &[read("GetCallerIdentity", get_caller_identity), change("AssumeRole", assume_role)];

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// What temporary credentials begin with; everything else is the account's one user.
const TEMPORARY: &str = "ASIA";

/// Temporary credentials that were handed out.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The name of the role that was assumed.
    role: String,
    /// The name of the session.
    name: String,
    user_id: String,
    expires: DateTime<Utc>,
}

impl Session {
    /// Whose permissions it has.
    pub(crate) fn principal(&self) -> Principal {
        Principal::Role { name: self.role.clone(), session: self.name.clone() }
    }
}

/// Refuses credentials that were never given out, or have expired, in the words of the service.
pub(crate) fn authenticate(world: &World, service: Service) -> Answer<()> {
    if !world.caller.starts_with(TEMPORARY) {
        return Ok(());
    }
    let (unknown, expired, status) = match service {
        Service::Ec2 => ("AuthFailure", "RequestExpired", 401),
        Service::Iam | Service::Sts => ("InvalidClientTokenId", "ExpiredToken", 403),
        Service::Ssm | Service::Quotas => ("UnrecognizedClientException", "ExpiredTokenException", 400),
        Service::Scheduler => ("UnrecognizedClientException", "ExpiredTokenException", 403),
    };
    match world.sessions.get(&world.caller) {
        None => {
            Err(Refusal::new(unknown, "The security token included in the request is invalid.")
                .status(status))
        }
        Some(session) if world.clock >= session.expires => {
            Err(Refusal::new(expired, "The security token included in the request is expired").status(status))
        }
        Some(_) => Ok(()),
    }
}

fn caller(world: &World) -> (String, String) {
    let arn = Principal::of(world, &world.caller).arn(world);
    let user_id = world.sessions.get(&world.caller).map(|session| session.user_id.clone());
    (arn, user_id.unwrap_or_else(|| "AIDASANDBOXUSER234567".to_owned()))
}

fn get_caller_identity(world: &World, _input: &Input<'_>) -> Answer<Xml> {
    let (arn, user_id) = caller(world);
    Ok(Xml::build(|xml| {
        xml.text("Arn", arn).text("UserId", user_id).text("Account", &world.account_id);
    }))
}

fn assume_role(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let invalid = |message: &str| Refusal::new("ValidationError", message);
    let arn = input.text("RoleArn").ok_or_else(|| invalid("RoleArn is missing"))?;
    let name = input.text("RoleSessionName").ok_or_else(|| invalid("RoleSessionName is missing"))?;
    let seconds: i64 = input.number("DurationSeconds")?.unwrap_or(3600);
    input.text("SourceIdentity");
    if let Some(policy) = input.text("Policy")
        && policy.chars().count() > 2048
    {
        return Err(invalid("The inline session policy is longer than 2048 characters"));
    }
    if !(2..=64).contains(&name.len())
        || !name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c))
    {
        return Err(invalid("RoleSessionName must be 2 to 64 letters, digits or +=,.@_-"));
    }
    if !(900..=43200).contains(&seconds) {
        return Err(invalid("DurationSeconds must be between 900 and 43200"));
    }
    let (from, _) = caller(world);
    let denied = || {
        let message = format!("User: {from} is not authorized to perform: sts:AssumeRole on resource: {arn}");
        Refusal::new("AccessDenied", message).status(403)
    };
    let role = arn.rsplit('/').next().and_then(|name| roles::find(world, name).ok());
    let role = role.filter(|role| role.arn == arn).ok_or_else(denied)?.clone();
    // The account as a whole, or the caller itself, must be trusted.
    let root = format!("arn:aws:iam::{}:root", world.account_id);
    if ![root, from.clone()].iter().any(|principal| role.trust.contains(principal.as_str())) {
        return Err(denied());
    }
    if world.caller.starts_with(TEMPORARY) && seconds > 3600 {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    let access_key = format!("{TEMPORARY}{:016X}", world.scramble());
    let session = Session {
        user_id: format!("{}:{name}", role.id),
        role: role.name,
        name,
        expires: world.clock + TimeDelta::seconds(seconds),
    };
    let (secret, token) = (world.scramble(), world.scramble());
    let answer = Xml::build(|xml| {
        xml.node("Credentials", |xml| {
            xml.text("AccessKeyId", &access_key)
                .text("SecretAccessKey", format!("sandbox-secret-{secret:016x}"))
                .text("SessionToken", format!("sandbox-token-{token:016x}"))
                .text("Expiration", session.expires.to_rfc3339_opts(SecondsFormat::Secs, true));
        })
        .node("AssumedRoleUser", |xml| {
            xml.text("AssumedRoleId", &session.user_id).text("Arn", session.principal().arn(world));
        });
    });
    world.sessions.insert(access_key, session);
    Ok(answer)
}
