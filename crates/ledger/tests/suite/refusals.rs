//! Each refusal by example, with what it says; the year's end; two decisions on the last yuan; stored forms.

use crate::common::{A25, A25_LAPSED, A25_PAID, A26, A26_PAID, TREASURY, accounts, date, ledger, noon, transfer};
use duixian_ledger::{
    AccountId, Applied, CarryRule, Discrepancy, Entry, Kind, Ledger, Outcome, PendingState, Refused, Subject, Transfer,
    TransferId, close_year, replay, verify,
};
use duixian_money::Fen;

const YUAN: i64 = 100;

fn subject() -> Subject {
    Subject {
        case: Some(7), measure: Some("研发补助".into()), clause: Some("三（一）.1".into()), memo: "审定".into()
    }
}

fn reservation(id: i64, yuan: i64) -> Transfer {
    Transfer {
        subject: subject(),
        expires_on: Some(date(30)),
        ..transfer(id, A25, A25_PAID, yuan * YUAN, Kind::Pending)
    }
}

/// 10,000 yuan appropriated (1), of which 3,000 are reserved (2).
fn funded() -> Ledger {
    let mut ledger = ledger();
    let appropriation = transfer(1, TREASURY, A25, 10_000 * YUAN, Kind::Single(Entry::Appropriation));
    assert_eq!(ledger.apply_all(&[appropriation, reservation(2, 3_000)]), Ok(vec![Applied::Now; 2]));
    ledger
}

fn figures(ledger: &Ledger, account: i64) -> [i64; 4] {
    let account = ledger.account(AccountId(account)).expect("the account was loaded");
    [account.size(), account.paid(), account.reserved(), account.free()].map(|fen| fen.0 / YUAN)
}

