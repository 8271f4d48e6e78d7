//! What is wrong on the AWS side and what to do about it, for whoever sets doorman up.
//!
//! The commands have sentences of their own for the same troubles: those are for people in Discord, who can
//! rarely do anything about them but tell an admin. These are for the admin.

use doorman_cloud::catalog::{IMAGES, NoOffer};
use doorman_cloud::check::{Difference, Flaw, Part, Problem};
use doorman_cloud::lease::Trouble;
use doorman_config::Settings;

/// What is wrong, and the remedy.
pub(crate) fn of(problem: &Problem, settings: &Settings) -> (String, String) {
    match problem {
        Problem::Trouble(trouble) => trouble_words(trouble, settings),
        Problem::NoRoom { used, limit, quota_code } => (
            format!("no room: {used} of {limit} are in use"),
            format!("remove what is not needed, or ask for more: Service Quotas → {quota_code}"),
        ),
        Problem::VpcAttributeOff(attribute) => (
            format!("{attribute} is off, and private names of endpoints need it"),
            format!("VPC console → {} → Edit VPC settings: turn it on", settings.stack.vpc),
        ),
        Problem::NoOffer(no_offer) => no_offer_words(no_offer),
        Problem::Part(part) => (
            part_words(*part).to_owned(),
            "have somebody who may change IAM run `doorman check --fix`; the policy that `doorman policy --for set-up` \
             prints is all that it needs"
                .to_owned(),
        ),
        Problem::Backstop { flaw, ours } => (flaw_words(flaw), flaw_remedy(*ours, settings)),
        Problem::SignIn(command) => (
            "the sign-in that they come from is over, or there was none".to_owned(),
            format!("sign in where doorman runs, as the user it runs as: {command}"),
        ),
        Problem::Away(why) => (
            format!("AWS cannot be reached: {why}"),
            "check the network, aws.region, and AWS_ENDPOINT_URL if it is set".to_owned(),
        ),
    }
}

/// What is wrong with the role of the backstop.
pub(super) fn flaw_words(flaw: &Flaw) -> String {
    let unlike = |what: &str, Difference { lacks, more }: &Difference| {
        let mut parts = Vec::new();
        if !lacks.is_empty() {
            parts.push(format!("lacks what doorman writes for {}", lacks.join(", ")));
        }
        if *more {
            parts.push("has something that doorman does not write".to_owned());
        }
        format!("{what} {}", parts.join(", and "))
    };
    match flaw {
        Flaw::NoRole => {
            "there is none, so windows open without a net: one stays open if doorman is gone for good"
                .to_owned()
        }
        Flaw::Trust(difference) => unlike("its trust policy", difference),
        Flaw::NoPolicy => "it has no inline policy of doorman's, so it may do nothing".to_owned(),
        Flaw::Policy(difference) => unlike("its inline policy", difference),
    }
}

/// What is wrong with something that only a person makes.
fn part_words(part: Part) -> &'static str {
    match part {
        Part::Group => "there is none, so no schedule can be made and windows open without a net",
        Part::Runbook { changed: false, .. } => "there is none, so such windows open without a net",
        Part::Runbook { changed: true, .. } => {
            "it does not say what doorman writes, or cannot be run, so such windows open without a net"
        }
        Part::Boundary { changed: false } => {
            "there is none, and the role of the instances is made within it only: `/launch service` cannot make it"
        }
        Part::Boundary { changed: true } => {
            "it does not say what doorman writes, so the role of the instances may do something else"
        }
    }
}

fn flaw_remedy(ours: bool, settings: &Settings) -> String {
    if ours {
        return "have somebody who may change IAM run `doorman check --fix`; the policy that `doorman policy --for set-up` \
                prints is all that it needs"
            .to_owned();
    }
    let role = &settings.stack.backstop.role;
    format!(
        "it carries no tag ManagedBy=doorman, so doorman leaves it alone: change it by hand, or hand it over \
         (aws iam tag-role --role-name {role} --tags Key=ManagedBy,Value=doorman) and run `doorman check --fix`, \
         or put another name into stack.backstop.role"
    )
}

fn no_offer_words(no_offer: &NoOffer) -> (String, String) {
    match no_offer {
        NoOffer::UnknownType { instance_type, nearest } => (
            format!("AWS knows no instance type {instance_type}"),
            match nearest {
                Some(nearest) => format!("did you mean {nearest}? put it into stack.service.instance_type"),
                None => "put another one into stack.service.instance_type".to_owned(),
            },
        ),
        NoOffer::NotInZone { instance_type, zones, instead } => (
            format!("{instance_type} is not offered in {}", zones.join(", ")),
            match instead {
                Some(instead) => format!("{instead} is: put it into stack.service.instance_type"),
                None => "put another one into stack.service.instance_type".to_owned(),
            },
        ),
        NoOffer::UnknownImage { image } => (
            format!("there is no image {image}"),
            format!("put one of {}, or an ami-…, into stack.service.image", IMAGES.join(", ")),
        ),
        NoOffer::Mismatch { image, image_is, instance_type, type_is } => (
            format!(
                "the image {image} is for {}, and {instance_type} is {}",
                image_is.as_str(),
                type_is.as_str()
            ),
            "change stack.service.image or stack.service.instance_type".to_owned(),
        ),
    }
}

