//! One fund over a year's end, as its statements show it.

use std::fmt::Write;

use crate::common::{A25, A25_PAID, A26, A26_PAID, TREASURY, ledger, noon, transfer};
use duixian_ledger::{
    Account, AccountId, Applied, By, CarryRule, Entry, Key, Kind, Line, Period, Refused, Scope, Statement, Subject,
    Transfer, TransferId, close_year, statement,
};
use duixian_money::Fen;

fn subject(case: i64, measure: &str, clause: &str) -> Subject {
    Subject { case: Some(case), measure: Some(measure.into()), clause: Some(clause.into()), memo: String::new() }
}

/// 2025: 10,000 yuan; case 1 paid 3,000 and sent back, paid again; case 2 paid 1,500 of 2,000 in 2026; case 3 voided.
fn story() -> (Vec<Account>, Vec<Transfer>) {
    let mut ledger = ledger();
    let mut book = |day: i64, it: Transfer| {
        let it = Transfer { at: noon(day), ..it };
        assert_eq!(ledger.apply(&it), Ok(Applied::Now), "{it:?}");
        it
    };
    let reserve = |id, fund, paid, yuan: i64, subject| Transfer {
        subject,
        ..transfer(id, fund, paid, yuan * 100, Kind::Pending)
    };
    let research = || subject(1, "研发补助", "三（一）.1");
    book(1, transfer(1, TREASURY, A25, 1_000_000, Kind::Single(Entry::Appropriation)));
    book(2, transfer(2, A25, TREASURY, 50_000, Kind::Single(Entry::Correction)));
    let first = book(10, reserve(3, A25, A25_PAID, 3_000, research()));
    book(20, Transfer::post(TransferId(4), &first, first.amount, 0));
    let back = transfer(5, A25_PAID, A25, 300_000, Kind::Single(Entry::Return));
    book(25, Transfer { subject: research(), ..back });
    let again = book(26, reserve(6, A25, A25_PAID, 3_000, research()));
    book(30, Transfer::post(TransferId(7), &again, again.amount, 0));
    let rent = book(40, reserve(8, A25, A25_PAID, 2_000, subject(2, "租金补贴", "三（一）.2")));
    let void = book(50, reserve(9, A25, A25_PAID, 400, subject(3, "租金补贴", "三（一）.2")));
    book(60, Transfer::void(TransferId(10), &void, 0));
    let fund = Account {
        credits_posted: Fen(450_000),
        ..Account::new(AccountId(A25), crate::common::accounts()[1].purpose.clone())
    };
    for closing in close_year(&fund, CarryRule::CarryOver, AccountId(A26), TransferId(11), 0) {
        book(364, closing);
    }
    book(380, Transfer::post(TransferId(12), &rent, Fen(150_000), 0));
    book(390, reserve(13, A26, A26_PAID, 1_000, research()));
    (ledger.accounts().cloned().collect(), ledger.changes().transfers.into_iter().cloned().collect())
}

fn render(statement: &Statement) -> String {
    let mut text = String::new();
    let mut row = |name: String, line: &Line| {
        let columns = [
            ("free", line.opening_free),
            ("held", line.opening_reserved),
            ("| appropriated", line.appropriated),
            ("in", line.carried_in),
            ("out", line.carried_out),
            ("lapsed", line.lapsed),
            ("corrected", line.corrected),
            ("reserved", line.reserved),
            ("released", line.released),
            ("paid", line.paid),
            ("returned", line.returned),
            ("| free", line.closing_free),
            ("held", line.closing_reserved),
        ];
        let shown: Vec<String> = columns
            .iter()
            .filter(|(name, fen)| fen.0 != 0 || name.starts_with('|'))
            .map(|(name, fen)| format!("{name} {}", fen.to_grouped_yuan()))
            .collect();
        let _ = writeln!(text, "{name}: {}", shown.join(" "));
    };
    for (key, line) in &statement.lines {
        row(format!("{key:?}"), line);
    }
    row("total".into(), &statement.total);
    text
}

