//! A bank's answer as ISO 20022 `camt.054.001.08`, the debit and credit notification.
//!
//! An entry settles a payment that it names by `EndToEndId`. What each says:
//!
//! | entry | payment |
//! |---|---|
//! | with `RtrInf`, booked (`BOOK`) or for information (`INFO`) | failed: returned, or rejected |
//! | a credit that reverses (`RvslInd`) a debit | failed |
//! | a booked debit | paid |
//! | a booked debit, and its return in the same file | paid, and then failed, in the order of their days |
//! | pending (`PDNG`, `FUTR`), or for information alone | not yet known: ignored |
//! | any other credit, or without `EndToEndId` | not ours: ignored |
//!
//! A file that is not held by its own sums is refused: an entry's amount is that of its transactions, and the totals of a
//! notification (`TxsSummry`) are those of its entries.

mod entry;
mod sample;
mod walk;

use duixian_money::Fen;

use crate::error::{BankFileError, BankFileErrorKind as Kind, Errors};
use crate::result::{Ignored, ResultFile, ResultLine, in_turn, repeats};
use crate::{text, value};
use entry::{Entry, Field, Settled, Transaction};
use walk::{Element, Visitor, walk};

pub(crate) use sample::write as write_results;

/// The namespace of the message, which names its version.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08";
/// The most transactions that are read.
const MAX_TRANSACTIONS: usize = 100_000;

/// Reads a bank's answer. UTF-8, or GB18030 where the XML declaration says so; at most [`MAX_BYTES`](crate::MAX_BYTES),
/// 32 elements deep and 100,000 transactions; no document type definition, no entities but XML's own five. What breaks
/// the document is told alone; otherwise all errors are told at once, a hundred at most.
pub fn read(bytes: &[u8]) -> Result<ResultFile, Vec<BankFileError>> {
    let text = text::decode_xml(bytes).map_err(|error| vec![error])?;
    let mut notification = Notification::default();
    walk(&text, NAMESPACE, &mut notification).map_err(|error| vec![error])?;
    notification.finish()
}

/// The message as far as it has been walked through.
#[derive(Default)]
struct Notification {
    message_id: Option<Field>,
    /// Of the notification that is open: the account, what it says its entries are, and what they were.
    account: Option<Field>,
    told_sum: Option<Field>,
    told_count: Option<Field>,
    sum: i128,
    count: usize,
    /// The entry that is open.
    entry: Entry,
    /// The transaction that is open.
    transaction: Transaction,
    /// How many have been seen, entries without any counted for one.
    transactions: usize,
    lines: Vec<ResultLine>,
    ignored: Vec<Ignored>,
    errors: Errors,
}

const MESSAGE: &str = "BkToCstmrDbtCdtNtfctn/";
const MESSAGE_ID: &str = "GrpHdr/MsgId";
const NOTIFICATION: &str = "Ntfctn";
const SUM: &str = "Ntfctn/TxsSummry/TtlNtries/Sum";
const COUNT: &str = "Ntfctn/TxsSummry/TtlNtries/NbOfNtries";
const ENTRY: &str = "Ntfctn/Ntry";
const TRANSACTION: &str = "Ntfctn/Ntry/NtryDtls/TxDtls";

