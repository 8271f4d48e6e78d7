//! Conditions of policies: the operators of IAM, and what they make of a request's context
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use crate::aws::cidr::Cidr;
use crate::aws::select::matches;

/// What is known of a request: the values of each condition key that it has, under the key as AWS writes it.
pub(crate) type Context = BTreeMap<String, Vec<String>>;

/// What a condition compares.
#[derive(Clone, Copy)]
enum Compare {
    Equals,
    EqualsIgnoreCase,
    /// With `*` and `?`.
    Like,
    /// Part by part of the ARN, with wildcards in each.
    Arn,
    Number(fn(f64, f64) -> bool),
    Date(fn(DateTime<Utc>, DateTime<Utc>) -> bool),
    Address,
}

/// An operator without its prefix and suffix.
enum Operator {
    /// Whether there is no such key.
    Null,
    Compare {
        by: Compare,
        /// Whether none of the values may match.
        negated: bool,
    },
}

impl Operator {
    fn read(name: &str) -> Option<Self> {
        let (by, negated) = match name {
            "Null" => return Some(Operator::Null),
            "StringEquals" => (Compare::Equals, false),
            "StringNotEquals" => (Compare::Equals, true),
            "StringEqualsIgnoreCase" | "Bool" => (Compare::EqualsIgnoreCase, false),
            "StringNotEqualsIgnoreCase" => (Compare::EqualsIgnoreCase, true),
            "StringLike" => (Compare::Like, false),
            "StringNotLike" => (Compare::Like, true),
            // The two are the same, and both take wildcards.
            "ArnEquals" | "ArnLike" => (Compare::Arn, false),
            "ArnNotEquals" | "ArnNotLike" => (Compare::Arn, true),
            "NumericEquals" => (Compare::Number(|actual, wanted| actual == wanted), false),
            "NumericNotEquals" => (Compare::Number(|actual, wanted| actual == wanted), true),
            "NumericLessThan" => (Compare::Number(|actual, wanted| actual < wanted), false),
            "NumericLessThanEquals" => (Compare::Number(|actual, wanted| actual <= wanted), false),
            "NumericGreaterThan" => (Compare::Number(|actual, wanted| actual > wanted), false),
            "NumericGreaterThanEquals" => (Compare::Number(|actual, wanted| actual >= wanted), false),
            "DateEquals" => (Compare::Date(|actual, wanted| actual == wanted), false),
            "DateLessThan" => (Compare::Date(|actual, wanted| actual < wanted), false),
            "DateLessThanEquals" => (Compare::Date(|actual, wanted| actual <= wanted), false),
            "DateGreaterThan" => (Compare::Date(|actual, wanted| actual > wanted), false),
            "DateGreaterThanEquals" => (Compare::Date(|actual, wanted| actual >= wanted), false),
            "IpAddress" => (Compare::Address, false),
            "NotIpAddress" => (Compare::Address, true),
            _ => return None,
        };
        Some(Operator::Compare { by, negated })
    }
}

/// How an operator treats a key of several values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    /// The key has one value.
    None,
    /// `ForAllValues:`, which holds where there is none.
    All,
    /// `ForAnyValue:`.
    Any,
}

/// The parts of an operator as a policy writes it.
fn parts(operator: &str) -> Option<(Quantifier, Operator, bool)> {
    let (quantifier, rest) = match operator.split_once(':') {
        Some(("ForAllValues", rest)) => (Quantifier::All, rest),
        Some(("ForAnyValue", rest)) => (Quantifier::Any, rest),
        Some(_) => return None,
        None => (Quantifier::None, operator),
    };
    let (name, if_exists) = match rest.strip_suffix("IfExists") {
        Some(name) => (name, true),
        None => (rest, false),
    };
    let operator = Operator::read(name)?;
    // `Null` asks whether the key exists, so that it cannot be asked only if it does.
    if if_exists && matches!(operator, Operator::Null) {
        None
    } else {
        Some((quantifier, operator, if_exists))
    }
}

/// Whether IAM has such an operator.
pub(super) fn is_operator(operator: &str) -> bool {
    parts(operator).is_some()
}

