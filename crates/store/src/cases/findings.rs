//! What people have found of what the bank said of a case's payments, read off the journal of their batches: that the record stands leaves no
//! event with the case.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::case::{Case, CaseId};
use duixian_casework::doubt::Doubted;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use serde::Deserialize;

use crate::cases::rows;
use crate::db::{Row, Store, Value, all_among};
use crate::error::StoreError;
use crate::funds::TransferRow;

/// What one has said, or read of the bank, and another has found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The entry of the journal.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who has found it.
    pub by: UserId,
    /// Their name, as it is now.
    pub by_name: String,
    /// The payment's batch.
    pub batch: i64,
    /// What was in doubt.
    pub what: Doubted,
    /// Who had read it, or put it forward.
    pub read_by: UserId,
    /// Whether it is so; otherwise the record stands.
    pub is_confirmed: bool,
    /// On what grounds.
    pub grounds: String,
}

impl Finding {
    /// Whether it says that a return which two people had recorded never was.
    pub fn undoes_a_return(&self) -> bool {
        self.is_confirmed && matches!(self.what, Doubted::NotReturned { .. })
    }
}

/// A return that two people have recorded, and two have found later that it never was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistaken {
    /// The case.
    pub case: CaseId,
    /// The transfer that booked the money back.
    pub transfer: i64,
    /// When it was found that it never came back.
    pub found_at: Moment,
}

/// What an entry has of it.
#[derive(Deserialize)]
struct Said {
    doubt: Doubted,
    read_by: UserId,
    grounds: String,
}

impl Store {
    /// All that was found of what the bank has said of a case's payments, in order.
    pub async fn findings(&self, case: &Case) -> Result<Vec<Finding>, StoreError> {
        let batches: BTreeSet<i64> = case.payments.iter().map(|payment| payment.batch).collect();
        let subjects = batches.iter().map(|batch| Value::from(format!("batch/{batch}"))).collect();
        let sql = "SELECT j.seq, j.at, j.actor, j.kind, j.subject, j.body, u.name FROM journal j JOIN users u ON u.id = j.actor \
                   WHERE j.subject IN ({}) AND j.kind IN ('batch.doubt_confirmed', 'batch.doubt_dismissed')";
        let rows = all_among(self, sql, vec![], subjects).await?;
        let mut found = rows.iter().map(finding).collect::<Result<Vec<_>, StoreError>>()?;
        let is_own = |id: &str| case.payments.iter().any(|payment| payment.end_to_end_id == id);
        found.retain(|finding| is_own(finding.what.end_to_end_id()));
        found.sort_by_key(|finding| finding.seq);
        Ok(found)
    }

    /// The returns of the cases of these transfers that were found to be none.
    pub async fn mistaken_returns(&self, rows: &[TransferRow]) -> Result<Vec<Mistaken>, StoreError> {
        let cases: BTreeSet<i64> = rows.iter().filter_map(|row| row.transfer.subject.case).collect();
        let sql = "SELECT id, case_id, at FROM transfers WHERE kind = 'return' AND case_id IN ({})";
        let mut returns: BTreeMap<i64, Vec<(Moment, i64)>> = BTreeMap::new();
        for row in all_among(self, sql, vec![], cases.into_iter().map(Value::from).collect()).await? {
            returns.entry(row.int("case_id")?).or_default().push((Moment(row.int("at")?), row.int("id")?));
        }
        let mut mistaken = Vec::new();
        for (case, returns) in returns {
            let case = rows::load(self, CaseId(case)).await?;
            let findings = self.findings(&case).await?;
            for (place, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.undoes_a_return()) {
                let is_it = |one: &&Finding| {
                    one.is_confirmed
                        && matches!(one.what, Doubted::Returned(_))
                        && one.what.end_to_end_id() == finding.what.end_to_end_id()
                };
                // What was found is booked in the same moment.
                let recorded = findings[..place].iter().rev().find(is_it).map(|one| one.at);
                let transfer = returns.iter().find(|(at, _)| Some(*at) == recorded);
                let of = |(_, transfer): &(Moment, i64)| Mistaken {
                    case: case.id,
                    transfer: *transfer,
                    found_at: finding.at,
                };
                mistaken.extend(transfer.map(of));
            }
        }
        Ok(mistaken)
    }
}

fn finding(row: &Row) -> Result<Finding, StoreError> {
    let Said { doubt, read_by, grounds } = row.json("body")?;
    let subject = row.text("subject")?;
    let batch = subject.strip_prefix("batch/").and_then(|id| id.parse().ok());
    Ok(Finding {
        seq: row.int("seq")?,
        at: Moment(row.int("at")?),
        by: UserId(row.int("actor")?),
        by_name: row.text("name")?,
        batch: batch.ok_or_else(|| StoreError::corrupt(subject, "it is no batch"))?,
        what: doubt,
        read_by,
        is_confirmed: row.text("kind")? == "batch.doubt_confirmed",
        grounds,
    })
}
