//! What one entry of a notification says of the payments it names.

use chrono::{DateTime, FixedOffset, NaiveDate};
use duixian_money::Fen;

use super::walk::Element;
use super::{ENTRY, TRANSACTION};
use crate::codes::reason_of;
use crate::error::{BankFileError, BankFileErrorKind as Kind};
use crate::order::is_account;
use crate::result::{Ignored, IgnoredReason, Origin, Outcome, ResultLine};
use crate::value;

pub(super) const END_TO_END_ID: &str = "Refs/EndToEndId";
/// What stands for an identifier where there is none, by the standard.
const NOT_PROVIDED: &str = "NOTPROVIDED";
/// The longest `AddtlInf`. A piece of that length is continued in the next.
pub(super) const MAX_ADDITIONAL: usize = 105;

/// A value with the line it stands on.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) line: usize,
    /// Trimmed.
    pub(super) text: String,
    currency: Option<String>,
}

/// An entry (`Ntry`).
#[derive(Default)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) transactions: Vec<Transaction>,
    amount: Option<Field>,
    direction: Option<Field>,
    reversal: Option<Field>,
    status: Option<Field>,
    booked_on: Option<Field>,
    booked_at: Option<Field>,
    value_on: Option<Field>,
    value_at: Option<Field>,
    bank_reference: Option<Field>,
    entry_reference: Option<Field>,
    information: Option<Field>,
}

/// One payment of an entry (`TxDtls`).
#[derive(Default)]
pub(super) struct Transaction {
    pub(super) line: usize,
    /// Whether it has `RtrInf`.
    pub(super) is_return: bool,
    end_to_end_id: Option<Field>,
    bank_reference: Option<Field>,
    transaction_id: Option<Field>,
    message_id: Option<Field>,
    amount: Option<Field>,
    instructed_amount: Option<Field>,
    transaction_amount: Option<Field>,
    direction: Option<Field>,
    reason_code: Option<Field>,
    own_reason_code: Option<Field>,
    information: Option<Field>,
    /// The pieces of `RtrInf/AddtlInf`.
    words: String,
    /// Whether the last piece goes on in the next.
    is_cut: bool,
}

/// What a transaction, or an entry without any, comes to.
pub(super) enum Settled {
    /// A payment's outcome.
    Line(ResultLine),
    /// Nothing.
    Ignored(Ignored),
}

impl Field {
    pub(super) fn of(element: &Element<'_>) -> Field {
        let currency = element.currency.map(value::shortened);
        Field { line: element.line, text: element.text.trim().to_owned(), currency }
    }
}

impl Entry {
    /// One that begins on this line.
    pub(super) fn at(line: usize) -> Entry {
        Entry { line, ..Entry::default() }
    }

    /// Where the value of an element of this path under the entry goes.
    pub(super) fn slot(&mut self, path: &str) -> Option<&mut Option<Field>> {
        Some(match path {
            "Amt" => &mut self.amount,
            "CdtDbtInd" => &mut self.direction,
            "RvslInd" => &mut self.reversal,
            "Sts/Cd" | "Sts/Prtry" => &mut self.status,
            "BookgDt/Dt" => &mut self.booked_on,
            "BookgDt/DtTm" => &mut self.booked_at,
            "ValDt/Dt" => &mut self.value_on,
            "ValDt/DtTm" => &mut self.value_at,
            "AcctSvcrRef" => &mut self.bank_reference,
            "NtryRef" => &mut self.entry_reference,
            "AddtlNtryInf" => &mut self.information,
            _ => return None,
        })
    }

    /// What each of its transactions comes to; `account` is that of the notification.
    pub(super) fn settle(&self, account: Option<&str>) -> Vec<Result<Settled, BankFileError>> {
        if self.transactions.is_empty() {
            return vec![Ok(self.ignored(self.line, None, IgnoredReason::NoReference))];
        }
        if let Some(error) = self.wrong_total() {
            return vec![Err(error)];
        }
        self.transactions.iter().map(|transaction| self.settle_one(transaction, account)).collect()
    }

    /// The entry's amount, where there is one that can be read.
    pub(super) fn total(&self) -> Option<Fen> {
        value::amount(&self.amount.as_ref()?.text).ok()
    }

    /// That the amount of the entry is not that of its transactions. Where one of them has none of its own there is nothing to hold it
    /// against, and what cannot be read is told by itself.
    fn wrong_total(&self) -> Option<BankFileError> {
        let (field, told) = (self.amount.as_ref()?, self.total()?);
        let direction = |field: &Option<Field>| field.as_ref().map(|field| field.text.clone());
        let own = direction(&self.direction);
        let mut sum: i128 = 0;
        for transaction in &self.transactions {
            let amount = i128::from(value::amount(&transaction.own_amount()?.0.text).ok()?.0);
            let is_against = direction(&transaction.direction).is_some_and(|one| Some(one) != own);
            sum += if is_against { -amount } else { amount };
        }
        (sum != i128::from(told.0)).then(|| super::total_error(field.line, format!("{ENTRY}/Amt"), told, sum))
    }

