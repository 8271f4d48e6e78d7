//! Reading a TOML document field by field, without stopping at what is wrong.
//!
//! A derived `Deserialize` gives up at the first mistake, and a list of known fields kept beside it would be a
//! second copy of the schema. Here the code that reads a section *is* its schema: a [`Section`] remembers which
//! fields it was asked for, and whatever is in the document and was not asked for is unknown. Each leaf is
//! still deserialised by serde, so a type knows for itself how it is written.

use std::cell::RefCell;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::choice;
use crate::problem::{Problem, Problems};

const WHOLE: &str = "expected a whole number";

/// A value of the right type may still be one that nobody can have meant.
pub(crate) trait Plausible {
    /// What is wrong with it, if anything.
    fn objection(&self) -> Option<String>;
}

/// The document being read and what is wrong with it so far.
pub(crate) struct Document<'t> {
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> Document<'t> {
    /// Reads `text` with `read`, which is handed the root section and returns `None` only after a problem.
    pub(crate) fn read<T>(
        text: &'t str,
        read: impl FnOnce(&Section<'_, 't>) -> Option<T>,
    ) -> Result<T, Problems> {
        let document = Self { text, problems: RefCell::default() };
        let (root, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            // Fields that went missing in a broken line would only be said to be missing on top of it.
            for error in errors {
                document.report(String::new(), error.message().to_owned(), error.span());
            }
            return Err(document.into_problems());
        }
        let section = Section {
            document: &document,
            path: String::new(),
            table: Some(root.get_ref()),
            span: None,
            asked: RefCell::default(),
        };
        let value = read(&section);
        section.report_unknown();
        match value {
            Some(value) if document.problems.borrow().is_empty() => Ok(value),
            _ => Err(document.into_problems()),
        }
    }

    fn report(&self, path: String, message: String, span: Option<Range<usize>>) {
        let line = span.map(|span| self.text[..span.start].matches('\n').count() + 1);
        self.problems.borrow_mut().push(Problem { path, message, line });
    }

    /// Whether nothing is wrong with the field at `path`, nor with anything in it.
    fn sound(&self, path: &str) -> bool {
        let inside = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        !self.problems.borrow().iter().any(|problem| problem.path.strip_prefix(path).is_some_and(inside))
    }

    fn into_problems(self) -> Problems {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        Problems(problems)
    }
}

