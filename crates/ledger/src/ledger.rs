//! The books in memory: accounts, reservations, and the one function that changes them.

use std::collections::{BTreeMap, BTreeSet};

use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{Account, AccountId, Difference, Kind, Limit, Purpose, Refused, Transfer, TransferId, china_day};

/// Accounts and reservations, all of them or only those that a transfer touches.
///
/// To book a transfer, a store locks and loads its two accounts ([`Ledger::with_account`]), the reservation it settles
/// ([`Ledger::with_pending`]) and the transfer that is already recorded under its number, if there is one
/// ([`Ledger::with_transfer`]); applies it; and writes back [`Ledger::changes`] in the same database transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    accounts: BTreeMap<AccountId, Account>,
    pendings: BTreeMap<TransferId, PendingState>,
    known: BTreeMap<TransferId, Transfer>,
    changed_accounts: BTreeSet<AccountId>,
    changed_pendings: BTreeSet<TransferId>,
    accepted: Vec<TransferId>,
}

/// What became of an accepted transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Applied {
    /// It has been booked now.
    Now,
    /// It was booked before; nothing has changed.
    Already,
}

/// A reservation and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingState {
    /// The transfer that reserved, of [`Kind::Pending`].
    pub transfer: Transfer,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a reservation. It is settled once and for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// It holds.
    Open,
    /// It was paid.
    Posted {
        /// By this transfer.
        by: TransferId,
        /// So much of it; the rest was released.
        #[serde(with = "crate::whole_fen")]
        amount: Fen,
    },
    /// It was released: refused or withdrawn.
    Voided {
        /// By this transfer.
        by: TransferId,
    },
    /// It was released: its last day had passed.
    Expired {
        /// By this transfer.
        by: TransferId,
    },
}

/// What [`Ledger::apply`] has changed since loading or [`Ledger::forget_changes`], for a store to write back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes<'a> {
    /// Accounts with new balances, by number.
    pub accounts: Vec<&'a Account>,
    /// Reservations made or settled, by number.
    pub pendings: Vec<&'a PendingState>,
    /// Transfers to record, in the order of acceptance. [`crate::replay`] needs them in this order.
    pub transfers: Vec<&'a Transfer>,
}

impl Ledger {
    /// Without accounts.
    pub fn new() -> Ledger {
        Ledger::default()
    }

    /// With an account as stored.
    pub fn with_account(mut self, account: Account) -> Ledger {
        self.accounts.insert(account.id, account);
        self
    }

    /// With a reservation as stored. Its transfer counts as recorded.
    pub fn with_pending(mut self, pending: PendingState) -> Ledger {
        self.known.insert(pending.transfer.id, pending.transfer.clone());
        self.pendings.insert(pending.transfer.id, pending);
        self
    }

    /// With a transfer as recorded, so that the same number is not booked twice.
    pub fn with_transfer(mut self, transfer: Transfer) -> Ledger {
        self.known.insert(transfer.id, transfer);
        self
    }

    /// Books a transfer, wholly or not at all.
    ///
    /// The same transfer again is [`Applied::Already`] ([`Transfer::repeats`] says what "the same" is), whatever has
    /// happened since.
    pub fn apply(&mut self, transfer: &Transfer) -> Result<Applied, Refused> {
        if let Some(known) = self.known.get(&transfer.id) {
            return if transfer.repeats(known) {
                Ok(Applied::Already)
            } else {
                Err(Refused::DuplicateDifferent { transfer: transfer.id })
            };
        }
        let (debit, credit) = self.accounts_of(transfer)?;
        let pending = transfer.kind.settles().map(|id| self.settleable(id, transfer)).transpose()?;
        let step = Step::of(transfer, pending);
        let (debit, credit) = (debited(debit, step, &credit.purpose)?, credited(credit, step, &debit.purpose)?);
        let reservation = match (transfer.kind, pending) {
            (Kind::Pending, _) => Some(PendingState { transfer: transfer.clone(), outcome: Outcome::Open }),
            (_, Some(pending)) => Some(PendingState { outcome: outcome_of(transfer), ..pending.clone() }),
            (_, None) => None,
        };

        // Nothing below can fail, so that either all of it happens or nothing has.
        for account in [debit, credit] {
            self.changed_accounts.insert(account.id);
            self.accounts.insert(account.id, account);
        }
        if let Some(reservation) = reservation {
            self.changed_pendings.insert(reservation.transfer.id);
            self.pendings.insert(reservation.transfer.id, reservation);
        }
        self.known.insert(transfer.id, transfer.clone());
        self.accepted.push(transfer.id);
        Ok(Applied::Now)
    }

