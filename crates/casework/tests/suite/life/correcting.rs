//! What is sent back to be corrected: named in full, told of again, and taken back by time where nothing comes.

use super::*;

#[test]
fn a_correction_names_all_defects_and_gives_the_desk_back_its_days() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    desk.wait(2);
    assert_eq!(desk.ask(&intake(), Command::AskCorrection { defects: Vec::new() }), Err(Refusal::NoDefects));
    let defect = |about, text: &str| Defect { about, text: text.to_owned() };
    let defects = vec![
        defect(DefectAbout::Account, "户名与单位不一致"),
        defect(DefectAbout::Evidence("认定证书".to_owned()), "看不清"),
    ];
    desk.must(&intake(), Command::AskCorrection { defects });
    assert_eq!((desk.case.stage, desk.case.defects.len()), (Stage::Correction, 2));
    desk.must(&agent(), Command::Save { statements: BTreeMap::new(), account: Some(account()) });
    desk.wait(7);
    let assessed_now = assessed(Standing::Entitled, 5_000_000, Some(5_000_000));
    let answers = vec![" 已更正 ".to_owned(), String::new(), "多出来的".to_owned()];
    let sent = Command::Resubmit { assessed: assessed_now, answers };
    let events = desk.with_context(|context| handle(&desk.case, sent.clone(), &agent(), context)).expect("it is sent");
    let What::Corrected { answers, .. } = &events[0].what else { panic!("{events:?}") };
    assert_eq!(answers, &["已更正", ""], "one to each thing that was asked");
    desk.must(&agent(), sent);
    // Three working days were left on Wednesday the 13th; they run from Wednesday the 20th.
    assert_eq!((desk.case.stage, desk.case.due), (Stage::Submitted, Some(day(2019, 3, 25))));
}

#[test]
fn a_correction_left_lying_is_taken_back_by_time() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    let defects = vec![Defect { about: DefectAbout::Other, text: "请补盖章".to_owned() }];
    desk.must(&intake(), Command::AskCorrection { defects });
    let withdraw = || Command::Withdraw { reason: "逾期未补正".to_owned() };
    assert!(desk.ask(&Actor::System, withdraw()).is_err());
    desk.wait(15);
    let resubmit = Command::Resubmit { assessed: assessed(Standing::Entitled, 1, Some(1)), answers: Vec::new() };
    assert_eq!(desk.ask(&agent(), resubmit), Err(Refusal::TooLate(day(2019, 3, 25))));
    desk.must(&Actor::System, withdraw());
    assert_eq!(desk.case.stage, Stage::Withdrawn);
}

#[test]
fn a_correction_in_its_last_days_is_told_of_once() {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    let defects = vec![Defect { about: DefectAbout::Other, text: "请补盖章".to_owned() }];
    desk.must(&intake(), Command::AskCorrection { defects: defects.clone() });
    desk.wait(8);
    // On Tuesday the 19th there are four working days left, on Wednesday three.
    let early = Err(Refusal::WrongStage { action: Action::Remind, stage: Stage::Correction });
    assert_eq!((desk.case.due, desk.ask(&Actor::System, Command::Remind)), (Some(day(2019, 3, 25)), early.clone()));
    desk.wait(1);
    assert_eq!(desk.ask(&intake(), Command::Remind), early);
    desk.must(&Actor::System, Command::Remind);
    assert_eq!(desk.case.reminded, Some(day(2019, 3, 25)));
    assert_eq!(desk.ask(&Actor::System, Command::Remind), Err(Refusal::AlreadyDone));
    // Another correction of the same case has a reminder of its own; nobody is reminded of what has lapsed.
    desk.must(
        &agent(),
        Command::Resubmit { assessed: assessed(Standing::Entitled, 5_000_000, Some(5_000_000)), answers: Vec::new() },
    );
    desk.must(&intake(), Command::AskCorrection { defects });
    assert_eq!(desk.ask(&Actor::System, Command::Remind), early);
    desk.wait(30);
    assert_eq!(desk.ask(&Actor::System, Command::Remind), early);
}

#[test]
fn a_correction_of_few_days_needs_no_reminder() {
    let mut desk = Desk::new(Procedure { correction_days: 3, ..all_steps() });
    submit(&mut desk);
    let defects = vec![Defect { about: DefectAbout::Other, text: "请补盖章".to_owned() }];
    desk.must(&intake(), Command::AskCorrection { defects });
    let early = Refusal::WrongStage { action: Action::Remind, stage: Stage::Correction };
    assert_eq!(desk.ask(&Actor::System, Command::Remind), Err(early));
}

#[test]
fn a_draft_is_told_of_before_its_round_closes_and_once_it_has() {
    let mut desk = Desk::new(all_steps());
    // The round takes applications up to the 31st, a Sunday: on Thursday the 21st six working days are left, on Friday five.
    let early = Err(Refusal::WrongStage { action: Action::Remind, stage: Stage::Draft });
    let until = |desk: &Desk, to| to - desk.now.day();
    desk.wait(until(&desk, day(2019, 3, 21)).num_days());
    assert_eq!(desk.ask(&Actor::System, Command::Remind), early.clone());
    desk.wait(1);
    assert_eq!(desk.ask(&agent(), Command::Remind), early, "it is the clock's alone");
    desk.must(&Actor::System, Command::Remind);
    assert_eq!(desk.case.reminded, Some(day(2019, 3, 31)));
    assert_eq!(desk.ask(&Actor::System, Command::Remind), Err(Refusal::AlreadyDone));
    // One day more, and it is called for anew in its last days; what it is told of after the end is told once, too.
    desk.round.closes_at = duixian_casework::moment::Moment::start_of(day(2019, 4, 2));
    desk.wait(3);
    desk.must(&Actor::System, Command::Remind);
    desk.wait(until(&desk, day(2019, 4, 2)).num_days());
    desk.must(&Actor::System, Command::Remind);
    assert_eq!((desk.case.missed, desk.case.stage), (Some(day(2019, 4, 1)), Stage::Draft));
    assert_eq!(desk.ask(&Actor::System, Command::Remind), Err(Refusal::AlreadyDone));
}
