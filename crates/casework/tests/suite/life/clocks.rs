//! Days that stand still, go on and are over.

use std::sync::Arc;

use chrono::NaiveDate;
use duixian_casework::calendar::DayKind;
use duixian_casework::case::Notice;
use duixian_rules::vocabulary::Lang;

use super::*;

#[test]
fn a_hold_keeps_the_days_that_were_left() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    desk.wait(1);
    desk.must(&intake(), Command::Hold { reason: "等待部门回函".to_owned() });
    assert_eq!((desk.case.stage, desk.case.due), (Stage::OnHold, None));
    desk.wait(20);
    assert_eq!(desk.ask(&reviewer(), Command::Resume), Err(Refusal::NeedsRole(Role::Intake)));
    desk.must(&intake(), Command::Resume);
    // Four working days from Monday 1 April; the 5th is Qingming.
    assert_eq!((desk.case.stage, desk.case.due), (Stage::Submitted, Some(day(2019, 4, 8))));
}

/// To stop a clock that has run out gives nobody new days, however it is stopped.
#[test]
fn what_was_late_when_its_clock_was_stopped_is_as_late_when_it_goes_on() {
    let hold = || Command::Hold { reason: "等待部门回函".to_owned() };
    let ask =
        || Command::AskCorrection { defects: vec![Defect { about: DefectAbout::Other, text: "重传".to_owned() }] };
    let again = || Command::Resubmit {
        assessed: assessed(Standing::Entitled, 5_000_000, Some(5_000_000)),
        answers: Vec::new(),
    };
    for (stop, go, by) in [(hold(), Command::Resume, intake()), (ask(), again(), agent())] {
        let mut desk = Desk::new(all_steps());
        submit(&mut desk);
        let due = desk.case.due.expect("a deadline");
        desk.wait(37);
        let lateness =
            |desk: &Desk| desk.calendar.working_days_between(desk.now.day(), desk.case.due.expect("a deadline"));
        let late = lateness(&desk);
        assert!(late < -20, "{late}");
        desk.must(&intake(), stop.clone());
        desk.must(&by, go.clone());
        assert_eq!(desk.case.due, Some(due), "on the same day");
        desk.must(&intake(), stop);
        desk.wait(9);
        desk.must(&by, go);
        assert_eq!(lateness(&desk), late, "days on which the clock stood still don't count");
        assert!(desk.case.due > Some(due) && desk.case.is_overdue(desk.now.day()));
    }
    // On the weekend after its last day nothing is left, and it is late all the same.
    for days in 0..3 {
        let mut desk = Desk::new(all_steps());
        submit(&mut desk);
        desk.wait(5);
        assert_eq!((desk.now.day(), desk.case.due), (day(2019, 3, 16), Some(day(2019, 3, 18))));
        desk.case.due = Some(day(2019, 3, 15));
        desk.must(&intake(), hold());
        desk.wait(days);
        desk.must(&intake(), Command::Resume);
        assert_eq!(desk.case.due, Some(day(2019, 3, 15)), "resumed {days} days later");
    }
}

/// A clock that was stopped before it was kept whether it had run out.
#[test]
fn a_stopped_clock_is_written_as_it_was() {
    let written = r#"{"stage":"submitted","left":-3}"#;
    let paused: Paused = serde_json::from_str(written).expect("a clock");
    assert!(!paused.has_run_out);
    assert_eq!(serde_json::to_string(&paused).expect("text"), written);
}

/// A new deadline does not make undone that the one before had passed; what is on hold stays late.
#[test]
fn what_was_late_at_a_desk_stays_on_record() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    assert_eq!(desk.case.due, Some(day(2019, 3, 18)));
    desk.wait(15);
    desk.must(&decider(), Command::SendBack { reason: "再核".to_owned() });
    // From Monday the 18th to Tuesday the 26th.
    let late = Late { step: StepKind::Decide, desk: "decide".to_owned(), days: 6, is_of_objections: false };
    assert_eq!(desk.case.late, std::slice::from_ref(&late));
    assert!(!desk.case.is_overdue(desk.now.day()));
    // Whoever takes it up in time adds nothing.
    desk.must(&reviewer(), Command::TakeUp);
    desk.wait(20);
    let due = desk.case.due;
    desk.must(&reviewer(), Command::Hold { reason: "等函".to_owned() });
    assert_eq!((desk.case.due, desk.case.last_day()), (None, due));
    desk.must(&reviewer(), Command::Resume);
    assert!(desk.case.is_overdue(desk.now.day()));
    assert_eq!(desk.case.late, [late]);
}

