//! Accounts: what each is for, how far it may be debited, and what a fund's balances mean.

use std::fmt;

use duixian_money::Fen;
use serde::{Deserialize, Serialize};

/// The number of an account, given by the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountId(pub i64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An account and its balances. The four double-entry balances only ever change through [`crate::Ledger::apply`].
///
/// All amounts are in fen, at least 0 and at most [`Fen::MAX`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// What it is for.
    pub purpose: Purpose,
    /// How far it may be debited.
    pub limit: Limit,
    /// Reserved to go out.
    #[serde(with = "crate::whole_fen")]
    pub debits_pending: Fen,
    /// Gone out.
    #[serde(with = "crate::whole_fen")]
    pub debits_posted: Fen,
    /// Reserved to come in; not money one can spend.
    #[serde(with = "crate::whole_fen")]
    pub credits_pending: Fen,
    /// Come in.
    #[serde(with = "crate::whole_fen")]
    pub credits_posted: Fen,
    /// Of a fund's `debits_posted`, what left it other than by payment: carried over, lapsed, taken back by a
    /// correction. 0 on other accounts.
    #[serde(with = "crate::whole_fen", default)]
    pub withdrawn: Fen,
    /// Of a fund's `credits_posted`, what had been paid and came back. 0 on other accounts.
    #[serde(with = "crate::whole_fen", default)]
    pub returned: Fen,
}

/// What an account is for. `fund` is the fund's name in the pack, `year` the budget year the money belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Purpose {
    /// 财政: where appropriations come from.
    Treasury,
    /// 专项资金: what may be granted in a year.
    Fund {
        /// The fund's name in the pack.
        fund: String,
        /// Its budget year.
        year: i32,
    },
    /// 已拨付: what was paid out of that year's fund.
    Paid {
        /// The fund's name in the pack.
        fund: String,
        /// The budget year it was paid from, which may be before the year of payment.
        year: i32,
    },
    /// 收回: what nobody was granted by the end of the year, where the fund does not carry over.
    Lapsed {
        /// The fund's name in the pack.
        fund: String,
        /// The budget year it was left over from.
        year: i32,
    },
}

impl Purpose {
    /// The fund and budget year, or `None` for the treasury.
    pub fn fund_year(&self) -> Option<(&str, i32)> {
        match self {
            Purpose::Treasury => None,
            Purpose::Fund { fund, year } | Purpose::Paid { fund, year } | Purpose::Lapsed { fund, year } => {
                Some((fund, *year))
            }
        }
    }

    /// Whether this is a fund's account for a year.
    pub fn is_fund(&self) -> bool {
        matches!(self, Purpose::Fund { .. })
    }

    /// Whether this is what was paid out of a fund.
    pub fn is_paid(&self) -> bool {
        matches!(self, Purpose::Paid { .. })
    }

    /// For people, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Purpose::Treasury => "财政".into(),
            Purpose::Fund { fund, year } => format!("{fund}（{year} 年度）"),
            Purpose::Paid { fund, year } => format!("{fund}（{year} 年度）已拨付账户"),
            Purpose::Lapsed { fund, year } => format!("{fund}（{year} 年度）收回账户"),
        }
    }

    /// For people, in English.
    pub fn en(&self) -> String {
        match self {
            Purpose::Treasury => "the treasury".into(),
            Purpose::Fund { fund, year } => format!("{fund} of {year}"),
            Purpose::Paid { fund, year } => format!("payments from {fund} of {year}"),
            Purpose::Lapsed { fund, year } => format!("money lapsed from {fund} of {year}"),
        }
    }
}

/// How far an account may be debited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Limit {
    /// Without limit: the treasury, whose own budget is kept elsewhere.
    Unlimited,
    /// `debits_posted + debits_pending ≤ credits_posted`, always. Money only promised to it cannot be spent.
    DebitsWithinCredits,
}

impl Account {
    /// An empty account with the limit that its purpose calls for: none for the treasury, all others within credits.
    pub fn new(id: AccountId, purpose: Purpose) -> Account {
        let limit = if purpose == Purpose::Treasury { Limit::Unlimited } else { Limit::DebitsWithinCredits };
        Account {
            id,
            purpose,
            limit,
            debits_pending: Fen(0),
            debits_posted: Fen(0),
            credits_pending: Fen(0),
            credits_posted: Fen(0),
            withdrawn: Fen(0),
            returned: Fen(0),
        }
    }

    /// The same account before anything was booked on it.
    pub fn emptied(&self) -> Account {
        Account { limit: self.limit, ..Account::new(self.id, self.purpose.clone()) }
    }

    /// What may still be granted: come in, less gone out, less reserved. Negative only where there is no limit.
    pub fn free(&self) -> Fen {
        Fen(self.credits_posted.0.saturating_sub(self.debits_posted.0).saturating_sub(self.debits_pending.0))
    }

    /// Decided and not yet paid.
    pub fn reserved(&self) -> Fen {
        self.debits_pending
    }

    /// Of a fund's money, what enterprises have received and kept: payments less what came back.
    pub fn paid(&self) -> Fen {
        Fen(self.debits_posted.0.saturating_sub(self.withdrawn.0).saturating_sub(self.returned.0))
    }

    /// The size of a fund in its year, so that always `size = paid + reserved + free`.
    ///
    /// It is what was appropriated and carried in, less what was carried out, lapsed or taken back: the money that this
    /// year's fund has paid, is bound to pay, or may still grant. Carrying over therefore makes the old year smaller by
    /// what makes the new one larger, and two years together count it once. A returned payment leaves the size as it
    /// is: it was inside when it was appropriated, it only goes from paid to free.
    pub fn size(&self) -> Fen {
        Fen(self.credits_posted.0.saturating_sub(self.returned.0).saturating_sub(self.withdrawn.0))
    }
}
