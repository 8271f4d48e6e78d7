//! `doorman check --fix`: what of doorman's the bot cannot make itself is made, after asking.
//!
//! The role of the backstop and its runbooks decide what AWS may do while nobody is looking, and the boundary what the
//! instances may, so the bot has no right to change them. Whoever has is shown what would be made, read from the very documents that would be sent, and
//! answers before anything is.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write as _};
use std::path::Path;

use doorman_cloud::aws::{self, Aws};
use doorman_cloud::backstop::{self, GROUP, POLICY_NAME};
use doorman_cloud::check::{Check, Fix, FixError, Flaw, Part, Proposal};
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::{Failure, FailureKind};
use doorman_cloud::kinds::role::{BOUNDARY, boundary_policy};
use doorman_config::Settings;
use serde_json::Value;

use super::words;

/// What somebody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Do it.
    Yes,
    /// Leave it.
    No,
    /// There is nobody to ask.
    Nobody,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing had to be done; why, as a sentence.
    Nothing(String),
    /// It was done; what, as a sentence.
    Done(String),
    /// It had to be done and was not; why and what to do, as a sentence.
    Failed(String),
}

/// Makes what is missing, or puts it right, if `ask` says so. `ask` is given what would be done and is not
/// called when that is nothing.
pub async fn run(
    config: &Path,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
    ask: impl AsyncFnOnce(&str) -> Answer,
) -> Outcome {
    let settings = match Settings::load(config).and_then(|settings| settings.with_env(&|name| env(name))) {
        Ok(settings) => settings,
        Err(_) => return Outcome::Failed("Nothing was changed: the settings cannot be read.".to_owned()),
    };
    let clock = Clock::system();
    let aws = Aws::connect(&settings, &clock, aws::Options::default()).await;
    with(&aws, &settings, &clock, ask).await
}

async fn with(
    aws: &Aws,
    settings: &Settings,
    clock: &Clock,
    ask: impl AsyncFnOnce(&str) -> Answer,
) -> Outcome {
    let role = &settings.stack.backstop.role;
    let check = Check::new(aws, &settings.stack, clock.now());
    let proposal = match check.propose_fix().await {
        Ok(Fix::Needed(proposal)) => proposal,
        Ok(Fix::Nothing) => {
            let words =
                format!("Nothing to mend: the role {role} and what belongs to it are as they should be.");
            return Outcome::Nothing(words);
        }
        Ok(Fix::Off) => {
            let words = "Nothing to mend: the safety net is off, by stack.backstop.enabled.";
            return Outcome::Nothing(words.to_owned());
        }
        Ok(Fix::NoNetwork) => {
            let words = "Nothing was changed: the role is to name the route table and the security group of the \
                         settings, and these are not one thing each. `doorman check` says what is missing.";
            return Outcome::Failed(words.to_owned());
        }
        Ok(Fix::NotOurs) => return Outcome::Failed(not_ours(role)),
        Err(failure) => return Outcome::Failed(format!("Nothing was changed: {}", why(&failure, settings))),
    };
    match ask(&describe(&proposal)).await {
        Answer::Yes => {}
        Answer::No => return Outcome::Failed("Nothing was changed.".to_owned()),
        Answer::Nobody => {
            let words = "Nothing was changed: there is no terminal to ask on. Run it in one, or with --yes.";
            return Outcome::Failed(words.to_owned());
        }
    }
    match check.apply_fix(&proposal, clock).await {
        Ok(()) => Outcome::Done(done(&proposal)),
        Err(FixError::NotOurs) => Outcome::Failed(not_ours(role)),
        Err(FixError::NotSeen) => Outcome::Failed(format!(
            "AWS took everything, but does not show the role {role} and what belongs to it as they should be yet. \
             Run `doorman check` in a few minutes."
        )),
        Err(FixError::Aws(failure)) => Outcome::Failed(format!(
            "It was not finished: {} The same again goes on from there.",
            why(&failure, settings)
        )),
    }
}

fn not_ours(role: &str) -> String {
    format!(
        "Nothing was changed: the role {role} carries no tag ManagedBy=doorman, so somebody else made it and \
         doorman leaves it alone. Name another role in stack.backstop.role, or hand this one over: \
         aws iam tag-role --role-name {role} --tags Key=ManagedBy,Value=doorman"
    )
}

