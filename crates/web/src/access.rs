//! Who may open which address. Every route says it where it is made; a table of all routes is kept, which a test asks
//! as nobody and in every role.
//!
//! ```ignore
//! pub fn routes() -> Routes {
//!     Routes::new()
//!         .get("/finance", Access::Roles(&[Role::Finance, Role::Auditor]), overview)
//!         .post("/finance/batches", Access::Roles(&[Role::Finance]), make_batch)
//!         .post_files("/finance/results", Access::Roles(&[Role::Finance]), 8 << 20, read_results)
//! }
//! ```
//!
//! What one may see of an object (another party's case) is the handler's to ask: it answers 404.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use duixian_casework::people::Role;
use duixian_rules::vocabulary::Lang;

use crate::forms::Most;
use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::redirect;
use crate::viewer::Viewer;

/// Who may open an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever has one of these roles.
    Roles(&'static [Role]),
}

/// Every role that works for the government.
pub(crate) const OFFICIALS: [Role; 7] = [
    Role::Intake,
    Role::Reviewer,
    Role::DecisionMaker,
    Role::Finance,
    Role::Auditor,
    Role::Leader,
    Role::Administrator,
];

impl Access {
    /// Every role that works for the government.
    pub const OFFICIALS: Access = Access::Roles(&OFFICIALS);

    /// Whether someone with these roles may; nobody's roles are `None`.
    pub fn allows(self, roles: Option<&[Role]>) -> bool {
        match (self, roles) {
            (Access::Public, _) | (Access::SignedIn, Some(_)) => true,
            (Access::Roles(needed), Some(roles)) => roles.iter().any(|role| needed.contains(role)),
            (_, None) => false,
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// GET or POST.
    pub method: Method,
    /// The path with its places: `/cases/{id}`.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
}

/// Routes with who may open them.
#[derive(Default)]
pub struct Routes {
    router: Router<Arc<Portal>>,
    table: Vec<Route>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Routes {
        Routes::default()
    }

    /// A page.
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, Arc<Portal>>,
        T: 'static,
    {
        self.add(Method::GET, path, access, get(handler))
    }

    /// A form without files.
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, Arc<Portal>>,
        T: 'static,
    {
        self.add(Method::POST, path, access, post(handler))
    }

    /// A form with files, at most so many bytes in all.
    pub fn post_files<H, T>(self, path: &'static str, access: Access, max_bytes: usize, handler: H) -> Routes
    where
        H: Handler<T, Arc<Portal>>,
        T: 'static,
    {
        self.add(
            Method::POST,
            path,
            access,
            post(handler).route_layer(DefaultBodyLimit::max(max_bytes)).route_layer(Extension(Most(max_bytes))),
        )
    }

    /// These and others.
    pub fn merge(mut self, other: Routes) -> Routes {
        self.table.extend(other.table);
        Routes { router: self.router.merge(other.router), table: self.table }
    }

    /// The table.
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    pub(crate) fn into_parts(self) -> (Router<Arc<Portal>>, Vec<Route>) {
        (self.router, self.table)
    }

    fn add(mut self, method: Method, path: &'static str, access: Access, route: MethodRouter<Arc<Portal>>) -> Routes {
        // The check lies around the handler with its extractors: who may not enter has no body read.
        let guarded = route.route_layer(middleware::from_fn_with_state(access, check));
        self.table.push(Route { method, path, access });
        Routes { router: self.router.route(path, guarded), table: self.table }
    }
}

async fn check(State(access): State<Access>, request: Request, next: Next) -> Response {
    let viewer = request.extensions().get::<Viewer>();
    if access.allows(viewer.map(|viewer| viewer.roles())) {
        return next.run(request).await;
    }
    match (viewer, access) {
        (None, _) => sign_in_first(&request),
        (Some(_), Access::Roles(needed)) => Problem::forbidden(needs(needed)).into_response(),
        (Some(_), _) => Problem::forbidden(needs(&[])).into_response(),
    }
}

/// To the sign-in page, and back afterwards. A form whose session has ended goes back to its page; a script, which wants
/// no page, is told the status.
fn sign_in_first(request: &Request) -> Response {
    let is_script = request.headers().get("sec-fetch-dest").is_some_and(|what| what == "empty");
    if is_script {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let next = if request.method() == Method::POST {
        let referer = request.headers().get(header::REFERER).and_then(|referer| referer.to_str().ok());
        referer.and_then(|referer| referer.split("://").nth(1)).and_then(|rest| rest.find('/').map(|at| &rest[at..]))
    } else {
        request.uri().path_and_query().map(|path| path.as_str())
    };
    // Whoever has typed something reads that it was not taken.
    let lost = if request.method() == Method::POST { "&lost=1" } else { "" };
    let next: String = form_urlencoded::byte_serialize(next.unwrap_or("/").as_bytes()).collect();
    redirect(&format!("/sign-in?next={next}{lost}"))
}

/// Which role it takes, in words.
fn needs(roles: &[Role]) -> Text {
    let names = |lang, between: &str| roles.iter().map(|role| role.label(lang)).collect::<Vec<_>>().join(between);
    Text::new(
        format!("这个页面只对以下角色开放：{}。", names(Lang::Zh, "、")),
        format!("This page is open to: {}.", names(Lang::En, ", ")),
    )
}

pub(crate) mod above;
#[cfg(test)]
mod tests;
