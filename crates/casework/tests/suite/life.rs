//! Lives of cases, told command by command.

mod claimed;
mod clocks;
mod correcting;
mod disputing;
mod objecting;
mod payers;
mod revoking;
mod second;

use std::collections::BTreeMap;

use crate::desk::{Desk, PARTY, account, agent, all_steps, assessed, day, evidence, user};
use duixian_casework::account::has_come_back;
use duixian_casework::case::{
    BankAccount, CellRef, Defect, DefectAbout, Late, Paused, PaymentOutcome, Recommendation, Sharing, Standing,
};
use duixian_casework::command::{Action, Command, IfShort, NewEvidence, Stated};
use duixian_casework::doubt::Return;
use duixian_casework::event::What;
use duixian_casework::handle::{actions, handle};
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::procedure::Procedure;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_ledger::AllocationRule;
use duixian_money::Fen;
use duixian_rules::plan::{Duty, StepKind};
use duixian_rules::vocabulary::Lang;

fn intake() -> Actor {
    user(10, &[Role::Intake], &[])
}
fn reviewer() -> Actor {
    user(11, &[Role::Reviewer], &[])
}
fn decider() -> Actor {
    user(12, &[Role::DecisionMaker], &[])
}
fn finance() -> Actor {
    user(13, &[Role::Finance], &[])
}

fn submit(desk: &mut Desk) {
    desk.must(&agent(), Command::Save { statements: BTreeMap::new(), account: Some(account()) });
    desk.must(&agent(), Command::AddEvidence(evidence("认定证书")));
    let assessed = assessed(Standing::Conditional, 3_000_000, Some(5_000_000));
    desk.must(&agent(), Command::Submit { assessed, number: "南明兑〔2019〕1号".to_owned() });
}

fn review(desk: &mut Desk) {
    desk.must(&intake(), Command::Accept);
    desk.must(&reviewer(), Command::TakeUp);
    desk.must(&reviewer(), Command::Review { recommends: Recommendation::GoOn, opinion: "材料齐全".to_owned() });
    desk.must(&reviewer(), Command::FindEvidence { id: 1, holds: true, note: String::new() });
    let recommends = Recommendation::Support(Fen::yuan(40_000));
    desk.must(&reviewer(), Command::Review { recommends, opinion: "属实".to_owned() });
}

fn decide(amount: i64) -> Command {
    Command::Decide {
        amount: Fen(amount),
        reason: "按贡献".to_owned(),
        conditions: vec!["用于研发".to_owned(), " ".to_owned()],
        priority: 0,
        if_short: IfShort::Refuse,
    }
}

