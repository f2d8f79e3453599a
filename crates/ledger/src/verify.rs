//! Balances derived anew from the transfers, and where the stored ones differ.

use std::collections::BTreeMap;
use std::fmt;

use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::ledger::{check_form, check_settlement, outcome_of};
use crate::{Account, AccountId, Kind, Ledger, Limit, Outcome, PendingState, Purpose, Refused, Transfer, TransferId};

/// Something in the stored books that cannot be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Discrepancy {
    /// A stored balance is not what the transfers add up to.
    Balance {
        /// The account.
        account: AccountId,
        /// Which of its balances.
        field: Field,
        /// What is stored.
        #[serde(with = "crate::whole_fen")]
        stored: Fen,
        /// What the transfers add up to.
        #[serde(with = "crate::whole_fen")]
        derived: Fen,
    },
    /// By its transfers, more has gone out of an account or is reserved than came in.
    Overdrawn {
        /// The account.
        account: AccountId,
        /// By how much.
        #[serde(with = "crate::whole_fen")]
        by: Fen,
    },
    /// A recorded transfer that should have been refused.
    Transfer {
        /// The transfer.
        transfer: TransferId,
        /// Why.
        refused: Refused,
    },
    /// Two records have this number.
    Repeated {
        /// The number.
        transfer: TransferId,
    },
    /// Over all stored accounts, debits are not credits: money appeared or was lost.
    Unbalanced {
        /// [`Field::DebitsPending`] or [`Field::DebitsPosted`], against the credits of the same name.
        field: Field,
        /// The sum of debits.
        #[serde(with = "crate::whole_fen")]
        debits: Fen,
        /// The sum of credits.
        #[serde(with = "crate::whole_fen")]
        credits: Fen,
    },
    /// The stored state of a reservation is not what the transfers make of it; `None` where there is none.
    Pending {
        /// The reservation.
        pending: TransferId,
        /// What is stored.
        stored: Option<Outcome>,
        /// What the transfers make of it.
        derived: Option<Outcome>,
    },
}

/// A stored figure of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// [`Account::debits_pending`].
    DebitsPending,
    /// [`Account::debits_posted`].
    DebitsPosted,
    /// [`Account::credits_pending`].
    CreditsPending,
    /// [`Account::credits_posted`].
    CreditsPosted,
    /// [`Account::withdrawn`].
    Withdrawn,
    /// [`Account::returned`].
    Returned,
}

/// A replay came to a transfer that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayStopped {
    /// The transfer.
    pub transfer: TransferId,
    /// Why.
    pub refused: Refused,
}

/// The books made anew: the accounts emptied, then every transfer applied in the order in which they were accepted.
pub fn replay<'a>(
    accounts: impl IntoIterator<Item = &'a Account>,
    transfers: impl IntoIterator<Item = &'a Transfer>,
) -> Result<Ledger, ReplayStopped> {
    let mut ledger = accounts.into_iter().fold(Ledger::new(), |ledger, account| ledger.with_account(account.emptied()));
    for transfer in transfers {
        ledger.apply(transfer).map_err(|refused| ReplayStopped { transfer: transfer.id, refused })?;
    }
    Ok(ledger)
}

/// Checks the stored balances of all accounts against all transfers, in any order.
///
/// Balances are sums, and a sum has no order. A store's numbers may be out of the order of acceptance where two
/// transactions ran side by side, so the check must not depend on it. It shares no arithmetic with [`Ledger::apply`].
pub fn verify(accounts: &[Account], transfers: &[Transfer]) -> Vec<Discrepancy> {
    let mut found = Vec::new();
    let mut sums: BTreeMap<AccountId, Sums> = accounts.iter().map(|account| (account.id, [0; 6])).collect();
    let purposes: BTreeMap<AccountId, &Purpose> =
        accounts.iter().map(|account| (account.id, &account.purpose)).collect();
    let pendings = pendings_by_id(transfers);
    let mut settled: BTreeMap<TransferId, Outcome> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for transfer in transfers {
        if !seen.insert(transfer.id) {
            found.push(Discrepancy::Repeated { transfer: transfer.id });
        }
        let wrong = |refused| Discrepancy::Transfer { transfer: transfer.id, refused };
        let (Some(debit), Some(credit)) = (purposes.get(&transfer.debit), purposes.get(&transfer.credit)) else {
            let unknown = if purposes.contains_key(&transfer.debit) { transfer.credit } else { transfer.debit };
            found.push(wrong(Refused::UnknownAccount { account: unknown }));
            continue;
        };
        if let Err(refused) = check_form(transfer, debit, credit) {
            found.push(wrong(refused));
        }
        if let Some(id) = transfer.kind.settles() {
            let checked = match pendings.get(&id) {
                None => Err(Refused::UnknownPending { pending: id }),
                Some(pending) => check_settlement(transfer, pending),
            };
            let once = match settled.insert(id, outcome_of(transfer)) {
                Some(how) => Err(Refused::AlreadySettled { pending: id, how }),
                None => Ok(()),
            };
            found.extend(checked.err().into_iter().chain(once.err()).map(wrong));
        }
        let amount = i128::from(transfer.amount.0);
        let released = transfer.kind.settles().and_then(|id| pendings.get(&id)).map_or(0, |it| i128::from(it.amount.0));
        let (pending, posted) = match transfer.kind {
            Kind::Single(_) => (0, amount),
            Kind::Pending => (amount, 0),
            Kind::Post { .. } => (-released, amount),
            Kind::Void { .. } | Kind::Expire { .. } => (-released, 0),
        };
        let withdrawn = if debit.is_fund() && !credit.is_paid() { posted } else { 0 };
        let returned = if credit.is_fund() && debit.is_paid() { posted } else { 0 };
        add(&mut sums, transfer.debit, [pending, posted, 0, 0, withdrawn, 0]);
        add(&mut sums, transfer.credit, [0, 0, pending, posted, 0, returned]);
    }
    for account in accounts {
        compare(account, &sums[&account.id], &mut found);
    }
    conserve(accounts, &mut found);
    found
}

