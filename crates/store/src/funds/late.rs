//! Money that left beside what was set aside for it: the bank says of a payment that was recorded as failed that it was made
//! (`docs/design/paid-is-paid.md`).

use duixian_casework::case::Case;
use duixian_casework::people::UserId;
use duixian_ledger::{Account, AccountId, Entry, Kind, Purpose, Subject};
use duixian_money::Fen;

use crate::db::{Queries, values};
use crate::error::StoreError;
use crate::funds::book;
use crate::tx::Tx;

/// Settles the books of a case by one formula, whatever has happened to it: what has left by what the bank says now, and was neither
/// posted from a reservation nor is set aside, is booked from its fund to what that has paid, or back. What the fund has not free the
/// treasury advances.
pub(crate) async fn settle(tx: &mut Tx, by: Option<UserId>, case: &Case) -> Result<(), StoreError> {
    let (fund, year) = (case.subject.fund.as_str(), case.subject.year);
    let (own, paid) = (fund_account(tx, fund, year).await?, Purpose::Paid { fund: fund.to_owned(), year });
    let paid = book::open(tx, paid).await?;
    let (posted, set_aside) = reserved(tx, case).await?;
    let booked = moved(tx, Entry::Correction, (own.id, paid), Some(case)).await?.0;
    let subject = Subject {
        case: Some(case.id.0),
        measure: Some(case.subject.measure.clone()),
        clause: case.assessed.as_ref().map(|assessed| assessed.clause.clone()),
        memo: case.number.clone().unwrap_or_default(),
    };
    let more = Fen(case.left_beside(posted, set_aside).0.saturating_sub(booked));
    if more > Fen(0) {
        let lacking = Fen(more.0.saturating_sub(own.free().0.max(0)));
        if lacking > Fen(0) {
            let treasury = book::open(tx, Purpose::Treasury).await?;
            let memo = format!("垫付 {}：银行后来称已付，资金可用不足", subject.memo);
            book::single(tx, by, Entry::Advance, (treasury, own.id), lacking, Subject { memo, ..Subject::default() })
                .await?;
        }
        book::single(tx, by, Entry::Correction, (own.id, paid), more, subject).await.map(drop)
    } else if more < Fen(0) {
        book::single(tx, by, Entry::Correction, (paid, own.id), Fen(more.0.saturating_neg()), subject).await?;
        give_back(tx, by, fund, year).await
    } else {
        Ok(())
    }
}

/// Gives the treasury back what it has advanced to a fund, from what the fund has free: nothing new is granted before.
pub(crate) async fn give_back(tx: &mut Tx, by: Option<UserId>, fund: &str, year: i32) -> Result<(), StoreError> {
    let owed = advanced(tx, fund, year).await?;
    if owed <= Fen(0) {
        return Ok(());
    }
    let own = fund_account(tx, fund, year).await?;
    let amount = own.free().min(owed);
    if amount <= Fen(0) {
        return Ok(());
    }
    let treasury = book::open(tx, Purpose::Treasury).await?;
    let subject = Subject { memo: "归还垫付".to_owned(), ..Subject::default() };
    book::single(tx, by, Entry::Advance, (own.id, treasury), amount, subject).await.map(drop)
}

/// What the treasury has advanced to a fund and has not back.
pub(crate) async fn advanced(link: &impl Queries, fund: &str, year: i32) -> Result<Fen, StoreError> {
    let own = book::find(link, &Purpose::Fund { fund: fund.to_owned(), year }).await?;
    match (book::find(link, &Purpose::Treasury).await?, own) {
        (Some(treasury), Some(own)) => moved(link, Entry::Advance, (treasury.id, own.id), None).await,
        _ => Ok(Fen(0)),
    }
}

/// What was posted from reservations of a case and not taken back, and what is set aside for it now.
async fn reserved(link: &impl Queries, case: &Case) -> Result<(Fen, Fen), StoreError> {
    let sql = "SELECT \
               CAST(COALESCE(SUM(CASE kind WHEN 'post' THEN amount WHEN 'return' THEN -amount ELSE 0 END), 0) AS BIGINT) AS posted, \
               CAST(COALESCE(SUM(CASE WHEN kind = 'reserve' AND outcome = 'open' THEN amount ELSE 0 END), 0) AS BIGINT) AS set_aside \
               FROM transfers WHERE case_id = $1";
    match link.one(sql, values![case.id.0]).await? {
        Some(row) => Ok((Fen(row.int("posted")?), Fen(row.int("set_aside")?))),
        None => Ok((Fen(0), Fen(0))),
    }
}

async fn fund_account(link: &impl Queries, fund: &str, year: i32) -> Result<Account, StoreError> {
    let own = book::find(link, &Purpose::Fund { fund: fund.to_owned(), year }).await?;
    own.ok_or_else(|| StoreError::corrupt(format!("{fund} {year}"), "money has left a fund that has no account"))
}

/// What entries of a kind have moved from one account to another and not back, in all or for one case.
async fn moved(
    link: &impl Queries,
    entry: Entry,
    (from, to): (AccountId, AccountId),
    case: Option<&Case>,
) -> Result<Fen, StoreError> {
    let of_case = if case.is_some() { " AND case_id = $3" } else { "" };
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN debit = $1 THEN amount ELSE -amount END), 0) AS BIGINT) AS moved FROM transfers \
         WHERE kind = '{}' AND (debit = $1 AND credit = $2 OR debit = $2 AND credit = $1){of_case}",
        book::kind_word(Kind::Single(entry))
    );
    let mut given = values![from.0, to.0];
    given.extend(case.map(|case| case.id.0.into()));
    Ok(Fen(link.one(&sql, given).await?.map_or(Ok(0), |row| row.int("moved"))?))
}
