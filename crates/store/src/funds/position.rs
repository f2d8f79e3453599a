//! What a fund has, holds and has paid; its transfers as a list.

use chrono::NaiveDate;
use duixian_casework::case::CaseId;
use duixian_casework::moment::Moment;
use duixian_ledger::{AccountId, Outcome, Purpose, Transfer};
use duixian_money::Fen;

use crate::db::{Queries, Snapshot, Store, Value, values};
use crate::error::StoreError;
use crate::funds::{book, late};
use crate::page::{Page, window};

/// A fund in a year. `size = paid + reserved + free`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundPosition {
    /// The fund, by English name.
    pub fund: String,
    /// Its budget year.
    pub year: i32,
    /// What it has in all.
    pub size: Fen,
    /// What was paid.
    pub paid: Fen,
    /// What was decided and is not paid yet.
    pub reserved: Fen,
    /// What may still be granted.
    pub free: Fen,
    /// What the treasury has advanced, of the size, for what the bank paid though nothing was free for it: what is free next goes
    /// back there.
    pub advanced: Fen,
    /// What went back at the year's end: it is no part of the size any more.
    pub lapsed: Fen,
    /// What decisions that wait for money come to.
    pub waiting: Fen,
    /// How many wait.
    pub waiting_cases: u64,
    /// The same by measure, for those that have had any of it.
    pub by_measure: Vec<MeasurePosition>,
}

/// A measure's part of a fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasurePosition {
    /// The measure, by English name.
    pub measure: String,
    /// What was paid for its cases and has not come back: a payment that came back and was made again counts once.
    pub paid: Fen,
    /// What was decided and is not paid yet.
    pub reserved: Fen,
}

/// Which transfers. An empty filter takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransferFilter {
    /// Of this fund and year.
    pub fund: Option<(String, i32)>,
    /// Of this case.
    pub case: Option<CaseId>,
    /// Of this kind, by its word: `appropriation`, `reserve`, `post`, …
    pub kind: Option<String>,
    /// Not before this day, in China.
    pub since: Option<NaiveDate>,
    /// Not after this day, in China.
    pub until: Option<NaiveDate>,
    /// Which page, from 1; 0 counts as 1.
    pub page: u64,
    /// How many a page holds, at most 1000; 0 stands for 50.
    pub per_page: u64,
}

/// A transfer with what its accounts are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// The transfer.
    pub transfer: Transfer,
    /// The word of its kind: `appropriation`, `reserve`, `post`, `void`, …
    pub kind: &'static str,
    /// Where it went from.
    pub from: Purpose,
    /// Where it went to.
    pub to: Purpose,
    /// What became of a reservation; none of other transfers.
    pub outcome: Option<Outcome>,
}

/// Where all funds stand, as one view of the store has it. Whoever holds a view must not ask for another: there are only so many.
pub(crate) async fn positions(snapshot: &Snapshot) -> Result<Vec<FundPosition>, StoreError> {
    let sql = "SELECT fund, year FROM accounts WHERE kind = 'fund' ORDER BY year DESC, id";
    let mut positions = Vec::new();
    for row in snapshot.all(sql, vec![]).await? {
        let year = i32::try_from(row.int("year")?).map_err(|error| StoreError::corrupt("accounts.year", error))?;
        positions.push(position(snapshot, &row.text("fund")?, year).await?);
    }
    Ok(positions)
}

impl Store {
    /// The accounts of the ledger, each with what it is for.
    pub async fn accounts(&self) -> Result<Vec<(AccountId, Purpose)>, StoreError> {
        Ok(book::accounts(self).await?.into_iter().map(|account| (account.id, account.purpose)).collect())
    }

    /// Where a fund stands in a year.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it has no account for the year.
    pub async fn position(&self, fund: &str, year: i32) -> Result<FundPosition, StoreError> {
        let snapshot = self.snapshot().await?;
        position(&snapshot, fund, year).await
    }

    /// Where all funds stand, by year, the newest first, and name.
    pub async fn positions(&self) -> Result<Vec<FundPosition>, StoreError> {
        positions(&self.snapshot().await?).await
    }