/// One table of the document; without a table, a section that the document does not have, where every field
/// has its default.
pub(crate) struct Section<'d, 't> {
    document: &'d Document<'t>,
    path: String,
    table: Option<&'d DeTable<'t>>,
    span: Option<Range<usize>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d, 't> Section<'d, 't> {
    /// The field `key`; `None` when it is absent, or wrong and reported.
    pub(crate) fn get<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        let (_, value) = self.entry(key)?;
        self.leaf(self.path_of(key), value)
    }

    /// The field `key`, or its default.
    pub(crate) fn get_or<T: DeserializeOwned>(&self, key: &'static str, default: T) -> T {
        self.get(key).unwrap_or(default)
    }

    /// The field `key`, which has no default and must be plausible; when it is missing, it is said for `what`.
    pub(crate) fn need<T: DeserializeOwned + Plausible>(&self, key: &'static str, what: &str) -> Option<T> {
        if self.entry(key).is_none() {
            self.missing(key, what);
            return None;
        }
        let value: T = self.get(key)?;
        match value.objection() {
            None => Some(value),
            Some(objection) => {
                self.wrong(key, objection);
                None
            }
        }
    }

    /// The values of the array `key`, each read by itself; `None` when there is no such array.
    pub(crate) fn items<T: DeserializeOwned>(&self, key: &'static str) -> Option<Vec<T>> {
        let path = self.path_of(key);
        let items = self.array(key, "an array: [ … ]")?.iter().enumerate();
        Some(items.filter_map(|(index, item)| self.leaf(format!("{path}[{index}]"), item)).collect())
    }

    /// Reports a field that people may look for here but that belongs elsewhere. It stays out of the lists of
    /// what is possible.
    pub(crate) fn elsewhere(&self, key: &'static str, message: &str) {
        if self.table.is_some_and(|table| table.contains_key(key)) {
            _ = self.entry(key);
            self.wrong(key, message);
        }
    }

    /// The section `key`, read with `read`; an absent one reads as empty, so that its defaults apply.
    pub(crate) fn section<T>(&self, key: &'static str, read: impl FnOnce(&Section<'_, 't>) -> T) -> T {
        let (span, value) = self.entry(key).unzip();
        let table = value.and_then(|value| value.get_ref().as_table());
        if value.is_some() && table.is_none() {
            self.wrong(key, format!("expected a section, [{}]", self.path_of(key)));
        }
        self.enter(self.path_of(key), table, span, read)
    }

    /// The sections of the array `key`, each read with `read`, less those where that gave `None`; `None` when
    /// there is no such array.
    pub(crate) fn sections<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Section<'_, 't>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let header = format!("sections, [[{}]]", self.path_of(key));
        let mut values = Vec::new();
        for (index, item) in self.array(key, &header)?.iter().enumerate() {
            let path = format!("{}[{index}]", self.path_of(key));
            match item.get_ref().as_table() {
                Some(table) => values.extend(self.enter(path, Some(table), Some(item.span()), &read)),
                None => self.document.report(path, format!("expected {header}"), Some(item.span())),
            }
        }
        Some(values)
    }

    /// Reports `message` about the field `key`.
    pub(crate) fn wrong(&self, key: &'static str, message: impl Into<String>) {
        let span = self.entry(key).map(|(span, _)| span).or_else(|| self.span.clone());
        self.document.report(self.path_of(key), message.into(), span);
    }

    /// Reports that the field `key`, which is there for `what`, is missing.
    pub(crate) fn missing(&self, key: &'static str, what: &str) {
        self.wrong(key, format!("missing: {what}"));
    }

    /// Reports `message` about the field `key` unless it holds, or that field already has a problem.
    pub(crate) fn check(&self, key: &'static str, holds: bool, message: impl FnOnce() -> String) {
        if !holds && self.sound(&[key]) {
            self.wrong(key, message());
        }
    }

    /// Whether none of the fields `keys` has a problem. Rules between fields ask this first, so as not to judge
    /// a default that only stands in for something misspelt.
    pub(crate) fn sound(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.document.sound(&self.path_of(key)))
    }

    /// The same of fields elsewhere, by their whole paths, in sections that were read before.
    pub(crate) fn sound_at(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.document.sound(path))
    }

    fn enter<T>(
        &self,
        path: String,
        table: Option<&DeTable<'t>>,
        span: Option<Range<usize>>,
        read: impl FnOnce(&Section<'_, 't>) -> T,
    ) -> T {
        let section = Section { document: self.document, path, table, span, asked: RefCell::default() };
        let value = read(&section);
        section.report_unknown();
        value
    }

    /// The span of the key, and the value. Asking makes the field a known one.
    fn entry(&self, key: &'static str) -> Option<(Range<usize>, &'d Spanned<DeValue<'t>>)> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        let (name, value) = self.table?.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((name.span(), value))
    }

    fn array(&self, key: &'static str, expected: &str) -> Option<&'d [Spanned<DeValue<'t>>]> {
        let (_, value) = self.entry(key)?;
        let array = value.get_ref().as_array();
        if array.is_none() {
            self.wrong(key, format!("expected {expected}"));
        }
        array.map(|array| &**array)
    }

    fn leaf<T: DeserializeOwned>(&self, path: String, value: &Spanned<DeValue<'t>>) -> Option<T> {
        match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(leaf) => Some(leaf),
            Err(error) => {
                // serde names Rust's types, which mean nothing to whoever writes the file.
                let message = error.message().replace("expected u32", WHOLE).replace("expected i64", WHOLE);
                self.document.report(path, message, Some(value.span()));
                None
            }
        }
    }

    fn report_unknown(&self) {
        let asked = self.asked.borrow();
        for name in self.table.into_iter().flat_map(|table| table.keys()) {
            if !asked.iter().any(|key| name.get_ref() == key) {
                let path = self.path_of(name.get_ref());
                let message = format!("no such field; {}", choice::hint(name.get_ref(), &asked));
                self.document.report(path, message, Some(name.span()));
            }
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
