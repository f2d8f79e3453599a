//! The enterprise: what it can get, its applications, its messages.

use crate::access::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
}