#[test]
fn from_draft_to_closed_with_an_objection_and_a_failed_payment() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    assert_eq!((desk.case.stage, desk.case.due), (Stage::Submitted, Some(day(2019, 3, 18))));
    review(&mut desk);
    assert_eq!(desk.case.stage, Stage::Reviewed);
    desk.must(&decider(), decide(4_000_000));
    assert_eq!((desk.case.stage, desk.reserved), (Stage::Decided, Fen::yuan(40_000)));
    assert_eq!(desk.case.decision.as_ref().map(|decision| decision.conditions.len()), Some(1));

    desk.must(&intake(), Command::PublishNotice);
    assert_eq!(desk.case.notice.as_ref().map(|notice| notice.until), Some(day(2019, 3, 18)));
    desk.wait(2);
    let object =
        Command::Object { name: "某".to_owned(), contact: "0851-8888 0000".to_owned(), grounds: "不符".to_owned() };
    desk.must(&Actor::Public, object);
    desk.wait(4);
    desk.must(&intake(), Command::AnswerObjection { id: 1, upheld: false, text: "查无此事".to_owned() });
    // Three of five days were left on 13 March; they run again from Sunday the 17th.
    assert_eq!((desk.case.stage, desk.case.due), (Stage::InNotice, Some(day(2019, 3, 20))));
    assert_eq!(desk.ask(&Actor::System, Command::EndNotice), Err(Refusal::NoticeRuns(day(2019, 3, 20))));
    desk.wait(4);
    desk.must(&Actor::System, Command::EndNotice);

    let pay = |batch: i64| Command::PutInBatch { batch, end_to_end_id: format!("DX1-{batch}") };
    desk.must(&finance(), pay(1));
    assert_eq!(desk.ask(&finance(), pay(2)), Err(Refusal::PaymentUnderWay));
    let failed = PaymentOutcome::Failed { reason: "户名不符".to_owned() };
    desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome: failed });
    assert_eq!((desk.case.stage, desk.reserved), (Stage::PaymentFailed, Fen::yuan(40_000)));
    let to = |holder: &str, number: &str| {
        let (holder, number) = (holder.to_owned(), number.to_owned());
        Command::CorrectAccount(BankAccount { holder, number, ..account() })
    };
    let first = account();
    assert_eq!(desk.ask(&agent(), Command::CorrectAccount(first.clone())), Err(Refusal::AccountCameBack));
    assert_eq!(
        desk.ask(&agent(), to("乙公司", "6228480402564890026")),
        Err(Refusal::HolderIsNotParty("甲公司".to_owned()))
    );
    desk.must(&agent(), to(" 甲公 司", "6228480402564890026"));
    // Each that was sent back is refused, and not the last one alone; with its bank's right code it is another.
    let mut twice = desk.case.clone();
    let mut again = twice.payments[0].clone();
    again.account = twice.account.clone().expect("an account");
    twice.payments.push(again);
    assert!([&first, &twice.payments[1].account].into_iter().all(|account| has_come_back(&twice, account)));
    assert!(!has_come_back(&desk.case, &twice.payments[1].account));
    let coded = BankAccount { bank_code: Some("102701000001".to_owned()), ..first.clone() };
    assert!(!has_come_back(&twice, &coded));
    twice.payments[0].account = coded;
    let bank = format!(" {} {}", &first.bank[..3], &first.bank[3..]);
    assert!(
        has_come_back(&twice, &BankAccount { bank, ..first }),
        "without the code, and with a blank more, it is no other"
    );
    desk.must(&finance(), pay(2));
    desk.must(&finance(), Command::NoteRelease { by: vec![UserId(13), UserId(14)] });
    let paid = PaymentOutcome::Paid { reference: "B001".to_owned(), on: day(2019, 4, 1) };
    let record = Command::RecordPayment { end_to_end_id: "DX1-2".to_owned(), outcome: paid };
    desk.must(&Actor::System, record.clone());
    assert_eq!((desk.paid, desk.reserved), (Fen::yuan(40_000), Fen(0)));
    assert!(desk.ask(&Actor::System, record).is_err());
    desk.must(&finance(), Command::Close);
    assert_eq!(desk.case.stage, Stage::Closed);

    // The bank sends the money back: not by an older day, nor by one person, nor of what was never paid.
    let UserId(reader) = finance().user().expect("a user");
    let back = |payment: &str, day| Return {
        end_to_end_id: payment.to_owned(),
        on: day,
        reason: "账户已销户".to_owned(),
        reference: Some("B002".to_owned()),
    };
    let returned = |payment, day, by| Command::RecordReturn { back: back(payment, day), reported_by: UserId(by) };
    let (other, next) = (reader + 1, day(2019, 4, 2));
    for (payment, on, by, refused) in [
        ("DX1-2", next, reader, Refusal::ReadByYou),
        ("DX1-2", day(2019, 3, 31), other, Refusal::NoSuch("笔已付的拨付", "payment that was made")),
        ("DX1-1", next, other, Refusal::NoSuch("笔已付的拨付", "payment that was made")),
    ] {
        assert_eq!(desk.ask(&finance(), returned(payment, on, by)), Err(refused), "{payment} {on}");
    }
    desk.must(&finance(), returned("DX1-2", next, other));
    assert_eq!((desk.case.stage, desk.paid, desk.reserved), (Stage::PaymentFailed, Fen(0), Fen::yuan(40_000)));
    desk.must(&agent(), to("甲公司", "6228480402564890034"));
    desk.must(&finance(), pay(3));
    let again = PaymentOutcome::Paid { reference: "B003".to_owned(), on: day(2019, 4, 8) };
    desk.must(&Actor::System, Command::RecordPayment { end_to_end_id: "DX1-3".to_owned(), outcome: again });
    assert_eq!((desk.case.stage, desk.paid, desk.reserved), (Stage::Paid, Fen::yuan(40_000), Fen(0)));
}

