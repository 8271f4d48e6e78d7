//! Reading the parameters of a query-protocol call (`Filter.1.Value.2=available`).
//!
//! Every parameter that is read is noted, so that one nobody read can be refused: a misspelt or
//! unmodelled parameter must not be ignored in silence.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::refusal::{Answer, Refusal};

/// The parameters of one call.
#[derive(Debug, Default)]
pub(crate) struct Form {
    values: BTreeMap<String, String>,
    read: RefCell<BTreeSet<String>>,
}

impl Form {
    pub(crate) fn new(values: BTreeMap<String, String>) -> Self {
        Self { values, read: RefCell::default() }
    }

    /// The whole call as an [`Input`].
    pub(crate) fn input(&self) -> Input<'_> {
        Input { form: self, prefix: String::new() }
    }

    /// Refuses the call when it carries a parameter that no operation read.
    pub(crate) fn nothing_unread(&self) -> Answer<()> {
        let read = self.read.borrow();
        match self.values.iter().find(|(name, value)| !value.is_empty() && !read.contains(*name)) {
            None => Ok(()),
            Some((name, _)) => Err(Refusal::new(
                "UnknownParameter",
                format!("The parameter {name} is not recognized (by the sandbox)"),
            )),
        }
    }

    /// Counts every parameter as read: a replayed call was checked when it was first made.
    pub(crate) fn checked_before(&self) {
        self.read.borrow_mut().extend(self.values.keys().cloned());
    }

    /// All parameters but those named, in one line: two calls are the same when these are equal.
    pub(crate) fn fingerprint(&self, without: &[&str]) -> String {
        let kept = self.values.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        kept.map(|(name, value)| format!("{name}={value}\n")).collect()
    }
}

/// A call, or one structure inside a call.
#[derive(Debug, Clone)]
pub(crate) struct Input<'a> {
    form: &'a Form,
    prefix: String,
}

impl<'a> Input<'a> {
    /// The call this is a part of.
    pub(crate) fn form(&self) -> &'a Form {
        self.form
    }

    /// A parameter's text; an empty one counts as absent, as it does for AWS.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let key = self.key(name);
        let value = self.form.values.get(&key)?.clone();
        self.form.read.borrow_mut().insert(key);
        Some(value).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(crate) fn need(&self, name: &str) -> Answer<String> {
        self.text(name).ok_or_else(|| Refusal::missing(&self.key(name)))
    }

    /// A number, when given.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Answer<Option<T>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            Refusal::invalid_value(format!(
                "Value ({text}) for parameter {name} is invalid. It is not a number."
            ))
        })
    }

    /// `true` or `false`, when given.
    pub(crate) fn flag(&self, name: &str) -> Answer<Option<bool>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.to_ascii_lowercase().parse().map(Some).map_err(|_| {
            Refusal::invalid_value(format!(
                "Value ({text}) for parameter {name} is invalid. Must be true or false."
            ))
        })
    }

    /// A list of strings: `name.1`, `name.2`, ….
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.indices(name).into_iter().filter_map(|index| self.text(&format!("{name}.{index}"))).collect()
    }

    /// A list of structures: `name.1.…`, `name.2.…`, ….
    pub(crate) fn items(&self, name: &str) -> Vec<Input<'a>> {
        self.indices(name).into_iter().map(|index| self.child(&format!("{name}.{index}"))).collect()
    }

    /// A structure inside this one.
    pub(crate) fn child(&self, name: &str) -> Input<'a> {
        Input { form: self.form, prefix: self.key(name) }
    }

    /// Whether this call has any parameter of that name, or below it.
    pub(crate) fn has(&self, name: &str) -> bool {
        let key = self.key(name);
        let below = format!("{key}.");
        self.form
            .values
            .iter()
            .any(|(name, value)| !value.is_empty() && (*name == key || name.starts_with(&below)))
    }

    fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}.{name}", self.prefix) }
    }

    fn indices(&self, name: &str) -> BTreeSet<u32> {
        let below = format!("{}.", self.key(name));
        let keys = self.form.values.keys().filter_map(|key| key.strip_prefix(&below));
        keys.filter_map(|rest| rest.split('.').next()?.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn lists_come_in_numeric_order() {
        let form = form(&[("Id.10", "j"), ("Id.2", "b"), ("Id.1", "a")]);
        assert_eq!(form.input().list("Id"), ["a", "b", "j"]);
    }

    #[test]
    fn a_parameter_nobody_read_is_refused() {
        let form = form(&[("VpcId", "vpc-1"), ("VcpId", "vpc-2")]);
        assert_eq!(form.input().text("VpcId").as_deref(), Some("vpc-1"));
        assert_eq!(form.nothing_unread().unwrap_err().code, "UnknownParameter");
    }
}
