//! Payments that fail for something else than the account.

use super::{decide, decider, finance, intake, submit};
use crate::desk::{Desk, account, agent, all_steps};
use duixian_casework::account::has_come_back;
use duixian_casework::case::PaymentOutcome;
use duixian_casework::command::Command;
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::plan::StepKind;

#[test]
fn what_lies_with_the_payer_asks_nothing_of_the_applicant() {
    for (reason, stage) in [
        ("付款账户余额不足（AM04）", Stage::Payable),
        ("TM01", Stage::Payable),
        ("银行认为重复支付", Stage::Payable),
        ("收款账户被冻结（AC06）", Stage::PaymentFailed),
        ("户名不符", Stage::PaymentFailed),
    ] {
        let mut desk = Desk::new(all_steps());
        desk.procedure.steps.retain(|step| matches!(step.kind, StepKind::Accept | StepKind::Decide | StepKind::Pay));
        submit(&mut desk);
        desk.must(&intake(), Command::Accept);
        desk.must(&decider(), decide(4_000_000));
        desk.must(&finance(), Command::PutInBatch { batch: 1, end_to_end_id: "DX1-1".to_owned() });
        let outcome = PaymentOutcome::Failed { reason: reason.to_owned() };
        desk.must(&finance(), Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome });
        assert_eq!((desk.case.stage, desk.reserved), (stage, Fen::yuan(40_000)), "{reason}");
        assert_eq!(has_come_back(&desk.case, &account()), stage == Stage::PaymentFailed, "{reason}");
        let again = Command::PutInBatch { batch: 2, end_to_end_id: "DX2-1".to_owned() };
        if stage == Stage::PaymentFailed {
            assert!(desk.ask(&finance(), again).is_err(), "{reason}");
            continue;
        }
        assert!(desk.ask(&agent(), Command::CorrectAccount(account())).is_err(), "no other is asked for: {reason}");
        desk.must(&finance(), again);
        let outcome = PaymentOutcome::Paid { reference: "B1".to_owned(), on: desk.now.day() };
        desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX2-1".to_owned(), outcome });
        assert_eq!((desk.case.stage, desk.reserved), (Stage::Paid, Fen(0)), "{reason}");
    }
}