#[test]
fn a_failed_payment_is_reminded_of_and_ended_once_its_days_are_over() {
    let mut desk = Desk::new(all_steps());
    desk.procedure.steps.retain(|step| matches!(step.kind, StepKind::Accept | StepKind::Decide | StepKind::Pay));
    submit(&mut desk);
    desk.must(&intake(), Command::Accept);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&finance(), Command::PutInBatch { batch: 1, end_to_end_id: "DX1-1".to_owned() });
    let failed = PaymentOutcome::Failed { reason: "户名不符".to_owned() };
    let record = |outcome| Command::RecordPayment { end_to_end_id: "DX1-1".to_owned(), outcome };
    desk.must(&Actor::System, record(failed));
    let due = desk.case.due.expect("a deadline");
    let end = || Command::ProposeEnding { reason: "逾期未更正".to_owned() };
    assert!(desk.ask(&Actor::System, Command::Remind).is_err(), "its last days have not come");
    assert_eq!(desk.ask(&finance(), end()), Err(Refusal::AccountMayCome(due)));
    while desk.now.day() < due {
        desk.wait(1);
    }
    desk.must(&Actor::System, Command::Remind);
    assert_eq!(desk.ask(&Actor::System, Command::Remind), Err(Refusal::AlreadyDone));
    desk.wait(1);
    assert_eq!(desk.ask(&decider(), end()), Err(Refusal::NeedsRole(Role::Finance)));
    second::ends_payment(&mut desk, end());
    assert_eq!((desk.case.stage, desk.reserved, desk.free), (Stage::PaymentEnded, Fen(0), Fen::yuan(100_000)));
    assert_eq!(desk.case.binding_decision(), None, "it may be applied for again");
    // Should the bank say after all that it was paid, it is not granted once more.
    desk.must(&Actor::System, record(PaymentOutcome::Paid { reference: "B1".to_owned(), on: desk.now.day() }));
    assert!(desk.case.stage == Stage::PaymentEnded && desk.case.binding_decision().is_some());
}

#[test]
fn nothing_is_sent_before_it_is_whole() {
    let mut desk = Desk::new(all_steps());
    let submit = |standing| Command::Submit { assessed: assessed(standing, 1, Some(1)), number: "1".to_owned() };
    assert!(matches!(desk.ask(&agent(), submit(Standing::Unknown)), Err(Refusal::FactsMissing(..))));
    assert_eq!(
        desk.ask(&agent(), submit(Standing::Entitled)),
        Err(Refusal::EvidenceMissing(vec!["认定证书".to_owned()]))
    );
    // A number that reads otherwise than it is kept is no number.
    let turned = NewEvidence { number: "认\u{202e}2017".to_owned(), ..evidence("认定证书") };
    assert_eq!(desk.ask(&agent(), Command::AddEvidence(turned)), Err(Refusal::Unseen("文号", "number")));
    desk.must(&agent(), Command::AddEvidence(evidence("认定证书")));
    assert_eq!(desk.ask(&agent(), submit(Standing::Entitled)), Err(Refusal::AccountMissing));
    let short = BankAccount { number: "12345".to_owned(), ..account() };
    desk.must(&agent(), Command::Save { statements: BTreeMap::new(), account: Some(short) });
    assert!(matches!(desk.ask(&agent(), submit(Standing::Entitled)), Err(Refusal::BadAccount(..))));
    desk.must(&agent(), Command::Save { statements: BTreeMap::new(), account: Some(account()) });
    desk.wait(60);
    assert_eq!(desk.ask(&agent(), submit(Standing::Entitled)), Err(Refusal::RoundClosed(day(2019, 4, 1))));
    desk.wait(-75);
    assert_eq!(desk.ask(&agent(), submit(Standing::Entitled)), Err(Refusal::RoundNotOpen(day(2019, 3, 1))));
    let other = user(2, &[Role::Agent], &["91520102MA6DJ99999"]);
    assert_eq!(desk.ask(&other, submit(Standing::Entitled)), Err(Refusal::NotYourParty));
}

