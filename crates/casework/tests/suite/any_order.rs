//! Whatever is asked by whomever in whatever order, a case keeps its promises.

use std::collections::{BTreeMap, BTreeSet};

use crate::desk::{Desk, PARTY, account, all_steps, assessed, evidence, user};
use duixian_casework::case::{
    BankAccount, Case, CellRef, Defect, DefectAbout, PaymentOutcome, Recommendation, Sharing, Standing,
};
use duixian_casework::command::{Command, IfShort};
use duixian_casework::doubt::Return;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::procedure::Procedure;
use duixian_casework::stage::Stage;
use duixian_ledger::AllocationRule;
use duixian_money::Fen;
use duixian_rules::plan::StepKind;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn actors() -> Vec<Actor> {
    let mut actors =
        vec![Actor::Public, Actor::System, user(1, &[Role::Agent], &[PARTY]), user(2, &[Role::Agent], &["x"])];
    actors.extend((3..8).map(|id| user(id, &Role::ALL, &[])));
    actors
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![4 => Just(Standing::Conditional), 2 => Just(Standing::Entitled), 1 => Just(Standing::NotEntitled), 1 => Just(Standing::Unknown)]
}

fn command() -> impl Strategy<Value = Command> {
    let text = || prop_oneof![5 => Just("理由".to_owned()), 1 => Just("  ".to_owned())];
    let ids = || 1i64..3;
    prop_oneof![
        Just(Command::Save { statements: BTreeMap::new(), account: Some(account()) }),
        Just(Command::AddEvidence(evidence("认定证书"))),
        (1u32..3).prop_map(Command::RemoveEvidence),
        standing().prop_map(|standing| Command::Submit {
            assessed: assessed(standing, 10, Some(30)),
            number: "1".to_owned()
        }),
        standing()
            .prop_map(|standing| Command::Resubmit { assessed: assessed(standing, 10, Some(30)), answers: Vec::new() }),
        text().prop_map(|reason| Command::Withdraw { reason }),
        Just(Command::Accept),
        text().prop_map(|reason| Command::NotAccept { reason }),
        text().prop_map(|text| Command::AskCorrection { defects: vec![Defect { about: DefectAbout::Other, text }] }),
        Just(Command::Remind),
        Just(Command::TakeUp),
        (1u32..3, any::<bool>(), text()).prop_map(|(id, holds, note)| Command::FindEvidence { id, holds, note }),
        text().prop_map(|source| Command::ConfirmFacts {
            facts: BTreeMap::from([(
                CellRef { table: "years".to_owned(), row: "2018".to_owned(), column: "tax".to_owned() },
                "100".to_owned()
            )]),
            source,
        }),
        prop_oneof![
            Just(Recommendation::GoOn),
            Just(Recommendation::Decline),
            (0i64..50).prop_map(|fen| Recommendation::Support(Fen(fen)))
        ]
        .prop_map(|recommends| Command::Review { recommends, opinion: "意见".to_owned() }),
        text().prop_map(|reason| Command::SendBack { reason }),
        text().prop_map(|reason| Command::Hold { reason }),
        Just(Command::Resume),
        (0i64..50, any::<bool>()).prop_map(|(amount, queue)| Command::Decide {
            amount: Fen(amount),
            reason: "理由".to_owned(),
            conditions: Vec::new(),
            priority: 0,
            if_short: if queue { IfShort::Queue } else { IfShort::Refuse },
        }),
        Just(Command::Fund { shared: None }),
        (0i64..50, 3i64..8).prop_map(|(amount, by)| Command::Fund { shared: Some((Fen(amount), sharing(by))) }),
        text().prop_map(|reason| Command::Decline { reason }),
        (text(), text()).prop_map(|(grounds, remark)| Command::ProposeRevocation { grounds, remark }),
        Just(Command::ConfirmRevocation),
        text().prop_map(|reason| Command::DropRevocation { reason }),
        Just(Command::PublishNotice),
        text().prop_map(|grounds| Command::Object {
            name: "某".to_owned(),
            contact: "0851-8888 0000".to_owned(),
            grounds
        }),
        (1u32..3, any::<bool>(), text()).prop_map(|(id, upheld, text)| Command::AnswerObjection { id, upheld, text }),
        text().prop_map(|text| Command::Reply { text }),
        Just(Command::EndNotice),
        ids().prop_map(|batch| Command::PutInBatch { batch, end_to_end_id: format!("DX-{batch}") }),
        (ids(), text()).prop_map(|(batch, reason)| Command::TakeOutOfBatch { batch, reason }),
        (3i64..8, 3i64..8).prop_map(|(one, other)| Command::NoteRelease { by: vec![UserId(one), UserId(other)] }),
        (ids(), any::<bool>()).prop_map(|(batch, paid)| Command::RecordPayment {
            end_to_end_id: format!("DX-{batch}"),
            outcome: if paid {
                PaymentOutcome::Paid { reference: "B".to_owned(), on: crate::desk::day(2019, 5, 1) }
            } else {
                PaymentOutcome::Failed { reason: "户名不符".to_owned() }
            },
        }),
        (ids(), 2i64..9).prop_map(|(batch, by)| Command::RecordReturn {
            back: Return {
                end_to_end_id: format!("DX-{batch}"),
                on: crate::desk::day(2019, 5, 2),
                reason: "账户已销户".to_owned(),
                reference: None,
            },
            reported_by: UserId(by),
        }),
        (ids(), 2i64..9).prop_map(|(batch, by)| Command::ConfirmFailure {
            end_to_end_id: format!("DX-{batch}"),
            reported_by: UserId(by),
        }),
        (ids(), any::<bool>(), 2i64..9).prop_map(|(batch, other, by)| Command::CorrectReference {
            end_to_end_id: format!("DX-{batch}"),
            reference: if other { "C" } else { "B" }.to_owned(),
            on: crate::desk::day(2019, 5, 1),
            reported_by: UserId(by),
        }),
        text().prop_map(|reason| Command::ProposeEnding { reason }),
        Just(Command::EndPayment),
        text().prop_map(|reason| Command::DropEnding { reason }),
        Just(Command::CorrectAccount(account())),
        Just(Command::Close),
    ]
}