    /// Books several transfers in order, all of them or none. When one is refused, names it.
    pub fn apply_all(&mut self, transfers: &[Transfer]) -> Result<Vec<Applied>, (TransferId, Refused)> {
        // A copy is the plainest undo there is, and the ledger of a request holds a handful of accounts.
        let mut trial = self.clone();
        let applied = transfers
            .iter()
            .map(|transfer| trial.apply(transfer).map_err(|refused| (transfer.id, refused)))
            .collect::<Result<Vec<_>, _>>()?;
        *self = trial;
        Ok(applied)
    }

    /// The accounts, by number.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// An account, if it is loaded.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// The reservations, by number.
    pub fn pendings(&self) -> impl Iterator<Item = &PendingState> {
        self.pendings.values()
    }

    /// A reservation, if it is loaded or was made here.
    pub fn pending(&self, id: TransferId) -> Option<&PendingState> {
        self.pendings.get(&id)
    }

    /// What is to be written back.
    pub fn changes(&self) -> Changes<'_> {
        Changes {
            accounts: self.changed_accounts.iter().filter_map(|id| self.accounts.get(id)).collect(),
            pendings: self.changed_pendings.iter().filter_map(|id| self.pendings.get(id)).collect(),
            transfers: self.accepted.iter().filter_map(|id| self.known.get(id)).collect(),
        }
    }

    /// Counts everything up to now as written back.
    pub fn forget_changes(&mut self) {
        self.changed_accounts.clear();
        self.changed_pendings.clear();
        self.accepted.clear();
    }

    fn accounts_of(&self, transfer: &Transfer) -> Result<(&Account, &Account), Refused> {
        let find = |id| self.accounts.get(&id).ok_or(Refused::UnknownAccount { account: id });
        let (debit, credit) = (find(transfer.debit)?, find(transfer.credit)?);
        check_form(transfer, &debit.purpose, &credit.purpose)?;
        Ok((debit, credit))
    }

    fn settleable(&self, id: TransferId, settlement: &Transfer) -> Result<&PendingState, Refused> {
        let pending = self.pendings.get(&id).ok_or(Refused::UnknownPending { pending: id })?;
        check_settlement(settlement, &pending.transfer)?;
        match pending.outcome {
            Outcome::Open => Ok(pending),
            how => Err(Refused::AlreadySettled { pending: id, how }),
        }
    }
}

/// Checks what can be told of a transfer from its own content and its accounts' purposes.
pub(crate) fn check_form(transfer: &Transfer, debit: &Purpose, credit: &Purpose) -> Result<(), Refused> {
    if transfer.amount <= Fen(0) {
        return Err(Refused::AmountNotPositive { amount: transfer.amount });
    }
    if transfer.debit == transfer.credit {
        return Err(Refused::SameAccount { account: transfer.debit });
    }
    if !transfer.kind.fits(debit, credit) {
        return Err(Refused::WrongAccounts { debit: transfer.debit, credit: transfer.credit });
    }
    Ok(())
}