/// Whether a condition is met. One with an operator that IAM does not have never is.
pub(super) fn holds(operator: &str, key: &str, expected: &[String], context: &Context) -> bool {
    let Some((quantifier, operator, if_exists)) = parts(operator) else {
        return false;
    };
    let actual = context.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, values)| values);
    let (by, negated) = match operator {
        Operator::Null => return expected.contains(&actual.is_none_or(Vec::is_empty).to_string()),
        Operator::Compare { by, negated } => (by, negated),
    };
    let Some(actual) = actual.filter(|values| !values.is_empty()) else {
        return if_exists || negated || quantifier == Quantifier::All;
    };
    let one = |value: &String| expected.iter().any(|wanted| equal(by, wanted, value)) != negated;
    match quantifier {
        Quantifier::All | Quantifier::None => actual.iter().all(one),
        Quantifier::Any => actual.iter().any(one),
    }
}

fn equal(by: Compare, wanted: &str, actual: &str) -> bool {
    match by {
        Compare::Equals => wanted == actual,
        Compare::EqualsIgnoreCase => wanted.eq_ignore_ascii_case(actual),
        Compare::Like => matches(wanted, actual),
        Compare::Arn => same_arn(wanted, actual),
        Compare::Number(compare) => both(wanted, actual, |text| text.parse().ok(), compare),
        Compare::Date(compare) => both(wanted, actual, |text| text.parse().ok(), compare),
        Compare::Address => {
            let block: Option<Cidr> = wanted.parse().or_else(|_| format!("{wanted}/32").parse()).ok();
            let address: Option<Ipv4Addr> = actual.parse().ok();
            block.zip(address).is_some_and(|(block, address)| block.contains(address))
        }
    }
}

/// Whether an ARN is of that pattern: wildcards stay within the part they are in.
pub(super) fn same_arn(pattern: &str, arn: &str) -> bool {
    let (pattern, arn): (Vec<_>, Vec<_>) = (pattern.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    pattern.len() == arn.len() && pattern.iter().zip(arn).all(|(part, of)| matches(part, of))
}

fn both<T>(wanted: &str, actual: &str, read: fn(&str) -> Option<T>, compare: fn(T, T) -> bool) -> bool {
    read(actual).zip(read(wanted)).is_some_and(|(actual, wanted)| compare(actual, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(operator: &str, expected: &[&str], actual: &[&str]) -> bool {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let context = match actual {
            [] => Context::new(),
            values => Context::from([("ec2:Vpc".to_owned(), texts(values))]),
        };
        holds(operator, "ec2:vpc", &texts(expected), &context)
    }

    #[test]
    fn operators_mean_what_iam_says() {
        for (operator, expected, actual, wanted) in [
            ("StringEquals", &["a"][..], &["a"][..], true),
            ("StringEquals", &["b", "a"], &["a"], true),
            ("StringEquals", &["a*"], &["ab"], false),
            ("StringEquals", &["a"], &[], false),
            ("StringEqualsIfExists", &["a"], &[], true),
            ("StringEqualsIfExists", &["a"], &["b"], false),
            ("StringNotEquals", &["a"], &[], true),
            ("StringNotEquals", &["a", "b"], &["b"], false),
            ("StringLike", &["a?c*"], &["abcd"], true),
            ("StringNotLike", &["a*"], &["ab"], false),
            ("ArnLike", &["arn:aws:ec2:*:1:vpc/*"], &["arn:aws:ec2:r:1:vpc/v"], true),
            ("ArnEquals", &["arn:aws:ec2:*:vpc/v"], &["arn:aws:ec2:r:1:vpc/v"], false),
            ("Bool", &["false"], &["False"], true),
            ("Bool", &["false"], &[], false),
            ("NumericLessThanEquals", &["30"], &["30"], true),
            ("NumericLessThanEquals", &["30"], &["31"], false),
            ("NumericLessThan", &["30"], &["many"], false),
            ("DateLessThan", &["2027-01-01T00:00:00Z"], &["2026-11-22T03:00:00Z"], true),
            ("IpAddress", &["10.0.0.0/8"], &["10.1.2.3"], true),
            ("NotIpAddress", &["10.0.0.0/8"], &["10.1.2.3"], false),
            ("Null", &["true"], &[], true),
            ("Null", &["false"], &["a"], true),
            ("Null", &["true"], &["a"], false),
            ("ForAllValues:StringEquals", &["a", "b"], &["b", "a"], true),
            ("ForAllValues:StringEquals", &["a"], &["a", "c"], false),
            ("ForAllValues:StringEquals", &["a"], &[], true),
            ("ForAnyValue:StringEquals", &["a"], &["c", "a"], true),
            ("ForAnyValue:StringEquals", &["a"], &[], false),
            ("StringMatches", &["a"], &["a"], false),
            ("NullIfExists", &["true"], &[], false),
        ] {
            assert_eq!(met(operator, expected, actual), wanted, "{operator} {expected:?} of {actual:?}");
        }
    }
}
