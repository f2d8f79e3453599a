//! Payment batches: made from payable cases, released by two people, sent to the bank as a file, settled by its answer.

use std::collections::BTreeSet;

use duixian_casework::account::is_writable;
use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::case::{Case, CaseId, PaymentOutcome};
use duixian_casework::command::Command;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::refusal::Refusal;
use duixian_rules::vocabulary::Lang;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::access::{given, needs};
use crate::cases::{SharedAccount, act, rows};
use crate::db::{Queries, Store, json as text_of, values};
use crate::error::StoreError;
use crate::numbers;
use crate::once::{Done, Key, hex};
use crate::page::{Page, window};
use crate::tx::Tx;

mod before;
mod doubts;
mod file;
pub(crate) mod proofs;
mod release;
mod results;
mod unknown;

pub(crate) use doubts::{doubted_in, settled_alone};
pub use file::{Fetched, Format};
pub use release::{Released, ToRelease, Void};
pub(crate) use release::{not_to_be_funded, stopped_of};
pub use results::{REPORT, Settled, SettledBatch, Unsent};
pub use unknown::Unknown;

/// The most payments of a batch: as many as a bank file may have.
const MOST_LINES: usize = duixian_bank::MAX_ORDERS;
const PER_PAGE: u64 = 20;

impl Store {
    /// Makes a batch of payable cases of one fund and year. All go in, or none.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with why one of them can't be paid now.
    pub async fn make_batch(
        &self,
        actor: &Actor,
        key: &Key,
        fund: &str,
        year: i32,
        cases: Vec<CaseId>,
    ) -> Result<Done<i64>, StoreError> {
        needs(actor, &[Role::Finance])?;
        if cases.is_empty() || cases.len() > MOST_LINES {
            return Err(StoreError::bad_input(
                format!("请选择 1 至 {MOST_LINES} 件待拨付的事项"),
                format!("choose 1 to {MOST_LINES} payable cases"),
            ));
        }
        let (official, fund) = (actor.clone(), fund.to_owned());
        self.write_once(actor, key, format!("make_batch {fund} {year} {cases:?}"), move |tx| {
            Box::pin(async move {
                let user = official.user().ok_or(StoreError::Denied)?;
                let id = tx.next_id("batches").await?;
                let number = numbers::next_batch_number(tx).await?;
                let mut batch = Batch {
                    id,
                    number,
                    fund,
                    year,
                    created_by: user,
                    created_at: tx.now(),
                    stage: BatchStage::Drafted,
                    lines: Vec::new(),
                    released_by: Vec::new(),
                    released_at: None,
                    confirmed: Vec::new(),
                    debtor: None,
                    results: Vec::new(),
                    doubts: Vec::new(),
                };
                let sql = "INSERT INTO batches (id, number, fund, year, stage, created_at, data) \
                           VALUES ($1, $2, $3, $4, $5, $6, '')";
                let (number, fund) = (batch.number.as_str(), batch.fund.as_str());
                let (stage, at) = (batch.stage.word(), tx.now().0);
                tx.execute(sql, values![id, number, fund, i64::from(year), stage, at]).await?;
                for case in cases {
                    put_in(tx, &official, &mut batch, case).await?;
                }
                let lines: Vec<&str> = batch.lines.iter().map(|line| line.end_to_end_id.as_str()).collect();
                let body = json!({ "number": batch.number, "fund": batch.fund, "year": year, "lines": lines });
                keep(tx, &official, &batch, "made", &body).await?;
                Ok(id)
            })
        })
        .await
    }

    /// A batch.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that none has.
    pub async fn batch(&self, id: i64) -> Result<Batch, StoreError> {
        load(self, id).await
    }

    /// One page of batches, the newest first.
    pub async fn batches(&self, page: u64) -> Result<Page<Batch>, StoreError> {
        let total = self.one("SELECT COUNT(*) AS n FROM batches", vec![]).await?.map_or(Ok(0), |row| row.int("n"))?;
        let total = total.unsigned_abs();
        let (page, offset) = window(page, PER_PAGE, total);
        let sql = format!("SELECT data FROM batches ORDER BY id DESC LIMIT {PER_PAGE} OFFSET {offset}");
        let rows = self.all(&sql, vec![]).await?.iter().map(|row| row.json("data")).collect::<Result<_, _>>()?;
        Ok(Page { rows, total, page, per_page: PER_PAGE })
    }

