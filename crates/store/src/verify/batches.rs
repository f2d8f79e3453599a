//! Payment batches against the cases that they pay, since the file for the bank is written from the batch, and against the journal: what
//! was put in, who has signed, from which account, which answers were read and what of them is in doubt.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::case::Case;
use duixian_casework::doubt::DoubtEnded;
use duixian_casework::event::What;

use super::cases::{after, read};
use super::numbers::Numbers;
use super::signed::Signed;
use super::table::Table;
use super::{Broken, Held, broken};
use crate::batches::proofs;
use crate::cases::known;
use crate::cases::rows::subject_of;
use crate::db::{Queries, Snapshot, values};
use crate::error::StoreError;
use crate::journal::Entry;

const BATCHES: Table = Table { name: "batches", zh: "拨付批次", en: "payment batches" };
const FILES: Table = Table { name: "result_files", zh: "银行回单", en: "answers of the bank" };
const PROOFS: Table = Table { name: "proofs", zh: "银行流水", en: "numbers of the bank" };

/// Every batch and payment; `made` are the batches that the journal has made, each with its entry.
pub(super) async fn check(
    snapshot: &Snapshot,
    mut made: BTreeMap<i64, i64>,
    numbers: &mut Numbers,
    held: &mut Vec<Held>,
) -> Result<(), Broken> {
    let mut proved = Proved::default();
    let (mut batches, mut lines, mut files, mut doubts) = (0, 0, 0, 0);
    for row in snapshot.all("SELECT id FROM batches ORDER BY id", vec![]).await? {
        let id = row.int("id")?;
        let sql = "SELECT id, number, fund, year, stage, created_at, doubted, data FROM batches WHERE id = $1";
        let Some(row) = snapshot.one(sql, values![id]).await? else { continue };
        let text = row.text("data")?;
        let batch: Batch = row.json("data")?;
        numbers.note_batch(&batch.number);
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
        }
        check_proofs(snapshot, &batch, proved.of(snapshot, id).await?).await?;
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

/// The numbers by which the bank has proved payments, read for many batches at once: nothing finds them by batch.
#[derive(Default)]
struct Proved {
    until: i64,
    there: BTreeMap<i64, BTreeSet<Proof>>,
}

/// A number, and the payment that it proves.
type Proof = (String, String);

/// For how many batches they are read at once.
const AT_ONCE: i64 = 500;

impl Proved {
    /// Those of a batch; batches are asked for in the order of their numbers.
    async fn of(&mut self, snapshot: &Snapshot, batch: i64) -> Result<BTreeSet<Proof>, StoreError> {
        if batch > self.until {
            self.until = batch + AT_ONCE;
            let sql = "SELECT p.batch, r.reference, r.end_to_end_id FROM proofs r \
                       JOIN payments p ON p.end_to_end_id = r.end_to_end_id WHERE p.batch BETWEEN $1 AND $2";
            for row in snapshot.all(sql, values![batch, self.until]).await? {
                let proof = (row.text("reference")?, row.text("end_to_end_id")?);
                self.there.entry(row.int("batch")?).or_default().insert(proof);
            }
        }
        Ok(self.there.remove(&batch).unwrap_or_default())
    }
}

/// That every number by which the bank has proved a payment of a batch is kept where it is looked for, and no other: an added one would
/// keep what it truly proves from being recorded.
async fn check_proofs(snapshot: &Snapshot, batch: &Batch, there: BTreeSet<Proof>) -> Result<(), Broken> {
    let told: BTreeSet<Proof> = batch.lines.iter().flat_map(|line| proofs_of(batch, line)).collect();
    if let Some((number, id)) = told.difference(&there).next() {
        return PROOFS.lacks(0, &format!("{number} {id}"));
    }
    for (number, id) in there.difference(&told) {
        if !was_recorded(snapshot, batch, number, id).await? {
            return PROOFS.surplus(&format!("{number} {id}"));
        }
    }
    Ok(())
}

/// What a payment is proved by. A number stays that a later answer has replaced, by which the payment came to nothing, or by which it
/// came back: it proves no other.
fn proofs_of(batch: &Batch, line: &BatchLine) -> Vec<Proof> {
    let before = numbers_before(batch, line);
    let before = before.filter(|number| !line.dropped.iter().any(|dropped| dropped == number));
    let numbers = proofs::numbers_of(line).into_iter().chain(before);
    numbers.map(|number| (number.to_owned(), line.end_to_end_id.clone())).collect()
}

/// The numbers by which a payment came to nothing, and those that two people have confirmed for it.
fn numbers_before<'b>(batch: &'b Batch, line: &'b BatchLine) -> impl Iterator<Item = &'b str> {
    let confirmed = batch.doubts.iter().filter(|doubt| {
        let end = doubt.end.as_ref().map(|end| end.how);
        end == Some(DoubtEnded::Confirmed) && doubt.what.end_to_end_id() == line.end_to_end_id
    });
    line.undone.iter().map(String::as_str).chain(confirmed.filter_map(|doubt| doubt.what.reference()))
}

/// Whether a payment was proved by a number that its batch does not name for it any more: by what was confirmed, or by what its case had
/// recorded and has not given up as read by mistake.
async fn was_recorded(snapshot: &Snapshot, batch: &Batch, number: &str, id: &str) -> Result<bool, Broken> {
    let Some(line) = batch.lines.iter().find(|line| line.end_to_end_id == id) else { return Ok(false) };
    if numbers_before(batch, line).any(|before| before == number) {
        return Ok(true);
    }
    let sql = format!("SELECT {} FROM journal WHERE subject = $1 ORDER BY seq", Entry::COLUMNS);
    let (mut case, mut was_recorded) = (None, false);
    for row in snapshot.all(&sql, values![subject_of(line.case)]).await? {
        let entry = Entry::of(&row)?;
        let (event, _) = read(&entry)?;
        let now = after(case, &entry, &event)?;
        if let What::ReferenceCorrected { end_to_end_id, recorded, .. } = &event.what {
            was_recorded &= end_to_end_id != id || recorded != number;
        }
        let mut outcomes = now.payments.iter().filter(|payment| payment.end_to_end_id == id);
        was_recorded |= outcomes.any(|payment| proofs::numbers(payment.outcome.as_ref()).contains(&number));
        case = Some(now);
    }
    Ok(was_recorded)
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
