//! What the bank answers: read, held against what was sent, recorded once with each case.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use duixian_bank::{
    BankFileError, Ignored, IgnoredReason, Origin, Outcome, PaymentOrder, Reconciliation, ResultFile, ResultLine,
    camt054, csv, reconcile,
};
use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::case::{Case, CaseId, Payment, PaymentOutcome};
use duixian_casework::command::Command;
use duixian_casework::doubt::Doubted;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::settlement::{BankResult, Oddity, References, Settlement};
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::access::needs;
use crate::batches::Unknown;
use crate::batches::file::is_fetched;
use crate::batches::{keep, load, proofs};
use crate::cases::{act, known, may_pay, rows};
use crate::db::{Queries, Row, Store, Value, all_among, values};
use crate::error::StoreError;
use crate::once::{Done, Key, hex};
use crate::people;
use crate::reports::{self, Report};
use crate::settings;
use crate::together::ask;
use crate::tx::Tx;

/// The kind of these reports.
pub const REPORT: &str = "settled";

/// How many entries that are not ours, or settle nothing, a report names: whoever has more has the wrong file.
const MOST_NAMED: usize = 200;

/// How many payments an error names.
const MOST_TOLD: usize = 5;

/// What came of a result file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The batches that it speaks of, with what it says of each.
    pub batches: Vec<SettledBatch>,
    /// Results for payments that none of our batches has sent: the first of them.
    pub unknown: Vec<Unknown>,
    /// How many more of those there are.
    #[serde(default)]
    pub more_unknown: usize,
    /// Results for payments of ours that the bank can't have been asked for: nothing is recorded of them.
    #[serde(default)]
    pub unreleased: Vec<Unsent>,
    /// Entries that settle nothing: the first of them.
    pub ignored: Vec<Ignored>,
    /// How many more of those there are.
    #[serde(default)]
    pub more_ignored: usize,
    /// The number of the report that says so.
    #[serde(skip)]
    pub report: i64,
}

/// A payment of ours whose file has not gone to the bank, as reading an answer about it found it. Older reports have its first two as a
/// pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// The payment.
    pub end_to_end_id: String,
    /// The number of its batch, for people.
    pub number: String,
    /// Where that stood: one that was released was fetched by nobody. None in older reports.
    #[serde(default)]
    pub stage: Option<BatchStage>,
    /// The case that it was for. None in older reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// All that the file says of it, by which people ask the bank: money may have left outside the record. Nothing in older reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<ResultLine>,
}

/// What a result file says of one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledBatch {
    /// The batch.
    pub batch: i64,
    /// Its number for people.
    pub number: String,
    /// What was recorded, what was known, what does not fit, what is still open.
    pub settlement: Settlement,
    /// The payments among the open ones of which the file says that the bank is still at them. Older reports don't tell them apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<String>,
    /// What was paid, what failed or came back and what was open of it since, in fen.
    pub totals: (Fen, Fen, Fen),
    /// How much of what failed or came back was paid first. In older reports that is not told apart.
    #[serde(default)]
    pub returned: Fen,
    /// What was recorded before of those that are now recorded as paid, though they had failed or come back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub turned: BTreeMap<String, PaymentOutcome>,
}

impl Store {
    /// Reads the bank's answer, CSV or camt.054 by its content: what was paid is posted, what failed goes back to its
    /// applicant with the bank's reason. The same file again, or another that overlaps it, records nothing twice. Results
    /// that don't fit are told and not recorded. What came of it is kept as a report. With `only`, a file that speaks of other batches is refused.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] with every error of a file that can't be read; nothing of it is recorded then.
    pub async fn read_results(
        &self,
        actor: &Actor,
        key: &Key,
        only: Option<i64>,
        bytes: &[u8],
    ) -> Result<Done<Settled>, StoreError> {
        needs(actor, &[Role::Finance])?;
        let sha256 = hex(&Sha256::digest(bytes));
        let file = read(bytes)?;
        let (official, key) = (actor.clone(), key.clone());
        let content = format!("read_results {only:?} {sha256}");
        self.write(move |tx| {
            Box::pin(async move {
                if let Some(report) = tx.recall::<i64>(&key, &official, &content).await? {
                    let told = reports::read::<Settled>(tx, REPORT, report).await?.told;
                    return Ok(Done { value: Settled { report, ..told }, already: true });
                }
                let settled = settle(tx, &official, only, &file, &sha256).await?;
                let report = reports::keep(tx, &official, REPORT, &settled).await?;
                tx.remember(&key, &official, &content, &report)?;
                Ok(Done::now(Settled { report, ..settled }))
            })
        })
        .await
    }

