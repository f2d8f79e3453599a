//! Which payment each number of the bank proves, in a table of its own: one movement of money proves one payment, whichever batch that
//! is in, and whatever has become of it since.

use std::borrow::Cow;
use std::collections::BTreeSet;

use duixian_casework::batch::BatchLine;
use duixian_casework::case::{CaseId, PaymentOutcome};
use duixian_casework::settlement::References;
use sea_orm::ConnectionTrait;
use serde::Deserialize;

use crate::db::{Queries, Value, all_among, all_of, execute_on, values};
use crate::error::StoreError;
use crate::late::Target;
use crate::tx::Tx;

/// How many batches are read at once when the table is filled.
const AT_ONCE: usize = 50;

const INSERT: &str = "INSERT INTO proofs (reference, end_to_end_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/// As much of a batch as says what the bank has proved by which number.
#[derive(Deserialize)]
struct Proved {
    lines: Vec<ProvedLine>,
}

#[derive(Deserialize)]
struct ProvedLine {
    end_to_end_id: String,
    outcome: Option<PaymentOutcome>,
    called_paid: Option<String>,
    #[serde(default)]
    called_before: Vec<String>,
}

/// The numbers by which an outcome is proved.
pub(crate) fn numbers(outcome: Option<&PaymentOutcome>) -> Vec<&str> {
    match outcome {
        Some(PaymentOutcome::Paid { reference, .. }) => vec![reference],
        Some(PaymentOutcome::Returned { reference, returned_by, .. }) => {
            [reference.as_str()].into_iter().chain(returned_by.as_deref()).collect()
        }
        Some(PaymentOutcome::Failed { .. }) | None => Vec::new(),
    }
}

/// The same with those by which the bank has called the payment paid after it had failed.
fn with_called<'l>(outcome: Option<&'l PaymentOutcome>, called: impl Iterator<Item = &'l String>) -> Vec<&'l str> {
    called.map(String::as_str).chain(numbers(outcome)).collect()
}

/// The numbers by which the payment of a line is proved.
pub(crate) fn numbers_of(line: &BatchLine) -> Vec<&str> {
    with_called(line.outcome.as_ref(), line.called_paid.iter().chain(&line.called_before))
}

/// Keeps by what some payments of a batch are proved now.
pub(super) async fn keep<'l>(tx: &mut Tx, lines: impl Iterator<Item = &'l BatchLine>) -> Result<(), StoreError> {
    let proved =
        lines.flat_map(|line| numbers_of(line).into_iter().map(|number| (number, line.end_to_end_id.as_str())));
    let rows: Vec<Vec<Value>> = proved.map(|(number, id)| values![number, id]).collect();
    let target = Target {
        table: "proofs",
        columns: Cow::Borrowed("reference, end_to_end_id"),
        conflict: Cow::Borrowed(" ON CONFLICT DO NOTHING"),
    };
    tx.insert_into(target, rows).await
}

/// Keeps that a payment failed by a number, which proves nothing else.
pub(super) async fn keep_number(tx: &mut Tx, number: Option<&str>, end_to_end_id: &str) -> Result<(), StoreError> {
    match number {
        Some(number) => tx.execute(INSERT, values![number, end_to_end_id]).await.map(drop),
        None => Ok(()),
    }
}

/// A number proves a payment no more: it was read by mistake, and may be another's.
pub(super) async fn drop_number(tx: &mut Tx, number: &str, end_to_end_id: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM proofs WHERE reference = $1 AND end_to_end_id = $2";
    tx.execute(sql, values![number, end_to_end_id]).await.map(drop)
}

/// Which recorded payments have these numbers of the bank.
pub(super) async fn references(link: &impl Queries, wanted: &BTreeSet<&str>) -> Result<References, StoreError> {
    let sql = "SELECT reference, end_to_end_id FROM proofs WHERE reference IN ({})";
    let wanted = wanted.iter().map(|number| Value::from(*number)).collect();
    let rows = all_among(link, sql, vec![], wanted).await?;
    let mut found = References::new();
    for row in &rows {
        found.entry(row.text("reference")?).or_default().insert(row.text("end_to_end_id")?);
    }
    Ok(found)
}

/// The cases whose payments a number of the bank proves.
pub(super) async fn cases(link: &impl Queries, number: &str) -> Result<Vec<CaseId>, StoreError> {
    let sql = "SELECT DISTINCT p.case_id FROM proofs r JOIN payments p ON p.end_to_end_id = r.end_to_end_id \
               WHERE r.reference = $1 ORDER BY p.case_id";
    let rows = link.all(sql, values![number]).await?;
    rows.iter().map(|row| row.int("case_id").map(CaseId)).collect()
}

/// Fills the table from the batches there are. One that can't be read is left to whoever asks for it.
pub(crate) async fn fill(link: &impl ConnectionTrait) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT id, data FROM batches WHERE id > $1 AND stage IN ('released', 'settled') ORDER BY id LIMIT {AT_ONCE}"
    );
    let mut last = 0;
    loop {
        let rows = all_of(link, &sql, values![last]).await?;
        for row in &rows {
            last = row.int("id")?;
            let Ok(batch) = row.json::<Proved>("data") else { continue };
            for line in &batch.lines {
                for number in with_called(line.outcome.as_ref(), line.called_paid.iter().chain(&line.called_before)) {
                    execute_on(link, INSERT, values![number, line.end_to_end_id.as_str()]).await?;
                }
            }
        }
        if rows.len() < AT_ONCE {
            return Ok(());
        }
    }
}