    fn settle_one(&self, transaction: &Transaction, account: Option<&str>) -> Result<Settled, BankFileError> {
        let id = match &transaction.end_to_end_id {
            Some(id) if !id.text.is_empty() && id.text != NOT_PROVIDED => id,
            _ => return Ok(self.ignored(transaction.line, None, IgnoredReason::NoReference)),
        };
        let end_to_end_id = read(Some(id), TRANSACTION, END_TO_END_ID, transaction.line, value::reference)?;
        let ignored = |reason| Ok(self.ignored(transaction.line, Some(end_to_end_id.clone()), reason));

        let status = read(self.status.as_ref(), ENTRY, "Sts/Cd", self.line, status)?;
        let is_credit = match &transaction.direction {
            Some(_) => read(transaction.direction.as_ref(), TRANSACTION, "CdtDbtInd", transaction.line, is_credit)?,
            None => read(self.direction.as_ref(), ENTRY, "CdtDbtInd", self.line, is_credit)?,
        };
        let is_reversal = match &self.reversal {
            Some(_) => read(self.reversal.as_ref(), ENTRY, "RvslInd", self.line, boolean)?,
            None => false,
        };
        let is_booked = status == Status::Booked;
        let outcome = if status == Status::Pending {
            return ignored(IgnoredReason::Pending);
        } else if transaction.is_return || (is_reversal && is_credit && is_booked) {
            self.failure(transaction)?
        } else if is_credit || is_reversal {
            return ignored(IgnoredReason::Credit);
        } else if is_booked {
            Outcome::Paid { bank_reference: self.bank_reference(transaction)?, on: self.booked_on()? }
        } else {
            return ignored(IgnoredReason::Pending);
        };
        let amount = self.amount(transaction)?;
        let message_id = transaction.message_id.as_ref().map(|field| field.text.clone());
        let message_id = message_id.filter(|id| !id.is_empty() && id != NOT_PROVIDED);
        let account = account.filter(|account| is_account(account)).map(str::to_owned);
        let has_failed = matches!(outcome, Outcome::Failed { .. });
        // A failure needs neither to be one: what can't be read of them is as if it were not there.
        let failed_on = has_failed.then(|| self.booked_on().ok()).flatten();
        let failed_by = has_failed.then(|| self.bank_reference(transaction).ok()).flatten();
        // What is told for information was rejected before the money left.
        let came_back = has_failed && is_booked;
        let origin = Origin { account, message_id, failed_on, failed_by, came_back };
        Ok(Settled::Line(ResultLine { line: transaction.line, end_to_end_id, amount, outcome, origin }))
    }

    fn ignored(&self, line: usize, end_to_end_id: Option<String>, reason: IgnoredReason) -> Settled {
        Settled::Ignored(Ignored { line, end_to_end_id, reason })
    }

    fn failure(&self, transaction: &Transaction) -> Result<Outcome, BankFileError> {
        let code = transaction.reason_code.as_ref().or(transaction.own_reason_code.as_ref());
        let code = match code {
            Some(code) if !code.text.is_empty() => {
                Some(read(Some(code), TRANSACTION, "RtrInf/Rsn", transaction.line, value::reference)?)
            }
            _ => None,
        };
        let informed = [transaction.information.as_ref(), self.information.as_ref()];
        let words = std::iter::once(transaction.words.as_str())
            .chain(informed.into_iter().flatten().map(|field| field.text.as_str()))
            .map(value::words)
            .find(|words| !words.is_empty())
            .unwrap_or_default();
        Ok(Outcome::Failed { reason: reason_of(&words, code.as_deref()), code })
    }

    /// The bank's number of the payment: the most particular that it gives.
    fn bank_reference(&self, transaction: &Transaction) -> Result<String, BankFileError> {
        let found = [
            (&transaction.bank_reference, TRANSACTION, "Refs/AcctSvcrRef"),
            (&transaction.transaction_id, TRANSACTION, "Refs/TxId"),
            (&self.bank_reference, ENTRY, "AcctSvcrRef"),
            (&self.entry_reference, ENTRY, "NtryRef"),
        ];
        let found = found.into_iter().find_map(|(field, outer, path)| field.as_ref().map(|field| (field, outer, path)));
        match found {
            Some((field, outer, path)) => read(Some(field), outer, path, self.line, value::bank_reference),
            None => read(None, ENTRY, "AcctSvcrRef", self.line, value::bank_reference),
        }
    }

