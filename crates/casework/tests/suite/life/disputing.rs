//! What an applicant says that the registry has wrong is looked into before support is refused.

use super::*;

fn tax() -> CellRef {
    CellRef { table: "accounts".to_owned(), row: "2018".to_owned(), column: "tax".to_owned() }
}

/// Sends an application that disputes a fact of the registry, and states another that the registry has not.
fn submit_disputing(desk: &mut Desk) {
    let stated = |dispute: Option<&str>| Stated { value: "100".to_owned(), dispute: dispute.map(str::to_owned) };
    let other = CellRef { column: "sales".to_owned(), ..tax() };
    let statements = BTreeMap::from([(tax(), Some(stated(Some("少算了一个月")))), (other, Some(stated(None)))]);
    desk.must(&agent(), Command::Save { statements, account: None });
    submit(desk);
}

fn open(stage: Stage) -> Refusal {
    Refusal::DisputesOpen { cells: vec![tax()], stage }
}

fn against() -> Command {
    Command::Review { recommends: Recommendation::Decline, opinion: "行业不符".to_owned() }
}

fn decline() -> Command {
    Command::Decline { reason: "行业不符".to_owned() }
}

fn find(holds: bool) -> Command {
    Command::FindStatement { cell: tax(), holds, note: "与税单核对".to_owned() }
}

#[test]
fn nobody_recommends_to_decline_before_what_is_disputed_is_looked_into() {
    for holds in [true, false] {
        let mut desk = Desk::new(all_steps());
        submit_disputing(&mut desk);
        desk.must(&intake(), Command::Accept);
        desk.must(&reviewer(), Command::TakeUp);
        assert_eq!(desk.ask(&reviewer(), against()), Err(open(Stage::FormalReview)));
        desk.must(&reviewer(), find(holds));
        // What the registry has not, and the evidence, decide nothing against the applicant that was never looked at.
        desk.must(&reviewer(), against());
        desk.must(&decider(), decline());
        assert_eq!(desk.case.stage, Stage::Declined);
    }
}

#[test]
fn nobody_declines_what_an_earlier_version_let_through_and_it_is_not_stuck() {
    let mut desk = Desk::new(all_steps());
    submit_disputing(&mut desk);
    desk.must(&intake(), Command::Accept);
    // It was recommended to decline without a look when that could be done.
    desk.case.stage = Stage::Reviewed;
    assert_eq!(desk.ask(&decider(), decline()), Err(open(Stage::Reviewed)));
    let offered = desk.with_context(|context| actions(&desk.case, &decider(), context));
    let why = offered.iter().find(|(action, _)| *action == Action::Decline).map(|(_, why)| why.clone());
    assert_eq!(why, Some(vec![open(Stage::Reviewed)]), "the page greys it with the reason");
    let told = open(Stage::Reviewed).text(Lang::Zh);
    assert!(told.contains("还有 1 项没有核实") && told.contains("退回审核"), "{told}");
    desk.must(&decider(), Command::SendBack { reason: "请核实所报的税额".to_owned() });
    desk.must(&reviewer(), Command::TakeUp);
    desk.must(&reviewer(), find(false));
    desk.must(&reviewer(), against());
    desk.must(&decider(), decline());
    assert_eq!(desk.case.stage, Stage::Declined);
}

#[test]
fn what_was_found_before_the_case_came_back_is_looked_into_anew() {
    let mut desk = Desk::new(all_steps());
    submit_disputing(&mut desk);
    desk.must(&intake(), Command::Accept);
    desk.must(&reviewer(), Command::TakeUp);
    desk.must(&reviewer(), find(false));
    desk.must(&reviewer(), against());
    desk.wait(1);
    desk.must(&decider(), Command::SendBack { reason: "税单有新的".to_owned() });
    desk.must(&reviewer(), Command::TakeUp);
    assert_eq!(desk.ask(&reviewer(), against()), Err(open(Stage::SubstantiveReview)));
    desk.must(&reviewer(), find(true));
    desk.must(&reviewer(), against());
}

#[test]
fn where_nobody_reviews_and_at_intake_nothing_waits_for_it() {
    let mut desk = Desk::new(all_steps());
    submit_disputing(&mut desk);
    desk.must(&intake(), Command::NotAccept { reason: "不属受理范围".to_owned() });
    let mut desk = Desk::new(all_steps());
    desk.procedure.steps.retain(|step| matches!(step.kind, StepKind::Accept | StepKind::Decide | StepKind::Pay));
    submit_disputing(&mut desk);
    desk.must(&intake(), Command::Accept);
    desk.must(&decider(), decline());
    assert_eq!(desk.case.stage, Stage::Declined);
}

#[test]
fn whoever_would_withdraw_while_an_objection_is_answered_reads_why_not() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    let (name, contact) = ("周某".to_owned(), "13800000000".to_owned());
    desk.must(&Actor::Public, Command::Object { name, contact, grounds: "证书系伪造".to_owned() });
    let withdraw = || Command::Withdraw { reason: "不再需要".to_owned() };
    let due = desk.case.due;
    let refusal = desk.ask(&agent(), withdraw()).expect_err("an objection is open");
    assert_eq!(refusal, Refusal::AnsweredFirst(due));
    assert!(refusal.text(Lang::Zh).contains("应在2019年") && refusal.text(Lang::En).contains("2019)"));
    let answer = Command::AnswerObjection { id: 1, upheld: false, text: "经核实属实".to_owned() };
    desk.must(&user(15, &[Role::Intake], &[]), answer);
    desk.must(&agent(), withdraw());
    assert_eq!(desk.case.stage, Stage::Withdrawn);
}