/// Checks the stored states of all reservations against all transfers, in any order.
pub fn verify_pendings(pendings: &[PendingState], transfers: &[Transfer]) -> Vec<Discrepancy> {
    let mut derived: BTreeMap<TransferId, Outcome> =
        pendings_by_id(transfers).into_keys().map(|id| (id, Outcome::Open)).collect();
    for transfer in transfers {
        if let Some(outcome) = transfer.kind.settles().and_then(|id| derived.get_mut(&id)) {
            *outcome = outcome_of(transfer);
        }
    }
    let stored: BTreeMap<TransferId, Outcome> = pendings.iter().map(|it| (it.transfer.id, it.outcome)).collect();
    let ids: std::collections::BTreeSet<TransferId> = stored.keys().chain(derived.keys()).copied().collect();
    ids.into_iter()
        .map(|id| Discrepancy::Pending {
            pending: id,
            stored: stored.get(&id).copied(),
            derived: derived.get(&id).copied(),
        })
        .filter(|it| !matches!(it, Discrepancy::Pending { stored, derived, .. } if stored == derived))
        .collect()
}

/// In the order of [`Field`].
type Sums = [i128; 6];

const FIELDS: [Field; 6] = [
    Field::DebitsPending,
    Field::DebitsPosted,
    Field::CreditsPending,
    Field::CreditsPosted,
    Field::Withdrawn,
    Field::Returned,
];

fn stored(account: &Account) -> [Fen; 6] {
    [
        account.debits_pending,
        account.debits_posted,
        account.credits_pending,
        account.credits_posted,
        account.withdrawn,
        account.returned,
    ]
}

fn pendings_by_id(transfers: &[Transfer]) -> BTreeMap<TransferId, &Transfer> {
    transfers.iter().filter(|it| it.kind == Kind::Pending).map(|it| (it.id, it)).collect()
}

fn add(sums: &mut BTreeMap<AccountId, Sums>, account: AccountId, step: Sums) {
    for (sum, step) in sums.entry(account).or_default().iter_mut().zip(step) {
        *sum += step;
    }
}

fn compare(account: &Account, sums: &Sums, found: &mut Vec<Discrepancy>) {
    for ((field, stored), derived) in FIELDS.into_iter().zip(stored(account)).zip(sums) {
        if i128::from(stored.0) != *derived {
            found.push(Discrepancy::Balance { account: account.id, field, stored, derived: shown(*derived) });
        }
    }
    let [debits_pending, debits_posted, _, credits_posted, ..] = sums;
    let over = debits_pending + debits_posted - credits_posted;
    if account.limit == Limit::DebitsWithinCredits && over > 0 {
        found.push(Discrepancy::Overdrawn { account: account.id, by: shown(over) });
    }
}

fn conserve(accounts: &[Account], found: &mut Vec<Discrepancy>) {
    let total = |field: fn(&Account) -> Fen| accounts.iter().map(|account| i128::from(field(account).0)).sum::<i128>();
    let pairs = [
        (Field::DebitsPending, total(|it| it.debits_pending), total(|it| it.credits_pending)),
        (Field::DebitsPosted, total(|it| it.debits_posted), total(|it| it.credits_posted)),
    ];
    for (field, debits, credits) in pairs {
        if debits != credits {
            found.push(Discrepancy::Unbalanced { field, debits: shown(debits), credits: shown(credits) });
        }
    }
}