    /// One page of transfers, the newest first.
    pub async fn transfers(&self, filter: &TransferFilter) -> Result<Page<TransferRow>, StoreError> {
        let per_page = if filter.per_page == 0 { 50 } else { filter.per_page.min(1000) };
        let snapshot = self.snapshot().await?;
        let accounts = book::accounts(&snapshot).await?;
        let mut condition = "1 = 1".to_owned();
        let mut given: Vec<Value> = Vec::new();
        if let Some((fund, year)) = &filter.fund {
            let own = accounts.iter().filter(|account| account.purpose.fund_year() == Some((fund, *year)));
            let own: Vec<String> = own.map(|account| account.id.0.to_string()).collect();
            if own.is_empty() {
                return Ok(Page::empty(per_page));
            }
            let own = own.join(", ");
            condition = format!("(debit IN ({own}) OR credit IN ({own}))");
        }
        let mut place = |value: Value| {
            given.push(value);
            format!("${}", given.len())
        };
        if let Some(case) = filter.case {
            condition += &format!(" AND case_id = {}", place(case.0.into()));
        }
        if let Some(kind) = &filter.kind {
            condition += &format!(" AND kind = {}", place(kind.as_str().into()));
        }
        if let Some(day) = filter.since {
            condition += &format!(" AND at >= {}", place(Moment::start_of(day).0.into()));
        }
        if let Some(next) = filter.until.and_then(|day| day.succ_opt()) {
            condition += &format!(" AND at < {}", place(Moment::start_of(next).0.into()));
        }
        let sql = format!("SELECT COUNT(*) AS n FROM transfers WHERE {condition}");
        let total = snapshot.one(&sql, given.clone()).await?.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs();
        let (page, offset) = window(filter.page, per_page, total);
        let sql = format!(
            "SELECT {} FROM transfers WHERE {condition} ORDER BY id DESC LIMIT {per_page} OFFSET {offset}",
            book::TRANSFER
        );
        let mut rows = Vec::new();
        for row in snapshot.all(&sql, given).await? {
            let transfer = book::transfer_of(&row)?;
            let purpose = |id| {
                let account = accounts.iter().find(|account| account.id == id);
                account.map(|account| account.purpose.clone()).ok_or_else(|| {
                    StoreError::corrupt(format!("transfer/{}", transfer.id.0), format!("there is no account {id}"))
                })
            };
            let (from, to) = (purpose(transfer.debit)?, purpose(transfer.credit)?);
            let (kind, outcome) = (book::kind_word(transfer.kind), book::outcome_of(&row)?);
            rows.push(TransferRow { kind, transfer, from, to, outcome });
        }
        Ok(Page { rows, total, page, per_page })
    }
}

impl FundPosition {
    /// What a new decision can have: what is free once those are served that wait.
    pub fn for_new(&self) -> Fen {
        Fen(self.free.0.saturating_sub(self.waiting.0).max(0))
    }
}

async fn position(link: &impl Queries, fund: &str, year: i32) -> Result<FundPosition, StoreError> {
    let account = book::find(link, &Purpose::Fund { fund: fund.to_owned(), year }).await?;
    let account = account.ok_or(StoreError::NotFound)?;
    let sql = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount FROM cases \
               WHERE fund = $1 AND year = $2 AND stage = 'queued' AND amount IS NOT NULL";
    let queue = link.one(sql, values![fund, i64::from(year)]).await?;
    let (waiting_cases, waiting) =
        queue.map_or(Ok((0, 0)), |row| Ok::<_, StoreError>((row.int("n")?, row.int("amount")?)))?;
    // What comes back, or is booked by correction, names the measure of its case just as the payment does: its sign is that of the side
    // of the fund it is on.
    let sql = "SELECT measure, \
               CAST(COALESCE(SUM(CASE WHEN kind NOT IN ('post', 'return', 'correction') THEN 0 \
               WHEN debit = $1 THEN amount ELSE -amount END), 0) AS BIGINT) AS paid, \
               CAST(COALESCE(SUM(CASE WHEN outcome = 'open' THEN amount ELSE 0 END), 0) AS BIGINT) AS reserved \
               FROM transfers WHERE (debit = $1 OR credit = $1) AND measure IS NOT NULL GROUP BY measure ORDER BY measure";
    let of_measure = |row: &crate::db::Row| {
        let (paid, reserved) = (Fen(row.int("paid")?), Fen(row.int("reserved")?));
        Ok(MeasurePosition { measure: row.text("measure")?, paid, reserved })
    };
    let by_measure =
        link.all(sql, values![account.id.0]).await?.iter().map(of_measure).collect::<Result<_, StoreError>>()?;
    let lapsed = book::find(link, &Purpose::Lapsed { fund: fund.to_owned(), year }).await?;
    Ok(FundPosition {
        fund: fund.to_owned(),
        year,
        size: account.size(),
        paid: account.paid(),
        reserved: account.reserved(),
        free: account.free(),
        advanced: late::advanced(link, fund, year).await?,
        lapsed: lapsed.map_or(Fen(0), |lapsed| lapsed.free()),
        waiting: Fen(waiting),
        waiting_cases: waiting_cases.unsigned_abs(),
        by_measure,
    })
}
