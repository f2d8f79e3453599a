//! A small treasury to test on, and random operations on it: sensible ones, and every kind of wrong one.

use chrono::NaiveDate;
use duixian_ledger::{
    Account, AccountId, Applied, Entry, Kind, Ledger, Purpose, Refused, Subject, Transfer, TransferId,
    start_of_china_day,
};
use duixian_money::Fen;
use proptest::prelude::*;

pub const TREASURY: i64 = 1;
pub const A25: i64 = 2;
pub const A26: i64 = 3;
pub const B25: i64 = 4;
pub const A25_PAID: i64 = 5;
pub const A26_PAID: i64 = 6;
pub const B25_PAID: i64 = 7;
pub const A25_LAPSED: i64 = 8;
pub const B25_LAPSED: i64 = 9;

/// The accounts, empty.
pub fn accounts() -> Vec<Account> {
    let (a, b) = (|| "创新专项资金".to_string(), || "产业扶持资金".to_string());
    let purposes = [
        (TREASURY, Purpose::Treasury),
        (A25, Purpose::Fund { fund: a(), year: 2025 }),
        (A26, Purpose::Fund { fund: a(), year: 2026 }),
        (B25, Purpose::Fund { fund: b(), year: 2025 }),
        (A25_PAID, Purpose::Paid { fund: a(), year: 2025 }),
        (A26_PAID, Purpose::Paid { fund: a(), year: 2026 }),
        (B25_PAID, Purpose::Paid { fund: b(), year: 2025 }),
        (A25_LAPSED, Purpose::Lapsed { fund: a(), year: 2025 }),
        (B25_LAPSED, Purpose::Lapsed { fund: b(), year: 2025 }),
    ];
    purposes.into_iter().map(|(id, purpose)| Account::new(AccountId(id), purpose)).collect()
}

pub fn ledger() -> Ledger {
    accounts().into_iter().fold(Ledger::new(), Ledger::with_account)
}

/// Noon in China, so many days after 1 January 2025.
pub fn noon(day: i64) -> i64 {
    start_of_china_day(date(0)) + day * 86_400_000 + 43_200_000
}

pub fn date(day: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day of the calendar") + chrono::Duration::days(day)
}

pub fn transfer(id: i64, debit: i64, credit: i64, amount: i64, kind: Kind) -> Transfer {
    Transfer {
        id: TransferId(id),
        debit: AccountId(debit),
        credit: AccountId(credit),
        amount: Fen(amount),
        kind,
        at: noon(0),
        expires_on: None,
        subject: Subject::default(),
    }
}

/// Every way money may move here, written out by hand and not by the rule that the library follows.
pub const WAYS: [(Kind, &[(i64, i64)]); 7] = [
    (Kind::Single(Entry::Appropriation), &[(TREASURY, A25), (TREASURY, A26), (TREASURY, B25)]),
    (Kind::Single(Entry::CarryOver), &[(A25, A26)]),
    (Kind::Single(Entry::Lapse), &[(A25, A25_LAPSED), (B25, B25_LAPSED)]),
    (Kind::Single(Entry::Return), &[(A25_PAID, A25), (A26_PAID, A26), (B25_PAID, B25)]),
    (
        Kind::Single(Entry::Correction),
        &[
            (TREASURY, A25),
            (TREASURY, A26),
            (TREASURY, B25),
            (A25, TREASURY),
            (A26, TREASURY),
            (B25, TREASURY),
            (A25, A26),
            (A25, B25),
            (A26, A25),
            (A26, B25),
            (B25, A25),
            (B25, A26),
            (A25, A25_PAID),
            (A26, A26_PAID),
            (B25, B25_PAID),
            (A25_PAID, A25),
            (A26_PAID, A26),
            (B25_PAID, B25),
            (A25, A25_LAPSED),
            (B25, B25_LAPSED),
            (A25_LAPSED, A25),
            (B25_LAPSED, B25),
            (A25_LAPSED, TREASURY),
            (B25_LAPSED, TREASURY),
            (TREASURY, A25_LAPSED),
            (TREASURY, B25_LAPSED),
        ],
    ),
    (Kind::Pending, &[(A25, A25_PAID), (A26, A26_PAID), (B25, B25_PAID)]),
    (
        Kind::Single(Entry::Advance),
        &[(TREASURY, A25), (TREASURY, A26), (TREASURY, B25), (A25, TREASURY), (A26, TREASURY), (B25, TREASURY)],
    ),
];

/// One thing that somebody tries. Indexes are taken modulo what there is.
#[derive(Clone, Debug)]
pub enum Op {
    /// A movement along one of [`WAYS`].
    Move { way: usize, pair: usize, amount: i64, day: i64, holds: Option<i64>, subject: Subject },
    /// A settlement of one of the reservations tried so far.
    Settle { which: usize, how: u8, amount: i64, day: i64 },
    /// One of the transfers tried so far, sent again at another instant.
    Again { which: usize, day: i64 },
    /// The number of one of the transfers tried so far, with another amount.
    Forged { which: usize, amount: i64 },
    /// Anything at all.
    Wild(Transfer),
}

