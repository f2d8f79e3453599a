//! Whatever the bank says of a case's payments in whatever order, what is booked is what has left, once.

use std::collections::BTreeMap;

use crate::desk::{Desk, PARTY, account, all_steps, assessed, evidence, user};
use duixian_casework::case::{PaymentOutcome, Standing};
use duixian_casework::command::{Command, IfShort};
use duixian_casework::doubt::Return;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::plan::StepKind;
use proptest::prelude::*;

/// One thing that people do, or that the bank says of one of the payments.
#[derive(Clone, Copy, Debug)]
enum Then {
    Send,
    TakeOut,
    Paid(usize),
    Failed(usize),
    /// Two people confirm that what was called paid after all failed all the same.
    Cleared(usize),
    /// Two people confirm that what was made came back.
    Returned(usize),
    CorrectAccount,
    Revoke,
    Decide(i64),
    Withdraw,
    EndPayment,
    Close,
}

fn thens() -> impl Strategy<Value = Vec<Then>> {
    let one = prop_oneof![
        4 => Just(Then::Send),
        1 => Just(Then::TakeOut),
        4 => (0usize..4).prop_map(Then::Paid),
        4 => (0usize..4).prop_map(Then::Failed),
        2 => (0usize..4).prop_map(Then::Cleared),
        2 => (0usize..4).prop_map(Then::Returned),
        3 => Just(Then::CorrectAccount),
        1 => Just(Then::Revoke),
        2 => (10i64..30).prop_map(Then::Decide),
        1 => Just(Then::Withdraw),
        1 => Just(Then::EndPayment),
        1 => Just(Then::Close),
    ];
    proptest::collection::vec(one, 1..60)
}

fn decide(fen: i64) -> Command {
    Command::Decide {
        amount: Fen(fen),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 0,
        if_short: IfShort::Refuse,
    }
}

/// People of whom nobody does two duties.
fn person(id: i64, role: Role) -> Actor {
    user(id, &[role], &[])
}

/// A case that is to be paid, without reviews and notice.
fn payable() -> Desk {
    let mut procedure = all_steps();
    procedure.steps.retain(|step| matches!(step.kind, StepKind::Accept | StepKind::Decide | StepKind::Pay));
    let mut desk = Desk::new(procedure);
    let agent = user(1, &[Role::Agent], &[PARTY]);
    desk.must(&agent, Command::Save { statements: BTreeMap::new(), account: Some(account()) });
    desk.must(&agent, Command::AddEvidence(evidence("认定证书")));
    let assessed = assessed(Standing::Conditional, 10, Some(30));
    desk.must(&agent, Command::Submit { assessed, number: "1".to_owned() });
    desk.must(&person(2, Role::Intake), Command::Accept);
    desk.must(&person(3, Role::DecisionMaker), decide(20));
    assert_eq!(desk.case.stage, Stage::Payable);
    desk
}

/// What the bank says now of each payment, kept beside the case.
#[derive(Default)]
struct Bank {
    paid: BTreeMap<String, Fen>,
    sent: i64,
}