/// A sum as an amount. Only a broken book leaves the range of `i64`, and there the exact figure helps nobody.
fn shown(sum: i128) -> Fen {
    Fen(sum.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
}

impl Field {
    /// For people, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Field::DebitsPending => "待转出",
            Field::DebitsPosted => "已转出",
            Field::CreditsPending => "待转入",
            Field::CreditsPosted => "已转入",
            Field::Withdrawn => "结转与收回",
            Field::Returned => "退回",
        }
    }

    /// For people, in English.
    pub fn en(self) -> &'static str {
        match self {
            Field::DebitsPending => "reserved to go out",
            Field::DebitsPosted => "gone out",
            Field::CreditsPending => "reserved to come in",
            Field::CreditsPosted => "come in",
            Field::Withdrawn => "carried over, lapsed or taken back",
            Field::Returned => "returned",
        }
    }
}

impl Outcome {
    /// For people, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Outcome::Open => "有效",
            Outcome::Posted { .. } => "已拨付",
            Outcome::Voided { .. } => "已撤销",
            Outcome::Expired { .. } => "已到期释放",
        }
    }

    /// For people, in English.
    pub fn en(self) -> &'static str {
        match self {
            Outcome::Open => "open",
            Outcome::Posted { .. } => "paid",
            Outcome::Voided { .. } => "released",
            Outcome::Expired { .. } => "expired",
        }
    }
}

/// How a reservation has ended, with the entry by which it did and the amount: two that end alike differ by these.
fn ended_zh(outcome: Option<Outcome>) -> String {
    let said = outcome.map_or("没有此预留", Outcome::zh);
    match outcome {
        Some(Outcome::Posted { by, amount }) => format!("{said}（记录 {by}，{amount} 元）"),
        Some(Outcome::Voided { by } | Outcome::Expired { by }) => format!("{said}（记录 {by}）"),
        Some(Outcome::Open) | None => said.to_owned(),
    }
}

fn ended_en(outcome: Option<Outcome>) -> String {
    let said = outcome.map_or("missing", Outcome::en);
    match outcome {
        Some(Outcome::Posted { by, amount }) => format!("{said} ({amount} yuan, entry {by})"),
        Some(Outcome::Voided { by } | Outcome::Expired { by }) => format!("{said} (entry {by})"),
        Some(Outcome::Open) | None => said.to_owned(),
    }
}

impl Discrepancy {
    /// For people, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Discrepancy::Balance { account, field, stored, derived } => {
                format!("账户 {account} 的“{}”记为 {stored} 元，按各笔记录应为 {derived} 元。", field.zh())
            }
            Discrepancy::Overdrawn { account, by } => format!("账户 {account} 按各笔记录超支 {by} 元。"),
            Discrepancy::Transfer { transfer, refused } => format!("记录 {transfer} 不应成立：{}", refused.zh()),
            Discrepancy::Repeated { transfer } => format!("编号 {transfer} 有不止一笔记录。"),
            Discrepancy::Unbalanced { field, debits, credits } => {
                let which = if *field == Field::DebitsPending { "预留" } else { "入账" };
                format!("全部账户{which}的转出合计 {debits} 元，转入合计 {credits} 元，两者应当相等。")
            }
            Discrepancy::Pending { pending, stored, derived } => {
                let (stored, derived) = (ended_zh(*stored), ended_zh(*derived));
                format!("资金预留 {pending} 记为“{stored}”，按各笔记录应为“{derived}”。")
            }
        }
    }

    /// For people, in English.
    pub fn en(&self) -> String {
        match self {
            Discrepancy::Balance { account, field, stored, derived } => {
                format!("Account {account}, {}: {stored} yuan are stored, its entries add up to {derived}.", field.en())
            }
            Discrepancy::Overdrawn { account, by } => {
                format!("Account {account} is overdrawn by {by} yuan, by its entries.")
            }
            Discrepancy::Transfer { transfer, refused } => format!("Entry {transfer} can't stand: {}", refused.en()),
            Discrepancy::Repeated { transfer } => format!("More than one entry has number {transfer}."),
            Discrepancy::Unbalanced { field, debits, credits } => {
                let which = if *field == Field::DebitsPending { "reserved" } else { "posted" };
                format!(
                    "Over all accounts, {debits} yuan are {which} going out and {credits} coming in; these must be equal."
                )
            }
            Discrepancy::Pending { pending, stored, derived } => {
                let (stored, derived) = (ended_en(*stored), ended_en(*derived));
                format!("Reservation {pending} is stored as {stored}; by the entries it is {derived}.")
            }
        }
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh())
    }
}

impl fmt::Display for ReplayStopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "记录 {}：{}", self.transfer, self.refused.zh())
    }
}

impl std::error::Error for ReplayStopped {}
