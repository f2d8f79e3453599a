//! Officials: the work list, the case on one page, bulk actions, objections.

mod act;
mod ask;
mod bulk;
mod case;
mod checking;
mod chips;
mod contradicted;
mod correction;
mod deciding;
mod declining;
mod distinguishing;
mod effects;
mod elsewhere;
pub(crate) mod filters;
mod following;
mod late;
mod lines;
mod list;
mod minding;
mod money;
mod objections;
mod panels;
mod picked;
mod refusing;
pub(crate) mod report;
mod reviewing;
pub(crate) mod rows;
mod same_number;
#[cfg(test)]
mod tests;
mod together;
mod undoing;
mod untrue;

use duixian_casework::people::Role;

use crate::access::{Access, Routes};

pub(crate) use panels::all_words;

/// Those who act on cases. Auditors, leaders and administrators read.
const ACTING: Access = Access::Roles(&[Role::Intake, Role::Reviewer, Role::DecisionMaker, Role::Finance]);

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/work", Access::OFFICIALS, list::page)
        .get("/work/objections", Access::OFFICIALS, objections::page)
        .get("/work/cases/{id}", Access::OFFICIALS, case::page)
        .post("/work/cases/{id}/{action}", ACTING, act::act)
        .post("/work/cases/{id}/evidence/hold", ACTING, act::all_evidence_holds)
        .get("/work/reports", ACTING, report::own)
        .get("/work/reports/{id}", Access::OFFICIALS, report::page)
        .get("/work/bulk/{action}", ACTING, bulk::confirm)
        .post("/work/bulk/{action}", ACTING, bulk::run)
}
