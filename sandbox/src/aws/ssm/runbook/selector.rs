//! The part of JSONPath with which runbooks pick something out of an answer:
//!
//! ```text
//! selector = "$" step*
//! step     = "." name | ".." name | "[" digits "]" | "[*]" | ".*"
//! name     = a letter or "_", then letters, digits and "_"
//! ```

use serde_json::Value;

/// A selector that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selector {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Anywhere(String),
    Index(usize),
    Each,
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// One sentence about what is not understood.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = |rest: &str| format!("The selector {text} is not understood at '{rest}'.");
        let mut rest =
            text.strip_prefix('$').ok_or_else(|| format!("The selector {text} must begin with $."))?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = if let Some(after) = rest.strip_prefix("[*]").or(rest.strip_prefix(".*")) {
                (Step::Each, after)
            } else if let Some(after) = rest.strip_prefix('[') {
                let (digits, after) = after.split_once(']').ok_or_else(|| wrong(rest))?;
                (Step::Index(digits.parse().map_err(|_| wrong(rest))?), after)
            } else if let Some(after) = rest.strip_prefix("..") {
                let (name, after) = name(after).ok_or_else(|| wrong(rest))?;
                (Step::Anywhere(name.to_owned()), after)
            } else {
                let after = rest.strip_prefix('.').ok_or_else(|| wrong(rest))?;
                let (name, after) = name(after).ok_or_else(|| wrong(rest))?;
                (Step::Member(name.to_owned()), after)
            };
            steps.push(step);
            rest = after;
        }
        Ok(Self { text: text.to_owned(), steps })
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it can only mean one place. What is found at several places is a list.
    pub(crate) fn is_definite(&self) -> bool {
        !self.steps.iter().any(|step| matches!(step, Step::Each | Step::Anywhere(_)))
    }

    /// Everything it means in `value`, in the order of the document.
    pub(crate) fn select<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![value];
        for step in &self.steps {
            found = found.into_iter().flat_map(|value| step.apply(value)).collect();
        }
        found
    }
}

impl Step {
    fn apply<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match self {
            Step::Member(name) => value.get(name).into_iter().collect(),
            Step::Index(at) => value.get(at).into_iter().collect(),
            Step::Each => children(value).collect(),
            Step::Anywhere(name) => {
                let mut found: Vec<&Value> = value.get(name).into_iter().collect();
                found.extend(children(value).flat_map(|child| self.apply(child)));
                found
            }
        }
    }
}

fn children(value: &Value) -> impl Iterator<Item = &Value> {
    let items = value.as_array().into_iter().flatten();
    items.chain(value.as_object().into_iter().flat_map(|members| members.values()))
}

/// The name at the beginning, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_find_what_they_say() {
        let value = json!({ "A": [
            { "B": "one", "C": [{ "D": 1 }, { "D": 2 }] },
            { "B": "two", "C": [] },
        ], "E": { "B": "three" } });
        for (selector, expected, definite) in [
            ("$.A[0].B", json!(["one"]), true),
            ("$.A[*].B", json!(["one", "two"]), false),
            ("$.A[0].C[1].D", json!([2]), true),
            ("$.A[*].C[0].D", json!([1]), false),
            ("$..B", json!(["one", "two", "three"]), false),
            ("$.A..D", json!([1, 2]), false),
            ("$.A[2].B", json!([]), true),
            ("$.A.B", json!([]), true),
            ("$.E.*", json!(["three"]), false),
        ] {
            let selector = Selector::parse(selector).unwrap();
            assert_eq!(json!(selector.select(&value)), expected, "{}", selector.text());
            assert_eq!(selector.is_definite(), definite, "{}", selector.text());
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for wrong in
            ["", "A", "$A", "$.", "$.A[", "$.A[x]", "$.A[-1]", "$.A[0:2]", "$.A[?(@.B)]", "$['A']", "$.A[].B"]
        {
            assert!(Selector::parse(wrong).is_err(), "{wrong}");
        }
    }
}
