//! A return (退汇) that was recorded wrongly: the money never came back. The bank does not say that by itself, since its statement
//! tells nothing new of the payment: one of finance puts it forward, and another looks at the account.

use crate::batch::Batch;
use crate::case::{Case, PaymentOutcome};
use crate::doubt::Doubted;
use crate::moment::Moment;
use crate::people::{Actor, Role};
use crate::refusal::Refusal;

impl Batch {
    /// Puts forward that a payment which is recorded as come back has not: why, and by what of the bank that is seen. It waits for a
    /// second person, as what the bank says does. `has_left` says whether who has put the same forward before is of finance no more.
    ///
    /// # Errors
    /// `NeedsRole`; `NoSuch` where the payment has not come back; `AlreadyDone` where it waits already, or is called paid.
    pub fn contest_return(
        &mut self,
        case: &Case,
        (end_to_end_id, reason, proof): (&str, &str, &str),
        actor: &Actor,
        now: Moment,
        has_left: bool,
    ) -> Result<Doubted, Refusal> {
        let user = actor.user().filter(|_| actor.has(Role::Finance)).ok_or(Refusal::NeedsRole(Role::Finance))?;
        let outcome = self.line(end_to_end_id).and_then(|line| line.outcome.as_ref());
        let Some(PaymentOutcome::Returned { reference, on, .. }) = outcome else {
            return Err(Refusal::NoSuch("笔记为退汇的付款", "payment that is recorded as come back"));
        };
        let what = Doubted::NotReturned {
            end_to_end_id: end_to_end_id.to_owned(),
            reference: reference.clone(),
            on: *on,
            reason: reason.to_owned(),
            proof: proof.to_owned(),
        };
        let is_called_paid = case.doubtful_payments().any(|payment| payment.end_to_end_id == end_to_end_id);
        if is_called_paid || self.reader_of(&what).is_some() && !has_left {
            return Err(Refusal::AlreadyDone);
        }
        self.doubt(what.clone(), user, now, "", has_left);
        Ok(what)
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
