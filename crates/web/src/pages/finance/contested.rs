//! A return that was recorded wrongly: one of finance puts that forward on the batch's page, where another confirms or rejects it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::release;
use crate::forms::Posted;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// `POST /finance/batches/{id}/not-returned`
pub async fn propose(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (key, said) = (posted.key()?, (posted.get("reason"), posted.get("proof")));
    let outcome = portal.store.contest_return(&viewer.actor, &key, id, posted.get("payment"), said).await;
    let done = (
        "已提出退汇记录有误，等另一名财务人员核实；核实以前本件不能再付，也不能更正账户",
        "Put forward; another person of finance looks into it. Until then the case is neither paid again nor given another account",
    );
    release::told(&portal, id, outcome.map(|_| done.into()))
}
