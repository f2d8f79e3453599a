//! What was sent against what the bank says: every fen in one place.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::order::PaymentOrder;
use crate::result::{Outcome, ResultLine};

/// Every order sent is in `paid`, `failed` or `missing`; every result is behind one of these, or in `wrong_amount`,
/// `unknown` or `repeated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The orders that were paid, in full.
    pub paid: Vec<PaidOrder>,
    /// The orders that failed: the money is on the account.
    pub failed: Vec<FailedOrder>,
    /// The orders without an answer that can be acted on: none at all, or one with another amount.
    pub missing: Vec<MissingOrder>,
    /// The answers with another amount than was sent. Their orders are among the missing until people have sorted it out.
    pub wrong_amount: Vec<WrongAmount>,
    /// The results for payments that were not sent.
    pub unknown: Vec<ResultLine>,
    /// Further results for payments that have one.
    pub repeated: Vec<ResultLine>,
    /// The sums.
    pub totals: Totals,
}

/// An order that was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidOrder {
    /// Our number of the payment.
    pub end_to_end_id: String,
    /// As sent, and as paid.
    pub amount: Fen,
    /// The bank's number of the payment.
    pub bank_reference: String,
    /// The day it was booked.
    pub on: NaiveDate,
}

/// An order that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedOrder {
    /// Our number of the payment.
    pub end_to_end_id: String,
    /// As sent.
    pub amount: Fen,
    /// The bank's code.
    pub code: Option<String>,
    /// The bank's words.
    pub reason: String,
}

/// An order without an answer that can be acted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingOrder {
    /// Our number of the payment.
    pub end_to_end_id: String,
    /// As sent.
    pub amount: Fen,
}

/// An answer with another amount than was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongAmount {
    /// What was sent.
    pub sent: Fen,
    /// What the bank says.
    pub result: ResultLine,
}

/// Sums, exact: `sent = paid + failed + missing`. They are exact as long as the orders come to no more than about
/// 92 thousand million million yuan, which those of payment files always do; beyond, they stop there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Of all orders sent.
    pub sent: Fen,
    /// Of the orders paid.
    pub paid: Fen,
    /// Of the orders that failed.
    pub failed: Fen,
    /// Of the orders missing, those with a wrong amount included at the amount sent.
    pub missing: Fen,
    /// Of what the bank says it paid beyond the orders: unknown payments, and those of a wrong amount at the bank's amount.
    pub paid_unexplained: Fen,
}

impl Reconciliation {
    /// Whether every order has its answer and every answer its order.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unknown.is_empty() && self.repeated.is_empty() && self.wrong_amount.is_empty()
    }
}

/// Holds results against orders, which keep their order. A payment's first result counts. Where an order's number stands in
/// `sent` twice, which no [`PaymentFile`](crate::PaymentFile) allows, the first has the result and the second is missing.
pub fn reconcile(sent: &[PaymentOrder], results: &[ResultLine]) -> Reconciliation {
    let mut result_of: HashMap<&str, &ResultLine> = HashMap::new();
    let mut repeated = Vec::new();
    for result in results {
        let first = *result_of.entry(&result.end_to_end_id).or_insert(result);
        if !std::ptr::eq(first, result) {
            repeated.push(result.clone());
        }
    }
    let (mut paid, mut failed, mut missing, mut wrong_amount) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut settled: HashSet<&str> = HashSet::new();
    for order in sent {
        let (end_to_end_id, amount) = (order.end_to_end_id.clone(), order.amount);
        let is_first = settled.insert(&order.end_to_end_id);
        match result_of.get(order.end_to_end_id.as_str()).filter(|_| is_first) {
            None => missing.push(MissingOrder { end_to_end_id, amount }),
            Some(result) if result.amount != amount => {
                wrong_amount.push(WrongAmount { sent: amount, result: (*result).clone() });
                missing.push(MissingOrder { end_to_end_id, amount });
            }
            Some(result) => match result.outcome.clone() {
                Outcome::Paid { bank_reference, on } => {
                    paid.push(PaidOrder { end_to_end_id, amount, bank_reference, on });
                }
                Outcome::Failed { code, reason } => failed.push(FailedOrder { end_to_end_id, amount, code, reason }),
            },
        }
    }
    // A repetition is listed once, whether or not its payment is known.
    let unknown: Vec<ResultLine> = results
        .iter()
        .filter(|result| !settled.contains(result.end_to_end_id.as_str()))
        .filter(|result| {
            result_of.get(result.end_to_end_id.as_str()).is_some_and(|first| std::ptr::eq(*first, *result))
        })
        .cloned()
        .collect();
    let unexplained = unknown.iter().chain(wrong_amount.iter().map(|wrong| &wrong.result));
    let totals = Totals {
        sent: sum(sent.iter().map(|order| order.amount)),
        paid: sum(paid.iter().map(|order| order.amount)),
        failed: sum(failed.iter().map(|order| order.amount)),
        missing: sum(missing.iter().map(|order| order.amount)),
        paid_unexplained: sum(unexplained
            .filter(|result| matches!(result.outcome, Outcome::Paid { .. }))
            .map(|result| result.amount)),
    };
    Reconciliation { paid, failed, missing, wrong_amount, unknown, repeated, totals }
}

fn sum(amounts: impl Iterator<Item = Fen>) -> Fen {
    let total: i128 = amounts.map(|amount| i128::from(amount.0)).sum();
    Fen(i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX }))
}
