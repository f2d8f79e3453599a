//! Whether money may leave for a case, or it may be called done, by what the bank has said.

use super::refused;
use crate::case::{Case, Payment};
use crate::handle::Context;
use crate::refusal::Refusal;
use crate::stage::Stage;

/// Keeps a case from being paid of which the bank has said that a failed payment was made.
///
/// # Errors
/// [`Refusal::PaidAfterAll`].
pub(super) fn not_paid_after_all(case: &Case) -> Result<(), Refusal> {
    let number = || case.number.clone().unwrap_or_default();
    let refuse = |payment: &Payment| Refusal::PaidAfterAll { case: number(), payment: payment.end_to_end_id.clone() };
    case.doubtful_payment().map_or(Ok(()), |payment| Err(refuse(payment)))
}

/// Whether it is clear what the bank says of a case's payments.
///
/// # Errors
/// [`Refusal::PaidTwice`], [`Refusal::PaidAfterAll`] or [`Refusal::DoubtOpen`].
pub fn is_clear(case: &Case, context: &Context) -> Result<(), Refusal> {
    if case.stage == Stage::Paid {
        not_paid_twice(case)?;
    }
    not_paid_after_all(case).and_then(|()| not_in_doubt(context))
}

/// Keeps a case from being closed that may be paid twice.
pub(super) fn not_paid_twice(case: &Case) -> Result<(), Refusal> {
    let refuse = |payment: &Payment| Refusal::PaidTwice { payment: payment.end_to_end_id.clone() };
    case.doubtful_payment().map_or(Ok(()), |payment| Err(refuse(payment)))
}

/// Keeps a case from being paid where money has left, or is on its way, in another case for the same basis.
fn not_paid_otherwise(case: &Case, context: &Context) -> Result<(), Refusal> {
    let refuse =
        |other: &str| Refusal::PaidOtherwise { case: case.number.clone().unwrap_or_default(), other: other.to_owned() };
    context.paid_otherwise.map_or(Ok(()), |other| Err(refuse(other)))
}

/// Keeps a case from being funded, or paid, beside another that the bank has paid since, where the limits don't leave what was decided.
pub(super) fn within_limits(case: &Case, context: &Context) -> Result<(), Refusal> {
    let refuse =
        |other: &str| Refusal::LimitTaken { case: case.number.clone().unwrap_or_default(), other: other.to_owned() };
    context.limit_taken.map_or(Ok(()), |other| Err(refuse(other)))
}

/// Whether money may leave for a case, by what the bank has said of its payments and of others' for the same basis.
///
/// # Errors
/// The first of [`Refusal::PaidAfterAll`], [`Refusal::PaidOtherwise`], [`Refusal::LimitTaken`], [`Refusal::DoubtOpen`] and
/// [`Refusal::OtherInDoubt`].
pub fn may_leave(case: &Case, context: &Context) -> Result<(), Refusal> {
    keeps_money(case, context).into_iter().next().map_or(Ok(()), Err)
}

/// Whether money may be set aside for a case that waits, by what the bank has said of its payments and of others'.
///
/// # Errors
/// The first of [`Refusal::PaidAfterAll`], [`Refusal::PaidOtherwise`], [`Refusal::LimitTaken`] and [`Refusal::DoubtOpen`].
pub fn may_be_funded(case: &Case, context: &Context) -> Result<(), Refusal> {
    not_paid_after_all(case)?;
    not_paid_otherwise(case, context)?;
    within_limits(case, context)?;
    not_in_doubt(context)
}

/// All of it that keeps money from leaving.
pub(super) fn keeps_money(case: &Case, context: &Context) -> Vec<Refusal> {
    refused([
        not_paid_after_all(case),
        not_paid_otherwise(case, context),
        within_limits(case, context),
        not_in_doubt(context),
        no_other_in_doubt(context),
    ])
}

/// Keeps a case as it is while a second person has yet to look into what the bank says of its payments: one of them may have been made.
pub(super) fn not_in_doubt(context: &Context) -> Result<(), Refusal> {
    context.doubted_in.map_or(Ok(()), |batch| Err(Refusal::DoubtOpen(batch.to_owned())))
}

/// The same of the payments of other cases for the same basis.
pub(super) fn no_other_in_doubt(context: &Context) -> Result<(), Refusal> {
    let refuse =
        |(other, batch): (&str, &str)| Refusal::OtherInDoubt { other: other.to_owned(), batch: batch.to_owned() };
    context.other_in_doubt.map_or(Ok(()), |doubted| Err(refuse(doubted)))
}
