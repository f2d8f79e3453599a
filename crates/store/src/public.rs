//! What everyone may read: notices and payments. Numbers, names of parties, measures, amounts and days; nothing of people,
//! accounts, contacts or evidence.

use chrono::NaiveDate;
use duixian_casework::stage::Stage;
use duixian_money::Fen;

use crate::db::{Queries, Row, Store, Value, values};
use crate::error::StoreError;
use crate::facts::like;
use crate::page::{Page, window};
use crate::search::holding;

/// A decision that hangs for all to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicNotice {
    /// The case's number.
    pub number: String,
    /// The party's name.
    pub party_name: String,
    /// The party's code: what the case is for is looked up by it.
    pub party: String,
    /// The measure, by English name.
    pub measure: String,
    /// The row that it is for; empty where that is the party itself.
    pub basis: String,
    /// The clause that decides.
    pub clause: String,
    /// The year assessed.
    pub year: i32,
    /// The round: its pack has the measure's words.
    pub round: i64,
    /// What is to be paid.
    pub amount: Fen,
    /// The last day on which it hangs; while an objection is dealt with, the day before that stopped the clock.
    pub until: NaiveDate,
    /// Whether an objection is dealt with.
    pub is_objected: bool,
}

/// A payment that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPayment {
    /// The case's number.
    pub number: String,
    /// The party's name.
    pub party_name: String,
    /// The party's code: what the case is for is looked up by it.
    pub party: String,
    /// The measure, by English name.
    pub measure: String,
    /// The row that it is for; empty where that is the party itself.
    pub basis: String,
    /// The clause that decides.
    pub clause: String,
    /// The year assessed.
    pub year: i32,
    /// The round: its pack has the measure's words.
    pub round: i64,
    /// What was paid.
    pub amount: Fen,
    /// The day it arrived.
    pub paid_on: NaiveDate,
    /// Whether the bank has sent it back since, so that it is paid anew.
    pub is_returned: bool,
}

/// What was paid in all: how many, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaidSums {
    /// What arrived and was kept.
    pub arrived: (u64, Fen),
    /// What the bank has sent back, to be paid again.
    pub returned: (u64, Fen),
}

/// Which public records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicFilter {
    /// Of this measure, by English name.
    pub measure: Option<String>,
    /// With this in the number or the party's name.
    pub text: Option<String>,
    /// Of this year.
    pub year: Option<i32>,
    /// Which page, from 1; 0 counts as 1.
    pub page: u64,
}

const PER_PAGE: u64 = 50;
/// What was paid; of what came back it stays known when it was.
const PAID: &str = "stage IN ('paid', 'closed', 'payment_failed', 'payable') AND paid_on IS NOT NULL";
const COLUMNS: &str =
    "number, party, party_name, measure, basis, clause, year, round, amount, notice_until, paid_on, stage";

impl Store {
    /// What is in notice now, what ends first at the top.
    pub async fn notices(&self, filter: &PublicFilter) -> Result<Page<PublicNotice>, StoreError> {
        let stages = "stage IN ('in_notice', 'objection') AND notice_until IS NOT NULL";
        self.published(stages, "notice_until, number", filter, notice).await
    }

