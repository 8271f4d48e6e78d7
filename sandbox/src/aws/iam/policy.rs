//! Policy documents: reading them as strictly as IAM, and what they say about one action.
//!
//! What a condition asks is answered from the context of the request ([`condition`](super::condition)). Policy
//! variables (`${…}`) are taken literally.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::condition::{self, Context};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::matches;

/// A policy, for a role to have or to be trusted by.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

/// Where a policy stands, which decides what it must and must not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a role, as what it may do.
    Identity,
    /// On a role, as who may assume it.
    Trust,
}

/// What is asked of a policy.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    /// Such as `ec2:DeleteNatGateway`.
    pub(crate) action: &'a str,
    /// The service that wants to assume the role; for trust policies.
    pub(crate) service: Option<&'a str>,
    /// The ARN it is about, `*` for actions that are about no resource; none for trust policies.
    pub(crate) resource: Option<&'a str>,
    /// What else is known.
    pub(crate) context: &'a Context,
}

/// What policies say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Nothing, which is no.
    Silent,
    Allowed,
    /// No, whatever others say.
    Denied,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    #[serde(rename = "Version")]
    version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: OneOrMany<Statement>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    #[serde(rename = "Sid")]
    _sid: Option<String>,
    effect: Effect,
    principal: Option<Value>,
    action: Option<OneOrMany<String>>,
    not_action: Option<OneOrMany<String>>,
    resource: Option<OneOrMany<String>>,
    not_resource: Option<OneOrMany<String>>,
    #[serde(default)]
    condition: BTreeMap<String, BTreeMap<String, OneOrMany<Scalar>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn all(&self) -> &[T] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Flag(bool),
    Number(i64),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Scalar::Text(text) => text.clone(),
            Scalar::Flag(flag) => flag.to_string(),
            Scalar::Number(number) => number.to_string(),
        }
    }
}

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`, as IAM.
    pub(crate) fn read(text: &str, place: Place) -> Answer<Self> {
        let malformed = |message: String| Refusal::new("MalformedPolicyDocument", message);
        let document: Document = serde_json::from_str(text)
            .map_err(|error| malformed(format!("Syntax errors in policy. ({error})")))?;
        if !matches!(document.version.as_deref(), None | Some("2012-10-17" | "2008-10-17")) {
            return Err(malformed("The policy must contain a valid version string".to_owned()));
        }
        let statements = document.statement.all().to_vec();
        if statements.is_empty() {
            return Err(malformed("Syntax errors in policy.".to_owned()));
        }
        for statement in &statements {
            statement.check(place).map_err(malformed)?;
        }
        Ok(Self { statements })
    }

    /// What this policy says.
    pub(crate) fn says(&self, question: &Question<'_>) -> Verdict {
        let said = self.statements.iter().filter(|statement| statement.applies(question));
        let verdict = |statement: &Statement| match statement.effect {
            Effect::Allow => Verdict::Allowed,
            Effect::Deny => Verdict::Denied,
        };
        said.map(verdict).max().unwrap_or(Verdict::Silent)
    }
}

impl Statement {
    fn check(&self, place: Place) -> Result<(), String> {
        let actions = match (&self.action, &self.not_action) {
            (Some(actions), None) | (None, Some(actions)) => actions.all(),
            _ => return Err("A statement needs exactly one of Action and NotAction.".to_owned()),
        };
        let is_action = |action: &&String| *action == "*" || action.contains(':');
        if let Some(wrong) = actions.iter().find(|action| !is_action(action)) {
            return Err(format!("Actions/Conditions must be prefaced by a vendor: {wrong}"));
        }
        match (place, self.principal.is_some()) {
            (Place::Identity, true) => {
                return Err("Policy document should not specify a principal.".to_owned());
            }
            (Place::Trust, false) => return Err("Missing required field Principal".to_owned()),
            (Place::Identity, false) | (Place::Trust, true) => {}
        }
        let resources = match (&self.resource, &self.not_resource) {
            (Some(resources), None) | (None, Some(resources)) => resources.all(),
            (None, None) if place == Place::Trust => &[],
            _ => return Err("Policy statement must contain resources.".to_owned()),
        };
        if place == Place::Trust && !resources.is_empty() {
            return Err("Has prohibited field Resource".to_owned());
        }
        if let Some(unknown) = self.condition.keys().find(|operator| !condition::is_operator(operator)) {
            return Err(format!("Invalid Condition type : {unknown}."));
        }
        let is_arn = |arn: &&String| *arn == "*" || (arn.starts_with("arn:") && arn.split(':').count() >= 6);
        match resources.iter().find(|arn| !is_arn(arn)) {
            None => Ok(()),
            Some(wrong) => Err(format!("Resource {wrong} must be in ARN format or \"*\".")),
        }
    }

    fn applies(&self, question: &Question<'_>) -> bool {
        let about_action =
            |action: &String| matches(&action.to_ascii_lowercase(), &question.action.to_ascii_lowercase());
        let action = match (&self.action, &self.not_action) {
            (Some(actions), _) => actions.all().iter().any(about_action),
            (None, Some(others)) => !others.all().iter().any(about_action),
            (None, None) => false,
        };
        let resource = question.resource.is_none_or(|arn| {
            let about = |pattern: &String| pattern == "*" || condition::same_arn(pattern, arn);
            match (&self.resource, &self.not_resource) {
                (Some(resources), _) => resources.all().iter().any(about),
                (None, Some(others)) => !others.all().iter().any(about),
                (None, None) => true,
            }
        });
        let principal = question.service.is_none_or(|service| self.trusts(service));
        action && resource && principal && self.conditions_hold(question)
    }

    fn trusts(&self, service: &str) -> bool {
        match &self.principal {
            Some(Value::Object(principals)) => match principals.get("Service") {
                Some(Value::String(one)) => one == service,
                Some(Value::Array(many)) => many.iter().any(|one| one == service),
                _ => false,
            },
            Some(Value::String(all)) => all == "*",
            _ => false,
        }
    }

    fn conditions_hold(&self, question: &Question<'_>) -> bool {
        let mut each = self.condition.iter().flat_map(|(operator, keys)| {
            keys.iter().map(move |(key, values)| {
                let expected: Vec<String> = values.all().iter().map(Scalar::text).collect();
                condition::holds(operator, key, &expected, question.context)
            })
        });
        each.all(|met| met)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(statement: &Value) -> Policy {
        Policy::read(&json!({ "Version": "2012-10-17", "Statement": statement }).to_string(), Place::Identity)
            .unwrap()
    }

    fn ask<'a>(action: &'a str, resource: &'a str, context: &'a Context) -> Question<'a> {
        Question { action, service: None, resource: Some(resource), context }
    }

    const GATEWAY: &str = "arn:aws:ec2:r:1:natgateway/nat-1";

    #[test]
    fn a_tag_condition_needs_the_tag() {
        let policy = policy(&json!({
            "Effect": "Allow", "Action": "ec2:Delete*", "Resource": "arn:aws:ec2:*:*:natgateway/*",
            "Condition": { "StringEquals": { "aws:ResourceTag/ManagedBy": "doorman" } },
        }));
        let ours = Context::from([("aws:ResourceTag/ManagedBy".to_owned(), vec!["doorman".to_owned()])]);
        let none = Context::new();
        assert_eq!(policy.says(&ask("ec2:DeleteNatGateway", GATEWAY, &ours)), Verdict::Allowed);
        assert_eq!(policy.says(&ask("ec2:DeleteNatGateway", GATEWAY, &none)), Verdict::Silent);
        assert_eq!(policy.says(&ask("ec2:CreateNatGateway", GATEWAY, &ours)), Verdict::Silent);
        let other = "arn:aws:ec2:r:1:elastic-ip/eipalloc-1";
        assert_eq!(policy.says(&ask("ec2:DeleteNatGateway", other, &ours)), Verdict::Silent);
    }

    #[test]
    fn a_prohibition_wins() {
        let everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let none = Context::new();
        let denied = policy(&json!([
            everything,
            { "Effect": "Deny", "NotAction": "ec2:Describe*", "Resource": "*" },
        ]));
        assert_eq!(denied.says(&ask("ec2:DeleteNatGateway", GATEWAY, &none)), Verdict::Denied);
        assert_eq!(denied.says(&ask("ec2:DescribeNatGateways", "*", &none)), Verdict::Allowed);
        let elsewhere = policy(&json!([everything, {
            "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": { "StringNotEquals": { "aws:RequestedRegion": "r" } },
        }]));
        // A negated operator holds where there is no such key.
        assert_eq!(elsewhere.says(&ask("ec2:DeleteNatGateway", GATEWAY, &none)), Verdict::Denied);
        let here = Context::from([("aws:RequestedRegion".to_owned(), vec!["r".to_owned()])]);
        assert_eq!(elsewhere.says(&ask("ec2:DeleteNatGateway", GATEWAY, &here)), Verdict::Allowed);
    }

    #[test]
    fn documents_are_read_as_strictly_as_by_iam() {
        for wrong in [
            json!([]),
            json!({ "Effect": "Allow", "Action": "ec2:*" }),
            json!({ "Effect": "Maybe", "Action": "ec2:*", "Resource": "*" }),
            json!({ "Effect": "Allow", "Action": "everything", "Resource": "*" }),
            json!({ "Effect": "Allow", "Action": "ec2:*", "Resource": "natgateway" }),
            json!({ "Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Principal": "*" }),
            json!({ "Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Conditions": {} }),
            json!({
                "Effect": "Allow", "Action": "ec2:*", "Resource": "*",
                "Condition": { "StringMatches": { "aws:RequestedRegion": "r" } },
            }),
        ] {
            let text = json!({ "Version": "2012-10-17", "Statement": wrong }).to_string();
            let refusal = Policy::read(&text, Place::Identity).unwrap_err();
            assert_eq!(refusal.code, "MalformedPolicyDocument", "{text}");
        }
    }
}
