//! Leaders: the figures, and the lists behind them.

use crate::access::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
}
