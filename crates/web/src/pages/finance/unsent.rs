//! Payments that the bank can't have been asked for, since their batch never went to it or they were taken out before, and that it speaks
//! of all the same: money may have left outside the record.

use duixian_bank::Outcome;
use duixian_casework::batch::{Batch, BatchStage};
use duixian_casework::case::{Case, CaseId};
use duixian_casework::settlement::References;
use duixian_store::batches::{Settled, Unsent};

use super::said;
use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;

/// How many cases are read for one report; what the file says is told of all.
const MOST_LOOKED_AT: usize = 200;

/// A payment of a batch that never went to the bank, as a report tells of it.
pub(super) struct NotSent {
    /// Its number.
    pub id: String,
    /// The case that it was for, and its number; none in older reports, nor of more than are looked at.
    pub case: Option<(CaseId, String)>,
    /// Why the bank can't have been asked for it.
    pub why: Text,
    /// What the file says of it, one after the other; nothing in older reports.
    pub said: Vec<Text>,
    /// Whether that is that it was made.
    pub is_called_paid: bool,
    /// What is to be done about that; empty where it is not.
    pub after: Text,
}

/// Those of a report, by how their cases stand now.
pub(super) async fn told(portal: &Portal, settled: &Settled) -> Result<Vec<NotSent>, Problem> {
    let numbers = settled.unreleased.iter().flat_map(|one| &one.said).filter_map(|line| number_of(&line.outcome));
    let known = portal.store.payments_proved_by(&numbers.collect()).await?;
    let mut told = Vec::new();
    for one in &settled.unreleased {
        let number = one.said.iter().find_map(|line| number_of(&line.outcome));
        let case = match one.case.filter(|_| told.len() < MOST_LOOKED_AT) {
            Some(id) => Some(portal.store.case(id).await?),
            None => None,
        };
        let after = match (&case, number) {
            (Some(case), Some(number)) => what_to_do(portal, case, &one.end_to_end_id, number, &known).await?,
            _ => Text::default(),
        };
        told.push(NotSent {
            id: one.end_to_end_id.clone(),
            case: case.map(|case| (case.id, case.number.unwrap_or_default())),
            why: why(&one.number, one.stage),
            said: one.said.iter().map(said::line).collect(),
            is_called_paid: number.is_some(),
            after,
        });
    }
    Ok(told)
}

/// The answers of the bank, by their numbers, that call payments of a batch made which never went to it.
pub(super) async fn called_paid(portal: &Portal, batch: &Batch) -> Result<Vec<i64>, Problem> {
    let is_called_paid =
        |one: &Unsent| one.number == batch.number && one.said.iter().any(|line| number_of(&line.outcome).is_some());
    let found = portal.store.reports_of_batch(batch.id).await?;
    let found = found.into_iter().filter(|(_, report)| report.told.unreleased.iter().any(is_called_paid));
    Ok(found.map(|(id, _)| id).collect())
}

/// The bank's number by which it calls a payment made; none where it does not.
fn number_of(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Paid { bank_reference, .. } => Some(bank_reference),
        Outcome::Failed { .. } => None,
    }
}

/// What is to be done where the bank calls a payment of a case made that it can't have been asked for, by the payments that its number
/// proves and by what else was paid for the case.
pub(super) async fn what_to_do(
    portal: &Portal,
    case: &Case,
    id: &str,
    number: &str,
    known: &References,
) -> Result<Text, Problem> {
    let proved = known.get(number).into_iter().flatten().find(|other| *other != id);
    if let Some(other) = proved {
        return Ok(Text::new(
            format!("流水 {number} 已经是付款 {other} 的凭据，说的可能就是那一笔：请向银行查清是不是只付出过一次"),
            format!(
                "The number {number} is recorded for payment {other}, which this may be about: find out from the bank whether money left once"
            ),
        ));
    }
    let others = case.payments.iter().filter(|payment| payment.end_to_end_id != id && payment.is_called_paid());
    let others: Vec<&str> = others.map(|payment| payment.end_to_end_id.as_str()).collect();
    if !others.is_empty() {
        return Ok(Text::new(
            format!("本件另有付款 {} 已付，可能付了两次：确已付出两次的，请追回一笔", others.join("、")),
            format!(
                "Its case was paid by {}, so that it may be paid twice: if it was, have one of them sent back",
                others.join(", ")
            ),
        ));
    }
    if let Some(open) = case.open_payment() {
        let batch = portal.store.batch(open.batch).await?.number;
        return Ok(Text::new(
            format!(
                "本件列在批次 {batch} 里等着付：查清以前不要付，付款文件没有人下载的请移出批次，已下载的请银行止付"
            ),
            format!(
                "Its case is in batch {batch}: don't pay it before this is cleared up; take it out where nobody has fetched the file, and \
                 ask the bank to stop the payment where someone has"
            ),
        ));
    }
    Ok((
        "本件没有另外付过，查清以前不要再付",
        "Its case was not paid otherwise: don't pay it before this is cleared up",
    )
        .into())
}

/// Why the bank can't have been asked for a payment, by where its batch stood.
fn why(batch: &str, stage: Option<BatchStage>) -> Text {
    match stage {
        Some(BatchStage::Released | BatchStage::Settled) => Text::new(
            format!("批次 {batch} 的付款文件还没有人下载"),
            format!("nobody has fetched the file of batch {batch}"),
        ),
        Some(BatchStage::Drafted | BatchStage::HalfReleased) => {
            Text::new(format!("批次 {batch} 还没有放款"), format!("batch {batch} is not released yet"))
        }
        Some(BatchStage::Cancelled) => {
            Text::new(format!("批次 {batch} 已经作废"), format!("batch {batch} was cancelled"))
        }
        None => Text::new(
            format!("批次 {batch} 没有放款，或者付款文件没有人下载过"),
            format!("batch {batch} was not released, or nobody has fetched its file"),
        ),
    }
}
