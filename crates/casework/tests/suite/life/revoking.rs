//! What was decided is revoked by two.

use super::*;

fn second_decider() -> Actor {
    user(15, &[Role::DecisionMaker], &[])
}

fn propose(remark: &str) -> Command {
    Command::ProposeRevocation { grounds: "多写了一个零".to_owned(), remark: remark.to_owned() }
}

/// Wherever a decision stands it can be revoked by two: its money is free again, and it is reviewed and decided anew.
#[test]
fn a_decision_is_revoked_by_two_wherever_it_stands() {
    let to_decided: &[fn(&mut Desk)] = &[|_| {}];
    let to_notice: &[fn(&mut Desk)] = &[|desk| desk.must(&intake(), Command::PublishNotice)];
    let to_payable: &[fn(&mut Desk)] = &[
        |desk| desk.must(&intake(), Command::PublishNotice),
        |desk| desk.wait(14),
        |desk| desk.must(&Actor::System, Command::EndNotice),
    ];
    for (steps, stage) in [(to_decided, Stage::Decided), (to_notice, Stage::InNotice), (to_payable, Stage::Payable)] {
        let mut desk = Desk::new(all_steps());
        submit(&mut desk);
        review(&mut desk);
        desk.must(&decider(), decide(4_000_000));
        steps.iter().for_each(|step| step(&mut desk));
        assert_eq!((desk.case.stage, desk.reserved), (stage, Fen::yuan(40_000)));
        let is_public = desk.case.notice.is_some();
        if is_public {
            // What everyone could read comes down with a word to everyone.
            assert!(matches!(desk.ask(&decider(), propose(" ")), Err(Refusal::TextMissing(..))));
        }
        desk.must(&decider(), propose("金额有误"));
        assert_eq!(desk.ask(&second_decider(), propose("金额有误")), Err(Refusal::RevocationOpen));
        // Until it is settled nothing is done with the decision, and nobody settles it alone.
        for (actor, command) in [
            (intake(), Command::PublishNotice),
            (finance(), Command::PutInBatch { batch: 1, end_to_end_id: "DX".to_owned() }),
        ] {
            let refused = desk.ask(&actor, command);
            assert!(matches!(refused, Err(Refusal::RevocationOpen | Refusal::WrongStage { .. })), "{refused:?}");
        }
        assert_eq!(desk.ask(&decider(), Command::ConfirmRevocation), Err(Refusal::SecondDeciderNeeded));
        let recused = Refusal::Recused { did: Duty::Review, now: Duty::Decision };
        let was_reviewer = user(11, &[Role::DecisionMaker], &[]);
        assert_eq!(desk.ask(&was_reviewer, Command::ConfirmRevocation), Err(recused));
        desk.must(&second_decider(), Command::ConfirmRevocation);
        assert_eq!((desk.case.stage, desk.reserved, desk.free), (Stage::SubstantiveReview, Fen(0), Fen::yuan(100_000)));
        let case = &desk.case;
        assert!(case.decision.is_none() && case.notice.is_none() && case.revocation.is_none());
        assert_eq!(case.revoked.iter().map(|one| one.amount).collect::<Vec<_>>(), [Fen::yuan(40_000)]);
        assert!(
            case.reopened.as_ref().is_some_and(|reopened| reopened.is_revoked && reopened.reason == "多写了一个零")
        );
        desk.wait(1);
        desk.must(&reviewer(), Command::FindEvidence { id: 1, holds: true, note: String::new() });
        let recommends = Recommendation::Support(Fen::yuan(40_000));
        desk.must(&reviewer(), Command::Review { recommends, opinion: "属实".to_owned() });
        desk.must(&decider(), decide(3_500_000));
        assert_eq!((desk.case.stage, desk.reserved), (Stage::Decided, Fen::yuan(35_000)));
    }
}

#[test]
fn a_proposal_to_revoke_can_be_dropped_and_the_decision_stands() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    let drop = || Command::DropRevocation { reason: "金额无误".to_owned() };
    assert!(matches!(desk.ask(&decider(), drop()), Err(Refusal::NoSuch(..))));
    desk.must(&decider(), propose(""));
    desk.must(&second_decider(), drop());
    desk.must(&intake(), Command::PublishNotice);
    assert_eq!((desk.case.stage, desk.reserved), (Stage::InNotice, Fen::yuan(40_000)));
}

#[test]
fn what_is_in_a_batch_is_taken_out_before_it_is_revoked() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    desk.wait(14);
    desk.must(&Actor::System, Command::EndNotice);
    desk.must(&finance(), Command::PutInBatch { batch: 1, end_to_end_id: "DX1-1".to_owned() });
    assert_eq!(desk.ask(&decider(), propose("金额有误")), Err(Refusal::TakeOutFirst));
    let failed = PaymentOutcome::Failed { reason: "户名不符".to_owned() };
    desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome: failed });
    desk.must(&decider(), propose("金额有误"));
    desk.must(&second_decider(), Command::ConfirmRevocation);
    assert_eq!((desk.case.stage, desk.reserved), (Stage::SubstantiveReview, Fen(0)));
    // What the bank says of that payment later is known, and keeps the basis from being granted again.
    let paid = PaymentOutcome::Paid { reference: "B001".to_owned(), on: day(2019, 4, 1) };
    desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome: paid });
    assert_eq!((desk.case.stage, desk.paid), (Stage::SubstantiveReview, Fen(0)));
    assert!(desk.case.doubtful_payment().is_some() && desk.case.binding_decision().is_some());
}

#[test]
fn what_was_declined_is_taken_up_again_unless_it_was_applied_for_anew() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), Command::Decline { reason: "不符合".to_owned() });
    assert!(desk.case.stage.is_final());
    desk.must(&decider(), propose(""));
    desk.duplicate = Some("南明兑〔2019〕9号".to_owned());
    let confirmed = desk.ask(&second_decider(), Command::ConfirmRevocation);
    assert_eq!(confirmed, Err(Refusal::Duplicate("南明兑〔2019〕9号".to_owned())));
    desk.duplicate = None;
    desk.must(&second_decider(), Command::ConfirmRevocation);
    assert_eq!((desk.case.stage, desk.reserved), (Stage::SubstantiveReview, Fen(0)));
    assert!(desk.case.due.is_some() && desk.case.revoked.is_empty());
}
