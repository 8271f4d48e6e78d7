//! Policy documents as IAM hands them back: whether one says what doorman writes.
//!
//! IAM answers a document percent-encoded (RFC 3986), and people who edit one in the console leave it with
//! other spaces, another order, or a list of one where there was a text. None of that changes what it says
//! ("IAM JSON policy elements reference": actions and the keys of conditions are compared without their
//! case, a single value may stand for a list), so none of it counts here; neither do the names of
//! statements.

use serde_json::{Map, Value};

/// How a document differs from the one wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Unlike {
    /// Statements that it lacks, or has in another form.
    pub(crate) lacks: Vec<Value>,
    /// Whether it has statements that are not wanted.
    pub(crate) more: bool,
}

impl Unlike {
    pub(crate) fn is_nothing(&self) -> bool {
        self.lacks.is_empty() && !self.more
    }
}

/// Reads a document of IAM's answer; none when it is no JSON, which IAM would not have taken.
pub(crate) fn read(encoded: &str) -> Option<Value> {
    serde_json::from_slice(&percent_decoded(encoded)).ok()
}

/// What `there` would have to change to say what `wanted` says. What cannot be read says nothing.
pub(crate) fn difference(there: Option<&Value>, wanted: &Value) -> Unlike {
    let there: Vec<Value> = there.map(statements).unwrap_or_default().iter().map(plain).collect();
    let wanted = statements(wanted);
    let plainly: Vec<Value> = wanted.iter().map(plain).collect();
    let lacks = wanted.iter().zip(&plainly).filter(|(_, plain)| !there.contains(plain));
    Unlike {
        lacks: lacks.map(|(statement, _)| statement.clone()).collect(),
        more: there.iter().any(|statement| !plainly.contains(statement)),
    }
}

/// The statements of a document; one alone may stand without a list.
pub(crate) fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(all) => all.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

/// A statement in the one form in which two that say the same are equal.
fn plain(statement: &Value) -> Value {
    let Some(fields) = statement.as_object() else {
        return statement.clone();
    };
    let named = |(field, value): (&String, &Value)| {
        let value = match field.as_str() {
            "Action" | "NotAction" => list(value, str::to_ascii_lowercase),
            "Condition" => each(value, |keys| {
                let keys = keys.as_object().into_iter().flatten();
                keys.map(|(key, values)| (key.to_ascii_lowercase(), list(values, str::to_owned))).collect()
            }),
            "Principal" | "NotPrincipal" if value.is_object() => each(value, |who| list(who, str::to_owned)),
            _ => list(value, str::to_owned),
        };
        (field.clone(), value)
    };
    fields.iter().filter(|(field, _)| *field != "Sid").map(named).collect()
}

fn each(value: &Value, form: impl Fn(&Value) -> Value) -> Value {
    let all = value.as_object().into_iter().flatten();
    all.map(|(name, value)| (name.clone(), form(value))).collect::<Map<_, _>>().into()
}

/// One or many as a sorted list; numbers and truths are texts to IAM.
fn list(value: &Value, form: impl Fn(&str) -> String) -> Value {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), &form);
    let mut all: Vec<String> = match value {
        Value::Array(many) => many.iter().map(text).collect(),
        one => vec![text(one)],
    };
    all.sort();
    all.dedup();
    all.into()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let pair = (byte == b'%').then(|| Some((hex(ahead.next()?)?, hex(ahead.next()?)?))).flatten();
        match pair {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                bytes = ahead;
            }
            None => decoded.push(byte),
        }
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::backstop::{Network, Place, role_policy, trust_policy};

    const NETWORK: Network<'_> = Network { route_table: "rtb-1", group: "sg-1" };
    const PLACE: Place<'_> = Place { account_id: "123456789012", region: "ap-northeast-2" };

    #[test]
    fn what_iam_encodes_is_read() {
        let document = json!({ "Version": "2012-10-17", "Statement": { "Sid": "100% 한글" } });
        let encoded: String = document.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(read(&encoded), Some(document.clone()));
        assert_eq!(read("%7b%22Statement%22:[]}"), Some(json!({ "Statement": [] })));
        assert_eq!(read(&json!({ "50%": "a%zz%4" }).to_string()), Some(json!({ "50%": "a%zz%4" })));
        assert_eq!(read("%7B"), None);
    }

    #[test]
    fn the_same_in_other_words_is_no_difference() {
        let wanted = trust_policy(PLACE);
        let group = |name| format!("arn:aws:scheduler:ap-northeast-2:123456789012:schedule-group/{name}");
        let in_other_words = json!({
            "Statement": [
                {
                    "Sid": "Second",
                    "Action": ["STS:assumerole"],
                    "Condition": {
                        "ArnLike": {
                            "AWS:sourcearn": [
                                "arn:aws:ssm:ap-northeast-2:123456789012:automation-execution/*"
                            ]
                        },
                        "StringEquals": { "aws:sourceAccount": "123456789012" }
                    },
                    "Principal": { "Service": ["ssm.amazonaws.com"] },
                    "Effect": "Allow"
                },
                {
                    "Effect": "Allow",
                    "Principal": { "Service": "scheduler.amazonaws.com" },
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": { "aws:SourceArn": [group("default"), group("doorman")], "aws:SourceAccount": ["123456789012"] }
                    }
                }
            ]
        });
        assert!(difference(Some(&in_other_words), &wanted).is_nothing());
        let policy = role_policy(PLACE, "doorman-backstop", NETWORK);
        assert!(difference(Some(&policy), &policy).is_nothing());
    }

    #[test]
    fn every_part_of_a_statement_counts() {
        let wanted = trust_policy(PLACE);
        for (path, value) in [
            ("/Statement/1/Effect", json!("Deny")),
            ("/Statement/1/Principal/Service", json!(["ssm.amazonaws.com", "ec2.amazonaws.com"])),
            ("/Statement/1/Principal", json!("*")),
            ("/Statement/1/Action", json!("sts:*")),
            ("/Statement/1/Condition/StringEquals/aws:SourceAccount", json!("210987654321")),
            ("/Statement/1/Condition/ArnLike", json!({})),
            ("/Statement/1/Condition", json!({})),
        ] {
            let mut there = wanted.clone();
            *there.pointer_mut(path).expect("a part") = value;
            let unlike = difference(Some(&there), &wanted);
            assert_eq!(unlike, Unlike { lacks: vec![wanted["Statement"][1].clone()], more: true }, "{path}");
        }
    }

    #[test]
    fn what_is_missing_is_not_what_is_too_much() {
        let wanted = role_policy(PLACE, "doorman-backstop", NETWORK);
        let mut less = wanted.clone();
        let taken = less["Statement"].as_array_mut().expect("statements").remove(0);
        assert_eq!(difference(Some(&less), &wanted), Unlike { lacks: vec![taken], more: false });

        let mut more = wanted.clone();
        let all = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        more["Statement"].as_array_mut().expect("statements").push(all);
        assert_eq!(difference(Some(&more), &wanted), Unlike { lacks: Vec::new(), more: true });
        assert_eq!(difference(None, &wanted).lacks.len(), 5);
    }
}
