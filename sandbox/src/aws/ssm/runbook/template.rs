//! Texts with references in them: `{{ Parameter }}`, `{{ step.Output }}`, `{{ global:REGION }}`.

use std::fmt;

use serde_json::Value;

/// A text, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Reference(Reference),
}

/// What a text refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// A parameter of the runbook.
    Parameter(String),
    /// Something an earlier step put out.
    Output { step: String, output: String },
    /// The region.
    Region,
    /// The account.
    Account,
    /// The id of this execution.
    Execution,
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// One sentence about what is not understood.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, after) = after
                .split_once("}}")
                .ok_or_else(|| format!("'{text}' opens {{{{ and does not close it."))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Reference(Reference::parse(inside.trim())?));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// Everything it refers to.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Text(_) => None,
        })
    }

    /// The value it stands for. One that is nothing but a reference keeps what it refers to as it is: a list
    /// stays a list. Inside a text, a list has no place.
    ///
    /// # Errors
    /// What `look_up` says, or one sentence about a list inside a text.
    pub(crate) fn resolve(
        &self,
        look_up: &impl Fn(&Reference) -> Result<Value, String>,
    ) -> Result<Value, String> {
        if let [Part::Reference(only)] = self.0.as_slice() {
            return look_up(only);
        }
        let mut whole = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => whole.push_str(text),
                Part::Reference(reference) => match look_up(reference)? {
                    Value::String(text) => whole.push_str(&text),
                    Value::Array(_) | Value::Object(_) => {
                        return Err(format!("Failed to resolve input: {reference} to type String."));
                    }
                    other => whole.push_str(&other.to_string()),
                },
            }
        }
        Ok(whole.into())
    }
}

impl Reference {
    /// Reads what stands between the braces, or in the runbook's `outputs`.
    ///
    /// # Errors
    /// One sentence about what is not understood.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        };
        match (text, text.split_once('.')) {
            ("global:REGION", _) => Ok(Reference::Region),
            ("global:ACCOUNT_ID", _) => Ok(Reference::Account),
            ("automation:EXECUTION_ID", _) => Ok(Reference::Execution),
            (_, Some((step, output))) if is_name(step) && is_name(output) => {
                Ok(Reference::Output { step: step.to_owned(), output: output.to_owned() })
            }
            (name, None) if is_name(name) => Ok(Reference::Parameter(name.to_owned())),
            _ => Err(format!("The sandbox does not understand the reference {{{{ {text} }}}}.")),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Parameter(name) => write!(out, "{name}"),
            Reference::Output { step, output } => write!(out, "{step}.{output}"),
            Reference::Region => write!(out, "global:REGION"),
            Reference::Account => write!(out, "global:ACCOUNT_ID"),
            Reference::Execution => write!(out, "automation:EXECUTION_ID"),
        }
    }
}

/// Every text in `value`, taken apart, in the order of the document.
///
/// # Errors
/// One sentence about the first that is not understood.
pub(crate) fn templates_in(value: &Value) -> Result<Vec<Template>, String> {
    match value {
        Value::String(text) => Ok(vec![Template::parse(text)?]),
        Value::Array(items) => join(items.iter()),
        Value::Object(members) => join(members.values()),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Vec::new()),
    }
}

fn join<'v>(values: impl Iterator<Item = &'v Value>) -> Result<Vec<Template>, String> {
    values.map(templates_in).collect::<Result<Vec<_>, String>>().map(|all| all.concat())
}

/// `value` with every text in it resolved.
///
/// # Errors
/// As [`Template::resolve`].
pub(crate) fn resolve(
    value: &Value,
    look_up: &impl Fn(&Reference) -> Result<Value, String>,
) -> Result<Value, String> {
    match value {
        Value::String(text) => Template::parse(text)?.resolve(look_up),
        Value::Array(items) => items.iter().map(|item| resolve(item, look_up)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| Ok((name.clone(), resolve(member, look_up)?)))
            .collect::<Result<serde_json::Map<_, _>, String>>()
            .map(Value::Object),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look_up(reference: &Reference) -> Result<Value, String> {
        match reference.to_string().as_str() {
            "Lease" => Ok(json!("l-1")),
            "find.Ids" => Ok(json!(["a", "b"])),
            "Count" => Ok(json!(3)),
            other => Err(format!("{other} is unknown")),
        }
    }

    #[test]
    fn a_whole_list_stays_a_list_and_texts_are_filled_in() {
        let value = json!({
            "Filters": [{ "Name": "tag:{{Lease}}", "Values": ["{{ Lease }}-{{ Count }}"] }],
            "Ids": "{{ find.Ids }}",
            "DryRun": false,
        });
        assert_eq!(
            resolve(&value, &look_up).unwrap(),
            json!({
                "Filters": [{ "Name": "tag:l-1", "Values": ["l-1-3"] }],
                "Ids": ["a", "b"],
                "DryRun": false,
            })
        );
        assert!(resolve(&json!("all of {{ find.Ids }}"), &look_up).unwrap_err().contains("find.Ids"));
        assert_eq!(resolve(&json!("{{ Nobody }}"), &look_up).unwrap_err(), "Nobody is unknown");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in ["{{ open", "{{ }}", "{{ a.b.c }}", "{{ global:NOW }}", "{{ a b }}"] {
            assert!(Template::parse(wrong).is_err(), "{wrong}");
        }
    }
}