    /// The newest reports that tell of a batch, with their numbers.
    pub async fn reports_of_batch(&self, batch: i64) -> Result<Vec<(i64, Report<Settled>)>, StoreError> {
        // By its number for people, which those have too that tell only of what it never sent; what is read decides.
        let number = self.batch(batch).await?.number;
        let fit = "kind = $1 AND told LIKE $2";
        let given = values![REPORT, format!("%\"{number}\"%")];
        let mut found = reports::newest::<Settled>(self, fit, given, reports::MOST_LISTED).await?;
        found.retain(|(_, Report { told, .. })| {
            let is_settled = told.batches.iter().any(|one| one.batch == batch);
            is_settled || told.unreleased.iter().any(|one| one.number == number)
        });
        Ok(found)
    }

    /// Which payments are on record by these numbers of the bank: what it calls made by one of them may be one that is known.
    pub async fn payments_proved_by(&self, numbers: &BTreeSet<&str>) -> Result<References, StoreError> {
        proofs::references(self, numbers).await
    }

    /// Every fen of a batch: paid, failed with the bank's reason, or still open.
    pub async fn reconciliation(&self, batch: i64) -> Result<Reconciliation, StoreError> {
        let batch = self.batch(batch).await?;
        let order = |line: &BatchLine| PaymentOrder {
            end_to_end_id: line.end_to_end_id.clone(),
            amount: line.amount,
            creditor_name: line.account.holder.clone(),
            creditor_account: line.account.number.clone(),
            creditor_bank: None,
            creditor_bank_code: None,
            remittance: String::new(),
        };
        let orders: Vec<PaymentOrder> = batch.lines.iter().map(order).collect();
        let result = |(place, line): (usize, &BatchLine)| {
            let outcome = match line.outcome.clone()? {
                PaymentOutcome::Paid { reference, on } => Outcome::Paid { bank_reference: reference, on },
                PaymentOutcome::Failed { reason } | PaymentOutcome::Returned { reason, .. } => {
                    Outcome::Failed { code: None, reason }
                }
            };
            let end_to_end_id = line.end_to_end_id.clone();
            Some(ResultLine { line: place + 1, end_to_end_id, amount: line.amount, outcome, origin: Origin::default() })
        };
        let results: Vec<ResultLine> = batch.lines.iter().enumerate().filter_map(result).collect();
        Ok(reconcile(&orders, &results))
    }
}

/// A file that begins with a mark of XML is camt.054, anything else a table.
fn read(bytes: &[u8]) -> Result<ResultFile, StoreError> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_xml = start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    let read = if is_xml { camt054::read(bytes) } else { csv::read_results(bytes) };
    read.map_err(|errors| {
        let in_lines = |text: fn(&BankFileError) -> String| errors.iter().map(text).collect::<Vec<_>>().join("\n");
        StoreError::bad_input(in_lines(BankFileError::message_zh), in_lines(BankFileError::message_en))
    })
}