    /// One notice by the case's number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] of a case that is not in notice, whatever else there is of it.
    pub async fn notice(&self, number: &str) -> Result<PublicNotice, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM cases WHERE number = $1 AND stage IN ('in_notice', 'objection') AND notice_until IS NOT NULL"
        );
        notice(&self.one(&sql, values![number]).await?.ok_or(StoreError::NotFound)?)
    }

    /// What was paid, the latest first; what the bank has sent back too, until it is paid anew.
    pub async fn payments_made(&self, filter: &PublicFilter) -> Result<Page<PublicPayment>, StoreError> {
        self.published(PAID, "paid_on DESC, number DESC", filter, payment).await
    }

    /// What all of that comes to.
    pub async fn payments_sums(&self, filter: &PublicFilter) -> Result<PaidSums, StoreError> {
        let (condition, values) = condition(PAID, filter);
        let sql = format!(
            "SELECT stage, COUNT(*) AS n, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount FROM cases WHERE {condition} GROUP BY stage"
        );
        let mut sums = PaidSums::default();
        for row in self.all(&sql, values).await? {
            let sum = if is_returned(&row)? { &mut sums.returned } else { &mut sums.arrived };
            sum.0 += row.int("n")?.unsigned_abs();
            sum.1 = Fen(sum.1.0.saturating_add(row.int("amount")?));
        }
        Ok(sums)
    }

    async fn published<T>(
        &self,
        which: &str,
        order: &str,
        filter: &PublicFilter,
        of: fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let (condition, values) = condition(which, filter);
        let sql = format!("SELECT COUNT(*) AS n FROM cases WHERE {condition}");
        let total = self.one(&sql, values.clone()).await?.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs();
        let (page, offset) = window(filter.page, PER_PAGE, total);
        let sql =
            format!("SELECT {COLUMNS} FROM cases WHERE {condition} ORDER BY {order} LIMIT {PER_PAGE} OFFSET {offset}");
        let rows = self.all(&sql, values).await?.iter().map(of).collect::<Result<_, _>>()?;
        Ok(Page { rows, total, page, per_page: PER_PAGE })
    }
}

/// The condition by which a statement finds what a filter takes, and its values.
fn condition(which: &str, filter: &PublicFilter) -> (String, Vec<Value>) {
    let mut condition = format!("{which} AND amount IS NOT NULL");
    let mut values: Vec<Value> = Vec::new();
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(measure) = &filter.measure {
        condition.push_str(&format!(" AND measure = {}", place(measure.as_str().into())));
    }
    if let Some(year) = filter.year {
        condition.push_str(&format!(" AND year = {}", place(i64::from(year).into())));
    }
    let held = holding(filter.text.as_deref(), |way| {
        let text = place(format!("%{}%", like(way)).into());
        format!("number LIKE {text} ESCAPE '!' OR party_name LIKE {text} ESCAPE '!'")
    });
    if let Some(held) = held {
        condition.push_str(&format!(" AND {held}"));
    }
    (condition, values)
}

fn notice(row: &Row) -> Result<PublicNotice, StoreError> {
    Ok(PublicNotice {
        number: row.text("number")?,
        party_name: row.text("party_name")?,
        party: row.text("party")?,
        measure: row.text("measure")?,
        basis: row.text("basis")?,
        clause: row.text("clause")?,
        year: year(row)?,
        round: row.int("round")?,
        amount: Fen(row.int("amount")?),
        until: day(row, "notice_until")?,
        is_objected: row.text("stage")? == Stage::Objection.word(),
    })
}

fn payment(row: &Row) -> Result<PublicPayment, StoreError> {
    Ok(PublicPayment {
        number: row.text("number")?,
        party_name: row.text("party_name")?,
        party: row.text("party")?,
        measure: row.text("measure")?,
        basis: row.text("basis")?,
        clause: row.text("clause")?,
        year: year(row)?,
        round: row.int("round")?,
        amount: Fen(row.int("amount")?),
        paid_on: day(row, "paid_on")?,
        is_returned: is_returned(row)?,
    })
}

/// Of what was paid once, whether the bank has sent it back since.
fn is_returned(row: &Row) -> Result<bool, StoreError> {
    Ok(!matches!(Stage::from_word(&row.text("stage")?), Some(Stage::Paid | Stage::Closed)))
}

fn year(row: &Row) -> Result<i32, StoreError> {
    i32::try_from(row.int("year")?).map_err(|error| StoreError::corrupt("cases.year", error))
}

fn day(row: &Row, column: &str) -> Result<NaiveDate, StoreError> {
    row.text(column)?.parse().map_err(|error| StoreError::corrupt(format!("cases.{column}"), error))
}