/// By what a fund is shared out, put forward by someone.
fn sharing(by: i64) -> Sharing {
    Sharing { rule: AllocationRule::ProRata, grounds: "年底".to_owned(), proposed_by: Some(UserId(by)) }
}

/// Procedures that leave some of the steps out.
fn procedure() -> impl Strategy<Value = Procedure> {
    any::<[bool; 3]>().prop_map(|[formal, substantive, notice]| {
        let mut procedure = all_steps();
        procedure.steps.retain(|step| match step.kind {
            StepKind::FormalReview => formal,
            StepKind::SubstantiveReview => substantive,
            StepKind::Notice => notice,
            _ => true,
        });
        procedure
    })
}

fn check(desk: &Desk, total: Fen) -> Result<(), TestCaseError> {
    let case = &desk.case;
    // Money is set aside exactly while the case holds it, and never more than there was.
    prop_assert_eq!(desk.reserved > Fen(0), case.stage.holds_money(), "{:?}", case.stage);
    prop_assert!(desk.free >= Fen(0));
    prop_assert_eq!(desk.free.0 + desk.reserved.0 + desk.paid.0, total.0);
    let was_paid = matches!(case.stage, Stage::Paid | Stage::Closed);
    prop_assert_eq!(desk.paid > Fen(0), was_paid);
    // What has left is booked, from what was set aside or beside it.
    prop_assert_eq!(desk.beside, case.left_beside(desk.paid, desk.reserved));
    // A decision lies inside the span of the assessment.
    if let (Some(decision), Some(assessed)) = (&case.decision, &case.assessed) {
        prop_assert!(assessed.span.is_some_and(|span| span.contains(decision.amount)));
        prop_assert!(decision.funded <= decision.amount);
    }
    // Nobody has done two duties.
    for (duty, who) in &case.acted {
        prop_assert!(case.acted.iter().all(|(other, user)| user != who || other == duty), "{:?}", case.acted);
    }
    // At most one payment is open, and only while it can be paid.
    let open = case.payments.iter().filter(|payment| payment.outcome.is_none()).count();
    prop_assert!(open <= 1);
    prop_assert!(open == 0 || case.stage == Stage::Payable);
    prop_assert_eq!(
        case.stage == Stage::Objection,
        case.stage == Stage::Objection && case.open_objections().next().is_some()
    );
    prop_assert_eq!(case.paused.is_some(), matches!(case.stage, Stage::Correction | Stage::OnHold | Stage::Objection));
    // A case at a desk has a deadline, but for those that wait for money, or to be closed.
    let waits = matches!(case.stage, Stage::Queued | Stage::Paid);
    prop_assert!(waits || case.stage.step().is_none() || case.due.is_some(), "{:?}", case.stage);
    // The case is what its events made of it, and survives being written down.
    let mut again: Case = desk.opened.clone();
    desk.events.iter().for_each(|event| again.apply(event));
    prop_assert_eq!(&again, case);
    let written = serde_json::to_string(case).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let read: Case = serde_json::from_str(&written).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&read, case);
    Ok(())
}