async fn settle(
    tx: &mut Tx,
    actor: &Actor,
    only: Option<i64>,
    file: &ResultFile,
    sha256: &str,
) -> Result<Settled, StoreError> {
    let mut settled = Settled {
        ignored: file.ignored.iter().take(MOST_NAMED).cloned().collect(),
        more_ignored: file.ignored.len().saturating_sub(MOST_NAMED),
        ..Settled::default()
    };
    let accounts = settings::accounts_ever(tx).await?;
    // Where a statement says several things of a payment, each is as if it stood in a file of its own, one after the other.
    let mut by_batch: BTreeMap<i64, Vec<Vec<BankResult>>> = BTreeMap::new();
    let mut said: HashMap<&str, Vec<&ResultLine>> = HashMap::new();
    let batches = batches_of(tx, file).await?;
    for line in &file.lines {
        let id = &line.end_to_end_id;
        let lines = said.entry(id).or_default();
        let part = lines.len();
        lines.push(line);
        match batches.get(id) {
            Some((batch, _)) => {
                let parts = by_batch.entry(*batch).or_default();
                parts.resize_with(parts.len().max(part + 1), Vec::new);
                parts[part].push(result_of(line, &accounts));
            }
            None if part > 0 => {}
            None if settled.unknown.len() < MOST_NAMED => settled.unknown.push(Unknown::Line(line.clone())),
            None => settled.more_unknown += 1,
        }
    }
    let is_other = |batch: &i64| only.is_some_and(|only| *batch != only);
    let others = by_batch.iter().filter(|(batch, _)| is_other(batch)).flat_map(|(_, parts)| parts.iter().flatten());
    let others: Vec<&str> = others.map(|result| result.end_to_end_id.as_str()).take(MOST_TOLD).collect();
    if !others.is_empty() {
        return Err(StoreError::bad_input(
            format!(
                "这份回单里有其他批次的付款（{}），一笔也没有记；请到“资金”的“读入银行回单”里读，或换一份文件",
                others.join("、")
            ),
            format!(
                "payments of other batches are in this file ({}), so none was recorded: read it where all answers are read, \
                 or take another file",
                others.join(", ")
            ),
        ));
    }
    if file.lines.is_empty() {
        return Err(StoreError::bad_input(
            "这份回单里还没有一笔有结果，没有可记的：等银行办完（成功、失败或退汇）再读",
            "nothing in this file has an outcome yet, so there is nothing to record: read it once the bank has paid, refused or returned",
        ));
    }
    if by_batch.is_empty() {
        let named: Vec<&str> = settled.unknown.iter().map(Unknown::end_to_end_id).take(MOST_TOLD).collect();
        return Err(StoreError::bad_input(
            format!("这份回单里没有本系统的付款（{}），请核对文件", named.join("、")),
            format!("no payment of ours is in this file ({}): check that it is the right one", named.join(", ")),
        ));
    }
    let mut references = proofs::references(tx, &proved_by(file)).await?;
    let pending = file.ignored.iter().filter(|one| one.reason == IgnoredReason::Pending);
    let pending: BTreeSet<&str> = pending.filter_map(|one| one.end_to_end_id.as_deref()).collect();
    for (id, parts) in by_batch {
        let mut batch = load(tx, id).await?;
        let is_with_bank = match batch.stage {
            // Nobody can answer what nobody was given. Of one that was answered before that was kept, somebody was.
            BatchStage::Released | BatchStage::Settled => {
                batch.lines.iter().any(|line| line.outcome.is_some()) || is_fetched(tx, id).await?
            }
            // What an earlier version has let people reopen is there all the same, once its file was fetched.
            BatchStage::Drafted | BatchStage::HalfReleased => is_fetched(tx, id).await?,
            BatchStage::Cancelled => false,
        };
        if !is_with_bank {
            let unsent = |BankResult { end_to_end_id, .. }: BankResult| {
                let (number, stage) = (batch.number.clone(), Some(batch.stage));
                let case = batches.get(&end_to_end_id).map(|(_, case)| *case);
                let said = said.get(end_to_end_id.as_str()).into_iter().flatten().copied().cloned().collect();
                Unsent { end_to_end_id, number, stage, case, said }
            };
            settled.unreleased.extend(parts.into_iter().take(1).flatten().map(unsent));
            continue;
        }
        let (mut settlement, mut turned) = (Settlement::default(), BTreeMap::new());
        let is_read = batch.results.iter().any(|read| read == sha256);
        for results in parts {
            let ended = |line: &BatchLine| {
                let outcome = line.outcome.clone().filter(PaymentOutcome::is_back)?;
                Some((line.end_to_end_id.clone(), outcome))
            };
            let mut ended: HashMap<String, PaymentOutcome> = batch.lines.iter().filter_map(ended).collect();
            let mut part = batch.settle(&results, tx.now().day(), &mut references)?;
            read_ahead(tx, &part).await?;
            let doubts = batch.doubts.len();
            look_after(tx, actor, &mut batch, &mut part, (sha256, is_read)).await?;
            let brought_up: Vec<Doubted> = batch.doubts[doubts..].iter().map(|doubt| doubt.what.clone()).collect();
            record(tx, actor, &mut batch, (&part, brought_up), sha256).await?;
            let paid = part.news.iter().filter(|(_, _, outcome)| matches!(outcome, PaymentOutcome::Paid { .. }));
            turned.extend(paid.filter_map(|(_, id, _)| Some((id.clone(), ended.remove(id)?))));
            settlement.extend(part);
        }
        let (number, totals, returned) = (batch.number.clone(), batch.totals(), batch.returned());
        let pending = settlement.missing.iter().filter(|open| pending.contains(open.as_str())).cloned().collect();
        settled.batches.push(SettledBatch { batch: id, number, settlement, pending, totals, returned, turned });
    }
    Ok(settled)
}

