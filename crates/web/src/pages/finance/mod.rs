//! Finance: funds, batches, reconciliation.

use crate::access::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
}
