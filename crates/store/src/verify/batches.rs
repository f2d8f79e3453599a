//! Payment batches against the cases that they pay, since the file for the bank is written from the batch, and against the journal: what
//! was put in, who has signed, from which account, which answers were read and what of them is in doubt.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::case::Case;
use duixian_casework::doubt::DoubtEnded;

use super::signed::Signed;
use super::table::Table;
use super::{Broken, Held, broken};
use crate::batches::proofs;
use crate::cases::known;
use crate::db::{Queries, Snapshot, Value, all_among, values};
use crate::error::StoreError;
use crate::journal::Entry;

const BATCHES: Table = Table { name: "batches", zh: "拨付批次", en: "payment batches" };
const FILES: Table = Table { name: "result_files", zh: "银行回单", en: "answers of the bank" };
const PROOFS: Table = Table { name: "proofs", zh: "银行流水", en: "numbers of the bank" };

/// Every batch and payment; `made` are the batches that the journal has made, each with its entry.
pub(super) async fn check(
    snapshot: &Snapshot,
    mut made: BTreeMap<i64, i64>,
    held: &mut Vec<Held>,
) -> Result<(), Broken> {
    let (mut batches, mut lines, mut files, mut doubts) = (0, 0, 0, 0);
    for row in snapshot.all("SELECT id FROM batches ORDER BY id", vec![]).await? {
        let id = row.int("id")?;
        let sql = "SELECT id, number, fund, year, stage, created_at, doubted, data FROM batches WHERE id = $1";
        let Some(row) = snapshot.one(sql, values![id]).await? else { continue };
        let text = row.text("data")?;
        let batch: Batch = row.json("data")?;
        let is_row_of_it = batch.id == row.int("id")?
            && batch.number == row.text("number")?
            && batch.fund == row.text("fund")?
            && i64::from(batch.year) == row.int("year")?
            && batch.created_at.0 == row.int("created_at")?
            && batch.is_doubted() == (row.int("doubted")? != 0)
            && batch.stage.word() == row.text("stage")?;
        if !is_row_of_it {
            return strange(&batch, "本身", "itself");
        }
        if made.remove(&id).is_none() {
            return BATCHES.surplus(&batch.number);
        }
        let sql = format!("SELECT {} FROM journal WHERE subject = $1 ORDER BY seq", Entry::COLUMNS);
        let rows = snapshot.all(&sql, values![format!("batch/{id}")]).await?;
        let mut signed = Signed::default();
        for row in &rows {
            signed.note(&Entry::of(row)?)?;
        }
        if let Some((column, told, there)) = signed.strange(&batch) {
            return BATCHES.differs(signed.seq, &batch.number, column, &told, &there);
        }
        check_files(snapshot, &batch, &signed).await?;
        (batches, files, doubts) = (batches + 1, files + batch.results.len(), doubts + batch.doubts.len());
        if batch.stage != BatchStage::Cancelled {
            lines += batch.lines.len();
            for line in &batch.lines {
                let case = known::case(snapshot, line.case).await?;
                if !is_paid_so(&batch, line, &case) {
                    return strange(&batch, &line.end_to_end_id, &line.end_to_end_id);
                }
            }
            check_proofs(snapshot, &batch).await?;
        }
        // Last, since it tells only that something of it is another.
        if let Some((told, there)) = signed.other_text(&text) {
            return BATCHES.differs(signed.seq, &batch.number, "data", &told, &there);
        }
    }
    if let Some((id, seq)) = made.first_key_value() {
        return BATCHES.lacks(*seq, &id.to_string());
    }
    let stray = "SELECT r.sha256 FROM result_files r WHERE NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch) \
                 ORDER BY r.sha256 LIMIT 1";
    if let Some(row) = snapshot.one(stray, vec![]).await? {
        return FILES.surplus(&row.text("sha256")?);
    }
    let stray = "SELECT r.reference FROM proofs r WHERE NOT EXISTS \
                 (SELECT 1 FROM payments p WHERE p.end_to_end_id = r.end_to_end_id) ORDER BY r.reference LIMIT 1";
    if let Some(row) = snapshot.one(stray, vec![]).await? {
        return PROOFS.surplus(&row.text("reference")?);
    }
    check_kept_proofs(snapshot).await?;
    held.push(Held::all(
        "拨付批次（签字人、付款账户）",
        "payment batches, with signers and the account that pays",
        batches,
    ));
    held.push(Held::of("批次里的付款", "payments in batches", lines));
    held.push(Held::of("读入的银行回单", "answers of the bank", files));
    held.push(Held::of("回单里待核实的内容", "doubts about them", doubts));
    Ok(())
}

