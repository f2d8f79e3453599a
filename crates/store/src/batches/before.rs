//! What whoever releases a payment is told of the one before it for the same case: where that went, and how it was cleared up.

use duixian_casework::batch::{BatchStage, Before};
use duixian_casework::case::Case;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, UserId};
use serde_json::json;

use super::{keep, load};
use crate::cases::rows::subject_of;
use crate::db::{Queries, values};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::tx::Tx;

/// The payment before the one of a case that is under way; none where that is the first.
pub(super) async fn before(tx: &Tx, case: &Case) -> Result<Option<Before>, StoreError> {
    let Some(open) = case.open_payment() else { return Ok(None) };
    let ended = case.payments.iter().rev().find(|payment| payment.outcome.is_some());
    let Some(payment) = ended.cloned() else { return Ok(None) };
    let changed = if payment.account == open.account { None } else { last_change(tx, case).await? };
    Ok(Some(Before { payment, changed }))
}

/// Who has given the account that a case has now, and when.
async fn last_change(tx: &Tx, case: &Case) -> Result<Option<(Option<UserId>, Moment)>, StoreError> {
    let (kind, subject) = ("case.account_corrected", subject_of(case.id));
    if let Some(entry) = tx.last_written(kind, &subject) {
        return Ok(Some((entry.actor, entry.at)));
    }
    let sql =
        format!("SELECT {} FROM journal WHERE subject = $1 AND kind = $2 ORDER BY seq DESC LIMIT 1", Entry::COLUMNS);
    let row = tx.one(&sql, values![subject, kind]).await?;
    row.map(|row| Entry::of(&row).map(|entry| (entry.actor, entry.at))).transpose()
}

/// Tells a batch that is not released how the payment before one of its own was cleared up since it was put in.
pub(super) async fn tell_next(tx: &mut Tx, actor: &Actor, case: &Case) -> Result<(), StoreError> {
    let Some(open) = case.open_payment() else { return Ok(()) };
    let mut batch = load(tx, open.batch).await?;
    if !matches!(batch.stage, BatchStage::Drafted | BatchStage::HalfReleased) {
        return Ok(());
    }
    let before = before(tx, case).await?;
    let Some(line) = batch.lines.iter_mut().find(|line| line.end_to_end_id == open.end_to_end_id) else {
        return Ok(());
    };
    if line.before == before {
        return Ok(());
    }
    line.before = before;
    // Whoever has signed has not seen that.
    batch.void_release();
    keep(tx, actor, &batch, "told_of_payment", &json!({ "case": case.id, "payment": open.end_to_end_id })).await
}
