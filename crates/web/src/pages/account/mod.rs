//! To come.

use crate::access::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
}
