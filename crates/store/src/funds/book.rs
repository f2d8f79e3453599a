//! The ledger in its tables: accounts are taken in the order of their numbers, [`duixian_ledger`] has the last word on
//! every transfer, and what it has changed is written back with the transfer and its entry on the journal.

use chrono::NaiveDate;
use duixian_casework::case::Case;
use duixian_casework::people::UserId;
use duixian_casework::refusal::Refusal;
use duixian_ledger::{
    Account, AccountId, Applied, Discrepancy, Entry, Kind, Ledger, Limit, Outcome, PendingState, Purpose, Refused,
    Subject, Transfer, TransferId,
};
use duixian_money::Fen;
use sea_orm::DbBackend;

use crate::db::{Queries, Row, values};
use crate::error::StoreError;
use crate::funds::late;
use crate::tx::Tx;

const ACCOUNT: &str = "id, kind, fund, year, lim, dp, dq, cp, cq, withdrawn, returned";
pub(crate) const TRANSFER: &str = "id, debit, credit, amount, kind, pending, at, expires_on, case_id, measure, clause, memo, \
                                   outcome, settled_by, settled_amount";

/// What a fund has free in a year; none where it has no account.
pub(crate) async fn free(link: &impl Queries, fund: &str, year: i32) -> Result<Option<Fen>, StoreError> {
    let purpose = Purpose::Fund { fund: fund.to_owned(), year };
    Ok(find(link, &purpose).await?.map(|account| account.free()))
}

/// Sets money aside for a case that was decided; gives the transfer's number.
pub(crate) async fn reserve(tx: &mut Tx, by: Option<UserId>, case: &Case, amount: Fen) -> Result<i64, StoreError> {
    let (fund, year) = (case.subject.fund.clone(), case.subject.year);
    let from = find(tx, &Purpose::Fund { fund: fund.clone(), year }).await?;
    let from = from.ok_or_else(|| Refusal::NoFund(year.to_string()))?;
    let to = open(tx, Purpose::Paid { fund, year }).await?;
    let id = tx.next_id("transfers").await?;
    let subject = Subject {
        case: Some(case.id.0),
        measure: Some(case.subject.measure.clone()),
        clause: case.assessed.as_ref().map(|assessed| assessed.clause.clone()),
        memo: case.number.clone().unwrap_or_default(),
    };
    let transfer = Transfer {
        id: TransferId(id),
        debit: from.id,
        credit: to,
        amount,
        kind: Kind::Pending,
        at: tx.now().0,
        expires_on: None,
        subject,
    };
    apply(tx, by, &transfer).await?;
    Ok(id)
}

/// Pays what was set aside for a case.
pub(crate) async fn pay(tx: &mut Tx, by: Option<UserId>, case: &Case) -> Result<(), StoreError> {
    let pending = reservation(tx, case).await?;
    let id = TransferId(tx.next_id("transfers").await?);
    let transfer = Transfer::post(id, &pending, pending.amount, tx.now().0);
    apply(tx, by, &transfer).await
}

/// Books what was paid for a case back into its fund, and gives how much: the bank has sent it back.
pub(crate) async fn take_back(tx: &mut Tx, by: Option<UserId>, case: &Case) -> Result<Fen, StoreError> {
    let paid = reservation(tx, case).await?;
    let id = TransferId(tx.next_id("transfers").await?);
    let transfer = Transfer::give_back(id, &paid, tx.now().0);
    apply(tx, by, &transfer).await?;
    Ok(paid.amount)
}

/// Lets what was set aside for a case go.
pub(crate) async fn release(tx: &mut Tx, by: Option<UserId>, case: &Case) -> Result<(), StoreError> {
    let pending = reservation(tx, case).await?;
    let id = TransferId(tx.next_id("transfers").await?);
    let transfer = Transfer::void(id, &pending, tx.now().0);
    apply(tx, by, &transfer).await?;
    late::give_back(tx, by, &case.subject.fund, case.subject.year).await
}