#[test]
fn what_the_rules_refuse_can_be_applied_for_but_not_granted() {
    let mut desk = Desk::new(all_steps());
    desk.must(&agent(), Command::Save { statements: BTreeMap::new(), account: Some(account()) });
    desk.must(&agent(), Command::AddEvidence(evidence("认定证书")));
    let refused = assessed(Standing::NotEntitled, 0, None);
    desk.must(&agent(), Command::Submit { assessed: refused, number: "1".to_owned() });
    desk.must(&intake(), Command::Accept);
    desk.must(&reviewer(), Command::TakeUp);
    let support = Command::Review { recommends: Recommendation::Support(Fen(1)), opinion: "同意".to_owned() };
    assert!(matches!(desk.ask(&reviewer(), support), Err(Refusal::NotEntitled(..))));
    desk.must(&reviewer(), Command::Review { recommends: Recommendation::Decline, opinion: "不符".to_owned() });
    assert_eq!(desk.case.stage, Stage::Reviewed);
    assert!(matches!(desk.ask(&decider(), decide(1)), Err(Refusal::NotEntitled(..))));
    desk.must(&decider(), Command::Decline { reason: "登记区划不在本区".to_owned() });
    assert_eq!((desk.case.stage, desk.reserved), (Stage::Declined, Fen(0)));
}