/// The batches of the payments that a file speaks of, as far as they are ours, and their cases.
async fn batches_of(tx: &Tx, file: &ResultFile) -> Result<HashMap<String, (i64, CaseId)>, StoreError> {
    let sql = "SELECT end_to_end_id, batch, case_id FROM payments WHERE end_to_end_id IN ({})";
    let ids = file.lines.iter().map(|line| Value::from(line.end_to_end_id.as_str())).collect();
    let rows = all_among(tx, sql, vec![], ids).await?;
    let of = |row: &Row| Ok((row.text("end_to_end_id")?, (row.int("batch")?, CaseId(row.int("case_id")?))));
    rows.iter().map(of).collect()
}

/// Reads the cases that something is to be recorded of, and the names of their parties, for all of them at once.
async fn read_ahead(tx: &Tx, settlement: &Settlement) -> Result<(), StoreError> {
    let told = settlement.news.iter().map(|(case, ..)| *case);
    let ids: Vec<CaseId> = told.chain(settlement.after_all.iter().map(|(case, ..)| *case)).collect();
    let cases = known::cases(tx, &ids).await?;
    let parties = rows::without_names(tx, cases.iter().map(|case| case.subject.party.as_str()).collect());
    let [names] = ask(tx, [rows::ask_names(&parties)]).await?;
    rows::take_names(tx, &parties, &names)
}

