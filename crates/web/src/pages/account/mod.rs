//! One's own account: signing in and out, the password, the parties one acts for, the language.

pub(super) mod locks;
mod own;
mod password;
mod sign_in;
#[cfg(test)]
mod tests;

use crate::access::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Access::Public, sign_in::show)
        .post("/sign-in", Access::Public, sign_in::submit)
        .post("/sign-out", Access::Public, sign_in::out)
        .get("/account", Access::SignedIn, own::show)
        .get("/account/delegations/{id}/revoke", Access::SignedIn, own::give_back)
        .post("/account/delegations/{id}/revoke", Access::SignedIn, own::revoke)
        .post("/account/sign-out-everywhere", Access::SignedIn, own::out_everywhere)
        .get("/account/password", Access::SignedIn, password::show)
        .post("/account/password", Access::SignedIn, password::submit)
}