/// A clock that was late when it was stopped, and never goes on.
#[test]
fn what_was_late_and_ended_while_its_clock_stood_still_stays_on_record() {
    let ask = Command::AskCorrection { defects: vec![Defect { about: DefectAbout::Other, text: "重传".to_owned() }] };
    for stop in [Command::Hold { reason: "等待部门回函".to_owned() }, ask] {
        for (late, expected) in [(3, vec![]), (30, vec![(StepKind::Accept, 16)])] {
            let mut desk = Desk::new(all_steps());
            submit(&mut desk);
            desk.wait(late);
            desk.must(&intake(), stop.clone());
            desk.wait(40);
            assert!(desk.case.late.is_empty(), "the desk has it no more");
            desk.must(&agent(), Command::Withdraw { reason: "不申请了".to_owned() });
            let late: Vec<_> = desk.case.late.iter().map(|late| (late.step, late.days)).collect();
            assert_eq!(late, expected);
        }
    }
}

/// One more objection gives the desk no new days for those that wait, and its own once it is their turn.
#[test]
fn each_objection_has_its_own_days() {
    let object = |number: u32| Command::Object {
        name: format!("某公司{number}"),
        contact: "0851-85550000".to_owned(),
        grounds: "不实".to_owned(),
    };
    let answer = |id: u32| Command::AnswerObjection { id, upheld: false, text: "经核实，不成立".to_owned() };
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    desk.must(&Actor::Public, object(1));
    let first = desk.case.due.expect("a deadline");
    desk.wait(30);
    desk.must(&Actor::Public, object(2));
    assert_eq!(desk.case.due, Some(first), "it is late, whoever objects once more");
    let own = |desk: &Desk| desk.case.objections.iter().map(|one| one.due).collect::<Vec<_>>();
    let second = desk.calendar.add_working_days(desk.now.day(), all_steps().objection_days);
    assert_eq!(own(&desk), [Some(first), Some(second)]);
    let before = desk.case.clone();
    desk.must(&intake(), answer(2));
    assert_eq!(desk.case.due, Some(first), "the one that came first still waits");
    desk.case = before;
    desk.must(&intake(), answer(1));
    assert_eq!((desk.case.stage, desk.case.due), (Stage::Objection, Some(second)));
    // It was the answer that was late, not the notice.
    assert_eq!(desk.case.late.iter().map(|late| late.label(Lang::Zh)).collect::<Vec<_>>(), ["异议处理"]);
    desk.must(&intake(), answer(2));
    assert_eq!((desk.case.stage, desk.case.late.len()), (Stage::InNotice, 1));
}

/// Of an objection that was taken in before each had its day on record, it is counted from when it came in.
#[test]
fn an_objection_of_then_has_its_days_too() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    for number in 1..=2 {
        let (name, contact) = (format!("某公司{number}"), "0851-85550000".to_owned());
        desk.must(&Actor::Public, Command::Object { name, contact, grounds: "不实".to_owned() });
        desk.wait(9);
    }
    let due: Vec<_> = desk.case.objections.iter_mut().map(|one| one.due.take()).collect();
    let written = serde_json::to_string(&desk.case.objections).expect("text");
    assert!(!written.contains("due"), "it is written as it was: {written}");
    desk.must(&intake(), Command::AnswerObjection { id: 1, upheld: false, text: "经核实，不成立".to_owned() });
    assert_eq!(desk.case.due, due[1]);
}

#[test]
fn what_is_decided_is_to_be_put_up_in_the_days_of_a_notice() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    assert_eq!((desk.case.stage, desk.case.due), (Stage::Decided, Some(day(2019, 3, 18))));
    desk.wait(8);
    assert!(desk.case.is_overdue(desk.now.day()));
    desk.must(&intake(), Command::PublishNotice);
    assert_eq!(desk.case.late.iter().map(|late| (late.step, late.days)).collect::<Vec<_>>(), [(StepKind::Notice, 1)]);
}

