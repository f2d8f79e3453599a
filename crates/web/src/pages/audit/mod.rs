//! Audit: the journal searched and checked, and one fen followed from the appropriation to the account and back to the
//! clause. Nothing here changes anything.

mod ends;
mod entry;
mod find;
mod funds;
mod journal;
mod labels;
mod money;
mod refs;
#[cfg(test)]
mod tests;
mod told;
mod words;

use duixian_casework::people::Role;

use crate::access::{Access, Routes};

const AUDITOR: Access = Access::Roles(&[Role::Auditor]);

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/audit", AUDITOR, journal::search)
        .post("/audit/verify", AUDITOR, journal::verify)
        .get("/audit/money", AUDITOR, money::follow)
        .get("/audit/entries/{seq}", AUDITOR, entry::show)
}