/// Why AWS did not do it, and who has to do what.
fn why(failure: &Failure, settings: &Settings) -> String {
    let Failure { operation, code, .. } = failure;
    let service = match *operation {
        "GetCallerIdentity" => "sts",
        "GetScheduleGroup" | "CreateScheduleGroup" => "scheduler",
        "GetDocument" | "CreateDocument" | "DeleteDocument" => "ssm",
        describe if describe.starts_with("Describe") => "ec2",
        _ => "iam",
    };
    match failure.kind {
        FailureKind::AccessDenied => format!(
            "these credentials may not {service}:{operation}. Somebody who may change IAM has to run `doorman \
             check --fix`, with the policy that `doorman policy --for set-up` prints; it is not for the bot's own credentials."
        ),
        FailureKind::Credentials => {
            "the credentials are missing, expired or wrong. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY, of somebody who may change IAM."
                .to_owned()
        }
        FailureKind::Clock { .. } => {
            "the clock of this machine is wrong: AWS refuses what is signed at another time than its own. Set it \
             right, for instance by NTP."
                .to_owned()
        }
        FailureKind::Refused | FailureKind::Quota | FailureKind::NoCapacity => {
            format!("AWS refused {operation}: {code}.")
        }
        FailureKind::Unknown | FailureKind::Throttled | FailureKind::NotYet | FailureKind::Away => {
            format!("AWS cannot be reached in {}: {operation}, {code}.", settings.aws.region)
        }
    }
}

/// What was done.
fn done(proposal: &Proposal) -> String {
    let Proposal { role, flaws, parts, .. } = proposal;
    let mut sentences = Vec::new();
    if !flaws.is_empty() {
        let made = flaws.contains(&Flaw::NoRole);
        sentences.push(format!("The role {role} was {}.", if made { "made" } else { "put right" }));
    }
    sentences.extend(parts.iter().map(|part| format!("The {} was {}.", name(*part), verb(*part))));
    sentences.join(" ")
}

/// What one of the parts is called.
fn name(part: Part) -> String {
    match part {
        Part::Group => format!("schedule group {GROUP}"),
        Part::Runbook { closes, .. } => {
            format!("runbook {}", backstop::runbook(closes).map(backstop::Runbook::name).unwrap_or_default())
        }
        Part::Boundary { .. } => format!("policy {BOUNDARY}"),
    }
}

fn verb(part: Part) -> &'static str {
    match part {
        Part::Group | Part::Runbook { changed: false, .. } | Part::Boundary { changed: false } => "made",
        Part::Runbook { changed: true, .. } | Part::Boundary { changed: true } => "put right",
    }
}

/// What would be done, from the very documents that would be sent.
fn describe(proposal: &Proposal) -> String {
    let account_id = &proposal.account_id;
    let shown = &account_id[account_id.len().saturating_sub(4)..];
    let mut text = String::new();
    if !proposal.flaws.is_empty() {
        describe_role(&mut text, proposal, shown);
    }
    if !proposal.parts.is_empty() {
        _ = writeln!(text, "In the AWS account …{shown}:\n");
        for part in &proposal.parts {
            _ = writeln!(text, "  {:9} {}", format!("{}:", verb(*part)), name(*part));
            if let Part::Boundary { .. } = part {
                for statement in statements(&boundary_policy()) {
                    _ = writeln!(text, "    allows at most {}", names(&statement["Action"]));
                }
            }
        }
        text.push('\n');
    }
    text.push_str("All of it is free, and nothing else is changed.\n");
    // What is printed may be shown to others.
    text.replace(account_id, &format!("…{shown}"))
}

fn describe_role(text: &mut String, proposal: &Proposal, shown: &str) {
    let Proposal { role, flaws, trust, policy, .. } = proposal;
    let what = match flaws.contains(&Flaw::NoRole) {
        true => "A role would be made",
        false => "A role that doorman made would be put right",
    };
    _ = writeln!(text, "{what} in the AWS account …{shown}, for the safety net:\n");
    _ = writeln!(text, "  role     {role}, tagged ManagedBy=doorman");
    for flaw in flaws.iter().filter(|flaw| **flaw != Flaw::NoRole) {
        _ = writeln!(text, "  now      {}", words::flaw_words(flaw));
    }
    for statement in statements(trust) {
        _ = writeln!(text, "  taken by {}", names(&statement["Principal"]["Service"]));
        _ = write!(text, "{}", conditions(statement));
    }
    _ = writeln!(text, "  may, by the inline policy {POLICY_NAME}");
    for statement in statements(policy) {
        _ = writeln!(text, "    {}", names(&statement["Action"]));
        _ = writeln!(text, "      on {}", names(&statement["Resource"]));
        _ = write!(text, "{}", conditions(statement));
    }
    text.push('\n');
}

/// A line for each condition of a statement.
fn conditions(statement: &Value) -> String {
    let all = statement["Condition"].as_object().into_iter().flatten();
    let keys = all.flat_map(|(_, keys)| keys.as_object().into_iter().flatten());
    keys.map(|(key, values)| format!("      only if {key} is {}\n", names(values))).collect()
}

fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    document["Statement"].as_array().into_iter().flatten()
}