#[test]
fn a_fund_over_a_years_end() {
    let (accounts, transfers) = story();
    let mut text = String::new();
    for (by, period) in [
        (By::Fund, Period::year(2025)),
        (By::Fund, Period::year(2026)),
        (By::Measure, Period::ALL),
        (By::Clause, Period::year(2026)),
        (By::Case, Period::ALL),
    ] {
        let statement = statement(&accounts, &transfers, &Scope::default(), by, period).unwrap();
        let _ = writeln!(text, "{by:?} {}\n{}", period.from.map_or("all", |_| "year"), render(&statement));
    }
    insta::assert_snapshot!(text);
}

/// The bank calls a payment made and takes that back: nothing was paid, and nothing came back.
#[test]
fn what_was_booked_as_paid_and_taken_back_is_neither_paid_nor_returned() {
    let (accounts, mut transfers) = story();
    let before = statement(&accounts, &transfers, &Scope::default(), By::Case, Period::ALL).unwrap();
    let research = || subject(1, "研发补助", "三（一）.1");
    let booked = transfer(20, A25, A25_PAID, 300_000, Kind::Single(Entry::Correction));
    let taken_back = transfer(21, A25_PAID, A25, 300_000, Kind::Single(Entry::Correction));
    let both = [booked, taken_back].map(|it| Transfer { at: noon(40), subject: research(), ..it });
    transfers.push(both[0].clone());
    let of = |statement: &Statement| statement.lines.iter().find(|(key, _)| *key == Key::Case(Some(1))).unwrap().1;
    let meanwhile = statement(&accounts, &transfers, &Scope::default(), By::Case, Period::ALL).unwrap();
    assert_eq!(of(&meanwhile).paid.0 - of(&before).paid.0, 300_000);
    transfers.push(both[1].clone());
    let after = statement(&accounts, &transfers, &Scope::default(), By::Case, Period::ALL).unwrap();
    assert_eq!(after, before);
}

#[test]
fn a_statement_from_part_of_the_records_is_refused_rather_than_wrong() {
    let (accounts, mut transfers) = story();
    let ask = |accounts: &[Account], transfers: &[Transfer]| {
        statement(accounts, transfers, &Scope::default(), By::Fund, Period::ALL)
    };
    assert_eq!(ask(&accounts[1..], &transfers), Err(Refused::UnknownAccount { account: AccountId(TREASURY) }));
    transfers.retain(|it| it.id != TransferId(8));
    assert_eq!(ask(&accounts, &transfers), Err(Refused::UnknownPending { pending: TransferId(8) }));
}

#[test]
fn a_scope_leaves_out_other_years_and_other_funds() {
    let (accounts, transfers) = story();
    let keys = |scope: &Scope| -> Vec<Key> {
        let statement = statement(&accounts, &transfers, scope, By::Fund, Period::ALL).unwrap();
        statement.lines.into_iter().map(|(key, _)| key).collect()
    };
    let fund = || "创新专项资金".to_string();
    assert_eq!(keys(&Scope { fund: None, year: Some(2026) }), [Key::Fund(fund(), 2026)]);
    assert_eq!(keys(&Scope { fund: Some(fund()), year: Some(2025) }), [Key::Fund(fund(), 2025)]);
    assert_eq!(keys(&Scope { fund: Some("别的资金".into()), year: None }), []);
}

#[test]
fn periods_are_days_in_china() {
    let period = Period::year(2026);
    assert_eq!((period.from, period.until), (Some(1_767_196_800_000), Some(1_798_732_800_000)));
    assert_eq!(Period::days(crate::common::date(365), crate::common::date(729)), period);
    assert_eq!(Period::year(i32::MAX), Period { from: Some(i64::MAX), until: Some(i64::MAX) });
    assert_eq!(Period::year(i32::MIN), Period { from: Some(i64::MIN), until: Some(i64::MIN) });
}