/// Of payments that were recorded as failed: one that the bank says once more has failed is known, and where it had called it paid in
/// between, or that waits to be confirmed, an answer that was not read before is put to a second person. Of those that it calls paid the case is paid, where nothing
/// else is under way for it; what is under way goes no further until that is cleared up; what was paid otherwise meanwhile is not closed
/// before; and of what was withdrawn or revoked the basis is not granted again. What came back, or has another number than is recorded, is put to a
/// second person too.
async fn look_after(
    tx: &mut Tx,
    actor: &Actor,
    batch: &mut Batch,
    settlement: &mut Settlement,
    (sha256, is_read): (&str, bool),
) -> Result<(), StoreError> {
    let (reader, now) = (actor.user().ok_or(StoreError::Denied)?, tx.now());
    // An answer that was read before, in this file or another, tells of what was before.
    let told_before = std::mem::take(&mut settlement.told_before);
    for back in std::mem::take(&mut settlement.returned) {
        let is_old =
            told_before.contains(&back.end_to_end_id) && !batch.is_unsettled(&back.end_to_end_id, sha256, reader);
        let what = Doubted::Returned(back);
        if is_old || batch.has_put_away(&what, sha256, reader) {
            settlement.known.push(what.end_to_end_id().to_owned());
            continue;
        }
        settlement.reported.push(what.end_to_end_id().to_owned());
        bring_up(tx, actor, batch, what, sha256).await?;
    }
    for (id, end_to_end_id, outcome, reference) in std::mem::take(&mut settlement.after_all) {
        let case = rows::load(tx, id).await?;
        if let PaymentOutcome::Failed { reason } = outcome {
            let is_doubtful = case.doubtful_payments().any(|payment| payment.end_to_end_id == end_to_end_id);
            // What waits to be called paid once more may have come to nothing since: confirmed later, it would bury that.
            let is_news = is_doubtful || batch.may_be_paid(&end_to_end_id) && !told_before.contains(&end_to_end_id);
            // A bank that says again that it failed has no other way to say that it did not pay after all: another person knows which it is.
            if !is_news || is_read && !batch.is_unsettled(&end_to_end_id, sha256, reader) {
                settlement.known.push(end_to_end_id);
                continue;
            }
            settlement.reported.push(end_to_end_id.clone());
            let what = Doubted::FailedAgain { end_to_end_id, reason, reference };
            bring_up(tx, actor, batch, what, sha256).await?;
            continue;
        }
        concerned(&case, &end_to_end_id, actor)?;
        let command = Command::RecordPayment { end_to_end_id: end_to_end_id.clone(), outcome: outcome.clone() };
        let case = act::act(tx, case, command, actor).await?;
        let pays = |payment: &Payment| payment.end_to_end_id == end_to_end_id && !payment.has_failed();
        if case.payments.iter().any(pays) {
            batch.end_otherwise(&end_to_end_id, outcome.clone());
            settlement.news.push((id, end_to_end_id, outcome));
        } else {
            if let PaymentOutcome::Paid { reference, on } = outcome {
                batch.call_paid(&end_to_end_id, reference, on);
                batch.keep_reader(&end_to_end_id, Some(reader));
            }
            settlement.odd.push(Oddity::PaidAfterAll(end_to_end_id));
        }
    }
    let to_confirm = [&mut settlement.renumbered, &mut settlement.paid_again].map(std::mem::take);
    for what in to_confirm.into_iter().flatten() {
        if batch.has_put_away(&what, sha256, reader) {
            settlement.known.push(what.end_to_end_id().to_owned());
            continue;
        }
        settlement.reported.push(what.end_to_end_id().to_owned());
        bring_up(tx, actor, batch, what, sha256).await?;
    }
    for (_, end_to_end_id, outcome) in &settlement.news {
        batch.keep_reader(end_to_end_id, Some(reader));
        batch.answer_doubts(end_to_end_id, reader, now, outcome.is_back());
    }
    for odd in &settlement.odd {
        bring_up(tx, actor, batch, Doubted::Odd(odd.clone()), sha256).await?;
    }
    Ok(())
}

/// Puts something to a second person. The first is one who may have a hand in the payment, as the second is.
async fn bring_up(
    tx: &mut Tx,
    actor: &Actor,
    batch: &mut Batch,
    what: Doubted,
    sha256: &str,
) -> Result<(), StoreError> {
    let reader = actor.user().ok_or(StoreError::Denied)?;
    if let Some(line) = batch.line(what.end_to_end_id()) {
        concerned(&rows::load(tx, line.case).await?, &line.end_to_end_id, actor)?;
    }
    let has_left = !matches!(what, Doubted::Odd(_)) && has_left(tx, batch.reader_of(&what)).await?;
    batch.doubt(what, reader, tx.now(), sha256, has_left);
    Ok(())
}

/// Whoever reads in what the bank says of a payment is believed, and so has a hand in it: none who reviewed or decided its case, or
/// acts for its party.
fn concerned(case: &Case, end_to_end_id: &str, actor: &Actor) -> Result<(), StoreError> {
    let number = case.number.as_deref().unwrap_or_default();
    may_pay(case, actor).map_err(|refusal| {
        StoreError::bad_input(
            format!(
                "{end_to_end_id}（{number}）：{}。这份回单一笔也没有记，请由其他财务人员读入",
                refusal.text(Lang::Zh)
            ),
            format!(
                "{end_to_end_id} ({number}): {}. Nothing of this file was recorded: someone else of finance reads it in",
                refusal.text(Lang::En)
            ),
        )
    })
}

