//! The enterprise: what it can get, its applications, its messages.
//!
//! | Address | What |
//! |---|---|
//! | `/my`, `/my/{code}` | what a party can get, how much, what it still needs |
//! | `/my/{code}/why/{measure}` | why, with both sides of every test |
//! | `/my/{code}/apply/{round}/{measure}[/{basis}]` | begins an application |
//! | `/my/{code}/together/{round}/{measure}` | several for one measure, filled in and sent together |
//! | `/cases/{id}/edit/{step}` | the application, one question at a time |
//! | `/cases/{id}/edit/{step}/autosave` | the same, kept as it is typed |
//! | `/cases/{id}/evidence/{step}` | hands in evidence |
//! | `/cases`, `/cases/{id}` | the applications, and one of them on its way |
//! | `/messages`, `/messages/{id}` | what has become of them, in letters; one of them opened |

mod account;
mod amounts;
mod applied;
mod apply;
mod appraisal;
mod asked;
mod bank_code;
mod case;
mod cases;
mod check;
mod correction;
mod draft;
mod edit;
mod evidence;
mod facts;
mod journey;
mod keeping;
mod messages;
mod offers;
mod outlook;
mod overview;
mod parties;
mod questions;
mod refused;
mod remembered;
mod reply;
mod standing;
mod taken_over;
#[cfg(test)]
mod tests;
mod together;
mod typed_account;
mod upload;
mod why;
mod withdraw;

use duixian_casework::people::Role;

pub use typed_account::account_errors;

use crate::access::{Access, Routes};

/// Applicants.
const AGENTS: Access = Access::Roles(&[Role::Agent]);

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/my", AGENTS, parties::choose)
        .get("/my/{code}", AGENTS, overview::overview)
        .get("/my/{code}/why/{measure}", AGENTS, why::why)
        .get("/my/{code}/apply/{round}/{measure}", AGENTS, apply::ask)
        .get("/my/{code}/apply/{round}/{measure}/{*basis}", AGENTS, apply::ask)
        .post("/my/{code}/apply/{round}/{measure}", AGENTS, apply::begin)
        .post("/my/{code}/apply/{round}/{measure}/{*basis}", AGENTS, apply::begin)
        .get("/my/{code}/together/{round}/{measure}", AGENTS, together::pick::ask)
        .post("/my/{code}/together/{round}/{measure}", AGENTS, together::pick::begin)
        .get("/my/{code}/together/{round}/{measure}/evidence/{number}", AGENTS, together::evidence::ask)
        .post_files(
            "/my/{code}/together/{round}/{measure}/evidence/{number}",
            AGENTS,
            upload::MOST_BYTES,
            together::evidence::add,
        )
        .post("/my/{code}/together/{round}/{measure}/evidence/{number}/remove", AGENTS, together::evidence::remove)
        .get("/my/{code}/together/{round}/{measure}/account", AGENTS, together::account::ask)
        .post("/my/{code}/together/{round}/{measure}/account", AGENTS, together::account::save)
        .get("/my/{code}/together/{round}/{measure}/check", AGENTS, together::check::ask)
        .post("/my/{code}/together/{round}/{measure}/check", AGENTS, together::check::submit)
        .get("/my/{code}/together/{round}/{measure}/sent", AGENTS, together::sent::show)
        .get("/cases", AGENTS, cases::list)
        .get("/cases/{id}", Access::SignedIn, case::show)
        .get("/cases/{id}/edit", AGENTS, edit::resume)
        .get("/cases/{id}/edit/{step}", AGENTS, edit::show)
        .post("/cases/{id}/edit/{step}", AGENTS, edit::save)
        .post("/cases/{id}/edit/{step}/autosave", AGENTS, edit::autosave)
        .post_files("/cases/{id}/evidence/{step}", AGENTS, upload::MOST_BYTES, evidence::add)
        .post("/cases/{id}/evidence/{step}/remove", AGENTS, evidence::remove)
        .get("/cases/{id}/evidence/{piece}/file", Access::SignedIn, evidence::file)
        .post("/cases/{id}/submit", AGENTS, check::submit)
        .get("/cases/{id}/withdraw", AGENTS, withdraw::ask)
        .post("/cases/{id}/withdraw", AGENTS, withdraw::withdraw)
        .get("/cases/{id}/reply", AGENTS, reply::ask)
        .post("/cases/{id}/reply", AGENTS, reply::send)
        .get("/cases/{id}/account", AGENTS, account::ask)
        .post("/cases/{id}/account", AGENTS, account::correct)
        .get("/messages", AGENTS, messages::list)
        .get("/messages/{id}", AGENTS, messages::open)
        .post("/messages/read", AGENTS, messages::read_all)
}
