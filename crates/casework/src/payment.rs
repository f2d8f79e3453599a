//! The attempts to pay a case, and how they ended.

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::case::BankAccount;
use crate::moment::Moment;
use crate::people::UserId;

/// One attempt to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The batch it is in.
    pub batch: i64,
    /// What the bank knows it by.
    pub end_to_end_id: String,
    /// How much.
    pub amount: Fen,
    /// Where to.
    pub account: BankAccount,
    /// How it ended.
    pub outcome: Option<PaymentOutcome>,
    /// Whether the bank has said of it, after it was recorded as failed, that it was paid. Nothing more is paid until that is cleared up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_paid_after_all: bool,
    /// By whom it was cleared up that it failed all the same, where two people have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<Cleared>,
}

/// Who has cleared up that a payment failed which the bank had called paid in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// Who has read the bank's answer.
    pub reported_by: UserId,
    /// Who has confirmed it.
    pub confirmed_by: UserId,
    /// When.
    pub at: Moment,
}

/// A proposal to end the payment of a case that no account was given for in time. One person of finance makes it, another confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Why; the party reads it.
    pub reason: String,
    /// Who proposes it.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

impl Payment {
    /// Whether it came to nothing: it was recorded as failed, or came back.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome, Some(PaymentOutcome::Failed { .. } | PaymentOutcome::Returned { .. }))
    }
}

/// How an attempt to pay ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// It arrived.
    Paid {
        /// The bank's own number.
        reference: String,
        /// When.
        on: NaiveDate,
    },
    /// It came back before it was recorded as paid.
    Failed {
        /// What the bank said.
        reason: String,
    },
    /// It was recorded as paid, and came back later (退汇).
    Returned {
        /// The bank's own number of the payment.
        reference: String,
        /// When it was paid.
        on: NaiveDate,
        /// When it came back.
        returned_on: NaiveDate,
        /// What the bank said.
        reason: String,
        /// The bank's own number of the return, where it gives one.
        returned_by: Option<String>,
    },
}

impl PaymentOutcome {
    /// Whether a result of the bank says nothing that is not recorded. Of a payment that came back both are known: that it was paid,
    /// and that the money is here again.
    pub fn goes_with(&self, said: &PaymentOutcome) -> bool {
        match (self, said) {
            (PaymentOutcome::Returned { reference, on, .. }, PaymentOutcome::Paid { reference: said, on: day }) => {
                (reference, on) == (said, day)
            }
            (PaymentOutcome::Returned { .. }, PaymentOutcome::Failed { .. }) => true,
            _ => self == said,
        }
    }

    /// Whether the money is with us: it never left, or came back.
    pub fn is_back(&self) -> bool {
        !matches!(self, PaymentOutcome::Paid { .. })
    }
}
