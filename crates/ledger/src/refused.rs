//! Why a transfer is refused, for programs by variant and for people in Chinese and English.

use std::fmt;

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{AccountId, Ledger, Outcome, TransferId};

/// Why a transfer is refused. Nothing has changed when it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The account has not that much left.
    Overdrawn {
        /// The account to be debited.
        account: AccountId,
        /// What it has left.
        #[serde(with = "crate::whole_fen")]
        free: Fen,
        /// What was asked.
        #[serde(with = "crate::whole_fen")]
        wanted: Fen,
    },
    /// The amount is 0 or less.
    AmountNotPositive {
        /// The amount.
        #[serde(with = "crate::whole_fen")]
        amount: Fen,
    },
    /// It goes from an account to itself.
    SameAccount {
        /// That account.
        account: AccountId,
    },
    /// There is no such account (among those loaded).
    UnknownAccount {
        /// The number asked for.
        account: AccountId,
    },
    /// Money may not move between these two for this reason ([`crate::Kind::fits`]).
    WrongAccounts {
        /// From.
        debit: AccountId,
        /// To.
        credit: AccountId,
    },
    /// There is no such reservation (among those loaded).
    UnknownPending {
        /// The number asked for.
        pending: TransferId,
    },
    /// The reservation was paid or released before.
    AlreadySettled {
        /// The reservation.
        pending: TransferId,
        /// What became of it.
        how: Outcome,
    },
    /// The settlement is not of this reservation.
    PendingMismatch {
        /// The reservation.
        pending: TransferId,
        /// In what they differ.
        difference: Difference,
    },
    /// More was to be paid than was reserved.
    MoreThanPending {
        /// The reservation.
        pending: TransferId,
        /// What it reserves.
        #[serde(with = "crate::whole_fen")]
        reserved: Fen,
        /// What was to be paid.
        #[serde(with = "crate::whole_fen")]
        wanted: Fen,
    },
    /// The reservation still holds.
    NotYetExpired {
        /// The reservation.
        pending: TransferId,
        /// The last day on which it holds; `None` when it has no end.
        last_day: Option<NaiveDate>,
    },
    /// Another transfer has this number.
    DuplicateDifferent {
        /// The number.
        transfer: TransferId,
    },
    /// A balance or a sum would go beyond [`Fen::MAX`].
    TooLarge {
        /// The account.
        account: AccountId,
    },
    /// The stored balances of the account contradict each other or its reservations; [`crate::verify()`] tells more.
    Inconsistent {
        /// The account.
        account: AccountId,
    },
}

/// In what a settlement differs from its reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Difference {
    /// The accounts.
    Accounts,
    /// The amount: a release is always of the whole.
    Amount,
    /// The case, measure or clause.
    Subject,
}

impl Refused {
    /// For people, in Chinese; accounts by number.
    pub fn zh(&self) -> String {
        self.zh_naming(&|account| format!("账户 {account}"))
    }

    /// For people, in English; accounts by number.
    pub fn en(&self) -> String {
        self.en_naming(&|account| format!("account {account}"))
    }

    /// For people, in Chinese; accounts by what they are for.
    pub fn zh_in(&self, ledger: &Ledger) -> String {
        self.zh_naming(&|id| ledger.account(id).map_or_else(|| format!("账户 {id}"), |account| account.purpose.zh()))
    }

    /// For people, in English; accounts by what they are for.
    pub fn en_in(&self, ledger: &Ledger) -> String {
        self.en_naming(&|id| ledger.account(id).map_or_else(|| format!("account {id}"), |account| account.purpose.en()))
    }

