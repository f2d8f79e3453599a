//! What a reviewer has taken up is theirs until a colleague takes it over; and all that stands in someone's way is told at once.

use duixian_casework::permit::{obstacles, permit};

use super::*;

fn colleague() -> Actor {
    user(21, &[Role::Reviewer], &[])
}

#[test]
fn a_colleague_takes_a_case_over_before_they_work_on_it() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    desk.must(&intake(), Command::Accept);
    let opinion = || Command::Review { recommends: Recommendation::GoOn, opinion: "材料齐全".to_owned() };
    let finding = || Command::FindEvidence { id: 1, holds: true, note: String::new() };
    let hold = || Command::Hold { reason: "等税务回函".to_owned() };
    desk.must(&reviewer(), Command::TakeUp);
    for command in [opinion(), finding(), hold()] {
        assert_eq!(desk.ask(&colleague(), command), Err(Refusal::TakenUpBy("王芳".to_owned())));
    }
    let told = Refusal::TakenUpBy("王芳".to_owned()).text(Lang::Zh);
    assert_eq!(told, "已由王芳领办：要由您办理的，请先接手");
    desk.must(&reviewer(), hold());
    // Whoever is there goes on with what waits: only then it is said whose it is.
    desk.must(&colleague(), Command::Resume);
    desk.must(&colleague(), Command::TakeUp);
    assert_eq!(desk.case.assignee, Some(UserId(21)));
    assert!(matches!(desk.ask(&reviewer(), finding()), Err(Refusal::TakenUpBy(_))));
    desk.must(&colleague(), finding());
    desk.must(&colleague(), opinion());
    // The next desk has nobody yet, and anyone of it may begin.
    assert_eq!((desk.case.stage, desk.case.assignee), (Stage::SubstantiveReview, None));
    desk.must(&reviewer(), finding());
}

#[test]
fn all_that_stands_in_the_way_is_told_at_once() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    desk.must(&intake(), Command::Accept);
    desk.must(&reviewer(), Command::TakeUp);
    let told = |actor: &Actor, action| desk.with_context(|context| obstacles(&desk.case, action, actor, context));
    let desks = vec!["pay".to_owned()];
    let elsewhere = Actor::User { id: UserId(31), roles: vec![Role::Finance], desks, parties: [].into() };
    let found = told(&elsewhere, Action::Review);
    let (role, desk_of) = (Refusal::NeedsRole(Role::Reviewer), Refusal::NeedsDesk("formal_review".to_owned()));
    assert_eq!(found, [role.clone(), desk_of, Refusal::TakenUpBy("王芳".to_owned())]);
    let first = desk.with_context(|context| permit(&desk.case, Action::Review, &elsewhere, context));
    assert_eq!(first, Err(role), "it is refused by the first of them");
    let not_there = Refusal::WrongStage { action: Action::Decide, stage: Stage::FormalReview };
    assert_eq!(told(&elsewhere, Action::Decide), [not_there], "the rest would be said of another stage");
    assert!(told(&reviewer(), Action::Review).is_empty());
}