#[test]
fn a_decision_keeps_to_the_span_and_to_the_fund() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    for outside in [0, 2_999_999, 5_000_001] {
        assert!(desk.ask(&decider(), decide(outside)).is_err(), "{outside}");
    }
    desk.free = Fen(3_999_999);
    let short = Refusal::FundShort { free: Fen(3_999_999), waiting: Fen(0), wanted: Fen::yuan(40_000) };
    assert!(short.text(Lang::Zh).contains("可用 39,999.99 元，需要 40,000 元"), "{}", short.text(Lang::Zh));
    assert_eq!(desk.ask(&decider(), decide(4_000_000)), Err(short));
    // A number is one party's alone.
    desk.granted_elsewhere = Some("7号".to_owned());
    let taken = Refusal::GrantedElsewhere("7号".to_owned());
    assert_eq!(desk.ask(&decider(), decide(4_000_000)), Err(taken));
    desk.granted_elsewhere = None;
    // Money that others wait for is not free for who is decided after them.
    (desk.free, desk.waiting) = (Fen::yuan(50_000), Fen::yuan(10_001));
    let (free, waiting) = (desk.free, desk.waiting);
    let behind = Refusal::OthersWait { free, waiting, wanted: Fen::yuan(40_000) };
    assert_eq!(desk.ask(&decider(), decide(4_000_000)), Err(behind));
    desk.free = Fen(3_999_999);
    let wait = Command::Decide {
        amount: Fen::yuan(40_000),
        reason: "同意".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Queue,
    };
    desk.must(&decider(), wait);
    assert_eq!((desk.case.stage, desk.reserved), (Stage::Queued, Fen(0)));
    // Alone it gets what was decided, or nothing.
    let less = desk.ask(&decider(), Command::Fund { shared: None });
    assert_eq!(less, Err(Refusal::ShortForOne { free: desk.free, wanted: Fen(4_000_000) }));
    // What is cut by sharing out is cut with grounds.
    let proposed_by = Some(UserId(15));
    let silent = Sharing { rule: AllocationRule::ProRata, grounds: " ".to_owned(), proposed_by };
    let cut = |sharing| Command::Fund { shared: Some((Fen(3_999_999), sharing)) };
    assert!(matches!(desk.ask(&decider(), cut(silent)), Err(Refusal::TextMissing(..))));
    let sharing = Sharing { rule: AllocationRule::ProRata, grounds: "年底资金不足".to_owned(), proposed_by };
    // Another that was withdrawn may have been paid while this one waited.
    desk.granted_elsewhere = Some("7号".to_owned());
    let taken = Refusal::GrantedElsewhere("7号".to_owned());
    assert_eq!(desk.ask(&decider(), cut(sharing.clone())), Err(taken));
    desk.granted_elsewhere = None;
    // What is cut is put forward by one and confirmed by another, neither of whom has reviewed it.
    for (by, refused) in [
        (None, Refusal::SecondSharerNeeded),
        (decider().user(), Refusal::SecondSharerNeeded),
        (reviewer().user(), Refusal::Recused { did: Duty::Review, now: Duty::Decision }),
    ] {
        assert_eq!(desk.ask(&decider(), cut(Sharing { proposed_by: by, ..sharing.clone() })), Err(refused), "{by:?}");
    }
    // So is what goes ahead of one that was decided before and still waits, though nothing of it is cut.
    let before = (desk.free, desk.waiting);
    let whole = |sharing| Command::Fund { shared: Some((Fen(4_000_000), sharing)) };
    let alone = Sharing { rule: AllocationRule::Priority, grounds: String::new(), proposed_by: None };
    desk.free = Fen(4_000_000);
    desk.waiting = Fen(1);
    assert_eq!(desk.ask(&decider(), whole(alone.clone())), Err(Refusal::SecondSharerNeeded));
    let silent = Sharing { proposed_by, ..alone.clone() };
    assert!(matches!(desk.ask(&decider(), whole(silent)), Err(Refusal::TextMissing(..))));
    desk.waiting = Fen(0);
    let told = desk.with_context(|context| handle(&desk.case, whole(alone), &decider(), context));
    assert!(told.is_ok(), "it passes over nobody: {told:?}");
    (desk.free, desk.waiting) = before;
    desk.must(&decider(), cut(sharing.clone()));
    assert!(desk.case.acted.contains(&(Duty::Decision, UserId(15))));
    assert_eq!(desk.case.decision.as_ref().and_then(|decision| decision.sharing.clone()), Some(sharing));
    assert_eq!((desk.case.stage, desk.reserved, desk.free), (Stage::Decided, Fen(3_999_999), Fen(0)));
}