fn trouble_words(trouble: &Trouble, settings: &Settings) -> (String, String) {
    match trouble {
        Trouble::Missing { what, name } => (
            format!("there is no {} named `{name}` in {}", kind(what), settings.aws.region),
            "make it, or put the name of yours into [stack]; names are `Name` tags, of security groups the \
             group name"
                .to_owned(),
        ),
        Trouble::Ambiguous { what, name, ids } => (
            format!("{} things of the kind {} are named `{name}`: {}", ids.len(), kind(what), ids.join(", ")),
            "rename all but one".to_owned(),
        ),
        Trouble::ForeignRoute { table, target } => (
            format!("the default route of {table} leads to {target}, which doorman did not make"),
            "doorman never replaces it: remove it, or name another route table in [stack.nat]".to_owned(),
        ),
        Trouble::AddressTaken { address, holder, wanted_for } => (
            format!("{address}, which {wanted_for} should have, belongs to {holder}"),
            "free the address, or give the instance another one in [[stack.service.instances]]".to_owned(),
        ),
        Trouble::RoleWithoutPolicy { role, policy } => (
            format!("the role {role} was made by hand and lacks the policy {policy}"),
            format!("attach it: aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/{policy}"),
        ),
        Trouble::RoleForOthers { role } => (
            format!("others than EC2 instances may take the role {role}"),
            "find out who changed its trust policy, and delete the role: doorman makes it anew, as it should be"
                .to_owned(),
        ),
        Trouble::NoBoundary { policy } => (
            format!("the policy {policy}, which limits the role of the instances, is missing or was changed"),
            "have somebody who may change IAM run `doorman check --fix`".to_owned(),
        ),
        Trouble::ProfileWithoutRole { profile } => (
            format!("the instance profile {profile} was made by hand and does not hold the role of that name"),
            format!(
                "put it in: aws iam add-role-to-instance-profile --instance-profile-name {profile} \
                 --role-name {profile}"
            ),
        ),
        Trouble::EndpointShut { endpoint, service, group, instance } => (
            format!("{endpoint} for {service}, which doorman did not make, lets {instance} not in: nothing in {group} allows port 443"),
            "let that group take TCP 443 from the group of the instances, or delete the endpoint".to_owned(),
        ),
        Trouble::InUse { kind, name, by, stack } => (
            format!("{} {name} is used by {by} of the stack {stack}", kind.as_str()),
            "it goes when no such instance is left".to_owned(),
        ),
        Trouble::GatewayFailed { code } => {
            (format!("the gateway failed: {code}"), "try again; if it goes on, ask AWS support".to_owned())
        }
        Trouble::UnknownLease { lease } => (
            format!("something of lease {lease}, which is not over and not in the store, is there"),
            "start doorman, which takes it over or says whose it is".to_owned(),
        ),
        Trouble::Disowned { kind, id } => (
            format!("{} {id} has lost its tag ManagedBy=doorman", kind.as_str()),
            "put the tag back, or remove it".to_owned(),
        ),
        Trouble::Quota { code } => {
            (format!("a quota is used up: {code}"), "ask for more in the console: Service Quotas".to_owned())
        }
        Trouble::NoCapacity { instance } => (
            format!("AWS has no capacity for {instance} at the moment"),
            "try later, or another stack.service.instance_type".to_owned(),
        ),
        Trouble::Credentials => (
            "the credentials are missing, expired or wrong".to_owned(),
            "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where there is an instance \
             role; after `aws sso login` try again"
                .to_owned(),
        ),
        Trouble::Clock { ahead_s } => (
            clock_words(*ahead_s),
            "set it right: switch on time synchronisation (NTP, such as chrony or systemd-timesyncd), and let a virtual \
             machine follow its host's; if it is right, renew the credentials"
                .to_owned(),
        ),
        Trouble::AccessDenied { operation, on: _ } => (
            format!("the credentials do not allow {operation}"),
            "give doorman's user or role the policies that `doorman policy --into FOLDER` writes"
                .to_owned(),
        ),
        Trouble::Refused { operation, code, on: _ } => (
            format!("AWS refused {operation}: {code}"),
            format!("look {code} up in the EC2 API's list of error codes"),
        ),
        Trouble::TimedOut => ("it took too long".to_owned(), "try again".to_owned()),
    }
}

/// By how much the clock of this machine differs from AWS's.
fn clock_words(ahead_s: i64) -> String {
    match ahead_s {
        0 => "the clock of this machine is wrong, so AWS refuses what is signed by it".to_owned(),
        1.. => format!("the clock of this machine is {ahead_s} s ahead of AWS's"),
        ..0 => format!("the clock of this machine is {} s behind AWS's", -ahead_s),
    }
}

/// A kind of thing in words.
fn kind(what: &str) -> String {
    match what {
        "vpc" => "VPC".to_owned(),
        other => other.replace('-', " "),
    }
}
