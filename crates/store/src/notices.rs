//! Public notices as they were put up: which cases hung on one sheet, and with what. They are kept, not looked up anew, since a
//! notice stays what it was whatever becomes of a case on it.

use std::collections::HashMap;

use chrono::NaiveDate;
use duixian_casework::case::{Case, CaseId, Notice, Revocation};
use duixian_casework::event::{AfterAnswer, What};
use duixian_casework::moment::Moment;
use duixian_money::Fen;
use serde::Serialize;

use crate::cases::left;
use crate::cases::rows::subject_of;
use crate::db::{Queries, Row, Store, Value, all_among, values};
use crate::error::StoreError;
use crate::once::Key;
use crate::tx::Tx;

/// A notice as it was put up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What hung on it, by number.
    pub rows: Vec<SheetRow>,
    /// How many sheets had the number of the first of these by then: one that came back to review hangs again, on another
    /// sheet. A sheet on which it was not the first had another number, and does not count.
    pub turn: u64,
}

/// A case on a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// The case.
    pub case: CaseId,
    /// When it was put up.
    pub at: Moment,
    /// The case's number.
    pub number: String,
    /// The party's code.
    pub party: String,
    /// The party's name at that time.
    pub party_name: String,
    /// The measure, by English name.
    pub measure: String,
    /// The row that it is for; empty where that is the party itself.
    pub basis: String,
    /// The clause that decided.
    pub clause: String,
    /// What was to be paid.
    pub amount: Fen,
}

/// What ends the force of what was decided or put up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// An objection was upheld on that day.
    Upheld(NaiveDate),
    /// What was decided was revoked on that day, by the proposal.
    Revoked(NaiveDate, Revocation),
    /// The application was withdrawn on that day.
    Withdrawn(NaiveDate),
    /// What waited for money went back to review on that day.
    SentBack(NaiveDate),
    /// What waited for money was decided otherwise on that day.
    Declined(NaiveDate),
    /// It could not be paid, and was ended on that day.
    Stopped(NaiveDate),
    /// What was paid came back on that day.
    CameBack(NaiveDate),
}

impl Ended {
    /// What an event that came after ended, if anything.
    pub fn by(what: &What, day: NaiveDate) -> Option<Ended> {
        match what {
            What::ObjectionAnswered { then: AfterAnswer::BackToReview { .. }, .. } => Some(Ended::Upheld(day)),
            What::Revoked { proposal, .. } => Some(Ended::Revoked(day, proposal.clone())),
            What::Withdrawn { .. } => Some(Ended::Withdrawn(day)),
            What::SentBack { .. } => Some(Ended::SentBack(day)),
            What::Declined { .. } => Some(Ended::Declined(day)),
            What::PaymentEnded { .. } => Some(Ended::Stopped(day)),
            _ => None,
        }
    }
}

impl Store {
    /// The sheet on which a case was put up at a moment; none of a notice from before sheets were kept.
    pub async fn notice_sheet(&self, case: CaseId, at: Moment) -> Result<Option<Sheet>, StoreError> {
        let sql = "SELECT sheet FROM notices WHERE case_id = $1 AND at = $2";
        let Some(row) = self.one(sql, values![case.0, at.0]).await? else { return Ok(None) };
        let sheet = row.text("sheet")?;
        let sql = format!("SELECT {} FROM notices WHERE sheet = $1 ORDER BY number, case_id", Hung::COLUMNS);
        let found = self.all(&sql, values![sheet.as_str()]).await?;
        let turn = match found.first() {
            Some(first) => {
                let sql = "SELECT COUNT(*) AS n FROM notices n WHERE n.case_id = $1 AND n.at <= $2 AND NOT EXISTS \
                           (SELECT 1 FROM notices o WHERE o.sheet = n.sheet \
                           AND (o.number < n.number OR (o.number = n.number AND o.case_id < n.case_id)))";
                let values = values![first.int("case_id")?, first.int("at")?];
                self.one(sql, values).await?.map_or(Ok(1), |row| row.int("n"))?.unsigned_abs()
            }
            None => 1,
        };
        Ok(Some(Sheet { rows: found.iter().map(sheet_row).collect::<Result<_, _>>()?, turn }))
    }

