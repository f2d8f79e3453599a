//! The end of a fund's year: what nobody was granted goes to the next year, or back.

use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{Account, AccountId, Entry, Kind, Subject, Transfer, TransferId};

/// What a fund does with money left over at the end of its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CarryRule {
    /// 结转下年: into the same fund of a later year.
    CarryOver,
    /// 收回: into the account of what lapsed.
    Lapse,
}

/// The transfers that close a fund's year: none when nothing is free, else one of all that is free.
///
/// Money that is reserved stays with its year, because the decision that promised it was taken under that year's
/// budget; it is paid from there in the next year, or released there. What is released or returned afterwards is free
/// again in the old year: closing it once more, with a new number, moves that too. So a year may be closed any number
/// of times and money is only ever moved once.
///
/// `into` is the account to credit: the fund of a later year for [`CarryRule::CarryOver`], the lapsed account of the
/// same year for [`CarryRule::Lapse`]. [`crate::Ledger::apply`] refuses any other. `id` and `at` become the transfer's.
pub fn close_year(account: &Account, rule: CarryRule, into: AccountId, id: TransferId, at: i64) -> Vec<Transfer> {
    let free = account.free();
    if free <= Fen(0) {
        return Vec::new();
    }
    let (entry, memo) = match rule {
        CarryRule::CarryOver => (Entry::CarryOver, "年末结余结转"),
        CarryRule::Lapse => (Entry::Lapse, "年末结余收回"),
    };
    vec![Transfer {
        id,
        debit: account.id,
        credit: into,
        amount: free,
        kind: Kind::Single(entry),
        at,
        expires_on: None,
        subject: Subject { memo: memo.into(), ..Subject::default() },
    }]
}