/// Holidays that are entered while a period of people's runs take nothing of it; a desk's deadline stays as it was promised.
#[test]
fn a_period_of_peoples_keeps_its_working_days_when_the_calendar_changes() {
    let off = |desk: &mut Desk, dates: &[NaiveDate]| {
        let before = Arc::new(desk.calendar.clone());
        for date in dates {
            desk.calendar.set(*date, DayKind::Off, "临时放假").expect("a day");
        }
        Command::KeepDays { before, begun: desk.now.day() }
    };
    let admin = user(9, &[Role::Administrator], &[]);
    // A notice.
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(5_000_000));
    desk.must(&intake(), Command::PublishNotice);
    assert_eq!((desk.now.day(), desk.case.due), (day(2019, 3, 11), Some(day(2019, 3, 18))));
    let keep = off(&mut desk, &[day(2019, 3, 14), day(2019, 3, 15)]);
    assert_eq!(desk.ask(&intake(), keep.clone()), Err(Refusal::NeedsRole(Role::Administrator)));
    desk.must(&admin, keep.clone());
    let notice = desk.case.notice.clone().expect("a notice");
    let until = day(2019, 3, 20);
    assert_eq!((desk.case.due, notice.until, notice.put_off_from), (Some(until), until, Some(day(2019, 3, 18))));
    assert!(desk.case.late.is_empty(), "the days of a notice are no desk's");
    // Moved once more, it tells the day that was published first.
    let keep_again = off(&mut desk, &[day(2019, 3, 20)]);
    desk.must(&admin, keep_again);
    let notice = desk.case.notice.clone().expect("a notice");
    assert_eq!((notice.until, notice.put_off_from), (day(2019, 3, 21), Some(day(2019, 3, 18))));
    desk.wait(8);
    assert_eq!(desk.ask(&Actor::System, Command::EndNotice), Err(Refusal::NoticeRuns(day(2019, 3, 21))));
    // A clock that stands still keeps its count, and goes on by the new calendar.
    desk.must(
        &Actor::Public,
        Command::Object {
            name: "某企业".to_owned(),
            contact: "0851-8888 0000".to_owned(),
            grounds: "不符合条件".to_owned(),
        },
    );
    let keep = off(&mut desk, &[day(2019, 3, 20)]);
    assert!(matches!(desk.ask(&admin, keep), Err(Refusal::WrongStage { .. })));
    let other = user(8, &[Role::DecisionMaker], &[]);
    desk.must(&other, Command::AnswerObjection { id: 1, upheld: false, text: "符合".to_owned() });
    assert_eq!(desk.case.due, Some(day(2019, 3, 21)));

    // A correction whose applicant was reminded is not reminded once more.
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    let defects = vec![Defect { about: DefectAbout::Other, text: "重传".to_owned() }];
    desk.must(&intake(), Command::AskCorrection { defects });
    let due = desk.case.due.expect("a deadline");
    desk.wait((due - desk.now.day()).num_days() - 1);
    desk.must(&Actor::System, Command::Remind);
    let keep = off(&mut desk, &[due]);
    desk.must(&admin, keep);
    assert!(desk.case.due > Some(due));
    assert_eq!(desk.ask(&Actor::System, Command::Remind), Err(Refusal::AlreadyDone));
    desk.wait(1);
    assert!(desk.ask(&Actor::System, Command::Withdraw { reason: "逾期".to_owned() }).is_err());

    // A notice of then, and one whose end nothing has moved, are written as they were.
    let written = r#"{"at":0,"by":4,"until":"2019-03-18"}"#;
    let notice: Notice = serde_json::from_str(written).expect("a notice");
    assert_eq!(serde_json::to_string(&notice).expect("text"), written);
}

/// What was published holds: a Saturday that has since become a working day makes no notice shorter, stopped or not.
#[test]
fn a_notice_that_was_stopped_hangs_until_the_day_that_was_published_at_least() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    let published = desk.case.notice.as_ref().expect("a notice").until;
    let (name, contact) = ("甲".to_owned(), "13800000000".to_owned());
    desk.must(&Actor::Public, Command::Object { name, contact, grounds: "不符".to_owned() });
    let today = desk.now.day();
    let mut free =
        today.iter_days().take_while(|day| *day < published).filter(|day| !desk.calendar.is_working_day(*day));
    let saturday = free.next().expect("a week-end lies between");
    desk.calendar.set(saturday, DayKind::Work, "调休").expect("a day");
    desk.must(&intake(), Command::AnswerObjection { id: 1, upheld: false, text: "不成立".to_owned() });
    assert_eq!(desk.case.notice.as_ref().map(|notice| notice.until), Some(published));
    assert_eq!((desk.case.stage, desk.case.due), (Stage::InNotice, Some(published)));
}