#[test]
fn nobody_does_two_duties_of_a_case() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    let both = user(11, &[Role::Reviewer, Role::DecisionMaker], &[]);
    let recused = Refusal::Recused { did: Duty::Review, now: Duty::Decision };
    assert_eq!(desk.ask(&both, decide(4_000_000)), Err(recused));
    let own = user(20, &[Role::DecisionMaker], &[PARTY]);
    assert_eq!(desk.ask(&own, decide(4_000_000)), Err(Refusal::OwnParty));
    let elsewhere = Actor::User {
        id: UserId(21),
        roles: vec![Role::DecisionMaker],
        desks: vec!["another".to_owned()],
        parties: [].into(),
    };
    assert_eq!(desk.ask(&elsewhere, decide(4_000_000)), Err(Refusal::NeedsDesk("decide".to_owned())));
    for idle in [Role::Auditor, Role::Leader, Role::Administrator, Role::Finance] {
        assert_eq!(desk.ask(&user(30, &[idle], &[]), decide(4_000_000)), Err(Refusal::NeedsRole(Role::DecisionMaker)));
    }
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    desk.wait(30);
    desk.must(&Actor::System, Command::EndNotice);
    let pays = user(12, &[Role::Finance], &[]);
    let pay = Command::PutInBatch { batch: 1, end_to_end_id: "x".to_owned() };
    assert_eq!(desk.ask(&pays, pay.clone()), Err(Refusal::Recused { did: Duty::Decision, now: Duty::Payment }));
    desk.must(&finance(), pay);
    // Whoever reads the bank's answer is believed; whoever has changed sides directs no money that they had a say in.
    let failed = PaymentOutcome::Failed { reason: "户名不符".to_owned() };
    let read = Command::RecordPayment { end_to_end_id: "x".to_owned(), outcome: failed };
    assert_eq!(desk.ask(&pays, read), Err(Refusal::Recused { did: Duty::Decision, now: Duty::Payment }));
    let changed_sides = user(12, &[Role::Agent], &[PARTY]);
    let other = Command::CorrectAccount(account());
    assert_eq!(desk.ask(&changed_sides, other), Err(Refusal::OfficialBefore(Duty::Decision)));
    let release = Command::NoteRelease { by: vec![UserId(13), UserId(11)] };
    let recused = Refusal::Recused { did: Duty::Review, now: Duty::Payment };
    assert_eq!(desk.ask(&finance(), release), Err(recused));
}

#[test]
fn what_the_pack_says_the_money_is_for_stands_first_among_the_conditions_of_every_decision() {
    let decided = |purpose: &[&str], written: &[&str]| {
        let purpose = purpose.iter().map(|one| (*one).to_owned()).collect();
        let mut desk = Desk::new(Procedure { purpose, ..all_steps() });
        submit(&mut desk);
        review(&mut desk);
        let Command::Decide { amount, reason, priority, if_short, .. } = decide(4_000_000) else { unreachable!() };
        let conditions = written.iter().map(|one| (*one).to_owned()).collect();
        desk.must(&decider(), Command::Decide { amount, reason, conditions, priority, if_short });
        desk.case.decision.map(|decision| decision.conditions).unwrap_or_default()
    };
    assert_eq!(decided(&["企业项目建设"], &["一年内报送决算"]), ["用于企业项目建设", "一年内报送决算"]);
    assert_eq!(decided(&["用于研发", "人才"], &[" 用于研发、人才。", ""]), ["用于研发、人才"]);
    assert!(decided(&[], &[]).is_empty());
}

#[test]
fn an_objection_that_is_right_frees_the_money_and_goes_back_to_review() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    let object = |name: &str| Command::Object {
        name: name.to_owned(),
        contact: "someone@example.com".to_owned(),
        grounds: "证书系伪造".to_owned(),
    };
    desk.must(&Actor::Public, object("甲"));
    desk.must(&Actor::Public, object("乙"));
    desk.wait(30);
    assert!(desk.ask(&Actor::System, Command::EndNotice).is_err());
    desk.must(&intake(), Command::AnswerObjection { id: 1, upheld: false, text: "不成立".to_owned() });
    assert_eq!(desk.case.stage, Stage::Objection);
    let upheld = Command::AnswerObjection { id: 2, upheld: true, text: "成立".to_owned() };
    // It overturns the decision: whoever takes applications in, or has reviewed this one, does not.
    assert_eq!(desk.ask(&intake(), upheld.clone()), Err(Refusal::NeedsRole(Role::DecisionMaker)));
    let both = user(11, &[Role::Intake, Role::DecisionMaker], &[]);
    let reviewed = Refusal::ReviewedByYou(Action::AnswerObjection);
    assert_eq!(desk.ask(&both, upheld.clone()), Err(reviewed));
    desk.must(&user(15, &[Role::DecisionMaker], &[]), upheld);
    assert!(desk.case.acted.contains(&(Duty::Decision, UserId(15))));
    assert_eq!((desk.case.stage, desk.reserved), (Stage::SubstantiveReview, Fen(0)));
    assert_eq!(desk.free, Fen::yuan(100_000));
}

