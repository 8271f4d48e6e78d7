//! From what an operation came to, to the HTTP answer of its service's protocol.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::Service;
use super::xml::Xml;

/// What an operation came to, before it is written down in its protocol.
pub(crate) enum Outcome {
    Xml(Xml),
    Json(Value),
}

/// A finished answer.
pub(crate) struct Rendered {
    status: u16,
    content_type: &'static str,
    error_type: Option<String>,
    request_id: String,
    body: String,
}

impl Rendered {
    /// The answer of a call that succeeded.
    pub(crate) fn success(service: Service, operation: &str, outcome: Outcome, request_id: String) -> Self {
        let body = match outcome {
            Outcome::Json(value) => value.to_string(),
            Outcome::Xml(xml) => {
                let inner = xml.into_string();
                match service {
                    Service::Iam => {
                        wrapped(operation, "https://iam.amazonaws.com/doc/2010-05-08/", &inner, &request_id)
                    }
                    Service::Sts => {
                        wrapped(operation, "https://sts.amazonaws.com/doc/2011-06-15/", &inner, &request_id)
                    }
                    Service::Ec2 | Service::Ssm | Service::Quotas | Service::Scheduler => format!(
                        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
                         <requestId>{request_id}</requestId>{inner}</{operation}Response>"
                    ),
                }
            }
        };
        Self { status: 200, content_type: content_type(service), error_type: None, request_id, body }
    }

    /// The answer of a call that was refused.
    pub(crate) fn refusal(service: Service, refusal: &Refusal, request_id: String) -> Self {
        let error = Xml::build(|xml| {
            xml.node("Error", |xml| {
                if service != Service::Ec2 {
                    xml.text("Type", if refusal.status < 500 { "Sender" } else { "Receiver" });
                }
                xml.text("Code", &refusal.code).text("Message", &refusal.message);
            });
        })
        .into_string();
        let (body, error_type) = match service {
            Service::Ec2 => (
                format!("<Response><Errors>{error}</Errors><RequestID>{request_id}</RequestID></Response>"),
                None,
            ),
            Service::Iam | Service::Sts => {
                (format!("<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"), None)
            }
            Service::Ssm | Service::Quotas => (
                json!({ "__type": refusal.code, "message": refusal.message }).to_string(),
                Some(refusal.code.clone()),
            ),
            // REST-JSON names the error in the header alone.
            Service::Scheduler => {
                (json!({ "Message": refusal.message }).to_string(), Some(refusal.code.clone()))
            }
        };
        Self { status: refusal.status, content_type: content_type(service), error_type, request_id, body }
    }

    /// The same answer with the second half of its body missing.
    pub(crate) fn garbled(mut self) -> Self {
        let half = (0..=self.body.len() / 2).rev().find(|at| self.body.is_char_boundary(*at)).unwrap_or(0);
        self.body.truncate(half);
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(self.content_type));
        let more = [("x-amzn-requestid", Some(self.request_id)), ("x-amzn-errortype", self.error_type)];
        for (name, value) in more {
            if let Some(value) = value.and_then(|value| value.parse().ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

fn content_type(service: Service) -> &'static str {
    match service {
        Service::Ec2 => "text/xml;charset=UTF-8",
        Service::Iam | Service::Sts => "text/xml",
        Service::Ssm | Service::Quotas => "application/x-amz-json-1.1",
        Service::Scheduler => "application/json",
    }
}

fn wrapped(operation: &str, namespace: &str, inner: &str, request_id: &str) -> String {
    format!(
        "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{inner}</{operation}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
}