async fn reservation(tx: &Tx, case: &Case) -> Result<Transfer, StoreError> {
    let missing = |why: &str| StoreError::corrupt(crate::cases::rows::subject_of(case.id), why);
    let decision = case.decision.as_ref().ok_or_else(|| missing("money moves without a decision"))?;
    let number = decision.reservation.ok_or_else(|| missing("money moves without a reservation"))?;
    let (transfer, _) = transfer(tx, TransferId(number)).await?.ok_or_else(|| missing("its reservation is gone"))?;
    if transfer.amount != decision.funded {
        return Err(missing("its reservation is of another amount"));
    }
    Ok(transfer)
}

/// Books a transfer, if the ledger agrees.
pub(crate) async fn apply(tx: &mut Tx, by: Option<UserId>, transfer: &Transfer) -> Result<(), StoreError> {
    let mut ledger = Ledger::new();
    for account in locked(tx, transfer.debit, transfer.credit).await? {
        ledger = ledger.with_account(account);
    }
    if let Some(pending) = transfer.kind.settles()
        && let Some((reserved, Some(outcome))) = self::transfer(tx, pending).await?
    {
        ledger = ledger.with_pending(PendingState { transfer: reserved, outcome });
    }
    if ledger.apply(transfer).map_err(|refused| refusal(&refused, &ledger))? == Applied::Already {
        return Ok(());
    }
    let changes = ledger.changes();
    for account in changes.accounts {
        let sql = "UPDATE accounts SET dp = $2, dq = $3, cp = $4, cq = $5, withdrawn = $6, returned = $7 WHERE id = $1";
        let Account { id, debits_pending, debits_posted, credits_pending, credits_posted, .. } = account;
        let balances = values![
            id.0,
            debits_pending.0,
            debits_posted.0,
            credits_pending.0,
            credits_posted.0,
            account.withdrawn.0,
            account.returned.0
        ];
        tx.execute(sql, balances).await?;
    }
    let outcome = (transfer.kind == Kind::Pending).then_some("open");
    let Transfer { id, debit, credit, amount, kind, at, expires_on, subject } = transfer;
    let row = values![
        id.0,
        debit.0,
        credit.0,
        amount.0,
        kind_word(*kind),
        kind.settles().map(|pending| pending.0),
        *at,
        expires_on.map(|day| day.to_string()),
        subject.case,
        subject.measure.clone(),
        subject.clause.clone(),
        subject.memo.as_str(),
        outcome,
        None::<i64>,
        None::<i64>,
    ];
    tx.insert_many("transfers", TRANSFER, vec![row]).await?;
    for pending in changes.pendings {
        let (word, settled_by, amount) = outcome_columns(pending.outcome);
        let sql = "UPDATE transfers SET outcome = $2, settled_by = $3, settled_amount = $4 WHERE id = $1";
        if pending.outcome != Outcome::Open {
            tx.execute(sql, values![pending.transfer.id.0, word, settled_by, amount]).await?;
        }
    }
    tx.journal(by, "transfer", &format!("transfer/{}", id.0), transfer)?;
    Ok(())
}

/// An account, opened if it is not there.
pub(crate) async fn open(tx: &mut Tx, purpose: Purpose) -> Result<AccountId, StoreError> {
    if let Some(account) = find(tx, &purpose).await? {
        return Ok(account.id);
    }
    let id = tx.next_id("accounts").await?;
    let account = Account::new(AccountId(id), purpose);
    let (kind, fund, year) = purpose_columns(&account.purpose);
    let sql = "INSERT INTO accounts (id, kind, fund, year, lim, dp, dq, cp, cq, withdrawn, returned) \
               VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0)";
    tx.execute(sql, values![id, kind, fund, i64::from(year), limit_word(account.limit)]).await?;
    tx.journal(None, "account.opened", &format!("account/{id}"), &account)?;
    Ok(account.id)
}

/// The account for a purpose.
pub(crate) async fn find(link: &impl Queries, purpose: &Purpose) -> Result<Option<Account>, StoreError> {
    let (kind, fund, year) = purpose_columns(purpose);
    let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE kind = $1 AND fund = $2 AND year = $3");
    link.one(&sql, values![kind, fund, i64::from(year)]).await?.map(|row| account(&row)).transpose()
}