/// One thing that is tried.
#[derive(Clone, Debug)]
enum Try {
    /// This, by this one of [`actors`], whatever comes of it.
    Any(Box<Command>, usize),
    /// What brings the case further, by whoever may.
    Forward,
    /// Some days pass.
    Wait(i64),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = prop_oneof![
        3 => (command(), 0usize..9).prop_map(|(command, actor)| Try::Any(Box::new(command), actor)),
        3 => Just(Try::Forward),
        1 => (1i64..9).prop_map(Try::Wait),
    ];
    proptest::collection::vec(one, 1..120)
}

/// Tries everything in order, and checks the case after each; `reached` hears of every stage.
fn play(procedure: Procedure, tried: Vec<Try>, reached: &mut dyn FnMut(Stage)) -> Result<Desk, TestCaseError> {
    let mut desk = Desk::new(procedure);
    // What lives of this length have in the fund: enough, or too little for what is decided.
    let total = if tried.len().is_multiple_of(2) { Fen(60) } else { Fen(15) };
    desk.free = total;
    desk.round.closes_at = desk.now.plus(chrono::TimeDelta::days(5000));
    let actors = actors();
    for tried in tried {
        let before = desk.case.clone();
        match tried {
            Try::Any(command, actor) => {
                if desk.ask(&actors[actor], *command).is_err() {
                    prop_assert_eq!(&before, &desk.case);
                }
            }
            Try::Forward => {
                let next = forward(&desk);
                let _ = actors.iter().any(|actor| desk.ask(actor, next.clone()).is_ok());
            }
            Try::Wait(days) => desk.wait(days),
        }
        check(&desk, total)?;
        reached(desk.case.stage);
    }
    Ok(desk)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn promises_hold_in_any_order(procedure in procedure(), tried in tries()) {
        play(procedure, tried, &mut |_| {})?;
    }

    /// The right people asking for the next thing get a case to its end, whatever was tried before.
    #[test]
    fn a_case_can_always_reach_an_end(procedure in procedure(), tried in tries()) {
        let mut desk = play(procedure, tried, &mut |_| {})?;
        // Whoever was there may by now be recused from what is left; new people come.
        let mut actors = actors();
        actors.extend((100..103).map(|id| user(id, &Role::ALL, &[])));
        for round in 0..40 {
            if desk.case.stage.is_final() { break; }
            desk.wait(1);
            let next = towards_an_end(&desk, round);
            let _ = actors.iter().any(|actor| desk.ask(actor, next.clone()).is_ok());
        }
        prop_assert!(desk.case.stage.is_final(), "{:?}", desk.case.stage);
    }
}

/// The properties above would hold of cases that never leave their draft: these do.
#[test]
fn random_lives_reach_every_stage() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..400 {
        let drawn = (procedure(), tries()).new_tree(&mut runner).expect("a strategy without filters gives values");
        let (procedure, tried) = drawn.current();
        play(procedure, tried, &mut |stage| {
            reached.insert(stage);
        })
        .expect("the promises hold");
    }
    let missing: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| !reached.contains(stage)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}

