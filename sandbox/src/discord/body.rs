//! Request bodies: JSON, or multipart with `payload_json` and `files[n]`.

use axum::{
    extract::{FromRequest, Multipart, Request},
    http::{StatusCode, header},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    error::{ApiError, Form},
    rules,
};

/// What was sent.
pub(super) struct Body {
    pub(super) json: Value,
    pub(super) files: Vec<Upload>,
}

/// A file of a multipart body.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    /// The `n` of `files[n]`, which `attachments[].id` refers to.
    pub(super) index: u64,
    pub(super) filename: String,
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match content_type
            .map(|value| value.split(';').next().unwrap_or_default().trim().to_owned())
            .as_deref()
        {
            Some("multipart/form-data") => {
                let multipart = Multipart::from_request(request, state).await.map_err(|_| broken_form())?;
                read_multipart(multipart).await
            }
            Some("application/json") => {
                let bytes = Bytes::from_request(request, state).await.map_err(|_| too_large())?;
                Ok(Self { json: parse(&bytes)?, files: Vec::new() })
            }
            _ => {
                let bytes = Bytes::from_request(request, state).await.map_err(|_| too_large())?;
                if bytes.is_empty() {
                    return Ok(Self { json: json!({}), files: Vec::new() });
                }
                let expected = "Expected \"Content-Type\" header to be one of {'application/json'}.";
                Err(Form::refuse(&[], "CONTENT_TYPE_INVALID", expected))
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    let invalid =
        |_| ApiError::new(StatusCode::BAD_REQUEST, 50109, "The request body contains invalid JSON.");
    serde_json::from_slice(bytes).map_err(invalid)
}

fn broken_form() -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, 50035, "Invalid Form Body")
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, 40005, "Request entity too large")
}

async fn read_multipart(mut multipart: Multipart) -> Result<Body, ApiError> {
    let mut body = Body { json: json!({}), files: Vec::new() };
    while let Some(field) = multipart.next_field().await.map_err(|_| broken_form())? {
        let name = field.name().unwrap_or_default().to_owned();
        let filename = field.file_name().map(str::to_owned);
        let content_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = field.bytes().await.map_err(|_| broken_form())?;
        let Some(filename) = filename else {
            if name == "payload_json" {
                body.json = parse(&bytes)?;
            }
            continue;
        };
        if bytes.len() > rules::FILE_LIMIT_BYTES {
            return Err(too_large());
        }
        let next = body.files.len() as u64;
        let index =
            name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')?.parse().ok()).unwrap_or(next);
        body.files.push(Upload { index, filename, content_type, bytes });
    }
    Ok(body)
}
