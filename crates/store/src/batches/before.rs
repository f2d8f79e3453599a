//! What whoever releases a payment is told of the one before it for the same case: where that went, and how it was cleared up.

use duixian_casework::batch::{BatchStage, Before};
use duixian_casework::case::{Case, PaymentOutcome};
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
    let mut before = Before { payment, changed: None, failed: None };
    if before.payment.account != open.account {
        before.changed = last(tx, case, "case.account_corrected").await?;
    }
    // One payment is under way at a time, so that the last failure is that of the last payment that has failed.
    if matches!(before.payment.outcome, Some(PaymentOutcome::Failed { .. })) {
        before.failed = last(tx, case, "case.payment_failed").await?;
    }
    Ok(Some(before))
}

/// Whose the last event of a kind was that a case has had, and when.
async fn last(tx: &Tx, case: &Case, kind: &str) -> Result<Option<(Option<UserId>, Moment)>, StoreError> {
    let subject = subject_of(case.id);
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
