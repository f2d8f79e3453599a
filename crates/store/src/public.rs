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

/// Of which case it is told: what is the same of notices and payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCase {
    /// Its number.
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
}

/// A decision that hangs for all to see, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicNotice {
    /// Of which case.
    pub case: PublicCase,
    /// What is to be paid, or was; none where the decision holds no more.
    pub amount: Option<Fen>,
    /// The last day on which it hangs; while an objection is dealt with, the day before that stopped the clock. Of what was taken down, when.
    pub until: NaiveDate,
    /// What has become of it.
    pub state: NoticeState,
}

/// What has become of something that was put up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// It hangs.
    Hanging,
    /// An objection is dealt with: the clock stands still.
    Objected,
    /// Its days are over, and it is to be paid.
    Payable,
    /// It was paid on that day.
    Paid(NaiveDate),
    /// It was paid, the bank has sent it back, and it is to be paid again.
    Returned,
    /// The application was withdrawn.
    Withdrawn,
    /// It could not be paid, and was ended.
    PaymentEnded,
    /// It was taken down: an objection was upheld, or the decision revoked. What becomes of it is not public before it hangs anew.
    TakenDown,
}

impl NoticeState {
    /// Whether it hangs, so that anyone can object.
    pub fn is_running(self) -> bool {
        matches!(self, NoticeState::Hanging | NoticeState::Objected)
    }
}

/// A payment that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPayment {
    /// Of which case.
    pub case: PublicCase,
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
    /// How many a page holds, at most 1000; 0 stands for 50.
    pub per_page: u64,
}

const PER_PAGE: u64 = 50;
const MOST_PER_PAGE: u64 = 1000;
/// What hangs.
const RUNNING: &str = "stage IN ('in_notice', 'objection') AND notice_until IS NOT NULL";
/// What hangs no more, whatever has become of it since.
const OVER: &str = "stage NOT IN ('in_notice', 'objection') AND notice_until IS NOT NULL";
/// What ended last comes first.
const LATEST: &str = "notice_until DESC, number DESC";
/// What was paid; of what came back it stays known when it was.
const PAID: &str =
    "stage IN ('paid', 'closed', 'payment_failed', 'payable') AND paid_on IS NOT NULL AND amount IS NOT NULL";
const COLUMNS: &str =
    "number, party, party_name, measure, basis, clause, year, round, amount, notice_until, paid_on, stage";

impl Store {
    /// What is in notice now, what ends first at the top.
    pub async fn notices(&self, filter: &PublicFilter) -> Result<Page<PublicNotice>, StoreError> {
        self.published(RUNNING, "notice_until, number", filter, notice).await
    }

    /// What hangs no more, the latest first, with what has become of it.
    pub async fn notices_over(&self, filter: &PublicFilter) -> Result<Page<PublicNotice>, StoreError> {
        self.published(OVER, LATEST, filter, notice).await
    }

    /// One notice by the case's number, be it over.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] of a case that was not put up.
    pub async fn notice(&self, number: &str) -> Result<PublicNotice, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM cases WHERE number = $1 AND notice_until IS NOT NULL");
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
        let per_page = if filter.per_page == 0 { PER_PAGE } else { filter.per_page.min(MOST_PER_PAGE) };
        let (page, offset) = window(filter.page, per_page, total);
        let sql =
            format!("SELECT {COLUMNS} FROM cases WHERE {condition} ORDER BY {order} LIMIT {per_page} OFFSET {offset}");
        let rows = self.all(&sql, values).await?.iter().map(of).collect::<Result<_, _>>()?;
        Ok(Page { rows, total, page, per_page })
    }
}

/// The condition by which a statement finds what a filter takes, and its values.
fn condition(which: &str, filter: &PublicFilter) -> (String, Vec<Value>) {
    let mut condition = which.to_owned();
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

fn case(row: &Row) -> Result<PublicCase, StoreError> {
    Ok(PublicCase {
        number: row.text("number")?,
        party_name: row.text("party_name")?,
        party: row.text("party")?,
        measure: row.text("measure")?,
        basis: row.text("basis")?,
        clause: row.text("clause")?,
        year: year(row)?,
        round: row.int("round")?,
    })
}

fn notice(row: &Row) -> Result<PublicNotice, StoreError> {
    let word = row.text("stage")?;
    let paid_on = row.opt_text("paid_on")?;
    let state = match Stage::from_word(&word) {
        Some(Stage::InNotice) => NoticeState::Hanging,
        Some(Stage::Objection) => NoticeState::Objected,
        Some(Stage::Paid | Stage::Closed) => NoticeState::Paid(day(row, "paid_on")?),
        Some(Stage::Payable | Stage::PaymentFailed) if paid_on.is_some() => NoticeState::Returned,
        Some(Stage::Payable | Stage::PaymentFailed) => NoticeState::Payable,
        Some(Stage::Withdrawn) => NoticeState::Withdrawn,
        Some(Stage::PaymentEnded) => NoticeState::PaymentEnded,
        Some(_) => NoticeState::TakenDown,
        None => return Err(StoreError::corrupt("cases.stage", word)),
    };
    let amount = row.opt_int("amount")?.map(Fen).filter(|_| state != NoticeState::TakenDown);
    Ok(PublicNotice { case: case(row)?, amount, until: day(row, "notice_until")?, state })
}

fn payment(row: &Row) -> Result<PublicPayment, StoreError> {
    let (amount, paid_on) = (Fen(row.int("amount")?), day(row, "paid_on")?);
    Ok(PublicPayment { case: case(row)?, amount, paid_on, is_returned: is_returned(row)? })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[tokio::test(flavor = "multi_thread")]
    async fn notices_that_are_over_are_read_and_searched_by_their_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store.db").display().to_string();
        let store = Store::open(&path, Clock::Shifted).await.expect("the store opens");
        let filter = PublicFilter { text: Some("企业".to_owned()), year: Some(2019), ..PublicFilter::default() };
        for filter in [PublicFilter::default(), filter] {
            let (condition, values) = condition(OVER, &filter);
            for (columns, order) in [("COUNT(*)", String::new()), (COLUMNS, format!(" ORDER BY {LATEST} LIMIT 50"))] {
                let sql = format!("EXPLAIN QUERY PLAN SELECT {columns} FROM cases WHERE {condition}{order}");
                let rows = store.all(&sql, values.clone()).await.expect("a plan");
                let plan: Vec<String> = rows.iter().map(|row| row.text("detail").expect("a text")).collect();
                assert!(plan.len() == 1 && plan[0].contains("cases_noticed"), "{sql}: {plan:?}");
            }
        }
    }
}
