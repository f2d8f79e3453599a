//! The attempts to pay a case, and how they ended.

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::case::{BankAccount, Case};
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
    /// When what it pays was decided; none from before that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Moment>,
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

/// Codes of ISO 20022, and words, by which a bank says that a payment failed for something else than the account it was to reach.
const PAYERS: [&str; 11] = [
    "AM02",
    "AM04",
    "AM05",
    "AM09",
    "TM01",
    "余额不足",
    "金额超出允许的上限",
    "金额与收款方约定不符",
    "银行认为重复支付",
    "超过银行受理时间",
    "付款账户",
];

/// Whether a bank's reason lies with whoever pays, or with the moment: no other account would have helped, and none is asked for.
pub fn is_payers(reason: &str) -> bool {
    PAYERS.iter().any(|word| reason.contains(word))
}

impl Payment {
    /// Whether it came to nothing: it was recorded as failed, or came back.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome, Some(PaymentOutcome::Failed { .. } | PaymentOutcome::Returned { .. }))
    }

    /// Whether the bank calls it paid now: it is recorded so, or was called paid after it had come to nothing.
    pub fn is_called_paid(&self) -> bool {
        matches!(self.outcome, Some(PaymentOutcome::Paid { .. })) || self.has_failed() && self.is_paid_after_all
    }
}

impl Case {
    /// Whether money has left for it, or is on its way: nothing is paid a second time for the same.
    pub fn is_paid_or_under_way(&self) -> bool {
        self.payments.iter().any(|payment| payment.outcome.is_none() || payment.is_called_paid())
    }

    /// Whether a payment was sent for the decision that stands: amounts may differ, and each was granted for its own reasons.
    pub fn is_for_standing_decision(&self, payment: &Payment) -> bool {
        let Some(decision) = self.standing_decision().filter(|decision| decision.funded == payment.amount) else {
            return false;
        };
        payment.decided_at.map_or(self.revoked.is_empty(), |at| at == decision.at)
    }

    /// The payment that was recorded as failed and that the bank calls paid.
    pub fn doubtful_payment(&self) -> Option<&Payment> {
        self.doubtful_payments().next()
    }

    /// All of them.
    pub fn doubtful_payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments.iter().filter(|payment| payment.has_failed() && payment.is_called_paid())
    }

    /// Whether the bank has called one of its payments paid after all, whatever became of that: no other case can have money booked
    /// beside its reservation.
    pub fn has_been_doubted(&self) -> bool {
        self.payments.iter().any(|payment| payment.is_paid_after_all)
    }

    /// What has left for it, by what the bank says now.
    pub fn left(&self) -> Fen {
        let paid = self.payments.iter().filter(|payment| payment.is_called_paid());
        Fen(paid.fold(0, |sum, payment| sum.saturating_add(payment.amount.0)))
    }

    /// What is to be booked for it beside its reservation: what has left and was neither posted from one nor is still set aside.
    pub fn left_beside(&self, posted: Fen, set_aside: Fen) -> Fen {
        Fen(self.left().0.saturating_sub(posted.0).saturating_sub(set_aside.0).max(0))
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
    /// Whether a result of the bank says nothing that is not recorded. Of a payment that came back it is known, too, that it was paid.
    pub fn goes_with(&self, said: &PaymentOutcome) -> bool {
        match (self, said) {
            (PaymentOutcome::Returned { reference, on, .. }, PaymentOutcome::Paid { reference: said, on: day }) => {
                (reference, on) == (said, day)
            }
            _ => self == said,
        }
    }

    /// Whether the money is with us: it never left, or came back.
    pub fn is_back(&self) -> bool {
        !matches!(self, PaymentOutcome::Paid { .. })
    }
}