impl Visitor for Notification {
    fn open(&mut self, path: &str, line: usize) -> Result<(), BankFileError> {
        match path.strip_prefix(MESSAGE) {
            Some(ENTRY) => self.entry = Entry::at(line),
            Some(TRANSACTION) => {
                self.transaction = Transaction::at(line);
                self.count(line)?;
            }
            Some("Ntfctn/Ntry/NtryDtls/TxDtls/RtrInf") => self.transaction.is_return = true,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &str, element: Element<'_>) -> Result<(), BankFileError> {
        let Some(path) = path.strip_prefix(MESSAGE) else { return Ok(()) };
        if path == ENTRY {
            let entry = std::mem::take(&mut self.entry);
            if entry.transactions.is_empty() {
                self.count(entry.line)?;
            }
            self.sum += entry.total().map_or(0, |total| i128::from(total.0));
            self.count += 1;
            let account = self.account.as_ref().map(|account| account.text.clone());
            entry.settle(account.as_deref()).into_iter().for_each(|settled| self.add(settled));
            return Ok(());
        }
        if path == NOTIFICATION {
            self.hold_totals();
            return Ok(());
        }
        if path == TRANSACTION {
            self.entry.transactions.push(std::mem::take(&mut self.transaction));
            return Ok(());
        }
        let slot = match (path, within(path, TRANSACTION), within(path, ENTRY)) {
            (MESSAGE_ID, ..) => Some(&mut self.message_id),
            ("Ntfctn/Acct/Id/Othr/Id" | "Ntfctn/Acct/Id/IBAN", ..) => Some(&mut self.account),
            (SUM, ..) => Some(&mut self.told_sum),
            (COUNT, ..) => Some(&mut self.told_count),
            (_, Some(within), _) => {
                self.transaction.add_words(within, element.text);
                self.transaction.slot(within)
            }
            (_, None, Some(within)) => self.entry.slot(within),
            _ => None,
        };
        let is_taken = slot.is_some_and(|slot| slot.replace(Field::of(&element)).is_some());
        if is_taken {
            self.errors.push(BankFileError::at(element.line, path.to_owned(), Kind::RepeatedValue));
        }
        Ok(())
    }
}

/// That a sum is not that of what it is said of.
fn total_error(line: usize, place: String, told: Fen, found: i128) -> BankFileError {
    let found = i64::try_from(found).map_or_else(|_| found.to_string(), |found| Fen(found).to_grouped_yuan());
    BankFileError::at(line, place, Kind::Total { told: told.to_grouped_yuan(), found })
}

/// The rest of a path under another.
fn within<'a>(path: &'a str, outer: &str) -> Option<&'a str> {
    path.strip_prefix(outer)?.strip_prefix('/')
}

impl Notification {
    fn count(&mut self, line: usize) -> Result<(), BankFileError> {
        self.transactions += 1;
        if self.transactions > MAX_TRANSACTIONS {
            return Err(BankFileError::at(line, None, Kind::TooMany(MAX_TRANSACTIONS)));
        }
        Ok(())
    }

    /// Holds the notification that ends against what it says of itself.
    fn hold_totals(&mut self) {
        let (sum, count) = (std::mem::take(&mut self.sum), std::mem::take(&mut self.count).to_string());
        self.account = None;
        if let Some(field) = self.told_sum.take() {
            let error = match value::amount(&field.text) {
                Ok(told) if i128::from(told.0) == sum => None,
                Ok(told) => Some(total_error(field.line, SUM.to_owned(), told, sum)),
                Err(kind) => Some(BankFileError::at(field.line, SUM.to_owned(), kind)),
            };
            error.into_iter().for_each(|error| self.errors.push(error));
        }
        if let Some(field) = self.told_count.take().filter(|field| field.text != count) {
            let kind = Kind::Total { told: value::shortened(&field.text), found: count };
            self.errors.push(BankFileError::at(field.line, COUNT.to_owned(), kind));
        }
    }

    fn add(&mut self, settled: Result<Settled, BankFileError>) {
        match settled {
            Ok(Settled::Line(line)) => self.lines.push(line),
            Ok(Settled::Ignored(ignored)) => self.ignored.push(ignored),
            Err(error) => self.errors.push(error),
        }
    }

    fn finish(mut self) -> Result<ResultFile, Vec<BankFileError>> {
        let id = match &self.message_id {
            Some(field) => value::reference(&field.text).map_err(|kind| (Some(field.line), kind)),
            None => Err((None, Kind::Missing)),
        };
        let id = id.unwrap_or_else(|(line, kind)| {
            self.errors.push(BankFileError { line, place: Some(MESSAGE_ID.to_owned()), kind });
            String::new()
        });
        if self.transactions == 0 {
            self.errors.push(BankFileError::of_file(Kind::NoEntries));
        }
        let (lines, repeated) = in_turn(self.lines);
        for (line, first) in repeated {
            self.errors.push(repeats(&line, first, format!("{TRANSACTION}/{}", entry::END_TO_END_ID)));
        }
        self.errors.or(ResultFile { id, lines, ignored: self.ignored })
    }
}