/// Turns operations into transfers, knowing what was tried before.
pub fn transfers(ops: &[Op]) -> Vec<Transfer> {
    let mut tried: Vec<Transfer> = Vec::new();
    for (index, op) in ops.iter().enumerate() {
        let id = TransferId(index as i64 + 1);
        let next = match op {
            Op::Move { way, pair, amount, day, holds, subject } => {
                let (kind, pairs) = WAYS[way % WAYS.len()];
                let (debit, credit) = pairs[pair % pairs.len()];
                Transfer {
                    at: noon(*day),
                    expires_on: holds.map(|days| date(day + days)),
                    subject: subject.clone(),
                    ..transfer(id.0, debit, credit, *amount, kind)
                }
            }
            Op::Settle { which, how, amount, day } => {
                let pendings: Vec<&Transfer> = tried.iter().filter(|it| it.kind == Kind::Pending).collect();
                let Some(pending) = pendings.get(which % pendings.len().max(1)) else { continue };
                match how % 8 {
                    0 | 1 => Transfer::post(id, pending, pending.amount, noon(*day)),
                    2 => Transfer::post(id, pending, Fen(*amount), noon(*day)),
                    3 => Transfer::void(id, pending, noon(*day)),
                    4 | 5 => Transfer::expire(id, pending, noon(*day)),
                    6 => Transfer { amount: Fen(*amount), ..Transfer::void(id, pending, noon(*day)) },
                    _ => Transfer {
                        subject: Subject { case: Some(99), ..pending.subject.clone() },
                        ..Transfer::void(id, pending, noon(*day))
                    },
                }
            }
            Op::Again { which, day } => match tried.get(which % tried.len().max(1)) {
                Some(old) => Transfer { at: noon(*day), ..old.clone() },
                None => continue,
            },
            Op::Forged { which, amount } => match tried.get(which % tried.len().max(1)) {
                Some(old) => Transfer { amount: Fen(*amount), ..old.clone() },
                None => continue,
            },
            Op::Wild(wild) => wild.clone(),
        };
        tried.push(next);
    }
    tried
}

pub fn ops(most: usize) -> impl Strategy<Value = Vec<Op>> {
    proptest::collection::vec(op(), 1..most)
}

fn op() -> impl Strategy<Value = Op> {
    let funding = (0..3_usize, 1..400_i64, 0..20_i64).prop_map(|(pair, amount, day)| Op::Move {
        way: 0,
        pair,
        amount,
        day,
        holds: None,
        subject: Subject::default(),
    });
    let moving = (0..WAYS.len(), 0..40_usize, amount(), 0..40_i64, proptest::option::of(0..20_i64), subject())
        .prop_map(|(way, pair, amount, day, holds, subject)| Op::Move { way, pair, amount, day, holds, subject });
    let reserving = (0..3_usize, 1..120_i64, 0..40_i64, proptest::option::of(0..20_i64), subject())
        .prop_map(|(pair, amount, day, holds, subject)| Op::Move { way: 5, pair, amount, day, holds, subject });
    let settling = (any::<usize>(), any::<u8>(), amount(), 0..70_i64)
        .prop_map(|(which, how, amount, day)| Op::Settle { which, how, amount, day });
    prop_oneof![
        2 => funding,
        3 => moving,
        4 => reserving,
        6 => settling,
        1 => (any::<usize>(), 0..70_i64).prop_map(|(which, day)| Op::Again { which, day }),
        1 => (any::<usize>(), amount()).prop_map(|(which, amount)| Op::Forged { which, amount }),
        2 => wild().prop_map(Op::Wild),
    ]
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![
        30 => 1..150_i64,
        2 => -2..=0_i64,
        1 => prop_oneof![Just(Fen::MAX.0), Just(i64::MAX), Just(i64::MIN)],
    ]
}

fn subject() -> impl Strategy<Value = Subject> {
    (proptest::option::of(1..4_i64), proptest::option::of(0..3_usize), proptest::option::of(0..3_usize)).prop_map(
        |(case, measure, clause)| Subject {
            case,
            measure: measure.map(|it| ["研发补助", "租金补贴", "上市奖励"][it].to_string()),
            clause: clause.map(|it| ["三（一）.1", "三（一）.2", "三（四）.3"][it].to_string()),
            memo: String::new(),
        },
    )
}

fn wild() -> impl Strategy<Value = Transfer> {
    let entry = prop_oneof![
        Just(Entry::Appropriation),
        Just(Entry::CarryOver),
        Just(Entry::Lapse),
        Just(Entry::Return),
        Just(Entry::Correction),
        Just(Entry::Advance)
    ];
    let pending = || (1..60_i64).prop_map(TransferId);
    let kind = prop_oneof![
        entry.prop_map(Kind::Single),
        Just(Kind::Pending),
        pending().prop_map(|pending| Kind::Post { pending }),
        pending().prop_map(|pending| Kind::Void { pending }),
        pending().prop_map(|pending| Kind::Expire { pending }),
    ];
    let day = prop_oneof![10 => (0..70_i64).prop_map(noon), 1 => any::<i64>()];
    (1..90_i64, 0..11_i64, 0..11_i64, amount(), kind, day, subject()).prop_map(
        |(id, debit, credit, amount, kind, at, subject)| Transfer {
            at,
            subject,
            ..transfer(id, debit, credit, amount, kind)
        },
    )
}

/// Tries all, and gives the books with those that were accepted, in order.
pub fn run(tried: &[Transfer]) -> (Ledger, Vec<Transfer>) {
    let mut ledger = ledger();
    let accepted = tried.iter().filter(|it| ledger.apply(it) == Ok(Applied::Now)).cloned().collect();
    (ledger, accepted)
}

/// The name of a refusal, without its particulars.
pub fn name(refused: &Refused) -> String {
    let debug = format!("{refused:?}");
    debug.split([' ', '{']).next().unwrap_or_default().to_string()
}
