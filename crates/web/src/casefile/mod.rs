//! Views of a case that several areas share: timeline, facts, why, evidence, decision.

use crate::access::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
}