/// Checks that a settlement is one of this reservation, whether or not the reservation still holds.
pub(crate) fn check_settlement(settlement: &Transfer, pending: &Transfer) -> Result<(), Refused> {
    let id = pending.id;
    let differs = |difference| Err(Refused::PendingMismatch { pending: id, difference });
    if pending.kind != Kind::Pending {
        return Err(Refused::UnknownPending { pending: id });
    }
    if (settlement.debit, settlement.credit) != (pending.debit, pending.credit) {
        return differs(Difference::Accounts);
    }
    if !settlement.subject.same_matter(&pending.subject) {
        return differs(Difference::Subject);
    }
    match settlement.kind {
        Kind::Post { .. } if settlement.amount > pending.amount => {
            Err(Refused::MoreThanPending { pending: id, reserved: pending.amount, wanted: settlement.amount })
        }
        Kind::Void { .. } | Kind::Expire { .. } if settlement.amount != pending.amount => differs(Difference::Amount),
        Kind::Expire { .. } if pending.expires_on.is_none_or(|last_day| china_day(settlement.at) <= last_day) => {
            Err(Refused::NotYetExpired { pending: id, last_day: pending.expires_on })
        }
        _ => Ok(()),
    }
}

/// What a settlement makes of its reservation.
pub(crate) fn outcome_of(settlement: &Transfer) -> Outcome {
    let by = settlement.id;
    match settlement.kind {
        Kind::Single(_) | Kind::Pending => Outcome::Open,
        Kind::Post { .. } => Outcome::Posted { by, amount: settlement.amount },
        Kind::Void { .. } => Outcome::Voided { by },
        Kind::Expire { .. } => Outcome::Expired { by },
    }
}

/// By how many fen a transfer changes the pending and the posted balances of both of its accounts.
#[derive(Clone, Copy)]
struct Step {
    pending: i64,
    posted: i64,
}

impl Step {
    fn of(transfer: &Transfer, pending: Option<&PendingState>) -> Step {
        let amount = transfer.amount.0;
        let reserved = pending.map_or(0, |pending| pending.transfer.amount.0);
        match transfer.kind {
            Kind::Single(_) => Step { pending: 0, posted: amount },
            Kind::Pending => Step { pending: amount, posted: 0 },
            Kind::Post { .. } => Step { pending: -reserved, posted: amount },
            Kind::Void { .. } | Kind::Expire { .. } => Step { pending: -reserved, posted: 0 },
        }
    }

    /// What the step takes from the free balance. A settlement takes nothing: its money was taken when reserved.
    fn takes(self) -> Fen {
        Fen(self.pending.saturating_add(self.posted))
    }
}

fn debited(account: &Account, step: Step, to: &Purpose) -> Result<Account, Refused> {
    let (free, wanted) = (account.free(), step.takes());
    if account.limit == Limit::DebitsWithinCredits && wanted > Fen(0) && wanted > free {
        return Err(Refused::Overdrawn { account: account.id, free, wanted });
    }
    let mut after = account.clone();
    after.debits_pending = moved(account, account.debits_pending, step.pending)?;
    after.debits_posted = moved(account, account.debits_posted, step.posted)?;
    if account.purpose.is_fund() && !to.is_paid() {
        after.withdrawn = moved(account, account.withdrawn, step.posted)?;
    }
    consistent(after)
}

fn credited(account: &Account, step: Step, from: &Purpose) -> Result<Account, Refused> {
    let mut after = account.clone();
    after.credits_pending = moved(account, account.credits_pending, step.pending)?;
    after.credits_posted = moved(account, account.credits_posted, step.posted)?;
    if account.purpose.is_fund() && from.is_paid() {
        after.returned = moved(account, account.returned, step.posted)?;
    }
    consistent(after)
}

fn moved(account: &Account, balance: Fen, by: i64) -> Result<Fen, Refused> {
    match balance.0.checked_add(by) {
        Some(sum) if sum < 0 => Err(Refused::Inconsistent { account: account.id }),
        Some(sum) if sum <= Fen::MAX.0 => Ok(Fen(sum)),
        _ => Err(Refused::TooLarge { account: account.id }),
    }
}

/// The invariants that hold of every account after every transfer. Only an account that was loaded broken fails them.
fn consistent(account: Account) -> Result<Account, Refused> {
    let within = account.limit == Limit::Unlimited || account.free() >= Fen(0);
    let parts = account.withdrawn <= account.debits_posted && account.returned <= account.credits_posted;
    if within && parts && account.paid() >= Fen(0) {
        Ok(account)
    } else {
        Err(Refused::Inconsistent { account: account.id })
    }
}
