//! Payment batches against the cases that they pay: the file for the bank is written from the batch.

use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::case::Case;

use super::{Broken, broken};
use crate::cases::known;
use crate::db::{Queries, Snapshot};

/// Every payment of every batch, unless the batch was given up.
pub(super) async fn check(snapshot: &Snapshot) -> Result<(), Broken> {
    for row in
        snapshot.all("SELECT id, number, fund, year, stage, doubted, data FROM batches ORDER BY id", vec![]).await?
    {
        let batch: Batch = row.json("data")?;
        let is_row_of_it = batch.id == row.int("id")?
            && batch.number == row.text("number")?
            && batch.fund == row.text("fund")?
            && i64::from(batch.year) == row.int("year")?
            && batch.stage.word() == row.text("stage")?
            && batch.is_doubted() == (row.int("doubted")? != 0);
        if !is_row_of_it {
            return strange(&batch, "本身", "itself");
        }
        if batch.stage == BatchStage::Cancelled {
            continue;
        }
        for line in &batch.lines {
            let case = known::case(snapshot, line.case).await?;
            if !is_paid_so(&batch, line, &case) {
                return strange(&batch, &line.end_to_end_id, &line.end_to_end_id);
            }
        }
    }
    Ok(())
}

/// Whether a case knows a payment as its batch does: under which number, how much, and to which account.
fn is_paid_so(batch: &Batch, line: &BatchLine, case: &Case) -> bool {
    case.payments.iter().any(|payment| {
        payment.batch == batch.id
            && payment.end_to_end_id == line.end_to_end_id
            && payment.amount == line.amount
            && payment.account == line.account
    })
}

fn strange(batch: &Batch, zh: &str, en: &str) -> Result<(), Broken> {
    broken(
        0,
        format!("拨付批次 {} 的 {zh} 与案件的记录不符", batch.number),
        format!("{en} in batch {} is not what the cases say", batch.number),
    )
}