/// All accounts, by number.
pub(crate) async fn accounts(link: &impl Queries) -> Result<Vec<Account>, StoreError> {
    link.all(&format!("SELECT {ACCOUNT} FROM accounts ORDER BY id"), vec![]).await?.iter().map(account).collect()
}

/// Two accounts, by number, held until the transaction ends.
async fn locked(tx: &Tx, one: AccountId, other: AccountId) -> Result<Vec<Account>, StoreError> {
    let lock = if tx.shared().backend == DbBackend::Postgres { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE id = $1 OR id = $2 ORDER BY id{lock}");
    tx.all(&sql, values![one.0, other.0]).await?.iter().map(account).collect()
}

/// A transfer, and of a reservation what became of it.
pub(crate) async fn transfer(
    link: &impl Queries,
    id: TransferId,
) -> Result<Option<(Transfer, Option<Outcome>)>, StoreError> {
    let row = link.one(&format!("SELECT {TRANSFER} FROM transfers WHERE id = $1"), values![id.0]).await?;
    row.map(|row| Ok((transfer_of(&row)?, outcome_of(&row)?))).transpose()
}

fn account(row: &Row) -> Result<Account, StoreError> {
    let id = row.int("id")?;
    let (kind, fund, year) = (row.text("kind")?, row.text("fund")?, year(row.int("year")?)?);
    let purpose = match kind.as_str() {
        "treasury" => Purpose::Treasury,
        "fund" => Purpose::Fund { fund, year },
        "paid" => Purpose::Paid { fund, year },
        "lapsed" => Purpose::Lapsed { fund, year },
        other => return Err(StoreError::corrupt(format!("account/{id}"), format!("its kind is `{other}`"))),
    };
    let fen = |column: &str| row.int(column).map(Fen);
    Ok(Account {
        id: AccountId(id),
        purpose,
        limit: if row.text("lim")? == "unlimited" { Limit::Unlimited } else { Limit::DebitsWithinCredits },
        debits_pending: fen("dp")?,
        debits_posted: fen("dq")?,
        credits_pending: fen("cp")?,
        credits_posted: fen("cq")?,
        withdrawn: fen("withdrawn")?,
        returned: fen("returned")?,
    })
}

fn year(number: i64) -> Result<i32, StoreError> {
    i32::try_from(number).map_err(|error| StoreError::corrupt("accounts.year", error))
}

/// What an account is for, as its columns say it.
pub(crate) fn purpose_columns(purpose: &Purpose) -> (&'static str, &str, i32) {
    match purpose {
        Purpose::Treasury => ("treasury", "", 0),
        Purpose::Fund { fund, year } => ("fund", fund, *year),
        Purpose::Paid { fund, year } => ("paid", fund, *year),
        Purpose::Lapsed { fund, year } => ("lapsed", fund, *year),
    }
}

/// How far an account may be debited, as its column says it.
pub(crate) fn limit_word(limit: Limit) -> &'static str {
    if limit == Limit::Unlimited { "unlimited" } else { "within" }
}

/// Books what moves at once between two accounts. Gives its number.
pub(crate) async fn single(
    tx: &mut Tx,
    by: Option<UserId>,
    entry: Entry,
    (debit, credit): (AccountId, AccountId),
    amount: Fen,
    subject: Subject,
) -> Result<i64, StoreError> {
    let id = tx.next_id("transfers").await?;
    let kind = Kind::Single(entry);
    let at = tx.now().0;
    apply(tx, by, &Transfer { id: TransferId(id), debit, credit, amount, kind, at, expires_on: None, subject }).await?;
    Ok(id)
}

/// The words of kinds in the table.
const KINDS: [(&str, Kind); 7] = [
    ("appropriation", Kind::Single(Entry::Appropriation)),
    ("carry_over", Kind::Single(Entry::CarryOver)),
    ("lapse", Kind::Single(Entry::Lapse)),
    ("return", Kind::Single(Entry::Return)),
    ("correction", Kind::Single(Entry::Correction)),
    ("advance", Kind::Single(Entry::Advance)),
    ("reserve", Kind::Pending),
];

/// The word of a kind of transfer.
pub(crate) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Post { .. } => "post",
        Kind::Void { .. } => "void",
        Kind::Expire { .. } => "expire",
        other => KINDS.iter().find(|(_, kind)| *kind == other).map_or("", |(word, _)| word),
    }
}

