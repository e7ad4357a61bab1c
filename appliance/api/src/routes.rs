//! Which address does what. Everything lies under `/api`, so that the panels can share the router.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use rackwright_catalog::ENTRIES;

use crate::call::{Door, call};
use crate::events::events;
use crate::refusal::Refusal;

/// Routes for every action of the catalogue, `/api/v1/events`, `/api/openapi.json` and `/api/healthz`.
///
/// `door` carries the calls. Any other address under `/api` answers with a fault; the rest is left to the caller.
pub fn router(door: Door) -> Router {
    let mut routes = Router::new();
    for entry in ENTRIES {
        let act = move |State(door): State<Door>, request: Request| call(door, entry, request);
        routes = routes.route(&path(entry.spec.name), post(act).fallback(only_post));
    }
    routes
        .route("/api/v1/events", get(listen).fallback(only_get))
        .route("/api/openapi.json", get(description).fallback(only_get))
        .route("/api/healthz", get(health).fallback(only_get))
        .route("/api", any(nothing_here))
        .route("/api/", any(nothing_here))
        .route("/api/{*rest}", any(nothing_here))
        .layer(map_response(guard))
        .with_state(door)
}

/// `server.install` is at `/api/v1/server/install`.
pub(crate) fn path(name: &str) -> String {
    format!("/api/v1/{}", name.replace('.', "/"))
}

async fn listen(State(door): State<Door>, request: Request) -> Response {
    events(door, request).await
}

async fn description() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], crate::openapi::bytes())
}

/// That requests are served; says nothing about anything else, because anybody may ask.
async fn health() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#)
}

pub(crate) async fn nothing_here(method: Method, uri: Uri) -> Response {
    Refusal::no_route(&method, &uri).into_response()
}

async fn only_post(method: Method, uri: Uri) -> Response {
    Refusal::wrong_method(&method, &uri, "POST").into_response()
}

async fn only_get(method: Method, uri: Uri) -> Response {
    Refusal::wrong_method(&method, &uri, "GET").into_response()
}

/// Nothing that the API answers may be kept by a cache or taken for something else by a browser.
async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
