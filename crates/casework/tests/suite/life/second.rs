//! What one person did, another looks at.

use super::*;

fn second_decider() -> Actor {
    user(15, &[Role::DecisionMaker, Role::Intake], &[])
}

fn second_payer() -> Actor {
    user(14, &[Role::Finance], &[])
}

/// Has two people of finance end a payment, the first by this.
pub fn ends_payment(desk: &mut Desk, proposal: Command) {
    desk.must(&finance(), proposal.clone());
    assert_eq!(desk.ask(&second_payer(), proposal), Err(Refusal::EndingOpen));
    assert_eq!(desk.ask(&finance(), Command::EndPayment), Err(Refusal::SecondPayerNeeded));
    desk.must(&second_payer(), Command::EndPayment);
}

/// A case whose only payment has failed, with the days to correct its account over.
fn failed() -> Desk {
    let mut desk = Desk::new(all_steps());
    desk.procedure.steps.retain(|step| matches!(step.kind, StepKind::Accept | StepKind::Decide | StepKind::Pay));
    submit(&mut desk);
    desk.must(&intake(), Command::Accept);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&finance(), Command::PutInBatch { batch: 1, end_to_end_id: "DX1-1".to_owned() });
    let outcome = PaymentOutcome::Failed { reason: "户名不符".to_owned() };
    desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome });
    desk.wait(40);
    desk
}

#[test]
fn who_decided_a_case_does_not_answer_the_objections_to_it() {
    for (upheld, then) in [(true, Stage::SubstantiveReview), (false, Stage::InNotice)] {
        let mut desk = Desk::new(all_steps());
        submit(&mut desk);
        review(&mut desk);
        // Whatever other role they have.
        let decided = user(12, &[Role::DecisionMaker, Role::Intake], &[]);
        desk.must(&decided, decide(4_000_000));
        desk.must(&intake(), Command::PublishNotice);
        let (name, contact) = ("甲".to_owned(), "13800000000".to_owned());
        desk.must(&Actor::Public, Command::Object { name, contact, grounds: "证书系伪造".to_owned() });
        let answer = || Command::AnswerObjection { id: 1, upheld, text: "已核实".to_owned() };
        let refused = Refusal::DecidedByYou(Action::AnswerObjection);
        assert_eq!(desk.ask(&decided, answer()), Err(refused.clone()));
        let offered = desk.with_context(|context| actions(&desk.case, &decided, context));
        assert!(offered.contains(&(Action::AnswerObjection, vec![refused])), "{offered:?}");
        desk.must(&second_decider(), answer());
        assert_eq!(desk.case.stage, then);
    }
}

#[test]
fn what_waits_for_money_is_declined_by_another_than_who_decided_it() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.free = Fen(0);
    let Command::Decide { amount, reason, conditions, priority, .. } = decide(4_000_000) else { return };
    desk.must(&decider(), Command::Decide { amount, reason, conditions, priority, if_short: IfShort::Queue });
    let decline = || Command::Decline { reason: "本年度资金用完".to_owned() };
    assert_eq!(desk.ask(&decider(), decline()), Err(Refusal::DecidedByYou(Action::Decline)));
    desk.must(&second_decider(), decline());
    assert_eq!((desk.case.stage, desk.case.standing_decision()), (Stage::Declined, None));
}

#[test]
fn a_payment_that_is_to_be_ended_may_go_on_after_all() {
    let propose = || Command::ProposeEnding { reason: "逾期未更正".to_owned() };
    let mut desk = failed();
    let none = Refusal::NoSuch("项终止拨付的提议", "proposal to end the payment");
    assert_eq!(desk.ask(&second_payer(), Command::EndPayment), Err(none));
    desk.must(&finance(), propose());
    desk.must(&second_payer(), Command::DropEnding { reason: "企业来电，下周补".to_owned() });
    assert_eq!((desk.case.stage, desk.case.ending.is_none(), desk.reserved.0), (Stage::PaymentFailed, true, 4_000_000));
    // Another account that comes before the second person has spoken settles it.
    desk.must(&finance(), propose());
    desk.must(&agent(), Command::CorrectAccount(BankAccount { holder: "甲公司".to_owned(), ..account() }));
    assert_eq!((desk.case.stage, desk.case.ending.is_none()), (Stage::Payable, true));
    // Nor is it ended while the bank calls it paid, or by who has decided it.
    let mut desk = failed();
    let both = user(12, &[Role::Finance, Role::DecisionMaker], &[]);
    let recused = Refusal::Recused { did: Duty::Decision, now: Duty::Payment };
    assert_eq!(desk.ask(&both, propose()), Err(recused.clone()));
    desk.must(&finance(), propose());
    assert_eq!(desk.ask(&both, Command::EndPayment), Err(recused));
    let outcome = PaymentOutcome::Paid { reference: "B1".to_owned(), on: desk.now.day() };
    desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome });
    assert_eq!((desk.case.stage, desk.case.ending.is_none()), (Stage::Paid, true));
}

#[test]
fn a_case_is_not_closed_while_its_payment_may_have_come_back() {
    let mut desk = failed();
    let outcome = PaymentOutcome::Paid { reference: "B1".to_owned(), on: desk.now.day() };
    desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome });
    desk.doubted_in = Some("拨2019-1".to_owned());
    assert_eq!(desk.ask(&finance(), Command::Close), Err(Refusal::DoubtOpen("拨2019-1".to_owned())));
    desk.doubted_in = None;
    desk.must(&finance(), Command::Close);
    assert_eq!(desk.case.stage, Stage::Closed);
}