fn names(value: &Value) -> String {
    match value {
        Value::String(one) => one.clone(),
        Value::Array(many) => many.iter().map(names).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Asks on the terminal of this process. Without one nobody is asked.
pub async fn terminal(what: &str) -> Answer {
    print!("{what}");
    if !io::stdin().is_terminal() {
        println!();
        return Answer::Nobody;
    }
    print!("\nDo it? [y/N] ");
    if io::stdout().flush().is_err() {
        return Answer::Nobody;
    }
    // Reading cannot be interrupted, so it has a thread of its own.
    let line = tokio::task::spawn_blocking(|| io::stdin().lock().lines().next()).await;
    match line {
        Ok(Some(Ok(line))) => answer(&line),
        _ => Answer::No,
    }
}

/// Only a plain yes is one.
fn answer(line: &str) -> Answer {
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Answer::Yes,
        _ => Answer::No,
    }
}

#[cfg(test)]
mod tests {
    use doorman_cloud::backstop::{Network, Place, role_policy, trust_policy};
    use doorman_cloud::check::Difference;
    use doorman_cloud::lease::LeaseKind;

    use super::*;

    fn proposal(flaws: Vec<Flaw>) -> Proposal {
        let place = Place { account_id: "123456789012", region: "ap-northeast-2" };
        let role = "doorman-backstop".to_owned();
        let network = Network { route_table: "rtb-1", group: "sg-1" };
        let (trust, policy) = (trust_policy(place), role_policy(place, &role, network));
        let account_id = place.account_id.to_owned();
        Proposal { account_id, role, flaws, trust, policy, parts: Vec::new() }
    }

    #[test]
    fn what_is_asked_about_is_shown_whole_and_without_the_account() {
        insta::assert_snapshot!(describe(&proposal(vec![Flaw::NoRole])), @"
        A role would be made in the AWS account …9012, for the safety net:

          role     doorman-backstop, tagged ManagedBy=doorman
          taken by scheduler.amazonaws.com
              only if aws:SourceAccount is …9012
              only if aws:SourceArn is arn:aws:scheduler:ap-northeast-2:…9012:schedule-group/doorman, arn:aws:scheduler:ap-northeast-2:…9012:schedule-group/default
          taken by ssm.amazonaws.com
              only if aws:SourceAccount is …9012
              only if aws:SourceArn is arn:aws:ssm:ap-northeast-2:…9012:automation-execution/*
          may, by the inline policy close-nat-window
            ssm:StartAutomationExecution
              on arn:aws:ssm:ap-northeast-2:…9012:document/doorman-close-*, arn:aws:ssm:ap-northeast-2:…9012:automation-definition/doorman-close-*:*, arn:aws:ssm:ap-northeast-2:…9012:automation-execution/*
            iam:PassRole
              on arn:aws:iam::…9012:role/doorman-backstop
              only if iam:PassedToService is ssm.amazonaws.com
            ec2:DescribeNatGateways, ec2:DescribeRouteTables, ec2:DescribeSecurityGroupRules, ec2:DescribeAddresses, ec2:DescribeVpcEndpoints
              on *
            ec2:DeleteNatGateway, ec2:ReleaseAddress, ec2:DeleteVpcEndpoints
              on arn:aws:ec2:ap-northeast-2:…9012:natgateway/*, arn:aws:ec2:ap-northeast-2:…9012:elastic-ip/*, arn:aws:ec2:ap-northeast-2:…9012:vpc-endpoint/*
              only if aws:ResourceTag/ManagedBy is doorman
            ec2:DeleteRoute, ec2:RevokeSecurityGroupEgress, ec2:RevokeSecurityGroupIngress
              on arn:aws:ec2:ap-northeast-2:…9012:route-table/rtb-1, arn:aws:ec2:ap-northeast-2:…9012:security-group/sg-1

        All of it is free, and nothing else is changed.
        ");
        let difference = Difference { lacks: vec!["Start".to_owned()], more: false };
        let text = describe(&proposal(vec![Flaw::Policy(difference), Flaw::NoPolicy]));
        assert!(text.starts_with("A role that doorman made would be put right in"), "{text}");
        assert!(
            text.contains("  now      its inline policy lacks what doorman writes for Start\n"),
            "{text}"
        );
    }

    #[test]
    fn what_belongs_to_the_role_is_shown_by_name() {
        let boundary = Part::Boundary { changed: true };
        let runbook = Part::Runbook { closes: LeaseKind::ShellWindow, changed: false };
        let proposal = Proposal { parts: vec![Part::Group, runbook, boundary], ..proposal(Vec::new()) };
        let text = describe(&proposal);
        for line in [
            "In the AWS account …9012:\n\n  made:     schedule group doorman\n",
            "  made:     runbook doorman-close-shell-window-",
            "  put right: policy doorman-instances\n    allows at most ec2messages:AcknowledgeMessage, ",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("A role"), "{text}");
        let done = done(&proposal);
        assert!(
            done.starts_with("The schedule group doorman was made. The runbook doorman-close-"),
            "{done}"
        );
        assert!(done.ends_with("The policy doorman-instances was put right."), "{done}");
    }

    #[test]
    fn only_a_plain_yes_is_one() {
        for yes in ["y", " Y\n", "yes", "YES"] {
            assert_eq!(answer(yes), Answer::Yes, "{yes}");
        }
        for no in ["", "\n", "n", "no", "yep", "y y", "예"] {
            assert_eq!(answer(no), Answer::No, "{no}");
        }
    }
}
