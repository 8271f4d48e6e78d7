//! Requests of the REST-JSON protocol: which operation method and path mean, and one JSON value of
//! everything that path, query and body carry.

use axum::http::{Method, Uri};
use serde_json::{Map, Value};

use super::refusal::{Answer, Refusal};
use super::request::Body;

/// One operation's place in the tree of paths.
pub(crate) struct Route {
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    /// The segments of the path.
    pub(crate) path: &'static [Segment],
    /// What the query may hold: its name on the wire, the member it stands for, what it is.
    pub(crate) query: &'static [(&'static str, &'static str, Kind)],
}

/// A segment of a path.
pub(crate) enum Segment {
    /// It must be this.
    Fixed(&'static str),
    /// It is the value of this member.
    Label(&'static str),
}

/// What the text of a query parameter stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
}

impl Route {
    /// The values of the labels, when the path is this route's.
    fn labels(&self, path: &str) -> Option<Map<String, Value>> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        if segments.len() != self.path.len() {
            return None;
        }
        let mut labels = Map::new();
        for (segment, text) in self.path.iter().zip(segments) {
            match segment {
                Segment::Fixed(fixed) if *fixed == text => {}
                Segment::Label(member) if !text.is_empty() => {
                    labels.insert((*member).to_owned(), text.into());
                }
                Segment::Fixed(_) | Segment::Label(_) => return None,
            }
        }
        Some(labels)
    }
}

/// Reads a request of a service with these routes. The names of operations and labels need no percent
/// encoding, so none is undone: a name that has one is refused for its characters.
pub(crate) fn read(
    routes: &[Route],
    method: &Method,
    uri: &Uri,
    content_type: &str,
    body: &[u8],
) -> Answer<(String, Body)> {
    let on_path = routes.iter().filter(|route| route.method == method.as_str());
    let found = on_path.filter_map(|route| Some((route, route.labels(uri.path())?))).next();
    let (route, mut members) = found.ok_or_else(|| {
        let message = format!("There is no operation {method} {}.", uri.path());
        Refusal::new("UnknownOperationException", message).status(404)
    })?;
    for (name, text) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let known = route.query.iter().find(|(wire, ..)| *wire == name);
        let (_, member, kind) = known.ok_or_else(|| {
            Refusal::new("ValidationException", format!("The sandbox does not know the parameter {name}."))
        })?;
        let value = match kind {
            Kind::Text => Value::from(text.as_ref()),
            Kind::Number => text.parse::<i64>().map(Value::from).map_err(|_| {
                Refusal::new("SerializationException", format!("{name} must be a number, not {text}"))
            })?,
        };
        members.insert((*member).to_owned(), value);
    }
    if !body.is_empty() {
        members.extend(read_body(content_type, body, &members)?);
    }
    Ok((route.operation.to_owned(), Body::Json(Value::Object(members))))
}

fn read_body(content_type: &str, body: &[u8], before: &Map<String, Value>) -> Answer<Map<String, Value>> {
    let malformed = |message: String| Refusal::new("SerializationException", message);
    if content_type != "application/json" {
        return Err(malformed("The body must be application/json.".to_owned()));
    }
    let value = serde_json::from_slice(body)
        .map_err(|error| malformed(format!("The body is not a JSON object: {error}")))?;
    let Value::Object(members) = value else {
        return Err(malformed("The body is not a JSON object.".to_owned()));
    };
    match members.keys().find(|name| before.contains_key(*name)) {
        None => Ok(members),
        Some(twice) => Err(malformed(format!("{twice} belongs into the path or the query"))),
    }
}