#[test]
fn steps_that_a_procedure_leaves_out_are_not_taken() {
    let mut short = all_steps();
    short.steps.retain(|step| matches!(step.kind, StepKind::Accept | StepKind::Decide | StepKind::Pay));
    let mut desk = Desk::new(short);
    submit(&mut desk);
    desk.must(&intake(), Command::Accept);
    assert_eq!(desk.case.stage, Stage::Reviewed);
    desk.must(&decider(), decide(4_000_000));
    assert_eq!(desk.case.stage, Stage::Payable);
}

#[test]
fn a_page_greys_out_what_is_closed_and_says_why() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    let offered = desk.with_context(|context| actions(&desk.case, &intake(), context));
    let open: Vec<Action> = offered.iter().filter(|(_, why)| why.is_empty()).map(|(action, _)| *action).collect();
    assert_eq!(open, [Action::Accept, Action::AskCorrection, Action::Hold, Action::NotAccept]);
    let offered = desk.with_context(|context| actions(&desk.case, &finance(), context));
    assert!(offered.iter().all(|(_, why)| why.first() == Some(&Refusal::NeedsRole(Role::Intake))), "{offered:?}");
    let offered = desk.with_context(|context| actions(&desk.case, &agent(), context));
    assert_eq!(offered, [(Action::Withdraw, vec![])]);
}

#[test]
fn what_comes_back_to_review_is_verified_anew() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    let object =
        Command::Object {
            name: "甲".to_owned(), contact: "13800000000".to_owned(), grounds: "证书系伪造".to_owned()
        };
    desk.must(&Actor::Public, object);
    desk.wait(1);
    let upheld = || Command::AnswerObjection { id: 1, upheld: true, text: "查实".to_owned() };
    desk.must(&user(15, &[Role::DecisionMaker], &[]), upheld());
    let reopened = desk.case.reopened.clone().expect("it came back");
    assert_eq!((reopened.objection, reopened.reason.as_str()), (Some(1), "查实"));
    let support =
        Command::Review { recommends: Recommendation::Support(Fen::yuan(40_000)), opinion: "属实".to_owned() };
    let unverified = Refusal::NotVerified(vec!["认定证书".to_owned()]);
    assert_eq!(desk.ask(&reviewer(), support.clone()), Err(unverified));
    desk.must(&reviewer(), Command::FindEvidence { id: 1, holds: true, note: "向发证机关核实".to_owned() });
    desk.must(&reviewer(), support);
    desk.must(&decider(), Command::SendBack { reason: "请说明金额".to_owned() });
    assert_eq!(desk.case.reopened.as_ref().and_then(|reopened| reopened.objection), None);
    desk.wait(1);
    desk.must(&reviewer(), Command::FindEvidence { id: 1, holds: true, note: String::new() });
    let recommends = Recommendation::Support(Fen::yuan(40_000));
    desk.must(&reviewer(), Command::Review { recommends, opinion: "按贡献".to_owned() });
    desk.must(&decider(), decide(4_000_000));
    assert_eq!(desk.case.reopened, None);
}