/// Whether who has read something can stand for it no more.
pub(super) async fn has_left(link: &impl Queries, reader: Option<UserId>) -> Result<bool, StoreError> {
    let Some(reader) = reader else { return Ok(false) };
    match people::still_has(link, reader, &[Role::Finance]).await {
        Ok(()) => Ok(false),
        Err(StoreError::Conflict { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Records the news of a batch with its cases, and the file with the batch, with what it has brought up.
async fn record(
    tx: &mut Tx,
    actor: &Actor,
    batch: &mut Batch,
    (settlement, brought_up): (&Settlement, Vec<Doubted>),
    sha256: &str,
) -> Result<(), StoreError> {
    // Reading a file again may settle what it could not before, but brings up nothing that it has not brought up.
    let is_known = batch.results.iter().any(|known| known == sha256);
    if is_known && settlement.news.is_empty() && brought_up.is_empty() {
        return Ok(());
    }
    for (case, end_to_end_id, outcome) in &settlement.news {
        let case = rows::load(tx, *case).await?;
        // What the bank says of it after all was given to the case already.
        if case.payments.iter().any(|one| one.end_to_end_id == *end_to_end_id && one.outcome.is_some()) {
            continue;
        }
        concerned(&case, end_to_end_id, actor)?;
        let command = Command::RecordPayment { end_to_end_id: end_to_end_id.clone(), outcome: outcome.clone() };
        act::act(tx, case, command, actor).await?;
    }
    if !is_known {
        batch.results.push(sha256.to_owned());
        let sql = "INSERT INTO result_files (sha256, batch, at) VALUES ($1, $2, $3)";
        tx.execute(sql, values![sha256, batch.id, tx.now().0]).await?;
    }
    let told: BTreeSet<&str> = settlement
        .news
        .iter()
        .map(|(_, id, _)| id.as_str())
        .chain(settlement.odd.iter().map(Oddity::end_to_end_id))
        .collect();
    proofs::keep(tx, batch.lines.iter().filter(|line| told.contains(line.end_to_end_id.as_str()))).await?;
    let (paid, failed, open) = batch.totals();
    let news: Vec<&String> = settlement.news.iter().map(|(_, id, _)| id).collect();
    let mut body = json!({ "file": sha256, "news": news, "paid": paid, "failed": failed, "open": open });
    if !brought_up.is_empty() {
        body["doubts"] = json!(brought_up);
    }
    keep(tx, actor, batch, "settled", &body).await
}

/// The bank's references by which a file proves payments and returns.
fn proved_by(file: &ResultFile) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for line in &file.lines {
        if let Outcome::Paid { bank_reference, .. } = &line.outcome {
            found.insert(bank_reference.as_str());
        }
        found.extend(line.origin.failed_by.as_deref());
    }
    found
}

/// A result as it is held against its batch; `ours` are the accounts that we pay from.
fn result_of(line: &ResultLine, ours: &BTreeSet<String>) -> BankResult {
    let outcome = match &line.outcome {
        Outcome::Paid { bank_reference, on } => PaymentOutcome::Paid { reference: bank_reference.clone(), on: *on },
        Outcome::Failed { code, reason } => PaymentOutcome::Failed {
            reason: match code {
                Some(code) if !reason.contains(code.as_str()) => format!("{reason}（{code}）"),
                _ => reason.clone(),
            },
        },
    };
    BankResult {
        end_to_end_id: line.end_to_end_id.clone(),
        amount: line.amount,
        outcome,
        message_id: line.origin.message_id.clone(),
        foreign_account: line.origin.account.clone().filter(|account| !ours.contains(account)),
        failed_on: line.origin.failed_on,
        failed_by: line.origin.failed_by.clone(),
        came_back: line.origin.came_back,
    }
}
