//! Where the address of a form leads that is opened like a page: the switch of languages, a reload or a bookmark asks for it
//! after a form came back with errors. It is no page; the nearest one above it is where the form stands.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Route;
use crate::shell::redirect;

/// The pages of a portal, by the patterns of their addresses.
#[derive(Clone)]
pub(crate) struct Pages(Arc<[&'static str]>);

impl Pages {
    /// The pages of a table of routes.
    pub(crate) fn of(table: &[Route]) -> Pages {
        Pages(table.iter().filter(|route| route.method == Method::GET).map(|route| route.path).collect())
    }

    /// Answers a request whose method its address does not take.
    pub(crate) fn lead(&self, request: &Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let page = self.above(request.uri().path());
        let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
        redirect(&format!("{page}{query}"))
    }

    /// The address of the nearest page above another; the first page where there is none.
    fn above<'p>(&self, path: &'p str) -> &'p str {
        let mut path = path;
        while let Some((above, _)) = path.trim_end_matches('/').rsplit_once('/') {
            if self.0.iter().any(|pattern| is_of(pattern, above)) {
                return above;
            }
            path = above;
        }
        "/"
    }
}

/// Whether an address is of a pattern.
fn is_of(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(rest), Some(_)) if rest.starts_with("{*") => return true,
            (Some(part), Some(given)) if part == given || part.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forms_address_has_its_page_above_it() {
        let pages =
            Pages(Arc::new(["/", "/work", "/work/cases/{id}", "/admin/users/{id}", "/notices/{number}", "/audit"]));
        for (form, page) in [
            ("/work/cases/66/review", "/work/cases/66"),
            ("/work/cases/66/evidence/hold", "/work/cases/66"),
            ("/admin/users/14/roles", "/admin/users/14"),
            ("/notices/%E8%AF%95/object", "/notices/%E8%AF%95"),
            ("/audit/verify", "/audit"),
            ("/sign-out", "/"),
            ("/admin/", "/"),
        ] {
            assert_eq!(pages.above(form), page, "{form}");
        }
    }
}
