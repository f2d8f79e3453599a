//! What the bank answers, one line for each payment, whatever the file it came in.

use std::collections::HashMap;

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::error::{BankFileError, BankFileErrorKind};

/// The most that one file says of one payment: no bank pays and returns one more often.
const MOST_OF_ONE: usize = 16;

/// A result file as read. What it says of one payment is in turn that it was paid and that it failed or came back, as it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultFile {
    /// The bank's number of the file; where it has none, `sha256:` and the digest of its bytes. The same file has the same
    /// number whenever it is read.
    pub id: String,
    /// The payments that were settled one way or the other, in the order of the file; those of one payment in that of their days.
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
    /// Whether it calls the failure a return (退汇): the money had left before.
    #[serde(default)]
    pub came_back: bool,
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

impl ResultLine {
    fn is_paid(&self) -> bool {
        matches!(self.outcome, Outcome::Paid { .. })
    }

    /// Where it stands among what is said of its payment: by its day, of one day the payment before its return, and last what has no day.
    fn rank(&self) -> (NaiveDate, bool) {
        let on = match &self.outcome {
            Outcome::Paid { on, .. } => Some(*on),
            Outcome::Failed { .. } => self.origin.failed_on,
        };
        (on.unwrap_or(NaiveDate::MAX), !self.is_paid())
    }
}

/// Puts the lines of each payment in the order in which they came about, as a statement of a longer time tells them. Whatever is said
/// twice running, paid and paid again, is for people to sort out: those lines are given, each with the one it repeats.
pub(crate) fn in_turn(mut lines: Vec<ResultLine>) -> (Vec<ResultLine>, Vec<(ResultLine, usize)>) {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, line) in lines.iter().enumerate() {
        places.entry(&line.end_to_end_id).or_default().push(place);
    }
    let several: Vec<Vec<usize>> = places.into_values().filter(|places| places.len() > 1).collect();
    let mut repeated = Vec::new();
    for places in several {
        let mut of_one: Vec<ResultLine> = places.iter().map(|place| lines[*place].clone()).collect();
        of_one.sort_by_key(ResultLine::rank);
        let again = of_one.windows(2).find(|pair| pair[0].is_paid() == pair[1].is_paid());
        if let Some([one, other]) = again.or(of_one.windows(2).nth(MOST_OF_ONE - 1)) {
            let (first, second) = if one.line < other.line { (one, other) } else { (other, one) };
            repeated.push((second.clone(), first.line));
        }
        places.into_iter().zip(of_one).for_each(|(place, line)| lines[place] = line);
    }
    repeated.sort_by_key(|(line, _)| line.line);
    (lines, repeated)
}

/// That a line says of its payment what the file has said of it running.
pub(crate) fn repeats(line: &ResultLine, first: usize, place: String) -> BankFileError {
    BankFileError::at(line.line, place, BankFileErrorKind::RepeatedId { id: line.end_to_end_id.clone(), first })
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
