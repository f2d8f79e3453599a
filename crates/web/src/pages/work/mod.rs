//! Officials: the work list and the case on one page.

use crate::access::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
}