    /// Takes cases out of a batch whose file nobody has fetched; all of them or none. What was released counts no more: two people sign it
    /// anew without them. Gives how many there were.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] where one of them is not in the batch; [`Refusal::FileAtBank`] where its file may be with the bank.
    pub async fn take_out(
        &self,
        actor: &Actor,
        key: &Key,
        batch: i64,
        cases: BTreeSet<CaseId>,
    ) -> Result<Done<usize>, StoreError> {
        let official = actor.clone();
        self.write_once(actor, key, format!("take_out {batch} {cases:?}"), move |tx| {
            Box::pin(async move {
                let mut batch = load(tx, batch).await?;
                let is_fetched = file::is_fetched(tx, batch.id).await?;
                batch.take_out(&cases, is_fetched).map_err(|refusal| match refusal {
                    Refusal::NoSuch(..) => StoreError::bad_input(
                        "选中的付款有的已不在这一批里，一笔也没有移出；请重新选择",
                        "some of the payments are not in the batch any more, so none was taken out: choose again",
                    ),
                    refusal => refusal.into(),
                })?;
                for case in &cases {
                    take_back(tx, &official, &batch, *case, "").await?;
                    keep(tx, &official, &batch, "case_taken_out", &json!({ "case": case })).await?;
                }
                Ok(cases.len())
            })
        })
        .await
    }

    /// Cancels a batch that may still be changed, for a reason that its cases keep: they are payable again.
    ///
    /// # Errors
    /// [`Refusal::FileAtBank`] where its file may be with the bank.
    pub async fn cancel(&self, actor: &Actor, key: &Key, batch: i64, reason: &str) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Finance])?;
        let official = actor.clone();
        let reason = given(reason, 200, "作废的理由", "why it is cancelled")?;
        self.write_once(actor, key, format!("cancel {batch} {reason}"), move |tx| {
            Box::pin(async move {
                let mut batch = load(tx, batch).await?;
                batch.may_change(file::is_fetched(tx, batch.id).await?)?;
                for line in &batch.lines {
                    take_back(tx, &official, &batch, line.case, &reason).await?;
                }
                batch.stage = BatchStage::Cancelled;
                keep(tx, &official, &batch, "cancelled", &json!({ "reason": reason })).await
            })
        })
        .await
    }

    /// Who has cancelled a batch, when and why, as the journal has it; none where nobody has.
    pub async fn cancelled(&self, batch: i64) -> Result<Option<Cancelled>, StoreError> {
        let sql = "SELECT at, actor, body FROM journal WHERE subject = $1 AND kind = 'batch.cancelled'";
        let Some(row) = self.one(sql, values![format!("batch/{batch}")]).await? else { return Ok(None) };
        let Why { reason } = row.json("body")?;
        Ok(Some(Cancelled { by: row.opt_int("actor")?.map(UserId), at: Moment(row.int("at")?), reason }))
    }
}

/// That a batch was cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// Who has done it.
    pub by: Option<UserId>,
    /// When.
    pub at: Moment,
    /// Why; empty from when that was not asked.
    pub reason: String,
}

/// What the journal has of a cancelled batch.
#[derive(Deserialize)]
struct Why {
    #[serde(default)]
    reason: String,
}

/// A batch by its number, from whatever answers queries.
pub(crate) async fn load(link: &impl Queries, id: i64) -> Result<Batch, StoreError> {
    let row = link.one("SELECT data FROM batches WHERE id = $1", values![id]).await?;
    row.ok_or(StoreError::NotFound)?.json("data")
}