/// What is found once more as it was is no news; by someone else, otherwise, or after the case came back it is.
#[test]
fn what_is_found_again_as_it_was_is_no_event() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    desk.must(&intake(), Command::Accept);
    desk.must(&reviewer(), Command::TakeUp);
    let evidence = |holds: bool, note: &str| Command::FindEvidence { id: 1, holds, note: note.to_owned() };
    let fact = CellRef { table: "results".to_owned(), row: "R".to_owned(), column: "genuine".to_owned() };
    let confirm = |value: &str, source: &str| Command::ConfirmFacts {
        facts: [(fact.clone(), value.to_owned())].into(),
        source: source.to_owned(),
    };
    let news = |desk: &mut Desk, who: &Actor, command: Command| {
        let before = desk.case.version;
        desk.must(who, command);
        desk.case.version > before
    };
    for (command, is_news) in [
        (evidence(true, ""), true),
        (evidence(true, " "), false),
        (evidence(true, "查过原件"), true),
        (evidence(true, "查过原件"), false),
        (evidence(false, "查过原件"), true),
        (evidence(true, ""), true),
        (confirm("true", "登记簿"), true),
        (confirm("true", "登记簿"), false),
        (confirm("true", "来函"), true),
        (confirm("false", "来函"), true),
    ] {
        desk.wait(1);
        assert_eq!(news(&mut desk, &reviewer(), command.clone()), is_news, "{command:?}");
    }
    let colleague = user(21, &[Role::Reviewer], &[]);
    desk.must(&colleague, Command::TakeUp);
    assert!(news(&mut desk, &colleague, evidence(true, "")), "another person's finding is their own");
    assert!(!news(&mut desk, &colleague, evidence(true, "")));
}

#[test]
fn what_was_withdrawn_has_no_amount() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    assert_eq!(desk.case.granted(), Some(Fen::yuan(40_000)));
    desk.must(&agent(), Command::Withdraw { reason: "不再需要".to_owned() });
    assert_eq!((desk.case.granted(), desk.reserved), (None, Fen(0)));
}

#[test]
fn facts_that_nobody_disputes_are_confirmed_by_a_source_and_those_stated_are_not() {
    let cell = |column: &str| CellRef { table: "years".to_owned(), row: "2018".to_owned(), column: column.to_owned() };
    let facts = |columns: &[&str]| columns.iter().map(|column| (cell(column), "100".to_owned())).collect();
    let confirm =
        |columns: &[&str], source: &str| Command::ConfirmFacts { facts: facts(columns), source: source.into() };
    let mut desk = Desk::new(all_steps());
    let stated = Stated { value: "90".to_owned(), dispute: Some("登记有误".to_owned()) };
    let statements = BTreeMap::from([(cell("sales"), Some(stated))]);
    desk.must(&agent(), Command::Save { statements, account: None });
    submit(&mut desk);
    assert!(matches!(desk.ask(&reviewer(), confirm(&["tax"], "金税系统")), Err(Refusal::WrongStage { .. })));
    desk.must(&intake(), Command::Accept);
    desk.must(&reviewer(), Command::TakeUp);
    assert_eq!(desk.ask(&intake(), confirm(&["tax"], "金税系统")), Err(Refusal::NeedsRole(Role::Reviewer)));
    let no_source = Refusal::TextMissing("确认的依据", "by what the facts are confirmed");
    assert_eq!(desk.ask(&reviewer(), confirm(&["tax"], " ")), Err(no_source));
    let nothing = Refusal::NoSuch("项可以确认的登记事实", "registered fact to confirm");
    assert_eq!(desk.ask(&reviewer(), confirm(&["sales"], "金税系统")), Err(nothing));
    // Nor is the registry set aside without a word.
    let found = |note: &str| Command::FindStatement { cell: cell("sales"), holds: true, note: note.to_owned() };
    let no_note = Refusal::TextMissing("不按登记的依据", "why the registry's value does not hold");
    assert_eq!(desk.ask(&reviewer(), found(" ")), Err(no_note));
    desk.must(&reviewer(), found("查对申报表"));
    desk.must(&reviewer(), confirm(&["tax", "staff", "sales"], "金税系统"));
    let confirmed: Vec<&str> = desk.case.confirmed.keys().map(|cell| cell.column.as_str()).collect();
    assert_eq!(confirmed, ["staff", "tax"]);
    let tax = &desk.case.confirmed[&cell("tax")];
    assert_eq!((tax.value.as_str(), tax.finding.note.as_str(), tax.finding.by), ("100", "金税系统", UserId(11)));
    // Whoever has confirmed has reviewed.
    assert!(desk.case.acted.contains(&(Duty::Review, UserId(11))));
}
