//! Transfers: one debit, one credit, an amount, and what it is about. Never edited once accepted.

use std::fmt;

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{AccountId, Purpose};

/// The number of a transfer, given by the store. Sending a transfer again under its number does nothing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TransferId(pub i64);

impl fmt::Display for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One movement of money, or of a promise of money, from one account to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its number.
    pub id: TransferId,
    /// Where it goes from.
    pub debit: AccountId,
    /// Where it goes to.
    pub credit: AccountId,
    /// How much, in fen; more than 0.
    #[serde(with = "crate::whole_fen")]
    pub amount: Fen,
    /// What it does.
    pub kind: Kind,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Of a [`Kind::Pending`], the last day in China on which it is held; it can be expired from the day after. Not
    /// read on other kinds.
    pub expires_on: Option<NaiveDate>,
    /// What it is about.
    pub subject: Subject,
}

/// What a transfer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Moves money at once.
    Single(Entry),
    /// Reserves: `Fund → Paid`, of one fund and year.
    Pending,
    /// Pays a reservation, in full or in part. Of a part, the rest is released at the same moment: a reservation is
    /// settled once. It may be posted after `expires_on` as long as nobody has expired it, because a bank's result
    /// of the last day arrives later, and money that has left must be booked.
    Post {
        /// The reservation.
        pending: TransferId,
    },
    /// Releases a reservation in full: refused or withdrawn.
    Void {
        /// The reservation.
        pending: TransferId,
    },
    /// Releases a reservation in full: its last day has passed.
    Expire {
        /// The reservation.
        pending: TransferId,
    },
}

/// Why money moves at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Entry {
    /// 年度预算安排: `Treasury → Fund`.
    Appropriation,
    /// 结转: `Fund → Fund` of the same name and a later year.
    CarryOver,
    /// 收回: `Fund → Lapsed` of the same year.
    Lapse,
    /// 退回: `Paid → Fund` of the same year. The bank sent a payment back, or it was recovered.
    Return,
    /// 更正: between a fund and its own payments or lapsed money, between funds, or from and to the treasury.
    Correction,
    /// 垫付及归还: `Treasury → Fund` and back. What the bank has paid though nothing was set aside for it, and nothing was free.
    Advance,
}

/// What a transfer is about. A settlement has the case, measure and clause of its reservation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The case, by its number in the store.
    pub case: Option<i64>,
    /// The measure's name in the pack.
    pub measure: Option<String>,
    /// The clause of the policy.
    pub clause: Option<String>,
    /// A word for the reader; not interpreted.
    pub memo: String,
}

impl Subject {
    /// Whether both are about the same case, measure and clause, whatever their memos say.
    pub fn same_matter(&self, other: &Subject) -> bool {
        self.case == other.case && self.measure == other.measure && self.clause == other.clause
    }
}

impl Kind {
    /// The reservation this settles.
    pub fn settles(self) -> Option<TransferId> {
        match self {
            Kind::Single(_) | Kind::Pending => None,
            Kind::Post { pending } | Kind::Void { pending } | Kind::Expire { pending } => Some(pending),
        }
    }

    /// Whether money may move this way for this reason, by what the two accounts are for.
    ///
    /// The balances would add up without it. It keeps each account worth its name: nothing is in `Paid` that did not
    /// leave its own fund, and a fund's money changes funds only by a correction that says so.
    pub fn fits(self, debit: &Purpose, credit: &Purpose) -> bool {
        let same_fund_year = debit.fund_year() == credit.fund_year();
        match self {
            Kind::Pending | Kind::Post { .. } | Kind::Void { .. } | Kind::Expire { .. } => {
                debit.is_fund() && credit.is_paid() && same_fund_year
            }
            Kind::Single(Entry::Appropriation) => *debit == Purpose::Treasury && credit.is_fund(),
            Kind::Single(Entry::CarryOver) => match (debit, credit) {
                (Purpose::Fund { fund, year }, Purpose::Fund { fund: next_fund, year: next_year }) => {
                    fund == next_fund && year < next_year
                }
                _ => false,
            },
            Kind::Single(Entry::Lapse) => debit.is_fund() && matches!(credit, Purpose::Lapsed { .. }) && same_fund_year,
            Kind::Single(Entry::Return) => debit.is_paid() && credit.is_fund() && same_fund_year,
            Kind::Single(Entry::Advance) => {
                let is_treasury = |one: &Purpose| *one == Purpose::Treasury;
                is_treasury(debit) && credit.is_fund() || debit.is_fund() && is_treasury(credit)
            }
            Kind::Single(Entry::Correction) => correctable(debit, credit) || correctable(credit, debit),
        }
    }
}

/// One direction of the pairs between which a correction may move money; the other follows by exchange.
fn correctable(one: &Purpose, other: &Purpose) -> bool {
    let own_fund = other.is_fund() && one.fund_year() == other.fund_year();
    match one {
        Purpose::Treasury => other.is_fund(),
        Purpose::Fund { .. } => other.is_fund(),
        Purpose::Paid { .. } => own_fund,
        Purpose::Lapsed { .. } => own_fund || *other == Purpose::Treasury,
    }
}

impl Transfer {
    /// The payment of a reservation, in full or in part ([`Kind::Post`]).
    pub fn post(id: TransferId, pending: &Transfer, amount: Fen, at: i64) -> Transfer {
        Transfer { amount, ..pending.settled_by(id, Kind::Post { pending: pending.id }, at) }
    }

    /// The release of a reservation that was refused or withdrawn ([`Kind::Void`]).
    pub fn void(id: TransferId, pending: &Transfer, at: i64) -> Transfer {
        pending.settled_by(id, Kind::Void { pending: pending.id }, at)
    }

    /// The release of a reservation whose last day has passed ([`Kind::Expire`]).
    pub fn expire(id: TransferId, pending: &Transfer, at: i64) -> Transfer {
        pending.settled_by(id, Kind::Expire { pending: pending.id }, at)
    }

    /// The return of what a reservation paid ([`Entry::Return`]): the bank sent it back. It is free again, for whatever is made of it.
    pub fn give_back(id: TransferId, pending: &Transfer, at: i64) -> Transfer {
        let (debit, credit) = (pending.credit, pending.debit);
        Transfer { debit, credit, ..pending.settled_by(id, Kind::Single(Entry::Return), at) }
    }

    fn settled_by(&self, id: TransferId, kind: Kind, at: i64) -> Transfer {
        Transfer { id, kind, at, expires_on: None, ..self.clone() }
    }

    /// Whether this is the other transfer sent again: the same in everything but the instant, which is when it was
    /// sent and not part of what it says. The first instant stands.
    pub fn repeats(&self, other: &Transfer) -> bool {
        Transfer { at: other.at, ..self.clone() } == *other
    }
}