    /// For people, in Chinese; accounts as the caller names them.
    pub fn zh_naming(&self, name: &dyn Fn(AccountId) -> String) -> String {
        match self {
            Refused::Overdrawn { account, free, wanted } => format!(
                "{}可用余额不足：尚余 {} 元，需要 {} 元。请减少金额，或待预算追加后再办。",
                name(*account),
                free.to_grouped_yuan(),
                wanted.to_grouped_yuan()
            ),
            Refused::AmountNotPositive { amount } => {
                format!("金额必须大于零，现为 {} 元。", amount.to_grouped_yuan())
            }
            Refused::SameAccount { account } => format!("转出与转入同为{}，请选择两个不同的账户。", name(*account)),
            Refused::UnknownAccount { account } => format!("没有编号为 {account} 的账户，请先设立该账户。"),
            Refused::WrongAccounts { debit, credit } => {
                format!("此类业务不能从{}转入{}，请核对资金名称、年度与业务类型。", name(*debit), name(*credit))
            }
            Refused::UnknownPending { pending } => format!("没有编号为 {pending} 的资金预留，请核对编号。"),
            Refused::AlreadySettled { pending, how } => {
                let (did, by) = match how {
                    Outcome::Open => ("仍然有效", None),
                    Outcome::Posted { by, .. } => ("已经拨付", Some(by)),
                    Outcome::Voided { by } => ("已经撤销", Some(by)),
                    Outcome::Expired { by } => ("已经到期释放", Some(by)),
                };
                let by = by.map(|by| format!("（见记录 {by}）")).unwrap_or_default();
                format!("资金预留 {pending} {did}{by}，不能再次处理。")
            }
            Refused::PendingMismatch { pending, difference } => match difference {
                Difference::Accounts => format!("所用账户与资金预留 {pending} 的账户不同，请按预留的账户办理。"),
                Difference::Amount => format!("撤销或到期释放须为资金预留 {pending} 的全额。"),
                Difference::Subject => format!("申请、措施或条款与资金预留 {pending} 不同，请核对是否选错预留。"),
            },
            Refused::MoreThanPending { pending, reserved, wanted } => format!(
                "拨付 {} 元超过资金预留 {pending} 的 {} 元。超出部分须另行审定。",
                wanted.to_grouped_yuan(),
                reserved.to_grouped_yuan()
            ),
            Refused::NotYetExpired { pending, last_day } => match last_day {
                Some(day) => {
                    format!("资金预留 {pending} 有效至 {}（含当日），尚未到期。", day.format("%Y年%-m月%-d日"))
                }
                None => format!("资金预留 {pending} 没有期限，不会到期；如需释放，请撤销。"),
            },
            Refused::DuplicateDifferent { transfer } => {
                format!("编号 {transfer} 已用于另一笔内容不同的记录，请换用新的编号。")
            }
            Refused::TooLarge { account } => format!("{}的金额超出系统可记的上限，请核对金额单位。", name(*account)),
            Refused::Inconsistent { account } => {
                format!("{}的余额与其记录不符，已停止记账。请先核对账目，再重新办理。", name(*account))
            }
        }
    }

    /// For people, in English; accounts as the caller names them.
    pub fn en_naming(&self, name: &dyn Fn(AccountId) -> String) -> String {
        match self {
            Refused::Overdrawn { account, free, wanted } => format!(
                "Not enough left in {}: {} yuan are free, {} are needed. Lower the amount, or wait for a further appropriation.",
                name(*account),
                free.to_grouped_yuan(),
                wanted.to_grouped_yuan()
            ),
            Refused::AmountNotPositive { amount } => {
                format!("An amount must be more than zero; this is {} yuan.", amount.to_grouped_yuan())
            }
            Refused::SameAccount { account } => {
                format!("The money would go from {} to itself. Choose two different accounts.", name(*account))
            }
            Refused::UnknownAccount { account } => format!("There is no account {account}. Open it first."),
            Refused::WrongAccounts { debit, credit } => format!(
                "This kind of entry can't move money from {} to {}. Check the fund, the year and the kind.",
                name(*debit),
                name(*credit)
            ),
            Refused::UnknownPending { pending } => format!("There is no reservation {pending}. Check its number."),
            Refused::AlreadySettled { pending, how } => {
                let (did, by) = match how {
                    Outcome::Open => ("still holds", None),
                    Outcome::Posted { by, .. } => ("has been paid", Some(by)),
                    Outcome::Voided { by } => ("has been released", Some(by)),
                    Outcome::Expired { by } => ("has expired", Some(by)),
                };
                let by = by.map(|by| format!(" (entry {by})")).unwrap_or_default();
                format!("Reservation {pending} {did}{by}; it can't be settled again.")
            }
            Refused::PendingMismatch { pending, difference } => match difference {
                Difference::Accounts => {
                    format!("The accounts are not those of reservation {pending}. Use the accounts it was made on.")
                }
                Difference::Amount => format!("Reservation {pending} can only be released as a whole."),
                Difference::Subject => format!(
                    "The case, measure or clause is not that of reservation {pending}. Check that it is the one you mean."
                ),
            },
            Refused::MoreThanPending { pending, reserved, wanted } => format!(
                "A payment of {} yuan is more than the {} of reservation {pending}. What is above it needs a decision of its own.",
                wanted.to_grouped_yuan(),
                reserved.to_grouped_yuan()
            ),
            Refused::NotYetExpired { pending, last_day } => match last_day {
                Some(day) => format!("Reservation {pending} holds up to and including {day}; it has not expired."),
                None => format!("Reservation {pending} has no last day and never expires. To release it, void it."),
            },
            Refused::DuplicateDifferent { transfer } => {
                format!("Number {transfer} belongs to another entry with different content. Use a new number.")
            }
            Refused::TooLarge { account } => {
                format!("The amounts of {} would exceed what can be recorded. Check the unit.", name(*account))
            }
            Refused::Inconsistent { account } => format!(
                "The balances of {} don't agree with its entries, so nothing was booked. Verify the books, then try again.",
                name(*account)
            ),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh())
    }
}

impl std::error::Error for Refused {}
