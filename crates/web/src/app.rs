//! The frame around all routes: language, errors, limits, security headers.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::assets;
use crate::page::Site;
use crate::problem::{self, Problem};
use crate::shell;

/// How many bytes a form without files may have.
pub const FORM_BYTES: usize = 256 * 1024;

/// The policy of all pages: nothing but our own files, nobody may frame us, forms go nowhere else.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Puts the frame around the routes of the portal. Sign-in middleware belongs inside (`routes.layer(…)` before this call);
/// routes that take files set their own `DefaultBodyLimit::max`.
pub fn surround(routes: Router, site: Arc<Site>) -> Router {
    routes
        .merge(assets::router())
        .fallback(|| async { Problem::not_found() })
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(middleware::from_fn(problem::render))
        .layer(middleware::from_fn_with_state(site.clone(), shell::surround))
        .layer(middleware::from_fn_with_state(site, secure))
}

/// Middleware: the security headers of every answer, assets and errors included.
async fn secure(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 7] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if site.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The panic's own message is on standard error already, by the standard hook; the reader gets a page.
fn on_panic(payload: Box<dyn Any + Send + 'static>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Problem::internal(format!("a handler panicked: {message}")).into_response()
}
