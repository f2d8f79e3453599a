//! A return (退汇) that was recorded wrongly: the money never came back. The bank does not say that by itself, since its statement
//! tells nothing new of the payment: one of finance puts it forward, and another looks at the account.

use chrono::NaiveDate;

use crate::batch::Batch;
use crate::case::{Case, PaymentOutcome};
use crate::doubt::{Doubt, Doubted};
use crate::moment::Moment;
use crate::people::{Actor, Role, UserId};
use crate::refusal::Refusal;

impl Batch {
    /// Puts forward that a payment which is recorded as come back has not: why, and by what of the bank that is seen. It waits for a
    /// second person, as what the bank says does. `has_left` says whether who has put the same forward before is of finance no more.
    ///
    /// # Errors
    /// Those of [`Batch::may_contest_return`].
    pub fn contest_return(
        &mut self,
        case: &Case,
        (end_to_end_id, reason, proof): (&str, &str, &str),
        actor: &Actor,
        now: Moment,
        has_left: bool,
    ) -> Result<Doubted, Refusal> {
        let (user, reference, on) = self.may_contest_return(case, end_to_end_id, actor, has_left)?;
        let what = Doubted::NotReturned {
            end_to_end_id: end_to_end_id.to_owned(),
            reference,
            on,
            reason: reason.to_owned(),
            proof: proof.to_owned(),
        };
        self.doubt(what.clone(), user, now, "", has_left);
        Ok(what)
    }

    /// Whether someone may put that forward of a payment: who, and the number and day by which it is recorded as made.
    ///
    /// # Errors
    /// `NeedsRole`; `NoSuch` where the payment has not come back; `ReturnContested` where it waits already; `AlreadyDone` where the bank calls
    /// it paid.
    pub fn may_contest_return(
        &self,
        case: &Case,
        end_to_end_id: &str,
        actor: &Actor,
        has_left: bool,
    ) -> Result<(UserId, String, NaiveDate), Refusal> {
        let user = actor.user().filter(|_| actor.has(Role::Finance)).ok_or(Refusal::NeedsRole(Role::Finance))?;
        let outcome = self.line(end_to_end_id).and_then(|line| line.outcome.as_ref());
        let Some(PaymentOutcome::Returned { reference, on, .. }) = outcome else {
            return Err(Refusal::NoSuch("笔记为退汇的付款", "payment that is recorded as come back"));
        };
        if case.doubtful_payments().any(|payment| payment.end_to_end_id == end_to_end_id) {
            return Err(Refusal::AlreadyDone);
        }
        match self.who_contests(end_to_end_id) {
            Some(_) if !has_left => Err(Refusal::ReturnContested),
            _ => Ok((user, reference.clone(), *on)),
        }
    }

    /// Who has put it forward, where that waits.
    pub fn who_contests(&self, end_to_end_id: &str) -> Option<UserId> {
        let is_it = |doubt: &Doubt| {
            matches!(doubt.what, Doubted::NotReturned { .. }) && doubt.what.end_to_end_id() == end_to_end_id
        };
        self.open_doubts().find(|(_, doubt)| is_it(doubt)).map(|(_, doubt)| doubt.by)
    }

    /// Keeps that a payment came to nothing by a number which two people had taken from it: they were wrong then.
    pub fn take_up(&mut self, end_to_end_id: &str, number: Option<&str>) {
        let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id) else { return };
        let is_it = |dropped: &String| number == Some(dropped);
        if let Some(place) = line.dropped.iter().position(is_it) {
            let number = line.dropped.remove(place);
            line.undone.push(number);
        }
    }

    /// Forgets the return of a payment, which two people have found was none: told again it is news, since they may have been wrong, and its
    /// number may be another payment's. Gives that number, where it is not the payment's own.
    pub fn forget_return(&mut self, end_to_end_id: &str) -> Option<String> {
        let line = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id)?;
        let Some(PaymentOutcome::Returned { reference, returned_on, returned_by, .. }) = line.outcome.clone() else {
            return None;
        };
        let is_it = |told: &Option<String>| told.is_some() && *told == returned_by;
        line.failings.retain(|failing| failing.on != returned_on && !is_it(&failing.reference));
        let number = returned_by.filter(|number| *number != reference)?;
        self.drop_number(end_to_end_id, &number, &reference);
        Some(number)
    }
}
