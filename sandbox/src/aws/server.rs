//! The endpoint: takes a request, lets the scripted faults at it, carries it out and answers.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::extract::connect_info::ConnectInfo;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use tokio::time::sleep;

use super::calls::Pending;
use super::connection::Reset;
use super::faults::FaultKind;
use super::refusal::Refusal;
use super::request::Request;
use super::response::Rendered;
use super::state::{State, mutates};

/// How HTTP writes a time: <https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats>.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

pub(crate) async fn handle(
    Extract(state): Extract<Arc<State>>,
    ConnectInfo(reset): ConnectInfo<Reset>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut response = answer(&state, &reset, &method, &uri, &headers, &body).await;
    // The account's own time: from it clients tell whether their clock is wrong, and whether to sign anew.
    if let Ok(date) = state.clock().format(HTTP_DATE).to_string().parse() {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn answer(
    state: &Arc<State>,
    reset: &Reset,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response<Body> {
    let request = match Request::read(method, uri, headers, body) {
        Ok(request) => request,
        Err(wrong) => {
            return Rendered::refusal(wrong.service, &wrong.refusal, state.request_id()).into_response();
        }
    };
    let (service, operation) = (request.service, request.operation.as_str());
    let mut call = Pending::new(&state.calls, service.name(), operation, mutates(&request), state.clock());
    // Even a sleep of nothing costs a turn of the timer, up to a millisecond.
    if !state.latency().is_zero() {
        sleep(state.latency()).await;
    }
    if state.faults.is_away() {
        return lose(reset);
    }
    let fault = state.faults.next(operation);
    let mut doom = None;
    match &fault {
        Some(FaultKind::Refuse { status, code, message }) => {
            call.ended(code);
            let refusal = Refusal::new(code, message).status(*status);
            return Rendered::refusal(service, &refusal, state.request_id()).into_response();
        }
        Some(FaultKind::Hang) => std::future::pending().await,
        Some(FaultKind::Delay(time)) => sleep(*time).await,
        Some(FaultKind::GatewayFails { code, message }) => doom = Some((code.clone(), message.clone())),
        Some(
            FaultKind::LoseAnswer
            | FaultKind::FailAfterEffect
            | FaultKind::GarbleAnswer
            | FaultKind::HangAfterEffect,
        )
        | None => {}
    }
    let result = match state.throttle(&request) {
        Ok(()) => state.carry_out(&request, doom, &mut call),
        Err(refusal) => Err(refusal),
    };
    let id = state.request_id();
    let (rendered, outcome) = match result {
        Ok(outcome) => (Rendered::success(service, operation, outcome, id), "ok".to_owned()),
        Err(refusal) => (Rendered::refusal(service, &refusal, id), refusal.code),
    };
    match fault {
        Some(FaultKind::LoseAnswer) => lose(reset),
        Some(FaultKind::HangAfterEffect) => std::future::pending().await,
        Some(FaultKind::FailAfterEffect) => {
            let refusal = Refusal::new("InternalError", "An internal error has occurred.").status(500);
            call.ended(&refusal.code);
            Rendered::refusal(service, &refusal, state.request_id()).into_response()
        }
        Some(FaultKind::GarbleAnswer) => {
            call.ended("garbled");
            rendered.garbled().into_response()
        }
        Some(
            FaultKind::Refuse { .. } | FaultKind::Hang | FaultKind::Delay(_) | FaultKind::GatewayFails { .. },
        )
        | None => {
            call.ended(&outcome);
            rendered.into_response()
        }
    }
}

/// Resets the connection. What is returned here never reaches the client.
fn lose(reset: &Reset) -> Response<Body> {
    reset.arm();
    Response::new(Body::empty())
}