/// What brings a case further on its main path.
fn forward(desk: &Desk) -> Command {
    let case = &desk.case;
    let reason = || "理由".to_owned();
    let assessed = || assessed(Standing::Conditional, 10, Some(30));
    match case.stage {
        Stage::Draft if case.account.is_none() => {
            Command::Save { statements: BTreeMap::new(), account: Some(account()) }
        }
        Stage::Draft if case.evidence.is_empty() => Command::AddEvidence(evidence("认定证书")),
        Stage::Draft => Command::Submit { assessed: assessed(), number: "1".to_owned() },
        Stage::Correction => Command::Resubmit { assessed: assessed(), answers: Vec::new() },
        Stage::Submitted => Command::Accept,
        Stage::FormalReview | Stage::SubstantiveReview => {
            match case.evidence.iter().find(|evidence| evidence.finding.is_none()) {
                Some(evidence) => Command::FindEvidence { id: evidence.id, holds: true, note: String::new() },
                None => Command::Review { recommends: Recommendation::Support(Fen(20)), opinion: reason() },
            }
        }
        Stage::Reviewed => Command::Decide {
            amount: Fen(20),
            reason: reason(),
            conditions: Vec::new(),
            priority: 0,
            if_short: IfShort::Queue,
        },
        Stage::Queued => Command::Fund { shared: Some((desk.free.min(Fen(20)), sharing(7))) },
        // Some parties give no other account: their payments are ended once they are late.
        Stage::PaymentFailed if case.ending.is_some() => Command::EndPayment,
        Stage::PaymentFailed if case.due.is_some_and(|due| due < desk.now.day()) => {
            Command::ProposeEnding { reason: reason() }
        }
        Stage::PaymentFailed if !desk.events.len().is_multiple_of(2) => Command::Remind,
        // One that was sent back is not taken again.
        Stage::PaymentFailed => {
            let number = format!("{}{}", account().number, case.payments.len());
            Command::CorrectAccount(BankAccount { number, ..account() })
        }
        Stage::Paid => Command::Close,
        _ => towards_an_end(desk, case.payments.len() as i64),
    }
}

/// What brings a case to some end.
fn towards_an_end(desk: &Desk, round: i64) -> Command {
    let reason = || "理由".to_owned();
    // An objection is answered before a revocation is settled.
    if desk.case.revocation.is_some() && desk.case.stage != Stage::Objection {
        return Command::DropRevocation { reason: reason() };
    }
    // What the bank calls paid after all is cleared up before its party can take it back, before more is paid, and before it is closed.
    let is_held_up = match desk.case.stage {
        Stage::PaymentFailed | Stage::Paid => true,
        Stage::Payable => desk.case.open_payment().is_none(),
        _ => false,
    };
    if let (true, Some(payment)) = (is_held_up, desk.case.doubtful_payment()) {
        return Command::ConfirmFailure { end_to_end_id: payment.end_to_end_id.clone(), reported_by: UserId(1) };
    }
    match desk.case.stage {
        Stage::Draft | Stage::Correction | Stage::PaymentFailed => Command::Withdraw { reason: reason() },
        Stage::Submitted => Command::NotAccept { reason: reason() },
        Stage::Accepted => Command::TakeUp,
        Stage::FormalReview | Stage::SubstantiveReview => {
            Command::Review { recommends: Recommendation::Decline, opinion: reason() }
        }
        Stage::Reviewed | Stage::Queued => Command::Decline { reason: reason() },
        Stage::Decided => Command::PublishNotice,
        Stage::InNotice => Command::EndNotice,
        Stage::Objection => {
            let open = desk.case.open_objections().next().map_or(1, |objection| objection.id);
            Command::AnswerObjection { id: open, upheld: false, text: reason() }
        }
        Stage::Payable => match desk.case.open_payment() {
            None => Command::PutInBatch { batch: 100 + round, end_to_end_id: format!("DX-{round}") },
            Some(payment) => Command::RecordPayment {
                end_to_end_id: payment.end_to_end_id.clone(),
                // The bank sends the first payment back.
                outcome: match desk.case.payments.len() {
                    1 => PaymentOutcome::Failed { reason: "户名不符".to_owned() },
                    _ => PaymentOutcome::Paid { reference: "B".to_owned(), on: desk.now.day() },
                },
            },
        },
        Stage::Paid => Command::Close,
        Stage::OnHold => Command::Resume,
        Stage::Closed | Stage::NotAccepted | Stage::Declined | Stage::PaymentEnded | Stage::Withdrawn => Command::Close,
    }
}