    /// The amount of a transaction; that of the entry where it is the only one.
    fn amount(&self, transaction: &Transaction) -> Result<Fen, BankFileError> {
        let own = transaction.own_amount().map(|(field, path)| (field, TRANSACTION, path));
        let whole = self.amount.as_ref().filter(|_| self.transactions.len() == 1).map(|field| (field, ENTRY, "Amt"));
        let Some((field, outer, path)) = own.or(whole) else {
            return read(None, TRANSACTION, "Amt", transaction.line, value::amount);
        };
        let currency = field.currency.as_deref().ok_or(Kind::Missing).and_then(value::check_currency);
        currency.map_err(|kind| BankFileError::at(field.line, format!("{outer}/{path}/@Ccy"), kind))?;
        read(Some(field), outer, path, field.line, value::amount)
    }

    fn booked_on(&self) -> Result<NaiveDate, BankFileError> {
        let found = [
            (&self.booked_on, "BookgDt/Dt"),
            (&self.booked_at, "BookgDt/DtTm"),
            (&self.value_on, "ValDt/Dt"),
            (&self.value_at, "ValDt/DtTm"),
        ];
        let found = found.into_iter().find_map(|(field, path)| field.as_ref().map(|field| (field, path)));
        match found {
            Some((field, path)) => read(Some(field), ENTRY, path, field.line, day_in_china),
            None => read(None, ENTRY, "BookgDt", self.line, day_in_china),
        }
    }
}

impl Transaction {
    /// One that begins on this line.
    pub(super) fn at(line: usize) -> Transaction {
        Transaction { line, ..Transaction::default() }
    }

    /// Where the value of an element of this path under the transaction goes.
    pub(super) fn slot(&mut self, path: &str) -> Option<&mut Option<Field>> {
        Some(match path {
            END_TO_END_ID => &mut self.end_to_end_id,
            "Refs/AcctSvcrRef" => &mut self.bank_reference,
            "Refs/TxId" => &mut self.transaction_id,
            "Refs/PmtInfId" => &mut self.message_id,
            "Amt" => &mut self.amount,
            "AmtDtls/InstdAmt/Amt" => &mut self.instructed_amount,
            "AmtDtls/TxAmt/Amt" => &mut self.transaction_amount,
            "CdtDbtInd" => &mut self.direction,
            "RtrInf/Rsn/Cd" => &mut self.reason_code,
            "RtrInf/Rsn/Prtry" => &mut self.own_reason_code,
            "AddtlTxInf" => &mut self.information,
            _ => return None,
        })
    }

    /// Its own amount, and where it stands.
    fn own_amount(&self) -> Option<(&Field, &'static str)> {
        let found = [
            (&self.amount, "Amt"),
            (&self.instructed_amount, "AmtDtls/InstdAmt/Amt"),
            (&self.transaction_amount, "AmtDtls/TxAmt/Amt"),
        ];
        found.into_iter().find_map(|(field, path)| field.as_ref().map(|field| (field, path)))
    }

    /// Takes in a piece of the bank's words, if this is one.
    pub(super) fn add_words(&mut self, path: &str, text: &str) {
        if path != "RtrInf/AddtlInf" {
            return;
        }
        if !self.words.is_empty() && !self.is_cut {
            self.words.push(' ');
        }
        self.words.push_str(text);
        self.is_cut = text.chars().count() == MAX_ADDITIONAL;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Booked,
    Informed,
    Pending,
}

fn status(text: &str) -> Result<Status, Kind> {
    match text {
        "BOOK" => Ok(Status::Booked),
        "INFO" => Ok(Status::Informed),
        "PDNG" | "FUTR" => Ok(Status::Pending),
        _ => Err(Kind::Code { text: value::shortened(text), known: "BOOK, INFO, PDNG, FUTR" }),
    }
}

fn is_credit(text: &str) -> Result<bool, Kind> {
    match text {
        "CRDT" => Ok(true),
        "DBIT" => Ok(false),
        _ => Err(Kind::Code { text: value::shortened(text), known: "CRDT, DBIT" }),
    }
}

fn boolean(text: &str) -> Result<bool, Kind> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Kind::Code { text: value::shortened(text), known: "true, false" }),
    }
}

/// A day, or a time with its distance from UTC as the day it is in China.
fn day_in_china(text: &str) -> Result<NaiveDate, Kind> {
    match (DateTime::parse_from_rfc3339(text), FixedOffset::east_opt(8 * 3600)) {
        (Ok(time), Some(china)) => Ok(time.with_timezone(&china).date_naive()),
        _ => value::day(text),
    }
}

/// Reads a value that must be there.
fn read<T>(
    field: Option<&Field>,
    outer: &str,
    path: &str,
    line: usize,
    read: impl Fn(&str) -> Result<T, Kind>,
) -> Result<T, BankFileError> {
    let (line, found) = match field {
        Some(field) if !field.text.is_empty() => (field.line, read(&field.text)),
        Some(field) => (field.line, Err(Kind::Missing)),
        None => (line, Err(Kind::Missing)),
    };
    found.map_err(|kind| BankFileError::at(line, format!("{outer}/{path}"), kind))
}
