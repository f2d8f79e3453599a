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
    /// All that keeps an actor from putting it into a batch now: that it is in one, and if not, that its decision is to be revoked, what the
    /// bank has said, what keeps this actor from its payment, and the first day of it.
    pub fn obstacles(&self, actor: &Actor, now: Moment) -> Vec<Refusal> {
        if self.case.open_payment().is_some() {
            return vec![Refusal::PaymentUnderWay];
        }
        let revocation = self.case.revocation.as_ref().map(|_| Refusal::RevocationOpen);
        let payable_from = self.case.assessed.as_ref().and_then(|assessed| assessed.payable_from);
        let too_early = payable_from.filter(|day| now.day() < *day).map(Refusal::NotPayableBefore);
        let own = may_pay(&self.case, actor).err();
        [revocation, self.stopped.clone(), own, too_early].into_iter().flatten().collect()
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
