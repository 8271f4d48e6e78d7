//! Building the XML bodies of the query protocols.

use std::fmt::Display;

use chrono::{DateTime, SecondsFormat, Utc};
use quick_xml::escape::escape;

/// An XML fragment under construction.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Xml(String);

impl Xml {
    /// A fragment filled by `fill`.
    pub(crate) fn build(fill: impl FnOnce(&mut Xml)) -> Xml {
        let mut xml = Xml::default();
        fill(&mut xml);
        xml
    }

    /// `<name>value</name>`, escaped.
    pub(crate) fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        let value = value.to_string();
        self.raw(name, &escape(value.as_str()))
    }

    /// [`Xml::text`] when there is a value, nothing otherwise.
    pub(crate) fn maybe(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// An instant as EC2 writes it, with milliseconds.
    pub(crate) fn time(&mut self, name: &str, at: DateTime<Utc>) -> &mut Self {
        self.raw(name, &at.to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    /// A nested element.
    pub(crate) fn node(&mut self, name: &str, fill: impl FnOnce(&mut Xml)) -> &mut Self {
        let inner = Xml::build(fill);
        self.raw(name, &inner.0)
    }

    /// `<name><item>…</item>…</name>`, the lists of EC2.
    pub(crate) fn items<T>(
        &mut self,
        name: &str,
        all: impl IntoIterator<Item = T>,
        fill: impl FnMut(&mut Xml, T),
    ) -> &mut Self {
        self.list(name, "item", all, fill)
    }

    /// `<name><member>…</member>…</name>`, the lists of IAM.
    pub(crate) fn members<T>(
        &mut self,
        name: &str,
        all: impl IntoIterator<Item = T>,
        fill: impl FnMut(&mut Xml, T),
    ) -> &mut Self {
        self.list(name, "member", all, fill)
    }

    /// A list of plain strings in `<member>`s.
    pub(crate) fn member_texts<S: AsRef<str>>(
        &mut self,
        name: &str,
        all: impl IntoIterator<Item = S>,
    ) -> &mut Self {
        self.members(name, all, |xml, value| xml.0.push_str(&escape(value.as_ref())))
    }

    /// A list of plain strings in `<item>`s.
    pub(crate) fn strings<S: AsRef<str>>(
        &mut self,
        name: &str,
        all: impl IntoIterator<Item = S>,
    ) -> &mut Self {
        self.items(name, all, |xml, value| xml.0.push_str(&escape(value.as_ref())))
    }

    /// The finished fragment.
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    fn list<T>(
        &mut self,
        name: &str,
        element: &str,
        all: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Xml, T),
    ) -> &mut Self {
        self.node(name, |xml| {
            for one in all {
                xml.node(element, |xml| fill(xml, one));
            }
        })
    }

    fn raw(&mut self, name: &str, inner: &str) -> &mut Self {
        for part in ["<", name, ">", inner, "</", name, ">"] {
            self.0.push_str(part);
        }
        self
    }
}