/// The files by which the bank has answered about a batch: with the batch, in their own table, and on the journal.
async fn check_files(snapshot: &Snapshot, batch: &Batch, signed: &Signed) -> Result<(), Broken> {
    let rows = snapshot.all("SELECT sha256, at FROM result_files WHERE batch = $1", values![batch.id]).await?;
    let mut lost: BTreeSet<&str> = signed.files.keys().map(String::as_str).collect();
    for row in &rows {
        let (hash, at) = (row.text("sha256")?, row.int("at")?);
        let Some((seq, told)) = signed.files.get(&hash) else { return FILES.surplus(&hash) };
        if told.0 != at {
            return FILES.differs(*seq, &hash, "at", &told.0.to_string(), &at.to_string());
        }
        lost.remove(hash.as_str());
    }
    match lost.first() {
        Some(hash) => FILES.lacks(signed.files.get(*hash).map_or(0, |(seq, _)| *seq), hash),
        None => Ok(()),
    }
}

/// That every number by which the bank has proved a payment of a batch is kept where it is looked for. A number stays there that a later
/// answer has replaced, by which the payment came to nothing, or by which it came back: it proves no other.
async fn check_proofs(snapshot: &Snapshot, batch: &Batch) -> Result<(), Broken> {
    let proved = |line: &BatchLine| {
        let confirmed = batch.doubts.iter().filter(|doubt| {
            let end = doubt.end.as_ref().map(|end| end.how);
            end == Some(DoubtEnded::Confirmed) && doubt.what.end_to_end_id() == line.end_to_end_id
        });
        let before = line.undone.iter().map(String::as_str).chain(confirmed.filter_map(|doubt| doubt.what.reference()));
        let before = before.filter(|number| !line.dropped.iter().any(|dropped| dropped == number));
        let numbers = proofs::numbers_of(line).into_iter().chain(before);
        numbers.map(|number| (number.to_owned(), line.end_to_end_id.clone())).collect::<Vec<_>>()
    };
    let told: BTreeSet<(String, String)> = batch.lines.iter().flat_map(proved).collect();
    let numbers = told.iter().map(|(number, _)| Value::from(number.as_str())).collect();
    let sql = "SELECT reference, end_to_end_id FROM proofs WHERE reference IN ({})";
    let mut there = BTreeSet::new();
    for row in all_among(snapshot, sql, vec![], numbers).await? {
        there.insert((row.text("reference")?, row.text("end_to_end_id")?));
    }
    match told.difference(&there).next() {
        Some((number, id)) => PROOFS.lacks(0, &format!("{number} {id}")),
        None => Ok(()),
    }
}

/// That every number that is kept as the proof of a payment stands with its batch, or did in what the journal has of it: a number that a
/// later answer has replaced stays, so that it proves nothing else.
async fn check_kept_proofs(snapshot: &Snapshot) -> Result<(), Broken> {
    let sql = "SELECT r.reference, r.end_to_end_id, p.case_id, p.batch FROM proofs r \
               JOIN payments p ON p.end_to_end_id = r.end_to_end_id JOIN batches b ON b.id = p.batch \
               WHERE b.data NOT LIKE '%\"' || r.reference || '\"%' ORDER BY r.reference";
    for row in snapshot.all(sql, vec![]).await? {
        let (number, id) = (row.text("reference")?, row.text("end_to_end_id")?);
        let (case, batch) = (row.int("case_id")?, row.int("batch")?);
        let sql = "SELECT body FROM journal WHERE subject IN ($1, $2) UNION ALL SELECT data FROM batches WHERE id = $3";
        let texts = snapshot.all(sql, values![format!("case/{case}"), format!("batch/{batch}"), batch]).await?;
        let quoted = serde_json::to_string(&number).map_err(StoreError::from)?;
        let mut told = false;
        for text in texts {
            told = told || text.text("body")?.contains(&quoted);
        }
        if !told {
            return PROOFS.surplus(&format!("{number} {id}"));
        }
    }
    Ok(())
}

/// Whether a case knows a payment as its batch does: under which number, how much, to which account, and how it ended.
fn is_paid_so(batch: &Batch, line: &BatchLine, case: &Case) -> bool {
    case.payments.iter().any(|payment| {
        payment.batch == batch.id
            && payment.end_to_end_id == line.end_to_end_id
            && payment.amount == line.amount
            && payment.account == line.account
            && payment.outcome == line.outcome
    })
}

fn strange(batch: &Batch, zh: &str, en: &str) -> Result<(), Broken> {
    broken(
        0,
        format!("拨付批次 {} 的 {zh} 与案件的记录不符", batch.number),
        format!("{en} in batch {} is not what the cases say", batch.number),
    )
}