fn play(desk: &mut Desk, bank: &mut Bank, then: Then) -> Result<(), TestCaseError> {
    let agent = user(1, &[Role::Agent], &[PARTY]);
    let (decider, second) = (person(3, Role::DecisionMaker), person(4, Role::DecisionMaker));
    let (finance, reported_by) = (person(5, Role::Finance), UserId(6));
    let today = desk.now.day();
    let nth = |desk: &Desk, place: usize| desk.case.payments.get(place).cloned();
    match then {
        Then::Send => {
            bank.sent += 1;
            let (batch, left) = (bank.sent, desk.case.left());
            let end_to_end_id = format!("DX-{batch}");
            let put_in = desk.ask(&finance, Command::PutInBatch { batch, end_to_end_id });
            prop_assert!(put_in.is_err() || left == Fen(0), "it is paid already: {:?}", desk.case.payments);
        }
        Then::TakeOut => {
            if let Some(batch) = desk.case.open_payment().map(|payment| payment.batch) {
                desk.must(&finance, Command::TakeOutOfBatch { batch, reason: String::new() });
            }
        }
        Then::Paid(place) => {
            let Some(payment) = nth(desk, place) else { return Ok(()) };
            if payment.outcome.is_none() || payment.has_failed() {
                let outcome = PaymentOutcome::Paid { reference: "B".to_owned(), on: today };
                let end_to_end_id = payment.end_to_end_id.clone();
                desk.must(&Actor::System, Command::RecordPayment { end_to_end_id, outcome });
                bank.paid.insert(payment.end_to_end_id, payment.amount);
            }
        }
        Then::Failed(place) => {
            let Some(payment) = nth(desk, place) else { return Ok(()) };
            if payment.outcome.is_none() || payment.has_failed() {
                let outcome = PaymentOutcome::Failed { reason: "户名不符".to_owned() };
                let end_to_end_id = payment.end_to_end_id;
                desk.must(&Actor::System, Command::RecordPayment { end_to_end_id, outcome });
            }
        }
        Then::Cleared(place) => {
            let Some(payment) = nth(desk, place) else { return Ok(()) };
            let end_to_end_id = payment.end_to_end_id.clone();
            let done = desk.ask(&finance, Command::ConfirmFailure { end_to_end_id, reported_by });
            let was_doubtful = payment.has_failed() && bank.paid.contains_key(&payment.end_to_end_id);
            prop_assert_eq!(done.is_ok(), was_doubtful, "{:?}", done);
            if done.is_ok() {
                bank.paid.remove(&payment.end_to_end_id);
            }
        }
        Then::Returned(place) => {
            let Some(payment) = nth(desk, place) else { return Ok(()) };
            if matches!(payment.outcome, Some(PaymentOutcome::Paid { .. })) {
                let end_to_end_id = payment.end_to_end_id.clone();
                let back = Return { end_to_end_id, on: today, reason: "已销户".to_owned(), reference: None };
                desk.must(&finance, Command::RecordReturn { back, reported_by });
                bank.paid.remove(&payment.end_to_end_id);
            }
        }
        Then::CorrectAccount => drop(desk.ask(&agent, Command::CorrectAccount(account()))),
        Then::Revoke => {
            let (grounds, remark) = ("金额有误".to_owned(), String::new());
            if desk.ask(&decider, Command::ProposeRevocation { grounds, remark }).is_ok() {
                desk.must(&second, Command::ConfirmRevocation);
            }
        }
        Then::Decide(fen) => drop(desk.ask(&decider, decide(fen))),
        Then::Withdraw => drop(desk.ask(&agent, Command::Withdraw { reason: "不要了".to_owned() })),
        Then::EndPayment => {
            desk.wait(30);
            if desk.ask(&finance, Command::ProposeEnding { reason: "逾期".to_owned() }).is_ok() {
                prop_assert_eq!(desk.case.left(), Fen(0));
                desk.must(&person(13, Role::Finance), Command::EndPayment);
            }
        }
        Then::Close => {
            let done = desk.ask(&finance, Command::Close);
            prop_assert!(done.is_err() || desk.case.left() == desk.paid);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_booked_is_what_has_left(thens in thens()) {
        let (mut desk, mut bank) = (payable(), Bank::default());
        for then in thens {
            play(&mut desk, &mut bank, then)?;
            let left = Fen(bank.paid.values().map(|amount| amount.0).sum());
            prop_assert_eq!(desk.case.left(), left, "{:?}", desk.case.payments);
            let booked = Fen(desk.paid.0 + desk.beside.0);
            if desk.reserved == Fen(0) {
                prop_assert_eq!(booked, left);
            } else {
                prop_assert!(booked <= left && booked.0 + desk.reserved.0 >= left.0);
            }
        }
    }
}
