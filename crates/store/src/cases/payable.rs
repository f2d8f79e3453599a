//! The cases that wait for payment, whole: whoever makes a batch needs more of them than a list has.

use std::collections::BTreeMap;

use duixian_casework::case::{Case, CaseId};
use duixian_casework::command::Action;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::permit::duty;
use duixian_casework::refusal::Refusal;

use crate::batches::stopped_of;
use crate::db::{Queries, Row, Store, values};
use crate::error::StoreError;

/// A case that waits for payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayableCase {
    /// The case.
    pub case: Case,
    /// The name of its party.
    pub party_name: String,
    /// Why nothing may be paid for it now, by what the bank has said of its payments or of others' for the same basis.
    pub stopped: Option<Refusal>,
}

/// The most that are read at once: as many as a batch may have.
const MOST: usize = duixian_bank::MAX_ORDERS;

impl PayableCase {
    /// Why an actor can't put it into a batch now.
    ///
    /// # Errors
    /// [`Refusal::PaymentUnderWay`], [`Refusal::RevocationOpen`], [`Refusal::NotPayableBefore`], what the bank has said, or what keeps this
    /// actor from its payment.
    pub fn may_go_in(&self, actor: &Actor, now: Moment) -> Result<(), Refusal> {
        if self.case.open_payment().is_some() {
            return Err(Refusal::PaymentUnderWay);
        }
        if self.case.revocation.is_some() {
            return Err(Refusal::RevocationOpen);
        }
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        may_pay(&self.case, actor)?;
        match self.case.assessed.as_ref().and_then(|assessed| assessed.payable_from) {
            Some(day) if now.day() < day => Err(Refusal::NotPayableBefore(day)),
            _ => Ok(()),
        }
    }
}

/// Whether an actor may take part in the payment of a case at all: in its role, not for a party of their own, and not
/// after another duty of the same case. The desk is for the store to check when it is done.
///
/// # Errors
/// [`Refusal::NeedsRole`], [`Refusal::OwnParty`], [`Refusal::Recused`].
pub fn may_pay(case: &Case, actor: &Actor) -> Result<(), Refusal> {
    let user: UserId = actor.user().filter(|_| actor.has(Role::Finance)).ok_or(Refusal::NeedsRole(Role::Finance))?;
    if case.is_of(actor) {
        return Err(Refusal::OwnParty);
    }
    let Some(now) = duty(Action::NoteRelease, case.stage) else { return Ok(()) };
    match case.acted.iter().find(|(did, who)| *who == user && *did != now) {
        Some((did, _)) => Err(Refusal::Recused { did: *did, now }),
        None => Ok(()),
    }
}

impl Store {
    /// The cases of a fund and year that wait for payment, by number; those that are in a batch already are among them.
    pub async fn payable(&self, fund: &str, year: i32) -> Result<Vec<PayableCase>, StoreError> {
        let sql = format!(
            "SELECT data, party_name FROM cases WHERE fund = $1 AND year = $2 AND stage = 'payable' AND amount IS NOT NULL \
             ORDER BY number, id LIMIT {MOST}"
        );
        let rows = self.all(&sql, values![fund, i64::from(year)]).await?;
        let cases = rows.iter().map(|row| row.json("data")).collect::<Result<Vec<Case>, StoreError>>()?;
        let mut stopped: BTreeMap<CaseId, Refusal> = stopped_of(self, &cases).await?.into_iter().collect();
        let payable = |(case, row): (Case, &Row)| {
            let (stopped, party_name) = (stopped.remove(&case.id), row.text("party_name")?);
            Ok(PayableCase { case, party_name, stopped })
        };
        cases.into_iter().zip(&rows).map(payable).collect()
    }
}
