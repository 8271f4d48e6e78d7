//! Discord's error answers: a JSON code under an HTTP status, and the tree of a refused form.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// An error as Discord answers it. Source: Discord, "Opcodes and Status Codes", JSON error codes.
#[derive(Debug, Clone)]
pub(super) struct ApiError {
    status: StatusCode,
    code: u32,
    message: String,
    errors: Option<Value>,
    /// Seconds to wait, and whether every route is meant.
    rate_limit: Option<(f64, bool)>,
    blameless: bool,
}

/// Left in a response's extensions for the violation log.
#[derive(Clone)]
pub(super) struct Blame(pub(super) String);

pub(super) type Answer = Result<Response, ApiError>;

impl ApiError {
    pub(super) fn new(status: StatusCode, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), errors: None, rate_limit: None, blameless: false }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized")
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, 0, "404: Not Found")
    }

    pub(super) fn unknown(code: u32, what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, &format!("Unknown {what}"))
    }

    pub(super) fn unknown_message() -> Self {
        Self::unknown(10008, "Message")
    }

    pub(super) fn missing_access() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50001, "Missing Access")
    }

    pub(super) fn missing_permissions() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50013, "Missing Permissions")
    }

    pub(super) fn rate_limited(retry_after_s: f64, global: bool) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, 0, "You are being rate limited.");
        error.rate_limit = Some((retry_after_s, global));
        error
    }

    /// Not the bot's doing: a scripted fault, or what a person did meanwhile. Kept out of the violations.
    pub(super) fn blameless(mut self) -> Self {
        self.blameless = true;
        self
    }

    pub(super) fn blameless_if(self, yes: bool) -> Self {
        if yes { self.blameless() } else { self }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = Map::new();
        body.insert("message".into(), json!(self.message));
        if let Some((after, global)) = self.rate_limit {
            body.insert("retry_after".into(), json!(after));
            body.insert("global".into(), json!(global));
        } else {
            body.insert("code".into(), json!(self.code));
        }
        if let Some(errors) = &self.errors {
            body.insert("errors".into(), errors.clone());
        }
        let mut response = (self.status, axum::Json(Value::Object(body))).into_response();
        if let Some((after, global)) = self.rate_limit {
            let seconds = HeaderValue::from_str(&after.ceil().to_string());
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.unwrap_or(HeaderValue::from_static("1")));
            let scope = HeaderValue::from_static(if global { "global" } else { "user" });
            response.headers_mut().insert("x-ratelimit-scope", scope);
            if global {
                response.headers_mut().insert("x-ratelimit-global", HeaderValue::from_static("true"));
            }
        }
        if !self.blameless {
            let detail = self.errors.map(|errors| format!(" {errors}")).unwrap_or_default();
            response.extensions_mut().insert(Blame(format!("{} {}{detail}", self.code, self.message)));
        }
        response
    }
}

/// Collects what is wrong with a form, by path, into the tree of error 50035.
#[derive(Debug, Default)]
pub(super) struct Form {
    path: Vec<String>,
    tree: Map<String, Value>,
}

impl Form {
    /// A form whose paths all start below `prefix` (`data` for interaction callbacks).
    pub(super) fn below(prefix: &[&str]) -> Self {
        Self { path: prefix.iter().map(|&part| part.to_owned()).collect(), tree: Map::new() }
    }

    /// Runs `check` one step further down.
    pub(super) fn at<T>(&mut self, key: impl ToString, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(key.to_string());
        let result = check(self);
        self.path.pop();
        result
    }

    /// Records a problem at the present path.
    pub(super) fn problem(&mut self, code: &str, message: impl Into<String>) {
        let mut node = &mut self.tree;
        for part in &self.path {
            let next = node.entry(part.clone()).or_insert_with(|| json!({}));
            let Value::Object(inner) = next else {
                unreachable!("the tree holds only objects above _errors")
            };
            node = inner;
        }
        let list = node.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({ "code": code, "message": message.into() }));
        }
    }

    /// Records a problem one step further down.
    pub(super) fn problem_at(&mut self, key: impl ToString, code: &str, message: impl Into<String>) {
        self.at(key, |form| form.problem(code, message));
    }

    /// # Errors
    /// 50035 "Invalid Form Body" with the tree, when anything was recorded.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        if self.tree.is_empty() {
            return Ok(());
        }
        let mut error = ApiError::new(StatusCode::BAD_REQUEST, 50035, "Invalid Form Body");
        error.errors = Some(Value::Object(self.tree));
        Err(error)
    }

    /// A form with a single problem, as an error.
    pub(super) fn refuse(path: &[&str], code: &str, message: impl Into<String>) -> ApiError {
        let mut form = Self::below(path);
        form.problem(code, message);
        form.finish().expect_err("a form with a problem is refused")
    }
}