/// Puts a case in a batch: its payment gets a number that no other has, of the case and how often it was tried.
async fn put_in(tx: &mut Tx, actor: &Actor, batch: &mut Batch, id: CaseId) -> Result<(), StoreError> {
    let case = rows::load(tx, id).await?;
    if (case.subject.fund.as_str(), case.subject.year) != (batch.fund.as_str(), batch.year) {
        let number = case.number.unwrap_or_default();
        return Err(StoreError::bad_input(
            format!("{number} 不属于这项资金或年度"),
            format!("{number} is not paid from this fund and year"),
        ));
    }
    // Payments that were taken out again leave the batch, so they are counted where their numbers are kept.
    let sql = "SELECT COUNT(*) AS n FROM payments WHERE batch = $1";
    let before = tx.one(sql, values![batch.id]).await?.map_or(Ok(0), |row| row.int("n"))?;
    let end_to_end_id = numbers::payment_number(&batch.number, before + 1);
    let sql = "INSERT INTO payments (end_to_end_id, batch, case_id) VALUES ($1, $2, $3)";
    tx.execute(sql, values![end_to_end_id.as_str(), batch.id, id.0]).await?;
    let command = Command::PutInBatch { batch: batch.id, end_to_end_id };
    let number = case.number.clone().unwrap_or_default();
    let case = act::act(tx, case, command, actor).await.map_err(|error| match error {
        // Of many that are put in together it says which.
        StoreError::Refused(refusal @ (Refusal::DoubtOpen(_) | Refusal::OtherInDoubt { .. })) => StoreError::conflict(
            format!("{number}：{}", refusal.text(Lang::Zh)),
            format!("{number}: {}", refusal.text(Lang::En)),
        ),
        error => error,
    })?;
    let party = rows::registered_name(tx, &case.subject.party).await?.unwrap_or_default();
    let before = before::before(tx, &case).await?;
    batch.lines.push(BatchLine { before, ..line_of(&case, party)? });
    Ok(())
}

fn line_of(case: &Case, party: String) -> Result<BatchLine, StoreError> {
    let missing = || StoreError::corrupt(rows::subject_of(case.id), "it is in a batch without a payment");
    let payment = case.open_payment().ok_or_else(missing)?;
    Ok(BatchLine {
        read_by: None,
        readers: Vec::new(),
        has_turned: false,
        called_paid: None,
        called_before: Vec::new(),
        failings: Vec::new(),
        undone: Vec::new(),
        dropped: Vec::new(),
        found_failed: None,
        case: case.id,
        number: case.number.clone().unwrap_or_default(),
        party,
        end_to_end_id: payment.end_to_end_id.clone(),
        amount: payment.amount,
        account: payment.account.clone(),
        outcome: None,
        before: None,
    })
}

/// A payee that was looked into as the journal keeps it: whose money goes to whom, and the cases of others whose account it is too.
fn confirmed_payee(line: &BatchLine, shared: Option<&Vec<SharedAccount>>) -> serde_json::Value {
    let mut payee =
        json!({ "case": line.case, "number": line.number, "party": line.party, "holder": line.account.holder });
    if let Some(others) = shared {
        payee["others"] = others.iter().map(|other| other.number.as_str()).collect();
    }
    payee
}

/// Gives a case back that leaves a batch, with the reason where all of it is cancelled: it is payable again. Where no file can hold its
/// account, the payment has failed before it was sent, so that the applicant is told and corrects it as after any other failure.
async fn take_back(tx: &mut Tx, actor: &Actor, batch: &Batch, id: CaseId, reason: &str) -> Result<(), StoreError> {
    let case = rows::load(tx, id).await?;
    let unwritable = case.open_payment().filter(|payment| !is_writable(&payment.account));
    let command = match unwritable.map(|payment| payment.end_to_end_id.clone()) {
        Some(end_to_end_id) => {
            let reason = "没有发给银行：户名或开户行里有看不见的字符，写不进付款文件，请清空后重新手打".to_owned();
            Command::RecordPayment { end_to_end_id, outcome: PaymentOutcome::Failed { reason } }
        }
        None => Command::TakeOutOfBatch { batch: batch.id, reason: reason.to_owned() },
    };
    act::act(tx, case, command, actor).await.map(drop)
}

/// Under which name an entry has the SHA-256 of what it leaves of the batch: not all of that follows from the entries alone.
pub(crate) const KEPT: &str = "kept";

/// Writes what a batch has become, with an entry on the journal that says so and of which text it is the hash.
pub(crate) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    batch: &Batch,
    what: &str,
    body: &serde_json::Value,
) -> Result<(), StoreError> {
    let sql = "UPDATE batches SET stage = $2, doubted = $3, data = $4 WHERE id = $1";
    let doubted = i64::from(batch.is_doubted());
    let text = text_of(batch)?;
    let mut body = body.clone();
    body[KEPT] = hex(&Sha256::digest(&text)).into();
    tx.execute(sql, values![batch.id, batch.stage.word(), doubted, text]).await?;
    tx.journal(actor.user(), &format!("batch.{what}"), &format!("batch/{}", batch.id), &body)?;
    Ok(())
}