pub(crate) fn transfer_of(row: &Row) -> Result<Transfer, StoreError> {
    let id = row.int("id")?;
    let wrong = |why: String| StoreError::corrupt(format!("transfer/{id}"), why);
    let word = row.text("kind")?;
    let kind = match (word.as_str(), row.opt_int("pending")?.map(TransferId)) {
        ("post", Some(pending)) => Kind::Post { pending },
        ("void", Some(pending)) => Kind::Void { pending },
        ("expire", Some(pending)) => Kind::Expire { pending },
        (word, _) => {
            let known = KINDS.iter().find(|(known, _)| *known == word);
            known.map(|(_, kind)| *kind).ok_or_else(|| wrong(format!("its kind is `{word}`")))?
        }
    };
    let expires_on = row.opt_text("expires_on")?.map(|day| day.parse::<NaiveDate>()).transpose();
    Ok(Transfer {
        id: TransferId(id),
        debit: AccountId(row.int("debit")?),
        credit: AccountId(row.int("credit")?),
        amount: Fen(row.int("amount")?),
        kind,
        at: row.int("at")?,
        expires_on: expires_on.map_err(|error| wrong(error.to_string()))?,
        subject: Subject {
            case: row.opt_int("case_id")?,
            measure: row.opt_text("measure")?,
            clause: row.opt_text("clause")?,
            memo: row.text("memo")?,
        },
    })
}

/// What became of a reservation; none of other transfers.
pub(crate) fn outcome_of(row: &Row) -> Result<Option<Outcome>, StoreError> {
    let Some(word) = row.opt_text("outcome")? else { return Ok(None) };
    let by = TransferId(row.opt_int("settled_by")?.unwrap_or(0));
    let amount = Fen(row.opt_int("settled_amount")?.unwrap_or(0));
    Ok(Some(match word.as_str() {
        "open" => Outcome::Open,
        "posted" => Outcome::Posted { by, amount },
        "voided" => Outcome::Voided { by },
        "expired" => Outcome::Expired { by },
        other => return Err(StoreError::corrupt("transfers.outcome", format!("`{other}`"))),
    }))
}

fn outcome_columns(outcome: Outcome) -> (&'static str, Option<i64>, Option<i64>) {
    match outcome {
        Outcome::Open => ("open", None, None),
        Outcome::Posted { by, amount } => ("posted", Some(by.0), Some(amount.0)),
        Outcome::Voided { by } => ("voided", Some(by.0), None),
        Outcome::Expired { by } => ("expired", Some(by.0), None),
    }
}

/// The ledger's refusal: a fund that is short is what people meet; the rest is told in the ledger's own words.
fn refusal(refused: &Refused, ledger: &Ledger) -> StoreError {
    match refused {
        Refused::Overdrawn { free, wanted, .. } => {
            Refusal::FundShort { free: *free, waiting: Fen(0), wanted: *wanted }.into()
        }
        other => StoreError::conflict(other.zh_in(ledger), other.en_in(ledger)),
    }
}

/// What does not add up: balances against transfers, reservations against their settlements.
pub(crate) async fn verify(link: &impl Queries) -> Result<Vec<Discrepancy>, StoreError> {
    let accounts = accounts(link).await?;
    let (mut transfers, mut pendings) = (Vec::new(), Vec::new());
    let sql = format!("SELECT {TRANSFER} FROM transfers WHERE id > $1 ORDER BY id LIMIT 5000");
    let mut last = 0;
    loop {
        let rows = link.all(&sql, values![last]).await?;
        for row in &rows {
            let transfer = transfer_of(row)?;
            last = transfer.id.0;
            if let Some(outcome) = outcome_of(row)? {
                pendings.push(PendingState { transfer: transfer.clone(), outcome });
            }
            transfers.push(transfer);
        }
        if rows.len() < 5000 {
            break;
        }
    }
    let mut found = duixian_ledger::verify(&accounts, &transfers);
    found.extend(duixian_ledger::verify_pendings(&pendings, &transfers));
    Ok(found)
}