#[test]
fn says_what_was_wrong_and_what_to_do() {
    let pending = reservation(2, 3_000);
    let tries = [
        reservation(3, 7_001),
        Transfer { amount: Fen(0), ..reservation(3, 1) },
        transfer(3, A25, A25, 1, Kind::Single(Entry::Correction)),
        transfer(3, A25, 77, 1, Kind::Single(Entry::Correction)),
        transfer(3, A25, A26_PAID, 1, Kind::Pending),
        Transfer { kind: Kind::Void { pending: TransferId(9) }, ..Transfer::void(TransferId(3), &pending, noon(1)) },
        Transfer::post(TransferId(3), &pending, Fen(3_001 * YUAN), noon(1)),
        Transfer { amount: Fen(1), ..Transfer::void(TransferId(3), &pending, noon(1)) },
        Transfer { subject: Subject::default(), ..Transfer::void(TransferId(3), &pending, noon(1)) },
        Transfer {
            debit: AccountId(A26),
            credit: AccountId(A26_PAID),
            ..Transfer::void(TransferId(3), &pending, noon(1))
        },
        Transfer::expire(TransferId(3), &pending, noon(30)),
        reservation(2, 3_001),
        transfer(3, TREASURY, A25, Fen::MAX.0, Kind::Single(Entry::Appropriation)),
    ];
    let mut told = String::new();
    for it in tries {
        let mut ledger = funded();
        let refused = ledger.apply(&it).unwrap_err();
        told += &format!("{}\n{}\n", refused.zh_in(&ledger), refused.en_in(&ledger));
        assert_eq!(ledger, funded(), "{refused:?}");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_reservation_is_settled_once_and_says_how() {
    let pending = reservation(2, 3_000);
    let ways = [
        Transfer::post(TransferId(3), &pending, Fen(2_000 * YUAN), noon(40)),
        Transfer::void(TransferId(3), &pending, noon(1)),
        Transfer::expire(TransferId(3), &pending, noon(31)),
    ];
    let mut told = String::new();
    for (way, left) in ways.iter().zip([[10_000, 2_000, 0, 8_000], [10_000, 0, 0, 10_000], [10_000, 0, 0, 10_000]]) {
        let mut ledger = funded();
        assert_eq!(ledger.apply(way), Ok(Applied::Now));
        assert_eq!(figures(&ledger, A25), left, "the rest is free again");
        assert_eq!(ledger.apply(way), Ok(Applied::Already));
        let refused = ledger.apply(&Transfer::void(TransferId(4), &pending, noon(50))).unwrap_err();
        told += &format!("{}\n{}\n", refused, refused.en());
    }
    insta::assert_snapshot!(told, @"
    资金预留 2 已经拨付（见记录 3），不能再次处理。
    Reservation 2 has been paid (entry 3); it can't be settled again.
    资金预留 2 已经撤销（见记录 3），不能再次处理。
    Reservation 2 has been released (entry 3); it can't be settled again.
    资金预留 2 已经到期释放（见记录 3），不能再次处理。
    Reservation 2 has expired (entry 3); it can't be settled again.
    ");
}

#[test]
fn of_two_decisions_on_the_last_yuan_one_wins() {
    let mut ledger = funded();
    assert_eq!(ledger.apply(&reservation(3, 7_000)), Ok(Applied::Now));
    let late = ledger.apply(&reservation(4, 1));
    assert_eq!(late, Err(Refused::Overdrawn { account: AccountId(A25), free: Fen(0), wanted: Fen(YUAN) }));
    assert_eq!(figures(&ledger, A25), [10_000, 0, 10_000, 0]);
}

#[test]
fn money_that_came_back_can_be_granted_again_and_only_once() {
    let mut ledger = funded();
    let back = |id, yuan| transfer(id, A25_PAID, A25, yuan * YUAN, Kind::Single(Entry::Return));
    assert!(matches!(ledger.apply(&back(3, 1)), Err(Refused::Overdrawn { .. })), "nothing is paid yet");
    ledger.apply(&Transfer::post(TransferId(4), &reservation(2, 3_000), Fen(3_000 * YUAN), noon(9))).unwrap();
    assert_eq!(figures(&ledger, A25), [10_000, 3_000, 0, 7_000]);
    ledger.apply(&back(5, 3_000)).unwrap();
    assert_eq!(figures(&ledger, A25), [10_000, 0, 0, 10_000], "the fund is as large as before");
    assert!(matches!(ledger.apply(&back(6, 1)), Err(Refused::Overdrawn { .. })));
    assert_eq!(ledger.apply(&reservation(7, 10_000)), Ok(Applied::Now));
}

#[test]
fn a_closed_year_keeps_what_it_has_promised() {
    for (rule, into) in [(CarryRule::CarryOver, A26), (CarryRule::Lapse, A25_LAPSED)] {
        let mut ledger = funded();
        let close = |ledger: &mut Ledger, id: i64| {
            let account = ledger.account(AccountId(A25)).unwrap();
            let moves = close_year(account, rule, AccountId(into), TransferId(id), noon(365));
            ledger.apply_all(&moves).unwrap().len()
        };
        assert_eq!(close(&mut ledger, 10), 1);
        assert_eq!(figures(&ledger, A25), [3_000, 0, 3_000, 0]);
        assert_eq!(close(&mut ledger, 11), 0, "nothing is left to move");
        ledger.apply(&Transfer::post(TransferId(12), &reservation(2, 3_000), Fen(2_500 * YUAN), noon(370))).unwrap();
        assert_eq!(close(&mut ledger, 13), 1, "the unpaid rest follows");
        assert_eq!(figures(&ledger, A25), [2_500, 2_500, 0, 0]);
        assert_eq!(figures(&ledger, into), [7_500, 0, 0, 7_500]);
        // To the wrong account it is refused: a year does not carry over into itself or lapse into another fund.
        let wrong = if rule == CarryRule::Lapse { A26 } else { A25_LAPSED };
        let moves = close_year(funded().account(AccountId(A25)).unwrap(), rule, AccountId(wrong), TransferId(9), 0);
        assert!(matches!(funded().apply(&moves[0]), Err(Refused::WrongAccounts { .. })));
    }
}

#[test]
fn broken_books_are_not_booked_on_and_are_told_of() {
    let sound = funded();
    let mut accounts: Vec<_> = sound.accounts().cloned().collect();
    let transfers: Vec<_> = sound.changes().transfers.into_iter().cloned().collect();
    accounts[1].debits_pending = Fen(1);
    let pending = PendingState { transfer: reservation(2, 3_000), outcome: Outcome::Open };
    let mut broken = accounts.iter().cloned().fold(Ledger::new(), Ledger::with_account).with_pending(pending);
    let void = Transfer::void(TransferId(3), &reservation(2, 3_000), noon(1));
    assert_eq!(broken.apply(&void), Err(Refused::Inconsistent { account: AccountId(A25) }));

    let mut recorded = transfers.clone();
    recorded.extend([
        void.clone(),
        Transfer { id: TransferId(4), ..void },
        reservation(2, 3_000),
        reservation(5, 9_000),
    ]);
    let found: Vec<Discrepancy> = verify(&accounts, &recorded);
    let told: String = found.iter().map(|it| format!("{it}\n{}\n", it.en())).collect();
    insta::assert_snapshot!(told);
    let stopped = replay(&accounts, &recorded).unwrap_err();
    assert_eq!(stopped.transfer, TransferId(4));
}

#[test]
fn stored_forms_read_back_and_money_is_an_integer() {
    let ledger = funded();
    let account = ledger.account(AccountId(A25)).unwrap();
    let json = serde_json::to_string(account).unwrap();
    assert!(json.contains(r#""credits_posted":1000000,"#), "{json}");
    assert_eq!(serde_json::from_str::<duixian_ledger::Account>(&json).unwrap(), *account);
    let pending = ledger.pending(TransferId(2)).unwrap();
    let json = serde_json::to_string(pending).unwrap();
    assert_eq!(serde_json::from_str::<PendingState>(&json).unwrap(), *pending);
    assert_eq!(accounts().len(), 9);
}
