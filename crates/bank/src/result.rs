//! What the bank answers, one line for each payment, whatever the file it came in.

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

/// A result file as read: no number stands in it twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultFile {
    /// The bank's number of the file; where it has none, `sha256:` and the digest of its bytes. The same file has the same
    /// number whenever it is read.
    pub id: String,
    /// The payments that were settled one way or the other, in the order of the file.
    pub lines: Vec<ResultLine>,
    /// The entries that settle no payment, so that none disappears.
    pub ignored: Vec<Ignored>,
}

/// What became of one payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    /// The line of the file it begins on, from 1.
    pub line: usize,
    /// Our number of the payment, as the bank hands it back.
    pub end_to_end_id: String,
    /// The amount as the bank has it; more than zero.
    pub amount: Fen,
    /// Paid or not.
    pub outcome: Outcome,
    /// What the bank says of it beside that.
    pub origin: Origin,
}

/// What a bank says of a payment beside its outcome, as far as it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The number of the account that paid, whole; none where it is masked.
    pub account: Option<String>,
    /// Our number of the file that asked for it.
    pub message_id: Option<String>,
    /// The day on which a failure was booked: of a payment that had left and came back, the day it came back.
    pub failed_on: Option<NaiveDate>,
    /// The bank's number of the entry by which it failed or came back.
    pub failed_by: Option<String>,
}

/// Paid or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The money has left the account.
    Paid {
        /// The bank's number of the payment.
        bank_reference: String,
        /// The day it was booked.
        on: NaiveDate,
    },
    /// The payment was rejected, or returned after it had left: the money is on the account.
    Failed {
        /// The bank's code, of ISO 20022 or its own.
        code: Option<String>,
        /// The bank's words; where it has none, what the code means, and never empty.
        reason: String,
    },
}

/// An entry that settles no payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// The line of the file it begins on, from 1.
    pub line: usize,
    /// The number of the payment, if it carries one.
    pub end_to_end_id: Option<String>,
    /// Why it settles nothing.
    pub reason: IgnoredReason,
}

/// Why an entry settles no payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredReason {
    /// The bank is still at it: another file will tell.
    Pending,
    /// Money that came in, and not as the return of a payment.
    Credit,
    /// It names no payment: a fee, or someone else's debit.
    NoReference,
}

impl IgnoredReason {
    /// The reason for people, Chinese and English.
    pub fn labels(self) -> (&'static str, &'static str) {
        match self {
            IgnoredReason::Pending => ("银行仍在处理", "still with the bank"),
            IgnoredReason::Credit => ("其他收款", "other money received"),
            IgnoredReason::NoReference => ("不是本系统的付款", "not one of our payments"),
        }
    }
}