    /// What first ended the force of rows of a sheet, by case; those that stand are left out. One look at the journal for all.
    pub async fn sheet_ends(&self, sheet: &Sheet) -> Result<HashMap<CaseId, Ended>, StoreError> {
        let of: HashMap<String, &SheetRow> = sheet.rows.iter().map(|row| (subject_of(row.case), row)).collect();
        let sql = "SELECT subject, seq, at, body FROM journal WHERE kind IN \
                   ('case.objection_answered', 'case.revoked', 'case.withdrawn', 'case.declined', 'case.payment_ended') AND subject IN ({})";
        let subjects = of.keys().map(|subject| Value::from(subject.as_str())).collect();
        let mut entries = Vec::new();
        for row in all_among(self, sql, vec![], subjects).await? {
            entries.push((row.int("seq")?, row));
        }
        entries.sort_by_key(|(seq, _)| *seq);
        let mut ends = HashMap::new();
        for (_, row) in entries {
            let Some(put_up) = of.get(&row.text("subject")?) else { continue };
            let at = Moment(row.int("at")?);
            if at < put_up.at {
                continue;
            }
            let (what, _) = left::read(&row.text("body")?)?;
            if let Some(ended) = Ended::by(&what, at.day()) {
                ends.entry(put_up.case).or_insert(ended);
            }
        }
        Ok(ends)
    }
}

/// A row of a sheet, as the table has it.
#[derive(Serialize)]
pub(crate) struct Hung {
    case: i64,
    at: i64,
    sheet: String,
    number: String,
    party: String,
    party_name: String,
    measure: String,
    basis: String,
    clause: String,
    amount: i64,
}

impl Hung {
    pub(crate) const COLUMNS: &str = "case_id, at, sheet, number, party, party_name, measure, basis, clause, amount";

    pub(crate) fn of(row: &Row) -> Result<Hung, StoreError> {
        Ok(Hung {
            case: row.int("case_id")?,
            at: row.int("at")?,
            sheet: row.text("sheet")?,
            number: row.text("number")?,
            party: row.text("party")?,
            party_name: row.text("party_name")?,
            measure: row.text("measure")?,
            basis: row.text("basis")?,
            clause: row.text("clause")?,
            amount: row.int("amount")?,
        })
    }

    /// What a case is put up with. What one form puts up on one day, in one round and until the same day, is one sheet.
    pub(crate) fn up(case: &Case, notice: &Notice, party_name: String, form: Option<&Key>) -> Hung {
        let sheet = match form {
            Some(form) => {
                format!("{} {} {} {}", form.as_str(), case.subject.round, notice.at.day(), notice.until)
            }
            None => format!("case/{} {}", case.id.0, case.version),
        };
        Hung {
            case: case.id.0,
            at: notice.at.0,
            sheet,
            number: case.number.clone().unwrap_or_default(),
            party: case.subject.party.clone(),
            party_name,
            measure: case.subject.measure.clone(),
            basis: case.subject.basis.clone(),
            clause: case.assessed.as_ref().map_or(String::new(), |assessed| assessed.clause.clone()),
            amount: case.granted().unwrap_or(Fen(0)).0,
        }
    }

    pub(crate) fn put(self, tx: &mut Tx) -> Result<(), StoreError> {
        let Hung { case, at, sheet, number, party, party_name, measure, basis, clause, amount } = self;
        let values = values![case, at, sheet, number, party, party_name, measure, basis, clause, amount];
        tx.insert_late("notices", Hung::COLUMNS, values)
    }
}

fn sheet_row(row: &Row) -> Result<SheetRow, StoreError> {
    let Hung { case, at, number, party, party_name, measure, basis, clause, amount, .. } = Hung::of(row)?;
    let (case, at, amount) = (CaseId(case), Moment(at), Fen(amount));
    Ok(SheetRow { case, at, number, party, party_name, measure, basis, clause, amount })
}
